//! Single values of the config: what a text must be like, and what to write instead.
//! Each error is the advice that is shown below the line.

use crate::mail::Address;
use jiff::SignedDuration;
use std::ops::RangeInclusive;

/// A mail address.
pub(super) fn address(text: &str) -> Result<Address, String> {
    Address::parse(text)
        .ok_or_else(|| "write a mail address alone, like \"security@example.org\"".to_owned())
}

/// The name of a person or of a mailbox: a word that is typed and stored.
pub(super) fn name(text: &str) -> Result<String, String> {
    let plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        && text.len() <= 32;
    let begins = text
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphanumeric());
    if plain && begins {
        Ok(text.to_owned())
    } else {
        Err("a name is one word of at most 32 letters, digits, `.`, `_` and `-`".to_owned())
    }
}

/// The name or the IP address of a host, alone.
pub(super) fn host(text: &str) -> Result<String, String> {
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let named = text.trim_end_matches('.').split('.').all(label);
    let address = text.parse::<std::net::IpAddr>().is_ok();
    if named || address {
        Ok(text.to_owned())
    } else {
        Err("write the name of the host alone, like \"imap.example.org\"".to_owned())
    }
}

/// Whether a host is this machine by its very name: what is said to it leaves no machine.
/// What the name leads to is looked at once more when it is connected to.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let address = host.parse::<std::net::IpAddr>();
    name == "localhost"
        || name.ends_with(".localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// The name of an environment variable.
pub(super) fn variable(text: &str) -> Result<String, String> {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Ok(text.to_owned())
    } else {
        Err("write the name of the variable alone, like \"IMAP_PASSWORD\"".to_owned())
    }
}

/// The name of a systemd credential: a file name.
pub(super) fn credential(text: &str) -> Result<String, String> {
    let plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if plain && !text.starts_with('.') {
        Ok(text.to_owned())
    } else {
        Err("write the name that the unit gives it, like \"imap-password\"".to_owned())
    }
}

/// An https address of a page: it goes out in letters.
pub(super) fn https(text: &str) -> Result<String, String> {
    let host = text
        .strip_prefix("https://")
        .and_then(|rest| rest.split('/').next());
    let plain = host.is_some_and(|host| host.contains('.') || host == "localhost")
        && !text.contains([' ', '<', '>', '"']);
    if plain {
        Ok(text.to_owned())
    } else {
        Err("write a whole address, like \"https://example.org/security\"".to_owned())
    }
}

/// A span of real time within bounds: `60 s`, `5 minutes`, `72 h`.
pub(super) fn time_span(
    bounds: RangeInclusive<SignedDuration>,
) -> impl FnOnce(&str) -> Result<SignedDuration, String> {
    move |text| {
        let span: Option<SignedDuration> = text.parse().ok().filter(|span| bounds.contains(span));
        let advice = || {
            format!(
                "write a time from {:#} to {:#}, like \"60 s\", \"5 minutes\" or \"72 h\"",
                bounds.start(),
                bounds.end()
            )
        };
        span.ok_or_else(advice)
    }
}

/// A number of bytes from 64 KiB to 1 GiB: `50 MiB`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(split).unwrap_or((text, ""));
    let factor = match unit.trim() {
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    let bytes = factor
        .zip(number.parse::<u64>().ok())
        .and_then(|(factor, number)| number.checked_mul(factor));
    let advice = || "write a size from 64 KiB to 1 GiB, like \"50 MiB\"".to_owned();
    bytes
        .filter(|bytes| (1 << 16..=1 << 30).contains(bytes))
        .ok_or_else(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sizes_have_units_and_bounds() {
        let second_to_hour =
            || time_span(SignedDuration::from_secs(5)..=SignedDuration::from_hours(1));
        for (text, seconds) in [
            ("60 s", Some(60)),
            ("1h", Some(3600)),
            ("5 minutes", Some(300)),
            ("1 h 1 s", None),
            ("4 s", None),
            ("60", None),
            ("-60 s", None),
        ] {
            assert_eq!(
                second_to_hour()(text).ok().map(|span| span.as_secs()),
                seconds,
                "{text}"
            );
        }
        assert_eq!(
            second_to_hour()("x").unwrap_err(),
            "write a time from 5s to 1h, like \"60 s\", \"5 minutes\" or \"72 h\""
        );
        for (text, bytes) in [
            ("50 MiB", Some(52_428_800)),
            ("64KiB", Some(65_536)),
            ("1 GiB", Some(1 << 30)),
            ("50 MB", None),
            ("50", None),
            ("2 GiB", None),
            ("99999999999999999999 GiB", None),
        ] {
            assert_eq!(size(text).ok(), bytes, "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for host in [
            "localhost",
            "LocalHost.",
            "imap.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.example.org",
            "notlocalhost",
            "127.0.0.1.example.org",
            "0.0.0.0",
            "10.0.0.1",
            "::",
            "::ffff:10.0.0.1",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn names_of_variables_and_credentials_are_names() {
        for (text, is_variable, is_credential) in [
            ("IMAP_PASSWORD", true, true),
            ("imap-password", false, true),
            ("2x", false, true),
            ("a=b", false, false),
            ("../etc/shadow", false, false),
            ("..", false, false),
            ("a b", false, false),
        ] {
            assert_eq!(variable(text).is_ok(), is_variable, "{text}");
            assert_eq!(credential(text).is_ok(), is_credential, "{text}");
        }
    }

    #[test]
    fn a_page_is_a_whole_https_address() {
        for good in ["https://example.org", "https://example.org/security#a?b=c"] {
            assert!(https(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.org",
            "example.org",
            "https://",
            "https://x y.org",
            "https:///x.y",
        ] {
            assert!(https(bad).is_err(), "{bad}");
        }
    }
}

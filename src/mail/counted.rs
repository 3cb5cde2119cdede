//! The forms of an address that lead to one mailbox, or that one sender makes up by the
//! thousand, as one: for counting, never for sending.
//!
//! Who counts too much together holds a letter, which a person sees; who counts too
//! little floods somebody. So where a form can be read in two ways, it counts as the wider.

use super::Address;

/// Forms within forms that are taken off.
const LAYERS: usize = 4;

/// Tags of a bounce (BATV) in front of the local part: mark and what divides it.
const TAGGED: [(&str, &str); 3] = [("prvs=", "="), ("btv1==", "=="), ("msprvs1=", "=")];

/// The address as it is counted.
pub fn counted_as(address: &Address) -> String {
    let mut local = address.local().to_lowercase();
    let mut domain = address.domain().to_owned();
    for _ in 0..LAYERS {
        let (bare, home) = match rewritten(&local) {
            Some((user, home)) => (user.to_owned(), home.to_owned()),
            None => match untagged(&local).or_else(|| before_recipient(&local)) {
                Some(bare) => (bare.to_owned(), domain.clone()),
                None => break,
            },
        };
        (local, domain) = (bare, home);
    }
    let local = base(&local);
    format!("{local}@{domain}")
}

/// `srs0=hash=time=example.net=mia`: mia at example.net, whoever passed it on; and the
/// same passed on twice, `srs1=hash=first.example==hash=time=example.net=mia`.
fn rewritten(local: &str) -> Option<(&str, &str)> {
    let behind = |mark: &str| local.strip_prefix(mark)?.strip_prefix(['=', '+', '-']);
    let fields = match (behind("srs0"), behind("srs1")) {
        (Some(fields), _) => fields,
        (None, Some(again)) => again
            .splitn(3, '=')
            .nth(2)?
            .trim_start_matches(['=', '+', '-']),
        (None, None) => return None,
    };
    let mut fields = fields.splitn(4, '=');
    let (home, user) = (fields.nth(2)?, fields.next()?);
    (!home.is_empty() && !user.is_empty()).then_some((user, home))
}

/// `prvs=tag=mia`: mia.
fn untagged(local: &str) -> Option<&str> {
    TAGGED.iter().find_map(|(mark, divides)| {
        let (tag, user) = local.strip_prefix(mark)?.split_once(divides)?;
        (!tag.is_empty() && !user.is_empty()).then_some(user)
    })
}

/// `news-owner+mia=example.net`, which a sender makes for each recipient (VERP): what
/// stands in front of the first of the marks that may divide the two.
fn before_recipient(local: &str) -> Option<&str> {
    let (before, home) = local.rsplit_once('=')?;
    let (sender, _) = before.split_once(['+', '-'])?;
    (home.contains('.') && !sender.is_empty()).then_some(sender)
}

/// Sub-addresses are one.
fn base(local: &str) -> &str {
    match local.split_once('+') {
        Some((base, _)) if !base.is_empty() => base,
        Some(_) | None => local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> String {
        counted_as(&Address::parse(text).unwrap_or_else(|| panic!("{text}")))
    }

    #[test]
    fn all_forms_of_an_address_are_one() {
        for form in [
            "mia@example.net",
            "Mia+security@Example.NET",
            "prvs=4054a4b7c9=mia@example.net",
            "prvs=1234567890=mia+x@example.net",
            "btv1==0421f2a3b==mia@example.net",
            "SRS0=x7Yq=2L=example.net=mia@forwarder.example",
            "srs0+x7Yq=2L=example.net=mia@forwarder.example",
            "SRS0-aaaa=2M=example.net=mia+x@other.example",
            "SRS1=zzzz=forwarder.example==x7Yq=2L=example.net=mia@second.example",
            "SRS1=zzzz=forwarder.example=+x7Yq=2L=example.net=mia@second.example",
            "SRS0=x7Yq=2L=example.net=prvs=4054a4b7c9=mia@forwarder.example",
        ] {
            assert_eq!(counted(form), "mia@example.net", "{form}");
        }
        for form in [
            "news-owner+ben=example.com@lists.example",
            "news-owner+o.neil=example.net@lists.example",
            "news-17-mia=example.net@lists.example",
            "news+17@lists.example",
        ] {
            let of_sender = counted(form);
            assert!(of_sender.starts_with("news"), "{form}: {of_sender}");
            assert!(!of_sender.contains('='), "{form}: {of_sender}");
        }
        let verp = |who: &str| counted(&format!("bounce-{who}=example.net@lists.example"));
        assert_eq!(verp("mia"), verp("jo-ann"));
    }

    #[test]
    fn what_only_looks_like_a_form_stays_as_it_is() {
        for address in [
            "a=b@example.net",
            "x-y=z@example.net",
            "prvs=mia@example.net",
            "prvs==mia@example.net",
            "srs0=mia@example.net",
            "srs0=a=b=c@example.net",
            "srs1=mia@example.net",
            "srs0=a=b==mia@example.net",
            "+mia@example.net",
            "mia-lee@example.net",
        ] {
            assert_eq!(counted(address), address);
        }
    }

    #[test]
    fn counting_ends_whatever_is_nested() {
        let nested = format!("{}mia@example.net", "prvs=a=".repeat(8));
        assert!(counted(&nested).ends_with("mia@example.net"));
    }
}

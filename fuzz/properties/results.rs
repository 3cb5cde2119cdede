//! `Authentication-Results`: whose word about the author of a mail counts.

use gatepost::mail::auth::{Standing, standing};
use gatepost::mail::{Address, Headers, acting};
use gatepost::triage::Authenticated;

const OURS: &str = "mx.example.org";

/// The lines are such fields, from the topmost on; one that begins with `~` is a field of
/// another name. Panics where something does not hold.
pub fn holds(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).replace('\r', " ");
    let from = Address::parse("mia@news.example.net");
    let ids = [OURS.to_owned()];
    let below = |above: &[&str]| standing(&fields(above, &text), &ids, from.as_ref());
    let plain = below(&[]);
    assert!(!plain.because.is_empty() && acting(plain.because).is_none());
    assert_eq!(plain, below(&[]));

    // Without an id of ours, and without an author, nothing is proven.
    let bare = fields(&[], &text);
    assert_eq!(standing(&bare, &[], from.as_ref()).is, Authenticated::None);
    assert_ne!(standing(&bare, &ids, None).is, Authenticated::Pass);

    // Where nobody names our server, its word is not there. Quotes may stand anywhere in it.
    let letters = text.replace(['"', '\\'], "").to_ascii_lowercase();
    if !letters.contains(OURS) {
        assert_eq!(plain.is, Authenticated::None, "by nobody's word");
    }
    if plain.is == Authenticated::Pass {
        assert!(letters.contains("pass"), "{plain:?}");
    }

    // Below the word of another server, or below another hop, nothing counts any more.
    for above in [
        "mx.example.net; dmarc=pass",
        ";",
        "~received: from somewhere",
        "~return-path: <>",
    ] {
        let none = below(&["mx.example.org; spf=pass", above]);
        assert_eq!(none.is, Authenticated::None, "below {above:?}");
    }
    // What stands below a `fail` of our server heals nothing.
    let failed = below(&["mx.example.org; dmarc=fail header.from=news.example.net"]);
    assert_eq!(failed.is, Authenticated::Fail);
    // Nor does it end a `pass`, but by another word of our server.
    let passed: Standing = below(&["mx.example.org; dmarc=pass", "mx.example.net; dmarc=fail"]);
    assert_eq!(passed.is, Authenticated::Pass);
}

fn fields(above: &[&str], text: &str) -> Headers {
    let lines = above.iter().copied().chain(text.split('\n'));
    let fields = lines.map(|line| match line.strip_prefix('~') {
        Some(field) => field.split_once(':').unwrap_or((field, "")),
        None => ("authentication-results", line),
    });
    let owned = |(name, value): (&str, &str)| (name.trim().to_ascii_lowercase(), value.to_owned());
    Headers::new(fields.map(owned).collect())
}

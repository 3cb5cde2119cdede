//! A mail, from its bytes to the verdict and to the letter that answers it.

#[path = "said.rs"]
mod said;

use gatepost::mail::parse::{ciphers, contents, every_text, forwarded_author, parse};
use gatepost::mail::text::new_in;
use gatepost::mail::{
    Address, Attachment, Author, Defect, Digester, Mail, Marks, MessageId, OurList, Outgoing,
    acting, acts, compose, counted_as, fingerprint, keyword, loop_tag, undone,
};
use gatepost::triage::likeness::Mark;
use gatepost::triage::{
    Authenticated, Before, Cited, CitedWhat, House, Known, Labelled, Labels, Place, Reply, Role,
    Sent, Verdict, Way, Where, extract, judge, junk, likeness, marks, references_in,
};
use jiff::{SignedDuration, Timestamp};

/// All of it. Panics where something does not hold.
pub fn holds(bytes: &[u8]) {
    let mail = parse(bytes, true);
    assert!(!mail.defects.contains(&Defect::Unreadable));
    within_bounds(&mail, bytes.len());
    assert!(ciphers(bytes).is_some());
    for address in addresses(&mail) {
        is_one_address(address);
    }
    for id in mail
        .message_id
        .iter()
        .chain(&mail.in_reply_to)
        .chain(&mail.references)
        .chain(&mail.returned_ids)
    {
        let plain = id.as_str().bytes().all(|b| b.is_ascii_graphic());
        assert!(plain && id.as_str().len() <= MessageId::MAX);
        assert_eq!(MessageId::parse(&id.to_string()).as_ref(), Some(id));
    }
    is_read_alike_elsewhere(&mail, bytes);
    says_nothing_by_accident(&mail);
    said::is_shown_as_it_is_judged(&mail, bytes);
    for (known, way, house) in situations(&mail) {
        let verdict = judge(&mail, &known, &house, &way, NOW);
        is_lawful(&mail, &verdict, &known, &way, &house);
    }
    if let Author::One { address, .. } = &mail.author {
        is_answered_alone(&mail, address);
    }
    if let Some(undone) = undone(&mail, &lists()) {
        addresses(&undone.mail).for_each(is_one_address);
    }
}

const NOW: Timestamp = Timestamp::constant(1_784_700_000, 0);

fn addresses(mail: &Mail) -> impl Iterator<Item = &Address> {
    let author = mail.author.address().into_iter();
    author.chain(&mail.reply_to).chain(&mail.recipients)
}

/// One address, which brings no line, no second recipient and nothing invisible.
fn is_one_address(address: &Address) {
    let shown = address.to_string();
    assert!(
        !shown.chars().any(|c| acts(c) || c.is_whitespace()),
        "{shown:?}"
    );
    assert!(
        shown.matches('@').count() == 1 && !shown.contains([',', ';', '<', '>', '"']),
        "{shown:?}"
    );
    assert_eq!(Address::parse(&shown).as_ref(), Some(address));
    assert_eq!(Address::parse(&address.key()).as_ref(), Some(address));
    assert!(address.is_same_mailbox(address) && !counted_as(address).is_empty());
}

fn within_bounds(mail: &Mail, bytes: usize) {
    assert!(mail.in_reply_to.len() <= 20 && mail.references.len() <= 100);
    assert!(mail.reply_to.len() <= 20 && mail.recipients.len() <= 1000);
    assert!(mail.returned_ids.len() <= 20 && mail.attachments.len() <= 200);
    // A byte is at most one character of three bytes, and a few elements of HTML a line.
    let room = 8 * bytes + 64;
    assert!(mail.text.raw().len() <= room && mail.subject.raw().len() <= room);
    let fields: usize = mail
        .headers
        .fields()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    assert!(fields <= room.min(1 << 20));
    let decoded: u64 = mail.attachments.iter().map(|part| part.bytes).sum();
    assert!(decoded <= bytes as u64);
    for (name, value) in mail.headers.fields() {
        assert!(!value.contains('\n') && name.bytes().all(|b| b.is_ascii_graphic()));
    }
    let kinds = mail.attachments.iter().map(|part| &part.kind);
    for kind in kinds.chain([&mail.shape.content_type]) {
        assert!(
            kind.len() <= 255 && kind.bytes().all(|b| b.is_ascii_graphic()),
            "{kind:?}"
        );
    }
}

/// Whoever reads the same bytes reads the same mail.
fn is_read_alike_elsewhere(mail: &Mail, bytes: &[u8]) {
    let parts = contents(bytes).unwrap_or_else(|| panic!("the parts of a mail that was read"));
    for (part, content) in &parts {
        assert_eq!(part.bytes, content.len() as u64);
    }
    let parts: Vec<_> = parts.into_iter().map(|(part, _)| part).collect();
    assert_eq!(parts, mail.attachments);
    let texts = every_text(bytes);
    let too_many = mail.defects.contains(&Defect::TooManyParts);
    let is_shell = |part: &Attachment| part.kind.to_ascii_lowercase().contains("pkcs7-mime");
    let shell = mail.sealed.signed.is_some() || mail.attachments.iter().any(is_shell);
    assert!(texts.is_some() || too_many || shell);
    assert!(texts.is_none() || !too_many);
    assert!(texts.is_none_or(|texts| texts.first() == Some(&mail.subject)));
    if let Some(address) = forwarded_author(bytes, &mail.text) {
        is_one_address(&address);
    }
    let digest = |size: usize| {
        let mut digester = Digester::new();
        bytes.chunks(size).for_each(|piece| digester.update(piece));
        digester.finish(mail).hex()
    };
    assert_eq!(digest(7), digest(bytes.len().max(1)));
    assert_eq!(fingerprint(bytes, 7), fingerprint(bytes, 7));
    // It is stored, and read back.
    let stored = serde_json::to_string(mail).unwrap_or_else(|why| panic!("not stored: {why}"));
    let back =
        serde_json::from_str::<Mail>(&stored).unwrap_or_else(|why| panic!("not read back: {why}"));
    assert_eq!(&back, mail);
}

/// What is taken from a mail to be shown or compared.
fn says_nothing_by_accident(mail: &Mail) {
    said::is_new_in_order(mail);
    let new = new_in(mail);
    for text in [&mail.subject, &mail.text, &new] {
        assert_eq!(acting(&text.line()), None);
        assert_eq!(text.block().split('\n').find_map(acting), None);
        let read = text.legible();
        assert!(read.raw().chars().count() <= 4 * text.raw().chars().count());
        assert!(text.cut(40).chars().count() <= 40);
    }
    for mark in likeness::marks(mail) {
        assert!(mark.value.bytes().all(|b| b.is_ascii_graphic()), "{mark:?}");
        assert_eq!(Mark::read(&mark.key()), Some(mark));
    }
    let (hosts, pages) = extract::places(new.raw());
    let names = hosts.iter().chain(&pages);
    assert!(
        names
            .into_iter()
            .all(|n| n.len() <= 200 && n.bytes().all(|b| b.is_ascii_graphic()))
    );
    let _ = (extract::names_a_system(&new), junk::looks_like_report(mail));
    assert!(references_in(&mail.subject, "SEC").len() <= 5);
    let labels = Labels::default();
    let theirs = std::slice::from_ref(&mail.text);
    let read = Labelled::read(
        &mail.text,
        &labels,
        theirs,
        NOW.to_zoned(jiff::tz::TimeZone::UTC).date(),
    );
    assert!(
        read.outcome.is_none() && read.expected.is_none(),
        "the reporter's words are the team's"
    );
    assert!(
        read.passed_over.iter().all(|why| acting(why).is_none()),
        "{read:?}"
    );
    if let Some(name) = mail.author.name() {
        let ours = [&watched()];
        let told = marks(mail.author.address(), name, &ours);
        assert!(told.iter().all(|mark| acting(mark).is_none()), "{told:?}");
    }
}

fn watched() -> Address {
    Address::parse("security@example.org").unwrap_or_else(|| panic!("no address"))
}

fn lists() -> [OurList; 1] {
    [OurList {
        id: "security.lists.example.org".to_owned(),
        address: watched(),
    }]
}

/// Every folder and every answer of our mail server; with an empty record, and with one that
/// knows all that the mail cites.
fn situations(mail: &Mail) -> Vec<(Known, Way, House)> {
    let house = |acknowledge| House {
        watched: vec![watched()],
        team: Address::parse("anna@example.com").into_iter().collect(),
        acknowledge,
        stale_after: SignedDuration::from_hours(72),
        caps: Sent {
            to_address: 3,
            to_domain: 20,
            in_all: 60,
        },
        caps_proven: Sent {
            to_address: 20,
            to_domain: 0,
            in_all: 200,
        },
        platforms: Vec::new(),
    };
    let cited = |id: &MessageId, what| Cited {
        id: id.clone(),
        what,
        ticket: Some(gatepost::ticket::TicketNo(7)),
        people: vec![watched()],
    };
    let full = Known {
        copy: Some(Where::Tray),
        cited: mail
            .cites()
            .into_iter()
            .map(|id| cited(id, CitedWhat::Letter))
            .collect(),
        returned: mail
            .returned_ids
            .iter()
            .map(|id| cited(id, CitedWhat::Reminder))
            .collect(),
        ..Known::default()
    };
    let before = Known {
        before: Some(Before {
            conversation: 3,
            people: vec![watched()],
        }),
        ..Known::default()
    };
    let mut all = Vec::new();
    for folder in [Role::Inbox, Role::Junk, Role::Sent] {
        for authenticated in [
            Authenticated::Pass,
            Authenticated::None,
            Authenticated::Fail,
        ] {
            for known in [Known::default(), full.clone(), before.clone()] {
                let way = Way {
                    folder,
                    authenticated,
                    received_at: NOW,
                };
                all.push((known, way, house(gatepost::triage::AckMode::NotFail)));
            }
        }
    }
    all
}

/// What no mail may bring about, whatever it says.
fn is_lawful(mail: &Mail, verdict: &Verdict, known: &Known, way: &Way, house: &House) {
    for because in [
        &verdict.kind.because,
        &verdict.place.because,
        &verdict.reply.because,
    ] {
        assert!(
            !because.is_empty() && acting(because).is_none(),
            "{because:?}"
        );
    }
    if known.cited.is_empty() && known.returned.is_empty() {
        let joins = matches!(
            verdict.place.is,
            Place::Joins(_) | Place::Internal(_) | Place::Copy(_) | Place::Claims(_)
        );
        assert!(!joins, "on a ticket that nothing names: {verdict:?}");
    }
    if verdict.reply.is != Reply::Acknowledge {
        return;
    }
    let author = mail
        .author
        .address()
        .unwrap_or_else(|| panic!("an answer to nobody"));
    assert!(
        !house.comes_to_us(author),
        "an answer to ourselves: {verdict:?}"
    );
    assert_eq!(verdict.place.is, Place::New);
    assert!(
        way.authenticated != Authenticated::Fail && way.folder != Role::Junk,
        "{way:?}"
    );
    let by_program = mail
        .headers
        .all("auto-submitted")
        .any(|value| keyword(value) != "no");
    let to_many = ["list-id", "list-post", "list-unsubscribe"]
        .iter()
        .any(|name| mail.headers.first(name).is_some());
    let of_ours = mail
        .headers
        .all("x-loop")
        .any(|value| *value == loop_tag(&watched()));
    assert!(
        !by_program && !to_many && !of_ours,
        "a machine is answered: {verdict:?}"
    );
    assert!(
        !mail.has_null_return_path(),
        "a bounce is answered: {verdict:?}"
    );
}

/// The answer goes to that address alone, and no word of the mail is in its header but the ids.
fn is_answered_alone(mail: &Mail, author: &Address) {
    let letter = Outgoing {
        from: watched(),
        from_name: "Example".to_owned(),
        to: author.clone(),
        subject: format!("Re: {}", mail.subject.raw()),
        body: mail.text.raw().chars().take(2000).collect(),
        message_id: MessageId::fresh([7; 16], "example.org"),
        date: NOW,
        in_reply_to: mail.message_id.clone(),
        references: mail.references.clone(),
        marks: Marks::Acknowledgement,
        loop_tag: loop_tag(&watched()),
        enclosed: None,
    };
    let bytes = match compose(&letter) {
        Ok(bytes) => bytes,
        Err(why) => panic!("an address that was read and cannot be written to: {why}"),
    };
    let lines = || bytes.split(|b| *b == b'\n');
    assert!(lines().all(|l| l.len() <= 999 && (l.is_empty() || l.ends_with(b"\r"))));
    assert!(
        !bytes
            .iter()
            .any(|b| *b < 9 || matches!(b, 11 | 12 | 14..=31 | 127))
    );
    let back = parse(&bytes, true);
    assert_eq!(back.recipients, std::slice::from_ref(author));
    assert_eq!(back.author.address(), Some(&watched()));
    let names: Vec<&str> = back.headers.names().collect();
    for name in &names {
        assert!(OURS.contains(name), "a header of its own: {name}");
    }
    let once = names
        .iter()
        .all(|name| names.iter().filter(|n| n == &name).count() == 1);
    assert!(
        once && back.defects.is_empty(),
        "{names:?} {:?}",
        back.defects
    );
}

const OURS: [&str; 14] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
    "precedence",
    "x-auto-response-suppress",
    "x-loop",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];

//! Classes: by which address a report came, and what that changes.

use super::*;

/// A report to this address.
fn to(uid: u32, id: &str, address: &str) -> Message {
    let mut message = report(uid, Fault::None);
    let text = format!(
        "From: Mia <mia@example.net>\r\nTo: {address}\r\nSubject: hole\r\nMessage-ID: <{id}@example.net>\r\n\r\nhole {id}\r\n"
    );
    message.bytes = text.into_bytes();
    message
}

/// Two mailboxes, of which the second is of the class attack, and a policy that promises
/// an answer to every report and a second one to that class.
async fn two(first: Message, second: Message) -> Scene {
    let mut s = scene(&[("INBOX", &[first]), ("Shield", &[second])]);
    let config = Arc::make_mut(&mut s.config);
    let mut promise = config.policy.promises[0].clone();
    promise.name = "hurry".to_owned();
    promise.class = Some("attack".to_owned());
    config.policy.promises.push(promise);
    let mut shield = s.mailbox.clone();
    shield.name = "shield".to_owned();
    shield.address = crate::mail::Address::parse("shield@example.org").unwrap();
    shield.folders = vec!["Shield".to_owned()];
    shield.class = Some("attack".to_owned());
    s.mailbox.folders = vec!["INBOX".to_owned()];
    let add = |tx: &Tx| tx.add_folder("shield", "Shield", 7, &[]);
    s.record.write(add).await.unwrap();
    config.mailboxes.push(shield);
    s
}

impl Scene {
    async fn pass_over_shield(&mut self) {
        let first = std::mem::replace(&mut self.mailbox, self.config.mailboxes[1].clone());
        // Over a connection of its own.
        let memory = std::mem::take(&mut self.memory);
        assert_eq!(self.taken().await, 1);
        (self.mailbox, self.memory) = (first, memory);
    }

    /// The facts of a ticket, and when its class was given.
    async fn story(&self, ticket: i64) -> (Vec<String>, Vec<Timestamp>) {
        let facts = move |tx: &Tx| tx.facts_of(crate::ticket::TicketNo(ticket));
        let facts = self.record.read(facts).await.unwrap();
        let names = facts.iter().map(|f| f.what.name().to_string()).collect();
        let classed = facts.iter().filter(|f| f.what.name().as_str() == "classed");
        (names, classed.map(|f| f.at).collect())
    }

    async fn receipt(&self, ticket: i64) -> String {
        let of = move |tx: &Tx| tx.letters_of(crate::ticket::TicketNo(ticket));
        self.record.read(of).await.unwrap()[0].body.clone()
    }
}

#[tokio::test]
async fn a_report_of_a_class_gets_its_promises_and_a_receipt_that_says_little() {
    let mut s = two(
        to(1, "a", "security@example.org"),
        to(2, "b", "shield@example.org"),
    )
    .await;
    assert_eq!(s.taken().await, 1);
    s.pass_over_shield().await;
    assert_eq!(s.story(1).await.0, ["received"]);
    let (names, classed) = s.story(2).await;
    assert_eq!(names, ["received", "classed"]);
    let opened = |tx: &Tx| Ok(tx.tickets(true)?.into_iter().map(|t| t.opened_at).collect());
    let opened: Vec<Timestamp> = s.record.read(opened).await.unwrap();
    assert_eq!(classed, [opened[1]]);
    let promises = |ticket| {
        move |tx: &Tx| {
            let all = tx.deadlines_of(crate::ticket::TicketNo(ticket))?;
            Ok(all.into_iter().map(|d| d.promise).collect::<Vec<_>>())
        }
    };
    let first = s.record.read(promises(1)).await.unwrap();
    let second = s.record.read(promises(2)).await.unwrap();
    assert!(!first.contains(&"hurry".to_owned()), "{first:?}");
    assert!(second.contains(&"hurry".to_owned()), "{second:?}");
    assert!(s.receipt(1).await.contains("written by a program"));
    assert_eq!(s.receipt(2).await.lines().count(), 1);
}

#[tokio::test]
async fn a_copy_that_came_by_another_address_adds_its_class_from_its_own_receipt_on() {
    let both = "security@example.org";
    let mut s = two(to(1, "a", both), to(9, "a", both)).await;
    assert_eq!(s.taken().await, 1);
    s.pass_over_shield().await;
    let (names, classed) = s.story(1).await;
    assert_eq!(names, ["received", "copy-received", "classed"]);
    let mails = s.mails().await;
    assert_eq!(mails.len(), 2);
    assert_eq!(classed, [mails[1].received_at]);
    // The same once more adds nothing.
    s.server
        .folders
        .get_mut("Shield")
        .unwrap()
        .1
        .push(to(11, "a", both));
    s.pass_over_shield().await;
    let (names, _) = s.story(1).await;
    assert_eq!(names[3..], ["copy-received"]);
}

/// Another mail of the same thread, after `id`.
fn more(uid: u32, id: &str, after: &str, from: &str, address: &str) -> Message {
    let mut message = to(uid, id, address);
    let text = String::from_utf8(message.bytes).unwrap();
    let head = format!("In-Reply-To: {after}\r\nFrom: {from}\r\n");
    message.bytes = text
        .replace("From: Mia <mia@example.net>\r\n", &head)
        .into_bytes();
    message
}

const MIA: &str = "Mia <mia@example.net>";

#[tokio::test]
async fn what_the_reporter_writes_to_another_address_adds_its_class_and_a_stranger_adds_none() {
    let stranger = "Eve <eve@example.net>";
    for (from, wanted) in [
        (MIA, &["received", "reporter-wrote", "classed"][..]),
        (stranger, &["received"]),
    ] {
        let second = more(9, "b", "<a@example.net>", from, "shield@example.org");
        let mut s = two(to(1, "a", "security@example.org"), second).await;
        assert_eq!(s.taken().await, 1);
        s.pass_over_shield().await;
        let (names, classed) = s.story(1).await;
        assert_eq!(names, wanted, "{from}");
        let since: Vec<_> = s.mails().await.iter().map(|m| m.received_at).collect();
        assert_eq!(classed, &since[1..][..classed.len()]);
        let open = |tx: &Tx| tx.deadlines_of(crate::ticket::TicketNo(1));
        let open = s.record.read(open).await.unwrap();
        let hurries = open.iter().any(|d| d.promise == "hurry" && d.open);
        assert_eq!(hurries, from == MIA);
    }
}

/// One mailbox with an address whose class releases from what is promised.
fn helping(messages: &[Message]) -> Scene {
    let mut s = scene(&[("INBOX", messages)]);
    let config = Arc::make_mut(&mut s.config);
    config.policy.promises[0].except = vec!["support".to_owned()];
    config.mailboxes[0].aliases = vec![crate::config::Alias {
        address: crate::mail::Address::parse("help@example.org").unwrap(),
        class: Some("support".to_owned()),
    }];
    s.mailbox = config.mailboxes[0].clone();
    s
}

#[tokio::test]
async fn who_writes_on_to_the_address_for_reports_is_released_from_nothing() {
    let first = to(1, "a", "help@example.org");
    let on = |address: &str| more(2, "b", "<a@example.net>", MIA, address);
    let mut s = helping(&[first.clone(), on("security@example.org")]);
    assert_eq!(s.taken().await, 2);
    let (names, _) = s.story(1).await;
    let wanted = ["received", "classed", "reporter-wrote", "unclassed"];
    assert_eq!(names, wanted);
    let mut s = helping(&[first.clone(), on("help@example.org")]);
    assert_eq!(s.taken().await, 2);
    assert_eq!(s.story(1).await.0, wanted[..3]);
    // The other way about nobody is released.
    let plain = to(1, "a", "security@example.org");
    let mut s = helping(&[plain, on("help@example.org")]);
    assert_eq!(s.taken().await, 2);
    assert_eq!(s.story(1).await.0, ["received", "reporter-wrote"]);
    // Our receipt comes from the address for reports: who replies to it chose none.
    let mut s = helping(std::slice::from_ref(&first));
    assert_eq!(s.taken().await, 1);
    let of = |tx: &Tx| tx.letters_of(crate::ticket::TicketNo(1));
    let receipt = s.record.read(of).await.unwrap()[0]
        .message_id
        .clone()
        .unwrap()
        .to_string();
    let reply = more(2, "b", &receipt, MIA, "security@example.org");
    s.server.folders.get_mut("INBOX").unwrap().1.push(reply);
    assert_eq!(s.taken().await, 1);
    assert_eq!(s.story(1).await.0, wanted[..3]);
}

/// One mailbox with an address for those under attack: a person is promised to them at any
/// hour, and then one letter after the other.
fn shielded(messages: &[Message]) -> Scene {
    let mut s = scene(&[("INBOX", messages)]);
    let config = Arc::make_mut(&mut s.config);
    let names = |name: &str| {
        vec![crate::promise::OneOf(vec![crate::ticket::FactName::new(
            name,
        )])]
    };
    let mut counter = config.policy.promises[0].clone();
    counter.name = "counter".to_owned();
    counter.class = Some("attack".to_owned());
    counter.needs = names("answered");
    counter.any_hour = true;
    let mut pace = counter.clone();
    pace.name = "pace".to_owned();
    pace.from = names("answered");
    (pace.any_hour, pace.repeat) = (false, true);
    config.policy.promises.extend([counter, pace]);
    config.mailboxes[0].aliases = vec![crate::config::Alias {
        address: crate::mail::Address::parse("shield@example.org").unwrap(),
        class: Some("attack".to_owned()),
    }];
    s.mailbox = config.mailboxes[0].clone();
    s
}

#[tokio::test]
async fn who_answers_us_by_the_address_for_attacks_is_in_need_once_more() {
    for (address, rings) in [
        ("security@example.org", false),
        ("security@example.org, shield@example.org", true),
        ("shield@example.org", true),
    ] {
        let mut s = shielded(&[to(1, "a", "shield@example.org")]);
        assert_eq!(s.taken().await, 1);
        let config = Arc::clone(&s.config);
        let ticket = crate::ticket::TicketNo(1);
        let answered = move |tx: &Tx| {
            let fact = crate::store::NewFact::new(
                tx.last_instant(ticket)?.unwrap(),
                crate::ticket::What::Answered,
                crate::ticket::By::Person("anna".to_owned()),
            );
            tx.add_fact(ticket, &fact)?;
            crate::desk::refresh(tx, &config, ticket)?;
            let letters = tx.letters_of(ticket)?;
            Ok(letters[0].message_id.clone().unwrap().to_string())
        };
        let receipt = s.record.write(answered).await.unwrap();
        let reply = more(2, "b", &receipt, MIA, address);
        s.server.folders.get_mut("INBOX").unwrap().1.push(reply);
        assert_eq!(s.taken().await, 1);
        let all = move |tx: &Tx| tx.deadlines_of(ticket);
        let all = s.record.read(all).await.unwrap();
        let of = |name: &str| -> Vec<bool> {
            let of_it = all.iter().filter(|d| d.promise == name);
            of_it.map(|d| d.open).collect()
        };
        let wanted: &[bool] = if rings { &[false, true] } else { &[false] };
        assert_eq!(of("counter"), wanted, "{address}");
        assert_eq!(of("pace"), [true], "{address}: it goes on");
    }
}

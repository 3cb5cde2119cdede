//! Rows are read by the place of a column: each value comes from its own.

use super::*;
use crate::ticket::Outcome;
use jiff::civil::date;

const ROWS: &str = "
    INSERT INTO policies VALUES ('policy', 'p', '1', '', '');
    INSERT INTO folders (id, mailbox, name, uidvalidity, baseline_at, looked_at, role)
    VALUES (1, 'm-mailbox', 'm-folder', 7, '', '', 'inbox');
    INSERT INTO tickets (id, reference, name, mailbox, policy, opened_at, subject, reporter_name, stage, chased, last_fact)
    VALUES (3, 'r3', 'n3', '', 'policy', '2027-01-03T00:00:00.000Z', '', '', 'new', 0, 0);
    INSERT INTO tickets (id, reference, name, mailbox, class, policy, opened_at, subject, reporter, reporter_name,
        claims, stage, outcome, expected, owner, chased, due_at, last_fact, title, severity, waiting, they_publish)
    VALUES (4, 'reference', 'name', 'mailbox', 'one two', 'policy', '2027-01-01T00:00:00.000Z', 'subject', 'mia@example.net', 'reporter',
        3, 'stage', 'accepted', '2027-01-02', 'owner', 5, '2027-01-04T00:00:00.000Z', 6, 'title', 'severity', 'waiting', '2027-01-05');
    INSERT INTO facts VALUES (8, 4, '', '', 'received', '', NULL, NULL, NULL, '', '');
    INSERT INTO deadlines (ticket, promise, start, started_at, due_at, approaching_at, count, open)
    VALUES (4, 'promise', 8, '2027-02-01T00:00:00.000Z', '2027-02-02T00:00:00.000Z', '2027-02-03T00:00:00.000Z', '[]', 1);
    INSERT INTO mails (id, folder, uidvalidity, uid, received_at, taken_at, size, kept, digest, message_id, author, author_name,
        subject, kind, kind_because, place, place_because, reply, reply_because, defects, ticket, authentication, authentication_because)
    VALUES (9, 1, 7, 10, '2027-03-01T00:00:00.000Z', '', 11, 12, 'digest', '<13@example.net>', 'kim@example.net', 'author',
        'm-subject', 'kind', 'k', 'place', 'p', 'reply', 'r', 'defects', 4, 'authentication', 'a');";

#[test]
fn each_value_of_a_row_comes_from_its_own_column() {
    let (_dir, mut store) = store();
    let read = |tx: &Tx| {
        tx.sql.execute_batch(ROWS)?;
        let (ticket, number) = (tx.ticket(TicketNo(4))?.unwrap(), TicketNo(4));
        let mail = tx.mails_of(number)?.remove(0);
        Ok((ticket, mail, tx.deadlines_of(number)?.remove(0)))
    };
    let (t, m, d) = store.write(noon(), read).unwrap();
    let day = |text: &str| at(&format!("2027-{text}T00:00:00Z"));

    assert_eq!((t.number, t.claims), (TicketNo(4), Some(TicketNo(3))));
    assert_eq!((t.chased, t.last_fact), (5, 6));
    assert_eq!((t.opened_at, t.due_at), (day("01-01"), Some(day("01-04"))));
    assert_eq!(t.expected, Some(date(2027, 1, 2)));
    assert_eq!(t.they_publish, Some(date(2027, 1, 5)));
    assert_eq!(t.outcome, Some(Outcome::Accepted));
    assert_eq!(t.reporter, Address::parse("mia@example.net"));
    assert_eq!(t.classes, ["one", "two"]);
    let words = [t.reference.as_str(), t.name.as_str(), &t.mailbox, &t.policy];
    assert_eq!(words, ["reference", "name", "mailbox", "policy"]);
    assert_eq!(
        [t.subject.raw(), t.reporter_name.raw(), &t.stage],
        ["subject", "reporter", "stage"]
    );
    let set = [t.title, t.severity, t.waiting, t.owner].map(Option::unwrap);
    assert_eq!(set, ["title", "severity", "waiting", "owner"]);

    assert_eq!((d.ticket, d.start, d.open), (TicketNo(4), 8, true));
    assert_eq!(
        (d.promise.as_str(), d.started_at),
        ("promise", day("02-01"))
    );
    let deadline = d.deadline.unwrap();
    assert_eq!(
        (deadline.due_at, deadline.approaching_at),
        (day("02-02"), day("02-03"))
    );

    assert_eq!((m.id, m.size, m.kept), (9, 11, 12));
    assert_eq!((m.ticket, m.received_at), (Some(TicketNo(4)), day("03-01")));
    assert_eq!(m.message_id, MessageId::parse("<13@example.net>"));
    assert_eq!(m.author, Address::parse("kim@example.net"));
    let words = [m.author_name.raw(), m.subject.raw(), &m.folder, &m.mailbox];
    assert_eq!(words, ["author", "m-subject", "m-folder", "m-mailbox"]);
    let reasons = [m.kind, m.place, m.reply, m.authentication];
    let reasons = reasons.map(|(is, because)| format!("{is} {because}"));
    let wanted = ["kind k", "place p", "reply r", "authentication a"];
    assert_eq!(reasons, wanted);
    assert_eq!(m.defects, "defects");
}

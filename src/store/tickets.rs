//! Tickets: what was fixed when one opened, and the projection of its facts.

use super::{Tx, instant};
use crate::mail::{Address, Foreign};
use crate::promise::Policy;
use crate::ticket::{
    CodeName, Field, Outcome, Planned, Reference, Ticket, TicketNo, WaitsFor, Wanted,
};
use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, params};

/// A ticket to be opened.
pub struct NewTicket<'a> {
    /// The prefix of references.
    pub prefix: &'a str,
    /// The year of receipt, local.
    pub year: i16,
    /// The mailbox's name in the config.
    pub mailbox: &'a str,
    /// The digest of the policy in force.
    pub policy: &'a str,
    /// Receipt of its first mail.
    pub opened_at: Timestamp,
    /// The subject of that mail.
    pub subject: &'a Foreign,
    /// The reporter, where there is one true author.
    pub reporter: Option<&'a Address>,
    /// The reporter's name.
    pub reporter_name: &'a Foreign,
    /// The ticket that it says it belongs to, and may not.
    pub claims: Option<TicketNo>,
}

/// A ticket on record.
#[derive(Clone, Debug)]
pub struct TicketRow {
    /// Its number.
    pub number: TicketNo,
    /// Its reference.
    pub reference: Reference,
    /// Its code name.
    pub name: CodeName,
    /// The mailbox's name in the config.
    pub mailbox: String,
    /// Projection: its classes.
    pub classes: Vec<String>,
    /// Projection: our own title.
    pub title: Option<String>,
    /// Projection: how bad it is.
    pub severity: Option<String>,
    /// Projection: whom it waits for, in a word.
    pub waiting: Option<String>,
    /// Projection: when the reporter publishes.
    pub they_publish: Option<Date>,
    /// The digest of the policy that it lives under.
    pub policy: String,
    /// Receipt of its first mail.
    pub opened_at: Timestamp,
    /// The subject of that mail.
    pub subject: Foreign,
    /// The one address that letters go to.
    pub reporter: Option<Address>,
    /// The reporter's name.
    pub reporter_name: Foreign,
    /// The ticket that it says it belongs to, and may not.
    pub claims: Option<TicketNo>,
    /// Projection: how far it has come.
    pub stage: String,
    /// Projection: the last outcome.
    pub outcome: Option<Outcome>,
    /// Projection: the date that the reporter was told.
    pub expected: Option<Date>,
    /// Projection: who is responsible.
    pub owner: Option<String>,
    /// Projection: how often the reporter wrote since a person last wrote to them.
    pub chased: u32,
    /// Projection: the earliest open deadline.
    pub due_at: Option<Timestamp>,
    /// Projection: the number of its last fact.
    pub last_fact: i64,
}

impl TicketRow {
    /// People set nothing on it, it has no class, and nobody chased: its subject is all that
    /// there is to say. Only such tickets are told together with others that look alike.
    pub fn is_plain(&self) -> bool {
        let set = [&self.title, &self.severity, &self.waiting];
        let dates = [self.they_publish, self.expected];
        self.classes.is_empty()
            && self.chased == 0
            && set.iter().all(|field| field.is_none())
            && dates.iter().all(Option::is_none)
    }
}

/// In the order in which [`ticket_row`] reads them.
const TICKET: &str = "SELECT id, reference, name, mailbox, class, title, severity, waiting, they_publish, policy, opened_at,
     subject, reporter, reporter_name, claims, stage, outcome, expected, owner, chased, due_at, last_fact FROM tickets";

impl Tx<'_> {
    /// Opens a ticket under the next number.
    pub fn open_ticket(&self, new: &NewTicket) -> Result<TicketNo> {
        let number = TicketNo(self.last_number()? + 1);
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO tickets (id, reference, name, mailbox, policy, opened_at, subject, reporter, reporter_name, claims, stage, chased, last_fact)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'new', 0, 0)",
        )?;
        insert
            .execute(params![
                number.0,
                Reference::new(new.prefix, new.year, number).as_str(),
                CodeName::of(number).as_str(),
                new.mailbox,
                new.policy,
                instant::write(new.opened_at),
                new.subject.raw(),
                new.reporter.map(Address::to_string),
                new.reporter_name.raw(),
                new.claims.map(|t| t.0),
            ])
            .with_context(|| format!("cannot open ticket {number}"))?;
        if let Some(reporter) = new.reporter {
            self.add_person(number, reporter)?;
        }
        Ok(number)
    }

    /// What its first mail says, for a ticket that was opened without knowing: its subject,
    /// and its author where there is no reporter yet.
    pub fn fill_ticket(
        &self,
        ticket: TicketNo,
        subject: &Foreign,
        reporter: Option<&Address>,
        name: &Foreign,
    ) -> Result<()> {
        self.sql.execute(
            "UPDATE tickets SET subject = ?2, reporter = coalesce(reporter, ?3), reporter_name = CASE WHEN reporter IS NULL THEN ?4 ELSE reporter_name END WHERE id = ?1",
            params![
                ticket.0,
                subject.raw(),
                reporter.map(Address::to_string),
                name.raw()
            ],
        )?;
        reporter.map_or(Ok(()), |address| self.add_person(ticket, address))
    }

    /// An address belongs to a person on the ticket.
    pub fn add_person(&self, ticket: TicketNo, address: &Address) -> Result<()> {
        self.sql.execute(
            "INSERT OR IGNORE INTO people (ticket, address) VALUES (?1, ?2)",
            params![ticket.0, address.key()],
        )?;
        Ok(())
    }

    /// An address belongs to nobody on the ticket.
    pub fn remove_person(&self, ticket: TicketNo, address: &Address) -> Result<()> {
        self.sql.execute(
            "DELETE FROM people WHERE ticket = ?1 AND address = ?2",
            params![ticket.0, address.key()],
        )?;
        Ok(())
    }

    /// Letters go to this address from now on, and it belongs to a person on the ticket;
    /// none: to nobody. The name that the old address gave itself goes with it.
    pub fn set_reporter(&self, ticket: TicketNo, address: Option<&Address>) -> Result<()> {
        self.sql.execute(
            "UPDATE tickets SET reporter = ?2, reporter_name = '' WHERE id = ?1",
            params![ticket.0, address.map(Address::to_string)],
        )?;
        address.map_or(Ok(()), |a| self.add_person(ticket, a))
    }

    /// The addresses of people on a ticket.
    pub fn people(&self, ticket: TicketNo) -> Result<Vec<Address>> {
        let mut all = self
            .sql
            .prepare_cached("SELECT address FROM people WHERE ticket = ?1")?;
        let people = all.query_map([ticket.0], |r| r.get::<_, String>(0))?;
        Ok(people
            .collect::<rusqlite::Result<Vec<_>>>()?
            .iter()
            .filter_map(|a| Address::parse(a))
            .collect())
    }

    /// Writes what the facts of a ticket add up to.
    pub fn project(&self, number: TicketNo, ticket: &Ticket) -> Result<()> {
        let mut update = self.sql.prepare_cached(
            "UPDATE tickets SET stage = ?2, outcome = ?3, expected = ?4, owner = ?5, chased = ?6, last_fact = ?7,
             title = ?8, severity = ?9, waiting = ?10, they_publish = ?11, class = ?12, credit = ?13,
             due_at = (SELECT min(due_at) FROM deadlines WHERE ticket = ?1 AND open = 1) WHERE id = ?1",
        )?;
        update.execute(params![
            number.0,
            ticket.stage.word(),
            ticket.outcome.map(Outcome::word),
            ticket.expected.map(|d| d.to_string()),
            ticket.owner,
            ticket.chased,
            ticket.last_fact,
            ticket.set.get(&Field::Title),
            ticket.set.get(&Field::Severity),
            ticket.waits_for.map(WaitsFor::word),
            ticket
                .planned
                .get(&Planned::ReporterPublication)
                .map(|d| d.to_string()),
            (!ticket.classes.is_empty()).then(|| ticket.classes.join(" ")),
            ticket.agreed_name(),
        ])?;
        Ok(())
    }

    /// One ticket, by number.
    pub fn ticket(&self, number: TicketNo) -> Result<Option<TicketRow>> {
        let mut find = self
            .sql
            .prepare_cached(&format!("{TICKET} WHERE id = ?1"))?;
        find.query_row([number.0], ticket_row)
            .optional()?
            .transpose()
    }

    /// One ticket, by whatever a person typed.
    pub fn find(&self, wanted: &Wanted) -> Result<Option<TicketRow>> {
        match wanted {
            Wanted::Number(number) => self.ticket(*number),
            Wanted::Name(name) => {
                let mut find = self
                    .sql
                    .prepare_cached(&format!("{TICKET} WHERE name = ?1"))?;
                find.query_row([name.as_str()], ticket_row)
                    .optional()?
                    .transpose()
            }
        }
    }

    /// The numbers of all tickets.
    pub fn ticket_numbers(&self) -> Result<Vec<TicketNo>> {
        let mut all = self
            .sql
            .prepare_cached("SELECT id FROM tickets ORDER BY id")?;
        let numbers = all.query_map([], |row| Ok(TicketNo(row.get(0)?)))?;
        Ok(numbers.collect::<rusqlite::Result<_>>()?)
    }

    /// Tickets, those with the nearest deadline first; closed ones, and those that were found
    /// among junk, only on request.
    pub fn tickets(&self, closed_too: bool) -> Result<Vec<TicketRow>> {
        let which = if closed_too {
            ""
        } else {
            "WHERE stage <> 'closed' AND stage <> 'junk'"
        };
        let mut all = self
            .sql
            .prepare_cached(&format!("{TICKET} {which} ORDER BY due_at, id"))?;
        all.query_map([], ticket_row)?.map(|r| r?).collect()
    }

    /// The open tickets of a person, those with the nearest deadline first.
    pub fn open_of(&self, owner: &str) -> Result<Vec<TicketNo>> {
        let mut all = self.sql.prepare_cached(
            "SELECT id FROM tickets WHERE stage <> 'closed' AND stage <> 'junk' AND owner = ?1 ORDER BY due_at, id",
        )?;
        let numbers = all.query_map([owner], |row| Ok(TicketNo(row.get(0)?)))?;
        Ok(numbers.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps the text of a policy, by its digest.
    pub fn keep_policy(&self, policy: &Policy) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO policies (digest, name, version, text, since) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![policy.digest, policy.name, policy.version.to_string(), policy.text, self.stamp()],
        )?;
        Ok(())
    }

    /// The text of a policy that was in force once.
    pub fn policy_text(&self, digest: &str) -> Result<String> {
        let mut find = self
            .sql
            .prepare_cached("SELECT text FROM policies WHERE digest = ?1")?;
        find.query_row([digest], |r| r.get(0))
            .with_context(|| format!("the policy {digest} is missing from the store"))
    }

    /// The texts of the policies of this name that were in force once.
    pub fn policies_named(&self, name: &str) -> Result<Vec<String>> {
        let mut find = self
            .sql
            .prepare_cached("SELECT text FROM policies WHERE name = ?1")?;
        let texts = find.query_map([name], |r| r.get(0))?;
        Ok(texts.collect::<rusqlite::Result<_>>()?)
    }
}

/// By the place of a column: its name would be looked for among all of them, in each row.
fn ticket_row(row: &rusqlite::Row) -> rusqlite::Result<Result<TicketRow>> {
    let text = |column: usize| row.get::<_, String>(column);
    let some = |column: usize| row.get::<_, Option<String>>(column);
    let (opened_at, expected, due_at) = (text(10)?, some(17)?, some(20)?);
    let they_publish = some(8)?;
    let words = |text: Option<String>| {
        let text = text.unwrap_or_default();
        text.split_whitespace().map(str::to_owned).collect()
    };
    let ticket = TicketRow {
        number: TicketNo(row.get(0)?),
        reference: Reference::stored(text(1)?),
        name: CodeName::stored(text(2)?),
        mailbox: text(3)?,
        classes: words(some(4)?),
        title: some(5)?,
        severity: some(6)?,
        waiting: some(7)?,
        they_publish: None,
        policy: text(9)?,
        opened_at: Timestamp::UNIX_EPOCH,
        subject: Foreign::new(text(11)?),
        reporter: some(12)?.as_deref().and_then(Address::parse),
        reporter_name: Foreign::new(text(13)?),
        claims: row.get::<_, Option<i64>>(14)?.map(TicketNo),
        stage: text(15)?,
        outcome: some(16)?.as_deref().and_then(Outcome::parse),
        expected: None,
        owner: some(18)?,
        chased: row.get(19)?,
        due_at: None,
        last_fact: row.get(21)?,
    };
    Ok((|| {
        Ok(TicketRow {
            opened_at: instant::read(&opened_at)?,
            expected: instant::read_date(expected.as_deref())?,
            they_publish: instant::read_date(they_publish.as_deref())?,
            // A deadline that cannot be read is told when the file is opened: it keeps no
            // list from the other tickets.
            due_at: instant::read_some(due_at.as_deref()).unwrap_or_default(),
            ..ticket
        })
    })())
}

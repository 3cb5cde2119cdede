//! A report that did not come by mail to us: told on the telephone, by Signal, or given as
//! a file. It gets a ticket like every other, and its clock runs from when it came.

use super::refuse;
use crate::config::Config;
use crate::desk::ingest::Arrival;
use crate::desk::{likeness, post, refresh};
use crate::mail::auth::Standing;
use crate::mail::parse::{PARSED_AT_MOST, parse};
use crate::mail::{Address, ContentDigest, Digester, Foreign, Mail};
use crate::store::{Document, NewFact, NewMail, NewTicket, Raw, RawBytes, Sighting, Tx};
use crate::ticket::{By, TicketNo, What};
use crate::triage::{Kind, Place, Role, Where};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

/// What a person writes down.
pub struct ByHand<'a> {
    /// Who reported it: the address that letters go to, if there is one.
    pub from: Option<&'a Address>,
    /// What it is about.
    pub subject: &'a Foreign,
    /// How it came: `phone`, `signal`, `file`.
    pub via: &'a str,
    /// When it came. Not in the future.
    pub at: Timestamp,
    /// What it says, if that is on record.
    pub letter: Option<Letter>,
    /// The receipt is wanted.
    pub acknowledge: bool,
    /// Who opens it.
    pub who: &'a str,
}

/// A report as a file: read and compressed before a transaction opens.
pub struct Letter {
    pub(in crate::desk) mail: Mail,
    pub(in crate::desk) digest: ContentDigest,
    pub(in crate::desk) raw: RawBytes,
}

impl Letter {
    /// Reads the bytes of a mail.
    ///
    /// # Errors
    /// When they cannot be compressed.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let head = bytes.get(..PARSED_AT_MOST).unwrap_or(bytes);
        let mail = parse(head, head.len() == bytes.len());
        let mut digester = Digester::new();
        digester.update(bytes);
        let digest = digester.finish(&mail);
        let mut raw = Raw::new();
        raw.push(bytes)?;
        let raw = raw.finish()?;
        Ok(Self { mail, digest, raw })
    }

    /// What was said, as the mail that it would have been. Nobody is its author.
    ///
    /// # Errors
    /// When it cannot be compressed.
    pub fn said(text: &str) -> Result<Self> {
        let mail = format!(
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}"
        );
        Self::read(mail.as_bytes())
    }

    /// What the mail says.
    pub fn mail(&self) -> &Mail {
        &self.mail
    }
}

/// A clock that is a little ahead of ours is no date in the future.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// Opens the ticket.
///
/// # Errors
/// When it came in the future, when the same mail is on record, or when a receipt is
/// wanted and there is nobody to send it to.
pub fn open(tx: &Tx, config: &Config, by_hand: &ByHand) -> Result<TicketNo> {
    let mailbox = config
        .mailboxes
        .first()
        .context("the config watches no mailbox")?;
    check(tx, config, by_hand)?;
    tx.keep_policy(&config.policy)?;
    let nobody = Foreign::default();
    let name = by_hand.letter.as_ref().and_then(|letter| {
        let author = &letter.mail.author;
        author.name().filter(|_| author.address() == by_hand.from)
    });
    let ticket = tx.open_ticket(&NewTicket {
        prefix: &config.reference,
        year: config.calendar.local_date(by_hand.at).year(),
        mailbox: &mailbox.name,
        policy: &config.policy.digest,
        opened_at: by_hand.at,
        subject: by_hand.subject,
        reporter: by_hand.from,
        reporter_name: name.unwrap_or(&nobody),
        claims: None,
    })?;
    let seen = sighting(tx, &mailbox.name, by_hand)?;
    let author = by_hand.letter.as_ref().map(|one| one.mail.author.address());
    if author.is_none_or(|author| author != by_hand.from) {
        // No mail says who the reporter is.
        tx.to_index(Document::Ticket(ticket.0))?;
    }
    let letter = by_hand.letter.as_ref();
    let mail = letter.map(|letter| write_row(tx, by_hand, letter, seen, ticket));
    let mail = mail.transpose()?;
    tx.add_fact(
        ticket,
        &NewFact {
            at: by_hand.at,
            what: What::Received,
            by: By::Person(by_hand.who.to_owned()),
            letter: None,
            mail,
            via: Some(by_hand.via.to_owned()),
        },
    )?;
    refresh(tx, config, ticket)?;
    if by_hand.acknowledge {
        let nothing = Letter::said("")?;
        let letter = by_hand.letter.as_ref().unwrap_or(&nothing);
        let arrival = Arrival {
            mailbox,
            seen,
            our_clock: false,
            may_be_old: false,
            row: None,
            refused: None,
            folder: Role::Inbox,
            mail: &letter.mail,
            digest: &letter.digest,
            raw: &letter.raw,
        };
        post::acknowledge(tx, config, &arrival, ticket, None)?;
    }
    Ok(ticket)
}

fn check(tx: &Tx, config: &Config, by_hand: &ByHand) -> Result<()> {
    if by_hand.at > tx.now() + AHEAD {
        refuse!("a report cannot have come in the future");
    }
    let house = config.house();
    if let Some(address) = by_hand.from.filter(|a| house.comes_to_us(a)) {
        refuse!(
            "{address} is ours: letters to reporters never go to a watched mailbox or to the team"
        );
    }
    if by_hand.acknowledge && by_hand.from.is_none() {
        refuse!("there is nobody to send a receipt to\n  hint: --from ADDRESS");
    }
    let Some(letter) = &by_hand.letter else {
        return Ok(());
    };
    match tx.known(&letter.mail, &letter.digest.hex())?.copy {
        Some(Where::Ticket(number)) => {
            refuse!("this mail is on record already, on ticket {number}")
        }
        Some(Where::Tray) => refuse!(
            "this mail is on record already, in the tray\n  hint: gatepost adopt takes it from there"
        ),
        // What we sent to somebody may be a report all the same, if a person says so.
        Some(Where::Aside) | None => Ok(()),
    }
}

fn sighting(tx: &Tx, mailbox: &str, by_hand: &ByHand) -> Result<Sighting> {
    let (folder, uid) = tx.place_by_hand(mailbox)?;
    let size = by_hand.letter.as_ref().map_or(0, |l| l.raw.kept);
    Ok(Sighting {
        folder,
        uidvalidity: 1,
        uid,
        received_at: by_hand.at,
        size,
    })
}

fn write_row(
    tx: &Tx,
    by_hand: &ByHand,
    letter: &Letter,
    seen: Sighting,
    ticket: TicketNo,
) -> Result<i64> {
    let (mail, nobody) = (&letter.mail, Foreign::default());
    let because = format!("opened by {}, via {}", by_hand.who, by_hand.via);
    let defects: Vec<&str> = mail.defects.iter().map(|d| d.word()).collect();
    let reply = if by_hand.acknowledge {
        "acknowledge"
    } else {
        "none"
    };
    let id = tx.add_mail(&NewMail {
        seen,
        digest: &letter.digest.hex(),
        message_id: mail.message_id.as_ref(),
        cites: &mail.cites(),
        author: mail.author.address(),
        author_name: mail.author.name().unwrap_or(&nobody),
        subject: by_hand.subject,
        kind: (Kind::Person.word(), &because),
        place: ("new", &because),
        reply: (reply, &because),
        authentication: Standing::none("it did not come by mail"),
        defects: &defects.join(" "),
        ticket: Some(ticket),
        raw: &letter.raw,
    })?;
    likeness::mark(tx, id, mail, Kind::Person, Place::New)?;
    Ok(id)
}

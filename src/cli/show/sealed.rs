//! Encrypted and signed mail in `show`: what is said of it, its parts as bytes, and what the
//! command of the config makes of it.
//!
//! What is decrypted goes to the terminal or into the reader's own pipe. It is never
//! written: not into the store, a draft, a file or a log. What it bears is not checked.

use super::thread::{Entry, Thread};
use crate::channel::openpgp::{self, Made};
use crate::cli::args::Show;
use crate::cli::{Here, Usage, block_on, explain, output};
use crate::config::OpenPgp;
use crate::desk::File;
use crate::mail::parse::{self, Cipher, PARSED_AT_MOST, contents, for_reading};
use crate::mail::text::{self, Occasion};
use crate::mail::{Encryption, Foreign, Mail, Signature, clear_text};
use crate::store::Tx;
use crate::wall;
use anyhow::{Context, Result, bail};
use std::process::ExitCode;

/// Mails of which the head speaks.
const TOLD: usize = 3;

/// `encrypted (PGP/MIME)`.
pub fn encrypted(mail: &Mail) -> Option<String> {
    let shape = mail.sealed.encrypted?;
    Some(format!("encrypted ({})", shape.words()))
}

/// `bears a signature (S/MIME), not checked`.
pub fn signed(mail: &Mail) -> Option<String> {
    let shape = mail.sealed.signed?;
    Some(format!(
        "bears a signature ({}), not checked",
        shape.words()
    ))
}

/// What the thread says of a mail in armour, with its words in clear in so much room.
pub fn first_words(mail: &Mail, room: usize) -> Option<String> {
    let framed = mail.sealed.signed == Some(Signature::PgpInline);
    let encrypted = encrypted(mail);
    if encrypted.is_none() && !framed {
        return None;
    }
    let clear = clear_text(&mail.text);
    let encrypted = encrypted.unwrap_or_default();
    if clear.is_blank() {
        return Some(encrypted);
    }
    let line = text::written(&clear, Occasion::of(mail)).legible().line();
    let words: Vec<&str> = line
        .split("\\u{a}")
        .flat_map(str::split_whitespace)
        .collect();
    let room = room.saturating_sub(encrypted.len() + 2).max(20);
    let words = output::quoted(&Foreign::new(words.join(" ")), room);
    Some(format!("{encrypted}  {words}").trim_start().to_owned())
}

/// What stands above the thread of encrypted mails, and of a report that bears a signature.
pub fn head(here: &Here, tx: &Tx, thread: &Thread, file: &File) -> Result<()> {
    let mut told = 0;
    for (n, row) in thread.mails() {
        let mail = thread.mail(tx, row)?;
        let signed = signed(&mail).filter(|_| n == 1);
        let number = file.row.number.0;
        match (encrypted(&mail), signed) {
            (Some(encrypted), _) => {
                let able = command(here, mail.sealed.encrypted).is_some();
                let way = if able {
                    format!("gatepost show {number} --decrypt {n}")
                } else {
                    format!("gatepost show {number} --raw {n} > mail.eml takes it home")
                };
                output::marked("!    ", &format!("mail {n} is {encrypted}: {way}"));
                told += 1;
            }
            (None, Some(signed)) => output::line(format!("!    mail {n} {signed}")),
            (None, None) => {}
        }
        if told == TOLD {
            break;
        }
    }
    Ok(())
}

/// The command that opens this shape.
fn command(here: &Here, shape: Option<Encryption>) -> Option<(&OpenPgp, &Vec<String>)> {
    let openpgp = here.config.openpgp.as_ref()?;
    let words = match shape? {
        Encryption::PgpMime | Encryption::PgpInline | Encryption::PgpAttached => &openpgp.decrypt,
        Encryption::Smime => &openpgp.decrypt_smime,
        Encryption::Age => return None,
    };
    Some((openpgp, words.as_ref()?))
}

/// Prints one part: `P`, or `N.P` of mail N.
pub fn part(tx: &Tx, thread: &Thread, wanted: &str) -> Result<()> {
    let (mail, part) = wanted.split_once('.').unwrap_or(("1", wanted));
    let (Ok(n), Ok(p)) = (mail.parse::<usize>(), part.parse::<usize>()) else {
        let why = "--part takes the number of a part, or mail and part: 2, or 3.2";
        return Err(Usage(why.to_owned()).into());
    };
    let Some(Entry::Mail(row)) = thread.numbered(n) else {
        let why = format!("{n} is no mail of this thread: it has {}", thread.count());
        return Err(Usage(why).into());
    };
    let parts = contents(&tx.whole(row.id)?).with_context(|| {
        format!("mail {n} cannot be taken apart\n  hint: --raw {n} gives its bytes")
    })?;
    let count = parts.len();
    match parts.into_iter().nth(p.wrapping_sub(1)) {
        Some((_, bytes)) => output::raw(&bytes),
        None => Err(Usage(format!("there is no part {p} in mail {n}: it has {count}")).into()),
    }
}

/// Decrypts mail `n`, or each that is encrypted, and prints what comes of it. The store is
/// let go before a program runs, for a person may type a passphrase into it.
pub fn decrypt(here: &Here, wanted: &Show, n: Option<usize>) -> Result<ExitCode> {
    let mut store = here.store()?;
    let all = store.read(wall::now(), |tx| {
        let file = explain::find(tx, here, &wanted.reference)?;
        sealed_in(tx, &Thread::of(tx, &file)?, n)
    })?;
    drop(store);
    if wanted.bytes && all.len() != 1 {
        let why = format!("--bytes prints one message, and here are {}", all.len());
        return Err(Usage(format!(
            "{why}\n  hint: --decrypt N names a mail; --part takes one out"
        ))
        .into());
    }
    let mut code = ExitCode::SUCCESS;
    for (n, cipher) in &all {
        let made = match opened(here, wanted, *n, cipher) {
            Ok(made) => made,
            Err(why) if all.len() == 1 => return Err(why),
            // Another may have been encrypted to somebody else.
            Err(why) => {
                output::alarm(format!("!! {why:#}"));
                code = ExitCode::FAILURE;
                continue;
            }
        };
        if made.trouble.is_some() {
            code = ExitCode::FAILURE;
        }
        if wanted.bytes {
            output::raw(&made.bytes)?;
            return Ok(code);
        }
        print(*n, cipher, &made);
    }
    Ok(code)
}

/// What its program makes of it, if that is anything.
fn opened(here: &Here, wanted: &Show, n: usize, cipher: &Cipher) -> Result<Made> {
    let which = format!("mail {n}{}", named(cipher));
    let Some((openpgp, words)) = command(here, Some(cipher.shape)) else {
        let key = match cipher.shape {
            Encryption::Smime => "decrypt_smime in [openpgp]",
            Encryption::PgpMime | Encryption::PgpInline | Encryption::PgpAttached => {
                "decrypt in [openpgp]"
            }
            Encryption::Age => "it has no key for age",
        };
        let why = format!(
            "{which}: the config names no command that opens it\n  hint: {key}; show {} --raw {n} > mail.eml takes it home",
            wanted.reference
        );
        return Err(Usage(why).into());
    };
    let made = block_on(openpgp::through(openpgp, words, &cipher.bytes))
        .with_context(|| format!("{which} is not decrypted"))?;
    if made.bytes.is_empty() {
        let why = made.trouble;
        let why = why.unwrap_or_else(|| "it printed nothing".to_owned());
        bail!("{which} is not decrypted: {why}");
    }
    Ok(made)
}

/// ` "report.asc"`, where it is a file.
fn named(cipher: &Cipher) -> String {
    match cipher.name.is_blank() {
        true => String::new(),
        false => format!(" {}", output::quoted(&cipher.name, 40)),
    }
}

/// What there is to decrypt, each with the number of its mail.
fn sealed_in(tx: &Tx, thread: &Thread, n: Option<usize>) -> Result<Vec<(usize, Cipher)>> {
    let mut all = Vec::new();
    let asked = |number: usize| n.is_none_or(|n| n == number);
    for (number, row) in thread.mails().filter(|(number, _)| asked(*number)) {
        let found = parse::ciphers(&tx.whole(row.id)?).unwrap_or_default();
        all.extend(found.into_iter().map(|cipher| (number, cipher)));
    }
    if all.is_empty() {
        let why = match n {
            Some(n) => format!("mail {n} holds nothing encrypted, as far as a program can tell"),
            None => "nothing here is encrypted, as far as a program can tell".to_owned(),
        };
        return Err(Usage(format!("{why}\n  hint: --part takes a part out")).into());
    }
    Ok(all)
}

/// Shows what a program made of it: a mail by its text and the names of its files, a text as
/// it is, and of all else the size.
fn print(n: usize, cipher: &Cipher, made: &Made) {
    output::strong(format!(
        "mail {n}{}, {}, decrypted; kept nowhere:",
        named(cipher),
        cipher.shape.words()
    ));
    if let Some(trouble) = &made.trouble {
        output::alarm(format!(
            "!! {trouble}\n!! do not rely on what follows: it may be cut short, or another's"
        ));
    }
    let bytes = &made.bytes;
    if may_be_entity(cipher.shape, bytes) {
        let mail = for_reading(bytes, bytes.len() <= PARSED_AT_MOST);
        if mail.headers.first("content-type").is_some() {
            entity(&mail);
            return;
        }
    }
    match std::str::from_utf8(bytes)
        .ok()
        .filter(|t| !t.contains('\0'))
    {
        Some(text) => output::foreign_block(&Foreign::new(text), ""),
        None => output::line(format!(
            "{} bytes that are no text: --bytes prints them",
            bytes.len()
        )),
    }
}

/// Whether it can be a mail or a part of one: in its own shapes, and as a file that begins so. An
/// armour in a text stands for text, and a request of HTTP in it has fields too.
fn may_be_entity(shape: Encryption, bytes: &[u8]) -> bool {
    let begins = |name: &str| {
        let begin = bytes.get(..name.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(name.as_bytes()))
    };
    match shape {
        Encryption::PgpMime | Encryption::Smime => true,
        Encryption::PgpAttached => begins("Content-") || begins("MIME-Version:"),
        Encryption::PgpInline | Encryption::Age => false,
    }
}

fn entity(mail: &Mail) {
    if !mail.subject.is_blank() {
        output::line(format!("Subject: {}\n", mail.subject.line()));
    }
    output::foreign_block(mail.to_read(), "");
    for said in [encrypted(mail), signed(mail)].into_iter().flatten() {
        output::strong(format!(
            "[it {}]",
            said.replacen("encrypted", "is encrypted again", 1)
        ));
    }
    if !mail.attachments.is_empty() {
        let names = mail.attachments.iter().map(super::thread::attachment);
        let names: Vec<String> = names.collect();
        output::strong(format!("[attached: {}]", names.join(", ")));
    }
}

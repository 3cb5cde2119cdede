//! A letter that leaves encrypted: the command of the config makes a message of its text and
//! its file, and of them nothing is kept, neither on record nor as a draft.

use super::{Plan, Sitting, passing, writing};
use crate::channel::openpgp;
use crate::cli::args::Reply;
use crate::cli::{Usage, block_on, draft};
use crate::config::OpenPgp;
use crate::desk::act;
use crate::letters::Letter;
use crate::mail::{Armoured, entity};
use crate::ticket::Planned;
use anyhow::{Result, anyhow, bail};
use std::path::Path;

/// What stands on record in the place of a reason.
const IN_LETTER: &str = "(said in a letter that left encrypted; its text is not kept)";

impl Sitting<'_> {
    /// What a person knows before they write: whether it can be encrypted at all.
    pub(super) fn can_encrypt(&self) -> Result<()> {
        if self.sending.encrypt && !self.sending.dry_run {
            self.encrypted(b"Content-Type: text/plain\r\n\r\n\r\n")?;
        }
        Ok(())
    }

    /// Why a date `moves`, or a ticket closes, for the record, where it stays in clear: of a
    /// reason in a letter that leaves encrypted, only that it was given.
    ///
    /// # Errors
    /// When one is given on the command line for such a letter.
    pub fn reason(&self, because: Option<&String>, moves: bool, words: &str) -> Result<String> {
        match because {
            _ if !self.sending.encrypt => Ok(because.cloned().unwrap_or_default()),
            Some(_) => {
                let n = self.file.row.number.0;
                let why = "--because goes on record in clear, and with --encrypt no text is kept";
                Err(Usage(format!(
                    "{why}\n  hint: --message FILE says it in the letter alone; a reason that may stay in clear: --because without --encrypt, or gatepost note {n} TEXT"
                ))
                .into())
            }
            None if moves && !words.is_empty() => Ok(IN_LETTER.to_owned()),
            None => Ok(String::new()),
        }
    }

    /// The same of the dates of a reply.
    pub fn reason_to_move(&self, wanted: &Reply, words: &str) -> Result<String> {
        let facts = &self.file.facts;
        let dated = wanted.expected.is_some() && !act::dates_told(facts).is_empty();
        let embargo = act::last_told(facts, Planned::Embargo);
        let moves = dated || (wanted.embargo.is_some() && embargo.is_some());
        self.reason(wanted.because.as_ref(), moves, words)
    }

    /// The letter and its file, encrypted where that is wanted.
    pub(super) fn sealed(&self, plan: &Plan, letter: &Letter) -> Result<Option<Armoured>> {
        if !self.sending.encrypt {
            return Ok(None);
        }
        let entity = entity(&letter.body, plan.enclosed.as_ref());
        self.encrypted(&entity).map(Some)
    }

    fn encrypted(&self, entity: &[u8]) -> Result<Armoured> {
        let (openpgp, words) = self.command()?;
        let made = block_on(openpgp::through(openpgp, &words, entity))?;
        if let Some(trouble) = made.trouble {
            bail!(
                "it cannot be encrypted: {trouble}\n  hint: import a key of theirs that you have checked"
            );
        }
        Armoured::new(&made.bytes).ok_or_else(|| {
            anyhow!("what the command printed is no encrypted OpenPGP message in armour\n  hint: encrypt in [openpgp]: gpg needs --armor and --encrypt")
        })
    }

    fn command(&self) -> Result<(&OpenPgp, Vec<String>)> {
        let openpgp = self.here.config.openpgp.as_ref();
        let to = self.file.row.reporter.as_ref();
        let to = to.map(ToString::to_string).unwrap_or_default();
        if to.is_empty() || to.starts_with('-') {
            let why = format!("{:?} is no address to encrypt to", to);
            return Err(Usage(why).into());
        }
        let found = openpgp.and_then(|o| Some((o, o.encrypt_to(&to)?)));
        Ok(found.ok_or_else(|| {
            let why = "the config names no command that encrypts\n  hint: encrypt in [openpgp]";
            Usage(why.to_owned())
        })?)
    }

    /// What to know of it instead of that it is in clear.
    pub(super) fn notes_of_sealing(&mut self, plan: &Plan) {
        if self.sending.encrypt {
            self.notes.retain(|note| note != writing::CLEAR_NOTE);
            self.notes
                .push("it leaves encrypted, but for its subject; its text is not kept".to_owned());
            if !plan.followups.is_empty() {
                self.notes.push(
                    "those to the reporters of its duplicates leave in clear, without what you wrote"
                        .to_owned(),
                );
            }
        }
    }

    /// What the person made of the letter in their editor. What leaves encrypted is in a file
    /// while they write, and no longer.
    pub(super) fn edited(&self, at: &Path, text: &str) -> Result<String> {
        if !self.sending.encrypt {
            return draft::edit(at, text);
        }
        passing::edit(at, text).map_err(|why| {
            let why = why.to_string();
            let first = why.split(';').next().unwrap_or_default();
            anyhow!("{first}; with --encrypt your text is not kept")
        })
    }

    /// How a letter may leave that nobody else is to read.
    pub(super) fn other_ways(&self) -> &'static str {
        let openpgp = self.here.config.openpgp.as_ref();
        match openpgp.is_some_and(|o| o.encrypt.is_some()) {
            true => "--encrypt encrypts it; --in-clear sends it so",
            false => {
                "--in-clear sends it so; what nobody else may read goes into an encrypted file: reply --attach FILE"
            }
        }
    }
}

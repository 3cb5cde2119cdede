//! Copies of sent letters: whether one is there, and APPEND.

use super::line::{Answer, refusal};
use super::{Imap, LONG, words};
use crate::mail::MessageId;
use crate::mailbox::Trouble;
use crate::mailbox::sent::SentBox;
use async_imap::imap_proto::{MailboxDatum, Response};
use jiff::Timestamp;

impl SentBox for Imap {
    async fn holds(&mut self, id: &MessageId) -> Result<bool, Trouble> {
        let Some(quoted) = words::quoted(id.as_str()) else {
            return Ok(false);
        };
        let mut found = false;
        self.line
            .demand(
                &format!("UID SEARCH HEADER Message-ID {quoted}"),
                LONG,
                |response| {
                    if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                        found |= !uids.is_empty();
                    }
                    Ok(())
                },
            )
            .await?;
        Ok(found)
    }

    async fn append(&mut self, folder: &str, message: &[u8], at: Timestamp) -> Result<(), Trouble> {
        let Some(name) = words::quoted(folder) else {
            return Err(Trouble::NoFolder(folder.to_owned()));
        };
        let command = format!("APPEND {name} (\\Seen) \"{}\"", words::date_time(at));
        match self.line.ask_with(&command, message, LONG).await? {
            Answer::Ok => Ok(()),
            Answer::No(said) | Answer::Bad(said) => Err(refusal(&command, said)),
        }
    }

    async fn leave(self) {
        self.logout().await;
    }
}

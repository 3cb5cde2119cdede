//! Copies of sent letters: the folder for them, whether one is there, and APPEND.

use super::line::{Answer, refusal};
use super::{FOLDERS, Imap, LONG, stands_for_others, unescaped, words};
use crate::mail::MessageId;
use crate::mailbox::sent::{SentBox, by_name};
use crate::mailbox::{Mailbox, Trouble};
use async_imap::imap_proto::{MailboxDatum, NameAttribute, Response};
use jiff::Timestamp;

impl SentBox for Imap {
    async fn sent_folder(&mut self) -> Result<Option<String>, Trouble> {
        let mut marked = Vec::new();
        self.line
            .demand("LIST \"\" \"*\"", LONG, |response| {
                if let Response::MailboxData(MailboxDatum::List(folder)) = response
                    && folder.name_attributes.iter().any(is_for_sent)
                    && !folder.name_attributes.iter().any(stands_for_others)
                    && marked.len() < FOLDERS
                {
                    marked.push(unescaped(&folder.name));
                }
                Ok(())
            })
            .await?;
        match marked.into_iter().next() {
            Some(folder) => Ok(Some(folder)),
            None => Ok(by_name(&self.folders().await?)),
        }
    }

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

fn is_for_sent(attribute: &NameAttribute<'_>) -> bool {
    match attribute {
        NameAttribute::Sent => true,
        NameAttribute::Extension(name) => name.eq_ignore_ascii_case("\\Sent"),
        _ => false,
    }
}

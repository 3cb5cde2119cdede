//! A mailbox in memory, for faults that no server produces on demand.

use super::sent::SentBox;
use super::{Listed, Mailbox, Opened, Trouble, Woken};
use crate::mail::MessageId;
use anyhow::anyhow;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// It is listed also to those who did not ask for it.
    Intrudes,
    /// It is listed, and gone when it is fetched.
    Vanishes,
    /// It is listed, and the server refuses to give it.
    Refused,
    /// The connection is lost after this many of its bytes.
    Breaks(usize),
}

/// A message in memory.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) uid: u32,
    pub(crate) bytes: Vec<u8>,
    /// Its INTERNALDATE; `None` is one that cannot be read.
    pub(crate) date: Option<Timestamp>,
    pub(crate) fault: Fault,
}

/// Folders by name: their UIDVALIDITY and their messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fake {
    pub(crate) folders: BTreeMap<String, (u32, Vec<Message>)>,
    /// The folder that is open.
    pub(crate) current: String,
    /// [`Mailbox::wait`] says once that something changed. Opening a folder, and asking for
    /// its UIDs, makes that old news.
    pub(crate) news: bool,
    /// A message that reaches this folder while the next message is fetched.
    pub(crate) arrives: Option<(String, Message)>,
    /// After this many more folders were opened, all have this UIDVALIDITY.
    pub(crate) renumbers: Option<(usize, u32)>,
    /// The folder for sent mail, shared by all clones; `None`: there is none.
    pub(crate) sent: Option<Arc<Mutex<Vec<Vec<u8>>>>>,
    /// The server allows nobody to add to it.
    pub(crate) read_only: bool,
}

/// The name of [`Fake::sent`].
pub(crate) const SENT: &str = "Sent";

impl Fake {
    fn messages(&self) -> &[Message] {
        self.folders
            .get(&self.current)
            .map_or(&[], |(_, messages)| messages)
    }

    fn renumber(&mut self) {
        match &mut self.renumbers {
            Some((0, anew)) => {
                let folders = self.folders.values_mut();
                folders.for_each(|(uidvalidity, _)| *uidvalidity = *anew);
            }
            Some((opens, _)) => *opens -= 1,
            None => {}
        }
    }

    fn deliver(&mut self) {
        if let Some((folder, message)) = self.arrives.take() {
            self.news |= folder == self.current;
            self.folders.entry(folder).or_default().1.push(message);
        }
    }
}

impl Mailbox for Fake {
    async fn folders(&mut self) -> Result<Vec<String>, Trouble> {
        Ok(self.folders.keys().cloned().collect())
    }

    async fn open(&mut self, folder: &str) -> Result<Opened, Trouble> {
        self.renumber();
        if let Some(sent) = self.sent.as_ref().filter(|_| folder == SENT) {
            let exists = sent.lock().unwrap().len() as u32;
            self.current = folder.to_owned();
            let uidvalidity = 1;
            return Ok(Opened {
                uidvalidity,
                exists,
            });
        }
        let (uidvalidity, messages) = self
            .folders
            .get(folder)
            .ok_or_else(|| Trouble::NoFolder(folder.to_owned()))?;
        self.current = folder.to_owned();
        self.news = false;
        Ok(Opened {
            uidvalidity: *uidvalidity,
            exists: messages.len() as u32,
        })
    }

    async fn uids(&mut self) -> Result<Vec<u32>, Trouble> {
        self.news = false;
        Ok(self.messages().iter().map(|message| message.uid).collect())
    }

    async fn list(&mut self, uids: &[u32]) -> Result<Vec<Listed>, Trouble> {
        let told = self
            .messages()
            .iter()
            .filter(|message| uids.contains(&message.uid) || message.fault == Fault::Intrudes);
        Ok(told
            .map(|message| Listed {
                uid: message.uid,
                size: message.bytes.len() as u64,
                internal_date: message.date,
            })
            .collect())
    }

    async fn fetch(
        &mut self,
        uid: u32,
        limit: u64,
        piece: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<bool, Trouble> {
        self.deliver();
        let Some(message) = self
            .messages()
            .iter()
            .find(|message| message.uid == uid && message.fault != Fault::Vanishes)
        else {
            return Ok(false);
        };
        let breaks_after = match message.fault {
            Fault::Breaks(count) => Some(count),
            Fault::Refused => {
                return Err(Trouble::Refused {
                    command: format!("UID FETCH {uid}"),
                    said: "as it was told".to_owned(),
                });
            }
            Fault::None | Fault::Intrudes | Fault::Vanishes => None,
        };
        let wanted = breaks_after
            .unwrap_or(message.bytes.len())
            .min(limit.try_into().unwrap_or(usize::MAX));
        message
            .bytes
            .get(..wanted)
            .unwrap_or(&message.bytes)
            .chunks(1 << 20)
            .for_each(piece);
        match breaks_after {
            Some(_) => Err(Trouble::Lost(anyhow!("the fake broke as it was told"))),
            None => Ok(true),
        }
    }

    async fn wait(
        &mut self,
        at_most: Duration,
        stop: &CancellationToken,
    ) -> Result<Woken, Trouble> {
        if std::mem::take(&mut self.news) {
            return Ok(Woken::Changed);
        }
        tokio::select! {
            () = stop.cancelled() => Ok(Woken::Stopped),
            () = tokio::time::sleep(at_most) => Ok(Woken::TimeUp),
        }
    }
}

impl SentBox for Fake {
    async fn sent_folder(&mut self) -> Result<Option<String>, Trouble> {
        Ok(self.sent.as_ref().map(|_| SENT.to_owned()))
    }

    async fn holds(&mut self, id: &MessageId) -> Result<bool, Trouble> {
        let sent = self.sent.iter().filter(|_| self.current == SENT);
        let names = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains(id.as_str());
        Ok(sent
            .into_iter()
            .any(|s| s.lock().unwrap().iter().any(names)))
    }

    async fn append(&mut self, folder: &str, message: &[u8], _: Timestamp) -> Result<(), Trouble> {
        match &self.sent {
            Some(sent) if folder == SENT && !self.read_only => {
                sent.lock().unwrap().push(message.to_vec());
                Ok(())
            }
            Some(_) | None => Err(Trouble::Refused {
                command: format!("APPEND {folder}"),
                said: "[NOPERM] read only".to_owned(),
            }),
        }
    }

    async fn leave(self) {}
}

#[tokio::test]
async fn the_fake_has_the_faults_that_it_is_told_to_have() {
    let message = |uid, fault| Message {
        uid,
        bytes: b"report".to_vec(),
        date: None,
        fault,
    };
    let messages = vec![
        message(1, Fault::None),
        message(2, Fault::Intrudes),
        message(3, Fault::Vanishes),
        message(4, Fault::Breaks(3)),
        message(5, Fault::Refused),
    ];
    let mut fake = Fake {
        folders: [("INBOX".to_owned(), (7, messages))].into(),
        ..Fake::default()
    };
    assert!(matches!(fake.open("Junk").await, Err(Trouble::NoFolder(_))));
    assert_eq!(
        fake.open("INBOX").await.unwrap(),
        Opened {
            uidvalidity: 7,
            exists: 5
        }
    );
    assert_eq!(
        fake.list(&[1])
            .await
            .unwrap()
            .iter()
            .map(|listed| listed.uid)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    for (uid, limit, expected) in [
        (1, 99, Some("report")),
        (1, 2, Some("re")),
        (3, 99, None),
        (9, 99, None),
    ] {
        let mut got = Vec::new();
        let there = fake
            .fetch(uid, limit, &mut |piece| got.extend_from_slice(piece))
            .await
            .unwrap();
        assert_eq!(there.then_some(got.as_slice()), expected.map(str::as_bytes));
    }
    let mut got = Vec::new();
    assert!(
        fake.fetch(4, 99, &mut |piece| got.extend_from_slice(piece))
            .await
            .is_err()
    );
    assert_eq!(got, b"rep");
    assert!(matches!(
        fake.fetch(5, 99, &mut |_| {}).await,
        Err(Trouble::Refused { .. })
    ));
}

//! A mailbox in memory, for faults that no server produces on demand.

use super::roles::There;
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
    /// The connection is lost as soon as it is asked for.
    Poisons,
    /// And also when only its size is asked for.
    Kills,
    /// It is left out where many are given.
    Shy,
    /// It is listed, and the server is out of order when it is asked for.
    Unavailable,
    /// No answer holds more than this many of its bytes.
    Crumbs(usize),
    /// It is refused from this byte on, and left out where many are given.
    RefusedFrom(usize),
    /// Its UID is told, and neither its size nor its date.
    Untold,
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
    /// The server adds no message to it that holds this.
    pub(crate) refuses_copy: Option<&'static str>,
    /// UIDNEXT is not told, or is this and wrong.
    pub(crate) uidnext: Option<u32>,
    /// From which UID on it was asked what is there, each time.
    pub(crate) asked_from: Vec<u32>,
    /// The server refuses to open this folder.
    pub(crate) refuses: Option<String>,
    /// The server opens this folder, and refuses to say what is in it.
    pub(crate) closed: Option<String>,
    /// The connection is lost when the server is asked what is in this folder; where that is
    /// no name, which folders there are.
    pub(crate) hangs: Option<String>,
    /// What was fetched, in which commands.
    pub(crate) fetched: Vec<Vec<u32>>,
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

    fn hang(&self, over: &str) -> Result<(), Trouble> {
        match self.hangs.as_deref() == Some(over) {
            true => Err(Trouble::Lost(anyhow!("the fake hung as it was told"))),
            false => Ok(()),
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
    async fn folders(&mut self) -> Result<Vec<There>, Trouble> {
        self.hang("")?;
        let sent = self.sent.iter().map(|_| SENT);
        let there = self.folders.keys().map(String::as_str).chain(sent);
        Ok(there
            .map(|name| There {
                name: name.to_owned(),
                separator: Some("/".to_owned()),
                marked: None,
            })
            .collect())
    }

    async fn open(&mut self, folder: &str) -> Result<Opened, Trouble> {
        self.renumber();
        if self.refuses.as_deref() == Some(folder) {
            return Err(Trouble::Refused {
                command: format!("EXAMINE {folder}"),
                said: "as it was told".to_owned(),
            });
        }
        if let Some(sent) = self.sent.as_ref().filter(|_| folder == SENT) {
            let exists = sent.lock().unwrap().len() as u32;
            self.current = folder.to_owned();
            let uidvalidity = 1;
            return Ok(Opened {
                uidvalidity,
                exists,
                uidnext: exists + 1,
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
            uidnext: self.uidnext.unwrap_or_else(|| {
                let highest = messages.iter().map(|message| message.uid).max();
                highest.unwrap_or(0) + 1
            }),
        })
    }

    async fn uids_from(&mut self, first: u32) -> Result<Vec<u32>, Trouble> {
        self.news = false;
        if self.closed.as_ref() == Some(&self.current) {
            return Err(Trouble::Refused {
                command: format!("UID FETCH {first}:*"),
                said: "as it was told".to_owned(),
            });
        }
        self.hang(&self.current)?;
        self.asked_from.push(first);
        let uids = self.messages().iter().map(|message| message.uid);
        Ok(uids.filter(|uid| *uid >= first).collect())
    }

    async fn heads(
        &mut self,
        uids: &[u32],
        each: &mut (dyn FnMut(u32, u64, &[u8]) + Send),
    ) -> Result<(), Trouble> {
        for message in self.messages().iter().filter(|m| uids.contains(&m.uid)) {
            each(message.uid, message.bytes.len() as u64, &message.bytes);
        }
        Ok(())
    }

    async fn batch(
        &mut self,
        uids: &[u32],
        limit: u64,
        each: &mut (dyn FnMut(u32, &[u8]) + Send),
    ) -> Result<(), Trouble> {
        self.deliver();
        self.fetched.push(uids.to_vec());
        for message in self.messages() {
            let wanted = uids.contains(&message.uid);
            match message.fault {
                Fault::None | Fault::Untold => {}
                Fault::Intrudes => each(message.uid, b"nobody asked for this"),
                Fault::Vanishes
                | Fault::Refused
                | Fault::Shy
                | Fault::Unavailable
                | Fault::RefusedFrom(_) => continue,
                Fault::Crumbs(most) if wanted => {
                    each(message.uid, message.bytes.get(..most).unwrap_or_default());
                    continue;
                }
                Fault::Crumbs(_) => {}
                Fault::Breaks(_) | Fault::Poisons | Fault::Kills if wanted => {
                    return Err(Trouble::Lost(anyhow!("the fake broke as it was told")));
                }
                Fault::Breaks(_) | Fault::Poisons | Fault::Kills => {}
            }
            if wanted {
                let bytes = message.bytes.get(..limit as usize);
                each(message.uid, bytes.unwrap_or(&message.bytes));
            }
        }
        Ok(())
    }

    async fn list(&mut self, uids: &[u32]) -> Result<Vec<Listed>, Trouble> {
        let kills = |m: &&Message| m.fault == Fault::Kills && uids.contains(&m.uid);
        if self.messages().iter().any(|m| kills(&m)) {
            return Err(Trouble::Lost(anyhow!("the fake broke as it was told")));
        }
        let told = self
            .messages()
            .iter()
            .filter(|message| uids.contains(&message.uid) || message.fault == Fault::Intrudes)
            .filter(|message| message.fault != Fault::Untold);
        Ok(told
            .map(|message| Listed {
                uid: message.uid,
                size: message.bytes.len() as u64,
                internal_date: message.date,
            })
            .collect())
    }

    async fn slice(
        &mut self,
        uid: u32,
        offset: u64,
        wanted: u64,
        piece: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<Option<u64>, Trouble> {
        self.deliver();
        self.fetched.push(vec![uid]);
        let Some(message) = self
            .messages()
            .iter()
            .find(|message| message.uid == uid && message.fault != Fault::Vanishes)
        else {
            return Ok(None);
        };
        let rest = message.bytes.get(offset as usize..).unwrap_or_default();
        let rest = rest.get(..wanted as usize).unwrap_or(rest);
        let broken = || Trouble::Lost(anyhow!("the fake broke as it was told"));
        match message.fault {
            Fault::Breaks(count) => {
                piece(rest.get(..count).unwrap_or(rest));
                Err(broken())
            }
            Fault::Poisons | Fault::Kills => Err(broken()),
            Fault::Unavailable => Err(Trouble::passing("as it was told".to_owned())),
            Fault::RefusedFrom(from) if (offset as usize) < from => {
                let most = from - offset as usize;
                let rest = rest.get(..most).unwrap_or(rest);
                piece(rest);
                Ok(Some(rest.len() as u64))
            }
            Fault::Refused | Fault::RefusedFrom(_) => Err(Trouble::Refused {
                command: format!("UID FETCH {uid}"),
                said: "as it was told".to_owned(),
            }),
            Fault::Crumbs(most) => {
                let rest = rest.get(..most).unwrap_or(rest);
                piece(rest);
                Ok(Some(rest.len() as u64))
            }
            Fault::None | Fault::Intrudes | Fault::Vanishes | Fault::Shy | Fault::Untold => {
                piece(rest);
                Ok(Some(rest.len() as u64))
            }
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
    async fn holds(&mut self, id: &MessageId) -> Result<bool, Trouble> {
        let sent = self.sent.iter().filter(|_| self.current == SENT);
        let names = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains(id.as_str());
        Ok(sent
            .into_iter()
            .any(|s| s.lock().unwrap().iter().any(names)))
    }

    async fn append(&mut self, folder: &str, message: &[u8], _: Timestamp) -> Result<(), Trouble> {
        let text = String::from_utf8_lossy(message);
        let refused = self.refuses_copy.is_some_and(|part| text.contains(part));
        match &self.sent {
            Some(sent) if folder == SENT && !self.read_only && !refused => {
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
    use Fault::{Breaks, Intrudes, None as Nothing, Refused, Vanishes};
    let faults = [Nothing, Intrudes, Vanishes, Breaks(3), Refused];
    let messages = (1..).zip(faults).map(|(uid, fault)| message(uid, fault));
    let messages = messages.collect();
    let mut fake = Fake {
        folders: [("INBOX".to_owned(), (7, messages))].into(),
        ..Fake::default()
    };
    assert!(matches!(fake.open("Junk").await, Err(Trouble::NoFolder(_))));
    let opened = Opened {
        uidvalidity: 7,
        exists: 5,
        uidnext: 6,
    };
    assert_eq!(fake.open("INBOX").await.unwrap(), opened);
    let listed = fake.list(&[1]).await.unwrap();
    let listed: Vec<u32> = listed.iter().map(|listed| listed.uid).collect();
    assert_eq!(listed, [1, 2]);
    assert_eq!(fake.uids_from(4).await.unwrap(), [4, 5]);
    for (uid, offset, wanted, expected) in [
        (1, 0, 99, Some("report")),
        (1, 0, 2, Some("re")),
        (1, 2, 2, Some("po")),
        (1, 6, 2, Some("")),
        (3, 0, 99, None),
        (9, 0, 99, None),
    ] {
        let mut got = Vec::new();
        let size = fake
            .slice(uid, offset, wanted, &mut |piece| {
                got.extend_from_slice(piece)
            })
            .await
            .unwrap();
        assert_eq!(size, expected.map(|e| e.len() as u64));
        assert_eq!(got, expected.unwrap_or_default().as_bytes());
    }
    let mut got = Vec::new();
    let mut each = |piece: &[u8]| got.extend_from_slice(piece);
    assert!(fake.slice(4, 0, 99, &mut each).await.is_err());
    assert_eq!(got, b"rep");
    assert!(matches!(
        fake.slice(5, 0, 9, &mut |_| {}).await,
        Err(Trouble::Refused { .. })
    ));
    let mut got = Vec::new();
    let mut each = |uid, bytes: &[u8]| got.push((uid, bytes.len()));
    fake.batch(&[1, 3, 5], 4, &mut each).await.unwrap();
    assert_eq!(got, [(1, 4), (2, 21)]);
    assert!(fake.batch(&[1, 4], 4, &mut |_, _| {}).await.is_err());
}

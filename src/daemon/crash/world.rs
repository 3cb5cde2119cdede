//! What outlives a process: a mailbox, a store in a file, and a mail server that
//! remembers what it took. And the [`Life`] of a process, which ends at a chosen step.

use crate::channel::smtp::Smtp;
use crate::config::Auth;
use crate::config::{Config, sample};
use crate::mail::MessageId;
use crate::mailbox::fake::{Fake, Fault, Message};
use crate::mailbox::roles::There;
use crate::mailbox::sent::SentBox;
use crate::mailbox::{Listed, Mailbox, Opened, Trouble, Woken};
use crate::net::{Login, Stream};
use crate::store::{FolderId, LetterState, Store};
use anyhow::{Result, bail};
use jiff::Timestamp;
use secrecy::SecretString;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio_util::sync::CancellationToken;

pub(super) const UIDVALIDITY: u32 = 7;
/// What happens to a process, at a step counted from 0.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    /// That step and all later ones fail.
    Dies(usize),
    /// That step fails, and the process goes on.
    Stumbles(usize),
    /// Nothing.
    Lives,
}

/// The steps of a process.
#[derive(Clone)]
pub(super) struct Life {
    fate: Fate,
    steps: Arc<AtomicUsize>,
}

impl Life {
    pub(super) fn new(fate: Fate) -> Self {
        Self {
            fate,
            steps: Arc::default(),
        }
    }

    pub(super) fn step(&self) -> Result<()> {
        let step = self.steps.fetch_add(1, Ordering::SeqCst);
        let fails = match self.fate {
            Fate::Dies(at) => step >= at,
            Fate::Stumbles(at) => step == at,
            Fate::Lives => false,
        };
        if fails {
            bail!("step {step} fails");
        }
        Ok(())
    }

    /// True when it met its fate.
    pub(super) fn is_marked(&self) -> bool {
        match self.fate {
            Fate::Dies(at) | Fate::Stumbles(at) => self.steps.load(Ordering::SeqCst) > at,
            Fate::Lives => false,
        }
    }
}

/// A message that the mail server took.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) to: String,
    pub(super) bytes: Vec<u8>,
}

pub(super) struct World {
    pub(super) config: Arc<Config>,
    pub(super) inbox: FolderId,
    mailbox: Fake,
    taken: Mutex<Vec<Taken>>,
    /// Messages that came without their offer being on record.
    too_early: AtomicUsize,
    _dir: tempfile::TempDir,
}

impl World {
    /// An empty store, and these mails in the inbox that came after its baseline.
    pub(super) fn new(mails: &[(&str, &str)]) -> Arc<Self> {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        let mut store = Store::create(&config.store).unwrap();
        let inbox = store
            .write(super::at::<0>(), |tx| {
                tx.add_folder("security", "INBOX", UIDVALIDITY, &[])
            })
            .unwrap();
        let message = |(uid, (date, text)): (u32, &(&str, &str))| Message {
            uid,
            bytes: text.replace('\n', "\r\n").into_bytes(),
            date: Some(date.parse().unwrap()),
            fault: Fault::None,
        };
        let messages = (1..).zip(mails).map(message).collect();
        Arc::new(Self {
            config: Arc::new(config),
            inbox,
            mailbox: Fake {
                folders: [("INBOX".to_owned(), (UIDVALIDITY, messages))].into(),
                sent: Some(Arc::default()),
                ..Fake::default()
            },
            taken: Mutex::default(),
            too_early: AtomicUsize::new(0),
            _dir: dir,
        })
    }

    /// The store, as somebody beside the process sees it.
    pub(super) fn store(&self) -> Store {
        Store::open(&self.config.store).unwrap()
    }

    /// What the mail server took, in order.
    pub(super) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// What lies in the folder for sent mail, in order.
    pub(super) fn filed(&self) -> Vec<Vec<u8>> {
        let sent = self.mailbox.sent.as_ref().unwrap();
        sent.lock().unwrap().clone()
    }

    /// How often processes that ended early had begun to read this mail.
    pub(super) fn attempts(&self, uid: u32) -> u32 {
        // Counted once more in a transaction that is never committed.
        let counted = self.store().read(super::at::<0>(), |tx| {
            tx.count_attempt(self.inbox, UIDVALIDITY, uid)
        });
        counted.unwrap() - 1
    }

    pub(super) fn too_early(&self) -> usize {
        self.too_early.load(Ordering::SeqCst)
    }

    /// The mailbox, as a process sees it.
    pub(super) fn mailbox(&self, life: &Life) -> Mortal {
        Mortal {
            mailbox: self.mailbox.clone(),
            life: life.clone(),
        }
    }

    /// A connection of a process to the mail server.
    pub(super) async fn relay(self: &Arc<Self>, life: &Life) -> Result<Smtp, String> {
        life.step().map_err(|why| why.to_string())?;
        let (near, far) = tokio::io::duplex(1 << 16);
        let (world, life) = (Arc::clone(self), life.clone());
        tokio::spawn(async move { world.serve(&life, BufReader::new(far)).await });
        let login = Login {
            user: "gatepost".to_owned(),
            auth: Auth::Password,
            secret: SecretString::from("letter-box"),
        };
        Smtp::over(Stream::over(near), &login, "example.org").await
    }

    /// Answers until the process leaves or dies; then the connection is cut.
    async fn serve(&self, life: &Life, mut far: BufReader<DuplexStream>) -> Result<()> {
        far.write_all(b"220 mail.example.org\r\n").await?;
        let mut to = String::new();
        loop {
            let line = line(&mut far).await?;
            life.step()?;
            let answer = match line.get(..4).unwrap_or_default() {
                "EHLO" => "250-mail.example.org\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n",
                "AUTH" => "235 welcome\r\n",
                "DATA" => {
                    far.write_all(b"354 go\r\n").await?;
                    self.message(life, &to, &mut far).await?;
                    "250 taken\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => {
                    if let Some(address) = line.strip_prefix("RCPT TO:<") {
                        to = address.replace(">\r\n", "");
                    }
                    "250 ok\r\n"
                }
            };
            far.write_all(answer.as_bytes()).await?;
        }
    }

    /// Takes a message: a process may die before it is taken, before that is said, and
    /// just after.
    async fn message(
        &self,
        life: &Life,
        to: &str,
        far: &mut BufReader<DuplexStream>,
    ) -> Result<()> {
        let mut bytes = Vec::new();
        loop {
            let line = line(far).await?;
            match line.as_str() {
                ".\r\n" => break,
                line => bytes.extend_from_slice(line.strip_prefix('.').unwrap_or(line).as_bytes()),
            }
        }
        let early = usize::from(!self.is_offered(&bytes));
        self.too_early.fetch_add(early, Ordering::SeqCst);
        life.step()?;
        self.taken.lock().unwrap().push(Taken {
            to: to.to_owned(),
            bytes,
        });
        life.step()?;
        // Who dies here has heard the 250, and can write it nowhere.
        let _ = life.step();
        Ok(())
    }

    /// Whether a letter of these bytes is on record as leaving.
    fn is_offered(&self, bytes: &[u8]) -> bool {
        let look = |tx: &crate::store::Tx| {
            let letters = tx.unsettled_letters()?;
            let offered = letters.iter().filter(|l| l.state == LetterState::Offered);
            Ok(offered
                .filter_map(|l| tx.letter_bytes(l.id).ok())
                .any(|of| of == bytes))
        };
        self.store().read(Timestamp::UNIX_EPOCH, look).unwrap()
    }
}

async fn line(far: &mut BufReader<DuplexStream>) -> Result<String> {
    let mut line = String::new();
    if far.read_line(&mut line).await? == 0 {
        bail!("the client has left");
    }
    Ok(line)
}

/// A mailbox that a process loses when it dies.
pub(super) struct Mortal {
    mailbox: Fake,
    life: Life,
}

impl Mortal {
    fn step(&self) -> Result<(), Trouble> {
        self.life.step().map_err(Trouble::Lost)
    }
}

impl Mailbox for Mortal {
    async fn folders(&mut self) -> Result<Vec<There>, Trouble> {
        self.step()?;
        self.mailbox.folders().await
    }

    async fn open(&mut self, folder: &str) -> Result<Opened, Trouble> {
        self.step()?;
        self.mailbox.open(folder).await
    }

    async fn uids_from(&mut self, first: u32) -> Result<Vec<u32>, Trouble> {
        self.step()?;
        self.mailbox.uids_from(first).await
    }

    async fn list(&mut self, uids: &[u32]) -> Result<Vec<Listed>, Trouble> {
        self.step()?;
        self.mailbox.list(uids).await
    }

    async fn heads(
        &mut self,
        uids: &[u32],
        each: &mut (dyn FnMut(u32, u64, &[u8]) + Send),
    ) -> Result<(), Trouble> {
        self.step()?;
        self.mailbox.heads(uids, each).await
    }

    async fn batch(
        &mut self,
        uids: &[u32],
        limit: u64,
        each: &mut (dyn FnMut(u32, &[u8]) + Send),
    ) -> Result<(), Trouble> {
        self.step()?;
        for uid in uids {
            self.mailbox.batch(&[*uid], limit, each).await?;
            self.step()?;
        }
        Ok(())
    }

    async fn slice(
        &mut self,
        uid: u32,
        offset: u64,
        wanted: u64,
        piece: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<Option<u64>, Trouble> {
        self.step()?;
        let got = self.mailbox.slice(uid, offset, wanted, piece).await?;
        self.step()?;
        Ok(got)
    }

    async fn wait(
        &mut self,
        at_most: Duration,
        stop: &CancellationToken,
    ) -> Result<Woken, Trouble> {
        self.step()?;
        self.mailbox.wait(at_most, stop).await
    }
}

impl SentBox for Mortal {
    async fn holds(&mut self, id: &MessageId) -> Result<bool, Trouble> {
        self.step()?;
        self.mailbox.holds(id).await
    }

    async fn append(&mut self, folder: &str, bytes: &[u8], at: Timestamp) -> Result<(), Trouble> {
        self.step()?;
        self.mailbox.append(folder, bytes, at).await?;
        // Who dies here has added it, and can write that nowhere.
        self.step()
    }

    async fn leave(self) {}
}

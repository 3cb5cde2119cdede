//! A mail server by rule, a store, and a clock that the test moves: days pass in moments.

use crate::channel::smtp::Smtp;
use crate::config::{Auth, Config, sample};
use crate::daemon::record::Record;
use crate::daemon::send::{self, TROUBLE, Turn};
use crate::mail::{Address, MessageId};
use crate::net::{Login, Stream};
use crate::store::{Go, Letter, LetterKind, LetterState, NewLetter, Store, Tx, alarm_on};
use crate::ticket::By;
use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio_util::sync::CancellationToken;

/// Of Message-IDs.
static NUMBERS: AtomicUsize = AtomicUsize::new(0);

/// Noon of a Monday, in seconds.
pub(super) const NOON: i64 = 1_795_435_200;

/// A clock of the test's own: (its seconds, how to read it).
macro_rules! clock {
    () => {{
        static NOW: AtomicI64 = AtomicI64::new(relay::NOON);
        fn now() -> Timestamp {
            Timestamp::from_second(NOW.load(Ordering::SeqCst)).unwrap()
        }
        (&NOW, now as fn() -> Timestamp)
    }};
}
pub(super) use clock;

/// What the server is asked for: GREETING, EHLO, AUTH, MAIL, RCPT, DATA, or `.` (a message).
pub(super) struct Step<'a> {
    pub(super) verb: &'a str,
    pub(super) to: &'a str,
    /// Letters that this connection has brought so far.
    pub(super) before: usize,
}

/// What the server says in place of yes. `""` closes the connection; after a message that
/// it took.
pub(super) type Rule = Box<dyn Fn(&Step) -> Option<String> + Send>;

pub(super) struct Relay {
    rule: Mutex<Rule>,
    pub(super) connections: AtomicUsize,
    pub(super) taken: Mutex<Vec<(String, Vec<u8>)>>,
}

pub(super) struct Office {
    pub(super) config: Arc<Config>,
    pub(super) record: Record,
    pub(super) relay: Arc<Relay>,
    pub(super) stop: CancellationToken,
    seconds: &'static AtomicI64,
    now: fn() -> Timestamp,
    _dir: tempfile::TempDir,
}

impl Office {
    pub(super) fn new(clock: (&'static AtomicI64, fn() -> Timestamp)) -> Self {
        Self::counting(clock, Box::new(|| Ok(())))
    }

    /// `commit` is called before and after each commit.
    pub(super) fn counting(
        (seconds, now): (&'static AtomicI64, fn() -> Timestamp),
        commit: Box<dyn Fn() -> Result<()> + Send>,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = sample::small(dir.path());
        let mut store = Store::create(&config.store).unwrap();
        let ready = |tx: &Tx| {
            tx.keep_policy(&config.policy)?;
            tx.add_folder("security", "INBOX", 7, &[])
        };
        store.write(now(), ready).unwrap();
        store.on_commit(commit);
        Self {
            config: Arc::new(config),
            record: Record::new(store, now).unwrap(),
            relay: Arc::new(Relay {
                rule: Mutex::new(Box::new(|_| None)),
                connections: AtomicUsize::default(),
                taken: Mutex::default(),
            }),
            stop: CancellationToken::new(),
            seconds,
            now,
            _dir: dir,
        }
    }

    /// The process has died, and another opens the store.
    pub(super) fn dies(&mut self) {
        let store = Store::open(&self.config.store).unwrap();
        self.record = Record::new(store, self.now).unwrap();
    }

    /// From now on the server answers by this rule.
    pub(super) fn rule(&self, rule: impl Fn(&Step) -> Option<String> + Send + 'static) {
        *self.relay.rule.lock().unwrap() = Box::new(rule);
    }

    /// Queues a letter on no ticket; gives its number.
    pub(super) async fn letter(&self, kind: LetterKind, to: &str) -> i64 {
        self.letter_in(SignedDuration::ZERO, kind, to).await
    }

    /// The same, that leaves so much later.
    pub(super) async fn letter_in(&self, long: SignedDuration, kind: LetterKind, to: &str) -> i64 {
        let to = Address::parse(to).unwrap();
        let add = move |tx: &Tx| {
            let number = NUMBERS.fetch_add(1, Ordering::SeqCst);
            let id = format!("<{number}@example.org>");
            tx.add_letter(&NewLetter {
                ticket: None,
                kind,
                sender: &Address::parse("security@example.org").unwrap(),
                recipient: &to,
                by: By::Gatepost,
                facts: &[],
                subject: "s",
                body: "b",
                go: Go::Queued(
                    &MessageId::parse(&id).unwrap(),
                    format!("Message-ID: {id}\r\n\r\n.hello\r\n").as_bytes(),
                    tx.now() + long,
                ),
            })
        };
        self.record.write(add).await.unwrap()
    }

    pub(super) async fn receipts(&self, to: &[&str]) {
        for to in to {
            self.letter(LetterKind::Acknowledgement, to).await;
        }
    }

    /// One turn.
    pub(super) async fn turn(&self) -> Turn {
        let relay = async |_: &Config| self.relay.connect().await;
        let turn = send::send(&self.record, &self.config, &self.stop, relay);
        turn.await.unwrap()
    }

    /// Turns as the daemon takes them, for so long.
    pub(super) async fn live(&self, span: SignedDuration) {
        let end = self.seconds.load(Ordering::SeqCst) + span.as_secs();
        let mut rest = Duration::ZERO;
        while self.seconds.load(Ordering::SeqCst) < end {
            let now = self.seconds.load(Ordering::SeqCst);
            let next = match self.turn().await {
                Turn::Down(why) => {
                    rest = send::rest(rest, &why);
                    now + rest.as_secs() as i64
                }
                Turn::Drained(_) => {
                    rest = Duration::ZERO;
                    let next = self.record.read(|tx| tx.next_letter_at()).await.unwrap();
                    next.map_or(end, |at| at.as_second()).max(now + 1)
                }
            };
            self.seconds.store(next.min(end), Ordering::SeqCst);
        }
    }

    /// The addresses that letters were taken for, in order.
    pub(super) fn taken(&self) -> Vec<String> {
        let taken = self.relay.taken.lock().unwrap();
        taken.iter().map(|(to, _)| to.clone()).collect()
    }

    pub(super) fn connections(&self) -> usize {
        self.relay.connections.load(Ordering::SeqCst)
    }

    pub(super) async fn letters(&self) -> Vec<Letter> {
        let all = |tx: &Tx| {
            let mut found = Vec::new();
            while let Some(letter) = tx.letter(found.len() as i64 + 1)? {
                found.push(letter);
            }
            Ok(found)
        };
        self.record.read(all).await.unwrap()
    }

    pub(super) async fn states(&self) -> Vec<LetterState> {
        self.letters().await.iter().map(|l| l.state).collect()
    }

    /// The red line on top of lists, and the alarm.
    pub(super) async fn trouble(&self) -> (Option<String>, Option<String>) {
        let both = |tx: &Tx| Ok((tx.meta(TROUBLE)?, alarm_on(tx, "smtp")));
        self.record.read(both).await.unwrap()
    }
}

impl Relay {
    async fn connect(self: &Arc<Self>) -> Result<Smtp, String> {
        self.connections.fetch_add(1, Ordering::SeqCst);
        let (near, far) = tokio::io::duplex(1 << 16);
        let relay = Arc::clone(self);
        tokio::spawn(async move { relay.serve(BufReader::new(far)).await });
        let login = Login {
            user: "gatepost".to_owned(),
            auth: Auth::Password,
            secret: SecretString::from("letter-box"),
        };
        Smtp::over(Stream::over(near), &login, "example.org").await
    }

    async fn serve(&self, mut far: BufReader<DuplexStream>) -> Result<()> {
        let (mut to, mut before) = (String::new(), 0);
        self.answer(&mut far, "GREETING", &to, before, "220 hello")
            .await?;
        loop {
            let line = line(&mut far).await?;
            let verb = line.split([' ', '\r']).next().unwrap_or_default();
            if let Some(address) = line.strip_prefix("RCPT TO:<") {
                to = address.replace(">\r\n", "");
            }
            let yes = match verb {
                "EHLO" => "250-mail.example.org\r\n250 AUTH PLAIN",
                "AUTH" => "235 welcome",
                "DATA" => "354 go",
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            self.answer(&mut far, verb, &to, before, yes).await?;
            if verb == "DATA" && self.goes_on(&to, before) {
                let bytes = message(&mut far).await?;
                before += 1;
                let said = self.says(".", &to, before);
                if said.as_ref().is_none_or(String::is_empty) {
                    self.taken.lock().unwrap().push((to.clone(), bytes));
                }
                self.answer(&mut far, ".", &to, before, "250 taken").await?;
            }
        }
    }

    fn says(&self, verb: &str, to: &str, before: usize) -> Option<String> {
        let rule = self.rule.lock().unwrap();
        rule(&Step { verb, to, before })
    }

    fn goes_on(&self, to: &str, before: usize) -> bool {
        self.says("DATA", to, before).is_none()
    }

    async fn answer(
        &self,
        far: &mut BufReader<DuplexStream>,
        verb: &str,
        to: &str,
        before: usize,
        yes: &str,
    ) -> Result<()> {
        let said = self.says(verb, to, before);
        match said.as_deref() {
            Some("") => bail!("closes"),
            Some("...") => std::future::pending().await,
            Some(no) => far.write_all(format!("{no}\r\n").as_bytes()).await?,
            None => far.write_all(format!("{yes}\r\n").as_bytes()).await?,
        }
        if said.is_some_and(|no| no.starts_with("421")) {
            bail!("closes");
        }
        Ok(())
    }
}

async fn message(far: &mut BufReader<DuplexStream>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let line = line(far).await?;
        match line.as_str() {
            ".\r\n" => return Ok(bytes),
            line => bytes.extend_from_slice(line.strip_prefix('.').unwrap_or(line).as_bytes()),
        }
    }
}

async fn line(far: &mut BufReader<DuplexStream>) -> Result<String> {
    let mut line = String::new();
    if far.read_line(&mut line).await? == 0 {
        bail!("the client has left");
    }
    Ok(line)
}

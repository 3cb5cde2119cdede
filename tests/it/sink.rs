//! An SMTP server in clear on loopback that keeps what it was given, and can be told what
//! to do at any point: say this, be silent, or close, also after the final dot, when the
//! message is kept and nobody was told.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A message that was given whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub to: String,
    pub bytes: Vec<u8>,
    /// Whether the client heard the 250.
    pub answered: bool,
}

/// Where a conversation stands.
#[derive(Debug)]
pub struct At<'a> {
    /// The verb of the client's line, in capitals; `CONNECT` before the greeting, and `.`
    /// when a message has come to its end.
    pub verb: &'a str,
    /// The recipient, as far as there is one.
    pub to: &'a str,
    /// How many messages are kept.
    pub kept: usize,
}

/// What the server does there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// As every server.
    Usual,
    /// Says this, without the line end. A message to which it says 4xx or 5xx is not kept.
    Says(&'static str),
    /// Says nothing more, and keeps the connection open.
    Silent,
    /// Closes the connection.
    Closes,
}

type Manner = Arc<dyn Fn(&At<'_>) -> Does + Send + Sync>;

pub struct Sink {
    pub port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    kept: Mutex<Vec<Kept>>,
    /// Every line that a client sent outside of a message, line end left out.
    commands: Mutex<Vec<String>>,
    connections: Mutex<Vec<Instant>>,
    manner: Mutex<Manner>,
}

impl Sink {
    /// Serves until the process ends; says of the n-th message whether the connection closes
    /// in place of the 250.
    pub fn start(drops: impl Fn(usize) -> bool + Send + Sync + 'static) -> Self {
        Self::that(move |at| match at.verb {
            "." if drops(at.kept) => Does::Closes,
            _ => Does::Usual,
        })
    }

    /// Serves until the process ends, and does at each point what it is told.
    pub fn that(does: impl Fn(&At<'_>) -> Does + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            kept: Mutex::default(),
            commands: Mutex::default(),
            connections: Mutex::default(),
            manner: Mutex::new(Arc::new(does)),
        });
        let serving = Arc::clone(&inner);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let inner = Arc::clone(&serving);
                // A client that dies in the middle is what this server is for.
                std::thread::spawn(move || serve(&client, &inner));
            }
        });
        Self { port, inner }
    }

    /// From now on it does this.
    pub fn does(&self, does: impl Fn(&At<'_>) -> Does + Send + Sync + 'static) {
        *self.inner.manner.lock().unwrap() = Arc::new(does);
    }

    pub fn commands(&self) -> Vec<String> {
        self.inner.commands.lock().unwrap().clone()
    }

    pub fn kept(&self) -> Vec<Kept> {
        self.inner.kept.lock().unwrap().clone()
    }

    /// When each connection was made.
    pub fn connections(&self) -> Vec<Instant> {
        self.inner.connections.lock().unwrap().clone()
    }

    /// The lines of the table `[smtp]` that lead here.
    pub fn config(&self) -> String {
        format!(
            "port = {}\ntls = \"plain-to-loopback\"\npassword_file = \"password\"",
            self.port
        )
    }
}

/// A recipient is put off until so long after it was first named.
pub fn greylists(long: Duration) -> impl Fn(&At<'_>) -> Does + Send + Sync {
    let known: Mutex<HashMap<String, Instant>> = Mutex::default();
    move |at| {
        if at.verb != "RCPT" {
            return Does::Usual;
        }
        let mut known = known.lock().unwrap();
        let first = *known.entry(at.to.to_owned()).or_insert_with(Instant::now);
        if first.elapsed() < long {
            return Does::Says("450 4.2.0 greylisted, come again");
        }
        Does::Usual
    }
}

/// One connection.
struct Talk<'c> {
    client: &'c TcpStream,
    inner: &'c Inner,
    to: String,
}

fn serve(client: &TcpStream, inner: &Inner) -> Option<()> {
    client.set_nodelay(true).ok()?;
    inner.connections.lock().unwrap().push(Instant::now());
    let mut reader = BufReader::new(client);
    let mut talk = Talk {
        client,
        inner,
        to: String::new(),
    };
    talk.answer("CONNECT", "220 sink")?;
    let mut line = Vec::new();
    loop {
        read(&mut reader, &mut line)?;
        let text = String::from_utf8_lossy(&line).into_owned();
        let command = text.strip_suffix("\r\n").unwrap_or(&text).to_owned();
        inner.commands.lock().unwrap().push(command);
        let verb = text.get(..4)?.to_ascii_uppercase();
        if verb == "RCPT" {
            text.split(['<', '>']).nth(1)?.clone_into(&mut talk.to);
        }
        let usual = match verb.as_str() {
            "EHLO" => "250-sink\r\n250-AUTH PLAIN\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "AUTH" => "235 ok",
            "DATA" => "354 go",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let said = talk.answer(&verb, usual)?;
        if verb == "QUIT" {
            return None;
        }
        if said.starts_with("354") {
            talk.message(&mut reader)?;
        }
    }
}

impl Talk<'_> {
    fn does(&self, verb: &str) -> Does {
        let manner = Arc::clone(&*self.inner.manner.lock().unwrap());
        let kept = self.inner.kept.lock().unwrap().len();
        manner(&At {
            verb,
            to: &self.to,
            kept,
        })
    }

    /// Says what is to be said there; none when the connection is over.
    fn answer(&self, verb: &str, usual: &str) -> Option<String> {
        let does = self.does(verb);
        self.carry_out(&does, usual)
    }

    fn carry_out(&self, does: &Does, usual: &str) -> Option<String> {
        let mut client = self.client;
        let said = match does {
            Does::Usual => usual,
            Does::Says(said) => said,
            Does::Closes => return None,
            Does::Silent => {
                // Until the client gives up.
                let _ = client.read_to_end(&mut Vec::new());
                return None;
            }
        };
        client.write_all(format!("{said}\r\n").as_bytes()).ok()?;
        Some(said.to_owned())
    }

    fn message(&mut self, reader: &mut BufReader<&TcpStream>) -> Option<()> {
        let (mut bytes, mut line) = (Vec::new(), Vec::new());
        loop {
            read(reader, &mut line)?;
            if line == b".\r\n" {
                break;
            }
            let stuffed = line.starts_with(b"..");
            bytes.extend_from_slice(&line[usize::from(stuffed)..]);
        }
        // Who asks at once sees as many as were kept before this one, and one at a time.
        let does = self.does(".");
        let refused = matches!(does, Does::Says(said) if !said.starts_with('2'));
        if !refused {
            self.inner.kept.lock().unwrap().push(Kept {
                to: std::mem::take(&mut self.to),
                bytes,
                answered: matches!(does, Does::Usual | Does::Says(_)),
            });
        }
        self.carry_out(&does, "250 kept").map(|_| ())
    }
}

/// The next line with its line end; none at the end.
fn read(reader: &mut BufReader<&TcpStream>, line: &mut Vec<u8>) -> Option<()> {
    line.clear();
    (reader.read_until(b'\n', line).ok()? > 0).then_some(())
}

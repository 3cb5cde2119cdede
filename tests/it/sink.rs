//! An SMTP server in clear on loopback that keeps what it was given, and can be told to
//! close the connection after the final dot, when the message is kept and nobody was told.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A message that was given whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub to: String,
    pub bytes: Vec<u8>,
    /// Whether the client heard the 250.
    pub answered: bool,
}

/// Says of the n-th message whether the connection closes in place of the 250.
type Drops = Arc<dyn Fn(usize) -> bool + Send + Sync>;

pub struct Sink {
    pub port: u16,
    kept: Arc<Mutex<Vec<Kept>>>,
    commands: Commands,
}

/// Every line that a client sent outside of a message, line end left out.
type Commands = Arc<Mutex<Vec<String>>>;

impl Sink {
    /// Serves until the process ends.
    pub fn start(drops: impl Fn(usize) -> bool + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::new(Mutex::new(Vec::new()));
        let commands = Commands::default();
        let (book, drops): (_, Drops) = (Arc::clone(&kept), Arc::new(drops));
        let said = Arc::clone(&commands);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (book, drops) = (Arc::clone(&book), Arc::clone(&drops));
                let said = Arc::clone(&said);
                // A client that dies in the middle is what this server is for.
                std::thread::spawn(move || serve(&client, &book, &said, &drops));
            }
        });
        Self {
            port,
            kept,
            commands,
        }
    }

    pub fn commands(&self) -> Vec<String> {
        self.commands.lock().unwrap().clone()
    }

    pub fn kept(&self) -> Vec<Kept> {
        self.kept.lock().unwrap().clone()
    }

    /// The lines of the table `[smtp]` that lead here.
    pub fn config(&self) -> String {
        format!(
            "port = {}\ntls = \"plain-to-loopback\"\npassword_file = \"password\"",
            self.port
        )
    }
}

fn serve(
    client: &TcpStream,
    book: &Mutex<Vec<Kept>>,
    said: &Mutex<Vec<String>>,
    drops: &Drops,
) -> Option<()> {
    client.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(client);
    let say = |text: &str| {
        let mut client = client;
        client.write_all(text.as_bytes()).ok()
    };
    say("220 sink\r\n")?;
    let (mut to, mut line) = (String::new(), Vec::new());
    loop {
        read(&mut reader, &mut line)?;
        let text = String::from_utf8_lossy(&line).into_owned();
        let command = text.strip_suffix("\r\n").unwrap_or(&text).to_owned();
        said.lock().unwrap().push(command);
        match text.get(..4)?.to_ascii_uppercase().as_str() {
            "EHLO" => say("250-sink\r\n250-AUTH PLAIN\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")?,
            "AUTH" => say("235 ok\r\n")?,
            "RCPT" => {
                text.split(['<', '>']).nth(1)?.clone_into(&mut to);
                say("250 ok\r\n")?;
            }
            "DATA" => {
                say("354 go\r\n")?;
                let mut bytes = Vec::new();
                loop {
                    read(&mut reader, &mut line)?;
                    if line == b".\r\n" {
                        break;
                    }
                    let stuffed = line.starts_with(b"..");
                    bytes.extend_from_slice(&line[usize::from(stuffed)..]);
                }
                let n = {
                    let mut book = book.lock().unwrap();
                    let (to, answered) = (std::mem::take(&mut to), !drops(book.len()));
                    book.push(Kept {
                        to,
                        bytes,
                        answered,
                    });
                    answered
                };
                if !n {
                    return None;
                }
                say("250 kept\r\n")?;
            }
            "QUIT" => return say("221 bye\r\n"),
            _ => say("250 ok\r\n")?,
        }
    }
}

/// The next line with its line end; none at the end.
fn read(reader: &mut BufReader<&TcpStream>, line: &mut Vec<u8>) -> Option<()> {
    line.clear();
    (reader.read_until(b'\n', line).ok()? > 0).then_some(())
}

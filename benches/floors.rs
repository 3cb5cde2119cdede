//! What the machine could do at best, for `tests/soak/speed` to hold gatepost against:
//! a bare client that fetches, bare rows that are committed, a bare client that sends.
//! No parsing, no judging, no promises: gatepost cannot be faster than the three in
//! series. Also fills the mailbox, and times the way from IDLE to the accepted receipt.
//!
//! Reads and writes only what it is given on the command line; talks to 127.0.0.1 only.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measuring tool: whatever goes wrong ends it"
)]

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const USER: &str = "security@example.org";
const PASSWORD: &str = "letter-box";
/// Mails, or rows of mails, in one group.
const GROUP: usize = 100;

type Tls = rustls::StreamOwned<rustls::ClientConnection, TcpStream>;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|w| w != "--bench")
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["fill", imaps, ca, count, first] => fill(imaps, ca, number(count), number(first)),
        ["fetch", imaps, ca, count] => report("fetch", number(count), || fetch(imaps, ca)),
        ["rows", from, to, count] => report("rows", number(count), || rows(from, to)),
        ["send", smtps, ca, store, count] => {
            let letters = letters(store, number(count));
            report("send", letters.len(), || send(smtps, ca, &letters));
        }
        ["latency", imaps, ca, sink, count, ready] => {
            latency(imaps, ca, sink, number(count), ready)
        }
        // `cargo bench` runs every bench without words.
        [] => println!("see tests/soak/speed"),
        other => panic!("what is {other:?}?"),
    }
}

fn number(word: &str) -> usize {
    word.parse().unwrap()
}

/// Runs `work` and prints: its name, items, seconds, seconds of CPU.
fn report(name: &str, items: usize, work: impl FnOnce()) {
    let (begin, cpu) = (Instant::now(), cpu());
    work();
    println!(
        "{name} {items} {:.3} {:.3}",
        begin.elapsed().as_secs_f64(),
        self::cpu() - cpu
    );
}

/// Seconds of CPU that this process has used, user and system (proc(5), 100 ticks a second).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn tls(port: &str, ca: &str) -> BufReader<Tls> {
    let mut roots = rustls::RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(ca).unwrap() {
        roots.add(root.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    socket.set_nodelay(true).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(120)))
        .unwrap();
    BufReader::with_capacity(256 * 1024, rustls::StreamOwned::new(session, socket))
}

fn line(stream: &mut impl BufRead) -> String {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).unwrap();
    assert!(!line.is_empty(), "the server closed the connection");
    String::from_utf8_lossy(&line).into_owned()
}

/// One IMAP command, to its tagged end; literals are read and thrown away.
fn imap(stream: &mut BufReader<Tls>, command: &str) -> u64 {
    stream
        .get_mut()
        .write_all(format!("a {command}\r\n").as_bytes())
        .unwrap();
    let mut bytes = 0;
    loop {
        let line = line(stream);
        if let Some(size) = line
            .trim_end()
            .strip_suffix('}')
            .and_then(|l| l.rsplit_once('{'))
        {
            let size: u64 = size.1.parse().unwrap();
            bytes += std::io::copy(&mut stream.by_ref().take(size), &mut std::io::sink()).unwrap();
        } else if let Some(answer) = line.strip_prefix("a ") {
            assert!(answer.starts_with("OK"), "{command}: {answer}");
            return bytes;
        }
    }
}

fn logged_in(port: &str, ca: &str) -> BufReader<Tls> {
    let mut stream = tls(port, ca);
    line(&mut stream);
    imap(&mut stream, &format!("LOGIN {USER} {PASSWORD}"));
    stream
}

fn fetch(port: &str, ca: &str) {
    let mut stream = logged_in(port, ca);
    imap(&mut stream, "EXAMINE INBOX");
    stream.get_mut().write_all(b"b UID SEARCH ALL\r\n").unwrap();
    let found = line(&mut stream);
    while !line(&mut stream).starts_with("b OK") {}
    let uids: Vec<&str> = found
        .trim_end()
        .trim_start_matches("* SEARCH")
        .split_whitespace()
        .collect();
    for group in uids.chunks(GROUP) {
        let set = format!("{}:{}", group[0], group[group.len() - 1]);
        imap(
            &mut stream,
            &format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE BODY.PEEK[])"),
        );
    }
    imap(&mut stream, "LOGOUT");
}

/// Every row of gatepost's store once more, into an empty file with the same tables and
/// indexes, in groups as large as a hundred mails, each forced to the disk.
fn rows(from: &str, to: &str) {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut target = Connection::open(to).unwrap();
    target
        .execute_batch(
            "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
        )
        .unwrap();
    // The index of words is made later, by turns of its own.
    let schema = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'words%' ORDER BY type = 'index'";
    for sql in column(&source, schema) {
        target.execute_batch(&sql).unwrap();
    }
    let mails: usize = source
        .query_row("SELECT count(*) FROM mails", [], |r| r.get::<_, i64>(0))
        .unwrap() as usize;
    let groups = mails.div_ceil(GROUP).max(1);
    let tables = column(
        &source,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'words%'",
    );
    let mut readers: BTreeMap<&str, (rusqlite::Statement, usize)> = BTreeMap::new();
    for table in &tables {
        let count: i64 = source
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))
            .unwrap();
        readers.insert(
            table,
            (
                source.prepare(&format!("SELECT * FROM {table}")).unwrap(),
                count as usize,
            ),
        );
    }
    let mut open: Vec<_> = readers
        .iter_mut()
        .map(|(table, (reader, count))| {
            let columns = reader.column_count();
            let holes = vec!["?"; columns].join(", ");
            (
                format!("INSERT INTO {table} VALUES ({holes})"),
                columns,
                reader.query([]).unwrap(),
                count.div_ceil(groups),
            )
        })
        .collect();
    for _ in 0..groups {
        let tx = target.transaction().unwrap();
        for (insert, columns, rows, share) in &mut open {
            let mut insert = tx.prepare_cached(insert).unwrap();
            for _ in 0..*share {
                let Some(row) = rows.next().unwrap() else {
                    break;
                };
                let values: Vec<Value> = (0..*columns).map(|i| row.get(i).unwrap()).collect();
                insert.execute(params_from_iter(values)).unwrap();
            }
        }
        tx.commit().unwrap();
    }
}

fn column(source: &Connection, sql: &str) -> Vec<String> {
    let mut all = source.prepare(sql).unwrap();
    all.query_map([], |r| r.get(0))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap()
}

fn letters(store: &str, count: usize) -> Vec<(String, Vec<u8>)> {
    let source = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "SELECT recipient, bytes FROM letters WHERE kind = 'acknowledgement' AND bytes IS NOT NULL ORDER BY id LIMIT ?1";
    let mut all = source.prepare(sql).unwrap();
    all.query_map([count as i64], |r| Ok((r.get(0)?, r.get(1)?)))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap()
}

/// One SMTP command; gives the reply's last line.
fn smtp(stream: &mut BufReader<Tls>, bytes: &[u8]) -> String {
    stream.get_mut().write_all(bytes).unwrap();
    loop {
        let line = line(stream);
        if line.as_bytes().get(3) != Some(&b'-') {
            assert!(line.starts_with(['2', '3']), "{line}");
            return line;
        }
    }
}

fn send(port: &str, ca: &str, letters: &[(String, Vec<u8>)]) {
    let mut stream = tls(port, ca);
    smtp(&mut stream, b"");
    smtp(&mut stream, b"EHLO localhost\r\n");
    let secret = base64(format!("\0{USER}\0{PASSWORD}").as_bytes());
    smtp(&mut stream, format!("AUTH PLAIN {secret}\r\n").as_bytes());
    for (to, bytes) in letters {
        smtp(&mut stream, format!("MAIL FROM:<{USER}>\r\n").as_bytes());
        smtp(&mut stream, format!("RCPT TO:<{to}>\r\n").as_bytes());
        smtp(&mut stream, b"DATA\r\n");
        // Letters of ours have no line that begins with a dot.
        let mut whole = bytes.clone();
        whole.extend_from_slice(b"\r\n.\r\n");
        smtp(&mut stream, &whole);
    }
    smtp(&mut stream, b"QUIT\r\n");
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for three in bytes.chunks(3) {
        let n = three.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for i in 0..4 {
            let digit = DIGITS[(n >> (18 - 6 * i) & 63) as usize] as char;
            out.push(if i <= three.len() { digit } else { '=' });
        }
    }
    out
}

/// A small generator: the same mails in each run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn text(&mut self, bytes: usize) -> String {
        const WORDS: [&str; 24] = [
            "the",
            "request",
            "server",
            "parameter",
            "an",
            "attacker",
            "can",
            "token",
            "session",
            "https://app.example.org/api",
            "header",
            "is",
            "not",
            "checked",
            "when",
            "user",
            "account",
            "password",
            "response",
            "script",
            "of",
            "Grüße",
            "version",
            "4.2.1",
        ];
        let (mut out, mut line) = (String::with_capacity(bytes + 80), 0);
        while out.len() < bytes {
            let word = WORDS[self.below(WORDS.len())];
            out.push_str(word);
            line += word.len() + 1;
            out.push_str(if line > 66 { "\r\n" } else { " " });
            line = if line > 66 { 0 } else { line };
        }
        out + "\r\n"
    }

    fn attachment(&mut self, bytes: usize) -> String {
        let raw: Vec<u8> = (0..bytes / 8)
            .flat_map(|_| self.next().to_le_bytes())
            .collect();
        let one = base64(&raw);
        one.as_bytes()
            .chunks(76)
            .map(|l| String::from_utf8_lossy(l) + "\r\n")
            .collect()
    }
}

/// Reports as they come: most are short texts, some have HTML, one in eight has a picture.
fn mail(i: usize) -> Vec<u8> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (i as u64 + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let head = format!(
        "Return-Path: <r{i}@example.net>\r\nReceived: from mx.example.net by mx.example.org; Fri, 30 Apr 2027 16:40:00 +0100\r\n\
         From: Reporter {i} <r{i}@example.net>\r\nTo: {USER}\r\nSubject: Report {i} on the invite form\r\n\
         Date: Fri, 30 Apr 2027 16:40:00 +0100\r\nMessage-ID: <speed{i}@example.net>\r\nMIME-Version: 1.0\r\n"
    );
    let size = 1_000 + dice.below(8_000);
    let text = dice.text(size);
    let plain = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"
    );
    let body = match i % 8 {
        0 => {
            let size = 200_000 + dice.below(400_000);
            let picture = dice.attachment(size);
            format!(
                "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{plain}--b\r\nContent-Type: image/png; name=screen.png\r\n\
                 Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=screen.png\r\n\r\n{picture}--b--\r\n"
            )
        }
        1 | 2 => {
            let html = dice.text(8_000);
            format!(
                "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n{plain}--b\r\nContent-Type: text/html; charset=utf-8\r\n\
                 Content-Transfer-Encoding: 8bit\r\n\r\n<html><body><p>{html}</p></body></html>\r\n--b--\r\n"
            )
        }
        _ => plain,
    };
    (head + &body).into_bytes()
}

/// Puts mails into the mailbox; prints how many bytes they are.
fn fill(port: &str, ca: &str, count: usize, first: usize) {
    let mut stream = logged_in(port, ca);
    let mut total = 0;
    for i in first..first + count {
        let mail = mail(i);
        total += mail.len();
        append(&mut stream, &mail);
    }
    imap(&mut stream, "LOGOUT");
    println!("fill {count} {total}");
}

fn append(stream: &mut BufReader<Tls>, mail: &[u8]) {
    let mut whole = format!("a APPEND INBOX {{{}+}}\r\n", mail.len()).into_bytes();
    whole.extend_from_slice(mail);
    whole.extend_from_slice(b"\r\n");
    stream.get_mut().write_all(&whole).unwrap();
    while !line(stream).starts_with("a OK") {}
}

/// When each recipient's letter was accepted.
type Accepted = Arc<Mutex<BTreeMap<String, Instant>>>;

/// Five mails a second arrive; prints the time from the moment at which a bare IDLE client
/// sees each to the moment at which its receipt is accepted: median, 99th percentile, worst,
/// in milliseconds. `ready` is a file that says that gatepost waits.
fn latency(port: &str, ca: &str, sink: &str, count: usize, ready: &str) {
    let accepted: Accepted = Accepted::default();
    let listener = TcpListener::bind(format!("127.0.0.1:{sink}")).unwrap();
    let book = Arc::clone(&accepted);
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let book = Arc::clone(&book);
            std::thread::spawn(move || serve(&socket, &book));
        }
    });
    std::fs::write(format!("{ready}.sink"), "").unwrap();
    while !std::path::Path::new(ready).exists() {
        std::thread::sleep(Duration::from_millis(50));
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (port_2, ca_2, seen_2) = (port.to_owned(), ca.to_owned(), Arc::clone(&seen));
    let before = exists(port, ca);
    std::thread::spawn(move || idle(&port_2, &ca_2, before, &seen_2));
    let mut stream = logged_in(port, ca);
    std::thread::sleep(Duration::from_secs(1));
    for i in 0..count {
        append(&mut stream, &mail(1_000_003 + 8 * i));
        std::thread::sleep(Duration::from_millis(200));
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while accepted.lock().unwrap().len() < count && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    let (seen, accepted) = (seen.lock().unwrap(), accepted.lock().unwrap());
    let mut took: Vec<f64> = (0..count)
        .filter_map(|i| {
            let at = accepted.get(&format!("r{}@example.net", 1_000_003 + 8 * i))?;
            Some(at.saturating_duration_since(*seen.get(i)?).as_secs_f64() * 1000.0)
        })
        .collect();
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[((took.len() as f64 * share) as usize).min(took.len() - 1)];
    println!(
        "latency {} {:.0} {:.0} {:.0}",
        took.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn exists(port: &str, ca: &str) -> usize {
    let mut stream = logged_in(port, ca);
    stream.get_mut().write_all(b"b EXAMINE INBOX\r\n").unwrap();
    let mut found = 0;
    loop {
        let line = line(&mut stream);
        if let Some(count) = line
            .strip_prefix("* ")
            .and_then(|l| l.trim_end().strip_suffix(" EXISTS"))
        {
            found = number(count);
        }
        if line.starts_with("b ") {
            return found;
        }
    }
}

fn idle(port: &str, ca: &str, before: usize, seen: &Mutex<Vec<Instant>>) {
    let mut stream = logged_in(port, ca);
    imap(&mut stream, "EXAMINE INBOX");
    stream.get_mut().write_all(b"b IDLE\r\n").unwrap();
    loop {
        let line = line(&mut stream);
        if let Some(count) = line
            .strip_prefix("* ")
            .and_then(|l| l.trim_end().strip_suffix(" EXISTS"))
        {
            let mut seen = seen.lock().unwrap();
            while before + seen.len() < number(count) {
                seen.push(Instant::now());
            }
        }
    }
}

/// An SMTP server that takes everything and notes when.
fn serve(socket: &TcpStream, book: &Accepted) {
    socket.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(socket);
    let say = |text: &str| {
        let mut s = socket;
        s.write_all(text.as_bytes()).is_ok()
    };
    say("220 sink\r\n");
    let (mut to, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let verb = line
            .split([' ', ':', '\r'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        let answered = match verb.as_str() {
            "EHLO" => say("250-sink\r\n250-AUTH PLAIN\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"),
            "AUTH" => say("235 ok\r\n"),
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                say("250 ok\r\n")
            }
            "DATA" => {
                say("354 go\r\n");
                while line != ".\r\n" {
                    line.clear();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 {
                        return;
                    }
                }
                book.lock()
                    .unwrap()
                    .entry(std::mem::take(&mut to))
                    .or_insert_with(Instant::now);
                say("250 taken\r\n")
            }
            "QUIT" => return,
            _ => say("250 ok\r\n"),
        };
        if !answered {
            return;
        }
    }
}

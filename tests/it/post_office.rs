//! A real Dovecot and a real Postfix for the tests, started by
//! `docker/post-office` on free ports of 127.0.0.1.
//!
//! It must never skip: without the packages the test fails and says what to
//! run. It must never leave a process behind: the script watches a pipe from
//! this process and stops everything when the pipe closes, however that comes.
//!
//! Any address at example.org, example.net and example.com is a user with
//! [`PASSWORD`] or a token under [`TOKEN_KEY`], made by its first login or its
//! first mail. `a+tag@` goes to `a@`. [`REFUSED`] is answered with 550 at RCPT, any other domain with 554.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The password of every user, over IMAP and for submission.
pub const PASSWORD: &str = "letter-box";

/// The key under which Dovecot believes a JSON web token (HS256).
pub const TOKEN_KEY: &str = "letter-box-key";

/// The address that no letter can reach.
pub const REFUSED: &str = "refused@example.net";

/// A running pair of servers. Dropping it stops them and removes their files,
/// unless `GATEPOST_POST_OFFICE_KEEP` is set.
pub struct PostOffice {
    /// IMAP over TLS, as gatepost uses it.
    pub imaps: u16,
    /// IMAP in clear, and with STARTTLS.
    pub imap: u16,
    /// The same mailboxes under a certificate that ended in 2001.
    pub imaps_expired: u16,
    /// Submission over TLS; AUTH is needed.
    pub smtps: u16,
    /// SMTP in clear, where reports come in. It knows AUTH and needs none; no STARTTLS.
    pub smtp: u16,
    /// Submission with STARTTLS; AUTH is needed, and not offered before TLS.
    pub submission: u16,
    dir: PathBuf,
    script: Child,
}

static NAMES: AtomicU32 = AtomicU32::new(1);

impl PostOffice {
    /// The post office that all tests of this process share, in real time.
    pub fn shared() -> &'static PostOffice {
        static SHARED: OnceLock<PostOffice> = OnceLock::new();
        SHARED.get_or_init(|| PostOffice::own(None))
    }

    /// A post office of the test's own, for outages and for moving the clock.
    /// `fake_time` is `YYYY-MM-DD HH:MM` in UTC; time flows on from there.
    pub fn own(fake_time: Option<&str>) -> PostOffice {
        let dir = tempfile::Builder::new()
            .prefix("post-office-")
            .tempdir()
            .expect("a directory for the post office")
            .keep();
        let mut command = Command::new(script());
        command.arg("start").arg(&dir).arg("--until-closed");
        if let Some(instant) = fake_time {
            command.args(["--fake-time", instant]);
        }
        // Its own process group: Ctrl-C ends the tests, and then the pipe
        // closes, so that the script can clean up in peace.
        let mut script = command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("docker/post-office cannot be run");
        // The script closes its output when all servers answer, or by failing.
        let ports = read_all(script.stdout.take());
        let Some([imaps, imap, imaps_expired, smtps, smtp, submission]) = parse_ports(&ports)
        else {
            let errors = read_all(script.stderr.take());
            let status = script.wait();
            // The script removes what it filled; this is for when it never began.
            let _ = fs::remove_dir(&dir);
            panic!("the post office did not start ({status:?}): {errors}{ports}");
        };
        PostOffice {
            imaps,
            imap,
            imaps_expired,
            smtps,
            smtp,
            submission,
            dir,
            script,
        }
    }

    /// The certificate authority that signed the servers' certificates, PEM.
    pub fn ca(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// An address that no other test of this process uses.
    pub fn mailbox_name(&self, story: &str) -> String {
        let n = NAMES.fetch_add(1, Ordering::Relaxed);
        format!("security-{story}-{n}@example.org")
    }

    /// Posts one message, given with LF or CRLF, by plain SMTP. It is in the
    /// mailbox moments after this returns. `from` may be empty.
    pub fn deliver(&self, from: &str, to: &str, eml: &[u8]) {
        if let Err(reply) = self.post(from, to, eml) {
            panic!("the mail from <{from}> to <{to}> was refused: {reply}");
        }
    }

    /// As [`PostOffice::deliver`]; the error is the server's refusal.
    pub fn post(&self, from: &str, to: &str, eml: &[u8]) -> Result<(), String> {
        let stream = TcpStream::connect(("127.0.0.1", self.smtp)).map_err(|e| e.to_string())?;
        let limit = Some(Duration::from_secs(30));
        stream.set_read_timeout(limit).map_err(|e| e.to_string())?;
        stream.set_write_timeout(limit).map_err(|e| e.to_string())?;
        let mut smtp = BufReader::new(stream);
        expect_reply(&mut smtp, "220")?;
        say(&mut smtp, b"EHLO localhost\r\n", "250")?;
        say(
            &mut smtp,
            format!("MAIL FROM:<{from}>\r\n").as_bytes(),
            "250",
        )?;
        say(&mut smtp, format!("RCPT TO:<{to}>\r\n").as_bytes(), "250")?;
        say(&mut smtp, b"DATA\r\n", "354")?;
        say(&mut smtp, &on_the_wire(eml), "250")?;
        say(&mut smtp, b"QUIT\r\n", "221")
    }

    /// The messages in the user's INBOX, the oldest first, byte for byte as
    /// stored, with LF line ends. Empty for a user nobody has written to.
    pub fn inbox(&self, user: &str) -> Vec<Vec<u8>> {
        let mailbox = self.dir.join("mail").join(user.to_lowercase());
        loop {
            match read_maildir(&mailbox) {
                Ok(messages) => return messages,
                // An IMAP session moved a file from new to cur meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => panic!("cannot read {}: {error}", mailbox.display()),
            }
        }
    }

    /// The folder of the user's INBOX, which is there after the first login.
    pub fn maildir(&self, user: &str) -> PathBuf {
        self.dir.join("mail").join(user.to_lowercase())
    }

    /// From now on what the user's IMAP clients say is written into this folder, to files
    /// that end in `.in`.
    pub fn transcripts(&self, user: &str) -> PathBuf {
        let said = self.dir.join("said").join(user.to_lowercase());
        fs::create_dir_all(&said).expect("a folder for transcripts");
        let all = fs::Permissions::from_mode(0o777);
        fs::set_permissions(&said, all).expect("a folder that the server may write to");
        said
    }

    /// Moves the clock of the servers, and of all that run under
    /// [`PostOffice::faketime_env`], forwards to `when`, in UTC.
    pub fn clock(&self, when: &str) {
        self.run(&["clock", when]);
    }

    /// The environment under which a program has the servers' fake clock.
    pub fn faketime_env(&self) -> Vec<(String, String)> {
        let file = self.dir.join("faketime.env");
        let text = fs::read_to_string(file).expect("a post office with a fake clock");
        text.lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
            .collect()
    }

    /// Ends Postfix alone: connections to both SMTP ports are refused.
    pub fn stop_smtp(&self) {
        self.run(&["stop", "--smtp"]);
    }

    /// Starts Postfix again, on the same ports.
    pub fn start_smtp(&self) {
        self.run(&["start-smtp"]);
    }

    /// Runs a command of the script on this post office.
    fn run(&self, arguments: &[&str]) {
        let (command, rest) = arguments.split_first().expect("a command");
        let output = Command::new(script())
            .arg(command)
            .arg(&self.dir)
            .args(rest)
            .output()
            .expect("docker/post-office cannot be run");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "post-office {command}: {errors}");
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        // Closing the pipe is the order to stop; waiting makes it certain.
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

/// Asks `question` every 20 ms until it has an answer, and panics with `what`
/// after `timeout`. The only place in the tests that may poll.
pub fn wait_until<T>(what: &str, timeout: Duration, mut question: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = question() {
            return answer;
        }
        assert!(
            start.elapsed() < timeout,
            "waited {timeout:?} in vain: {what}"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// Another IMAP server, alone, in clear. Dropping it stops it and removes its files.
pub struct Other {
    /// Its port on 127.0.0.1.
    pub imap: u16,
    /// Where its files lie.
    pub dir: PathBuf,
    script: Child,
}

impl Other {
    /// Its one account; the password is [`PASSWORD`].
    pub const USER: &str = "security";

    /// Starts `courier` or `cyrus`.
    pub fn start(server: &str) -> Other {
        let dir = tempfile::Builder::new()
            .prefix("post-office-")
            .tempdir()
            .expect("a directory for the server")
            .keep();
        let mut script = Command::new(script())
            .args(["start-other", server])
            .arg(&dir)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("docker/post-office cannot be run");
        let port = read_all(script.stdout.take());
        let port = port.trim().strip_prefix("imap=");
        let Some(imap) = port.and_then(|port| port.parse().ok()) else {
            let errors = read_all(script.stderr.take());
            let status = script.wait();
            let _ = fs::remove_dir(&dir);
            panic!("{server} did not start ({status:?}): {errors}");
        };
        Other { imap, dir, script }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docker/post-office")
}

fn read_all(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes)
            .expect("the output of docker/post-office");
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn parse_ports(text: &str) -> Option<[u16; 6]> {
    let port = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.and_then(|number| number.parse().ok())
    };
    Some([
        port("imaps")?,
        port("imap")?,
        port("imaps_expired")?,
        port("smtps")?,
        port("smtp")?,
        port("submission")?,
    ])
}

/// RFC 5321, 2.3.8 and 4.5.2: CRLF ends each line, a leading dot is doubled,
/// and a line with one dot ends the message.
fn on_the_wire(eml: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(eml.len() + eml.len() / 16 + 5);
    for line in eml
        .strip_suffix(b"\n")
        .unwrap_or(eml)
        .split(|&byte| byte == b'\n')
    {
        if line.starts_with(b".") {
            wire.push(b'.');
        }
        wire.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

fn say(smtp: &mut BufReader<TcpStream>, bytes: &[u8], code: &str) -> Result<(), String> {
    smtp.get_mut()
        .write_all(bytes)
        .map_err(|error| error.to_string())?;
    expect_reply(smtp, code)
}

/// Reads one reply, of one or more lines (RFC 5321, 4.2.1).
fn expect_reply(smtp: &mut BufReader<TcpStream>, code: &str) -> Result<(), String> {
    loop {
        let mut line = String::new();
        smtp.read_line(&mut line)
            .map_err(|error| error.to_string())?;
        if line.as_bytes().get(3) == Some(&b'-') {
            continue;
        }
        let expected = line.starts_with(code);
        return if expected {
            Ok(())
        } else {
            Err(line.trim_end().to_owned())
        };
    }
}

/// Reads `new` and `cur`, in the order of delivery.
fn read_maildir(mailbox: &Path) -> std::io::Result<Vec<Vec<u8>>> {
    let mut files = Vec::new();
    for folder in ["new", "cur"] {
        let entries = match fs::read_dir(mailbox.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            files.push((
                delivered(&entry.file_name().to_string_lossy()),
                entry.path(),
            ));
        }
    }
    files.sort();
    // A file seen in new and, a moment later, in cur is one message.
    files.dedup_by(|a, b| a.0 == b.0);
    files.iter().map(|(_, path)| fs::read(path)).collect()
}

/// A maildir name begins with the seconds of delivery, `.M` and microseconds;
/// up to the comma it is the message's for life.
fn delivered(name: &str) -> (u64, u64, String) {
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    };
    let (seconds, rest) = name.split_once(".M").unwrap_or((name, ""));
    let unique = name.split(',').next().unwrap_or(name);
    (number(seconds), number(rest), unique.to_owned())
}

//! A gatepost of a test's own: config, secret and store in a temporary folder, the real
//! binary, and its own mailbox at the post office.

mod text;

use crate::bench::Clock;
use crate::post_office::{PASSWORD, PostOffice, wait_until};
use jiff::Timestamp;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
pub use text::{all_files, body, header, report, soon};

/// Long enough for a loaded machine; a test that passes never waits so long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A command that waits for a locked store takes longer: what is known is said before.
pub const AT_ONCE: Duration = Duration::from_secs(9);

/// What a command answered.
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// The output, when it went well.
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "stdout: {}\nstderr: {}", self.out, self.err);
        self.out
    }

    /// Asserts one of these exit codes, and gives what was said on standard error.
    pub fn code_in(self, codes: &[i32]) -> String {
        assert!(
            codes.contains(&self.code),
            "code {}\nstdout: {}\nstderr: {}",
            self.code,
            self.out,
            self.err
        );
        self.err
    }

    pub fn json(self) -> Value {
        let out = self.ok();
        serde_json::from_str(&out).unwrap_or_else(|why| panic!("no JSON ({why}): {out}"))
    }
}

pub struct Gatepost<'o> {
    pub office: &'o PostOffice,
    pub dir: tempfile::TempDir,
    /// The watched address.
    pub address: String,
    /// The address of anna, the first of the team.
    pub anna: String,
    /// In the place of the post office's clock.
    pub clock: Option<Clock>,
    daemon: Option<(Child, Instant)>,
}

impl<'o> Gatepost<'o> {
    /// Writes its config; nothing runs yet, and there is no store.
    pub fn new(office: &'o PostOffice, story: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = office.mailbox_name(story);
        let anna = address
            .replace("security-", "anna-")
            .replace("example.org", "example.com");
        let this = Self {
            office,
            dir,
            address,
            anna,
            clock: None,
            daemon: None,
        };
        this.write_secret("password", PASSWORD, 0o600);
        this.write_config(&this.config());
        this
    }

    /// As [`Gatepost::new`], with its store made.
    pub fn ready(office: &'o PostOffice, story: &str) -> Self {
        let this = Self::new(office, story);
        this.run(&["init"]).ok();
        this
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write_secret(&self, name: &str, text: &str, mode: u32) {
        fs::write(self.path(name), format!("{text}\n")).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    pub fn write_config(&self, text: &str) {
        fs::write(self.path("gatepost.toml"), text).unwrap();
        fs::set_permissions(
            self.path("gatepost.toml"),
            fs::Permissions::from_mode(0o600),
        )
        .unwrap();
    }

    /// The config of a small team in London.
    pub fn config(&self) -> String {
        let (address, anna, ca) = (&self.address, &self.anna, self.office.ca());
        let (ca, imaps, smtps) = (ca.display(), self.office.imaps, self.office.smtps);
        let ben = anna.replace("anna-", "ben-");
        format!(
            r#"
store = "store/gatepost.db"
policy = "neon"

[organisation]
name = "Example"
page = "https://example.org/security"
signal = true
safe_harbour = true

[[team]]
name = "anna"
address = "{anna}"

[[team]]
name = "ben"
address = "{ben}"

[[mailbox]]
name = "security"
address = "{address}"
host = "localhost"
port = {imaps}
user = "{address}"
password_file = "password"
roots = "{ca}"

[smtp]
host = "localhost"
port = {smtps}
user = "{address}"
password_file = "password"
roots = "{ca}"
grace = "0 s"

[calendar]
zone = "Europe/London"
hours = "09:00-17:00"
holidays = [{{ date = "2027-05-03", name = "Early May bank holiday" }}, "2099-12-25"]
"#
        )
    }

    /// The config with `from` replaced behind `section`, which is a line of it.
    pub fn config_with(&self, section: &str, from: &str, to: &str) -> String {
        let config = self.config();
        let (before, behind) = config.split_once(section).unwrap();
        assert!(behind.contains(from), "{section} lacks {from}");
        format!("{before}{section}{}", behind.replacen(from, to, 1))
    }

    /// A command, ready to run as anna.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatepost"));
        command
            .arg("--config")
            .arg(self.path("gatepost.toml"))
            .args(["--as", "anna"])
            .args(args);
        command
            .env_remove("GATEPOST_CONFIG")
            .env_remove("GATEPOST_LOG")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        if let Some(clock) = &self.clock {
            let file = self.path(if args.first() == Some(&"run") {
                "clock"
            } else {
                "clock-now"
            });
            command.envs(clock.environment(&file));
        } else if self.dir_has_clock() {
            command.envs(self.office.faketime_env());
        }
        if self.path("clock").exists() {
            command.env("FAKETIME_TIMESTAMP_FILE", self.path("clock"));
        }
        command
    }

    fn dir_has_clock(&self) -> bool {
        self.office
            .ca()
            .parent()
            .is_some_and(|dir| dir.join("faketime.env").exists())
    }

    pub fn run(&self, args: &[&str]) -> Answer {
        let output = self.command(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("gatepost prints UTF-8");
        Answer {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// One turn of everything: receive, look at the clock, send.
    pub fn once(&self) -> Answer {
        self.run(&["run", "--once"])
    }

    pub fn list(&self) -> Vec<Value> {
        self.run(&["list", "--all", "--json"])
            .json()
            .as_array()
            .unwrap()
            .clone()
    }

    pub fn show(&self, reference: &str) -> Value {
        self.run(&["show", reference, "--json"]).json()
    }

    pub fn fact_names(&self, reference: &str) -> Vec<String> {
        let facts = self.show(reference)["facts"].as_array().unwrap().clone();
        facts
            .iter()
            .map(|f| f["fact"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Starts the daemon; its log goes to a file.
    pub fn start(&mut self) {
        self.start_in(&[]);
    }

    /// As [`Gatepost::start`], with more in its environment.
    pub fn start_in(&mut self, environment: &[(&str, &str)]) {
        let log = fs::File::create(self.path("log")).unwrap();
        let child = self
            .command(&["run", "--level", "debug"])
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.daemon = Some((child, Instant::now()));
        wait_until("the daemon runs", PATIENCE, || {
            self.log().contains("gatepost runs").then_some(())
        });
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    pub fn pid(&self) -> u32 {
        self.daemon.as_ref().unwrap().0.id()
    }

    /// Has the daemon read its config anew.
    pub fn reload(&self) {
        let pid = self.pid().to_string();
        let kill = Command::new("kill").args(["-HUP", &pid]).status();
        assert!(kill.unwrap().success());
    }

    /// Ends the daemon with a signal (`-TERM`, `-KILL`) and waits for it.
    pub fn signal(&mut self, signal: &str) -> Option<i32> {
        let (mut child, _) = self.daemon.take()?;
        let kill = Command::new("kill")
            .arg(signal)
            .arg(child.id().to_string())
            .status()
            .unwrap();
        assert!(kill.success());
        let code = child.wait().unwrap().code();
        // What libfaketime leaves of a process that was killed.
        for name in ["sem.faketime_sem", "faketime_shm"] {
            fs::remove_file(format!("/dev/shm/{name}_{}", child.id())).ok();
        }
        code
    }

    /// When the daemon that runs was started.
    pub fn started(&self) -> Option<Instant> {
        self.daemon.as_ref().map(|(_, at)| *at)
    }

    /// Gives gatepost a clock of its own, which shows `when` and goes on from there: it may
    /// be put back. The servers keep theirs, which has to be a fake one too. A daemon that
    /// has run before keeps the servers' clock.
    pub fn set_clock(&self, when: Timestamp) {
        let offset = when.as_second() - Timestamp::now().as_second();
        fs::write(self.path("clock.new"), format!("{offset:+}\n")).unwrap();
        fs::rename(self.path("clock.new"), self.path("clock")).unwrap();
    }

    /// The messages that `user` got, the oldest first.
    pub fn mail_of(&self, user: &str) -> Vec<String> {
        self.office
            .inbox(user)
            .into_iter()
            .map(|m| String::from_utf8(m).unwrap())
            .collect()
    }

    /// Posts a mail to the watched address and waits until it lies there.
    pub fn arrives(&self, from: &str, eml: &[u8]) {
        let before = self.office.inbox(&self.address).len();
        self.office.deliver(from, &self.address, eml);
        wait_until("the mail is in its mailbox", PATIENCE, || {
            (self.office.inbox(&self.address).len() > before).then_some(())
        });
    }

    /// Waits until `user` has got `n` messages.
    pub fn wait_for_mail(&self, user: &str, n: usize) -> Vec<String> {
        wait_until(&format!("{user} gets {n} messages"), PATIENCE, || {
            Some(self.mail_of(user)).filter(|m| m.len() >= n)
        })
    }

    /// Posts a plain report and waits until it lies in the watched mailbox.
    pub fn report_from(&self, from: &str, id: &str) {
        let before = self.office.inbox(&self.address).len();
        let text = "See https://example.org/search.";
        let mail = report(from, &self.address, id, "XSS in search", "", text);
        self.office.deliver(from, &self.address, &mail);
        wait_until("the report lies in the mailbox", PATIENCE, || {
            (self.office.inbox(&self.address).len() > before).then_some(())
        });
    }

    /// A reporter whom no other test knows.
    pub fn reporter(&self, name: &str) -> String {
        let tail = self
            .address
            .trim_start_matches("security-")
            .replace("example.org", "example.net");
        format!("{name}-{tail}")
    }
}

impl Drop for Gatepost<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the daemon's log:\n{}", self.log());
        }
        self.signal("-KILL");
    }
}

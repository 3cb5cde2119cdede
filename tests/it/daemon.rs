//! Being a daemon: it reads its config anew, ends when it is asked to whatever it does,
//! speaks to the service manager and the journal, and notices when time jumps.

use crate::alarms::{section, wait_for_page, with_pager, write_pager};
use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE, report};
use crate::post_office::{PASSWORD, PostOffice, wait_until};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// SIGTERM ends the daemon within 10 s, with code 0, whatever it does.
fn stops(g: &mut Gatepost, what: &str) {
    let began = Instant::now();
    assert_eq!(g.signal("-TERM"), Some(0), "{what}");
    assert!(began.elapsed() < Duration::from_secs(10), "{what}");
}

fn wait_for_log(g: &Gatepost, words: &str) {
    wait_until(&format!("the log says {words:?}"), PATIENCE, || {
        g.log().contains(words).then_some(())
    });
}

#[test]
fn a_config_that_cannot_be_taken_keeps_the_old_one_and_a_good_one_is_in_force() {
    let mut g = Gatepost::ready(PostOffice::shared(), "reload");
    g.start();
    wait_until("it is well", PATIENCE, || {
        (g.run(&["health"]).code == 0).then_some(())
    });
    let good = g.config();
    g.write_config(&good.replace(
        "zone = \"Europe/London\"",
        "zone = \"Europe/Lundon\"\ntimezone = 1",
    ));
    g.reload();
    wait_for_log(&g, "there is no key `timezone` here");
    wait_for_log(&g, "the old one stays in force");
    let mia = g.reporter("mia");
    g.report_from(&mia, "reload1@example.net");
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1, "the old config works");
    g.write_config(&good);
    let health = g.run(&["health"]);
    assert_eq!(health.code, 3);
    says(
        &health.out,
        &["the config on the disk could not be taken", "timezone"],
    );
    says(
        &g.run(&["list"]).ok(),
        &["!! the config on the disk is not in force"],
    );
    let noor = g.reporter("noor");
    g.write_config(&(good.clone() + "\n[acknowledge]\nmode = \"off\"\n"));
    g.reload();
    wait_for_log(&g, "is in force");
    wait_until("it is well again", PATIENCE, || {
        (g.run(&["health"]).code == 0).then_some(())
    });
    g.report_from(&noor, "reload2@example.net");
    wait_until("the receipt is held", PATIENCE, || {
        let tickets = g.list();
        tickets
            .iter()
            .any(|t| t["acknowledgement"] == "held")
            .then_some(())
    });
    g.write_config(&good.replace("store/gatepost.db", "store/other.db"));
    g.reload();
    wait_for_log(&g, "needs a restart");
    assert!(!g.path("store/other.db").exists());
    g.write_config(&good);
    // The log hears of it first.
    wait_until("health tells it", PATIENCE, || {
        let health = g.run(&["health"]).out;
        health.contains("could not be taken").then_some(())
    });
    g.reload();
    wait_until("it is well at last", PATIENCE, || {
        (g.run(&["health"]).code == 0).then_some(())
    });
    g.write_config(&(good + "\n[acknowledge]\nmode = \"off\"\n"));
    says(
        &g.run(&["health"]).out,
        &["another config than the one that lies here", "reload"],
    );
    stops(&mut g, "after reloads");
}

#[test]
fn a_policy_that_was_cut_off_is_told_while_promises_are_open() {
    let mut g = Gatepost::ready(PostOffice::shared(), "cut-off");
    let page = "name = \"page\"\nversion = 2026-11-01\nurl = \"https://example.org/security\"\n";
    let promise = "[[promise]]\nname = \"answer\"\npage = \"We answer.\"\nfrom = [\"received\"]\nneeds = [\"answered\"]\nwithin = \"30 days\"\n";
    let file = g.path("page.toml");
    let policy = |text: &str| {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    };
    policy(&format!("{page}{promise}"));
    g.write_config(
        &g.config()
            .replace("policy = \"neon\"", "policy = \"page.toml\""),
    );
    g.report_from(&g.reporter("mia"), "cut-off@example.net");
    g.once().ok();
    policy(page);
    let nothing = "the policy \"page\" promises nothing";
    let open = "promises to reporters are open (1)";
    says(&g.run(&["check"]).out, &[nothing, open]);
    policy(&format!("{page}{promise}"));
    g.start();
    assert!(!g.run(&["check"]).out.contains("promises nothing"));
    policy(page);
    g.reload();
    wait_for_log(&g, nothing);
    wait_for_log(&g, open);
    let ill = g.run(&["health", "--json"]);
    assert_eq!(ill.code, 3);
    says(&ill.out, &["\"reason\": \"promises\"", open]);
    stops(&mut g, "after a reload");
}

#[test]
fn no_mail_is_lost_and_no_letter_doubled_over_reloads() {
    let mut g = Gatepost::ready(PostOffice::shared(), "reloads");
    let reporters: Vec<String> = (0..15).map(|n| g.reporter(&format!("r{n}"))).collect();
    g.start();
    for (n, from) in reporters.iter().enumerate() {
        let eml = report(
            from,
            &g.address,
            &format!("r{n}@example.net"),
            "XSS",
            "",
            "https://example.org/",
        );
        g.office.deliver(from, &g.address, &eml);
        g.reload();
    }
    wait_until("every ticket has its receipt", PATIENCE, || {
        let tickets = g.list();
        let sent = tickets
            .iter()
            .filter(|t| t["acknowledgement"] == "sent")
            .count();
        (sent == reporters.len()).then_some(())
    });
    assert_eq!(g.list().len(), reporters.len());
    for from in &reporters {
        assert_eq!(g.wait_for_mail(from, 1).len(), 1, "{from}");
    }
    g.run(&["audit"]).ok();
    assert!(g.log().matches("is in force").count() >= 2);
    stops(&mut g, "after many reloads");
}

/// Passes bytes to a server of the post office, until so many came back; then it is
/// silent, and the connection stays open.
struct Valve {
    port: u16,
    shut: Arc<AtomicBool>,
}

impl Valve {
    fn before(server: u16, bytes: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shut = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&shut);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || std::io::copy(&mut &from, &mut &to));
                let flag = Arc::clone(&flag);
                thread::spawn(move || {
                    pass(&server, &client, bytes);
                    flag.store(true, Ordering::Relaxed);
                    // Both ends stay open.
                    loop {
                        thread::park();
                    }
                });
            }
        });
        Self { port, shut }
    }
}

fn pass(mut from: &TcpStream, mut to: &TcpStream, mut left: usize) {
    let mut piece = [0; 4096];
    while left > 0 {
        let most = left.min(piece.len());
        match from.read(&mut piece[..most]) {
            Ok(n @ 1..) if to.write_all(&piece[..n]).is_ok() => left -= n,
            _ => return,
        }
    }
}

#[test]
fn it_is_gone_in_time_in_the_middle_of_a_fetch_and_of_a_letter() {
    let mut g = Gatepost::ready(PostOffice::shared(), "valve");
    let mia = g.reporter("mia");
    let text = "https://example.org/ is open. ".repeat(100_000);
    let port = |n: u16| format!("port = {n}");
    let (imaps, smtps) = (g.office.imaps, g.office.smtps);
    g.arrives(
        &mia,
        &report(
            &mia,
            &g.address,
            "big@example.net",
            "XSS",
            "",
            &text.replace(". ", ".\n"),
        ),
    );
    let valve = Valve::before(imaps, 400_000);
    g.write_config(&g.config_with("[[mailbox]]", &port(imaps), &port(valve.port)));
    g.start();
    wait_until("the fetch has stopped half way", PATIENCE, || {
        valve.shut.load(Ordering::Relaxed).then_some(())
    });
    stops(&mut g, "in the middle of a fetch");
    assert!(g.list().is_empty());
    // The server says nothing after the greeting and what belongs to TLS.
    let valve = Valve::before(smtps, 2_000);
    g.write_config(&g.config_with("[smtp]", &port(smtps), &port(valve.port)));
    g.start();
    wait_until("the letter hangs", PATIENCE, || {
        (valve.shut.load(Ordering::Relaxed) && g.list().len() == 1).then_some(())
    });
    stops(&mut g, "with a relay that stopped half way");
    g.write_config(&g.config());
    g.once().ok();
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
}

#[test]
fn it_is_gone_in_time_while_a_command_hangs_and_so_is_the_command() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let mut g = Gatepost::ready(&office, "hanging-command");
    write_pager(
        &g,
        "trap '' TERM INT HUP; echo $$ > \"$here/pid.new\"; mv \"$here/pid.new\" \"$here/pid\"; sleep 1000 & wait; sleep 1000",
    );
    g.write_config(&(g.config() + &section(&g, "timeout = \"5 min\"")));
    g.start();
    let pid = wait_until("the command hangs", PATIENCE, || {
        fs::read_to_string(g.path("pid")).ok()
    });
    stops(&mut g, "while a command hangs");
    let runs = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    };
    wait_until("the command is gone", PATIENCE, || (!runs()).then_some(()));
}

/// A socket on which the service manager listens.
pub struct Systemd {
    socket: UnixDatagram,
    seen: Vec<String>,
}

impl Systemd {
    pub fn listens(g: &Gatepost) -> Self {
        let socket = UnixDatagram::bind(g.path("notify")).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(90)))
            .unwrap();
        Self {
            socket,
            seen: Vec::new(),
        }
    }

    /// Waits for a word, and gives the message that it stands in.
    pub fn hears(&mut self, word: &str) -> String {
        let mut buffer = [0; 4096];
        loop {
            let n = self.socket.recv(&mut buffer).unwrap_or_else(|why| {
                panic!("{word} in vain ({why}): {:?}", self.seen);
            });
            let said = String::from_utf8(buffer[..n].to_vec()).unwrap();
            self.seen.push(said.clone());
            if said.lines().any(|line| line.starts_with(word)) {
                return said;
            }
        }
    }
}

#[test]
fn the_service_manager_hears_ready_status_watchdog_reloading_and_stopping() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let mut g = Gatepost::ready(&office, "notify");
    write_pager(&g, "cat >> \"$here/paged\"; env > \"$here/env\"");
    g.write_config(&(g.config() + &section(&g, "")));
    let mut systemd = Systemd::listens(&g);
    let socket = g.path("notify").display().to_string();
    g.start_in(&[("NOTIFY_SOCKET", &socket), ("WATCHDOG_USEC", "3000000")]);
    systemd.hears("READY=1");
    says(
        &systemd.hears("STATUS=looked at 20"),
        &["0 letters wait; 0 alarms are on"],
    );
    systemd.hears("WATCHDOG=1");
    systemd.hears("WATCHDOG=1");
    g.reload();
    says(&systemd.hears("RELOADING=1"), &["MONOTONIC_USEC="]);
    systemd.hears("READY=1");
    wait_for_page(&g, 1);
    let env = wait_until("the command ran", PATIENCE, || {
        let env = fs::read_to_string(g.path("env")).ok();
        env.filter(|env| env.contains("PATH="))
    });
    assert!(
        !env.contains("NOTIFY_SOCKET") && !env.contains("GATEPOST"),
        "{env}"
    );
    stops(&mut g, "under a service manager");
    systemd.hears("STOPPING=1");
}

#[test]
fn a_mail_server_that_is_down_at_boot_does_not_keep_it_from_being_ready() {
    let mut g = Gatepost::ready(PostOffice::shared(), "boot");
    g.write_secret("password", "not-the-word", 0o600);
    let mut systemd = Systemd::listens(&g);
    let socket = g.path("notify").display().to_string();
    let began = Instant::now();
    g.start_in(&[("NOTIFY_SOCKET", &socket)]);
    systemd.hears("READY=1");
    let after = began.elapsed();
    assert!(
        after > Duration::from_secs(50) && after < Duration::from_secs(85),
        "{after:?}"
    );
    stops(&mut g, "without a mailbox");
}

#[test]
fn the_journal_gets_priorities_and_no_times() {
    let mut g = Gatepost::ready(PostOffice::shared(), "journal");
    g.write_secret("password", "not-the-word", 0o600);
    g.start_in(&[("JOURNAL_STREAM", "8:1")]);
    wait_for_log(&g, "cannot read the mailbox");
    stops(&mut g, "into the journal");
    let log = g.log();
    for line in log.lines() {
        let level = line.get(..3).unwrap_or_default();
        assert!(["<3>", "<4>", "<6>", "<7>"].contains(&level), "{line}");
        let year = jiff::Zoned::now().strftime("%Y-").to_string();
        assert!(!line.contains('\u{1b}') && !line.contains(&year), "{line}");
    }
    says(&log, &["<6>gatepost runs", "<4>cannot read the mailbox"]);
    let asked = g
        .command(&["run", "--once", "--log", "text"])
        .env("JOURNAL_STREAM", "8:1")
        .output();
    let log = String::from_utf8(asked.unwrap().stderr).unwrap();
    assert!(!log.starts_with('<'), "{log}");
}

#[test]
fn a_clock_that_jumps_forwards_wakes_what_waits() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let mut g = Gatepost::ready(&office, "jump");
    with_pager(&g);
    g.write_secret("password", "not-the-word", 0o600);
    g.start();
    wait_for_log(&g, "cannot read the mailbox");
    let mia = g.reporter("mia");
    g.report_from(&mia, "jump@example.net");
    g.write_secret("password", PASSWORD, 0o600);
    // A refused login is asked again after five minutes; no timer has come so far.
    office.clock("2026-11-23 18:00");
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
    says(&g.log(), &["the clock jumped forwards"]);
    stops(&mut g, "after a jump");
}

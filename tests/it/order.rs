//! The order of what is committed and what is said, from a trace of the system calls: nothing
//! leaves for a mail before the disk has the commit that holds it.

use crate::dice::rounds;
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::{PASSWORD, PostOffice, wait_until};
use crate::power::{CAPS, posted};
use crate::rig::{libraries, tool};
use crate::ways::with;
use std::fs;
use std::process::{Child, Command, Stdio};

/// The daemon under a tracer; both end with it.
struct Traced(Child);

impl Traced {
    fn start(g: &Gatepost) -> Self {
        let inner = g.command(&["run"]);
        let calls = "trace=write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync";
        let mut strace = Command::new(tool(&["usr/bin/strace"]));
        strace
            .env("LD_LIBRARY_PATH", libraries())
            .args(["-E", "LD_LIBRARY_PATH", "-f", "-yy", "-s", "100000"])
            .args(["-e", calls, "-o"])
            .arg(g.path("trace"))
            .arg(inner.get_program())
            .args(inner.get_args())
            .stdin(Stdio::null())
            .stderr(fs::File::create(g.path("log")).unwrap());
        Self(strace.spawn().unwrap())
    }

    /// Asks the daemon to end, and waits until it and its tracer have.
    fn end(mut self, g: &Gatepost) {
        let holder = fs::read_to_string(g.path("store/gatepost.db.lock")).unwrap();
        let pid = holder.split(' ').nth(1).unwrap().to_owned();
        assert!(pid.parse::<u32>().is_ok(), "{holder}");
        let kill = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(kill.unwrap().success());
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        // A tracer that is killed lets its child go; this one is told to take it along.
        let _ = Command::new("kill")
            .args(["-INT", &self.0.id().to_string()])
            .status();
        let _ = self.0.wait();
    }
}

/// What the trace says of one report, as numbers of its lines.
#[derive(Debug)]
struct Order {
    /// Its row was written into the journal for the first time.
    written: usize,
    /// The disk had it.
    synced: usize,
    /// Its reporter was named to the SMTP server for the first time.
    said: usize,
    /// The disk had what stands in the journal of the letter when its bytes left.
    letter: usize,
}

/// The number of the first line from `from` on that holds all of these.
fn first(lines: &[&str], from: usize, all: &[&str]) -> Option<usize> {
    let holds = |line: &&str| all.iter().all(|one| line.contains(one));
    let found = lines.iter().skip(from).position(holds);
    found.map(|at| from + at)
}

/// The end of the first synchronisation of the journal that began behind `from`.
fn synced(lines: &[&str], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let begun = (at + 1..lines.len())
            .find(|&i| lines[i].contains("sync(") && lines[i].contains("gatepost.db-wal"))?;
        if lines[begun].ends_with(" = 0") {
            return Some(begun);
        }
        let pid = lines[begun].split_whitespace().next()?;
        let ended = (begun + 1..lines.len()).find(|&i| {
            lines[i].split_whitespace().next() == Some(pid) && lines[i].contains("sync resumed>")
        })?;
        if lines[ended].ends_with(" = 0") {
            return Some(ended);
        }
        at = ended;
    }
}

fn order(lines: &[&str], from: &str) -> Option<Order> {
    let journal = ["pwrite64(", "gatepost.db-wal", from];
    let written = first(lines, 0, &journal)?;
    Some(Order {
        written,
        synced: synced(lines, written)?,
        said: first(lines, 0, &["TCP:[", &format!("RCPT TO:<{from}>")])?,
        letter: first(lines, 0, &["TCP:[", &format!("To: {from}")])
            .or_else(|| first(lines, 0, &["TCP:[", &format!("To: <{from}>")]))?,
    })
}

#[test]
fn nothing_is_said_for_a_mail_before_the_disk_has_it() {
    let office = PostOffice::shared();
    let g = Gatepost::new(office, "order");
    let clear =
        |port| format!("port = {port}\ntls = \"plain-to-loopback\"\npassword_file = \"password\"");
    let config = with(&g.config(), "[[mailbox]]", &clear(office.imap));
    g.write_config(&(with(&config, "[smtp]", &clear(office.smtp)) + CAPS));
    g.run(&["init"]).ok();
    let reporters: Vec<String> = (0..rounds(12))
        .map(|i| g.reporter(&format!("o{i}")))
        .collect();
    let (before, while_it_runs) = reporters.split_at(reporters.len() / 2);
    posted(&g, before);
    wait_until("they lie in the mailbox", PATIENCE, || {
        (office.inbox(&g.address).len() >= before.len()).then_some(())
    });
    let traced = Traced::start(&g);
    for from in while_it_runs {
        posted(&g, std::slice::from_ref(from));
    }
    for from in &reporters {
        g.wait_for_mail(from, 1);
    }
    wait_until("copies are filed", PATIENCE, || {
        let trace = fs::read_to_string(g.path("trace")).ok()?;
        (trace.matches("APPEND").count() >= reporters.len()).then_some(())
    });
    traced.end(&g);
    let trace = fs::read_to_string(g.path("trace")).unwrap();
    assert!(
        trace.contains(PASSWORD) || trace.contains("AUTHENTICATE"),
        "nothing was traced"
    );
    let lines: Vec<&str> = trace.lines().collect();
    for from in &reporters {
        let order = order(&lines, from);
        let order = order.unwrap_or_else(|| panic!("the trace says too little of {from}"));
        assert!(
            order.written < order.synced && order.synced < order.said && order.said <= order.letter,
            "{from}: {order:?}"
        );
    }
    let changes = [" STORE ", " MOVE ", " EXPUNGE", " COPY "];
    let changed = lines
        .iter()
        .find(|line| line.contains("TCP:[") && changes.iter().any(|verb| line.contains(verb)));
    assert_eq!(changed, None, "the mailbox was changed");
}

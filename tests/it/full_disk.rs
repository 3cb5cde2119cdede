//! A disk that is full, and one that fails to write: nothing is lost, nothing is said for
//! what was not committed, people are told by the way that is not mail, and when the disk
//! works again so does gatepost, without a hand.

use crate::alarms::{TAKES, paged, section, write_pager};
use crate::bench::oracle;
use crate::dice::{Dice, rounds};
use crate::faults::says;
use crate::killed::each_letter_is_one_message;
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::{PostOffice, wait_until};
use crate::power::{CAPS, nobody_was_answered_for_nothing, posted};
use crate::rig::{Disk, libraries, tool};
use crate::sink::Sink;
use crate::ways::with;
use std::fs;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

/// Longer than the pause after many failures.
const LONG: Duration = Duration::from_secs(120);

/// Its letters go to the sink, its alarms to a pager.
fn gatepost<'o>(office: &'o PostOffice, story: &str, sink: &Sink) -> Gatepost<'o> {
    let g = Gatepost::new(office, story);
    write_pager(&g, TAKES);
    let config = with(&g.config(), "[smtp]", &sink.config());
    let alarm = section(&g, "alive = false");
    g.write_config(&format!("{config}{CAPS}{alarm}"));
    g
}

/// What the pager was told last of the store.
fn told_last(g: &Gatepost) -> Option<String> {
    let of_the_store = |(event, key)| (key == "health/store").then_some(event);
    paged(g).into_iter().filter_map(of_the_store).next_back()
}

fn newcomers(g: &Gatepost, round: usize, n: usize) -> Vec<String> {
    (0..n)
        .map(|i| g.reporter(&format!("f{round}-{i}")))
        .collect()
}

/// Every report gets its ticket and its receipt, while the daemon runs.
fn all_are_answered(g: &Gatepost, sink: &Sink, reporters: &[String]) {
    wait_until("every reporter has a receipt", LONG, || {
        let kept = sink.kept();
        let answered = |r: &String| kept.iter().any(|k| k.to == *r);
        reporters.iter().all(answered).then_some(())
    });
    wait_until("every receipt is known to have left", LONG, || {
        let tickets = g.list();
        let settled = |t: &serde_json::Value| {
            ["sent", "unknown"].contains(&t["acknowledgement"].as_str().unwrap_or_default())
        };
        (tickets.len() == reporters.len() && tickets.iter().all(settled)).then_some(())
    });
}

#[test]
fn a_full_disk_loses_nothing_and_is_told() {
    let rounds = rounds(6);
    let mut dice = Dice::thrown("full");
    let office = PostOffice::shared();
    let sink = Sink::start(|_| false);
    let mut g = gatepost(office, "full", &sink);
    let disk = Disk::small(&g.path("store"), 24 << 20);
    g.run(&["init"]).ok();
    g.start();
    let mut reporters = Vec::new();
    for round in 0..rounds {
        let new = newcomers(&g, round, 2);
        dice.moment(&g);
        let filler = disk.fill();
        posted(&g, &new);
        reporters.extend(new);
        dice.moment(&g);
        if round + 1 == rounds {
            // It says what is wrong, to people and to the pager. A -wal that was long before
            // takes some commits yet: mail comes until it takes no more.
            let health = wait_until("health tells it", LONG, || {
                let more = newcomers(&g, rounds + reporters.len(), 1);
                posted(&g, &more);
                reporters.extend(more);
                let health = g.run(&["health"]);
                (health.code == 3).then_some(health.out)
            });
            says(&health, &["the store cannot be", "full"]);
            wait_until("the pager is told", LONG, || {
                (told_last(&g).as_deref() == Some("raise")).then_some(())
            });
        }
        if round == 0 {
            // A start on a full disk says so at once, or works.
            g.signal("-KILL");
            let began = Instant::now();
            let once = g.once();
            assert!(began.elapsed() < Duration::from_secs(20));
            says(&once.code_in(&[1]), &["full"]);
            fs::remove_file(&filler).unwrap();
            g.start();
            continue;
        }
        nobody_was_answered_for_nothing(&g, &sink.kept(), &reporters);
        fs::remove_file(filler).unwrap();
    }
    all_are_answered(&g, &sink, &reporters);
    wait_until("the pager is told that it is over", PATIENCE, || {
        (told_last(&g).as_deref() == Some("clear")).then_some(())
    });
    assert_eq!(g.signal("-TERM"), Some(0));
    oracle::accounted(&g, &reporters);
    each_letter_is_one_message(&g, &reporters, &sink.kept(), rounds);
    drop(disk);
}

/// Tells libfiu in the daemon what is to fail.
fn fail(g: &Gatepost, commands: &[&str]) {
    let (pipe, answer) = (
        g.path(&format!("fiu-{}.in", g.pid())),
        g.path(&format!("fiu-{}.out", g.pid())),
    );
    for command in commands {
        wait_until("libfiu listens", PATIENCE, || pipe.exists().then_some(()));
        let mut to = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
        // Both ends are opened by it before it reads.
        let mut from = fs::File::open(&answer).unwrap();
        writeln!(to, "{command}").unwrap();
        let mut said = [0_u8; 2];
        from.read_exact(&mut said).unwrap();
        assert_eq!(&said, b"0\n", "{command}");
    }
}

#[test]
fn writes_and_syncs_that_fail_are_not_believed() {
    let rounds = rounds(6);
    let mut dice = Dice::thrown("errors");
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let sink = Sink::start(|_| false);
    let mut g = gatepost(&office, "errors", &sink);
    g.run(&["init"]).ok();
    let fiu = |name: &str| tool(&[&format!("usr/lib/fiu/fiu_{name}_preload.so")]);
    let clock = office.faketime_env();
    let clock = clock.iter().find(|(name, _)| name == "LD_PRELOAD").unwrap();
    let preload = format!(
        "{}:{}:{}",
        clock.1,
        fiu("run").display(),
        fiu("posix").display()
    );
    let (libraries, pipe) = (libraries(), g.path("fiu").display().to_string());
    let environment = [
        ("LD_PRELOAD", preload.as_str()),
        ("LD_LIBRARY_PATH", &libraries),
        ("FIU_CTRL_FIFO", &pipe),
    ];
    g.start_in(&environment);
    // Our SQLite synchronises by fsync.
    let points = ["sync/fsync", "rw/pwrite", "rw/pwrite/reduce"];
    let mut reporters = Vec::new();
    for round in 0..rounds {
        // In the first round everything fails, and later by chance.
        let (point, often) = match round {
            0 => (points[0], 1.0),
            _ => (*dice.pick(&points), *dice.pick(&[0.1, 0.5, 1.0])),
        };
        let new = newcomers(&g, round, 3);
        fail(
            &g,
            &[&format!(
                "enable_random name=posix/io/{point},probability={often}"
            )],
        );
        posted(&g, &new);
        reporters.extend(new);
        if round == 0 {
            wait_until("a commit fails", LONG, || {
                g.log().contains("disk I/O error").then_some(())
            });
        }
        dice.moment(&g);
        if round % 3 == 2 {
            g.signal("-KILL");
            nobody_was_answered_for_nothing(&g, &sink.kept(), &reporters);
            g.start_in(&environment);
            continue;
        }
        fail(&g, &[&format!("disable name=posix/io/{point}")]);
        nobody_was_answered_for_nothing(&g, &sink.kept(), &reporters);
    }
    assert_eq!(g.signal("-TERM"), Some(0));
    for later in ["10:20", "10:40", "11:00"] {
        office.clock(&format!("2026-11-23 {later}"));
        g.once();
    }
    oracle::accounted(&g, &reporters);
    each_letter_is_one_message(&g, &reporters, &sink.kept(), rounds);
}

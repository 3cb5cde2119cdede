//! The server numbers a folder anew while the daemon waits for news in it, and while it
//! fetches from it.

use super::{gatepost, one_each, plain, told};
use crate::bench::fault::{Act, Fault, Way, When};
use crate::bench::proxy::Proxy;
use crate::dice::{number, rounds};
use crate::intake::{all_accounted, laid};
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::{PostOffice, wait_until};
use crate::sink::Sink;
use crate::ways::with;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::sync::Arc;

const NEW: usize = 5;

/// The server forgets what numbers it gave, and begins anew with another UIDVALIDITY.
fn renumber(maildir: &Path) {
    let list = maildir.join("dovecot-uidlist");
    let text = fs::read_to_string(&list).unwrap();
    let (head, _) = text.split_once('\n').unwrap();
    let other = |field: &str| match (field.get(..1), field.get(1..)) {
        (Some("V"), Some(v)) => format!("V{}", v.parse::<u32>().unwrap() + 7),
        (Some("N"), Some(_)) => "N1".to_owned(),
        _ => field.to_owned(),
    };
    let head: Vec<String> = head.split(' ').map(other).collect();
    // It reads the list anew when it is another file.
    let new = maildir.join("uidlist.new");
    fs::write(&new, format!("{}\n", head.join(" "))).unwrap();
    let owner = fs::metadata(&list).unwrap();
    chown(&new, Some(owner.uid()), Some(owner.gid())).unwrap();
    fs::rename(new, list).unwrap();
    for file in fs::read_dir(maildir).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        if name.starts_with("dovecot.index") {
            fs::remove_file(file.path()).unwrap();
        }
    }
}

/// Half of them were there before gatepost, half are taken in.
fn with_old(story: &str, sink: &Sink, proxy: Option<&Proxy>) -> (Gatepost<'static>, usize) {
    let old = number("GATEPOST_OLD", 100);
    let g = gatepost(PostOffice::shared(), story, sink, "");
    if let Some(proxy) = proxy {
        let config = fs::read_to_string(g.path("gatepost.toml")).unwrap();
        g.write_config(&with(&config, "[[mailbox]]", &proxy.config()));
    }
    g.run(&["check"]);
    lay(&g, "before", old / 2);
    g.run(&["init"]).ok();
    lay(&g, "old", old - old / 2);
    g.once().ok();
    assert_eq!(g.list().len(), old - old / 2);
    (g, old)
}

fn lay(g: &Gatepost, name: &str, count: usize) -> Vec<String> {
    let new: Vec<String> = (0..count)
        .map(|n| g.reporter(&format!("{name}{n}")))
        .collect();
    laid(g, new.iter().map(|from| plain(g, from)), "");
    new
}

fn numbering(g: &Gatepost) -> usize {
    let sql = "SELECT uidvalidity FROM folders WHERE role = 'inbox'";
    told(&g.path("store/gatepost.db"), sql)
}

/// Everybody new has a ticket and one receipt; nobody else has another.
fn only_they_are_new(g: &Gatepost, sink: &Sink, old: usize, new: &[String]) {
    let all = old - old / 2 + new.len();
    wait_until("they are answered", PATIENCE, || {
        (super::receipts(sink).len() >= all).then_some(())
    });
    one_each(sink, new);
    assert_eq!(super::receipts(sink).len(), all, "somebody old got another");
    assert_eq!(g.list().len(), all);
    let copies = "SELECT count(*) FROM facts WHERE fact = 'copy-received'";
    assert_eq!(told(&g.path("store/gatepost.db"), copies), 0);
}

#[test]
fn d7_renumbered_while_it_waits() {
    let sink = Sink::start(|_| false);
    let (mut g, old) = with_old("d7-idle", &sink, None);
    g.start();
    let mut new = Vec::new();
    for round in 0..rounds(1) {
        let first = lay(&g, &format!("wakes{round}x"), 1);
        new.extend(first);
        only_they_are_new(&g, &sink, old, &new);
        let before = numbering(&g);
        renumber(&g.office.maildir(&g.address));
        new.extend(lay(&g, &format!("new{round}x"), NEW));
        only_they_are_new(&g, &sink, old, &new);
        wait_until("it knows the new numbers", PATIENCE, || {
            (numbering(&g) != before).then_some(())
        });
        all_accounted(&g, old + new.len());
    }
    assert_eq!(g.signal("-TERM"), Some(0));
    eprintln!("  {old} old, {} new: {} tickets more", new.len(), new.len());
}

#[test]
fn d7_renumbered_while_it_fetches() {
    let sink = Sink::start(|_| false);
    let proxy = Proxy::before(PostOffice::shared().imap);
    let (mut g, old) = with_old("d7-fetch", &sink, Some(&proxy));
    let before = numbering(&g);
    let new = lay(&g, "new", NEW);
    let maildir = g.office.maildir(&g.address);
    let mid = Arc::new(move || renumber(&maildir));
    let fetches = When::Sees("BODY.PEEK[]".to_owned());
    proxy.fault(Fault::new(Way::In, fetches, Act::Meanwhile(mid)).times(1));
    g.start();
    wait_until("it happens", PATIENCE, || {
        (proxy.happened() > 0).then_some(())
    });
    only_they_are_new(&g, &sink, old, &new);
    // Whichever numbers the session went on with, the next one has the new ones.
    g.signal("-TERM");
    let later = lay(&g, "later", NEW);
    g.once().ok();
    let new = [new, later].concat();
    only_they_are_new(&g, &sink, old, &new);
    assert_ne!(numbering(&g), before, "it was numbered anew");
    all_accounted(&g, old + new.len());
    eprintln!("  {old} old, {} new: {} tickets more", new.len(), new.len());
}

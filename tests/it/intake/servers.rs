//! Mail servers that were put back, and mails that one cannot read.

use super::*;

/// The server forgets the messages whose text has this word, and that it ever gave numbers
/// from `uidnext` on, as one that was put back to an earlier state does.
fn put_back(g: &Gatepost, word: &str, uidnext: u32) {
    let maildir = g.office.maildir(&g.address);
    let files = ["cur", "new"].map(|folder| fs::read_dir(maildir.join(folder)).unwrap());
    for file in files.into_iter().flatten().flatten() {
        if String::from_utf8_lossy(&fs::read(file.path()).unwrap()).contains(word) {
            fs::remove_file(file.path()).unwrap();
        }
    }
    for file in fs::read_dir(&maildir).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        if name.starts_with("dovecot.index") {
            fs::remove_file(file.path()).unwrap();
        }
    }
    let list = maildir.join("dovecot-uidlist");
    let text = fs::read_to_string(&list).unwrap();
    let (head, lines) = text.split_once('\n').unwrap();
    let head: Vec<String> = head
        .split(' ')
        .map(|field| match field.strip_prefix('N') {
            Some(_) => format!("N{uidnext}"),
            None => field.to_owned(),
        })
        .collect();
    let older = |line: &&str| {
        let uid = line.split(' ').next().and_then(|uid| uid.parse().ok());
        uid.is_none_or(|uid: u32| uid < uidnext)
    };
    let lines: Vec<&str> = lines.lines().filter(older).collect();
    fs::write(&list, format!("{}\n{}\n", head.join(" "), lines.join("\n"))).unwrap();
}

#[test]
fn a_mail_server_that_was_put_back_to_yesterday_hides_no_new_mail() {
    for looked in [true, false] {
        let g = Gatepost::ready(PostOffice::shared(), "put-back");
        laid(&g, (0..4).map(|n| report_number(&g, n)), "");
        g.once().ok();
        assert_eq!(g.list().len(), 4);
        let numbering = "SELECT uidvalidity FROM folders";
        let before = sql(&g, numbering);
        put_back(&g, "text 3", 4);
        if looked {
            g.once().ok();
        }
        // As long as the one that was lost, and under its number. A server's dates tell seconds.
        // The clock of files is a little behind.
        let next = jiff::Timestamp::now().as_second() * 1000 + 1100;
        wait_until("the second is over", PATIENCE, || {
            (jiff::Timestamp::now().as_millisecond() > next).then_some(())
        });
        laid(&g, [report_number(&g, 7)], "");
        g.once().ok();
        assert_eq!(g.list().len(), 5, "looked: {looked}");
        assert_eq!(sql(&g, numbering), before);
        let there = sql(
            &g,
            &format!("{INBOX_ROWS} AND m.uid = 4 AND m.uidvalidity > 0"),
        );
        assert_eq!(there, 1, "the number was given a second time: {looked}");
        all_accounted(&g, 4);
        // What was lost comes back, and is known.
        laid(&g, [report_number(&g, 3)], "");
        g.once().ok();
        g.once().ok();
        assert_eq!(g.list().len(), 5);
        all_accounted(&g, 5);
        let copies = "SELECT count(*) FROM facts WHERE fact = 'copy-received'";
        assert_eq!(sql(&g, copies), 0);
    }
}

#[test]
fn a_mail_that_the_server_cannot_read_gets_a_ticket_and_is_read_when_it_can() {
    let g = Gatepost::ready(PostOffice::shared(), "serverbug");
    laid(&g, [report_number(&g, 1)], "");
    let cur = g.office.maildir(&g.address).join("cur");
    let file = fs::read_dir(&cur).unwrap().flatten().next().unwrap().path();
    let owner = owner_of(&g);
    let locked = |locked: bool| {
        let (uid, gid) = if locked { (0, 0) } else { owner };
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        chown(&file, Some(uid), Some(gid)).unwrap();
    };
    locked(true);
    laid(&g, [report_number(&g, 2)], "");
    // Dovecot ends the connection over such a mail, even when only its size is asked for.
    wait_until("the other mail is taken in", PATIENCE, || {
        let said = g.once().code_in(&[1]);
        assert!(said.contains("FETCH failed"), "{said}");
        (g.list().len() == 1).then_some(())
    });
    let often = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    let first = often - jiff::SignedDuration::from_hours(6);
    let refusals = format!("'5 {often:.3} {first:.3}'");
    sql_do(
        &g,
        &format!("UPDATE meta SET value = {refusals} WHERE key LIKE 'refused/%'"),
    );
    g.once().code_in(&[1]);
    g.once().ok();
    let unread = |g: &Gatepost| -> Value {
        let tickets = g.list();
        assert_eq!(tickets.len(), 2, "{tickets:?}");
        let is_it = |t: &&Value| t["ref"].as_str().unwrap().ends_with("-0002");
        tickets.iter().find(is_it).unwrap().clone()
    };
    let reference = unread(&g)["ref"].as_str().unwrap().to_owned();
    let told = g.run(&["show", &reference, "--log"]).ok();
    assert!(
        told.contains("the mail server did not give all of the mail"),
        "{told}"
    );
    let health = g.run(&["health"]);
    assert!(health.out.contains("could not be read"), "{}", health.out);
    all_accounted(&g, 2);
    // It is still not given, and asked for in vain.
    g.run(&["audit", "--repair"]).code_in(&[1]);
    g.once().ok();
    assert_eq!(sql(&g, "SELECT count(*) FROM mails WHERE kept = 0"), 1);

    locked(false);
    g.run(&["audit", "--repair"]).ok();
    g.once().ok();
    let ticket = unread(&g);
    assert_eq!(ticket["ref"].as_str().unwrap(), reference);
    let reporter = ticket["reporter"]["address"].as_str().unwrap().to_owned();
    assert_eq!(g.wait_for_mail(&reporter, 1).len(), 1, "the receipt");
    assert!(g.run(&["show", &reference]).ok().contains("text 1"));
    let health = g.run(&["health"]);
    assert!(!health.out.contains("could not be read"), "{}", health.out);
    all_accounted(&g, 2);
}

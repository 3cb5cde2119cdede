//! The day of a publication and the end of an embargo: the reporter is told each, and none
//! moves behind their back. Dates in the wrong order are said on entry and stay in sight.

use crate::faults::says;
use crate::kit::{Gatepost, body, report};
use crate::post_office::PostOffice;

/// Friday 30 April 2027, 16:40 in London.
const FRIDAY: &str = "2027-04-30 15:40";

/// One report of mia, accepted, with 17 June as the day of the fix.
fn accepted(g: &Gatepost) -> String {
    let mia = g.reporter("mia");
    let text = "See https://example.org/x";
    g.arrives(
        &mia,
        &report(&mia, &g.address, "t1@example.net", "SSRF", "", text),
    );
    g.once().ok();
    let accepted = ["evaluate", "1", "accepted", "--expected", "17 Jun", "--yes"];
    g.run(&accepted).ok();
    g.once().ok();
    g.wait_for_mail(&mia, 2);
    mia
}

/// What `who` was told last, in one line, once all that waits was sent.
fn letter(g: &Gatepost, who: &str, nth: usize) -> String {
    g.once().ok();
    let text = body(&g.wait_for_mail(who, nth)[nth - 1]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_reporter_is_told_each_date_and_none_moves_behind_their_back() {
    let office = PostOffice::own(Some(FRIDAY));
    let g = Gatepost::ready(&office, "told");
    let mia = accepted(&g);

    // What nobody was told may be set, and `show` says that nobody was.
    let out = g
        .run(&["set", "1", "publication=1 Jul", "embargo=28 Jun"])
        .ok();
    says(
        &out,
        &[
            "gatepost publish 1 --on 2027-07-01 tells them",
            "gatepost reply 1 --embargo 2027-06-28 tells them",
        ],
    );
    g.run(&["set", "1", "publication=6 Jul"]).ok();
    let shown = g.run(&["show", "1"]).ok();
    says(
        &shown,
        &["we publish Tue 6 Jul 2027, not told: publish --on"],
    );

    g.run(&["publish", "1", "--on", "6 Jul", "--yes"]).ok();
    let told = letter(&g, &mia, 3);
    says(
        &told,
        &["on Tuesday 6 July 2027 we plan to publish what you reported. Please tell"],
    );
    let again = ["publish", "1", "--on", "6 Jul", "--yes"];
    says(&g.run(&again).code_in(&[2]), &["told 2027-07-06 already"]);
    for set in ["publication=13 Jul", "publication="] {
        let why = g.run(&["set", "1", set]).code_in(&[1, 2]);
        let ways = [
            "was told 2027-07-06",
            "gatepost publish 1 --on",
            "--because",
        ];
        says(&why, &ways);
    }
    let moved = ["publish", "1", "--on", "13 Jul", "--yes"];
    says(
        &g.run(&moved).code_in(&[2]),
        &["a date that moves has a reason"],
    );
    let because = ["--because", "the release moves"];
    g.run(&[&moved[..], &because].concat()).ok();
    let told = letter(&g, &mia, 4);
    says(
        &told,
        &[
            "would publish what you reported on Tuesday 6 July 2027. The reason: the release moves.",
            "We now plan to publish it on Tuesday 13 July 2027. Please tell nobody",
        ],
    );
    // What was said elsewhere is told as well.
    office.clock("2027-04-30 16:10");
    let phone = [
        "publish",
        "1",
        "--on",
        "20 Jul",
        "--said-at",
        "17:05",
        "--via",
        "phone",
        "--yes",
    ];
    g.run(&[&phone[..], &because].concat()).ok();
    assert_eq!(g.mail_of(&mia).len(), 4, "no letter");
    let shown = g.run(&["show", "1"]).ok();
    says(
        &shown,
        &[
            "DATE we publish Tue 20 Jul 2027, told Fri 30 Apr",
            "     was Tue 6 Jul, told Fri 30 Apr",
            "     was Tue 13 Jul, told Fri 30 Apr",
        ],
    );
    let explained = g.run(&["explain", "1"]).ok();
    says(&explained, &["3 moves: 1 Jul -> 6 Jul -> 13 Jul -> 20 Jul"]);

    g.run(&["reply", "1", "--embargo", "28 Jun", "--yes"]).ok();
    let told = letter(&g, &mia, 5);
    says(
        &told,
        &["please tell nobody of this before Monday 28 June 2027."],
    );
    let why = g.run(&["set", "1", "embargo=1 Jul"]).code_in(&[1, 2]);
    says(
        &why,
        &[
            "was told 2027-06-28",
            "gatepost reply 1 --embargo 2027-07-01",
        ],
    );
    let both = [
        "reply",
        "1",
        "--embargo",
        "1 Jul",
        "--expected",
        "25 Jun",
        "--yes",
    ];
    g.run(&[&both[..], &["--because", "two more ways in"]].concat())
        .ok();
    let told = letter(&g, &mia, 6);
    says(
        &told,
        &[
            "The reason: two more ways in.",
            "We had asked you to tell nobody of this before Monday 28 June 2027. That day moves",
            "before Thursday 1 July 2027. We publish nothing before that day either.",
        ],
    );
    g.run(&["audit"]).ok();
}

#[test]
fn dates_in_the_wrong_order_are_said_on_entry_and_stay_in_sight() {
    let office = PostOffice::own(Some(FRIDAY));
    let g = Gatepost::ready(&office, "wrong-order");
    accepted(&g);
    let clash = |command: &[&str], wanted: &str| {
        let out = g.run(command).ok();
        says(&out, &[wanted]);
        out
    };
    // An embargo that ends before the fix; the reporter, who publishes before it ends.
    let ends = "CLASH embargo ends Tue 1 Jun, we fix Thu 17 Jun";
    clash(&["reply", "1", "--embargo", "1 Jun", "--dry-run"], ends);
    clash(
        &["set", "1", "embargo=28 Jun", "they-publish=25 Jun"],
        "CLASH they publish Fri 25 Jun, embargo until Mon 28 Jun: gatepost reply 1",
    );
    let shown = g.run(&["show", "1"]).ok();
    says(
        &shown,
        &["CLASH they publish Fri 25 Jun, embargo until Mon 28 Jun"],
    );
    let listed = g.run(&["list"]).ok();
    says(
        &listed,
        &["CLASH they publish Fri 25 Jun, embargo until Mon 28 Jun"],
    );
    let json = g.list()[0]["clash"].clone();
    assert_eq!(json["what"], "embargo", "{json}");
    assert_eq!(json["theirs"], "2027-06-25", "{json}");
    // Our publication before either is refused, with what there is to do; forced, it clashes.
    for (args, why) in [
        (&["set", "1", "publication=20 Jun"][..], "an embargo holds"),
        (
            &["publish", "1", "--on", "20 Jun", "--yes"],
            "an embargo holds",
        ),
        (
            &["publish", "1", "--on", "10 Jun", "--yes"],
            "--force REASON",
        ),
        (&["set", "1", "publication=2027-04-29"], "is in the past"),
        (&["set", "1", "embargo=2027-04-29"], "is in the past"),
        (
            &["reply", "1", "--embargo", "2027-04-29", "--yes"],
            "is in the past",
        ),
        (
            &[
                "reply",
                "1",
                "--expected",
                "2027-04-29",
                "--because",
                "x",
                "--yes",
            ],
            "is in the past",
        ),
        (
            &["publish", "1", "--on", "2027-04-29", "--yes"],
            "is not in the future",
        ),
        (&["publish", "1", "--yes"], "an embargo holds"),
    ] {
        let said = g.run(args).code_in(&[1, 2]);
        says(&said, &[why, "hint: "]);
    }
    let forced = [
        "publish", "1", "--on", "20 Jun", "--force", "agreed", "--yes",
    ];
    clash(
        &forced,
        "CLASH we publish Sun 20 Jun, embargo until Mon 28 Jun: gatepost publish 1 --on",
    );
    let shown = g.run(&["show", "1"]).ok();
    says(
        &shown,
        &["CLASH we publish Sun 20 Jun, embargo until Mon 28 Jun"],
    );
    // The morning's digest says the hardest.
    g.once().ok();
    let before = g.mail_of(&g.anna).len();
    office.clock("2027-05-04 08:00:05");
    g.once().ok();
    let digest = letter(&g, &g.anna, before + 1);
    says(
        &digest,
        &[
            "CLASH 0001",
            "they publish Fri 25 Jun, embargo until Mon 28 Jun",
        ],
    );
}

#[test]
fn who_was_told_a_day_by_the_receipt_is_not_forgotten_when_the_class_changes() {
    let office = PostOffice::own(Some(FRIDAY));
    let g = Gatepost::new(&office, "receipt-said");
    g.write_config(&g.config().replace("policy = \"neon\"", "policy = \"novu\""));
    g.run(&["init"]).ok();
    let mia = g.reporter("mia");
    g.report_from(&mia, "c1@example.net");
    g.once().ok();
    says(&letter(&g, &mia, 1), &["Thursday 6 May 2027, 17:00"]);
    let out = g.run(&["set", "1", "class=sandbox-request"]).ok();
    let said =
        "respond ends; their receipt may have said Thu  6 May 17:00: gatepost reply 1 tells them";
    says(&out, &[said, "sandbox runs, due Mon 10 May 17:00"]);
    let out = g.run(&["set", "1", "class="]).ok();
    assert!(
        !out.contains("sandbox ends;"),
        "the receipt did not say it: {out}"
    );
    // A digest counts no letters that leave with it: those waiting are stuck.
    office.clock("2027-05-04 08:00:05");
    g.once().ok();
    let ben = g.anna.replace("anna-", "ben-");
    for (who, nth) in [(&g.anna, 2), (&ben, 2)] {
        says(&letter(&g, who, nth), &["0 letters waiting"]);
    }
}

#[test]
fn whoever_follows_hears_the_days_to_come_and_no_day_that_has_passed() {
    let office = PostOffice::own(Some(FRIDAY));
    let g = Gatepost::ready(&office, "told-duplicate");
    let mia = accepted(&g);
    let kim = g.reporter("kim");
    let text = report(&kim, &g.address, "k1@example.com", "SSRF", "", "The same.");
    g.arrives(&kim, &text);
    g.once().ok();
    g.run(&["reply", "1", "--embargo", "28 Jun", "--yes"]).ok();
    g.run(&["set", "1", "publication=6 Jul"]).ok();
    // While the letter is under way, its day stays; afterwards it was told.
    let why = g.run(&["set", "1", "embargo=1 Jul"]).code_in(&[1, 2]);
    says(&why, &["tells them 2027-06-28", "gatepost outbox drop"]);
    letter(&g, &mia, 3);
    let same = g.run(&["set", "1", "embargo=28 Jun"]).ok();
    assert!(!same.contains("tells them"), "{same}");
    let early = g.run(&["publish", "1", "--on", "20 Jun", "--yes"]);
    let way_out = "`gatepost reply 1 --embargo DATE --because TEXT`";
    says(&early.code_in(&[2]), &[way_out]);

    let duplicate = ["evaluate", "2", "duplicate", "--of", "1", "--yes"];
    g.run(&duplicate).ok();
    letter(&g, &kim, 2);
    let shown = g.run(&["show", "2"]).ok();
    let tells = "gatepost reply 2 --embargo 2027-06-28";
    says(&shown, &["has an embargo until 2027-06-28", tells]);
    assert!(
        !shown.contains("is to be public"),
        "nobody was told: {shown}"
    );

    // By telephone the reporter of the first was told a day that is over by now.
    office.clock("2027-05-20 09:00");
    let phone = [
        "reply",
        "1",
        "--expected",
        "2027-05-10",
        "--because",
        "it is easy",
        "--said-at",
        "2027-05-03 10:00",
        "--via",
        "phone",
    ];
    let shown = g.run(&[&phone[..], &["--dry-run"]].concat()).ok();
    says(&shown, &["2027-05-10 has passed"]);
    assert!(!shown.contains("And to"), "{shown}");

    // The letter of the resolution names the day: it is told.
    g.run(&["resolve", "1", "--yes"]).ok();
    letter(&g, &mia, 4);
    let shown = g.run(&["show", "1"]).ok();
    says(&shown, &["we publish Tue 6 Jul 2027, told Thu 20 May"]);
    let why = g.run(&["set", "1", "publication=13 Jul"]).code_in(&[1, 2]);
    says(&why, &["was told 2027-07-06"]);
    g.run(&["audit"]).ok();
}

//! Pages that count otherwise, and reporters who are silent.

use super::*;

#[test]
fn a_page_of_patience_counts_others_nags_for_an_owner_and_ends_in_three_parts() {
    let office = PostOffice::own(Some(FRIDAY));
    let life = Life::begin(&office, "patience", |g| {
        g.write_secret("like-hey.toml", PAGE, 0o600);
        g.config().replace("\"neon\"", "\"like-hey.toml\"")
    });
    office.clock("2027-05-03 08:30");
    has(
        &life.letter(&["evaluate", "1", "accepted", "--yes"]),
        &["Assessment: accepted"],
    );
    let told = life.told(&life.g.anna, "2027-05-04 08:00");
    has(&told, &["OWNER 0001", "owner, since Mon 3 May"]);
    let shown = life.g.show("1");
    let next = shown["next"].as_array().unwrap();
    assert!(
        next.iter().any(|n| n["command"] == "gatepost assign 1 WHO"),
        "{next:?}"
    );
    life.quietly(&["assign", "1", "anna"]);
    let set = [
        "set",
        "1",
        "parties=maker of the library",
        "products=import 4.2",
    ];
    life.quietly(&set);

    // Five business days after the letter; that we wait for others begins them anew.
    office.clock("2027-05-10 09:00");
    let inform = || {
        let all = life.g.show("1")["deadlines"].as_array().unwrap().clone();
        let open = all.into_iter().rfind(|d| d["promise"] == "inform").unwrap();
        open["due_at"].as_str().unwrap().to_owned()
    };
    assert_eq!(inform(), "2027-05-10T16:00:00Z");
    life.quietly(&["set", "1", "waiting=others"]);
    assert_eq!(inform(), "2027-05-17T16:00:00Z");

    office.clock("2027-05-14 09:00");
    life.quietly(&[
        "resolve",
        "1",
        "--said-at",
        "2027-05-14 09:30",
        "--via",
        "signal",
        "--yes",
    ]);
    let told = life.told(&life.g.anna, "2027-05-17 08:00");
    has(&told, &["security update, credit, since Fri 14 May"]);
    life.quietly(&["record", "1", "update-posted"]);
    let why = life.g.run(&["record", "1", "credited"]).code_in(&[2]);
    assert!(why.contains("has not said how to be named"), "{why}");
    life.quietly(&["set", "1", "credit=anonymous"]);
    let shown = life.g.show("1");
    let mut duties = shown["deadlines"].as_array().unwrap().iter();
    let close_out = duties.rfind(|d| d["promise"] == "close-out").unwrap();
    assert_eq!(close_out["standing"], "kept");
    life.quietly(&["close", "1", "--silent", "--yes"]);
    life.stands("closed", &[]);
    life.never_late();
}

#[test]
fn a_reporter_who_is_asked_and_silent_is_called_and_an_evaluation_ends_the_waiting() {
    let office = PostOffice::own(Some(FRIDAY));
    let life = Life::begin(&office, "silence", |g| g.config());
    office.clock("2027-05-04 09:00");
    // A question has words.
    let asks = ["evaluate", "1", "needs-information", "--yes"];
    let why = life.g.run(&asks).code_in(&[2]);
    has(&why, &["needs words of yours"]);
    let which = ["--plan", "Which version did you test?"];
    let letter = life.letter(&[&asks[..], &which].concat());
    has(&letter, &["Which version did you test?"]);
    has(
        &life.quietly(&["show", "1"]),
        &["WAIT for reporter since Tue 4 May; a last call is due Tue 18 May"],
    );

    office.clock("2027-05-18 09:00");
    assert!(life.quietly(&["list"]).contains("SILENT: last call?"));
    let call = ["reply", "1", "--letter", "last-call", "--yes"];
    let dated = [&call[..], &["--expected", "2027-06-17"]].concat();
    let why = life.g.run(&dated).code_in(&[2]);
    has(&why, &["leave --expected out"]);
    let letter = life.letter(&call);
    has(&letter, &["If nothing has come by Tuesday 1 June 2027"]);
    office.clock("2027-06-02 09:00");
    assert!(life.quietly(&["list"]).contains("SILENT: close?"));

    // We found it ourselves.
    life.letter(&[
        "evaluate",
        "1",
        "accepted",
        "--expected",
        "2027-06-17",
        "--yes",
    ]);
    life.stands("evaluated", &["reply 1", "assign 1 WHO", "resolve 1"]);
    assert!(!life.quietly(&["list"]).contains("SILENT"));
    let shown = life.g.show("1");
    let duties = shown["deadlines"].as_array().unwrap();
    let inform = duties.iter().rfind(|d| d["promise"] == "inform").unwrap();
    assert_eq!(inform["standing"], "on-time", "{inform}");
}

#[test]
fn a_hand_over_without_words_answers_nothing_and_names_somebody() {
    let office = PostOffice::own(Some(FRIDAY));
    let life = Life::begin(&office, "handover", |g| g.config());
    let letter = ["reply", "1", "--letter", "handover", "--yes"];
    let why = life.g.run(&letter).code_in(&[2]);
    has(
        &why,
        &["nobody looks after", "gatepost assign 1 WHO --tell"],
    );
    let extra = "In-Reply-To: <l1@example.net>\n";
    life.writes("l2@example.net", "Re: SSRF in import", extra, "Hello?");
    let answered = || life.g.fact_names("1").iter().any(|f| f == "answered");
    life.letter(&["assign", "1", "ben", "--tell", "--yes"]);
    assert_eq!(
        (answered(), &life.g.show("1")["chased"]),
        (false, &1.into())
    );
    has(&life.letter(&letter), &["Ben looks after your report"]);
    assert!(!answered());
    life.g.write_secret("words.txt", "We can repeat it.", 0o600);
    let words = life.g.path("words.txt");
    let with = ["--message", words.to_str().unwrap()];
    has(
        &life.letter(&[&letter[..], &with].concat()),
        &["We can repeat it."],
    );
    assert_eq!((answered(), &life.g.show("1")["chased"]), (true, &0.into()));
}

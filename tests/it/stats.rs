//! A lead looks whether the team keeps its word: the figures of a span, for people and for
//! programs, and one page that stands alone.

use crate::faults::says;
use crate::kit::{Gatepost, report};
use crate::post_office::PostOffice;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

/// A report with this subject, taken in.
fn arrives(g: &Gatepost, name: &str, subject: &str) {
    let from = g.reporter(name);
    let id = format!("{name}@example.net");
    let text = "See https://example.org/x";
    g.arrives(&from, &report(&from, &g.address, &id, subject, "", text));
    g.once().ok();
}

/// One promise of `stats --json`.
fn row(g: &Gatepost, words: &[&str], name: &str) -> Value {
    let stats = g.run(&[&["stats", "--json"], words].concat()).json();
    let all = stats["promises"].as_array().unwrap();
    let found = all.iter().find(|row| row["promise"] == name);
    found
        .unwrap_or_else(|| panic!("no {name}: {stats:#}"))
        .clone()
}

fn counts(row: &Value) -> [u64; 4] {
    ["due", "kept", "late", "open"].map(|name| row[name].as_u64().unwrap())
}

#[test]
fn a_lead_sees_whether_the_team_keeps_its_word() {
    let office = PostOffice::own(Some("2027-04-30 15:40"));
    let g = Gatepost::ready(&office, "lead");
    arrives(&g, "mia", "<script>alert(1)</script>");
    arrives(&g, "kim", "=cmd|'/C calc'!A0");
    arrives(&g, "lee", "buy");
    // Due on Thursday 6 May, 17:00: Monday is a bank holiday.
    assert_eq!(counts(&row(&g, &[], "respond")), [3, 0, 0, 3]);
    office.clock("2027-05-04 09:00");
    g.run(&["evaluate", "1", "not-a-vulnerability", "--yes"])
        .ok();
    g.once().ok();
    g.run(&["evaluate", "3", "spam", "--yes"]).ok();
    assert_eq!(counts(&row(&g, &[], "respond")), [2, 1, 0, 1]);
    office.clock("2027-05-07 09:00");
    let late = row(&g, &["2027-Q2"], "respond");
    assert_eq!(counts(&late), [2, 1, 1, 0]);
    assert_eq!(
        (&late["in_time"], &late["unit"]),
        (&0.5.into(), &"business-days".into())
    );
    assert_eq!(late["late_ones"][0]["ref"], "SEC-2027-0002");
    // Late stays late when it is cured.
    g.run(&[
        "evaluate",
        "2",
        "accepted",
        "--expected",
        "2027-06-17",
        "--yes",
    ])
    .ok();
    g.once().ok();
    let cured = row(&g, &["2027-05"], "respond");
    assert_eq!(
        (counts(&cured), cured["still_open"].as_u64()),
        ([2, 1, 1, 0], Some(0))
    );
    assert_eq!(counts(&row(&g, &["2027-Q2"], "resolve")), [1, 0, 0, 1]);

    let text = g.run(&["stats", "2027-Q2"]).ok();
    assert!(
        text.contains("3 tickets received: 2 reports, 1 not a report"),
        "{text}"
    );
    assert!(text.contains("respond: 50 % in time, 1 of 2"), "{text}");
    let late = g.run(&["stats", "2027-Q2", "--late"]).ok();
    assert!(late.contains("0002  respond  2027-05-06 17:00"), "{late}");
    assert!(late.contains("met Fri  7 May"), "{late}");
    let csv = g.run(&["stats", "2027-Q2", "--format", "csv"]).ok();
    let line = csv.lines().nth(1).unwrap();
    assert!(
        line.starts_with("2027-04-01,2027-06-30,Europe/London,respond,hard,"),
        "{csv}"
    );
    let gauges = g.run(&["stats", "2027-Q2", "--format", "prometheus"]).ok();
    let kept = "gatepost_promises{promise=\"respond\",kind=\"hard\",fate=\"kept\"} 1\n";
    assert!(gauges.contains(kept), "{gauges}");
    for answer in [&text, &late, &csv, &gauges] {
        for word in ["script", "cmd", "buy", "example.net"] {
            assert!(!answer.contains(word), "{word}: {answer}");
        }
    }
    // Nothing of it was due in another quarter, and what is no span is refused.
    assert!(
        g.run(&["stats", "2026-Q2"])
            .ok()
            .contains("Nothing was due.")
    );
    for words in [["stats", "2027-Q5"], ["stats", "--since=soon"]] {
        let refused = g.run(&words);
        assert_eq!(refused.code, 2, "{}", refused.err);
    }
    // What would be left out without a word is refused.
    let refused = g.run(&["stats", "--late", "--format", "prometheus"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(
        refused.err.contains("--late has no place") && refused.err.contains("hint:"),
        "{}",
        refused.err
    );
    stands_alone(&g);
}

/// The page: private, whole, inert, and never in the place of something else.
fn stands_alone(g: &Gatepost) {
    let path = g.path("board.html");
    let file = path.to_str().unwrap();
    // An empty one that others may read is what `touch` and a full disk leave.
    fs::write(&path, "").unwrap();
    let told = g.run(&["stats", "--html", file]).ok();
    assert!(told.contains("1 open ticket;"), "{told}");
    assert!(told.contains("you alone can read it (chmod:"), "{told}");
    let piped = g.run(&["stats", "--html", "-"]).ok();
    assert!(piped.ends_with("</html>\n"), "{piped}");
    assert!(piped.contains("=cmd|&#39;/C calc&#39;!A0"), "{piped}");
    assert!(!fs::exists("-").unwrap() && !g.path("-").exists());
    let missing = g.run(&["stats", "--html", "none/board.html"]).code_in(&[1]);
    assert!(
        missing.contains("there is no folder none\n  hint: make it"),
        "{missing}"
    );
    let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    let page = fs::read_to_string(&path).unwrap();
    assert_eq!(mode, 0o600);
    assert!(page.contains("=cmd|&#39;/C calc&#39;!A0"), "{page}");
    assert!(
        !page.contains("<script") && page.ends_with("</html>\n"),
        "{page}"
    );
    // The one style sheet is the one that the page allows.
    let (_, style) = page.split_once("<style>").unwrap();
    let (style, _) = style.split_once("</style>").unwrap();
    let digest = base64(&Sha256::digest(style.as_bytes()));
    let allowed = format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'");
    assert!(
        page.contains(&allowed),
        "the style sheet has the digest {digest}"
    );
    // A page that is there keeps its rights.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let told = g.run(&["stats", "2027-Q2", "--html", file]).ok();
    assert!(!told.contains("you alone"), "{told}");
    let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o640);
    fs::write(g.path("index.html"), "<!doctype html>\n<p>ours").unwrap();
    symlink(&path, g.path("link.html")).unwrap();
    for (name, why) in [
        ("index.html", "was not made by gatepost"),
        ("link.html", "it is a link"),
    ] {
        let file = g.path(name);
        let refused = g.run(&["stats", "--html", file.to_str().unwrap()]);
        assert!(
            refused.code == 1 && refused.err.contains(why),
            "{}",
            refused.err
        );
        assert!(refused.err.contains("hint:"), "{}", refused.err);
    }
    let index = fs::read_to_string(g.path("index.html")).unwrap();
    assert_eq!(index, "<!doctype html>\n<p>ours");
    let left: Vec<_> = fs::read_dir(g.dir.path()).unwrap().flatten().collect();
    let new = left
        .iter()
        .any(|f| f.file_name().to_string_lossy().ends_with(".gatepost-new"));
    assert!(!new, "{left:?}");
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn help_says_what_counts_and_names_every_field() {
    let g = Gatepost::ready(PostOffice::shared(), "stats-help");
    g.report_from(&g.reporter("mia"), "s1@example.net");
    g.once().ok();
    let help = g.run(&["help", "stats"]).ok();
    says(
        &help,
        &[
            "A promise is counted on the local day",
            "Without a span: the quarter of today",
        ],
    );
    let stats = g.run(&["stats", "--json"]).json();
    let mut names = Vec::new();
    collect(&stats, &mut names);
    for name in names {
        let named = help.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        assert!(named.into_iter().any(|word| word == name), "{name}: {help}");
    }
}

/// The names of all fields.
fn collect(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            into.push(name.clone());
            collect(field, into);
        }),
        Value::Array(all) => all.iter().for_each(|one| collect(one, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

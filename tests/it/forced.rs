//! A key that forces a command: who holds it is one person of the team, and reaches the
//! tickets and nothing else of the machine.

use crate::kit::Gatepost;
use crate::post_office::PostOffice;
use std::process::Output;

fn typed(g: &Gatepost, words: &str) -> Output {
    let mut command = g.command(&["ssh"]);
    command.env("SSH_ORIGINAL_COMMAND", words).output().unwrap()
}

#[test]
fn a_key_is_one_person_and_opens_tickets_only() {
    let g = Gatepost::ready(PostOffice::shared(), "forced");
    g.report_from(&g.reporter("mia"), "forced@example.net");
    g.once().ok();
    let done = typed(&g, "note 1 'seen; $(touch x) it'");
    assert!(done.status.success(), "{done:?}");
    let facts = g.show("1")["facts"].as_array().unwrap().clone();
    let note = facts.iter().find(|f| f["fact"] == "remarked").unwrap();
    assert_eq!(note["by"], "anna");
    assert_eq!(note["data"]["text"], "seen; $(touch x) it");
    let listed = typed(&g, "");
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("XSS in search"), "{listed}");
    let page = typed(&g, "stats --html -");
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(page.ends_with("</html>\n"), "{page}");
    for (words, says) in [
        ("--as ben list", "--as is not for a key"),
        ("list --config=/tmp/x", "--config is not for a key"),
        (
            "reply 1 --message /etc/passwd",
            "--message is not for a key",
        ),
        ("stats --html board.html", "hint: --html - writes the page"),
        ("export case 1 --to x", "hint: whoever has a shell"),
        ("run --once", "run is for who runs the machine"),
    ] {
        let refused = typed(&g, words);
        let err = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{words}: {err}");
        assert!(err.contains(says), "{words}: {err}");
    }
}

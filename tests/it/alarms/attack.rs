//! An attack rings by its own ladder.

use super::*;

/// A page with a promise for people under attack, whose ladder counts minutes.
const SHIELD: &str = r#"
name = "shield"
version = "2026-01-01"
url = "https://example.org/security"

[[promise]]
name = "respond"
page = "We answer within three business days."
from = "received"
needs = ["evaluated"]
within = "3 business days"

[[promise]]
name = "counter"
page = "Whoever is under attack has a person within two hours, at any hour."
class = "attack"
from = "received"
needs = ["answered"]
within = "2 hours"
any_hour = true
to = ["ben"]
escalate = "15 minutes before"
remind = ["at once", "30 minutes before", "15 minutes before", "when due"]
"#;

/// The config of a gatepost that has this page, and an address whose reports are of this
/// class; and that address.
pub fn shielded(g: &Gatepost, class: &str) -> (String, String) {
    let page = g.path("shield.toml");
    fs::write(&page, SHIELD).unwrap();
    fs::set_permissions(&page, fs::Permissions::from_mode(0o600)).unwrap();
    let shield = g.address.replace("security-", "shield-");
    let aliases = format!(
        "name = \"security\"\naliases = [{{ address = \"{shield}\", class = \"{class}\" }}]"
    );
    let config = g.config_with("[[mailbox]]", "name = \"security\"", &aliases);
    let config = config.replace("policy = \"neon\"", "policy = \"shield.toml\"");
    (config, shield)
}

/// What a person was told of the promise.
fn reminders(g: &Gatepost, who: &str) -> Vec<String> {
    let mut all = g.mail_of(who);
    all.retain(|mail| mail.contains("counter"));
    all
}

fn wait_for_reminders(g: &Gatepost, who: &str, n: usize) -> Vec<String> {
    wait_until(&format!("{who} is reminded {n} times"), PATIENCE, || {
        Some(reminders(g, who)).filter(|all| all.len() >= n)
    })
}

#[test]
fn an_attack_that_is_written_of_on_an_old_ticket_rings_by_its_own_ladder() {
    let office = PostOffice::own(Some("2026-11-20 10:00"));
    let mut g = Gatepost::new(&office, "joined-attack");
    with_pager(&g);
    let (config, shield) = shielded(&g, "attack");
    let dan = g.anna.replace("anna-", "dan-");
    let ben = g.anna.replace("anna-", "ben-");
    let second =
        format!("[[team]]\nname = \"dan\"\naddress = \"{dan}\"\nsecond_line = true\n\n[[mailbox]]");
    let config = config.replacen("[[mailbox]]", &second, 1);
    g.write_config(&(config + &section(&g, "alive = false")));
    g.run(&["init"]).ok();
    g.start();
    let mia = g.reporter("mia");
    g.report_from(&mia, "old@example.net");
    g.wait_for_mail(&mia, 1);
    g.run(&["assign", "1", "anna"]).ok();
    assert_eq!(paged(&g), [], "an ordinary report rings nobody");

    // Sunday night: the same person writes of an attack, in the same thread.
    office.clock("2026-11-22 02:10");
    let cites = "In-Reply-To: <old@example.net>\nReferences: <old@example.net>\n";
    let text = "They are in our accounts now, since an hour: ultramarine.";
    let eml = report(
        &mia,
        &shield,
        "now@example.net",
        "Re: XSS in search",
        cites,
        text,
    );
    g.arrives(&mia, &eml);
    let key = "SEC-2026-0001/counter";
    assert_eq!(wait_for_page(&g, 1), [raise(key)]);
    let show = g.show("1");
    assert_eq!(show["class"], "attack", "{show}");
    assert_eq!(g.list().len(), 1, "no second ticket");
    let told = messages(&g).remove(0);
    let name = show["name"].as_str().unwrap();
    let by = format!("ATTACK {name}: answer by 04:1");
    says(told["text"].as_str().unwrap(), &[&by, "+00:00"]);
    // Who hears of it is said by the promise, by night too, and they hear nothing of it.
    let heard = wait_for_reminders(&g, &ben, 1).remove(0);
    says(&heard, &["counter", "0001"]);
    assert_eq!(g.mail_of(&mia).len(), 1, "one receipt, and no other");
    for (n, (when, what)) in [
        ("2026-11-22 03:45", "30 minutes before"),
        ("2026-11-22 04:00", "15 minutes before"),
        ("2026-11-22 04:15", "when due"),
    ]
    .into_iter()
    .enumerate()
    {
        office.clock(when);
        let rung = wait_for_page(&g, n + 2);
        assert_eq!(rung[n + 1], raise(key), "{what}: {rung:?}");
        wait_for_reminders(&g, &ben, n + 2);
        // The second line hears it from a quarter of an hour before on.
        wait_for_reminders(&g, &dan, n);
        assert_eq!(reminders(&g, &dan).len(), n, "{what}");
    }
    assert_eq!(
        reminders(&g, &g.anna),
        [""; 0],
        "she owns it; the page names ben"
    );
    g.run(&[
        "reply",
        "1",
        "--said-at",
        "04:12",
        "--via",
        "phone",
        "--yes",
    ])
    .ok();
    let all = wait_until("the alarm is cleared", PATIENCE, || {
        Some(paged(&g)).filter(|p| p.last() == Some(&clear(key)))
    });
    assert_eq!(all.iter().filter(|p| **p == clear(key)).count(), 1);

    // Two nights later they write to that address anew: it rings once more.
    office.clock("2026-11-24 02:10");
    let eml = report(
        &mia,
        &shield,
        "anew@example.net",
        "Re: XSS in search",
        cites,
        text,
    );
    g.arrives(&mia, &eml);
    let rung = wait_for_page(&g, all.len() + 1);
    assert_eq!(rung.last(), Some(&raise(key)), "{rung:?}");
    let last = messages(&g).pop().unwrap();
    says(last["text"].as_str().unwrap(), &[&by]);
    wait_for_reminders(&g, &ben, 5);
    let paged = fs::read_to_string(g.path("paged")).unwrap();
    for secret in [mia.as_str(), "ultramarine", "XSS"] {
        assert!(
            !paged.contains(secret) && !heard.contains(secret),
            "{secret}"
        );
    }
    assert_eq!(g.signal("-TERM"), Some(0));
}

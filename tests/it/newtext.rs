//! What people newly wrote, told from quotes and signatures: mails in pairs with the text that is
//! wanted. Those of `tests/newtext` come one from each shape of mail program and language, and
//! each is exact; `tests/soak/newtext` measures another folder.

use crate::kit::{Gatepost, report};
use crate::post_office::PostOffice;
use gatepost::mail::parse::for_reading;
use gatepost::mail::text::new_in;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What one mail or all of them came to, in lines that are not empty.
#[derive(Default)]
struct Figures {
    mails: usize,
    exact: usize,
    wanted: usize,
    lost: usize,
    shown: usize,
    leaked: usize,
}

fn pairs(folder: &Path) -> Vec<(String, Vec<u8>, String)> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    let mut mails: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .collect();
    mails.sort();
    let pair = |path: PathBuf| {
        let name = path.file_stem()?.to_string_lossy().into_owned();
        let wanted = folder.join("expect").join(format!("{name}.txt"));
        let wanted = std::fs::read_to_string(wanted).ok()?;
        Some((name, std::fs::read(path).unwrap(), wanted))
    };
    mails.into_iter().filter_map(pair).collect()
}

/// Without what nobody sees: white space at the end of lines and of the text.
fn seen(text: &str) -> Vec<String> {
    let text = text.trim_matches(['\r', '\n']).trim_end();
    text.lines().map(|l| l.trim_end().to_owned()).collect()
}

/// How many lines of these are not among those, and how many there are.
fn missing(these: &[String], those: &[String]) -> (usize, usize) {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for line in those {
        *left.entry(line.trim()).or_default() += 1;
    }
    let written = || these.iter().map(|l| l.trim()).filter(|l| !l.is_empty());
    let gone = written().filter(|line| match left.get_mut(line) {
        Some(n) if *n > 0 => {
            *n -= 1;
            false
        }
        _ => true,
    });
    (gone.count(), written().count())
}

fn measured(folder: &Path) -> Figures {
    let mut all = Figures::default();
    for (name, bytes, wanted) in pairs(folder) {
        let mail = for_reading(&bytes, true);
        let (shown, wanted) = (seen(new_in(&mail).raw()), seen(&wanted));
        let (lost, of) = missing(&wanted, &shown);
        let (leaked, shows) = missing(&shown, &wanted);
        all.mails += 1;
        all.exact += usize::from(shown == wanted);
        all.wanted += of;
        all.lost += lost;
        all.shown += shows;
        all.leaked += leaked;
        if shown != wanted {
            eprintln!("  {name}: {lost} of {of} lines lost, {leaked} leaked");
            if std::env::var_os("GATEPOST_SHOWN").is_some() {
                shown.iter().for_each(|line| eprintln!("    | {line}"));
            }
        }
    }
    all
}

#[test]
fn the_new_text_of_each_pair_is_found() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/newtext");
    let other = std::env::var_os("GATEPOST_PAIRS").map(PathBuf::from);
    let all = measured(other.as_deref().unwrap_or(&own));
    let percent = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
    let (exact, lost) = (percent(all.exact, all.mails), percent(all.lost, all.wanted));
    eprintln!(
        "{} pairs: {} exact ({exact:.1} %), {} of {} wanted lines lost ({lost:.1} %), {} of {} shown lines leaked ({:.1} %)",
        all.mails,
        all.exact,
        all.lost,
        all.wanted,
        all.leaked,
        all.shown,
        percent(all.leaked, all.shown),
    );
    assert!(all.mails > 0, "no pairs");
    let (exact_at_least, lost_at_most) = match other {
        Some(_) => (70.0, 3.0),
        None => (100.0, 0.0),
    };
    assert!(exact >= exact_at_least, "{exact:.1} % are exact");
    assert!(lost <= lost_at_most, "{lost:.1} % are lost");
}

/// A mail of these parts, and what `show` says of it.
fn shown(g: &Gatepost, reference: &str, from: &str, head: &str, body: &str) -> (String, String) {
    let id = format!("{reference}-parts@example.net");
    let mail = report(from, &g.address, &id, "Broken", head, body);
    g.arrives(from, &mail);
    g.once().ok();
    let all = g.run(&["show", reference]).ok();
    (all, g.run(&["show", reference, "--text", "1"]).ok())
}

#[test]
fn no_mail_makes_an_empty_ticket_and_a_link_shows_where_it_leads() {
    let g = Gatepost::ready(PostOffice::shared(), "parts");
    let mia = g.reporter("mia");
    let tnef = "MIME-Version: 1.0\nContent-Type: application/ms-tnef; name=winmail.dat\n\
        Content-Transfer-Encoding: base64\n";
    let signed = "MIME-Version: 1.0\nContent-Type: application/pkcs7-mime; smime-type=signed-data; \
        name=smime.p7m\nContent-Transfer-Encoding: base64\n";
    let forms = "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n";
    let calendar = "--b\nContent-Type: text/calendar; charset=utf-8\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--b--\n";
    for (n, head, body, says) in [
        (
            1,
            tnef,
            "eJ8+IgAA",
            "1 attachment: \"winmail.dat\" application/ms-tnef 6 B",
        ),
        (
            2,
            signed,
            "MIIB",
            "1 attachment: \"smime.p7m\" application/pkcs7-mime 3 B",
        ),
        (3, forms, calendar, "1 attachment: text/calendar 30 B"),
        (4, "", "", "no text"),
    ] {
        let (all, one) = shown(&g, &n.to_string(), &mia, head, body);
        assert!(all.contains(says) && all.contains("no text"), "{all}");
        assert!(one.contains("[there is no text in this mail; "), "{one}");
        assert!(n == 4 || one.contains(says), "{one}");
    }
    let words = format!(
        "It works on /x too, and any guest can see it.\n\n\
         On Mon, 2 Nov 2026 at 10:00, ben <{}> wrote:\n> We could not.\n",
        g.address
    );
    let (all, _) = shown(&g, "5", &mia, "", &words);
    let says = "2 lines folded, taken for a quote or a signature: --text 1 --quotes";
    assert!(all.contains(says), "{all}");
    let html = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n";
    let body = "<p>See <a href=\"https://app.example.net/x\">https://app.example.org/x</a>.</p>\
        <div style=\"display:none\">unseen</div><blockquote>before</blockquote>";
    let (_, one) = shown(&g, "6", &mia, html, body);
    let link = "See [https://app.example.org/x] <https://app.example.net/x>.";
    for words in [link, "[hidden: unseen]", "> before"] {
        assert!(one.contains(words), "{one}");
    }
}

#[test]
fn a_usual_report_and_its_answer_are_one_screen_in_order() {
    let g = Gatepost::ready(PostOffice::shared(), "screen");
    let mia = g.reporter("mia");
    let arrives = |id: &str, subject: &str, head: &str, body: &str| {
        let id = format!("{id}@example.net");
        g.arrives(&mia, &report(&mia, &g.address, &id, subject, head, body));
        g.once().ok();
    };
    let html = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n";
    let step = "<li>Open <a href=\"https://app.example.org/t\">the page of the team</a>.</li>";
    let body = format!(
        "<p>Whoever knows its name reads the invitations of a team.</p><ol>{}</ol><p>Mia</p>",
        step.repeat(30)
    );
    arrives("s1", "Invitations of any team are shown", html, &body);
    let mixed = "In-Reply-To: <s1@example.net>\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=b\n";
    let quoted = "On Monday, ben wrote:\n> We could not.\n".to_owned() + &"> x\n".repeat(40);
    let body = format!(
        "--b\nContent-Type: text/plain\n\nHere is the log.\n\n{quoted}\n\
         --b\nContent-Type: text/plain; name=a.log\n\
         Content-Disposition: attachment; filename=a.log\n\n1 2 3\n--b--\n"
    );
    arrives("s2", "Re: Invitations of any team are shown", mixed, &body);
    let all = g.run(&["show", "1"]).ok();
    let rows = all
        .lines()
        .map(|line| line.chars().count().div_ceil(80).max(1));
    assert!(rows.sum::<usize>() < 24, "{all}");
    let places: Vec<Option<usize>> = [
        "\n1  ",
        "Whoever knows its",
        "\n2  ",
        "\"Here is the log.\"",
        "42 lines folded",
        "\"a.log\" text/plain 5 B",
    ]
    .iter()
    .map(|words| all.find(words))
    .collect();
    assert!(
        places.is_sorted() && places.iter().all(Option::is_some),
        "{all}"
    );
    let (one, two) = (["show", "1", "--text", "1"], ["show", "1", "--text", "2"]);
    let first = g.run(&one).ok();
    let link = "30. Open [the page of the team] <https://app.example.org/t>.";
    assert!(first.contains(link), "{first}");
    assert!(!g.run(&two).ok().contains("> x"), "a quote is shown");
}

/// What the receipt of a mail says to its reporter.
fn receipt(g: &Gatepost, reference: &str, from: &str, head: &str, body: &str) -> String {
    let _ = shown(g, reference, from, head, body);
    g.run(&["show", reference, "--text", "2"]).ok()
}

#[test]
fn a_receipt_asks_for_a_place_that_is_named_nowhere_but_below_a_signature() {
    let g = Gatepost::ready(PostOffice::shared(), "asked");
    let html = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n";
    let answer = "In-Reply-To: <nobody-here@example.net>\n";
    let below = "Hi team,\n\nOn Mon, 2 Nov 2026 at 10:00, Kim <kim@example.net> wrote:\n\
        > It fails at https://app.example.org/t for any guest.\n\n\
        I have not heard anything on this for weeks. Could you please have a look at it?\n";
    for (n, head, body, is_asked) in [
        (
            1,
            html,
            "<p>It fails <a href=\"https://app.example.org/t\">here</a>.</p>",
            false,
        ),
        (2, html, "<p>It fails somewhere.</p>", true),
        (
            3,
            "",
            "It fails.\n\n-- \nMia\nhttps://mia.example.net/\n",
            true,
        ),
        (
            4,
            "",
            "It fails: https://app.example.org/t\n\n-- \nMia\n",
            false,
        ),
        (5, "", below, false),
        (6, answer, below, false),
    ] {
        let from = g.reporter(&format!("mia{n}"));
        let letter = receipt(&g, &n.to_string(), &from, head, body);
        let words: Vec<&str> = letter.split_whitespace().collect();
        let asks = words.join(" ").contains("(URL or IP) of the affected");
        assert!(
            letter.contains("We have your report") && asks == is_asked,
            "{letter}"
        );
    }
}

//! What looks like the footer of a mailing list, written to cost much.

use super::*;

/// What a mail costs whose text has blocks of so many lines of 2,000 bytes, made of these words
/// in turn, below rules: by far more than a mail has.
fn takes(head: &str, words: &[String]) {
    let (mut words, mut text) = (words.iter().cycle(), String::new());
    while text.len() < 1_000_000 {
        let mut line = String::from("-----\n");
        while line.len() < 1_950 {
            line.extend(words.next().map(|word| format!("{word} ")));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let mail = format!("From: mia@example.net\n{head}\n\nHello, a report.\n\n{text}");
    let mail = crate::mail::parse::parse(mail.as_bytes(), true);
    let (new, cost) = costs(|| new_in(&mail));
    assert!(new.raw().starts_with("Hello, a report."), "{head:.40}");
    let first = words.next().map_or("", String::as_str);
    assert!(cost.as_secs() < 2, "{head:.40} ({first}): {cost:?}");
}

#[test]
fn the_places_of_a_footer_cost_no_more_than_its_length() {
    let many = |word: &dyn Fn(usize) -> String| (0..480).map(word).collect::<Vec<_>>();
    let hosts = many(&|n| format!("x{n}.y")).join(" ");
    let field = |name: &str| format!("{name}: {hosts:.1900} l.z z mailto:l@z");
    let of_list = ["List-Id", "List-Post", "List-Unsubscribe", "List-Archive"].map(field);
    let of_list = of_list.join("\n");
    let answer = "In-Reply-To: <x@example.org>";
    let eleven = |word: &str| {
        let places = (0..11).map(|n| format!("{n}{}-leave@h", "/a".repeat(50)));
        let rest = std::iter::repeat_n(word.to_owned(), 300);
        places.chain(rest).collect::<Vec<_>>()
    };
    for (head, words) in [
        (of_list.as_str(), many(&|_| "l@h".to_owned())),
        (&of_list, many(&|_| "l@z".to_owned())),
        (&of_list, many(&|_| "l@l.z".to_owned())),
        (&of_list, many(&|n| format!("l@x{n}.y"))),
        ("List-Id: <l.z>", many(&|_| "unsubscribe l@l.z".to_owned())),
        (answer, many(&|n| format!("a-leave@h{n}"))),
        (answer, many(&|_| "a-leave@h".to_owned())),
        (answer, eleven("a")),
        (answer, eleven("unsubscribe")),
        (answer, eleven("google groups \"a\" group \"")),
    ] {
        takes(head, &words);
    }
}

#[test]
fn a_footer_has_few_places() {
    let footer = |places: usize| {
        let places = "https://lists.example.org/listinfo/x ".repeat(places);
        format!("yes\n____\nx mailing list\n{}\n", places.trim_end())
    };
    check(&footer(12), "yes");
    let many = footer(13);
    check(&many, many.trim_end());
}

//! Pages beside plain text: which of them are read.

use super::*;

const PAGE: &str = "<p>The true report: https://example.org/html shows all accounts.</p>";

/// What is read of a mail of this kind with these parts.
fn to_read(kind: &str, parts: &[&str]) -> Mail {
    let parts: String = parts.iter().map(|part| format!("--b\n{part}\n")).collect();
    let mail = format!("From: {MIA}\nContent-Type: multipart/{kind}; boundary=b\n\n{parts}--b--\n");
    for_reading(mail.as_bytes(), true)
}

#[test]
fn a_page_that_no_plain_text_stands_for_is_read_too() {
    let page = format!("Content-Type: text/html\n\n{PAGE}");
    let footer = "Content-Type: text/plain\n\n-- \nThis message was scanned by Gateway.";
    let stub = "Content-Type: text/plain\n\nPlease view in HTML";
    let empty = "Content-Type: text/plain\n\n";
    let within = |parts: &[&str]| {
        let parts: String = parts.iter().map(|part| format!("--i\n{part}\n")).collect();
        format!("Content-Type: multipart/alternative; boundary=i\n\n{parts}--i--\n")
    };
    let (alone, beside_empty) = (within(&[&page]), within(&[empty, &page]));
    for (kind, parts) in [
        ("alternative", [stub, &page]),
        ("mixed", [&page, footer]),
        ("mixed", [footer, &page]),
        ("related", [&page, footer]),
        ("mixed", [&alone, footer]),
        ("mixed", [&beside_empty, footer]),
    ] {
        let mail = to_read(kind, &parts);
        let read = mail.to_read().raw();
        let plain = if parts.contains(&stub) {
            "view in HTML"
        } else {
            "by Gateway"
        };
        for words in ["The true report: https://example.org/html shows", plain] {
            assert!(read.contains(words), "{kind} {parts:?}: {read:?}");
        }
        // What decides something reads what it read before.
        assert!(!mail.text.raw().contains("report"), "{:?}", mail.text);
        assert!(
            new_in(&mail).raw().contains("shows all accounts"),
            "{parts:?}"
        );
    }
}

#[test]
fn a_page_that_says_the_same_is_not_read_twice() {
    let plain =
        "Content-Type: text/plain\n\nThe true report: https://example.org/html shows all accounts.";
    let page = format!("Content-Type: text/html\n\n{PAGE}<img src=x alt=\"our logo and more\">");
    let named = "Content-Type: text/html; name=poc.html\n\n<p>An attack that runs in a page.</p>";
    let file =
        "Content-Type: text/html\nContent-Disposition: attachment\n\n<p>An attack that runs.</p>";
    let long = format!(
        "Content-Type: text/plain\n\n{}",
        "The plain form is whole. ".repeat(5)
    );
    for (kind, parts) in [
        ("alternative", [plain, &page]),
        ("mixed", [plain, &page]),
        ("mixed", [plain, named]),
        ("mixed", [plain, file]),
        ("alternative", [&long, &page]),
    ] {
        let mail = to_read(kind, &parts);
        assert_eq!(mail.page, None, "{kind} {parts:?}");
    }
}

#[test]
fn an_armour_is_found_in_a_page_and_in_a_file_of_any_name() {
    let armour = "-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n-----END PGP MESSAGE-----\n";
    let page = format!("Content-Type: text/html\n\n<pre>{armour}</pre>");
    let footer = "Content-Type: text/plain\n\n-- \nlist footer";
    let stub = "Content-Type: text/plain\n\nEncrypted mail";
    let file = format!(
        "Content-Type: application/octet-stream; name=noname\nContent-Disposition: attachment\n\n{armour}"
    );
    let long = format!(
        "Content-Type: text/plain\n\n{}",
        "The plain form is whole. ".repeat(5)
    );
    for (kind, parts, wanted) in [
        ("mixed", [page.as_str(), footer], true),
        ("alternative", [stub, &page], true),
        ("mixed", [stub, &file], true),
        ("alternative", [&long, &page], false),
        ("mixed", [stub, footer], false),
    ] {
        assert_eq!(to_read(kind, &parts).encrypted, wanted, "{kind} {parts:?}");
    }
}

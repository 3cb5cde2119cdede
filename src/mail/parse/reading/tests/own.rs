//! A row of words that only one form has, and what usual mail has in one form alone.

use super::*;
use crate::mail::parse::leaves_words;

const USUAL: &str = "The contact form of the public page sends the same mail as often as somebody \
    presses the button, and there is no limit at all. I pressed it forty times within one minute \
    and forty mails came to my own box, all of them the same. A visitor could use that to fill \
    the box of somebody else, which costs money and is a nuisance for them. Please set a limit \
    for each address and for each visitor within an hour, as others do.";
const CONSOLE: &str = "And the admin console runs any command of a guest as root.";

fn forms(plain: &str, html: &str) -> String {
    multi("alternative", &[self::plain(plain), self::html(html)])
}

/// The plain form is read, and nothing is listed.
fn stays(plain: &str, html: &str) {
    check(&forms(plain, html), plain.trim(), &[]);
}

/// The plain form is read, and the HTML is listed.
fn lists(plain: &str, html: &str) {
    check(&forms(plain, html), plain.trim(), &["text/html"]);
}

#[test]
fn a_sentence_that_only_the_html_has_is_read() {
    let page = format!("<p>{USUAL}</p><p>{CONSOLE}</p>");
    check(&forms(USUAL, &page), &format!("{USUAL}\n\n{CONSOLE}"), &[]);
    // Before it and in the midst of it, in a text of any length.
    let page = format!("<p>{CONSOLE}</p><p>{USUAL}</p>");
    check(&forms(USUAL, &page), &format!("{CONSOLE}\n\n{USUAL}"), &[]);
    let lines: Vec<String> = (0..3000).map(|n| format!("line{n} of the log")).collect();
    let (above, below) = (lines.join("\n"), USUAL);
    let long = format!("{above}\n{below}");
    let page = format!("<pre>{above}</pre><p>{CONSOLE}</p><p>{below}</p>");
    let read = format!("{above}\n\n{CONSOLE}\n\n{below}");
    check(&forms(&long, &page), &read, &[]);
    // In place of a sentence of the plain form, below the same disclaimer.
    let stub = "This message is in HTML. Your program cannot show it.";
    let report = "Any guest reads every invoice by changing the number in the address.";
    let page = format!("<p>{report}</p><p>{DISCLAIMER}</p>");
    let read = format!("{report}\n\n{DISCLAIMER}");
    check(
        &forms(&format!("{stub}\n\n{DISCLAIMER}"), &page),
        &read,
        &["text/plain"],
    );
    // A script without spaces.
    let usual =
        "联系表单没有任何限制访客可以在一分钟内发送四十封邮件请为每个地址设置一个上限谢谢大家";
    let more = "客人以管理员身份运行任何命令";
    let page = format!("<p>{usual}</p><p>{more}</p>");
    check(&forms(usual, &page), &format!("{usual}\n\n{more}"), &[]);
}

#[test]
fn a_form_that_may_say_something_of_its_own_is_listed() {
    // Few words; and many that stand elsewhere in the plain form.
    lists(USUAL, &format!("<p>{USUAL}</p><p>Guests become root.</p>"));
    let known = "One visitor costs others forty mails and all of their money.";
    lists(USUAL, &format!("<p>{USUAL}</p><p>{known}</p>"));
    // A word or two where the plain form has more of its own.
    let plain = format!("Please open the other form.\n\n{DISCLAIMER}");
    lists(
        &plain,
        &format!("<p>Guests are root.</p><p>{DISCLAIMER}</p>"),
    );
}

#[test]
fn where_each_form_has_a_sentence_of_its_own_both_are_read() {
    let passwords = "PS: passwords of all customers lie open.";
    let plain = format!("{USUAL}\n\n{passwords}");
    let advert = "Sent with the free edition of a great program for people who care.";
    let page = format!("<p>{USUAL}</p><p>{advert}</p>");
    let both = format!("{plain}\n{USUAL}\n\n{advert}");
    check(&forms(&plain, &page), &both, &[]);
    // A short report beside a page of a gateway.
    let plain = "Guests read all orders without login.";
    let page = "Please enable images to view this message. It was sent to you by the secure \
        centre of Example Ltd, and may hold confidential words for whoever it is meant for.";
    let both = format!("{plain}\n{page}");
    check(&forms(plain, &format!("<p>{page}</p>")), &both, &[]);
    // Side by side, and not as forms; one word in ten is new.
    let long = format!("{USUAL} {DISCLAIMER}");
    let page = format!("{long} {CONSOLE}");
    let twice = multi(
        "mixed",
        &[self::plain(&long), html(&format!("<p>{page}</p>"))],
    );
    check(&twice, &format!("{long}\n{page}"), &[]);
}

#[test]
fn no_form_is_lost_where_there_are_several() {
    let stub = plain("Scanned by the gateway of Example.");
    let report = "Guests read orders of all customers as they like.";
    let marked = html(&format!("<p>{report}</p>"));
    let footer = html("<p>Protected by a gateway. Read it online.</p>");
    let of = |parts: &[String]| multi("alternative", parts);
    let (footer_text, report_text) = ("Protected by a gateway. Read it online.", report);
    let two = of(&[marked.clone(), footer.clone()]);
    check(&two, footer_text, &["text/html"]);
    let two = of(&[plain(report), stub.clone()]);
    check(&two, report_text, &["text/plain"]);
    let three = of(&[plain("See the HTML form."), marked.clone(), footer]);
    let both = format!("See the HTML form.\n{footer_text}");
    check(&three, &both, &["text/html"]);
    let same = of(&[marked.clone(), marked]);
    check(&same, report_text, &[]);
    // Of kinds that nobody reads here.
    let calendar = |said: &str| {
        let said = format!(
            "BEGIN:VCALENDAR\nPRODID:-//Example//Program of Example 1.0//EN\nBEGIN:VEVENT\n\
             DTSTART:20270503T100000Z\nUID:1234-5678@example.net\nSUMMARY;LANGUAGE=en:A call\n\
             DESCRIPTION:{said}\nEND:VEVENT\nEND:VCALENDAR"
        );
        part("text/calendar; charset=utf-8", &said)
    };
    let invites = "A call about your report\nWe would like to talk with you on Monday.";
    let told = calendar("We would like to talk with\n  you on Monday.\\nA call about your report");
    check(&of(&[plain(invites), told]), invites, &[]);
    let more = calendar("The importer runs as root");
    check(&of(&[plain(invites), more]), invites, &["text/calendar"]);
    let rich = part("text/rtf", "{\\rtf1 guests see all invoices}");
    check(&of(&[plain(USUAL), rich]), USUAL, &["text/rtf"]);
    let enriched = part("text/enriched", &format!("<bold>{USUAL}</bold>"));
    check(&of(&[plain(USUAL), enriched]), USUAL, &[]);
}

#[test]
fn what_programs_put_into_one_form_alone_is_no_sentence() {
    // Pictures: what Outlook says of them by itself, a row of signs, and in the plain form.
    stays(
        &format!(
            "{USUAL}\n[cid:image001.png@01DA2B3C.4D5E6F70]\n[image: logo of the\ncompany] \
             [image: sign of a house]\nKim Lee\nkim@example.net"
        ),
        &format!(
            "<p>Hello!</p><p>{USUAL}</p><img src='cid:1' alt='Screenshot of a computer AI-generated content may \
             be incorrect.'><a href='mailto:lee@example.net'><img alt='facebook icon'></a>\
             <img alt='twitter icon'><img alt='linkedin icon'><p>Kim Lee</p>kim@example.net"
        ),
    );
    // Where a link leads that names a person, in a quote that is introduced in another way.
    stays(
        &format!(
            "{USUAL} kim@example.net\n\nOn Mon, 3 May 2027 at 10:00, Kim Lee wrote:\n\n> Thank you."
        ),
        &format!(
            "<p>{USUAL} <a href='mailto:kim@example.net?subject=about%20your%20report'>kim@example.net</a></p>\
             <p>Am Montag, dem 3. Mai 2027, schrieb Kim Lee an das Team:</p>\
             <blockquote type=cite>Thank you.</blockquote>"
        ),
    );
    // Numbers of a list, marks for bold words, a tab of cells.
    stays(
        "Steps:\n\n* log in\n* open *Orders*\n* change id\n* done\n\nRed Green Blue",
        "<p>Steps:</p><ol><li>log in</li><li>open <b>Orders</b></li><li>change id</li><li>done</li>\
         </ol><table><tr><td>Red</td><td>Green</td></tr><tr><td>Blue</td></tr></table>",
    );
    // What a program writes for programs.
    stays(
        &format!("{USUAL}\nhttps://code.example.org/a"),
        &format!(
            "<p>{USUAL}</p><a href='https://code.example.org/a'>https://code.example.org/a</a>\
             <script type='application/ld+json'>[{{\"@context\": \"http://schema.org\", \"@type\": \
             \"EmailMessage\", \"potentialAction\": {{\"@type\": \"ViewAction\", \"name\": \"View the \
             issue\"}}, \"description\": \"View this issue there\", \"publisher\": \"Example\"}}]</script>"
        ),
    );
    // The same paragraphs in another order, with a word more here and there.
    stays(
        &format!("{DISCLAIMER}\n\n{USUAL}"),
        &format!("<p>Hello {USUAL}</p><p>Notice: {DISCLAIMER}</p>"),
    );
}

#[test]
fn a_word_that_is_not_read_is_known() {
    let leaves = |entity: &str| {
        let bytes = format!("From: mia@example.net\n{entity}");
        leaves_words(bytes.as_bytes())
    };
    let page = format!("<p>{USUAL}</p>");
    assert_eq!(leaves(&plain(USUAL)), Some(false));
    assert_eq!(leaves(&forms(USUAL, &page)), Some(false));
    let picture = format!("{page}<img alt='a logo'>");
    assert_eq!(leaves(&forms(USUAL, &picture)), Some(false));
    let more = format!("{page}<p>Also RCE</p>");
    stays(USUAL, &more);
    assert_eq!(leaves(&forms(USUAL, &more)), Some(true));
    // Behind what was compared, nobody knows.
    let line = "The export shows all accounts of all users to guests.\n";
    let long = line.repeat(weigh::COMPARED_FORMS / line.len() + 1);
    assert_eq!(leaves(&forms(&long, &format!("<p>{line}</p>"))), Some(true));
    // What is listed, everybody sees.
    let listed = format!("{page}<p>Guests become root</p>");
    assert_eq!(leaves(&forms(USUAL, &listed)), Some(false));
}

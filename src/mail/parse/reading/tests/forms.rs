//! Which form of an alternative is read, by what each says.

use super::*;
use crate::mail::tests::costs;
use std::time::Duration;

const STUB: &str = "Your mail program does not support HTML, please use another one to read this.";
const INVOICES: &str = "Hello, an unprivileged member of a project reads the invoices of all \
    other customers: open the billing page, change the number in the request, and the answer \
    has their names.";
const USUAL: &str = "Hello, the contact form of the shop takes any file, and the place where it \
    is stored runs it: upload a script with the name of a picture, and open its address. I \
    have tried it with one line that prints the date, and removed it at once. The steps are in \
    the file, and I am glad to help. Kind regards, Kim Lee";

fn forms(plain: &str, html: &str) -> String {
    multi("alternative", &[self::plain(plain), self::html(html)])
}

/// The plain form is read, and nothing is listed.
fn stays(plain: &str, html: &str) {
    check(&forms(plain, html), plain.trim(), &[]);
}

#[test]
fn a_stub_is_told_by_what_the_other_form_says() {
    // Not so much longer.
    let page = format!("<p>{INVOICES}</p>");
    check(&forms(STUB, &page), &format!("{STUB}\n{INVOICES}"), &[]);
    // The same disclaimer below each, of any length.
    let report = "The importer runs what is in the name of a file as root: name it $(id), upload \
        at https://files.example.org/up and see the log. All customer data is open.";
    let sentences: Vec<String> = (0..200).map(|n| format!("clause{n}")).collect();
    let long = format!("{DISCLAIMER} {}", sentences.join(" "));
    for (below, report) in [(DISCLAIMER, report), (&long, INVOICES)] {
        let stub = "This message is in HTML. Your program cannot show it.";
        let plain = format!("{stub}\n\n{below}");
        let page = format!("<p>{report}</p><p>{below}</p>");
        let read = format!("{report}\n\n{below}");
        check(&forms(&plain, &page), &read, &["text/plain"]);
    }
    // A text in few words, which has none of the words of the other.
    let few = "Root for every guest";
    let page = format!("<p>{few}</p>");
    let read = "Read the other form\nRoot for every guest";
    check(&forms("Read the other form", &page), read, &[]);
}

#[test]
fn scripts_without_spaces_are_weighed() {
    let stub = "您的邮件程序无法显示此邮件的内容请使用其他支持的程序打开并阅读这封电子邮件谢谢您的\
        理解与支持如有任何疑问请联系您的系统管理员以获得更多的帮助和技术支持我们将尽快回复您的来信\
        并感谢您一直以来的信任和合作祝您工作顺利身体健康万事如意";
    let report = "普通成员可以读取所有其他客户的发票打开账单页面修改请求中的编号即可看到他们的姓名";
    let page = format!("<p>{report}</p>");
    check(&forms(stub, &page), &format!("{stub}\n{report}"), &[]);
    // The same text, which a program wrapped.
    let letters: Vec<char> = report.chars().collect();
    let lines: Vec<String> = letters.chunks(20).map(String::from_iter).collect();
    stays(&lines.join("\n"), &page);
    let thai = "สมาชิกทั่วไปสามารถอ่านใบแจ้งหนี้ของลูกค้ารายอื่นทั้งหมดได้";
    let page = format!("<p>{thai}</p>");
    check(&forms(STUB, &page), &format!("{STUB}\n{thai}"), &[]);
    stays(thai, &page);
}

#[test]
fn a_host_that_only_the_html_names_is_seen() {
    let page = format!("<p>{USUAL}</p><p>And see https://admin.example.org/run.</p>");
    let read = format!("{USUAL}\n\nAnd see https://admin.example.org/run.");
    check(&forms(USUAL, &page), &read, &[]);
    // As the target of a link, and without a scheme.
    let link = USUAL.replace(
        "the file",
        "<a href='https://up.example.org/x'>the file</a>",
    );
    let read = USUAL.replace("the file", "[the file] <https://up.example.org/x>");
    // "any file" stays, and so does a host with a "www." before it.
    check(&forms(USUAL, &link), &read, &[]);
    let page = format!("<p>{USUAL}</p><p>It is at pay.example.net too.</p>");
    let read = format!("{USUAL}\n\nIt is at pay.example.net too.");
    check(&forms(USUAL, &page), &read, &[]);
    // A name that has the other in it is another.
    let plain = format!("{USUAL}\nhttps://data.example.org/");
    let page = format!("<p>{USUAL}</p>https://a.example.org/");
    let both = format!("{plain}\n{USUAL}\n\nhttps://a.example.org/");
    check(&forms(&plain, &page), &both, &[]);
}

#[test]
fn a_page_that_only_a_link_names_is_seen_though_its_host_is_known() {
    let link = |to: &str| USUAL.replace("the file", &format!("<a href='{to}'>the file</a>"));
    let seen = |to: &str| USUAL.replace("the file", &format!("[the file] <{to}>"));
    for (known, to) in [
        ("security@example.org", "https://example.org/item?id=1"),
        ("www.example.org", "https://www.example.org/a/b"),
        ("https://example.org/", "https://example.org/?id=1"),
        (
            "It is on drive.example.net now",
            "https://drive.example.net/file/d/1/view",
        ),
        // The parent of a page, and one that begins as a short one does, are others.
        ("https://example.org/a/b", "https://example.org/a"),
        ("https://example.org/a", "https://example.org/admin"),
    ] {
        let plain = format!("{USUAL}\n{known}");
        let page = format!("<p>{}</p><p>{known}</p>", link(to));
        check(
            &forms(&plain, &page),
            &format!("{}\n\n{known}", seen(to)),
            &[],
        );
    }
    // They are named: with a sentence that ends behind them, without a scheme, wrapped.
    let long = "https://shop.example.org/a/rather/long/way/to/the/export-of-all-accounts?id=1&to=2";
    let (begin, end) = long.split_at(60);
    let wrapped = format!("<{begin}\n{end}>");
    for (known, to) in [
        (
            "See https://example.org/item?id=1.",
            "https://example.org/item?id=1",
        ),
        ("(see example.org/item/)", "https://www.example.org/item"),
        ("https://example.org", "https://example.org/"),
        (&wrapped, long),
    ] {
        let page = format!(
            "<p>{}</p><p>{}</p>",
            link(to),
            known.replace(['<', '>'], "")
        );
        stays(&format!("{USUAL}\n{known}"), &page);
    }
}

#[test]
fn a_plain_form_that_says_something_else_is_read_too() {
    let other = "The export of the accounts is open to guests as well: ask for it by its number, \
        without a session, and the server sends each row with the password and the address. \
        Nobody is told of it, no log has it, and the limit of requests does not hold there.";
    let page = format!("<p>{USUAL}</p>");
    check(&forms(other, &page), &format!("{other}\n{USUAL}"), &[]);
    // With a host that the HTML lacks it is never left out.
    let plain = format!("See https://one.example.org/\n{DISCLAIMER}");
    let page = format!("<p>{USUAL}</p><p>{DISCLAIMER}</p>");
    let both = format!("{plain}\n{USUAL}\n\n{DISCLAIMER}");
    check(&forms(&plain, &page), &both, &[]);
}

#[test]
fn plain_forms_as_programs_make_them_are_read() {
    // Gmail: marks for bold words, wrapped lines, and where a link leads.
    stays(
        "Hello,\n\nthe *export* of the shop [1] shows all accounts of all\nusers to guests \
         <https://shop.example.org/x?a=1>.\n\n[image: shot.png]\n\n--\nKim Lee",
        "<div dir=ltr>Hello,<div><br></div><div>the <b>export</b> of the shop [1] shows all \
         accounts of all users to <a href='https://shop.example.org/x?a=1'>guests</a>.</div>\
         <img src='cid:1' alt='shot.png'><div>-- <br>Kim Lee</div></div>",
    );
    // Outlook: the address of a person, and of the company, in a signature and a quote.
    stays(
        &format!(
            "{USUAL}\nKim.Lee@example.net<mailto:Kim.Lee@example.net> | \
             www.example.net<http://www.example.net/>\n\nFrom: Security <security@example.org>\n\
             Sent: Monday\nTo: Kim Lee\n\nThank you for your report."
        ),
        &format!(
            "<style>p {{ color: red }}</style><p class=MsoNormal>{USUAL}</p>\
             <p><a href='mailto:Kim.Lee@example.net'>Kim.Lee@example.net</a> | \
             <a href='http://www.example.net/'>www.example.net</a></p><img src='cid:image001.png' \
             alt='image001.png'><div style='border:none;border-top:solid #E1E1E1 1.0pt'>\
             <p><b>From:</b> Security &lt;security@example.org&gt;<br><b>Sent:</b> Monday<br>\
             <b>To:</b> Kim Lee</p></div><p>Thank you for your report.</p>"
        ),
    );
    // Apple Mail: what a picture is called stands in the HTML alone.
    stays(
        &format!("{USUAL}\n\nSent from my iPhone"),
        &format!(
            "<html><body>{USUAL}<br><img alt=\"IMG_0012.jpeg\" src=\"cid:2\"><br>Sent from my \
             iPhone</body></html>"
        ),
    );
    // GitHub: a script for programs.
    stays(
        &format!("{USUAL}\n\n--\nReply to this email directly: https://code.example.org/a/b/1"),
        &format!(
            "<p>{USUAL}</p><p>&mdash;<br>Reply to this email directly: \
             <a href='https://code.example.org/a/b/1'>https://code.example.org/a/b/1</a></p>\
             <script type='application/ld+json'>{{\"@context\": \"http://schema.org\", \"url\": \
             \"https://code.example.org/a/b/1\"}}</script>"
        ),
    );
    // A newsletter: a line above all, in soft hyphens, headings in capitals, another order.
    stays(
        &format!("NEWS OF MAY\n\n{USUAL}\n\nRead on: https://news.example.net/may?u=1\n"),
        &format!(
            "<div style='display:none'>News of May&#847;&zwnj;&nbsp;</div><h1>News of May</h1>\
             <p>{}</p><a href='https://news.example.net/may?u=1'>Read on</a>",
            USUAL.replace("contact", "con&shy;tact")
        ),
    );
}

#[test]
fn a_link_by_way_of_a_gateway_leads_to_where_the_plain_form_says() {
    let place = "https://shop.example.org/x?a=1";
    let plain = format!("{USUAL}\n{place}");
    let page = |link: &str| format!("<p>{USUAL}</p><p><a href='{link}'>{place}</a></p>");
    for way in [
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example.org%2Fx%3Fa%3D1&amp;data=05",
        "https://urldefense.com/v3/__https://shop.example.org/x?a=1__;!!AbC!d$",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__shop.example.org_x&amp;d=Dw",
        "https://protect-eu.mimecast.com/s/AbCdE?domain=shop.example.org",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Furldefense.com%2Fv3%2F__https%3A%2F%2Fshop.example.org%2Fx__%3B",
    ] {
        stays(&plain, &page(way));
    }
    // To somewhere else, and by a way that is no gateway.
    for way in [
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.example%2F",
        "https://urldefense.com.evil.example/v3/__https://shop.example.org/x",
        "https://evil.example/?to=https%3A%2F%2Fshop.example.org%2Fx",
    ] {
        let read = format!("{USUAL}\n\n[{place}] <{way}>");
        check(&forms(&plain, &page(way)), &read, &[]);
    }
}

#[test]
fn what_is_too_long_to_be_weighed_is_listed() {
    // Each line is in both; behind what is weighed, nobody has looked.
    let line = "The export shows all accounts of all users to guests.\n";
    let long = line.repeat(weigh::COMPARED_FORMS / line.len() + 1);
    let page = format!("<pre>{long}</pre><p>{INVOICES}</p>");
    check(&forms(&long, &page), long.trim(), &["text/html"]);
    // A picture within the page is long: where no word of the text was seen, both are read.
    let page = format!(
        "<img src='data:image/png;base64,{}'><p>{line}</p>",
        "A".repeat(weigh::WEIGHED)
    );
    let both = format!("{line}\n[image]\n\n{}", line.trim());
    check(&forms(line, &page), &both, &[]);
    let page = format!(
        "<img alt=x src='data:image/png;base64,{}'><p>{line}</p>",
        "A".repeat(weigh::WEIGHED / 2)
    );
    check(&forms(line, &page), line.trim(), &[]);
}

#[test]
fn no_two_forms_cost_more_than_moments() {
    for piece in [
        "a.",
        "a.b ",
        "://",
        "https://urldefense.com/://",
        "https://urldefense.com/////",
        "\u{4e00}",
        "a\u{4e00}",
        "\u{130}",
        "@",
        "<a href=https://a.example>x</a>",
        "https://a.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "a.example/a/",
        "<",
    ] {
        // No stub.
        let words = "word ".repeat(LONG_STUB);
        let text = format!("{words}{}", piece.repeat(weigh::WEIGHED / 3 / piece.len()));
        let many = weigh::WEIGHED / 3 / (piece.len() + 7);
        let numbered: String = (0..many).map(|n| format!("{piece}{n} ")).collect();
        for (text, other) in [(&text, &numbered), (&numbered, &text)] {
            let mut nested = forms(text, other);
            for _ in 0..8 {
                nested = multi("alternative", &[plain("x"), nested]);
            }
            let bytes = format!("From: mia@example.net\n{nested}");
            let (_, took) = costs(|| parse(bytes.as_bytes(), true));
            assert!(took < Duration::from_secs(4), "{piece:?} took {took:?}");
        }
    }
}

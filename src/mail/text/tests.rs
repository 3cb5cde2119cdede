//! Mails as programs and people write them.

use super::*;
use crate::mail::tests::costs;

fn check(text: &str, new: &str) {
    let written = written(&Foreign::new(text), Occasion::Answer);
    assert_eq!(written.raw(), new, "{text:?}");
}

/// What the reading by which things are decided takes for new too.
fn both(text: &str, new: &str) {
    check(text, new);
    let decided = steady::newly_written(&Foreign::new(text));
    assert_eq!(decided.raw(), new, "{text:?}");
}

#[test]
fn what_stands_above_a_quote_is_new() {
    both(
        "yes\r\n\r\nOn 1 Nov 2026, Kim wrote:\r\n> is it?\r\n",
        "yes",
    );
    both(
        "yes\n\nOn 1 Nov 2026 at 10:00, Kim Lee\n<kim@example.net>\nwrote:\n\n> is it?\n",
        "yes",
    );
    both(
        "ja\n\nAm 01.11.26 um 10:00 schrieb Kim Lee <kim@example.net>:\n> ist es?",
        "ja",
    );
    both(
        "да\n\nср, 30 2025 г. в 15:19, Kim <kim@example.net>:\n\nнет",
        "да",
    );
    both("yes\n\n-----Original Message-----\nis it?", "yes");
    both(
        "yes\n\n________________________________\nFrom: Kim\nSent: 1 Nov 2026\nTo: Mia\nSubject: x\n\nis it?",
        "yes",
    );
    both(
        "oui\n\n*De :* Kim\n*Envoyé :* 1 nov. 2026\n*À :* Mia\n\nalors?",
        "oui",
    );
    both(
        "yes\n\nOn Wed, 4 Nov 2026 08:14:43 -0200 Kim <kim@example.net> wrote\n\nis it?",
        "yes",
    );
    both("yes\n-- \nKim\nExample Inc.", "yes");
    check(
        "yes\n\nSent from my telephone\n\nOn 1 Nov 2026, Kim wrote:\n> is it?",
        "yes",
    );
}

#[test]
fn what_stands_between_quotes_is_new() {
    both(
        "On 1 Nov 2026, Kim wrote:\n> one?\nyes\n> two?\nno",
        "yes\nno",
    );
    both("> one?\n\nyes", "yes");
}

#[test]
fn what_a_report_shows_is_no_quote() {
    for report in [
        "Send this:\n\nGET / HTTP/1.1\nHost: example.org\nCookie: a=b\nDate: 2026",
        "A mail is accepted:\n\nFrom: a@b\nTo: c@d\nSubject: e\n\nf",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\nabc\n-----END PGP PUBLIC KEY BLOCK-----",
        "--- a/main.c\n+++ b/main.c",
        "The log for admin@example.org reads:\n2026 x",
    ] {
        both(report, report);
    }
}

#[test]
fn a_very_long_text_is_shown_to_its_end() {
    let log = "line\n".repeat(LINES);
    both(
        &format!("{log}> quoted\nend"),
        &format!("{log}> quoted\nend"),
    );
}

#[test]
fn nothing_new_shows_everything() {
    both("> all\n> quoted", "> all\n> quoted");
    both("", "");
    both("-- \nKim", "-- \nKim");
}

fn is_shown_whole(texts: &[&str]) {
    for text in texts {
        check(text, text);
        let first = written(&Foreign::new(*text), Occasion::First);
        assert_eq!(first.raw(), *text);
    }
}

#[test]
fn fields_below_a_rule_are_a_report_unless_they_are_a_mails() {
    is_shown_whole(&[
        "Details\n-----\nUser: kim@example.net\nDate: 2026-11-02\nEndpoint: /login",
        "Details\n\n-----\nUser: kim@example.net\nDate: 2026-11-02\nEndpoint: /login\nBrowser: x",
        "Details\n-----\nUser: Kim <kim@example.net>\nDate: 2026\nEndpoint: /a\nBrowser: x",
        "Details\n\n-----\nUser: Kim <kim@example.net>\nDate: 2026-11-02\nEndpoint: /login",
    ]);
    check(
        "yes\n\n-----\nKimtaholo: Kim <kim@example.net>\nTaaki: 2 Nov 2026\nLoho: Mia\nSani: x\n\nis it?",
        "yes",
    );
}

#[test]
fn a_report_that_speaks_of_a_list_has_no_footer() {
    is_shown_whole(&[
        "Steps\n=====\n1. Open the list\n2. Press unsubscribe\n\nIt fails.",
        "a\n\n~~~\nunsubscribe 1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11",
        "a\n**\nunsubscribe",
        "a\n\n-----\nThe link to unsubscribe takes any token.",
    ]);
    let one = "a\n\n-----\nThe link to unsubscribe takes any token.\n\nb";
    let shown = written(&Foreign::new(one), Occasion::First);
    assert_eq!(shown.raw(), one);
    let two = "a\n____\nx mailing list\nhttps://lists.example.org/listinfo/x\n\n> b";
    check(two, "a");
    let first = written(&Foreign::new(two), Occasion::First);
    assert_eq!(first.raw(), two);
}

#[test]
fn a_section_of_an_answer_about_lists_is_no_footer() {
    let anybody = "Anybody can unsubscribe any member of any mailing list without a password, by the URL https://lists.example.org/x?u=1.";
    let footer = "____\nx mailing list\nhttps://lists.example.org/listinfo/x";
    for section in [
        format!("-----\n{anybody}"),
        format!("-----\n{anybody}\n\n> b"),
        format!("-----\n{anybody}\n\n{footer}\n\nMia"),
        format!("{footer}\n\nand one more"),
        format!("{footer}\nshows all members."),
        format!("{footer}\n-----\nSecond: the admins too."),
        "-----\nx mailing list\nhttps://lists.example.org/listinfo/x?lang=../../etc".to_owned(),
        "-----\nx mailing list\nhttps://lists.example.org/listinfo/x<svg>".to_owned(),
        "-----\nx mailing list\nhttps://lists.example.org/listinfo/x\nhttps://other.example/y"
            .to_owned(),
        "-----\nhttps://lists.example.org/listinfo/x".to_owned(),
        "-----\nThe mailing list archives of x are open, mailman says.".to_owned(),
        "-----\nPrivate mailing list\nhttps://lists.example.org/listinfo/x".to_owned(),
    ] {
        let text = format!("Hello again, here is the second problem.\n\n{section}");
        let shown = written(&Foreign::new(text.as_str()), Occasion::Answer);
        let wanted = text.trim_end_matches("\n\n> b");
        assert_eq!(shown.raw(), wanted);
    }
    let many = format!("yes\n\n{footer}\n\n{footer}\n\n{footer}");
    check(&many, "yes");
}

#[test]
fn sentences_are_no_telephones() {
    is_shown_whole(&[
        "a\n\nSent with a forged cookie\n\nit answers 200",
        "a\n\nVon meiner Seite aus\n\nist es behoben",
        "Sent via POST:\n\nx=1",
        "Sent from my server, it fails",
        "It was\nSent with a forged cookie",
        "a\n\nSent using `curl`",
    ]);
    check("a\n\nSent with Proton Mail secure email.", "a");
    check("a\n\nVon meinem Telefon gesendet\n\n> b", "a");
    check("a\nSent from my telephone\n\nb", "a\n\nb");
}

#[test]
fn a_paragraph_about_confidential_data_is_no_notice() {
    is_shown_whole(&[
        "a\n\nThe information at https://app.example/api/export/17 is confidential\nand any unauthorized visitor can read it.\n\nMia",
        "a\n\nImportant: any unauthorized user reads confidential invoices by GET /invoices/17.",
        "a\n\nThis e-mail field is confidential and intended for the owner.\n\nb",
    ]);
    let place = "a\n\nThis message is confidential, intended only for admins: GET /admin.";
    let first = written(&Foreign::new(place), Occasion::First);
    assert_eq!(first.raw(), place);
    let notice = "This e-mail is confidential. If you received this in error, delete it.";
    for end in [
        "",
        "\n\n> b",
        "\n\n-- \nMia",
        "\n____\nx mailing list\nhttps://lists.example.org/listinfo/x",
    ] {
        let text = format!("a\n\n{notice}\n\nWarning: {notice}{end}");
        check(&text, "a");
        let first = written(&Foreign::new(text), Occasion::First);
        assert!(first.raw().contains("confidential"), "{end}");
    }
}

#[test]
fn what_is_nearly_a_notice_or_a_footer_costs_no_more_than_its_length() {
    let line = "if you received this confidential message in error, please delete it and all of its copies.\n";
    let notices = format!("a\n\n{}", (line.repeat(39) + "\n").repeat(250));
    let notices = format!("{notices}b\n{}", notices.replace("its", "my"));
    let below = format!("{}{}\n\n", "---\n".repeat(8), "y".repeat(100_000));
    for text in [notices, below.repeat(200)] {
        let (_, cost) = costs(|| written(&Foreign::new(text), Occasion::Answer));
        assert!(cost.as_secs() < 5, "{cost:?}");
    }
}

#[test]
fn a_first_report_of_confidential_mails_that_go_astray_is_shown() {
    for last in [
        "This message form of shop.example.org sends confidential mails of others in error to every visitor.",
        "Confidentiality: high, the mails of one customer go to another by mistake.",
        "Privileged actions are allowed in error for any user.",
        "This email is sent to all customers in error. It has confidential data of others.",
        "Important: confidential invoices are sent in error to all customers.",
        "Vertraulichkeit: Rechnungen gehen versehentlich an andere Kunden.",
    ] {
        let text = format!("Hello,\n\n{last}");
        let first = written(&Foreign::new(text.as_str()), Occasion::First);
        assert_eq!(first.raw(), text);
    }
    let again = "It is as before.\n\nConfidentiality: high, the mails go to another by mistake.";
    check(again, again);
}

#[test]
fn an_answer_about_confidential_mails_that_go_astray_is_shown() {
    for last in [
        "Disclaimer: I opened one confidential file of a customer by mistake while I tested, and deleted it at once.",
        "Hinweis: die vertraulichen Rechnungen gehen auch versehentlich an andere Kunden.",
        "La información confidencial de los clientes se envía por error a cualquier usuario de /export.",
        "Les informations confidentielles des clients sont envoyées par erreur à tous, voir https://example.org/a.",
        "This message endpoint https://example.org/api/msg also gives confidential mails in error to every user.",
        "This email address list is readable from outside the company in error.",
        "Notice: https://example.org/export is still open, confidential data is sent by mistake.",
        "Caution: the confidential export of /admin is given in error to guests.",
        "Confidential: the exporter of example.org sends the mail received this morning in error to all.",
        "Il contenuto del file riservato è inviato per errore a tutti.",
        "このメールの機密情報が誤って全員に送信されます。",
        "Это сообщение с конфиденциальными данными по ошибке уходит всем.",
        // Words of notices, and what only a person writes.
        "This e-mail is confidential. If you received it in error, please delete it. The other account works too.",
        "This message is confidential. If you received it in error, please delete it: /all",
        "This message is confidential. If you received it in error, please delete delete.example.org.",
        "This message is confidential. If you received it in error, please delete 4.2 of it.",
        "This message is confidential. I must not be named if you notify the other persons. If you received it by mistake, please delete it.",
        "This confidential message is received in error if you are not the intended recipient.",
        "If you are not the recipient, you may delete the confidential messages of other persons.",
        "Confidentiality: if you are not the addressee of a message, you read it.",
        "Diese vertrauliche Nachricht erhalten versehentlich alle, wenn sie nicht der Empfänger ist.",
        "Wenn Sie nicht der Empfänger sind, ist die vertrauliche Mail bitte wo? In jedem Postfach.",
        "Ce message confidentiel est transmis par erreur si vous n'êtes pas le destinataire.",
        "Si vous n'êtes pas le destinataire, le message confidentiel est à vous : c'est le défaut.",
        "Este mensaje es confidencial y por error otra persona es el destinatario.",
        "Se il destinatario è un'altra persona, il messaggio riservato è inviato per errore a me.",
        "Если вы не являетесь получателем, конфиденциальное письмо всё равно приходит.",
        "誤って受信された場合でも機密情報が表示されます。",
        "Ta wiadomość jest poufna, a omyłkowo widzi ją każdy adresat.",
        "本邮件的机密附件会误发给其他收件人。",
        "הודעה זו חסויה אך נשלחת בטעות לכל הנמענים.",
        "هذه الرسالة سرية وتصل بطريق الخطأ إلى المرسل إليهم جميعا.",
    ] {
        let text = format!("Hello, one more thing.\n\n{last}");
        check(&text, &text);
    }
}

#[test]
fn a_notice_below_an_answer_is_left_out() {
    for notice in [
        "This message contains confidential information and is intended only for the individual\nnamed. If you are not the named addressee you should not disseminate, distribute or\ncopy this e-mail.",
        "CONFIDENTIALITY NOTICE: This e-mail and any attachments may contain confidential and/or\nprivileged information. If you are not the intended recipient, any use or disclosure\nis strictly prohibited.",
        "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie\nnicht der richtige Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren\nSie bitte sofort den Absender und vernichten Sie diese Mail. Das unerlaubte Kopieren\nsowie die unbefugte Weitergabe dieser Mail ist nicht gestattet.",
        "Le informazioni contenute in questo messaggio sono riservate e per uso esclusivo del\ndestinatario. Se ricevuto per errore, cancellatelo.",
    ] {
        check(&format!("yes\n\n{notice}"), "yes");
    }
}

#[test]
fn a_signature_of_more_lines_is_left_out_of_an_answer() {
    for signature in [
        "Kim Lee\nHead of Security at the University of Example\nTel. +1 555 0100",
        "Dr. Kim Lee\nFachbereich für Informatik und Medien\nHochschule Beispiel\nkim@example.net\nhttps://example.net/",
        "Le informazioni contenute in questo messaggio sono\nriservate e per uso del destinatario, e di nessun altro.\n\nPersone diverse dal destinatario non possono copiare o consegnare il\nmessaggio a terzi.\n\nSe ricevete questo messaggio per errore, Vi preghiamo di restituircelo\nimmediatamente e di cancellarlo. Grazie.\n\nEsempio - Roma\ntel 0123-456789 fax 0123-456789 e-mail info@example.net",
        "金 李\n東京都千代田区千代田一丁目一番一号",
    ] {
        check(&format!("yes\n\n-- \n{signature}"), "yes");
    }
}

#[test]
fn an_answer_goes_on_below_strokes_that_tell_of_a_place() {
    for text in [
        "Hello,\n\n--\nhttps://example.org/acc/17 shows account 17\nlogin is not needed",
        "it is\n' UNION SELECT password FROM users\n-- \nIt reads https://admin.example.org/.",
        "one more\n-- \nthe page /admin is open",
        "one more\n-- \nit gives all the passwords",
        "one more\n\n--\nlogin is not needed",
        "one more\n-- \nEvery user may read the table.",
        "还有\n-- \n所有 用户 都 可以读取。",
        "Hi,\n\n-- \nThe admin console runs any command of a guest.",
        "Hi,\n\n-- \nKim\n\nHere is my answer: the admin console runs any command of a guest.\nYou log in and type it.",
        "Hi,\n\n-- \nKim\nHere is my answer: the admin console runs any command of a guest.\nYou log in and type it.",
        "Hi,\n\n-- \nKim Lee\nExample Labs\nThe admin console runs any command of any guest\nKim",
        "Hi,\n\n-- \nKim\n\nOne more thing I noticed while testing: the recipient of an\ninvitation can be changed by any guest, who may then delete the account.",
        "Hi,\n\n-- \nKim\n\n还可以用空密码登录管理后台！",
        "Hi,\n\n-- \nKim\nConfidential mails go to the wrong recipient, privileged ones in error.",
        "还有\n\n-- \nKim\n所有用户都可以读取其他用户的发票。",
        "Thanks, see below.\n\n-- \nKim Doe\n\nThe confidential invoices of any recipient can be read by everybody\nwho knows the number of it and nobody is asked for a password",
        "Hi,\n\n-- \nKim Doe\n\nSecond PoC: https://b.example.org/two",
        "Hi,\n\n-- \nKim Doe\nPS: /admin/two too",
        "Hi,\n\n-- \nKim Doe\nalso https://b.example.org/?id=2",
    ] {
        check(text, text);
    }
    for card in [
        "Example Labs\nWeb: https://labs.example.org/kim",
        "Blog https://labs.example.org/",
    ] {
        check(&format!("Hi,\n\n-- \nKim Doe\n{card}"), "Hi,");
    }
    let answer = "Hi,\n\n-- \nKim Lee\n\nHere is my answer, and I am sorry that I was late with it: the\nadmin console runs any command of a guest, who only logs in and\ntypes it there. The passwords of all customers are open.";
    let notice = "This e-mail is confidential and intended solely for the addressee. If you are not the\nintended recipient please notify the sender and delete it.";
    check(&format!("{answer}\n\n{notice}"), answer);
    let below = "By the way, the admin console still runs any command of a guest and you\ncan delete the whole account of everybody with it";
    let text = format!("Hi,\n\n-- \nKim Lee\n\n{notice}\n\n{below}");
    check(&text, &text);
}

mod first;
mod footers;
mod opening;

#[test]
fn answers_within_a_quote_without_marks_are_shown_where_the_cover_says_so() {
    let quote = "-----Original Message-----\nWhich version?\nIt is 2.4.1.";
    for cover in [
        "Hallo Anna, Antworten im Text.",
        "Bonjour, voir mes réponses dans le texte.",
        "Hola, mis respuestas en el texto.",
        "Ciao, risposte nel testo.",
        "Hi, my answers are within your mail.",
        "Hi, comments embedded.",
        "Hi, answers are marked with [KL].",
        "Hallo, Antworten direkt bei den Fragen.",
        "Hej, svar i texten.",
        "Hoi, antwoorden tussen de tekst.",
        "Hi, please find my answers next to your questions.",
        "Hi, see my responses after each question.",
        "回答见红字",
        "インラインで回答します。",
        "本文中に回答いたします。",
        "Ответы выделены красным.",
    ] {
        let text = format!("{cover}\n\nKim\n\n{quote}");
        check(&text, &text);
    }
    check(
        &format!("2.4.1, since May.\n\n{quote}"),
        "2.4.1, since May.",
    );
}

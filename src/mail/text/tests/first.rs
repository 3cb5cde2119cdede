//! First reports: what looks like a quote, a signature or a footer in them is what they report.

use super::*;

/// What is new in a first report that `From: Mia Chen <mia@example.net>` wrote.
fn first(text: &str) -> String {
    let mail = format!("From: Mia Chen <mia@example.net>\nSubject: x\n\n{text}");
    new_in(&crate::mail::parse::parse(mail.as_bytes(), true))
        .raw()
        .to_owned()
}

#[test]
fn a_first_report_goes_on_below_strokes() {
    for text in [
        "Hello,\n\n--\nhttps://example.org/acc/17 shows account 17\nlogin is not needed",
        "the query that works at https://example.org/q is\n' UNION SELECT password FROM users\n-- \nIt gives the passwords of all users of https://admin.example.org/. Version 4.2.1.\nPlease credit me as Kim Lee.",
        "It takes any token, see below for how.\n\n--\nhttps://example.org/login\nlogin is not needed",
        "I found two things in your application today.\n\n--\nStored XSS\nhttps://example.org/profile",
        "Hi,\nsee below.\n-- \nStored XSS\nMia",
        "I found this in your application:\n\n--\nStored Injection",
        "I found this in your application:\n\n--\nOpen Redirect\nReported By Mia Chen",
        "SELECT 1\n-- \nMia can read it",
        "It fails.\n\n--\nMia Chen\nhttps://example.org/export",
        "It fails.\n\n--\nMia Chen\nPoC: https://mia.example.net/poc.html?id=1",
        "It fails.\n\n--\nMia\nVersion 4.2.1",
        "It fails.\n\n--\nMia, https://example.org/export",
        "It fails.\n\n--\nMia Chen\nhttps://admin.example.org/",
        "It fails.\n\n-- \nMia\nP.S. Auch Version Acht",
        "It fails.\n\n-- \nMia\nPS: Credit Mia Chen",
        "It fails.\n\n-- \nMia\nalso without a login",
        "It fails.\n\n-- \nMia\n10.0.0.7",
        "It fails.\n\n—\nMia, ALL ACCOUNTS ARE OPEN",
        "It fails.\n\n__\nSécurité : la page /admin est ouverte",
        "失敗します。\n\n--\nログイン不要",
        "Не работает.\n\n--\nпароль не нужен",
        "Hello,\n\n-- \nMia Chen\nAdmin Console Open Without Password",
        "Hello,\n\n-- \nMia Chen\nAdmin Console Open",
        "I found this in your shop, with the newest version of it.\n\n-- \nMia Chen\nAdmin Console Open Without Password",
        "לא עובד\n\n-- \nאין צורך בסיסמה",
    ] {
        assert_eq!(first(text), text);
    }
    for (text, new) in [
        ("It fails.\n\n-- \nMia\n", "It fails."),
        (
            "It fails.\n\n-- \nMia, https://chen.example/\n",
            "It fails.",
        ),
        (
            "It fails.\n\n-- \nMia, https://research.example\n",
            "It fails.",
        ),
        (
            "It fails.\n\n-- \nMia Chen, Example Research\nhttps://mia.example.org/\n",
            "It fails.",
        ),
        (
            "Any guest of the shop reads all the orders.\n\n-- \nMia Chen\nSenior Security Researcher\nDepartment of Computer Science and Engineering",
            "Any guest of the shop reads all the orders.",
        ),
        (
            "It fails.\n\n--\nDr. Mia Chen | Head of Security\nTel.: +1 555 0100\nmia@example.net\nwww.example.net",
            "It fails.",
        ),
    ] {
        assert_eq!(first(text), new);
    }
}

#[test]
fn what_was_sent_from_an_account_is_no_telephone() {
    for line in [
        "Sent from my second account without any token",
        "Sent from my iPhone without any token",
        "Sent from a forged phone",
        "Sent with Burp Suite",
        "Sent via POST",
        "Sent from Kali Linux",
        "Gesendet von meinem zweiten Konto ohne Token",
        "Envoyé de mon second compte sans jeton",
        "Enviado desde mi otra cuenta sin token",
        "Wysłano z konta bez tokenu",
        "Отправлено с другого аккаунта",
        "发自我的iPhone无需令牌",
        "別のアカウントから送信",
        "任何人都可以用贵公司的邮件服务器 mx.example.org 发送",
        "密码以明文从 https://example.org/login 发送",
        "パスワードが平文で example.org から送信",
        "全ユーザーの個人情報が https://api.example.org/u から送信されました",
        "비밀번호가 평문으로 example.org 에서 보냄",
        "Parola example.org'dan gönderildi",
        "Gesendet von admin@example.org ohne Anmeldung am Server",
        "Envoyé depuis votre serveur example.org par un inconnu",
        "Enviado desde su servidor mx.example.org sin clave",
        "Отправлено с вашего сервера mx.example.org без пароля",
        "Sent from ceo@example.org by me without a password",
        "Sent with GET to http://example.org/login without TLS",
        "Sent from Outlook@example.org",
        "密码从手机example.org发送",
    ] {
        for text in [
            format!("It works.\n\n{line}\n\nb"),
            format!("It works.\n\n{line}"),
        ] {
            assert_eq!(first(&text), text);
            check(&text, &text);
        }
    }
    for line in [
        "パスワードがスマートフォンから送信",
        "비밀번호 iPhone 에서 보냄",
        "Parola Android'den gönderildi",
        "Sent via Android Intent To Samsung Mail",
        "Sent with Password Of Android",
        "Get Outlook for iOS <https://example.org/download>",
        "Get Outlook for iOS <https://tuta.com.example.org/poc>",
        "Get Outlook for iOS <https://example.org/r?u=https://proton.me/>",
        "Sent from my iPhone (http only, the password is readable)",
        "Get Outlook for iOS<ftp://aka.ms/o0ukef>",
        "Sent from Mail (https://example.org/out) for Windows",
    ] {
        let text = format!("It works.\n\n{line}");
        assert_eq!(first(&text), text);
    }
    let report = "Any guest of the shop reads all the orders.";
    for line in [
        "Sent from my iPhone",
        "Sent from Mail for Windows 10",
        "Sent from Yahoo Mail on Android",
        "Sent with Proton Mail secure email.",
        "Sent with [Proton Mail](https://proton.me/mail/home) secure email.",
        "Get [Outlook for iOS] <https://aka.ms/o0ukef>",
        "Get Outlook for Android<https://aka.ms/AAb9ysg>",
        "Holen Sie sich Outlook für iOS<https://aka.ms/o0ukef>",
        "Sent from Mail<https://go.microsoft.com/fwlink/?LinkId=550986> for Windows",
        "Sent from Samsung Galaxy S23",
        "iPhoneから送信",
        "Von meinem iPhone gesendet<https://aka.ms/o0ukef>.",
        "私の iPhone から送信",
        "내 iPhone에서 보냄",
        "iPhone'umdan gönderildi",
        "Gesendet von meinem Galaxy S24 Ultra",
        "Envoyé depuis mon téléphone Android",
        "发自我的iPhone",
    ] {
        assert_eq!(first(&format!("{report}\n\n{line}")), report);
    }
    assert_eq!(first("It works.\n\nSent from my iPhone"), "It works.");
    let within = "It works.\n\nSent from my iPhone\n\nb";
    assert_eq!(first(within), within);
}

#[test]
fn a_first_report_is_no_quote_of_what_a_program_wrote() {
    for text in [
        "Hello\n\nYour chatbot on https://example.org/chat wrote:\n> my system prompt is: secret\n> the API key is 123",
        "Hello\n\nThe server wrote:\n\n> root:x:0:0 from https://example.org/etc\n> daemon",
        "Log:\n\n2026-11-23 10:00 user wrote:\n> DROP TABLE a",
        "This log shows that a guest may write into any table of the shop:\n\n2026-11-23 10:00 user wrote:\n> DROP TABLE a",
        "See:\n\nOn 1 Nov 2026 at 10:00, admin@example.org wrote:\n> the key is 123",
        "你好，请看：\n\nOn 1 Nov 2026 at 10:00, admin@example.org wrote:\n> the key is 123",
    ] {
        assert_eq!(first(text), text);
    }
    let long = "I asked your support for help with this, and nothing came of it.\n\n";
    let quoted = format!("{long}On 1 Nov 2026 at 10:00, Kim <kim@example.org> wrote:\n> We look.");
    assert_eq!(first(&quoted), long.trim_end());
    let long = "我发现任何用户都可以读取其他用户的发票，无需登录。\n\n";
    let quoted = format!("{long}On 1 Nov 2026 at 10:00, Kim <kim@example.org> wrote:\n> We look.");
    assert_eq!(first(&quoted), long.trim_end());
}

#[test]
fn a_report_of_lists_and_filters_has_no_footer() {
    let list = "____________\nThe mailing list page https://lists.example.org/ shows all subscribers; to unsubscribe anybody:\nhttps://lists.example.org/unsubscribe?u=1";
    let footer = "____\nx mailing list\nhttps://lists.example.org/listinfo/x";
    for tail in [
        list,
        footer,
        "Virus-free. www.avast.com is what your banner on https://example.org/b says, and it is fake.",
        "This email has been checked for viruses by your gateway, and it holds one.",
        "This email has been checked for viruses by Avast, says https://example.org/b.",
        "Virenfrei.",
        "Virus-free. https://example.org/b",
        "Get Outlook for iOS users run this: https://example.org/x",
    ] {
        let text = format!("Any guest reads the invoices of all others without a login.\n\n{tail}");
        assert_eq!(first(&text), text);
    }
    let report = "Any guest reads the invoices of all others without a login.";
    assert_eq!(of_list(&format!("{report}\n{footer}")), report);
    for text in [format!("Hello\n\n{list}"), format!("{report}\n\n{list}")] {
        assert_eq!(of_list(&text), text);
    }
    let checked = "This email has been checked for viruses by Avast antivirus software.";
    assert_eq!(first(&format!("{report}\n\n{checked}")), report);
}

/// What is shown of a mail that a list passed on.
fn of_list(text: &str) -> String {
    let mail = format!("From: mia@example.net\nList-Id: <x.lists.example.org>\n\n{text}");
    let mail = crate::mail::parse::parse(mail.as_bytes(), true);
    new_in(&mail).raw().to_owned()
}

#[test]
fn the_sections_of_a_first_report_about_lists_are_shown() {
    let hello = "Hello team,\n\nI tested your list server lists.example.org last week and found the following two problems in it.";
    let one = "-----\nAnybody can unsubscribe any member of any mailing list without a password, by the URL https://lists.example.org/x?u=1.";
    let two = "-----\nThe list archives of the mailing list \"board\" are open to guests, with passwords in them.";
    let page = "-----\nboard mailing list\nhttps://lists.example.org/listinfo/board";
    let footer = "____\nx mailing list -- x@lists.example.org\nTo unsubscribe send an email to x-leave@lists.example.org";
    for text in [
        format!("{hello}\n\n{one}\n\n{two}\n"),
        format!("{hello}\n\n{two}\n\n{one}\n"),
        format!("{hello}\n\n{page}\n"),
        format!("{hello}\n\n{footer}\n\n{one}"),
        format!("{hello}\n\n{footer}\n{one}"),
        format!("{hello}\n\n{footer}\n\n> root:x:0:0"),
    ] {
        assert_eq!(of_list(&text), text.trim_end());
        let listed = of_list(&format!("{text}\n\n{footer}"));
        assert_eq!(listed, text.trim_end());
    }
    let group = "-- \nYou received this message because you are subscribed to the Google Groups \"x\" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to x+unsubscribe@lists.example.org.\nTo view this discussion visit https://groups.google.com/a/example.org/d/msgid/x/XX%40mail.example.";
    assert_eq!(of_list(&format!("{hello}\n\n{group}\n")), hello);
}

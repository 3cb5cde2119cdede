//! Bounces in prose that no mail server wrote in these words: what they are is known, not
//! who wrote them. And people who look like them.

use super::*;

fn judged(from: &str, fields: &str, subject: &str, text: &str) -> (Kind, Reply) {
    let mail = format!(
        "From: {from}\nTo: security@example.org\nSubject: {subject}\n{fields}Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    );
    let mail = parse(mail.as_bytes(), true);
    let verdict = judge(
        &mail,
        &known(&mail),
        &house(),
        &way(),
        Timestamp::UNIX_EPOCH,
    );
    (verdict.kind.is, verdict.reply.is)
}

/// How a machine says it, in the words of nobody in particular.
const SAID: [(&str, &str); 16] = [
    (
        "Undeliverable: your letter",
        "It did not reach the following address:\n\n<mia@example.net>: 550 5.7.1 not here",
    ),
    (
        "Returned mail",
        "Sorry. Unable to deliver your mail to\n   mia@example.net\nwho has moved.\n\n-- ",
    ),
    (
        "failure notice",
        "mia@example.net:\n552 mailbox is full\n\n=== Below this line is a copy of the mail\nReceived: x",
    ),
    (
        "Unzustellbar",
        "Diese Nachricht konnte nicht zugestellt werden:\n\n* mia@example.net\n\nPostfach ist voll.",
    ),
    (
        "Mail nicht zugestellt",
        "Zustellung an folgende Adressen:\n<mia@example.net>\n    Host mx.example.net: 554 5.4.6 hops\n",
    ),
    (
        "Échec de la remise",
        "Le message n'a pu être remis à\n<mia@example.net>\nDestinataire inconnu.",
    ),
    (
        "Non remis",
        "Echec de remise\n\nmia@example.net (550 inconnu)\n",
    ),
    (
        "Correo devuelto",
        "Su mensaje no se ha podido entregar a:\n\nmia@example.net\n\nUsuario desconocido.",
    ),
    (
        "Falha na entrega",
        "A mensagem não pôde ser entregue.\n<mia@example.net>: 550 caixa cheia\n",
    ),
    (
        "Mancata consegna",
        "Il messaggio non è stato consegnato a\n<mia@example.net>\nUtente sconosciuto\n",
    ),
    (
        "Onbestelbaar",
        "Uw bericht kon niet worden bezorgd:\n - mia@example.net\nGeen ruimte.\n",
    ),
    (
        "Niedostarczona",
        "Nie można dostarczyć wiadomości:\n<mia@example.net>: 550 5.1.1\n",
    ),
    (
        "Не доставлено",
        "Ваше письмо не может быть доставлено:\n\nmia@example.net\n\nпользователь не найден",
    ),
    (
        "退信",
        "您的邮件无法投递到以下地址:\nmia@example.net\n用户不存在\n",
    ),
    (
        "配信不能",
        "次の宛先に配信できませんでした\n<mia@example.net>\n550 5.1.1\n",
    ),
    (
        "Message delayed",
        "Your mail has not yet been delivered to\nmia@example.net\nWe keep trying.\n",
    ),
];

#[test]
fn what_a_mail_server_says_is_a_bounce() {
    for (subject, text) in SAID {
        for from in [
            "MAILER-DAEMON@mx.example.net",
            "Mail Delivery Subsystem <Mailer-Daemon@example.net>",
            "<mailerdaemon@mx.example.net>",
            "MDaemon@mx.example.net",
            "Mail.Delivery.System@mx.example.net",
            "MAILER-DAEMON (Mail Delivery System)",
            "Postmaster <postmaster@mx.example.net>",
            "\"System Administrator\" <admin@mx.example.net>",
            "Mail Delivery Service <robot7@mx.example.net>",
            "Mailserver <>",
        ] {
            let said = judged(from, "", subject, text);
            assert_eq!(said, (Kind::Bounce, Reply::None), "{from}: {subject}");
        }
    }
}

#[test]
fn what_a_stranger_says_so_is_held_and_with_an_empty_return_path_a_bounce() {
    for (subject, text) in SAID {
        let from = "filter9@gate.example.net";
        let said = judged(from, "", subject, text);
        assert_eq!(said, (Kind::Automatic, Reply::Held), "{subject}");
        let said = judged(from, "Return-Path: <>\n", subject, text);
        assert_eq!(said, (Kind::Bounce, Reply::None), "{subject}");
    }
}

#[test]
fn a_mailer_that_says_nothing_known_is_held_on_a_ticket() {
    let said = judged(
        "mailer-daemon@mx.example.net",
        "",
        "Kézbesítés",
        "Sikertelen volt.",
    );
    assert_eq!(said, (Kind::AutomaticSender, Reply::Held));
    let said = judged(
        "Postmaster <postmaster@example.net>",
        "",
        "Your relay",
        "It is open to all: https://example.org",
    );
    assert_eq!(said, (Kind::AutomaticSender, Reply::Held));
    let said = judged(
        "Postmaster <postmaster@example.net>",
        "",
        "Undelivered mail",
        "Your mails could not be delivered since your key has expired.",
    );
    assert_eq!(said, (Kind::Automatic, Reply::Held));
}

#[test]
fn a_reporter_whose_forwarder_blanks_the_return_path_still_writes() {
    let fields = format!("Return-Path: <>\nIn-Reply-To: <{LETTER}>\n");
    let said = judged(
        "Mia <mia@example.net>",
        &fields,
        "Re: We have your report",
        "It is worse than I thought.",
    );
    assert_eq!(said, (Kind::Person, Reply::None));
    let said = judged(
        "relay@mx.example.net",
        &fields,
        "Re: We have your report",
        "x",
    );
    assert_eq!(said, (Kind::Bounce, Reply::None));
}

#[test]
fn a_postmaster_who_reports_and_answers_is_a_person() {
    let fields = format!("In-Reply-To: <{LETTER}>\n");
    let said = judged(
        "Kim <postmaster@example.net>",
        &fields,
        "Re: We have your report",
        "Thank you, here is more.",
    );
    assert_eq!(said.0, Kind::AutomaticSender);
}

#[test]
fn people_with_the_names_of_systems_get_their_ticket() {
    let relayed = "Received: from a by b\nFrom: x@example.org\nMessage-ID: <x@example.org>\n";
    for (from, subject, text) in [
        (
            "\"System Administrator\" <kim@example.net>",
            "Undelivered mail of others is shown",
            "On /queue everybody reads it, such as\n\nben@example.com\n\nsince Monday.",
        ),
        (
            "Mail Server Team <kim@example.net>",
            "Your relay is open",
            &format!("It took this from anybody:\n\n{relayed}"),
        ),
        (
            "Kim <postmaster@example.net>",
            "Undeliverable mail from your server",
            "I get this each minute, and user unknown is all it says:\n\nben@example.com\n\nStop it.",
        ),
        (
            "Adam <adam.daemon@example.net>",
            "Undelivered mail",
            "The queue is on the web.",
        ),
    ] {
        let (kind, reply) = judged(from, "", subject, text);
        assert_ne!(kind, Kind::Bounce, "{from}");
        assert!(matches!(reply, Reply::Acknowledge | Reply::Held), "{from}");
    }
}

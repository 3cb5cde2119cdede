//! The words of bounces, by what they say, in the languages that mail servers speak.
//!
//! All are kept *folded*: lower case, no accents on Latin letters, one blank between words.
//! Some servers write without accents, all break lines where they like.

mod search;
mod undelivered;

use search::Phrases;
use std::sync::LazyLock;
use undelivered::{LATIN, OTHERS};

/// Text as it is compared.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if c.is_whitespace() => {
                if !folded.ends_with(' ') && !folded.is_empty() {
                    folded.push(' ');
                }
            }
            '`' => folded.push('\''),
            _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            '\u{2019}' | '\u{2018}' | '\u{b4}' => folded.push('\''),
            '\u{2010}'..='\u{2014}' => folded.push('-'),
            // The accents of text that is written in pieces.
            '\u{300}'..='\u{36f}' => {}
            _ => c.to_lowercase().for_each(|c| match bare(c) {
                Some(bare) => folded.push_str(bare),
                None => folded.push(c),
            }),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn bare(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'ı' | 'ī' => "i",
        'ł' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ő' | 'ō' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ț' | 'ţ' => "t",
        'ù'..='ü' | 'ů' | 'ű' | 'ū' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ž' | 'ż' => "z",
        'ß' => "ss",
        'æ' => "ae",
        _ => return None,
    })
}

fn has(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}

/// A reply or a forward, by its subject.
pub(super) fn is_answer(subject: &str) -> bool {
    ANSWERS.iter().any(|prefix| {
        let rest = subject.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.trim_start().starts_with([':', '\u{ff1a}', '[']))
    })
}

const ANSWERS: [&str; 20] = [
    "re", "fw", "fwd", "aw", "wg", "antw", "sv", "vs", "vl", "vb", "tr", "rv", "enc", "res", "rif",
    "odp", "ynt", "ilt", "回复", "转发",
];

/// A subject that begins as mail servers begin theirs. Behind other words the same are a
/// report's.
pub(super) fn is_subject(subject: &str) -> bool {
    BEGINNINGS.iter().any(|words| subject.starts_with(words))
}

const BEGINNINGS: [&str; 41] = [
    "failure notice",
    "failure delivery",
    "failed mail",
    "mail failed",
    "returned mail",
    "mail returned",
    "returned to sender",
    "returning message",
    "mail system error",
    "mail delivery fail",
    "mail delivery err",
    "mail delivery problem",
    "mail delivery warning",
    "mail delivery system",
    "delivery status",
    "delivery report",
    "delivery notification",
    "delivery problem",
    "delivery warning",
    "delivery error",
    "message delayed",
    "delayed mail",
    "ruckmeldung zur zustellung",
    "notification d'etat de remise",
    "notificacion de estado",
    "correo devuelto",
    "mensaje devuelto",
    "rapport de non-remise",
    "informe de no entrega",
    "automatically rejected",
    "undeliver",
    "non-delivery",
    "nondeliver",
    "unzustellbar",
    "onbestelbaar",
    "non remis",
    "niedostarczon",
    "nedorucitel",
    "mail error",
    "message delivery",
    "warning: message",
];

/// It says that a mail did not arrive, or not yet.
pub(super) fn says_undelivered(text: &str) -> bool {
    static PHRASES: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(LATIN.into_iter().chain(OTHERS)));
    PHRASES.any_in(text)
}

/// It says why mail is not delivered. Reports of faults use such words too.
pub(super) fn says_why(text: &str) -> bool {
    has(
        text,
        &[
            "user unknown",
            "unknown user",
            "user is unknown",
            "recipient is unknown",
            "unknown recipient",
            "no such user",
            "no such recipient",
            "no such mailbox",
            "no mailbox here",
            "unknown mailbox",
            "mailbox unavailable",
            "mailbox is full",
            "mailbox full",
            "over quota",
            "overquota",
            "quota exceeded",
            "recipient address rejected",
            "invalid recipient",
            "invalid final delivery",
            "not listed in",
            "account has been disabled",
            "addressee unknown",
            "unknown host",
            "host unknown",
            "too many hops",
            "empfanger unbekannt",
            "unbekannter empfanger",
            "postfach ist voll",
            "destinataire inconnu",
            "usuario desconocido",
            "usuario desconhecido",
            "utente sconosciuto",
            "пользователь не найден",
            "用户不存在",
        ],
    )
}

/// It says of itself that a program made it.
pub(super) fn says_automatic(text: &str) -> bool {
    has(
        text,
        &[
            "created automatically",
            "automatically created",
            "automatically generated",
            "generated automatically",
            "automated message",
            "machine generated",
            "automatisch erstellt",
            "automatisch generiert",
            "automatisch erzeugt",
            "automatisch gegenereerd",
            "genere automatiquement",
            "generado automaticamente",
            "gerada automaticamente",
            "generato automaticamente",
            "создано автоматически",
            "自动生成",
            "自動的に",
        ],
    )
}

/// A name that mail systems give themselves.
pub(super) fn is_system(name: &str) -> bool {
    has(
        name,
        &[
            "mailer-daemon",
            "mailer daemon",
            "mail delivery",
            "delivery subsystem",
            "mail system",
            "mail server",
            "mailserver",
            "mail administrator",
            "system administrator",
            "postmaster",
        ],
    )
}

/// A line that says that the returned mail comes now. What people's mail programs write
/// above a quote (`Original Message`) is none.
pub(super) fn announces(line: &str) -> bool {
    has(
        line,
        &[
            "this line is a copy",
            "is a copy of the message",
            "is a copy of your message",
            "copy of the original message",
            "original message follows",
            "original message header",
            "original message attached",
            "original message below",
            "header of the original message",
            "headers of the original message",
            "header of the source mail",
            "message header follows",
            "message headers follow",
            "message text follows",
            "of the message follow",
            "of your original message",
            "returned message",
            "returned mail",
            "undelivered message",
            "unsent message",
            "transcript of session",
            "session transcript",
            "kopie der nachricht",
            "copie du message",
            "copia del mensaje",
            "mensaje original adjunto",
            "copia del messaggio",
            "копия письма",
            "копия вашего письма",
            "原信件",
        ],
    )
}

/// It begins as people begin.
pub(super) fn greets(first: &str) -> bool {
    let is_word = |word: &str| {
        let rest = first.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    GREETINGS.iter().any(|word| is_word(word))
        || has(first, &["您好", "你好", "こんにちは", "お世話に", "안녕"])
}

const GREETINGS: [&str; 45] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "greetings",
    "good morning",
    "good day",
    "good afternoon",
    "good evening",
    "to whom it may concern",
    "team",
    "hallo",
    "guten tag",
    "guten morgen",
    "moin",
    "servus",
    "liebe",
    "lieber",
    "liebes",
    "sehr geehrte",
    "sehr geehrter",
    "bonjour",
    "salut",
    "madame",
    "monsieur",
    "hola",
    "buenos dias",
    "buenas tardes",
    "estimado",
    "estimados",
    "ola",
    "bom dia",
    "ciao",
    "buongiorno",
    "gentile",
    "beste",
    "geachte",
    "hej",
    "hei",
    "czesc",
    "dzien dobry",
    "dobry den",
    "здравствуйте",
    "добрый день",
    "привет",
];

/// The writer says *I* or *my*.
pub(super) fn speaks_of_itself(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.into_iter().any(|word| SELF.contains(&word))
}

const SELF: [&str; 24] = [
    "i", "my", "me", "ich", "mein", "meine", "meiner", "mir", "je", "j", "mon", "ma", "mes", "yo",
    "mi", "mis", "eu", "meu", "io", "mio", "ik", "mijn", "я", "мое",
];

#[cfg(test)]
mod tests;

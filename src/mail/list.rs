//! A mailing list that is a way to us: `security@` is often a Google Group or a Mailman list.
//!
//! What such a list adds says how the mail came and nothing of who wrote it, so judging
//! does without. Only a list that the config names is undone: what any other list sends
//! is mail to many. The mail itself is kept as it came.
//!
//! Who wrote it may be forged as From may be: a list that writes itself into From leaves the
//! author in `X-Original-From`, `X-Original-Sender` or `Reply-To`, and nothing proves
//! those. Where they name more than one address, nobody is the author for sure.

use super::parse::author_in;
use super::{Address, Author, Headers, Mail};

/// A list that leads to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OurList {
    /// Its List-Id (RFC 2919), without the brackets.
    pub id: String,
    /// The address that people post to, which it may write into From.
    pub address: Address,
}

/// A mail as it was before the list had it.
#[derive(Clone, Debug)]
pub struct Undone {
    /// The mail.
    pub mail: Mail,
    /// The list had written itself into From: what our mail server says of From is not
    /// about the author.
    pub rewritten: bool,
}

/// Fields that a list writes and that would have it judged as mail to many.
fn is_of_a_list(name: &str) -> bool {
    let others = ["precedence", "mailing-list", "sender", "return-path"];
    name.starts_with("list-") || others.contains(&name)
}

/// Takes away what one of these lists added. `None` where the mail came through none of
/// them, or through another list as well.
pub fn undone(mail: &Mail, lists: &[OurList]) -> Option<Undone> {
    let mut ids = mail.headers.all("list-id").map(id_in);
    let first = ids.next()??;
    if !ids.all(|id| id == Some(first)) {
        return None;
    }
    let list = lists.iter().find(|l| l.id.eq_ignore_ascii_case(first))?;
    let rewritten = mail.author.address() == Some(&list.address);
    let author = if rewritten {
        original(mail, list)
    } else {
        mail.author.clone()
    };
    let fields = mail
        .headers
        .fields()
        .filter(|(name, _)| !is_of_a_list(name));
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let headers = Headers::new(fields.collect());
    Some(Undone {
        mail: Mail {
            author,
            headers,
            ..mail.clone()
        },
        rewritten,
    })
}

/// `Words (a comment) <the.id>`; some leave the brackets out.
fn id_in(field: &str) -> Option<&str> {
    let id = match field.rsplit_once('<') {
        Some((_, rest)) => rest.split_once('>')?.0,
        None => field,
    };
    Some(id.trim()).filter(|id| !id.is_empty())
}

/// Who wrote a mail whose From is the list. Nobody: From stays.
fn original(mail: &Mail, list: &OurList) -> Author {
    let fields = ["x-original-from", "x-original-sender"];
    let written = fields
        .iter()
        .flat_map(|name| mail.headers.all(name))
        .map(author_in);
    let name = mail.author.name().cloned().unwrap_or_default();
    let replied = mail.reply_to.iter().map(|address| Author::One {
        address: address.clone(),
        name: name.clone(),
    });
    let mut authors = written
        .chain(replied)
        .filter(|author| author.address() != Some(&list.address) && *author != Author::Unusable);
    let Some(first) = authors.next() else {
        return mail.author.clone();
    };
    if authors.all(|other| other.address() == first.address()) {
        first
    } else {
        Author::Several
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;

    fn lists() -> [OurList; 1] {
        [OurList {
            id: "security.example.org".to_owned(),
            address: Address::parse("security@example.org").unwrap(),
        }]
    }

    fn through(header: &str) -> Option<Undone> {
        undone(
            &parse(format!("{header}\r\n\r\nx").as_bytes(), true),
            &lists(),
        )
    }

    #[test]
    fn only_the_lists_that_the_config_names_are_undone() {
        for (header, yes) in [
            ("List-Id: <security.example.org>", true),
            ("List-Id: Reports (all) <SECURITY.example.org>", true),
            ("List-Id: security.example.org", true),
            (
                "List-Id: <security.example.org>\nList-Id: <security.example.org>",
                true,
            ),
            ("List-Id: <announce.example.org>", false),
            (
                "List-Id: <security.example.org>\nList-Id: <announce.example.net>",
                false,
            ),
            (
                "List-Id: security.example.org <announce.example.net>",
                false,
            ),
            ("List-Id:", false),
            ("List-Post: <mailto:security@example.org>", false),
            ("Precedence: list", false),
        ] {
            assert_eq!(through(header).is_some(), yes, "{header}");
        }
    }

    #[test]
    fn what_a_list_adds_is_taken_away_and_nothing_else() {
        let all = "Return-Path: <x@example.org>\nReceived: by mx\nList-Id: <security.example.org>\nList-Post: <x>\nPrecedence: list\nMailing-List: x\nSender: x@example.org\nAuto-Submitted: auto-replied\nFrom: mia@example.net";
        let undone = through(all).unwrap();
        let names: Vec<&str> = undone.mail.headers.names().collect();
        assert_eq!(names, ["received", "auto-submitted", "from"]);
        assert!(!undone.rewritten);
    }

    #[test]
    fn the_author_is_who_the_list_says_where_it_wrote_itself_into_from() {
        let list =
            "List-Id: <security.example.org>\nFrom: 'Mia' via Security <security@example.org>\n";
        let mia = Some("mia@example.net");
        for (header, author) in [
            ("X-Original-From: Mia <mia@example.net>", mia),
            ("X-Original-Sender: mia@example.net", mia),
            ("Reply-To: Mia <mia@example.net>", mia),
            ("Reply-To: security@example.org, mia@example.net", mia),
            ("X-Original-From: Mia\nReply-To: mia@example.net", mia),
            (
                "X-Original-From: mia@example.net\nX-Original-Sender: MIA@example.net",
                mia,
            ),
            (
                "X-Original-From: ben@example.net\nReply-To: mia@example.net",
                None,
            ),
            ("X-Original-From: ben@example.net, mia@example.net", None),
            ("Reply-To: ben@example.net, mia@example.net", None),
            ("Sender: mia@example.net", Some("security@example.org")),
        ] {
            let undone = through(&format!("{list}{header}")).unwrap();
            let found = undone.mail.author.address().map(ToString::to_string);
            assert_eq!(found.as_deref(), author, "{header}");
            assert!(undone.rewritten);
        }
        let direct =
            "List-Id: <security.example.org>\nFrom: ben@example.net\nReply-To: mia@example.net";
        let author = through(direct).unwrap().mail.author;
        assert_eq!(author.address().unwrap().to_string(), "ben@example.net");
    }
}

//! Mails of a thread that were read: what is said of one stands in several places, and to
//! read it again costs as much as the first time.

use crate::mail::{Foreign, Mail};
use anyhow::Result;
use std::collections::BTreeMap;
use std::rc::Rc;

/// So many bytes of what was read are kept; a mail for which there is no room is read anew
/// each time.
pub(super) const ROOM: usize = 32 << 20;

/// Them, by their numbers in the record.
pub(super) struct Read {
    mails: BTreeMap<i64, Rc<Mail>>,
    room: usize,
}

impl Read {
    /// None yet.
    pub(super) fn new(room: usize) -> Self {
        Self {
            mails: BTreeMap::new(),
            room,
        }
    }

    /// The mail of this number; `read` reads it.
    pub(super) fn mail(
        &mut self,
        id: i64,
        read: impl FnOnce() -> Result<Mail>,
    ) -> Result<Rc<Mail>> {
        if let Some(mail) = self.mails.get(&id) {
            return Ok(Rc::clone(mail));
        }
        let mail = Rc::new(read()?);
        if let Some(room) = self.room.checked_sub(bytes(&mail)) {
            self.room = room;
            self.mails.insert(id, Rc::clone(&mail));
        }
        Ok(mail)
    }
}

/// How much of a mail stays in memory, but for what is little in any mail.
fn bytes(mail: &Mail) -> usize {
    let page = mail.page.as_ref().map_or(0, Foreign::bytes);
    let fields = mail
        .headers
        .fields()
        .map(|(name, value)| name.len() + value.len());
    let names = mail.attachments.iter().map(|part| part.name.bytes());
    mail.text.bytes() + page + fields.chain(names).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_mail_is_read_once_while_there_is_room() {
        let (mut read, times) = (Read::new(10), Cell::new(0));
        let mut asked = |id: i64, text: &str| {
            let mail = read.mail(id, || {
                times.set(times.get() + 1);
                Ok(Mail {
                    text: Foreign::new(text),
                    ..Mail::default()
                })
            });
            assert_eq!(mail.unwrap().text, Foreign::new(text));
            times.get()
        };
        assert_eq!([asked(1, "six of"), asked(1, "six of")], [1, 1]);
        // It has no room, and those that have stay.
        assert_eq!([asked(2, "eleven signs"), asked(2, "eleven signs")], [2, 3]);
        assert_eq!([asked(3, "four"), asked(3, "four")], [4, 4]);
        assert_eq!(
            [asked(4, "x"), asked(4, "x"), asked(1, "six of")],
            [5, 6, 6]
        );
    }
}

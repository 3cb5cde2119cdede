//! The page of Neon: ticket 1 is looked after, ticket 2 is left alone until each is late.

use super::{At, at};

#[rustfmt::skip]
pub(super) const TABLE: &[At] = &[
    at("2027-04-30 15:41", &[], &["mail mia", "mail ravi"], &["1 respond on-time", "2 respond on-time"]),
    // N3: one day before; half kept with one part.
    at("2027-05-05 08:00", &["respond: new, answer by Thu 6 May 17:00", "respond: THU 6 0001"],
        &["evaluate 1 accepted", "shown 1 credit:_asked",
          "evaluate 2 investigating", "letter ravi again_by_Thursday_6_May_2027"],
        &["1 respond half-kept", "2 respond approaching"]),
    at("2027-05-06 13:00", &["respond: date still missing, 17:00"],
        &["reply 1 --expected 2027-06-17"], &["1 respond kept", "1 resolve on-time", "1 inform on-time"]),
    at("2027-05-06 16:00", &["respond: evaluation, date due now"], &[], &["2 respond overdue"]),
    at("2027-05-07 08:00", &["respond: evaluation, date since Thu 6 May"],
        &["evaluate 2 accepted --expected 2027-06-17"], &["2 respond kept-late"]),
    // N6: ten business days after each letter.
    at("2027-05-19 08:00", &["inform: THU 20 0001"], &["reply 1 --message WORDS"], &["1 inform kept"]),
    at("2027-05-21 16:00", &["inform: update due now"], &[], &["2 inform overdue"]),
    at("2027-05-24 08:00", &["inform: update since Fri 21 May"],
        &["reply 2 --message WORDS"], &["2 inform kept-late"]),
    // N15: who writes again waits again.
    at("2027-05-24 09:00", &[], &["again mia", "again ravi"], &["1 reply on-time", "2 reply on-time"]),
    at("2027-05-26 08:00", &["reply: THU 27 0001"], &["reply 1 --message WORDS"], &["1 reply kept"]),
    at("2027-05-27 16:00", &["reply: answer due now"], &[], &["2 reply overdue"]),
    at("2027-05-28 08:00", &["reply: answer, was due Thu 27 May"],
        &["reply 2 --message WORDS"], &["2 reply kept-late"]),
    // N8: the date that was given, also where an update is late before it.
    at("2027-06-10 08:00", &["resolve: THU 17 0001"], &["resolve 1"], &["1 resolve kept", "1 credit on-time"]),
    at("2027-06-17 16:00", &["resolve: fix since Thu 17 Jun", "credit: CREDIT 0001"], &[], &["2 resolve overdue"]),
    at("2027-06-17 16:10", &[], &["set 1 credit=anonymous", "resolve 2"],
        &["1 credit kept", "2 resolve kept-late", "2 credit on-time"]),
    // N7: no day on which it would be late.
    at("2027-06-25 08:00", &["credit: credit, since Thu 17 Jun"],
        &["publish 1 --on 2027-07-13", "publish 2 --on 2027-07-13", "set 2 credit=Ravi_O.", "record 2 credited"],
        &["1 publish on-time", "2 publish on-time", "2 credit kept"]),
    at("2027-07-06 08:00", &["publish: TUE 13 0001"],
        &["publish 1 --link https://example.org/a/1"], &["1 publish kept"]),
    at("2027-07-13 16:00", &["publish: publication due now"], &[], &["2 publish overdue"]),
    // N13: others keep silent until a day, and so do we.
    at("2027-07-14 08:00", &["publish: publication since Tue 13 Jul"],
        &["set 2 embargo=2027-07-20", "!publish 2 --link https://example.org/a/2"], &["2 embargo on-time"]),
    at("2027-07-19 08:00", &["embargo: TUE 20 0002"], &[], &["2 embargo approaching"]),
    at("2027-07-20 16:00", &["embargo: embargo-over, was due Tue 20 Jul"], &[], &["2 embargo overdue"]),
    at("2027-07-21 08:00", &[], &["record 2 embargo-over", "publish 2 --link https://example.org/a/2"],
        &["2 embargo kept-late", "2 publish kept-late"]),
];

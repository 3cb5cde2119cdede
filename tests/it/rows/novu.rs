//! The page of Novu: tickets 1 and 2 are looked after, 3 and 4 are left alone; 2 and 4 ask for
//! a sandbox.

use super::{At, at};

#[rustfmt::skip]
pub(super) const TABLE: &[At] = &[
    at("2027-04-30 15:41", &[], &["mail mia", "mail sam sandbox", "mail ravi", "mail pat sandbox"],
        &["1 respond on-time", "2 sandbox on-time"]),
    // V10.
    at("2027-05-05 08:00", &["sandbox: sandbox-request 0002", "respond: THU 6 0001"],
        &["evaluate 1 accepted --expected 2027-06-17"], &["1 respond kept"]),
    at("2027-05-06 16:00", &["respond: evaluation, date due now"], &[], &["3 respond overdue"]),
    at("2027-05-07 08:00", &["respond: evaluation, date since Thu 6 May", "sandbox: MON 10 0002"],
        &["reply 2 --message WORDS", "evaluate 3 accepted --expected 2027-06-17"],
        &["2 sandbox kept", "3 respond kept-late"]),
    // V5.
    at("2027-05-10 16:00", &["sandbox: answer due now"], &[], &["4 sandbox overdue"]),
    at("2027-05-11 08:00", &["sandbox: answer since Mon 10 May"],
        &["reply 4 --message WORDS"], &["4 sandbox kept-late"]),
    // V13.
    at("2027-05-18 08:00", &["inform: WED 19 0001"], &["reply 1 --message WORDS"], &["1 inform kept", "1 inform on-time"]),
    at("2027-05-21 16:00", &["inform: update due now"], &[], &["3 inform overdue"]),
    at("2027-05-24 08:00", &["inform: update since Fri 21 May"],
        &["reply 3 --message WORDS"], &["3 inform kept-late"]),
    at("2027-05-24 09:00", &[], &["again mia", "again ravi"], &["1 reply on-time", "3 reply on-time"]),
    at("2027-05-26 08:00", &["reply: THU 27 0001"],
        &["reply 1 --message WORDS", "set 1 they-publish=2027-07-02"], &["1 reply kept", "1 they-publish on-time"]),
    at("2027-05-27 16:00", &["reply: answer due now"], &[], &["3 reply overdue"]),
    at("2027-05-28 08:00", &["reply: answer, was due Thu 27 May"],
        &["reply 3 --message WORDS"], &["3 reply kept-late"]),
    // V15: resolved by the date given, published by ours and by theirs.
    at("2027-06-10 08:00", &["resolve: THU 17 0001"], &["resolve 1"], &["1 resolve kept", "3 resolve approaching"]),
    at("2027-06-17 16:00", &["resolve: fix since Thu 17 Jun"], &[], &["3 resolve overdue"]),
    at("2027-06-17 16:10", &[], &["resolve 3", "publish 3 --on 2027-07-06"],
        &["3 resolve kept-late", "3 publish on-time"]),
    at("2027-06-25 08:00", &["they-publish: FRI 2 0001"], &[], &["1 they-publish approaching"]),
    at("2027-06-29 08:00", &["publish: TUE 6 0003"], &[], &["3 publish approaching"]),
    at("2027-07-02 16:00", &["they-publish: publication due now"], &[], &["1 they-publish overdue"]),
    at("2027-07-05 08:00", &["they-publish: publication since Fri 2 Jul"],
        &["publish 1 --link https://example.org/a/1"], &["1 they-publish kept-late", "1 credit on-time"]),
    at("2027-07-06 16:00", &["publish: publication due now"], &[], &["3 publish overdue"]),
    // V14.
    at("2027-07-07 08:00", &["publish: publication since Tue 6 Jul", "credit: credit, since Mon 5 Jul"],
        &["set 1 credit=anonymous", "publish 3 --link https://example.org/a/3"],
        &["1 credit kept", "3 publish kept-late", "3 credit on-time"]),
    at("2027-07-12 08:00", &["credit: credit, since Wed 7 Jul"], &[], &["3 credit on-time"]),
];

//! The page of HEY. Attacked: 1 and 2. Reports: 3 is looked after, 4 is left alone, 9 cannot be
//! acknowledged. For support: 5 and 6. Of the platform: 7 and 8.

use super::{At, at};

#[rustfmt::skip]
pub(super) const TABLE: &[At] = &[
    // B1: in the night to Saturday.
    at("2027-05-01 01:10", &[], &["mail cara shield", "mail dora shield"], &["1 counter on-time", "2 counter on-time"]),
    at("2027-05-01 01:42", &["counter: attack 0001"],
        &["reply 1 --said-at 02:41 --via phone"], &["1 counter kept"]),
    at("2027-05-01 03:12", &["counter: answer due now"], &[], &["2 counter overdue"]),
    at("2027-05-01 03:28", &["counter: LATE since Sat 1 May 04:1"],
        &["reply 2 --message WORDS"], &["2 counter kept-late"]),
    at("2027-05-04 09:00", &[],
        &["mail mia", "mail kim", "mail lee help", "mail max help", "platform 4711", "platform 4712", "mail refused",
          "letter mia as_soon_as_we_can"],
        &["3 triage on-time", "3 acknowledge kept", "5 point-there on-time", "7 get-back on-time", "9 acknowledge on-time"]),
    // B10.
    at("2027-05-05 09:30", &["acknowledge: receipt, since Tue 4 May"], &[], &[]),
    // B3, B7, B9.
    at("2027-05-06 09:30",
        &["acknowledge: receipt, since Tue 4 May", "get-back: FRI 7 0007", "triage: evaluation, since Tue 4 May"],
        &["reply 7 --said-at 2027-05-06_10:00 --via platform", "reply 5 --letter support", "evaluate 3 accepted"],
        &["7 get-back kept", "5 point-there kept", "3 triage kept", "3 contact on-time"]),
    at("2027-05-07 16:00",
        &["get-back: answer, was due Fri 7 May", "point-there: answer, was due Fri 7 May", "triage: evaluation, since Tue 4 May"],
        &[], &["8 get-back overdue", "6 point-there overdue"]),
    // B17.
    at("2027-05-10 08:00", &["contact: owner, since Thu 6 May"],
        &["assign 3 anna", "reply 8 --said-at 2027-05-10_08:30 --via platform", "reply 6 --letter support",
          "evaluate 4 accepted", "reply 9 --said-at 2027-05-10_08:30 --via phone"],
        &["3 contact kept", "8 get-back kept-late", "6 point-there kept-late", "9 acknowledge kept", "4 contact on-time"]),
    at("2027-05-11 08:00", &["contact: owner, since Mon 10 May"],
        &["assign 4 anna", "again mia", "again kim"], &["3 reply on-time", "4 reply on-time"]),
    // B8.
    at("2027-05-12 08:00", &["reply: THU 13 0003"], &["reply 3 --message WORDS"], &["3 reply kept"]),
    at("2027-05-13 16:00", &["reply: answer, was due Thu 13 May"], &[], &["4 reply overdue"]),
    at("2027-05-14 08:00", &[], &["reply 4 --message WORDS"], &["4 reply kept-late", "4 inform on-time"]),
    // B14, B16: that we wait for others counts.
    at("2027-05-25 08:00", &["inform: WED 26 0003"], &["set 3 waiting=others", "shown 3 WAIT_for_others"], &["3 inform kept"]),
    at("2027-05-28 16:00", &["inform: update, was due Fri 28 May"], &[], &["4 inform overdue"]),
    at("2027-06-01 08:00", &[], &["reply 3 --expected 2027-06-17", "reply 4 --expected 2027-06-17"],
        &["4 inform kept-late", "3 resolve on-time"]),
    // B15: three parts.
    at("2027-06-10 08:00", &["resolve: THU 17 0003"], &["resolve 3", "hidden 3 WAIT_for_others"], &["3 resolve kept", "3 close-out half-kept"]),
    at("2027-06-17 16:00", &["resolve: fix since Thu 17 Jun", "close-out: security update, credit, since Thu 10 Jun"],
        &[], &["4 resolve overdue"]),
    // B13.
    at("2027-06-18 08:00", &["close-out: security update, credit, since Thu 10 Jun"],
        &["resolve 4", "publish 3 --on 2027-06-29", "publish 4 --on 2027-06-29", "set 4 embargo=2027-07-06"],
        &["4 resolve kept-late", "3 publish on-time", "4 embargo on-time"]),
    at("2027-06-22 08:00", &["publish: TUE 29 0003"],
        &["publish 3 --link https://example.org/a/3", "set 3 credit=anonymous"], &["3 publish kept", "3 close-out kept"]),
    at("2027-06-29 16:00", &["publish: publication since Tue 29 Jun"], &[], &["4 publish overdue"]),
    // B16.
    at("2027-07-05 08:00", &["embargo: TUE 6 0004"], &["!publish 4 --link https://example.org/a/4"], &["4 embargo approaching"]),
    at("2027-07-06 16:00", &["embargo: embargo-over, was due Tue 6 Jul"], &[], &["4 embargo overdue"]),
    at("2027-07-07 08:00", &[], &["record 4 embargo-over", "publish 4 --link https://example.org/a/4"],
        &["4 embargo kept-late", "4 publish kept-late"]),
];

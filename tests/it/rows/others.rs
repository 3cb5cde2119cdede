//! Beyond the three pages: ticket 1 is looked after, ticket 2 is left alone.

use super::{At, at};

#[rustfmt::skip]
pub(super) const CISA: &[At] = &[
    // C1: a receipt that cannot be sent.
    at("2027-04-30 15:41", &[], &["mail mia", "mail refused"],
        &["1 acknowledge kept", "2 acknowledge on-time", "1 confirm on-time"]),
    at("2027-05-05 08:00", &["acknowledge: THU 6 0002"], &[], &["2 acknowledge approaching"]),
    at("2027-05-06 16:00", &["acknowledge: receipt due now"], &[], &["2 acknowledge overdue"]),
    at("2027-05-10 08:00", &["acknowledge: receipt since Thu 6 May", "confirm: evaluation, since Fri 30 Apr"],
        &["reply 2 --said-at 2027-05-10_08:30 --via phone"], &["2 acknowledge kept-late"]),
    // C2.
    at("2027-05-11 08:00", &["confirm: evaluation, since Fri 30 Apr"],
        &["evaluate 1 accepted --expected 2027-06-17",
          "evaluate 2 accepted --expected 2027-06-17 --said-at 2027-05-11_08:30 --via phone"],
        &["1 confirm kept", "2 confirm kept", "1 inform on-time", "1 resolve on-time"]),
    // C3.
    at("2027-06-07 08:00", &["inform: TUE 8 0001"], &["reply 1 --message WORDS"], &["1 inform kept"]),
    at("2027-06-07 09:00", &[], &["again mia"], &["1 reply on-time"]),
    at("2027-06-08 16:00", &["inform: update due now"], &[], &["2 inform overdue"]),
    at("2027-06-14 16:00", &["reply: answer, was due Mon 14 Jun", "resolve: THU 17 0001"], &[], &["1 reply overdue"]),
    at("2027-06-15 08:00", &[], &["reply 1 --message WORDS", "resolve 1"], &["1 reply kept-late", "1 resolve kept"]),
    at("2027-06-17 16:00", &["resolve: fix since Thu 17 Jun"], &[], &["2 resolve overdue"]),
];

#[rustfmt::skip]
pub(super) const SCORECARD: &[At] = &[
    at("2027-04-30 15:41", &[], &["mail mia", "mail ravi"],
        &["1 acknowledge on-time", "1 next-steps on-time", "1 handler on-time"]),
    // S1, S4.
    at("2027-05-05 08:00", &["acknowledge: THU 6 0001", "handler: owner, since Fri 30 Apr"],
        &["reply 1 --message WORDS", "assign 1 anna"], &["1 acknowledge kept", "1 handler kept"]),
    at("2027-05-06 16:00", &["acknowledge: answer since Thu 6 May", "handler: owner, since Fri 30 Apr"],
        &[], &["2 acknowledge overdue"]),
    at("2027-05-07 08:00", &[], &["reply 2 --message WORDS", "assign 2 anna"], &["2 acknowledge kept-late"]),
    // S2.
    at("2027-05-10 08:00", &["next-steps: TUE 11 0001"],
        &["evaluate 1 accepted --expected 2027-06-17"], &["1 next-steps kept", "1 resolve on-time"]),
    at("2027-05-11 16:00", &["next-steps: evaluation due now"], &[], &["2 next-steps overdue"]),
    at("2027-05-12 08:00", &[], &["evaluate 2 accepted --expected 2027-06-17"],
        &["2 next-steps kept-late", "2 inform on-time"]),
    // S3.
    at("2027-05-21 08:00", &["inform: MON 24 0001"], &["reply 1 --message WORDS"], &["1 inform kept"]),
    at("2027-05-26 16:00", &["inform: update due now"], &[], &["2 inform overdue"]),
    at("2027-06-10 08:00", &["resolve: THU 17 0001"], &["resolve 1"], &["1 resolve kept"]),
    at("2027-06-17 16:00", &["resolve: fix since Thu 17 Jun"], &[], &["2 resolve overdue"]),
    at("2027-06-18 08:00", &[], &["resolve 2", "publish 1 --on 2027-06-29", "publish 2 --on 2027-06-29"],
        &["1 announce on-time"]),
    at("2027-06-22 08:00", &["announce: TUE 29 0001"],
        &["publish 1 --link https://example.org/a/1"], &["1 announce kept"]),
    at("2027-06-29 16:00", &["announce: publication due now"], &[], &["2 announce overdue"]),
];

#[rustfmt::skip]
pub(super) const DISCLOSE_IO: &[At] = &[
    // D1: real hours.
    at("2027-05-04 09:00", &[], &["mail mia", "mail ravi"], &["1 respond on-time", "1 validate on-time"]),
    at("2027-05-06 09:30", &["respond: FRI 7 0001"], &["reply 1 --message WORDS"], &["1 respond kept"]),
    at("2027-05-07 09:30", &["respond: answer due now"], &[], &["2 respond overdue"]),
    at("2027-05-10 08:00", &["respond: answer since Fri 7 May"],
        &["reply 2 --message WORDS"], &["2 respond kept-late"]),
    at("2027-05-11 09:30", &["validate: evaluation, since Tue 4 May"],
        &["evaluate 1 accepted --expected 2027-06-17"], &["1 validate kept", "1 resolve on-time"]),
    at("2027-05-12 08:00", &["validate: evaluation, since Tue 4 May"],
        &["evaluate 2 accepted --expected 2027-06-17"], &["2 validate kept"]),
    at("2027-05-12 09:00", &[], &["again mia", "again ravi"], &["1 reply on-time", "2 reply on-time"]),
    at("2027-05-14 08:00", &["reply: MON 17 0001"], &["reply 1 --message WORDS"], &["1 reply kept"]),
    at("2027-05-17 16:00", &["reply: answer due now"], &[], &["2 reply overdue"]),
    // D2, D3.
    at("2027-06-10 08:00", &["resolve: THU 17 0001"], &["resolve 1"], &["1 resolve kept", "1 recognise on-time"]),
    at("2027-06-17 16:00", &["resolve: fix since Thu 17 Jun", "recognise: credit, since Thu 10 Jun"],
        &[], &["2 resolve overdue"]),
    at("2027-06-18 08:00", &["recognise: credit, since Thu 10 Jun"],
        &["set 1 credit=anonymous"], &["1 recognise kept"]),
];

#[rustfmt::skip]
pub(super) const CRA: &[At] = &[
    at("2027-05-04 09:00", &[], &["mail mia", "mail ravi"], &["1 handle on-time"]),
    at("2027-05-05 09:00", &[], &["set 1 exploited=yes", "set 2 exploited=yes"],
        &["1 early-warning on-time", "1 notification on-time"]),
    // E1: by night.
    at("2027-05-06 03:10", &["early-warning: early-warning due Thu 6 May 10:0"],
        &["record 1 early-warning"], &["1 early-warning kept"]),
    at("2027-05-06 09:10", &["early-warning: early-warning due now", "handle: evaluation, since Tue 4 May"],
        &[], &["2 early-warning overdue"]),
    // E2, E4.
    at("2027-05-07 09:10", &["notification: notification due Sat 8 May 10:0", "handle: evaluation, since Tue 4 May"],
        &["record 1 notification", "record 2 early-warning",
          "evaluate 1 accepted --expected 2027-06-17", "evaluate 2 accepted --expected 2027-06-17"],
        &["1 notification kept", "1 handle kept", "2 early-warning kept-late", "1 resolve on-time"]),
    at("2027-05-08 09:10", &["notification: notification due now"], &[], &["2 notification overdue"]),
    // E3.
    at("2027-05-10 08:00", &[], &["record 2 notification", "record 1 fix-available", "record 2 fix-available"],
        &["2 notification kept-late", "1 final-report on-time"]),
    at("2027-05-17 08:00", &["final-report: MON 24 0001"], &["record 1 final-report"], &["1 final-report kept"]),
    at("2027-05-24 16:00", &["final-report: final-report due now"], &[], &["2 final-report overdue"]),
    at("2027-06-10 08:00", &["resolve: THU 17 0001"], &["resolve 1"], &["1 resolve kept", "1 disclose on-time"]),
    // E5.
    at("2027-06-17 16:00", &["resolve: fix since Thu 17 Jun", "disclose: security update, since Thu 10 Jun"],
        &[], &["2 resolve overdue"]),
    at("2027-06-18 08:00", &["disclose: security update, since Thu 10 Jun"],
        &["publish 1 --link https://example.org/a/1"], &["1 disclose kept"]),
];

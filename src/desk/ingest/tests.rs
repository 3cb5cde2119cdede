//! When a mail was received.

use super::*;

#[test]
fn receipt_is_the_servers_date_unless_that_cannot_be() {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let check = |date: Option<&str>, expected: &str, ours: bool| {
        let date = date.map(|d| d.parse().unwrap());
        assert_eq!(receipt(date, now), (expected.parse().unwrap(), ours));
    };
    check(Some("2026-11-20T10:00:00Z"), "2026-11-20T10:00:00Z", false);
    check(Some("2026-11-22T12:05:00Z"), "2026-11-22T12:05:00Z", false);
    check(Some("2026-11-22T12:05:01Z"), "2026-11-22T12:00:00Z", true);
    check(Some("1999-12-31T23:59:59Z"), "2026-11-22T12:00:00Z", true);
    check(None, "2026-11-22T12:00:00Z", true);
}

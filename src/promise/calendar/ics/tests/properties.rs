//! No file makes the reader panic, and what it gives is bounded.

use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read("uk.ics", &bytes);
    }

    #[test]
    fn no_lines_make_the_reader_panic(lines in prop::collection::vec(prop_oneof![
        "(BEGIN|END):(VCALENDAR|VEVENT|VALARM)",
        "(DTSTART|DTEND|EXDATE|RECURRENCE-ID)(;VALUE=DATE)?:[0-9]{0,9}(T[0-9]{6}Z?)?",
        "RRULE:(FREQ=YEARLY;)?(BYMONTH=[0-9-]{1,3};)?(BYDAY=[0-9+-]{0,3}(MO|\u{fc}|SU);)?(COUNT|UNTIL|BYMONTHDAY)=[0-9-]{1,12}",
        "(DURATION|SUMMARY|STATUS):\\PC{0,12}",
        "[ \t]?\\PC{0,20}",
    ], 0..20)) {
        let event = lines.join("\n");
        let _ = read("uk.ics", event.as_bytes());
        let _ = one(&event);
    }

    #[test]
    fn what_is_read_is_bounded(year in 0i16..=9999, month in 1i8..=12, day in 1i8..=28, length in 1u8..=16) {
        let lines = format!("DTSTART:{year:04}{month:02}{day:02}\nDURATION:P{length}D\nRRULE:FREQ=YEARLY");
        if let Ok(file) = one(&lines) {
            prop_assert!(file.days.len() <= 1600 + 16);
            prop_assert!(file.days.keys().all(|day| (2000..=2100).contains(&day.year())));
        }
    }
}

//! security.txt ends: the team is told by itself, each business morning, until a new one lies
//! there. Nothing else happens in these weeks.

use crate::given::page;
use crate::kit::{Gatepost, PATIENCE, body};
use crate::post_office::{PostOffice, wait_until};
use std::fs;

#[test]
fn the_end_of_security_txt_is_told_from_a_month_before_until_a_new_one_is_written() {
    let office = PostOffice::own(Some("2027-04-30 15:40"));
    let g = Gatepost::ready(&office, "expires");
    let more = "\n[security_txt]\nfile = \"site/security.txt\"\ndays = 60\n";
    g.write_config(&(g.config() + more));
    fs::create_dir(g.path("site")).unwrap();
    let export = || g.run(&["export", "security-txt"]).ok();
    export();
    let expires = |day: &str| {
        let text = page(&g, "site/security.txt");
        let line = format!("Expires: {day}T00:00:00Z\n");
        assert!(text.contains(&line), "{text}");
    };
    expires("2027-06-29");
    let told = |when: &str, count: usize| {
        office.clock(when);
        g.once().ok();
        g.once().ok();
        wait_until(&format!("{count} letters by {when}"), PATIENCE, || {
            (g.mail_of(&g.anna).len() >= count).then_some(())
        });
        let mail = g.mail_of(&g.anna);
        assert_eq!(mail.len(), count, "{when}");
        let last = mail.last().map(|mail| body(mail)).unwrap_or_default();
        last.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    told("2027-05-28 08:00", 0);
    told("2027-05-30 12:00", 0);
    let first = told("2027-05-31 08:00", 1);
    assert!(
        first.contains("security.txt expires on 29 Jun 2027"),
        "{first}"
    );
    told("2027-05-31 15:00", 1);
    told("2027-06-01 08:00", 2);
    told("2027-06-05 08:00", 2);
    let late = told("2027-06-29 08:00", 3);
    assert!(
        late.contains("security.txt expired on 29 Jun 2027"),
        "{late}"
    );

    // The new one lasts until the end of August, and is told of from the end of July on.
    export();
    expires("2027-08-28");
    told("2027-06-30 08:00", 3);
    told("2027-07-28 08:00", 3);
    let again = told("2027-07-29 08:00", 4);
    assert!(again.contains("expires on 28 Aug 2027"), "{again}");
    // Before it has ended, too.
    export();
    expires("2027-09-27");
    told("2027-07-30 08:00", 4);
}

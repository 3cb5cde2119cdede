//! What lies outside: lists and platforms that lead to us, and what we publish.

use super::document::Document;
use super::{calendar, warn};
use crate::cli::{export, output, told};
use crate::config::Config;
use crate::desk::given::SOON;
use jiff::{SignedDuration, Timestamp};

/// Lists that lead to us, and platforms.
pub fn outside(config: &Config) {
    for list in &config.lists {
        output::line(format!(
            "list      {} by {}: a way to you, not mail to many",
            list.id, list.address
        ));
    }
    for platform in &config.platforms {
        output::line(format!(
            "platform  {}: mail of {} that passes; no receipt, one ticket a report",
            platform.name, platform.from
        ));
    }
}

/// security.txt and the page of thanks, where the config names them.
pub fn security_txt(config: &Config, now: Timestamp, found: &mut Document) {
    if let Some(credits) = &config.credits {
        output::line(format!("thanks    {}", credits.file.display()));
    }
    let Some(section) = &config.security_txt else {
        return;
    };
    let file = section.file.display();
    let (faults, ends) = match export::judged(section, now) {
        Ok(Some(judged)) => judged,
        Ok(None) => {
            let text = format!("{file} is not there: gatepost export security-txt");
            return warn(found, text);
        }
        Err(why) => return warn(found, told(&why)),
    };
    for fault in &faults {
        warn(found, format!("{file}: {fault}"));
    }
    let Some(ends) = ends else { return };
    let at = calendar::moment(ends, now, &config.calendar);
    output::line(format!("security  {file}, ends {at}"));
    if ends > now && ends.duration_since(now) < SignedDuration::from_hours(24 * SOON) {
        let text = format!("{file} soon ends: gatepost export security-txt, and publish it");
        warn(found, text);
    }
}

//! The score of a CVSS vector, 2.0 to 4.0: the one place that knows the formulas' crate.
//!
//! For 2.0, 3.0 and 3.1 it is the base score; what a vector says of time and environment is
//! read and changes nothing. For 4.0 it is the one score that there is. A vector that lacks
//! a base metric has none: the crate would give 0.0 for some.

use cvss::Cvss;

/// A vector and its score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// The vector, in its usual spelling.
    pub vector: String,
    /// The score, in tenths.
    pub tenths: u32,
    /// Its word: none, low, medium, high or critical; 2.0 has no critical.
    pub severity: &'static str,
    /// The scores with time, and with time and environment, in tenths, where the formulas of
    /// its version have such.
    pub others: Vec<u32>,
}

/// The metrics that a base score needs.
const BASE_2: [&str; 6] = ["AV", "AC", "AU", "C", "I", "A"];
pub(super) const BASE_3: [&str; 8] = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
pub(super) const BASE_4: [&str; 11] = [
    "AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA",
];

impl Score {
    /// The score of a vector in any case: `CVSS:3.1/AV:N/…`, or of 2.0 without a prefix.
    /// `None` for what is no whole vector.
    pub fn of(vector: &str) -> Option<Self> {
        let vector = spelled(vector.trim())?;
        let is_2 = !vector.starts_with("CVSS:");
        let metrics: Vec<&str> = vector
            .split('/')
            .filter_map(|part| part.split_once(':').map(|(metric, _)| metric))
            .collect();
        let needed: &[&str] = match vector.get(..8) {
            Some("CVSS:3.0" | "CVSS:3.1") => &BASE_3,
            Some("CVSS:4.0") => &BASE_4,
            Some(_) if is_2 => &BASE_2,
            Some(_) | None => return None,
        };
        let has = |needed: &&str| metrics.iter().any(|m| m.eq_ignore_ascii_case(needed));
        if !needed.iter().all(has) {
            return None;
        }
        let read: Cvss = vector.parse().ok()?;
        let others = match &read {
            Cvss::CvssV20(v) => vec![v.temporal_score().value(), v.environmental_score().value()],
            Cvss::CvssV30(v) | Cvss::CvssV31(v) => {
                vec![v.temporal_score().value(), v.environmental_score().value()]
            }
            _ => Vec::new(),
        };
        Some(Self {
            tenths: tenths(read.score())?,
            severity: read.severity().as_str(),
            others: others.into_iter().filter_map(tenths).collect(),
            vector,
        })
    }

    /// `8.6`.
    pub fn figure(&self) -> String {
        figure(self.tenths)
    }
}

/// `8.6` of 86.
pub fn figure(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A score in tenths; `None` for what is none.
fn tenths(score: f64) -> Option<u32> {
    (0..=100).find(|n| (f64::from(*n) - score * 10.0).abs() < 0.01)
}

/// Upper case; of 2.0, whose `Au` is not, as its guide writes it and without a prefix.
fn spelled(vector: &str) -> Option<String> {
    if vector.len() > 400 || !vector.is_ascii() {
        return None;
    }
    let upper = vector.to_ascii_uppercase();
    let bare = upper
        .strip_prefix("CVSS:2.0/")
        .or_else(|| upper.strip_prefix("CVSS2#"))
        .unwrap_or(&upper);
    if bare.starts_with("CVSS:") {
        return Some(bare.to_owned());
    }
    let parts = bare.split('/').map(|part| match part.split_once(':') {
        Some(("AU", value)) => format!("Au:{value}"),
        Some(("E", "POC")) => "E:POC".to_owned(),
        Some((_, _)) | None => part.to_owned(),
    });
    Some(parts.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores that FIRST publishes: the example documents of 2.0 (its guide, section 3.3), 3.0,
    /// 3.1 and 4.0, with the CVE that each is about.
    #[test]
    fn the_published_examples_have_the_published_scores() {
        for (vector, score, severity) in [
            // 2.0: CVE-2002-0392, CVE-2003-0818, CVE-2003-0062.
            ("AV:N/AC:L/Au:N/C:N/I:N/A:C", "7.8", "high"),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", "10.0", "high"),
            ("AV:L/AC:H/Au:N/C:C/I:C/A:C", "6.2", "medium"),
            // 3.1: CVE-2013-1937, CVE-2013-0375, CVE-2014-3566, CVE-2014-0160, CVE-2014-6271.
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",
                "6.1",
                "medium",
            ),
            (
                "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N",
                "6.4",
                "medium",
            ),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", "3.1", "low"),
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
                "7.5",
                "high",
            ),
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "9.8",
                "critical",
            ),
            // 3.1: CVE-2012-1516, CVE-2009-0783, CVE-2014-2005, CVE-2015-8252, CVE-2011-1265.
            (
                "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H",
                "9.9",
                "critical",
            ),
            (
                "CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L",
                "4.2",
                "medium",
            ),
            (
                "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "6.8",
                "medium",
            ),
            (
                "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "8.8",
                "high",
            ),
            // 3.0 of the same.
            (
                "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",
                "6.1",
                "medium",
            ),
            (
                "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N",
                "0.0",
                "none",
            ),
            // 4.0: the highest, the lowest, CVE-2022-41741, and CVE-2020-3549 with and
            // without a threat metric.
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
                "10.0",
                "critical",
            ),
            (
                "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                "7.3",
                "high",
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                "7.7",
                "high",
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U",
                "5.2",
                "medium",
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N",
                "0.0",
                "none",
            ),
        ] {
            let read = Score::of(vector).unwrap_or_else(|| panic!("{vector}"));
            assert_eq!(
                (read.figure().as_str(), read.severity),
                (score, severity),
                "{vector}"
            );
        }
    }

    #[test]
    fn any_spelling_is_read_and_the_usual_one_is_kept() {
        for text in [
            "AV:N/AC:L/Au:N/C:P/I:P/A:P",
            "av:n/ac:l/au:n/c:p/i:p/a:p",
            "CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P",
            "cvss:2.0/AV:N/AC:L/AU:N/C:P/I:P/A:P",
        ] {
            let read = Score::of(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read.vector, "AV:N/AC:L/Au:N/C:P/I:P/A:P");
            assert_eq!(read.figure(), "7.5");
        }
    }

    #[test]
    fn what_is_no_whole_vector_has_no_score() {
        for text in [
            "",
            "CVSS:3.1/AV:N",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N",
            "CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N",
            "CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N",
            "CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N",
            "AV:N/AC:L/Au:N/C:P/I:P",
            "AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N",
            "\u{e9}CVSS:3.1",
        ] {
            assert_eq!(Score::of(text), None, "{text:?}");
        }
    }

    #[test]
    fn time_changes_the_others_and_not_the_base() {
        let read = Score::of("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U").unwrap();
        assert_eq!(read.figure(), "9.8");
        assert!(read.others.contains(&78), "{:?}", read.others);
    }
}

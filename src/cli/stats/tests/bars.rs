//! The chart of a promise counts what its percentage counts.

use super::*;
use crate::promise::tally::Fate;

/// The numbers that stand with the bars of a promise that the line underlines: kept, late.
fn underlined(page: &str, promise: &str) -> (usize, usize) {
    let (_, chart) = page
        .split_once(&format!("{promise}: kept and late</title>"))
        .unwrap();
    let (chart, _) = chart.split_once("</svg>").unwrap();
    let lines = chart.lines().filter(|line| line.contains("class=\"span\""));
    let ends = lines.map(|line| {
        ["x1=\"", "x2=\""].map(|end| {
            let (_, rest) = line.split_once(end).unwrap();
            rest.split('"').next().unwrap().parse::<f64>().unwrap()
        })
    });
    let spans: Vec<[f64; 2]> = ends.collect();
    let sum = |class: &str| -> usize {
        let begin = format!("<text class=\"{class}\" x=\"");
        let numbers = chart.lines().filter_map(|line| line.strip_prefix(&begin));
        let numbers = numbers.filter_map(|line| {
            let x: f64 = line.split('"').next()?.parse().ok()?;
            let number = line.split(['>', '<']).nth(1)?.parse::<usize>().ok()?;
            let inside = spans
                .iter()
                .any(|[left, right]| (*left..*right).contains(&x));
            inside.then_some(number)
        });
        numbers.sum()
    };
    (sum("n"), sum("n late"))
}

#[test]
fn the_bars_of_the_span_add_up_to_its_percentage() {
    let mut desk = desk();
    // Due in August, a month that is still to come, and kept in June.
    let early = desk.report("2027-06-01T09:00:00Z", "early", true);
    let dated = What::Dated {
        on: date(2027, 8, 20),
    };
    desk.happens("2027-06-02T09:00:00Z", early, &[dated]);
    desk.happens("2027-06-08T09:00:00Z", early, &[What::Resolved]);
    for (words, resolve) in [
        ("2027-Q3", (1, 0)),
        ("2027-Q2", (2, 0)),
        ("2027", (3, 0)),
        ("--since 2026-04-01 --until 2027-09-30", (3, 0)),
    ] {
        let (page, said) = desk.counted_from(
            words,
            |days| {
                Span {
                    days,
                    is_default: false,
                }
                .drawn_from(date(2027, 6, 10))
            },
            |counted, tx| {
                let row = |name: &str| {
                    let row = counted.rows.iter().find(|row| row.promise == name);
                    row.map(|row| (row.count(Fate::Kept), row.count(Fate::Late)))
                };
                let said = ["respond", "inform", "resolve"].map(|name| (name, row(name)));
                (page::page(counted, tx).unwrap().0, said)
            },
        );
        for (name, counts) in said {
            let Some(counts) = counts.filter(|(kept, late)| kept + late > 0) else {
                continue;
            };
            assert_eq!(underlined(&page, name), counts, "{name} in {words}");
        }
        assert_eq!(underlined(&page, "resolve"), resolve, "{words}");
    }
}

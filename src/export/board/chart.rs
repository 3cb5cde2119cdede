//! A promise over time: a bar for each month or quarter, kept below, late on top. Numbers
//! stand with the bars, so that no colour is needed to read them. A line under a bar says that
//! the span has a day of it.

use super::Bar;
use super::html::text;
use std::fmt::Write;

/// The plane of a chart; it is scaled to its place on the page.
const WIDTH: f64 = 360.0;
/// Where bars stand.
const FLOOR: f64 = 112.0;
/// As high as the highest is.
const HIGHEST: f64 = 84.0;
/// Room for the words below the bars.
const HEIGHT: f64 = 140.0;

/// The chart as SVG; `id` is its own on the page, `promise` the name of the promise.
pub fn chart(id: &str, promise: &str, bars: &[Bar]) -> String {
    let mut out = String::new();
    let all = bars.iter().map(|bar| bar.kept + bar.late);
    let most = all.max().unwrap_or_default().max(1) as f64;
    let step = WIDTH / bars.len().max(1) as f64;
    let _ = writeln!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">{}: kept and late</title>\n<desc id=\"{id}-desc\">{}</desc>\n\
         <line class=\"floor\" x1=\"0\" y1=\"{FLOOR}\" x2=\"{WIDTH}\" y2=\"{FLOOR}\"/>",
        text(promise),
        text(&described(bars))
    );
    for (n, bar) in bars.iter().enumerate() {
        let left = step * n as f64;
        let height = |count: usize| HIGHEST * count as f64 / most;
        let (kept, late) = (height(bar.kept), height(bar.late));
        let mut block = |class: &str, top: f64, height: f64| {
            if height > 0.0 {
                let (x, width) = (left + step * 0.2, step * 0.6);
                let _ = writeln!(
                    out,
                    "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
                );
            }
        };
        block("kept", FLOOR - kept, kept);
        block("late", FLOOR - kept - late, late);
        let mut word = |class: &str, y: f64, word: &str| {
            let x = left + step / 2.0;
            let word = text(word);
            let _ = writeln!(
                out,
                "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{word}</text>"
            );
        };
        let mut above = FLOOR - kept - late - 3.0;
        if bar.kept > 0 {
            word("n", above, &bar.kept.to_string());
            above -= 10.0;
        }
        if bar.late > 0 {
            word("n late", above, &bar.late.to_string());
        }
        word("label", FLOOR + 13.0, &bar.label);
        if let Some(year) = &bar.year {
            word("label", FLOOR + 25.0, year);
        }
        if bar.in_span {
            let (y, right) = (FLOOR + 1.5, left + step);
            let _ = writeln!(
                out,
                "<line class=\"span\" x1=\"{left:.1}\" y1=\"{y}\" x2=\"{right:.1}\" y2=\"{y}\"/>"
            );
        }
    }
    out + "</svg>\n"
}

/// The same in words, for whoever hears the page.
fn described(bars: &[Bar]) -> String {
    let mut year = "";
    let words = bars.iter().map(|bar| {
        year = bar.year.as_deref().unwrap_or(year);
        format!("{} {year}: {} kept, {} late", bar.label, bar.kept, bar.late)
    });
    words.collect::<Vec<_>>().join("; ")
}

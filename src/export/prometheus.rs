//! Figures in the text format that Prometheus reads (exposition format 0.0.4).
//!
//! Labels hold words of the policy and of this program alone, never those of a report: there
//! are as many series as promises.

use std::fmt::Write;

/// Labels with their values, and a figure.
pub type Sample = (Vec<(&'static str, String)>, f64);

/// A figure, and all that is measured of it.
pub struct Figure {
    /// Its name: `gatepost_promises`.
    pub name: &'static str,
    /// What it says.
    pub help: &'static str,
    /// What was measured.
    pub samples: Vec<Sample>,
}

/// The whole text. A figure without samples is left out.
pub fn text(figures: &[Figure]) -> String {
    let mut out = String::new();
    for figure in figures.iter().filter(|f| !f.samples.is_empty()) {
        let name = figure.name;
        let help = figure.help.replace('\\', "\\\\").replace('\n', "\\n");
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in &figure.samples {
            let labels: Vec<String> = labels
                .iter()
                .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
                .collect();
            let labels = match labels.is_empty() {
                true => String::new(),
                false => format!("{{{}}}", labels.join(",")),
            };
            let _ = writeln!(out, "{name}{labels} {value}");
        }
    }
    out
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_cannot_end_their_line() {
        let hostile = "a\"} 1\n# TYPE x\\";
        let figure = Figure {
            name: "gatepost_promises",
            help: "one\ntwo \\ three",
            samples: vec![
                (vec![("promise", hostile.to_owned())], 2.5),
                (Vec::new(), 3.0),
            ],
        };
        let none = Figure {
            name: "gatepost_none",
            help: "",
            samples: Vec::new(),
        };
        assert_eq!(
            text(&[none, figure]),
            "# HELP gatepost_promises one\\ntwo \\\\ three\n# TYPE gatepost_promises gauge\n\
             gatepost_promises{promise=\"a\\\"} 1\\n# TYPE x\\\\\"} 2.5\ngatepost_promises 3\n"
        );
    }
}

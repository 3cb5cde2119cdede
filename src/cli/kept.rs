//! `config/policies/README.md` against what there is: every row of the pages is answered, and
//! by something that exists.

use super::args::Args;
use super::set;
use crate::config::{EXAMPLE, policies, read_policy};
use crate::letters::Letters;
use crate::promise::Policy;
use clap::CommandFactory;
use std::collections::BTreeMap;

const README: &str = include_str!("../../config/policies/README.md");

/// A kind, and its rows.
type OfKind = (&'static str, &'static [&'static str]);

/// The rows of the three pages, and of which kind each is.
const PAGES: [(&str, &[OfKind]); 3] = [
    (
        "neon",
        &[
            (
                "P",
                &["N2", "N3", "N4", "N5", "N6", "N7", "N8", "N14", "N15"],
            ),
            ("R", &["N10", "N11", "N12", "N13"]),
            ("S", &["N1", "N9", "N16", "N17"]),
        ],
    ),
    (
        "novu",
        &[
            ("P", &["V10", "V11", "V12", "V13", "V14", "V15"]),
            ("R", &["V5", "V6", "V7", "V8", "V9"]),
            ("S", &["V2", "V3"]),
        ],
    ),
    (
        "hey",
        &[
            (
                "P",
                &[
                    "B1", "B3", "B7", "B10", "B11", "B12", "B13", "B14", "B15", "B17",
                ],
            ),
            ("R", &["B6"]),
            ("S", &["B2", "B4", "B5", "B8", "B9", "B16", "B18", "B19"]),
        ],
    ),
];

/// One line of the list.
struct Row<'a> {
    ids: Vec<&'a str>,
    kind: &'a str,
    kept: &'a str,
}

/// The rows of each profile.
fn rows(readme: &str) -> BTreeMap<&str, Vec<Row<'_>>> {
    let mut all = BTreeMap::new();
    for section in readme.split("\n## ").skip(1) {
        let (name, text) = section.split_once('\n').unwrap();
        let lines = text.lines().filter(|line| line.starts_with('|')).skip(2);
        let rows = lines.map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [ids, kind, _, kept] = cells.as_slice() else {
                panic!("four columns: {line}");
            };
            Row {
                ids: ids.split(", ").collect(),
                kind,
                kept,
            }
        });
        all.insert(name.trim(), rows.collect());
    }
    all
}

/// What a row names: a sort of thing, and which.
fn named(kept: &str) -> Vec<(&'static str, &str)> {
    const SORTS: [&str; 7] = [
        "promise", "letter", "command", "key", "set", "class", "fact",
    ];
    let (mut sort, mut all) = (None, Vec::new());
    for (n, part) in kept.split('`').enumerate() {
        if n % 2 == 1 {
            all.push((sort.unwrap_or("nothing"), part));
            continue;
        }
        for word in part.split(|c: char| !c.is_ascii_alphabetic()) {
            let found = SORTS.iter().find(|sort| {
                word == **sort || word.strip_suffix('s').is_some_and(|one| one == **sort)
            });
            sort = found.copied().or(sort);
        }
    }
    all
}

/// Whether there is such a thing; `class`es for class.
fn exists(policy: &Policy, sort: &str, name: &str) -> bool {
    match sort {
        "promise" => policy.promise(name).is_some(),
        "class" => policy.classes().contains(name),
        "fact" => policy.declared.iter().any(|fact| fact.as_str() == name),
        "letter" => {
            let file = format!("{name}.txt");
            Letters::texts_built_in().any(|(known, _)| known == file)
        }
        "set" => set::keys().any(|key| key == name),
        "key" => name
            .split_once('.')
            .is_some_and(|(table, key)| is_key(table, key)),
        "command" => is_command(name),
        _ => false,
    }
}

/// Whether the example config explains this key of this table.
fn is_key(table: &str, key: &str) -> bool {
    let mut inside = false;
    for line in EXAMPLE.lines() {
        let line = line.trim_start_matches("# ");
        if line.starts_with('[') {
            inside = line.trim_matches(['[', ']']) == table;
        }
        if inside
            && line
                .strip_prefix(key)
                .is_some_and(|rest| rest.starts_with(" = "))
        {
            return true;
        }
    }
    false
}

/// Whether there is such a command with such options.
fn is_command(words: &str) -> bool {
    let program = Args::command();
    let mut words = words.split(' ');
    let Some(command) = words.next().and_then(|name| program.find_subcommand(name)) else {
        return false;
    };
    words.all(|word| {
        let long = word.strip_prefix("--");
        command.get_arguments().any(|arg| arg.get_long() == long)
            || command.find_subcommand(word).is_some()
    })
}

/// What is wrong with a list.
fn faults(readme: &str) -> Vec<String> {
    let all = rows(readme);
    let mut faults = Vec::new();
    for (profile, text) in policies() {
        let policy = read_policy(text).unwrap();
        let Some(rows) = all.get(profile) else {
            faults.push(format!("{profile} has no list"));
            continue;
        };
        for row in rows {
            let ids = row.ids.join(", ");
            let names = named(row.kept);
            if row.kind == "P" && (names.is_empty() || row.kept.contains("not yet")) {
                faults.push(format!("{profile} {ids}: nothing keeps it"));
            }
            let strange = names
                .iter()
                .filter(|(sort, name)| !exists(&policy, sort, name));
            faults.extend(strange.map(|(sort, name)| format!("{profile} {ids}: no {sort} {name}")));
        }
        let ids: Vec<&str> = rows.iter().flat_map(|row| row.ids.clone()).collect();
        // Each promise says of which row it is, in the paragraph that it stands in.
        for paragraph in text
            .split("\n\n")
            .filter(|p| p.contains("\n[[promise]]") || p.starts_with("[[promise]]"))
        {
            let of_row = paragraph
                .split(|c: char| !c.is_ascii_alphanumeric())
                .any(|word| ids.contains(&word));
            if !of_row {
                faults.push(format!("{profile}: of which row is this?\n{paragraph}"));
            }
        }
    }
    for (profile, kinds) in PAGES {
        let empty = Vec::new();
        let rows = all.get(profile).unwrap_or(&empty);
        for (kind, wanted) in kinds {
            for id in *wanted {
                let found = rows.iter().find(|row| row.ids.contains(id));
                if found.is_none_or(|row| row.kind != *kind) {
                    faults.push(format!("{profile} {id} ({kind}) has no row"));
                }
            }
        }
    }
    faults
}

#[test]
fn every_row_of_the_pages_is_kept_by_something_that_there_is() {
    assert_eq!(faults(README), [""; 0]);
}

#[test]
fn a_row_that_nothing_keeps_or_that_names_nothing_there_is_would_be_told() {
    let check = |from: &str, to: &str, wanted: &str| {
        assert!(README.contains(from), "{from}");
        let found = faults(&README.replacen(from, to, 1));
        assert_eq!(found, [wanted], "{from} -> {to}");
    };
    let row = "| command `note --data-access` |";
    check(row, "| in good faith |", "neon N5: nothing keeps it");
    check(
        row,
        "| command `note`; not yet |",
        "neon N5: nothing keeps it",
    );
    check(
        row,
        "| command `note --data` |",
        "neon N5: no command note --data",
    );
    check(row, "| command `jot` |", "neon N5: no command jot");
    check(row, "| `note` |", "neon N5: no nothing note");
    check(
        "promise `contact`",
        "promise `respond`",
        "hey B17: no promise respond",
    );
    check(
        "letter `acknowledgement-attack`",
        "letter `attack`",
        "hey B1: no letter attack",
    );
    check(
        "set `bounty`",
        "set `bountiful`",
        "hey B11: no set bountiful",
    );
    check(
        "`platform.class`",
        "`platform.clasp`",
        "hey B2, B4: no key platform.clasp",
    );
    check(
        "class `support`",
        "class `supper`",
        "hey B9: no class supper",
    );
    check("| N17 | S |", "| N18 | S |", "neon N17 (S) has no row");
    check("| B6 | R |", "| B6 | P |", "hey B6 (R) has no row");
}

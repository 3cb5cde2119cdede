//! Where a stranger's text is taken as it came.

/// Who takes a stranger's text as it came, by `Foreign::raw`, and what for. Whoever shows
/// it takes `line`, `cut` or `block`; a new name here says why it must not.
pub(super) const RAW: &[(&str, &str)] = &[
    ("mail/digest.rs", "counts its bytes"),
    ("mail/parse/mod.rs", "asks whether there is any"),
    (
        "mail/parse/shape.rs",
        "looks for the name of a file, and for ids",
    ),
    ("mail/parse/whole.rs", "makes a digest of names of files"),
    (
        "mail/parse/sealed/role.rs",
        "looks for the ending of a name",
    ),
    ("mail/sealed.rs", "leaves armour out, foreign again"),
    (
        "mail/text/mod.rs",
        "cuts it into lines that are foreign again",
    ),
    ("mail/text/occasion.rs", "looks for the mark of an answer"),
    ("mail/text/signature.rs", "compares the words of a name"),
    (
        "mail/text/steady.rs",
        "cuts it into lines that are foreign again",
    ),
    ("triage/extract/mod.rs", "looks for what it names"),
    ("triage/extract/lacks.rs", "counts its words"),
    (
        "triage/extract/said.rs",
        "cuts out what it names, foreign again",
    ),
    ("triage/alike.rs", "compares subjects"),
    ("triage/filters/bounce/signs.rs", "looks for words"),
    ("triage/filters/machine.rs", "looks for words"),
    (
        "triage/hints/mod.rs",
        "looks for words; what is found is foreign again",
    ),
    ("triage/junk.rs", "looks for words"),
    ("triage/labelled.rs", "looks for lines of ours"),
    ("triage/likeness.rs", "makes digests of its words"),
    ("triage/lookalike/mod.rs", "looks for an address"),
    ("triage/subject.rs", "looks for references of ours"),
    ("triage/platform.rs", "looks for the id of a report"),
    ("desk/search.rs", "looks for words"),
    ("desk/search/said.rs", "tells words, for the index"),
    ("store/before.rs", "stores it, as a parameter"),
    ("store/messages.rs", "stores it, as a parameter"),
    ("store/tickets.rs", "stores it, as a parameter"),
    (
        "export/file_name.rs",
        "makes a file name of its plain letters",
    ),
    ("cli/init.rs", "cuts it, foreign again"),
    ("cli/list/found/snippet.rs", "cuts it, foreign again"),
    (
        "cli/show/mod.rs",
        "cuts it into lines that are foreign again",
    ),
    (
        "cli/show/excerpt.rs",
        "cuts it into lines that are foreign again",
    ),
    ("cli/show/ours.rs", "looks for a date and an outcome"),
    (
        "cli/show/thread.rs",
        "cuts it into lines that are foreign again",
    ),
];

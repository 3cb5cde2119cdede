//! Pages, names and files of security.txt as they should not be: each is refused with what to
//! do, or written without harm.

use crate::faults::says;
use crate::given::{page, resolve, with_one_report};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

const BEGIN: &str = "<!-- gatepost:credits:begin -->";
const END: &str = "<!-- gatepost:credits:end -->";

#[test]
fn pages_of_every_kind_keep_each_byte_beside_the_list() {
    let (g, mia) = with_one_report("odd-pages");
    g.run(&["set", "1", "credit=Fox O. *Box*"]).ok();
    resolve(&g, &mia);
    let file = g.path("site/odd.md");
    let export = || {
        let name = file.display().to_string();
        g.run(&["export", "credits", "--file", &name])
    };
    let written = r"Fox O. \*Box\*";
    let list = |newline: &str| format!("{BEGIN}{newline}- Ada{newline}{END}");
    for (before, newline, behind) in [
        (
            &b"\xef\xbb\xbf---\r\nx: \xff\r\n---\r\n"[..],
            "\r\n",
            &b""[..],
        ),
        (b"", "\n", b""),
        (b"a\rb\x00\n\n", "\n", b"\n\n\xfe\n"),
        (
            b"```\n<!-- gatepost:credits:begin -->\n```\n",
            "\r\n",
            b"\n```",
        ),
    ] {
        let whole = |inside: &str| [before, inside.as_bytes(), behind].concat();
        fs::write(&file, whole(&list(newline))).unwrap();
        export().ok();
        let added = list(newline).replace(END, &format!("- {written}{newline}{END}"));
        assert_eq!(fs::read(&file).unwrap(), whole(&added));
        says(&export().ok(), &["nothing to change"]);
    }
    let pair = list("\n");
    for (text, wanted) in [
        (format!("{pair}\n{pair}\n"), "line 4: the two lines"),
        (format!("{BEGIN}\n{pair}\n{END}\n"), "line 2: the two lines"),
        (format!("{END}\n{BEGIN}\n"), "line 1: the two lines"),
        (format!("{BEGIN}\n* Ada\n"), "has no gatepost:credits:end"),
        (
            format!("~~~\n{pair}\n~~~\n"),
            "line 2: gatepost:credits:begin stands in a block",
        ),
        (format!("x {BEGIN}\n{END}\n"), "line 2: the two lines"),
    ] {
        fs::write(&file, &text).unwrap();
        says(&export().code_in(&[1]), &[wanted, "hint: "]);
        assert_eq!(page(&g, "site/odd.md"), text);
    }
}

#[test]
fn names_of_every_kind_are_text_or_are_refused() {
    let (g, mia) = with_one_report("odd-names");
    for name in [
        "a\u{202e}b".to_owned(),
        "fox\n* owl".to_owned(),
        "fox\u{200b}".to_owned(),
        "fox\u{1b}[31m".to_owned(),
        "x".repeat(10_000),
    ] {
        let why = g.run(&["set", "1", &format!("credit={name}")]);
        let why = why.code_in(&[2]);
        assert!(why.contains("hint") || why.contains("one line"), "{why}");
        assert!(!why.contains(&name), "shown as it came: {why}");
    }
    assert_eq!(g.show("1")["credit"]["state"], "unasked");
    resolve(&g, &mia);
    let before = page(&g, "site/thanks.md");
    for (name, written) in [
        (
            "<script>x</script>",
            "* &#60;script&#62;x&#60;/script&#62;\n",
        ),
        ("[a](javascript:x)", "* \\[a\\](javascript&#58;x)\n"),
        ("{{ site.xyz }}", ""),
        (
            "<!-- gatepost:credits:end -->",
            "* &#60;\\!-- gatepost&#58;credits&#58;end --&#62;\n",
        ),
        (
            "# gatepost:credits:end",
            "* \\# gatepost&#58;credits&#58;end\n",
        ),
    ] {
        g.run(&["set", "1", &format!("credit={name}")]).ok();
        g.run(&["export", "credits"]).ok();
        let now = page(&g, "site/thanks.md");
        assert!(now.contains(written), "{name}: {now}");
        assert_eq!(
            now.replacen(written, "", usize::from(!written.is_empty())),
            before
        );
        g.run(&["export", "security-txt"]).ok();
        g.run(&["export", "security-txt", "--check"]).ok();
    }
}

#[test]
fn a_replaced_file_keeps_its_mode_and_group_and_is_never_a_link() {
    let (g, mia) = with_one_report("odd-rights");
    g.run(&["set", "1", "credit=fox"]).ok();
    resolve(&g, &mia);
    let file = g.path("site/thanks.md");
    let whose = || {
        let meta = fs::metadata(&file).unwrap();
        (meta.uid(), meta.gid(), meta.mode() & 0o7777, meta.ino())
    };
    // Root may give a file to anybody; else this is the group that it has.
    let (owner, own, ..) = whose();
    let (owner, group) = match chown(&file, Some(owner + 33), Some(own + 33)) {
        Ok(()) => (owner + 33, own + 33),
        Err(_) => (owner, own),
    };
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let first = whose().3;
    g.run(&["export", "credits"]).ok();
    assert_ne!(whose().3, first, "a new file");
    assert_eq!(whose(), (owner, group, 0o640, whose().3));
    let left = fs::read_dir(g.path("site")).unwrap().count();
    assert_eq!(left, 1, "nothing lies beside it");

    fs::rename(&file, g.path("elsewhere.md")).unwrap();
    symlink(g.path("elsewhere.md"), &file).unwrap();
    g.run(&["set", "1", "credit=owl"]).ok();
    let why = g.run(&["export", "credits"]).code_in(&[1]);
    says(&why, &["it is a link", "name the file that it leads to"]);
    assert!(!page(&g, "elsewhere.md").contains("owl"));
}

#[test]
fn a_security_txt_of_others_is_read_as_it_is_and_never_written_over() {
    let (g, _) = with_one_report("odd-text");
    let file = g.path("site/security.txt");
    let signed = |text: &str| {
        format!(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{text}-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
        )
    };
    let contact = "Contact: mailto:security@example.org\n";
    let end = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 100);
    let good = format!("{contact}Expires: {}\n", end.strftime("%Y-%m-%dT00:00:00Z"));
    for (text, code, wanted) in [
        (good.replace('\n', "\r\n"), 0, "ends "),
        (format!("{good}Dance: tango\n"), 0, "no field \"Dance\""),
        (signed(&good), 0, "no Canonical"),
        (signed(&good).replace('\n', "\r\n"), 0, "no Canonical"),
        (contact.to_owned(), 3, "no Expires"),
        (
            format!("{contact}Expires: 2020-01-01T00:00:00Z\n"),
            3,
            "it has expired",
        ),
        (format!("\u{feff}{good}"), 3, "byte order mark"),
        (
            format!("{}{good}", signed(&good)),
            3,
            "does not cover the whole file",
        ),
    ] {
        fs::write(&file, &text).unwrap();
        let check = g.run(&["export", "security-txt", "--check"]);
        assert_eq!(check.code, code, "{text}");
        let said = check
            .out
            .replace("Dance", "\"Dance\"")
            .replace("\"\"", "\"");
        says(&said, &[wanted]);
        let why = g.run(&["export", "security-txt"]).code_in(&[1]);
        says(&why, &["was not made by gatepost", "--replace"]);
        assert_eq!(page(&g, "site/security.txt"), text);
    }
    // Whoever asks for it gets a text to sign, and the signed one stays.
    fs::write(&file, signed(&good)).unwrap();
    g.run(&["export", "security-txt", "--replace"]).ok();
    assert_eq!(page(&g, "site/security.txt"), signed(&good));
    says(&page(&g, "site/security.txt.unsigned"), &["Contact: "]);
}

//! What people newly wrote, told from quotes and signatures: mails in pairs with the text that is
//! wanted. Those of `tests/newtext` come one from each shape of mail program and language, and
//! each is exact; `tests/soak/newtext` measures another folder.

use gatepost::mail::parse::parse;
use gatepost::mail::text::new_in;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What one mail or all of them came to, in lines that are not empty.
#[derive(Default)]
struct Figures {
    mails: usize,
    exact: usize,
    wanted: usize,
    lost: usize,
    shown: usize,
    leaked: usize,
}

fn pairs(folder: &Path) -> Vec<(String, Vec<u8>, String)> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    let mut mails: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .collect();
    mails.sort();
    let pair = |path: PathBuf| {
        let name = path.file_stem()?.to_string_lossy().into_owned();
        let wanted = folder.join("expect").join(format!("{name}.txt"));
        let wanted = std::fs::read_to_string(wanted).ok()?;
        Some((name, std::fs::read(path).unwrap(), wanted))
    };
    mails.into_iter().filter_map(pair).collect()
}

/// Without what nobody sees: white space at the end of lines and of the text.
fn seen(text: &str) -> Vec<String> {
    let text = text.trim_matches(['\r', '\n']).trim_end();
    text.lines().map(|l| l.trim_end().to_owned()).collect()
}

/// How many lines of these are not among those, and how many there are.
fn missing(these: &[String], those: &[String]) -> (usize, usize) {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for line in those {
        *left.entry(line.trim()).or_default() += 1;
    }
    let written = || these.iter().map(|l| l.trim()).filter(|l| !l.is_empty());
    let gone = written().filter(|line| match left.get_mut(line) {
        Some(n) if *n > 0 => {
            *n -= 1;
            false
        }
        _ => true,
    });
    (gone.count(), written().count())
}

fn measured(folder: &Path) -> Figures {
    let mut all = Figures::default();
    for (name, bytes, wanted) in pairs(folder) {
        let mail = parse(&bytes, true);
        let (shown, wanted) = (seen(new_in(&mail).raw()), seen(&wanted));
        let (lost, of) = missing(&wanted, &shown);
        let (leaked, shows) = missing(&shown, &wanted);
        all.mails += 1;
        all.exact += usize::from(shown == wanted);
        all.wanted += of;
        all.lost += lost;
        all.shown += shows;
        all.leaked += leaked;
        if shown != wanted {
            eprintln!("  {name}: {lost} of {of} lines lost, {leaked} leaked");
            if std::env::var_os("GATEPOST_SHOWN").is_some() {
                shown.iter().for_each(|line| eprintln!("    | {line}"));
            }
        }
    }
    all
}

#[test]
fn the_new_text_of_each_pair_is_found() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/newtext");
    let other = std::env::var_os("GATEPOST_PAIRS").map(PathBuf::from);
    let all = measured(other.as_deref().unwrap_or(&own));
    let percent = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
    let (exact, lost) = (percent(all.exact, all.mails), percent(all.lost, all.wanted));
    eprintln!(
        "{} pairs: {} exact ({exact:.1} %), {} of {} wanted lines lost ({lost:.1} %), {} of {} shown lines leaked ({:.1} %)",
        all.mails,
        all.exact,
        all.lost,
        all.wanted,
        all.leaked,
        all.shown,
        percent(all.leaked, all.shown),
    );
    assert!(all.mails > 0, "no pairs");
    let (exact_at_least, lost_at_most) = match other {
        Some(_) => (70.0, 3.0),
        None => (100.0, 0.0),
    };
    assert!(exact >= exact_at_least, "{exact:.1} % are exact");
    assert!(lost <= lost_at_most, "{lost:.1} % are lost");
}

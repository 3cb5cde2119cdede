//! Wishes in German, French and Spanish: a clause that is nothing but one, in a sentence that
//! sets no terms. All else is no wish, or is read by a person.

use super::terms::paragraph;
use super::{Found, Wish};

/// Clauses: words that spaces part, `a|b` for either, `?a` for one that may be missing, `*`
/// for a name.
const NAMED: [&str; 16] = [
    "?bitte nennen|nenne|erwähnen|erwähne|führen ?sie mich ?bitte als *",
    "sie|du dürfen|darfst|können|kannst mich ?gerne|gern als * nennen|erwähnen|aufführen|angeben",
    "ich möchte|würde|will ?gerne|gern als * genannt|erwähnt|aufgeführt werden",
    "wir möchten|würden|wollen ?gerne|gern als * genannt|erwähnt|aufgeführt werden",
    "merci de me|nous citer|créditer|mentionner|nommer comme *",
    "merci de me|nous citer|créditer|mentionner|nommer sous le nom de *",
    "merci de me|nous citer|créditer|mentionner|nommer en tant que *",
    "veuillez me|nous citer|créditer|mentionner comme|sous *",
    "veuillez me|nous citer|créditer|mentionner en tant que *",
    "vous pouvez me|nous citer|créditer|mentionner comme *",
    "je souhaite|souhaiterais|voudrais|aimerais être cité|citée|crédité|créditée|mentionné|mentionnée comme *",
    "je souhaite|souhaiterais|voudrais|aimerais être cité|citée|crédité|créditée|mentionné|mentionnée en tant que *",
    "me gustaría ser acreditado|acreditada|mencionado|mencionada|nombrado|nombrada como *",
    "quiero|quisiera|deseo ser acreditado|acreditada|mencionado|mencionada|nombrado|nombrada como *",
    "?por ?favor acredíteme|acredítenme|menciónenme|mencióneme como *",
    "pueden|puede acreditarme|mencionarme|nombrarme como *",
];

const WANTED: [&str; 6] = [
    "ich möchte|würde|will ?gerne|gern ?namentlich genannt|erwähnt werden",
    "wir möchten|würden ?gerne|gern ?namentlich genannt|erwähnt werden",
    "?bitte nennen|nenne|erwähnen|erwähne ?sie meinen namen",
    "je souhaite|souhaiterais|voudrais|aimerais être cité|citée|crédité|créditée|mentionné|mentionnée",
    "me gustaría ser acreditado|acreditada|mencionado|mencionada|nombrado|nombrada",
    "quiero|quisiera|deseo ser acreditado|acreditada|mencionado|mencionada|nombrado|nombrada",
];

const ANONYMOUS: [&str; 20] = [
    "ich möchte|will|würde ?gerne|gern ?lieber anonym bleiben",
    "ich bleibe ?gerne|gern ?lieber anonym",
    "wir möchten|wollen|würden ?gerne|gern ?lieber anonym bleiben",
    "ich möchte|will|würde ?lieber nicht ?namentlich genannt|erwähnt werden",
    "?bitte nennen|nenne|erwähnen|erwähne|veröffentlichen|veröffentliche ?sie ?bitte meinen namen nicht",
    "?bitte nennen|nenne|erwähnen|erwähne ?sie mich ?bitte nicht",
    "?bitte meinen namen nicht nennen|erwähnen|veröffentlichen",
    "?bitte ohne nennung meines namens",
    "je souhaite|souhaiterais|voudrais|veux|préfère|désire|aimerais rester anonyme",
    "nous souhaitons|voudrions|voulons|préférons rester anonymes",
    "merci de ne pas mentionner|citer|publier|divulguer mon nom",
    "ne mentionnez|citez|publiez|divulguez pas mon nom",
    "?veuillez ne pas mentionner|citer|publier|divulguer mon nom",
    "je ne souhaite|veux|voudrais pas être cité|citée|crédité|créditée|mentionné|mentionnée|nommé|nommée",
    "quiero|quisiera|deseo|prefiero permanecer|quedar|seguir|mantenerme|ser anónimo|anónima",
    "quiero|quisiera|deseo|prefiero permanecer|mantenerme en el anonimato",
    "me gustaría permanecer|quedar|seguir anónimo|anónima",
    "?por ?favor no mencione|mencionen|publique|publiquen|divulgue|divulguen mi nombre",
    "no quiero|deseo ser mencionado|mencionada|nombrado|nombrada|acreditado|acreditada",
    "no quiero|deseo que mi nombre se publique|mencione",
];

/// What may stand beside a wish, within its clause.
const BESIDE: &str = "bitte ja danke vielen dank und auch hallo viele grüße gern gerne im in auf der den \
    ihrer ihrem advisory danksagung seite merci beaucoup d'avance oui bonjour et aussi s'il vous \
    plaît cordialement dans le la votre avis bulletin sur page por favor gracias sí hola también \
    y en el su aviso página";

/// What sets terms.
const TERMS: &str = "wenn falls sofern solange bis bevor nachdem nach erst nur außer ausser sobald vorher \
    aber jedoch doch si sauf après avant jusqu'à jusqu jusque seulement uniquement mais quand \
    lorsque dès tant salvo después antes solo sólo únicamente hasta pero cuando mientras unless \
    until before after only once if but";

/// What turns a wish round.
const DENIALS: &str = "nicht kein keine keinen nie niemals ohne niemand pas non sans jamais aucun personne ne no \
    sin nunca tampoco nadie nein not never without";

/// What is no name of a person.
const ROLES: &str = "entdecker entdeckerin finder finderin melder melderin forscher forscherin quelle admin \
    administrator gast benutzer kunde chercheur découvreur auteur administrateur investigador \
    administrador usuario";

/// With one of these a line may begin a wish.
const BEGINS: [&str; 21] = [
    "bitte",
    "nenne",
    "erwähn",
    "führe",
    "ich ",
    "wir ",
    "dürfen",
    "können",
    "meinen namen",
    "merci",
    "veuillez",
    "vous pouvez",
    "je ",
    "nous ",
    "ne ",
    "gustaría",
    "quiero",
    "quisiera",
    "deseo",
    "prefiero",
    "mi nombre",
];

/// Who says this speaks of it, in whatever sentence.
const SPOKEN: [&str; 14] = [
    "anonym bleiben",
    "nennen sie mich",
    "nenne mich",
    "erwähnen sie mich",
    "namentlich",
    "rester anonyme",
    "me citer",
    "me créditer",
    "me mentionner",
    "permanecer anónim",
    "el anonimato",
    "ser mencionad",
    "ser acreditad",
    "ser nombrad",
];

/// The wish that begins in a line, if one does.
pub(super) fn wish<'t>(text: &'t str, above: &str, below: &str) -> Option<Found<'t>> {
    let small = text.to_lowercase();
    if !BEGINS.iter().any(|word| small.contains(word)) {
        return None;
    }
    let next = paragraph(below);
    let joined = format!("{text} {next}");
    let alone = next.is_empty() || next.starts_with(char::is_uppercase);
    let alone = if alone { clauses(text) } else { Vec::new() };
    let both = clauses(&joined);
    // What ends within the line was asked already.
    let is_new = |(at, clause): &&(usize, &str)| alone.is_empty() || at + clause.len() > text.len();
    let begins = |(at, _): &&(usize, &str)| *at < text.len();
    let mut all = alone
        .iter()
        .chain(both.iter().filter(begins).filter(is_new));
    let found = all.find_map(|(at, clause)| {
        let (wish, name) = one(clause)?;
        Some((*at, *clause, wish, name))
    });
    let whole = |wish: Wish| Found::new(wish, (0, text.len()));
    let is_spoken = || SPOKEN.iter().any(|words| small.contains(words));
    let Some((at, clause, wish, named)) = found else {
        return is_spoken().then(|| whole(Wish::Unclear));
    };
    let (before, behind) = around(&joined, above, (at, at + clause.len()));
    let is_turned = has(&before, TERMS) || has(&before, DENIALS);
    if is_turned || has(&behind, TERMS) || wish != Wish::Anonymous && has(&behind, DENIALS) {
        return Some(whole(Wish::Unclear));
    }
    if wish != Wish::Named {
        return Some(whole(wish));
    }
    let Some(begin) = text.find(&named) else {
        return Some(whole(Wish::Unclear));
    };
    let end = begin + named.len();
    let value = text.get(begin..end)?;
    Some(Found {
        wish,
        value,
        span: (begin, end),
    })
}

/// What a clause wishes, and the name in it.
fn one(clause: &str) -> Option<(Wish, String)> {
    let around = |c: char| "\"'*_\u{201c}\u{201d}\u{201e}\u{ab}\u{bb}".contains(c);
    let words = clause
        .split_whitespace()
        .map(|word| word.trim_matches(around));
    let words: Vec<&str> = words
        .filter(|word| !word.is_empty())
        .take(LONGEST)
        .collect();
    let fits = |all: &[&str]| {
        let beside = words.iter().take(BEFORE);
        let beside = beside.take_while(|word| among(BESIDE, word)).count();
        let mut places = (0..=beside).filter_map(|from| words.get(from..));
        places.find_map(|words| {
            let mut all = all.iter();
            all.find_map(|one| fit(&one.split(' ').collect::<Vec<_>>(), words))
        })
    };
    if fits(&ANONYMOUS).is_some() {
        return Some((Wish::Anonymous, String::new()));
    }
    if let Some(name) = fits(&NAMED) {
        let is_role = name.iter().any(|word| among(ROLES, word));
        // A noun is written large in German: one word may be any of them.
        let is_noun = name.len() == 1 && !name.iter().any(|word| word.starts_with('@'));
        let wish = match (is_role, is_noun) {
            (true, _) => Wish::Wanted,
            (false, true) => Wish::Unclear,
            (false, false) => Wish::Named,
        };
        return Some((wish, name.join(" ")));
    }
    fits(&WANTED).map(|_| (Wish::Wanted, String::new()))
}

/// So many clauses of a line are looked at, and so many words may stand before a wish.
const CLAUSES: usize = 40;
const BEFORE: usize = 6;

/// A clause is looked at for so many words; a name has so many.
const LONGEST: usize = 24;
const NAME: usize = 5;

/// The words of the name, where these words are nothing but what the pattern says.
fn fit<'w>(pattern: &[&str], words: &'w [&'w str]) -> Option<&'w [&'w str]> {
    let Some((first, rest)) = pattern.split_first() else {
        return words.iter().all(|word| among(BESIDE, word)).then_some(&[]);
    };
    if *first == "*" {
        let mut names = (1..=NAME).filter_map(|n| words.split_at_checked(n));
        let fits = |(name, behind): &(&[&str], &[&str])| {
            let begins = |word: &&str| word.starts_with(|c: char| c.is_uppercase() || c == '@');
            name.iter().all(begins) && fit(rest, behind).is_some()
        };
        return names.find(fits).map(|(name, _)| name);
    }
    let (is_optional, either) = match first.strip_prefix('?') {
        Some(either) => (true, either),
        None => (false, *first),
    };
    let taken = words.split_first().and_then(|(word, behind)| {
        let word = word.to_lowercase();
        let is_it = either.split('|').any(|one| one == word);
        is_it.then(|| fit(rest, behind)).flatten()
    });
    taken.or_else(|| is_optional.then(|| fit(rest, words)).flatten())
}

/// The clauses of a text, each with its place.
fn clauses(text: &str) -> Vec<(usize, &str)> {
    let ends = |c: char| ".!?,;:()\u{2013}\u{2014}".contains(c);
    let begin = text.as_ptr().addr();
    let all = text
        .split(ends)
        .take(CLAUSES)
        .map(|clause| (clause.as_ptr().addr() - begin, clause));
    all.collect()
}

/// What stands before a place in its sentence, and behind it there and in the next sentence.
fn around(text: &str, above: &str, (from, to): (usize, usize)) -> (String, String) {
    let ends = |c: char| ".!?".contains(c);
    let before = text.get(..from).unwrap_or_default();
    let mut head = before.rsplit(ends).next().unwrap_or_default().to_owned();
    let last = above.lines().next_back().unwrap_or_default().trim_end();
    if !before.contains(ends) && !last.ends_with(ends) {
        head.insert_str(0, last.rsplit(ends).next().unwrap_or_default());
    }
    let behind = text.get(to..).unwrap_or_default();
    let behind: String = behind.split_inclusive(ends).take(2).collect();
    (head, behind)
}

/// One of its words is one of these.
fn has(text: &str, all: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words.any(|word| among(all, word))
}

fn among(all: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    all.split(' ').any(|one| one == word)
}

//! Every promise of every built-in page, seen from outside: it begins, the team is reminded
//! of it by name, it is kept on one ticket and broken on another, and lists, explanations and
//! digests say so. One clock is moved through weeks; one table is one page.

mod hey;
mod neon;
mod novu;
mod others;

use crate::kit::{Gatepost, PATIENCE, body, header, report};
use crate::post_office::{PostOffice, REFUSED, wait_until};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What happens at a moment, in UTC. `_` is a space within a word.
struct At {
    when: &'static str,
    /// What anna has been told by then: `respond: THU 6 0001`. The promise, and words of a
    /// letter of hers that she had not read before.
    told: &'static [&'static str],
    /// What is done: commands, those that are refused behind `!`, and mails that come:
    /// `mail mia`, `mail mia shield`, `again mia`, `platform 4711`. And what is looked for: in
    /// a letter to a reporter (`letter mia by_Thursday`), in `show` (`shown 1`, `hidden 1`).
    run: &'static [&'static str],
    /// How it stands then: `1 respond kept`.
    then: &'static [&'static str],
}

const fn at(
    when: &'static str,
    told: &'static [&'static str],
    run: &'static [&'static str],
    then: &'static [&'static str],
) -> At {
    At {
        when,
        told,
        run,
        then,
    }
}

/// What was seen of a promise.
#[derive(Default)]
struct Seen {
    standings: BTreeSet<String>,
    told: usize,
}

/// A page, walked through.
struct Walk<'o> {
    g: Gatepost<'o>,
    policy: &'static str,
    seen: BTreeMap<String, Seen>,
    /// How many letters anna has read.
    read: usize,
    mails: usize,
}

impl<'o> Walk<'o> {
    fn begin(office: &'o PostOffice, policy: &'static str) -> Self {
        let g = Gatepost::new(office, policy);
        let of = |name: &str| g.address.replace("security-", &format!("{name}-"));
        let classes: &[(&str, &str)] = match policy {
            "hey" => &[("shield", "attack"), ("help", "support")],
            "novu" => &[("sandbox", "sandbox-request")],
            _ => &[],
        };
        let aliases: Vec<String> = classes
            .iter()
            .map(|(name, class)| format!("{{ address = \"{}\", class = \"{class}\" }}", of(name)))
            .collect();
        let mailbox = format!(
            "name = \"security\"\nauthserv_id = \"mx.example.org\"\naliases = [{}]",
            aliases.join(", ")
        );
        let config = g.config_with("[[mailbox]]", "name = \"security\"", &mailbox);
        let config = config
            .replace("policy = \"neon\"", &format!("policy = \"{policy}\""))
            .replace(
                "[organisation]\n",
                "[organisation]\nsupport = \"help@example.org\"\n",
            );
        let platform = "[[platform]]\nname = \"bounty\"\nfrom = \"reports.example.com\"\nid = \"Report #*:\"\nclass = \"platform\"\n";
        let platform = if policy == "hey" { platform } else { "" };
        g.write_config(&(config + platform));
        g.write_secret("words.txt", "We have a fix in review.", 0o600);
        g.run(&["init"]).ok();
        Self {
            g,
            policy,
            seen: BTreeMap::new(),
            read: 0,
            mails: 0,
        }
    }

    fn step(&mut self, step: &At) {
        self.g.once().ok();
        self.hear(step);
        for line in step.run {
            self.does(line);
        }
        for line in step.then {
            self.stands(line, step.when);
        }
    }

    /// Reads the letters of anna that are new to her.
    fn hear(&mut self, step: &At) {
        let said = |letters: &[String]| {
            let one = |m: &String| format!("{} {}", header(m, "Subject").unwrap(), body(m));
            let all: Vec<String> = letters.iter().map(one).collect();
            flat(&all.join("\n||\n"))
        };
        let new = || said(&self.g.mail_of(&self.g.anna)[self.read..]);
        for line in step.told {
            let (promise, words) = line.split_once(": ").unwrap();
            let start = std::time::Instant::now();
            wait_until(line, PATIENCE, || {
                let new = new();
                assert!(
                    start.elapsed() < PATIENCE / 3,
                    "{} {}: not told {line}: {new}",
                    self.policy,
                    step.when
                );
                new.contains(words).then_some(())
            });
            self.seen.entry(promise.to_owned()).or_default().told += 1;
        }
        let read = self.g.mail_of(&self.g.anna).len();
        self.read = read;
    }

    fn does(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["mail", name] => self.mail(name, None, ""),
            ["mail", name, to] => self.mail(name, Some(*to), ""),
            ["again", name] => {
                let extra = format!("In-Reply-To: <{name}-1@example.net>\n");
                self.mail(name, None, &extra);
            }
            ["platform", id] => {
                let from = "noreply@reports.example.com";
                let extra = "Authentication-Results: mx.example.org; dmarc=pass header.from=reports.example.com\n";
                let subject = format!("Report #{id}: canary");
                let (id, to) = (format!("p{id}@example.com"), &self.g.address);
                self.arrives(from, &report(from, to, &id, &subject, extra, "canary"));
            }
            ["letter", name, words] => {
                let (user, words) = (self.g.reporter(name), words.replace('_', " "));
                wait_until(line, PATIENCE, || {
                    let all = self.g.mail_of(&user);
                    all.iter()
                        .any(|m| flat(&body(m)).contains(&words))
                        .then_some(())
                });
            }
            [is @ ("shown" | "hidden"), ticket, words] => {
                let shown = flat(&self.g.run(&["show", *ticket]).ok());
                let there = shown.contains(&words.replace('_', " "));
                assert_eq!(there, *is == "shown", "{line}: {shown}");
            }
            _ => self.command(line),
        }
    }

    fn mail(&mut self, name: &str, to: Option<&str>, extra: &str) {
        let from = match name {
            "refused" => REFUSED.to_owned(),
            name => self.g.reporter(name),
        };
        self.mails += usize::from(!extra.is_empty());
        let n = if extra.is_empty() { 1 } else { self.mails + 1 };
        let id = format!("{name}-{n}@example.net");
        let to = to.map_or(self.g.address.clone(), |to| {
            self.g.address.replace("security-", &format!("{to}-"))
        });
        let subject = format!("canary of {name}");
        // A server in front says for which address it took the mail.
        let took = format!(
            "Received: by mx.example.org with ESMTPS id {name} for <{to}>; Mon, 1 Jan 2001 00:00:00 +0000\n"
        );
        let (text, head) = ("canary https://example.org/x", took + extra);
        self.arrives(&from, &report(&from, &to, &id, &subject, &head, text));
    }

    fn arrives(&self, from: &str, mail: &[u8]) {
        self.g.arrives(from, mail);
        self.g.once().ok();
    }

    fn command(&self, line: &str) {
        let refused = line.strip_prefix('!');
        let words = self.g.path("words.txt").display().to_string();
        let mut args: Vec<String> = refused
            .unwrap_or(line)
            .split(' ')
            .map(|word| word.replace('_', " ").replace("WORDS", &words))
            .collect();
        let asks = ["evaluate", "reply", "resolve", "publish"].contains(&args[0].as_str());
        if asks || line.contains("exploited=") {
            args.push("--yes".to_owned());
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let answer = self.g.run(&args);
        match refused {
            Some(_) => drop(answer.code_in(&[2])),
            None => drop(answer.ok()),
        }
        if asks {
            self.g.once().ok();
        }
    }

    fn stands(&mut self, line: &str, when: &str) {
        let [ticket, promise, standing] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let shown = self.g.show(ticket);
        let all = shown["deadlines"].as_array().unwrap().iter();
        let of_it: Vec<_> = all.filter(|d| d["promise"] == promise).collect();
        let found = of_it.iter().rfind(|d| d["standing"] == standing);
        let found = found.unwrap_or_else(|| panic!("{} {when} {line}: {of_it:?}", self.policy));
        if standing == "overdue" {
            // What is soft is past its day, and never late; the list says it in words.
            let soft = self.promises()[promise].soft;
            assert_eq!(found["late"], !soft, "{line}: {found}");
            let late = self.g.run(&["list", "--late"]).ok();
            let row = format!("000{ticket} ");
            assert!(soft || late.contains(&row), "{line}: {late}");
        }
        let seen = self.seen.entry(promise.to_owned()).or_default();
        seen.standings.insert(standing.to_owned());
    }

    /// The promises of the page, by name.
    fn promises(&self) -> BTreeMap<String, Promise> {
        let file = format!("config/policies/{}.toml", self.policy);
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let mut promises = BTreeMap::new();
        for table in text.split("\n[[promise]]\n").skip(1) {
            let of = |key: &str| {
                let mut lines = table.lines().map(|l| l.split_once('='));
                lines.find_map(|l| l.filter(|(k, _)| k.trim() == key).map(|(_, v)| v.trim()))
            };
            let name = of("name").unwrap().split('"').nth(1).unwrap().to_owned();
            let promise = Promise {
                soft: of("soft").is_some(),
                has_a_day: of("within").or(of("by")).is_some(),
            };
            promises.insert(name, promise);
        }
        promises
    }

    /// No promise was forgotten, and no reminder said a word of a report.
    fn end(&self) {
        for (name, promise) in self.promises() {
            let Some(seen) = self.seen.get(&name) else {
                panic!("{}: nothing was seen of {name}", self.policy)
            };
            let any = |wanted: &[&str]| wanted.iter().any(|w| seen.standings.contains(*w));
            let is = format!("{} {name}: {:?}", self.policy, seen.standings);
            assert!(any(&["on-time", "approaching", "half-kept"]), "{is}");
            assert!(any(&["kept", "kept-late"]), "{is}: never met");
            // What has no day is never broken, and nagged until it is met.
            assert!(any(&["overdue"]) == promise.has_a_day, "{is}: broken");
            let nags = if promise.has_a_day { 1 } else { 2 };
            assert!(seen.told >= nags, "{is}: told {}", seen.told);
        }
        for letter in self.g.mail_of(&self.g.anna) {
            let all = format!("{} {}", header(&letter, "Subject").unwrap(), body(&letter));
            for word in ["canary", "Mia", "example.net", "example.com"] {
                assert!(!all.contains(word), "{word}: {all}");
            }
        }
        self.all_read_the_same();
        let explain = |n: usize| self.g.run(&["explain", &n.to_string()]).ok();
        let explained: Vec<String> = (1..=self.g.list().len()).map(explain).collect();
        assert!(explained.iter().any(|e| e.contains("kept, late")));
        self.g.run(&["audit"]).ok();
    }
}

impl Walk<'_> {
    /// No letter of one tick counts those of the same tick as waiting.
    fn all_read_the_same(&self) {
        let waiting = |user: &str| -> BTreeMap<String, String> {
            let of = |m: &String| {
                let line = body(m)
                    .lines()
                    .find(|l| l.ends_with("waiting."))?
                    .to_owned();
                Some((header(m, "Subject")?, line))
            };
            self.g.mail_of(user).iter().filter_map(of).collect()
        };
        let anna = waiting(&self.g.anna);
        let ben = waiting(&self.g.anna.replace("anna-", "ben-"));
        let both: Vec<_> = ben.iter().filter(|(s, _)| anna.contains_key(*s)).collect();
        assert!(!both.is_empty(), "{anna:?}\n{ben:?}");
        for (subject, line) in both {
            assert_eq!(anna[subject], *line, "{subject}");
        }
    }
}

struct Promise {
    soft: bool,
    has_a_day: bool,
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Walks pages through one time, each by its own table.
fn walk(start: &str, pages: &[(&'static str, &[At])]) {
    let office = PostOffice::own(Some(start));
    let mut moments: Vec<&str> = pages
        .iter()
        .flat_map(|(_, table)| table.iter().map(|step| step.when))
        .collect();
    moments.sort_unstable();
    moments.dedup();
    let mut walks: Vec<(Walk, &[At])> = pages
        .iter()
        .map(|&(policy, table)| (Walk::begin(&office, policy), table))
        .collect();
    for moment in moments {
        office.clock(moment);
        for (walk, table) in &mut walks {
            for step in table.iter().filter(|step| step.when == moment) {
                walk.step(step);
            }
        }
    }
    for (walk, _) in &walks {
        walk.end();
    }
}

#[test]
fn each_promise_of_neon_begins_nags_is_kept_and_is_broken() {
    walk("2027-04-30 15:40", &[("neon", neon::TABLE)]);
}

#[test]
fn each_promise_of_novu_begins_nags_is_kept_and_is_broken() {
    walk("2027-04-30 15:40", &[("novu", novu::TABLE)]);
}

#[test]
fn each_promise_of_hey_begins_nags_is_kept_and_is_broken() {
    walk("2027-05-01 01:05", &[("hey", hey::TABLE)]);
}

#[test]
fn each_promise_of_the_four_others_begins_nags_is_kept_and_is_broken() {
    let pages = [
        ("cisa", others::CISA),
        ("scorecard", others::SCORECARD),
        ("disclose-io", others::DISCLOSE_IO),
        ("cra", others::CRA),
    ];
    walk("2027-04-30 15:40", &pages);
}

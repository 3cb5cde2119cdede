//! Reports by the hundred: how many letters the team gets, and what stands alone in them.

use super::*;

/// What anna gets at each of these moments of the day, when `more` reports that look alike
/// came just before each.
fn anna_gets(world: &mut World, day: &str, hours: &[&str], more: usize) -> Vec<String> {
    let mut letters = Vec::new();
    for hour in hours {
        let now = at(&format!("{day} {hour}"));
        for n in 0..more {
            world.report_of(now, &format!("Bug bounty {n}"));
        }
        let told = world.tick(now).into_iter();
        let hers = told.filter(|letter| letter.starts_with("anna"));
        letters.extend(hers.map(|letter| format!("{hour} {letter}")));
    }
    letters
}

#[test]
fn a_flood_of_hours_is_two_letters_and_what_looks_like_no_other_comes_through() {
    let mut world = World::new();
    let day = "2027-05-04";
    world.report_of(at("2027-05-04 10:00"), "Bug bounty 0");
    let first = anna_gets(&mut world, day, &["10:00"], 0);
    assert_eq!(first.len(), 1, "{first:?}");
    let flood = anna_gets(&mut world, day, &["10:05", "10:10", "10:15"], 40);
    assert_eq!(flood.len(), 1, "{flood:?}");
    assert!(
        flood[0].contains("10:15 anna: Tue 4 May: 120 new"),
        "{flood:?}"
    );
    let goes_on = anna_gets(&mut world, day, &["10:30", "10:45", "11:00", "11:15"], 40);
    assert_eq!(goes_on, [""; 0]);
    let alone = world.report_of(at("2027-05-04 11:20"), "SSRF in the webhook");
    let told = anna_gets(&mut world, day, &["11:20", "11:40", "16:59"], 5);
    let [one] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert!(
        one.contains(&format!("{alone}")) && one.contains("new"),
        "{one}"
    );
    let morning = anna_gets(&mut world, "2027-05-05", &["08:59", "09:00", "09:30"], 0);
    let [all] = morning.as_slice() else {
        panic!("{morning:?}");
    };
    assert!(all.contains("09:00 anna: Wed 5 May: 175 new"), "{all}");
}

#[test]
fn a_few_that_come_behind_what_is_gathered_join_it() {
    let mut world = World::new();
    let day = "2027-05-04";
    let first = anna_gets(&mut world, day, &["10:00"], 40);
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(anna_gets(&mut world, day, &["10:01"], 50), [""; 0]);
    assert_eq!(anna_gets(&mut world, day, &["10:02", "10:03"], 1), [""; 0]);
    let gathered = anna_gets(&mut world, day, &["10:14", "10:15", "10:16"], 0);
    assert_eq!(gathered.len(), 1, "{gathered:?}");
    assert!(gathered[0].contains("52 new"), "{gathered:?}");
}

#[test]
fn a_flood_in_which_nothing_is_alike_is_two_letters_too() {
    let mut world = World::new();
    let word = |mut n: usize| {
        let mut word = String::new();
        for _ in 0..4 {
            word.push(char::from(b'a' + u8::try_from(n % 26).unwrap()));
            n /= 26;
        }
        word
    };
    let mut letters = Vec::new();
    for minute in 0..120 {
        let now = at("2027-05-04 10:00") + SignedDuration::from_mins(minute);
        for n in 0..10 {
            let n = usize::try_from(minute).unwrap() * 10 + n;
            world.report_of(now, &word(n));
        }
        letters.extend(
            world
                .tick(now)
                .into_iter()
                .filter(|l| l.starts_with("anna")),
        );
    }
    assert_eq!(letters.len(), 2, "{letters:?}");
}

/// A promise that knows no hours, for all reports and for those of attacks.
const ANY_HOUR: &str = "[[promise]]\nname = \"look\"\npage = \"p\"\nfrom = \"received\"\nneeds = \"answered\"\n\
    within = \"2 hours\"\nany_hour = true\nto = \"team\"\nremind = [\"at once\", \"30 minutes before\"]\n";

/// What anna gets in each of these minutes, with ten reports each of these subjects; and the
/// two that came in the tenth: one that looks like no other, and one of the class `attack`.
fn by_the_minute(
    world: &mut World,
    minutes: i64,
    subject: impl Fn(i64) -> String,
) -> (Vec<String>, [TicketNo; 2]) {
    let start = at("2027-05-02 02:00");
    let (mut letters, mut two) = (Vec::new(), Vec::new());
    for minute in 0..minutes {
        let now = start + SignedDuration::from_mins(minute);
        for n in 0..10 {
            world.report_of(now, &subject(minute * 10 + n));
        }
        if minute == 10 {
            let attack = world.report_of(now, &subject(0));
            let class = "attack".to_owned();
            world.fact(attack, now, What::Classed { class });
            two = vec![world.report_of(now, "SSRF in the webhook"), attack];
        }
        let told = world.tick(now).into_iter();
        let hers = told.filter(|letter| letter.starts_with("anna"));
        letters.extend(hers.map(|letter| format!("{minute} {letter}")));
    }
    (letters, two.try_into().unwrap())
}

#[test]
fn a_flood_under_a_promise_of_any_hour_is_two_letters_and_an_attack_goes_alone() {
    let mut world = World::under(ANY_HOUR);
    let (letters, [alone, attack]) = by_the_minute(&mut world, 20, |n| format!("Bug bounty {n}"));
    let (flood, others): (Vec<_>, Vec<_>) = letters.iter().partition(|l| l.contains(" May: "));
    assert_eq!(flood.len(), 2, "{letters:?}");
    assert!(
        flood[0].starts_with("0 anna: ") && flood[1].starts_with("15 anna: "),
        "{flood:?}"
    );
    let each = |ticket: TicketNo| {
        others
            .iter()
            .any(|l| l.starts_with(&format!("10 anna: {ticket} ")))
    };
    assert!(
        others.len() == 2 && each(alone) && each(attack),
        "{others:?}"
    );
    // Their deadlines are told of in time, in common letters as well.
    let mut reminded = Vec::new();
    for minute in 90..120 {
        let now = at("2027-05-02 02:00") + SignedDuration::from_mins(minute);
        let told = world.tick(now).into_iter();
        reminded.extend(
            told.filter(|l| l.starts_with("anna"))
                .map(|l| format!("{minute} {l}")),
        );
    }
    let (flood, others): (Vec<_>, Vec<_>) = reminded.iter().partition(|l| l.contains(" May: "));
    assert!(
        flood.len() <= 3 && flood[0].starts_with("90 "),
        "{reminded:?}"
    );
    assert_eq!(others.len(), 2, "{reminded:?}");
}

#[test]
fn behind_a_flood_what_knows_no_hours_waits_for_no_morning() {
    let mut world = World::under(ANY_HOUR);
    let day = "2027-05-02";
    let flood = anna_gets(&mut world, day, &["02:00"], 120);
    assert_eq!(flood.len(), 1, "{flood:?}");
    let next = anna_gets(&mut world, day, &["02:40"], 1);
    assert!(
        next.len() == 1 && next[0].contains(": new, "),
        "one that looks alike: {next:?}"
    );
    // Nor is it gathered beyond its hour: ten minutes before it is due it is told.
    let close = ANY_HOUR.replace("30 minutes before", "10 minutes before");
    let mut world = World::under(&close);
    anna_gets(&mut world, day, &["02:00"], 40);
    anna_gets(&mut world, day, &["02:03", "02:05"], 5);
    let gathered = anna_gets(&mut world, day, &["02:16"], 0);
    assert!(
        gathered.len() == 1 && gathered[0].contains("10 new"),
        "{gathered:?}"
    );
    let before = anna_gets(&mut world, day, &["03:49", "03:50", "03:53", "03:55"], 0);
    let hours: Vec<&str> = before.iter().filter_map(|l| l.split(' ').next()).collect();
    assert_eq!(hours, ["03:50", "03:53", "03:55"], "{before:?}");
}

#[test]
fn a_flood_in_which_nothing_is_alike_is_soon_told_together_also_at_any_hour() {
    let mut world = World::under(ANY_HOUR);
    let letter = |n: i64| char::from(b'a' + (n % 26) as u8);
    let word = |n: i64| [n, n / 26, n / 676, 7].map(letter).iter().collect();
    let (letters, [_, attack]) = by_the_minute(&mut world, 20, word);
    assert!(letters.len() <= 15, "{letters:?}");
    let his = format!("10 anna: {attack} ");
    assert!(letters.iter().any(|l| l.starts_with(&his)), "{letters:?}");
}

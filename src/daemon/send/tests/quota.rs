//! A server that forbids letters because it counts them, and one that forbids some for
//! good: the first costs nobody a letter, the second is told apart from it within a day.

use super::*;
use relay::Step;

const FULL: &str = "554 5.7.1 sending quota exceeded";
const NO: &str = "554 5.7.1 Relay access denied";

/// What the server was asked for recipients.
#[derive(Default)]
struct Asked {
    /// How often for each.
    of: BTreeMap<String, usize>,
    /// How often it said no since the connection began, or brought a letter; and the most.
    errors: usize,
    most: usize,
}

impl Asked {
    /// Says no to a recipient when `no`, and counts.
    fn meets(&mut self, step: &Step, no: bool) -> bool {
        match step.verb {
            "GREETING" | "." => self.errors = 0,
            "RCPT" => {
                *self.of.entry(step.to.to_owned()).or_default() += 1;
                self.errors += usize::from(no);
                self.most = self.most.max(self.errors);
                return no;
            }
            _ => {}
        }
        false
    }
}

fn is_forbidden(to: &str) -> bool {
    to.ends_with("forbidden.example")
}

async fn refused(office: &Office) -> usize {
    let states = office.states().await;
    states.iter().filter(|state| **state == Refused).count()
}

/// A server that lets one letter pass in so many seconds, until it lets all of them pass.
fn passes_one_in(
    office: &Office,
    every: i64,
    until: i64,
    seconds: &'static AtomicI64,
) -> Arc<Mutex<Asked>> {
    let asked: Arc<Mutex<Asked>> = Arc::default();
    let (asks, passed) = (Arc::clone(&asked), Mutex::new(relay::NOON));
    office.rule(move |step| {
        let now = seconds.load(Ordering::SeqCst);
        let mut last = passed.lock().unwrap();
        let is_full = now < until && now - *last < every;
        if step.verb == "RCPT" && !is_full {
            *last = now;
        }
        let no = asks.lock().unwrap().meets(step, is_full);
        no.then(|| FULL.to_owned())
    });
    asked
}

#[tokio::test]
async fn a_quota_of_one_a_minute_costs_nobody_a_letter() {
    let (seconds, now) = clock!();
    let office = Office::new((seconds, now));
    let until = relay::NOON + 50 * 60;
    let asked = passes_one_in(&office, 60, until, seconds);
    for n in 0..80 {
        office.receipts(&[&format!("r@d{n}.example.net")]).await;
    }
    let minute = SignedDuration::from_mins(1);
    for n in 0..50 {
        if n % 5 == 0 {
            office.receipts(&[&format!("late{n}@example.net")]).await;
        }
        office.live(minute).await;
        assert_eq!(refused(&office).await, 0, "in minute {n}");
    }
    let passed = office.taken().len();
    assert!(passed > 30, "the quota is used: {passed}");
    office.live(minute * 10).await;
    assert_eq!(office.states().await, [Sent; 90]);
    let asked = asked.lock().unwrap();
    assert!(asked.most <= 13, "{} errors in a connection", asked.most);
}

#[tokio::test]
async fn a_server_that_takes_one_in_seven_costs_nobody_a_letter() {
    let office = Office::new(clock!());
    let asked = AtomicUsize::default();
    office.rule(move |step| {
        let no = step.verb == "RCPT" && asked.fetch_add(1, Ordering::SeqCst) % 7 != 0;
        no.then(|| FULL.to_owned())
    });
    for n in 0..60 {
        office.receipts(&[&format!("r@d{n}.example.net")]).await;
    }
    for _ in 0..24 {
        office.live(SignedDuration::from_hours(1)).await;
        assert_eq!(refused(&office).await, 0);
    }
    assert_eq!(office.states().await, [Sent; 60]);
}

/// However many others pass: it is not believed before an hour is over.
#[tokio::test]
async fn a_quota_that_only_new_letters_pass_costs_nobody_a_letter_within_the_hour() {
    let (seconds, now) = clock!();
    let office = Office::new((seconds, now));
    let opens = relay::NOON + 50 * 60;
    office.rule(move |step| {
        let is_full = seconds.load(Ordering::SeqCst) < opens;
        let no = step.verb == "RCPT" && is_full && !step.to.starts_with("new");
        no.then(|| FULL.to_owned())
    });
    office.receipts(&[MIA, NOOR, OLU]).await;
    for n in 0..50 {
        office.receipts(&[&format!("new{n}@example.net")]).await;
        office.live(SignedDuration::from_mins(1)).await;
        assert_eq!(office.states().await[..3], [Queued; 3], "in minute {n}");
    }
    // The longest wait of a letter that has waited for 50 minutes.
    office.live(SignedDuration::from_mins(36)).await;
    assert_eq!(office.states().await, [Sent; 53]);
}

#[tokio::test]
async fn a_quota_of_a_day_that_lets_one_pass_in_two_hours_costs_nobody_a_letter() {
    let (seconds, now) = clock!();
    let office = Office::new((seconds, now));
    let day = 24 * 3600;
    let asked = passes_one_in(&office, 2 * 3600, relay::NOON + day, seconds);
    for n in 0..30 {
        office.receipts(&[&format!("r@d{n}.example.net")]).await;
    }
    for hour in 0..24 {
        office.receipts(&[&format!("late{hour}@example.net")]).await;
        office.live(SignedDuration::from_hours(1)).await;
        assert_eq!(refused(&office).await, 0, "in hour {hour}");
    }
    assert!((5..13).contains(&office.taken().len()), "so few pass");
    office.live(SignedDuration::from_hours(1)).await;
    assert_eq!(office.states().await, [Sent; 54]);
    let all: usize = asked.lock().unwrap().of.values().sum();
    assert!(all <= 54 * 40, "{all} in a day");
}

#[tokio::test]
async fn of_150_forbidden_letters_each_is_tried_few_times_and_none_keeps_another() {
    let (seconds, now) = clock!();
    let office = Office::new((seconds, now));
    let asked: Arc<Mutex<Asked>> = Arc::default();
    let asks = Arc::clone(&asked);
    office.rule(move |step| {
        let mut asked = asks.lock().unwrap();
        let no = asked.meets(step, is_forbidden(step.to));
        no.then(|| NO.to_owned())
    });
    for n in 0..150 {
        let to = format!("r@d{n}.forbidden.example");
        office.receipts(&[&to]).await;
    }
    let mut longest = Vec::new();
    for n in 0..40 {
        let to = format!("good{n}@example.net");
        let (at, kind) = (SignedDuration::from_mins(3), LetterKind::Acknowledgement);
        let id = office.letter_in(at, kind, &to).await;
        let due = now() + at;
        office.live(SignedDuration::from_mins(7)).await;
        let letter = office.letters().await.remove(id as usize - 1);
        assert_eq!(letter.state, Sent, "{to}");
        longest.push(letter.settled_at.unwrap().duration_since(due));
    }
    // At first everybody seems to be forbidden, and the relay rests.
    let rest = SignedDuration::from_mins(5);
    assert!(longest.iter().all(|long| *long <= rest), "{longest:?}");
    let (_, later) = longest.split_at(5);
    assert!(later.iter().all(|long| long.is_zero()), "{longest:?}");
    let states = office.states().await;
    assert_eq!(states[..150], [Refused; 150]);
    assert_eq!(office.trouble().await, (None, None));
    let asked = asked.lock().unwrap();
    assert!(asked.most <= 13, "{} errors in a connection", asked.most);
    let of = |to: &&String| is_forbidden(to);
    let forbidden = asked.of.keys().filter(of).map(|to| asked.of[to]);
    let (most, all) = (forbidden.clone().max().unwrap(), forbidden.sum::<usize>());
    assert!(most <= 10 && all <= 150 * 8, "{most} at most, {all} in all");
}

/// The server forbids letters to her alone, for good.
fn forbids_mia(office: &Office) {
    office.rule(|step| (step.verb == "RCPT" && step.to == MIA).then(|| NO.to_owned()));
}

#[tokio::test]
async fn a_letter_is_not_refused_in_the_same_breath_in_which_the_first_other_leaves() {
    let office = Office::new(clock!());
    forbids_mia(&office);
    office.receipts(&[MIA]).await;
    office.live(SignedDuration::from_mins(62)).await;
    let tried = office.letters().await[0].attempts;
    assert!(tried > 3, "{tried}");
    office.receipts(&[NOOR]).await;
    office.live(SignedDuration::from_mins(55)).await;
    assert_eq!(office.states().await, [Queued, Sent]);
    office.live(SignedDuration::from_mins(30)).await;
    assert_eq!(office.states().await, [Refused, Sent]);
}

#[tokio::test]
async fn what_a_clock_that_ran_ahead_left_keeps_no_letter_in_doubt() {
    let office = Office::new(clock!());
    forbids_mia(&office);
    let ahead = |tx: &crate::store::Tx| tx.set_meta("smtp/relented", "2027-11-23T12:00:00Z");
    office.record.write(ahead).await.unwrap();
    office.receipts(&[MIA, NOOR]).await;
    office.live(SignedDuration::from_mins(75)).await;
    assert_eq!(office.states().await, [Refused, Sent]);
}

/// What a letter in doubt met while the server forbade everything does not count: it has an
/// hour again when that is over.
#[tokio::test]
async fn a_letter_that_was_tried_in_a_row_has_an_hour_when_it_is_over() {
    let office = Office::new(clock!());
    forbids_mia(&office);
    office.receipts(&[MIA, NOOR]).await;
    office.live(SignedDuration::from_mins(30)).await;
    office.rule(|step| (step.verb == "RCPT").then(|| FULL.to_owned()));
    to_others(&office).await;
    office.live(SignedDuration::from_hours(3)).await;
    // A new letter is the first that passes, and those before are still forbidden.
    office.rule(|step| (step.verb == "RCPT" && step.to != NOOR).then(|| FULL.to_owned()));
    office.receipts(&[NOOR]).await;
    office.live(SignedDuration::from_mins(50)).await;
    assert_eq!(refused(&office).await, 0);
    office.live(SignedDuration::from_mins(40)).await;
    assert_eq!(refused(&office).await, 4);
}

async fn to_others(office: &Office) {
    for n in 0..3 {
        office.receipts(&[&format!("r@d{n}.example.net")]).await;
    }
}

#[tokio::test]
async fn who_is_gone_is_refused_at_once_although_in_doubt_before() {
    let office = Office::new(clock!());
    forbids_mia(&office);
    office.receipts(&[MIA, NOOR]).await;
    office.live(SignedDuration::from_mins(2)).await;
    assert_eq!(office.states().await, [Queued, Sent]);
    office.rule(|step| (step.verb == "RCPT").then(|| "550 5.1.1 no such user".to_owned()));
    office.live(SignedDuration::from_mins(5)).await;
    assert_eq!(office.states().await, [Refused, Sent]);
}

/// A server that takes now and then what it has forbidden keeps a letter in doubt as long as
/// one that says "not now", and no longer.
#[tokio::test]
async fn a_letter_in_doubt_is_given_up_after_five_days_whatever_else_passes() {
    let (seconds, now) = clock!();
    let office = Office::new((seconds, now));
    let known: Mutex<BTreeSet<String>> = Mutex::default();
    let asked = Arc::new(AtomicUsize::default());
    let count = Arc::clone(&asked);
    office.rule(move |step| {
        if step.verb != "RCPT" {
            return None;
        }
        let forbidden = is_forbidden(step.to);
        count.fetch_add(usize::from(forbidden), Ordering::SeqCst);
        let first = known.lock().unwrap().insert(step.to.to_owned());
        (forbidden || first).then(|| NO.to_owned())
    });
    office.receipts(&["no@forbidden.example"]).await;
    for n in 0..12 {
        assert_eq!(office.states().await[0], Queued, "{n} half days");
        office.receipts(&[&format!("r{n}@example.net")]).await;
        let end = if n < 10 { 12 * 60 } else { 65 };
        office.live(SignedDuration::from_mins(end)).await;
        if n == 10 {
            break;
        }
    }
    assert_eq!(office.states().await[0], Refused);
    let asked = asked.load(Ordering::SeqCst);
    assert!((96..160).contains(&asked), "{asked} tries");
}

#[tokio::test]
async fn a_process_that_dies_forgets_nothing_of_a_doubt() {
    let story = async |clock: (&'static AtomicI64, fn() -> Timestamp), dies: bool| {
        let (seconds, now) = clock;
        let mut office = Office::new((seconds, now));
        let opens = relay::NOON + 30 * 60;
        office.rule(move |step| {
            let is_full = seconds.load(Ordering::SeqCst) < opens && step.to == MIA;
            let no = step.verb == "RCPT" && (is_full || is_forbidden(step.to));
            no.then(|| NO.to_owned())
        });
        office.receipts(&["no@forbidden.example", MIA, NOOR]).await;
        let mut ends = Vec::new();
        for _ in 0..27 * 12 {
            if dies {
                office.dies();
            }
            office.live(SignedDuration::from_mins(5)).await;
            ends.push(office.states().await);
        }
        ends
    };
    let lives = story(clock!(), false).await;
    assert_eq!(lives.last().unwrap(), &[Refused, Sent, Sent]);
    let hours = lives.iter().filter(|s| s[0] == Queued).count() / 12;
    assert!((24..26).contains(&hours), "{hours} hours");
    let dies = story(clock!(), true).await;
    let differs = lives.iter().zip(&dies).filter(|(a, b)| a != b).count();
    // A lot adds to each wait.
    assert!(differs <= 12, "{differs} of {}", lives.len());
}

//! The receiving loop of one mailbox: log in, pass, wait, again; back off in trouble.
//!
//! A wake-up is only a hint; [`receive`] does the work.

use super::clock::clock;
use super::record::Record;
use super::trouble::remember;
use super::{Shared, receive};
use crate::config::{Config, MailboxConfig};
use crate::mailbox::imap::Imap;
use crate::mailbox::{Mailbox, Trouble, Woken};
use crate::net::{Login, Peer};
use anyhow::{Result, anyhow};
use receive::{Memory, Pass};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tracing::{error, warn};

/// IDLE is issued anew this often (RFC 2177 asks for less than 29 minutes).
const IDLE_AT_MOST: Duration = Duration::from_secs(300);
/// What other processes wrote is noticed this often.
const LOOK_AT_STORE: Duration = Duration::from_secs(1);
/// A server that refuses the login, or lacks us a right, is asked again this seldom, so that
/// it does not lock us out; with a new password all is well within five minutes.
pub(super) const AFTER_REFUSED_LOGIN: Duration = Duration::from_secs(280);
/// The pause after a try that took longer than its pause would have been.
const SHORTEST_PAUSE: Duration = Duration::from_secs(2);
/// Of tickets that open one behind the other the team is told this often: what comes in a
/// burst is one letter.
const BURST: Duration = Duration::from_secs(2);

/// When the team is told of tickets that have just opened: at once, and of those that follow
/// within [`BURST`] together.
#[derive(Default)]
struct Burst {
    told: Option<Instant>,
    /// Something came of which the team was not told.
    owed: bool,
}

impl Burst {
    /// Whether the team is told now, of all that is owed.
    fn is_told(&mut self, now: Instant) -> bool {
        let lately = self.told.is_some_and(|at| now.duration_since(at) < BURST);
        if !self.owed || lately {
            return false;
        }
        (self.told, self.owed) = (Some(now), false);
        true
    }

    /// How much of a pause what is owed can wait.
    fn waits(&self, pause: Duration) -> Duration {
        if self.owed { pause.min(BURST) } else { pause }
    }
}

pub(super) async fn pass(
    record: &Record,
    config: &Arc<Config>,
    mailbox: &MailboxConfig,
) -> Result<usize, Trouble> {
    let mut imap = connect(mailbox).await?;
    let passed =
        receive::receive(record, config, mailbox, &mut imap, &mut Memory::default()).await?;
    imap.logout().await;
    Ok(passed.taken)
}

/// Sweeps every mailbox, where no daemon runs: what has no row is taken in. Nothing is sent.
///
/// # Errors
/// When another gatepost holds the store, or a mailbox cannot be read; the others were.
pub async fn sweep(config: Config) -> Result<()> {
    let hold = super::hold_to(&config, "sweeps the mailboxes")?;
    let (_lock, record) = super::begin(hold, &config)?;
    let config = Arc::new(config);
    let mut troubles = Vec::new();
    for mailbox in &config.mailboxes {
        // A login sweeps.
        if let Err(why) = pass(&record, &config, mailbox).await {
            troubles.push(format!("mailbox {}: {why}", mailbox.name));
        }
    }
    if troubles.is_empty() {
        Ok(())
    } else {
        Err(anyhow!(troubles.join("\n")))
    }
}

/// Logs in; the secret is obtained anew each time, so that it can be changed.
///
/// # Errors
/// [`Trouble`]: the network, the login, the secret.
pub async fn connect(mailbox: &MailboxConfig) -> Result<Imap, Trouble> {
    let server = &mailbox.server;
    let login = Login::of(&mailbox.account).await.map_err(Trouble::Secret)?;
    let connected = Imap::connect(&Peer::from(server), &login).await;
    connected.map_err(|why| match why {
        Trouble::Login(said) => Trouble::Login(refused_by(mailbox, &said)),
        Trouble::Secret(_)
        | Trouble::Lost(_)
        | Trouble::Permission(_)
        | Trouble::Refused { .. }
        | Trouble::NoFolder(_) => why,
    })
}

/// What a server said when it refused the login, and where the remedy lies.
fn refused_by(mailbox: &MailboxConfig, said: &str) -> String {
    let (server, account) = (&mailbox.server, &mailbox.account);
    format!(
        "{said} ({}:{}; the {} is read from {}, anew at each login)",
        server.host,
        server.port,
        account.auth.secret(),
        account.secret
    )
}

/// How long to wait after this trouble, which was the one after so many `failures`. Only the
/// short pauses are cut by `jitter`: a refused login is never tried sooner.
fn pause_after(why: &Trouble, failures: u32, jitter: f64) -> Duration {
    match why {
        Trouble::Login(_) | Trouble::Permission(_) => AFTER_REFUSED_LOGIN,
        Trouble::Lost(_) | Trouble::Secret(_) | Trouble::Refused { .. } | Trouble::NoFolder(_) => {
            let pause = Duration::from_secs(2u64.saturating_pow(failures.clamp(1, 6)).min(60));
            pause.mul_f64(jitter)
        }
    }
}

/// What is left of a pause when the try itself took so long, as with a server that is silent:
/// tries begin at equal distances, and who is well again is not waited for twice.
fn rest_of(pause: Duration, why: &Trouble, tried: Duration) -> Duration {
    match why {
        Trouble::Login(_) | Trouble::Permission(_) => pause,
        Trouble::Lost(_) | Trouble::Secret(_) | Trouble::Refused { .. } | Trouble::NoFolder(_) => {
            pause.saturating_sub(tried).max(pause.min(SHORTEST_PAUSE))
        }
    }
}

/// Receives, waits, receives; backs off when the server is in trouble.
pub(super) async fn receiving(shared: Shared, mailbox: MailboxConfig) {
    let mut failures: u32 = 0;
    while !shared.stop.is_cancelled() {
        let began = Instant::now();
        let Err(why) = watch_mailbox(&shared, &mailbox, &mut failures).await else {
            continue;
        };
        let pause = trouble(&shared, &mailbox, &why, &mut failures, began.elapsed()).await;
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Counts and remembers a trouble, which was met after so long; gives how long to wait.
async fn trouble(
    shared: &Shared,
    mailbox: &MailboxConfig,
    why: &Trouble,
    failures: &mut u32,
    tried: Duration,
) -> Duration {
    let pause = rest_of(pause_after(why, *failures, jitter()), why, tried);
    *failures += 1;
    let (said, key) = (why.to_string(), trouble_key(mailbox));
    warn!(
        mailbox = mailbox.name,
        why = said,
        pause = pause.as_secs(),
        "cannot read the mailbox; trying again"
    );
    remember(&shared.record, key, Some(said)).await;
    pause
}

/// From 0.8 to 1: many who lost one server do not come back at the same instant.
fn jitter() -> f64 {
    // What seeds a hash map is random enough here.
    let random = RandomState::new().hash_one(0) % 1000;
    0.8 + random as f64 / 5000.0
}

/// Ends well when asked to stop, and when a new login is wanted.
async fn watch_mailbox(
    shared: &Shared,
    mailbox: &MailboxConfig,
    failures: &mut u32,
) -> Result<(), Trouble> {
    let mut imap = tokio::select! {
        () = shared.stop.cancelled() => return Ok(()),
        connected = connect(mailbox) => connected?,
    };
    attend(shared, mailbox, &mut imap, failures).await?;
    imap.logout().await;
    Ok(())
}

/// Passes over a mailbox that is logged in, and waits, until asked to stop. The trouble of one
/// mail or one folder keeps nobody from waiting for others; when nothing has come for the
/// pause after it, it ends: what was refused may be open to a new login.
pub(super) async fn attend(
    shared: &Shared,
    mailbox: &MailboxConfig,
    server: &mut impl Mailbox,
    failures: &mut u32,
) -> Result<(), Trouble> {
    let poll = Duration::try_from(mailbox.poll).unwrap_or(IDLE_AT_MOST);
    let (mut well, mut memory) = (false, Memory::telling(Arc::clone(&shared.outbox)));
    let mut burst = Burst::default();
    loop {
        let passed =
            receive::receive(&shared.record, &shared.config, mailbox, server, &mut memory).await;
        // What was committed before a failure is answered all the same.
        if !matches!(passed, Ok(Pass { taken: 0, .. })) {
            shared.outbox.notify_one();
            burst.owed = true;
        }
        if burst.is_told(Instant::now()) {
            let _ = clock(&shared.record, &shared.config)
                .await
                .inspect_err(|why| error!(%why, "the clock's turn failed"));
        }
        let (more, pause) = match (passed, memory.goes_on()) {
            (Ok(Pass { more, .. }), _) => {
                if !well {
                    (well, *failures) = (true, 0);
                    remember(&shared.record, trouble_key(mailbox), None).await;
                }
                (more, poll)
            }
            (Err(why), Some(more)) => {
                well = false;
                (
                    more,
                    trouble(shared, mailbox, &why, failures, Duration::ZERO).await,
                )
            }
            (Err(why), None) => return Err(why),
        };
        if more && !shared.stop.is_cancelled() {
            continue;
        }
        let pause = if well { burst.waits(pause) } else { pause };
        // The pass left the first folder open: what arrived since it was listed wakes us.
        let woken = wait(shared, mailbox, server, pause.min(IDLE_AT_MOST)).await?;
        if shared.stop.is_cancelled() || (!well && woken == Woken::TimeUp) {
            return Ok(());
        }
    }
}

/// Waits for mail, and for what another process wants.
async fn wait(
    shared: &Shared,
    mailbox: &MailboxConfig,
    server: &mut impl Mailbox,
    poll: Duration,
) -> Result<Woken, Trouble> {
    let wake = shared.stop.child_token();
    let wanted = async {
        sweep_is_wanted(shared, mailbox).await;
        // The wait ends in its own way: a connection that is dropped in an IDLE is lost.
        wake.cancel();
        std::future::pending().await
    };
    tokio::select! {
        woken = server.wait(poll, &wake) => woken,
        () = wanted => Ok(Woken::Changed),
    }
}

/// Ends when somebody wants the mailbox swept.
async fn sweep_is_wanted(shared: &Shared, mailbox: &MailboxConfig) {
    let mut seen = None;
    loop {
        let version = shared.record.version().await.ok();
        if version != seen {
            seen = version;
            let key = receive::sweep_wanted(&mailbox.name);
            let wanted = shared.record.read(move |tx| tx.meta(&key)).await;
            if matches!(wanted, Ok(Some(_))) {
                return;
            }
        }
        tokio::time::sleep(LOOK_AT_STORE).await;
    }
}

pub(super) fn trouble_key(mailbox: &MailboxConfig) -> String {
    format!("trouble/imap/{}", mailbox.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many logins a trouble that never ends makes in an hour, at the most.
    fn logins(why: &Trouble) -> usize {
        let (mut passed, mut failures) = (Duration::ZERO, 0);
        while passed < Duration::from_secs(3600) {
            passed += pause_after(why, failures, 0.8);
            failures += 1;
        }
        failures as usize
    }

    #[test]
    fn a_refused_login_is_tried_seldom_and_a_lost_connection_often() {
        let said = "no".to_owned();
        for why in [Trouble::Login(said.clone()), Trouble::Permission(said)] {
            // Filing asks six times in the first hour: twenty are not reached.
            assert_eq!(logins(&why), 13, "{why}");
            assert_eq!(
                pause_after(&why, 0, 0.8).as_secs(),
                280,
                "well again in 5 minutes"
            );
        }
        let lost = Trouble::Lost(anyhow!("closed"));
        let pauses = [0, 1, 2, 5, 6, 1000].map(|n| pause_after(&lost, n, 1.0).as_secs());
        assert_eq!(pauses, [2, 2, 4, 32, 60, 60]);
    }

    #[test]
    fn the_first_of_a_burst_is_told_at_once_and_the_others_together() {
        let (mut burst, began) = (Burst::default(), Instant::now());
        let at = |millis| began + Duration::from_millis(millis);
        let pause = Duration::from_secs(60);
        assert!(!burst.is_told(at(0)), "nothing came");
        burst.owed = true;
        assert!(burst.is_told(at(0)));
        assert_eq!(burst.waits(pause), pause);
        for millis in [1, 400, 1999] {
            burst.owed = true;
            assert!(!burst.is_told(at(millis)), "{millis}");
        }
        assert_eq!(burst.waits(pause), BURST, "nobody waits for the next mail");
        assert!(burst.is_told(at(2000)), "all of them by one look");
        assert!(!burst.is_told(at(9000)), "nothing came since");
    }

    #[test]
    fn a_server_that_is_silent_is_tried_again_within_two_minutes() {
        let lost = Trouble::Lost(anyhow!("no answer for 60 s"));
        let rest = |pause, tried| {
            let [pause, tried] = [pause, tried].map(Duration::from_secs);
            rest_of(pause, &lost, tried).as_secs()
        };
        assert_eq!(
            [rest(60, 0), rest(60, 20), rest(60, 90), rest(2, 90)],
            [60, 40, 2, 2]
        );
        let refused = Trouble::Login("no".to_owned());
        let tried = Duration::from_secs(90);
        assert_eq!(
            rest_of(AFTER_REFUSED_LOGIN, &refused, tried),
            AFTER_REFUSED_LOGIN
        );
    }

    #[test]
    fn pauses_are_not_all_the_same() {
        let some: Vec<f64> = (0..100).map(|_| jitter()).collect();
        assert!(some.iter().all(|j| (0.8..=1.0).contains(j)));
        assert!(some.iter().any(|j| *j != some[0]));
    }
}

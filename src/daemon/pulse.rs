//! Whether every loop of the daemon goes on.
//!
//! Each loop runs inside [`Pulse::beating`], which notes when the loop was last woken, by
//! a byte or by a timer, and [`looked`] when it last had to do with the store. A loop that
//! nothing wakes for eleven minutes hangs; one that is busy for an hour without coming to the
//! store turns in circles. A large mail over a slow line is neither.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Every wait in every loop ends sooner.
const WOKEN: Duration = Duration::from_secs(660);
/// Every turn of every loop comes to the store sooner.
const LOOKED: Duration = Duration::from_secs(3600);

tokio::task_local! {
    static BEAT: Arc<Mutex<Beat>>;
}

/// When a loop last went on.
#[derive(Clone, Copy)]
struct Beat {
    woken: Instant,
    looked: Instant,
}

/// The loops that run, by name.
#[derive(Clone, Default)]
pub(super) struct Pulse(Arc<Mutex<BTreeMap<String, Arc<Mutex<Beat>>>>>);

/// The loop that calls this has to do with the store now.
pub(super) fn looked() {
    // Outside of a loop nobody watches.
    let _ = BEAT.try_with(|beat| locked(beat).looked = Instant::now());
}

impl Pulse {
    /// Runs a loop, watched under this name until it ends.
    pub(super) async fn beating<T>(&self, name: &str, work: impl Future<Output = T>) -> T {
        let now = Instant::now();
        let beat = Arc::new(Mutex::new(Beat {
            woken: now,
            looked: now,
        }));
        locked(&self.0).insert(name.to_owned(), Arc::clone(&beat));
        let _ends = Ends {
            pulse: self,
            name,
            beat: Arc::clone(&beat),
        };
        let mut work = pin!(BEAT.scope(Arc::clone(&beat), work));
        std::future::poll_fn(|cx| {
            locked(&beat).woken = Instant::now();
            work.as_mut().poll(cx)
        })
        .await
    }

    /// The loops that do not go on.
    pub(super) fn stuck(&self) -> Vec<String> {
        let loops = locked(&self.0);
        let stuck = loops.iter().filter(|(_, beat)| {
            let beat = locked(beat);
            beat.woken.elapsed() > WOKEN || beat.looked.elapsed() > LOOKED
        });
        stuck.map(|(name, _)| name.clone()).collect()
    }
}

/// A loop that has ended, also by being dropped, is not watched any more.
struct Ends<'a> {
    pulse: &'a Pulse,
    name: &'a str,
    beat: Arc<Mutex<Beat>>,
}

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        let mut loops = locked(&self.pulse.0);
        if loops
            .get(self.name)
            .is_some_and(|beat| Arc::ptr_eq(beat, &self.beat))
        {
            loops.remove(self.name);
        }
    }
}

fn locked<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn a_loop_that_hangs_and_one_that_turns_in_circles_are_found() {
        let pulse = Pulse::default();
        let own = pulse.clone();
        let hangs = tokio::spawn(async move {
            own.beating("hangs", std::future::pending::<()>()).await;
        });
        let own = pulse.clone();
        let circles = tokio::spawn(async move {
            let idle = async {
                loop {
                    sleep(MINUTE).await;
                }
            };
            own.beating("circles", idle).await;
        });
        let own = pulse.clone();
        let works = tokio::spawn(async move {
            let work = async {
                loop {
                    sleep(5 * MINUTE).await;
                    looked();
                }
            };
            own.beating("works", work).await;
        });
        sleep(11 * MINUTE).await;
        assert_eq!(pulse.stuck(), Vec::<String>::new());
        sleep(MINUTE).await;
        assert_eq!(pulse.stuck(), ["hangs"]);
        sleep(49 * MINUTE).await;
        assert_eq!(pulse.stuck(), ["circles", "hangs"]);
        for ended in [hangs, circles, works] {
            ended.abort();
            let _ = ended.await;
        }
        sleep(120 * MINUTE).await;
        assert_eq!(pulse.stuck(), Vec::<String>::new());
    }
}

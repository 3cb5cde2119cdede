//! What goes wrong on a connection, when, and in which way of its bytes; and what has passed
//! one way, in which the moment is looked for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// The way of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From gatepost to the server.
    In,
    /// From the server to gatepost.
    Out,
}

/// When a fault happens, on each connection.
#[derive(Clone, Debug)]
pub enum When {
    /// As soon as gatepost is connected.
    Connected,
    /// When so many bytes have passed.
    After(usize),
    /// When this has passed.
    Sees(String),
}

/// What happens.
#[derive(Clone)]
pub enum Act {
    /// Nothing passes for so long.
    Delay(Duration),
    /// From here on a byte passes each so long, this way.
    Trickle(Duration),
    /// From here on nothing passes, and both connections stay open.
    Hole,
    /// The server's connection ends, and gatepost is not told.
    HalfOpen,
    /// Both connections end, gatepost's by a reset.
    Reset,
    /// Both connections end.
    Close,
    /// This stands in the place of the pattern.
    Replace(Vec<u8>),
    /// This comes next.
    Inject(Vec<u8>),
    /// This comes next to gatepost, whichever way the pattern went.
    Answer(Vec<u8>),
    /// The same, piece after piece, so many.
    Flood(Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>, usize),
    /// This is called, before what comes next passes.
    Meanwhile(Arc<dyn Fn() + Send + Sync>),
    /// This is called, to kill the daemon, say, and both connections end.
    Call(Arc<dyn Fn() + Send + Sync>),
}

/// One thing that goes wrong.
#[derive(Clone)]
pub struct Fault {
    pub way: Way,
    pub when: When,
    pub acts: Vec<Act>,
    /// How often it can happen yet.
    pub left: usize,
}

impl Fault {
    /// It happens whenever it can.
    pub fn new(way: Way, when: When, act: Act) -> Self {
        Self {
            way,
            when,
            acts: vec![act],
            left: usize::MAX,
        }
    }

    /// This happens next.
    pub fn then(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }

    /// It happens so often and then not any more.
    pub fn times(self, left: usize) -> Self {
        Self { left, ..self }
    }
}

/// What has passed one way.
#[derive(Default)]
pub struct Lane {
    pub passed: usize,
    /// The last bytes that passed: a pattern may begin in them.
    tail: VecDeque<u8>,
    /// A byte each so long, unless it was healed since.
    pub pace: Option<(Duration, u64)>,
}

impl Lane {
    const TAIL: usize = 256;

    pub fn note(&mut self, bytes: &[u8]) {
        self.passed += bytes.len();
        self.tail.extend(bytes);
        let over = self.tail.len().saturating_sub(Self::TAIL);
        self.tail.drain(..over);
    }

    /// Where the pattern ends in these bytes; it may have begun before them.
    pub fn find(&self, pattern: &[u8], rest: &[u8]) -> Option<usize> {
        let before = self.tail.len().min(pattern.len().saturating_sub(1));
        let tail = self.tail.iter().skip(self.tail.len() - before).copied();
        let all: Vec<u8> = tail.chain(rest.iter().copied()).collect();
        let at = all.windows(pattern.len()).position(|w| w == pattern)?;
        Some(at + pattern.len() - before)
    }
}

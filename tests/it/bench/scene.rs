//! A daemon between the proxy and the sink, that has taken a report in and answered it.

use super::fault::Way;
use super::proxy::Proxy;
use super::{all_have_one, fast, led_to, office, oracle, reports};
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::wait_until;
use crate::sink::Sink;

pub struct Scene {
    pub g: Gatepost<'static>,
    pub proxy: Proxy,
    pub sink: Sink,
    pub reporters: Vec<String>,
}

impl Scene {
    /// In the time of the machine.
    pub fn new(story: &str) -> Self {
        Self::begun(story, |_| {})
    }

    /// In a fast time.
    pub fn fast(story: &str) -> Self {
        Self::begun(story, fast)
    }

    fn begun(story: &str, as_told: impl FnOnce(&mut Gatepost<'_>)) -> Self {
        let (proxy, sink) = (Proxy::before(office().imap), Sink::start(|_| false));
        let mut g = led_to(office(), story, &proxy.config(), &sink.config());
        g.run(&["init"]).ok();
        as_told(&mut g);
        g.start();
        let mut scene = Self {
            g,
            proxy,
            sink,
            reporters: Vec::new(),
        };
        scene.a_report_comes("before");
        scene
    }

    pub fn a_report_comes(&mut self, round: &str) {
        self.reporters.extend(reports(&self.g, round, 1));
        self.all_are_answered();
    }

    pub fn all_are_answered(&self) {
        wait_until("every report is answered", PATIENCE * 2, || {
            all_have_one(&self.sink, &self.reporters).then_some(())
        });
    }

    /// What must hold, whatever there was; gives what became of the receipts.
    pub fn ends(mut self) -> oracle::Receipts {
        oracle::accounted(&self.g, &self.reporters);
        let receipts = oracle::one_receipt_each(&self.g, &self.reporters, &self.sink.kept());
        oracle::only_looked(&self.proxy.text(Way::In));
        assert!(!self.g.log().contains("panicked"), "{}", self.g.log());
        assert_eq!(self.g.signal("-TERM"), Some(0), "it is alive");
        receipts
    }
}

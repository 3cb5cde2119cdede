//! Every letter with sample data: before a template is taken, and for `check --letters`.

use super::kind::{BESIDE, Kind};
use super::{LACKS_EMBARGO, Letter, LetterError, Letters, Organisation, samples};
use crate::ticket::Outcome;

/// A file, and what became of it with each sample.
type Tried = (String, Vec<Result<Letter, LetterError>>);

impl Letters {
    /// Every letter with all of its sample data, by file name, in the order of a report's life.
    ///
    /// # Errors
    /// The first letter that cannot be written.
    pub fn samples(&self) -> Result<Vec<(String, Vec<Letter>)>, LetterError> {
        let tries = self.tries().into_iter().chain(self.try_beside());
        tries
            .map(|(file, letters)| Ok((file, letters.into_iter().collect::<Result<_, _>>()?)))
            .collect()
    }

    /// Renders every letter with every sample; each letter's first fault.
    pub(super) fn try_out(&self) -> Vec<LetterError> {
        let tries = self.tries().into_iter();
        tries
            .filter_map(|(_, letters)| letters.into_iter().find_map(Result::err))
            .collect()
    }

    fn tries(&self) -> Vec<Tried> {
        let organisation = samples::organisation();
        let by_file = |kind: Kind, letters| (kind.file().to_owned(), letters);
        let mut all: Vec<Tried> = Vec::new();
        for kind in self.templates.kinds() {
            all.push(by_file(kind, self.try_kind(kind, &organisation)));
            for file in self.templates.others_of(kind) {
                let name = kind.name_of(file);
                all.push((
                    file.to_owned(),
                    self.try_other(kind, file, name, &organisation),
                ));
            }
        }
        all
    }

    /// The built-in letters beside the kinds, where the team has none in their place.
    fn try_beside(&self) -> Vec<Tried> {
        let organisation = samples::organisation();
        let mut all: Vec<Tried> = Vec::new();
        for (kind, file, _) in &BESIDE {
            let own = self.templates.others_of(*kind).any(|other| other == *file);
            if own || !self.templates.is_english() {
                continue;
            }
            let name = kind.name_of(file);
            all.push((
                (*file).to_owned(),
                self.try_other(*kind, file, name, &organisation),
            ));
        }
        all
    }

    /// A letter beside those of its kind.
    fn try_other(
        &self,
        kind: Kind,
        file: &str,
        name: Option<&str>,
        organisation: &Organisation,
    ) -> Vec<Result<Letter, LetterError>> {
        if kind == Kind::Acknowledgement {
            let views = samples::acknowledgements(organisation);
            let class = name.unwrap_or_default();
            let letter = |v| self.acknowledgement_of_class(class, v).transpose();
            return views.iter().filter_map(letter).collect();
        }
        let built_in = BESIDE.iter().any(|(_, known, _)| *known == file);
        if kind == Kind::Evaluation {
            let views = samples::evaluations(organisation);
            let fits = |outcome| !built_in || outcome == Outcome::OutOfScope;
            let views = views.iter().filter(|v| fits(v.outcome));
            return views.map(|v| self.evaluation(name, v)).collect();
        }
        let views = match file {
            "reply-last-call.txt" => samples::last_calls(organisation),
            "reply-handover.txt" => samples::handovers(organisation),
            "reply-support.txt" => samples::supports(organisation),
            _ => samples::replies(organisation),
        };
        views.iter().map(|v| self.reply(name, v)).collect()
    }

    fn try_kind(
        &self,
        kind: Kind,
        organisation: &Organisation,
    ) -> Vec<Result<Letter, LetterError>> {
        fn each<V>(
            views: Vec<V>,
            write: impl Fn(&V) -> Result<Letter, LetterError>,
        ) -> Vec<Result<Letter, LetterError>> {
            views.iter().map(write).collect()
        }
        match kind {
            Kind::Acknowledgement => each(samples::acknowledgements(organisation), |v| {
                self.acknowledgement(v)
            }),
            Kind::AcknowledgementAttack => each(samples::acknowledgements(organisation), |v| {
                self.acknowledgement_of_attack(v)
            }),
            Kind::Evaluation => each(samples::evaluations(organisation), |v| {
                self.evaluation(None, v)
            }),
            Kind::Reply => {
                let mut all = each(samples::replies(organisation), |v| self.reply(None, v));
                // A team's letter may be older than embargoes: one that lacks it is refused
                // when it is to tell one.
                let lacks = |letter: &Result<Letter, LetterError>| {
                    letter.as_ref().is_err_and(|why| why.what == LACKS_EMBARGO)
                };
                let told = each(samples::embargoes(organisation), |v| self.reply(None, v));
                all.extend(told.into_iter().filter(|letter| !lacks(letter)));
                all
            }
            Kind::Signal => each(samples::signals(organisation), |v| {
                self.reply(Some("signal"), v)
            }),
            Kind::Resolved => each(samples::resolved(organisation), |v| self.resolved(v)),
            Kind::Published => each(samples::published(organisation), |v| self.published(v)),
            Kind::Closing => each(samples::closings(organisation), |v| self.closing(v)),
            Kind::Reminder => each(samples::reminders(), |v| self.reminder(v)),
            Kind::Digest => each(samples::digests(), |v| self.digest(v)),
        }
    }
}

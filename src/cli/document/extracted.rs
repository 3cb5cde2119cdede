//! What `show --json` says of what the reporter's mails name.

use crate::mail::{Foreign, Signature};
use crate::triage::extract::{Credit, Cvss, Found, Lacks, Said, What};
use serde::Serialize;

/// Each list holds values in their usual spelling; `found` says how and where each was
/// written. `signed` is the kind of a signature that nobody checked.
#[derive(Default, Serialize)]
pub struct Extracted {
    urls: Vec<Foreign>,
    ips: Vec<Foreign>,
    hosts: Vec<Foreign>,
    paths: Vec<Foreign>,
    cves: Vec<Foreign>,
    cwes: Vec<Foreign>,
    ghsas: Vec<Foreign>,
    cvss: Vec<Scored>,
    versions: Vec<Foreign>,
    fingerprints: Vec<Foreign>,
    credit: Vec<Credit>,
    missing: Vec<&'static str>,
    found: Vec<Found>,
    left_out: usize,
    cut: bool,
    encrypted: bool,
    signed: Option<Signature>,
}

/// A vector with its score, or a score that is only claimed.
#[derive(Serialize)]
struct Scored {
    vector: Option<Foreign>,
    score: Option<f64>,
    severity: Option<&'static str>,
    claimed: Option<f64>,
}

impl From<&Cvss> for Scored {
    fn from(cvss: &Cvss) -> Self {
        let whole = |tenths: u32| f64::from(tenths) / 10.0;
        let score = cvss.score.as_ref();
        Self {
            vector: cvss.vector.clone().map(Foreign::new),
            score: score.map(|s| whole(s.tenths)),
            severity: score.map(|s| s.severity),
            claimed: cvss.claimed.map(whole),
        }
    }
}

impl Extracted {
    /// Nothing yet, of mails whose text is encrypted, or not, and that bear a signature.
    pub(super) fn of_sealed(encrypted: bool, signed: Option<Signature>) -> Self {
        Self {
            encrypted,
            signed,
            ..Self::default()
        }
    }

    /// The same with what the mails say and what they do not.
    pub(super) fn with(self, said: Said, lacks: Lacks) -> Self {
        Self {
            urls: said.values(What::Url),
            ips: said.values(What::Ip),
            hosts: said.values(What::Host),
            paths: said.values(What::Path),
            cves: said.values(What::Cve),
            cwes: said.values(What::Cwe),
            ghsas: said.values(What::Ghsa),
            cvss: said.cvss.iter().map(Scored::from).collect(),
            versions: said.values(What::Version),
            fingerprints: said.values(What::Fingerprint),
            credit: said.credit,
            missing: lacks.words(),
            found: said.found,
            left_out: said.left_out,
            cut: said.cut,
            ..self
        }
    }
}

//! The chain over all facts: each carries the hash of the one before it, so that what is
//! changed afterwards shows.

use sha2::{Digest, Sha256};

/// A link of the chain over all facts: SHA-256 in lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainHash(pub String);

impl ChainHash {
    /// The hash before the first fact.
    pub fn start() -> Self {
        Self("0".repeat(64))
    }

    /// The short form that the digest prints, `7f3a-91c2`.
    pub fn short(&self) -> String {
        let mut eight = self.0.chars().take(8);
        let left: String = eight.by_ref().take(4).collect();
        let right: String = eight.collect();
        format!("{left}-{right}")
    }
}

/// The digest of a fact's data, as it is stored: SHA-256 in lower-case hex.
pub fn digest_of(data: &str) -> String {
    hex(&Sha256::digest(data.as_bytes()))
}

/// The columns of a fact that its hash covers, beside its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Its number.
    pub n: i64,
    /// The number of its ticket.
    pub ticket: i64,
    /// When it happened.
    pub at: String,
    /// When it was written down.
    pub written_at: String,
    /// Its name.
    pub fact: String,
    /// Who says so.
    pub by: String,
    /// The letter that carried it.
    pub letter: Option<i64>,
    /// The mail that carried it.
    pub mail: Option<i64>,
}

impl Columns {
    /// The hash of the fact: over the hash before it and every column, the data by its
    /// digest alone, so that data may be erased and the chain holds.
    pub fn hash(&self, before: &ChainHash, data_digest: &str) -> ChainHash {
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        hashed([
            &before.0,
            &self.n.to_string(),
            &self.ticket.to_string(),
            &self.at,
            &self.written_at,
            &self.fact,
            &self.by,
            &number(self.letter),
            &number(self.mail),
            data_digest,
        ])
    }
}

/// A fact as it stands in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What its hash covers as it is.
    pub columns: Columns,
    /// What happened, as JSON; none when that was erased.
    pub data: Option<String>,
    /// The digest of that.
    pub data_digest: String,
    /// The hash of the fact before it.
    pub before: ChainHash,
    /// Its own hash.
    pub hash: ChainHash,
}

impl Link {
    /// Its data and its columns are what its hash says.
    pub fn holds(&self) -> bool {
        self.data_holds() && self.columns_hold()
    }

    /// Its data is what its digest says, or was erased.
    pub fn data_holds(&self) -> bool {
        let data = self.data.as_deref();
        data.is_none_or(|data| digest_of(data) == self.data_digest)
    }

    /// Its columns, with the digest of its data, are what its hash says.
    pub fn columns_hold(&self) -> bool {
        self.columns.hash(&self.before, &self.data_digest) == self.hash
    }
}

/// SHA-256 over texts, before each its length, so that none runs into the next.
fn hashed<const N: usize>(texts: [&str; N]) -> ChainHash {
    let mut sha = Sha256::new();
    for text in texts {
        sha.update((text.len() as u64).to_be_bytes());
        sha.update(text.as_bytes());
    }
    ChainHash(hex(&sha.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_tells_columns_apart() {
        assert_ne!(hashed(["ab", "c", "d"]), hashed(["a", "bc", "d"]));
        assert_ne!(hashed(["0", "a", "d"]), hashed(["1", "a", "d"]));
        assert_eq!(ChainHash::start().short(), "0000-0000");
    }

    /// Facts that stand in databases have these hashes. They were counted out by another
    /// program, as the case of a ticket says how.
    #[test]
    fn the_hash_of_a_fact_stays_what_it_was() {
        let mut link = Link {
            columns: Columns {
                n: 1,
                ticket: 1,
                at: "2027-04-30T15:40:00.000Z".to_owned(),
                written_at: "2027-04-30T15:40:01.000Z".to_owned(),
                fact: "received".to_owned(),
                by: "gatepost".to_owned(),
                letter: None,
                mail: Some(1),
            },
            data: Some(r#"{"fact":"received"}"#.to_owned()),
            data_digest: "34a52c702d8b66c5c005159baacd4bd37f62176d742352e7d576d5dc2ac61f22"
                .to_owned(),
            before: ChainHash::start(),
            hash: ChainHash(
                "090a30aa167cfd33c0c58ecdfefa956c3b3b8b465c1bd5d09ccb1e8ed564bbdb".to_owned(),
            ),
        };
        assert!(
            link.holds(),
            "{:?}",
            link.columns.hash(&link.before, &link.data_digest)
        );
        link.before = link.hash;
        link.columns.n = 2;
        link.columns.fact = "answered".to_owned();
        link.columns.by = "anna".to_owned();
        (link.columns.letter, link.columns.mail) = (Some(12), None);
        link.data = Some("{\"fact\":\"answered\",\"via\":\"t\u{e9}l\u{e9}phone\"}".to_owned());
        link.data_digest =
            "7c00fd8c0b3395acc7afa365a66fe81f5ba248c9b1fc08b479f8e3b3e2a34ff8".to_owned();
        link.hash = ChainHash(
            "5c4edd94c72eed91d38e2336741f2a1f2bbdb5c200039777f61602937d4b5500".to_owned(),
        );
        assert!(
            link.holds(),
            "{:?}",
            link.columns.hash(&link.before, &link.data_digest)
        );
        link.data = None;
        assert!(link.holds(), "the digest stays");
        link.data = Some("{}".to_owned());
        assert!(!link.data_holds() && link.columns_hold());
        link.columns.ticket = 2;
        assert!(!link.columns_hold());
    }
}

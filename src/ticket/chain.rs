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

/// The hash of a fact: over the hash before it and every stored column, the data by
/// its digest alone, so that data may be erased and the chain holds.
pub fn chain(before: &ChainHash, columns: &[&str], data_digest: &str) -> ChainHash {
    let mut sha = Sha256::new();
    for part in std::iter::once(before.0.as_str())
        .chain(columns.iter().copied())
        .chain([data_digest])
    {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    ChainHash(hex(&sha.finalize()))
}

/// The digest of a fact's data, as it is stored: SHA-256 in lower-case hex.
pub fn digest_of(data: &str) -> String {
    hex(&Sha256::digest(data.as_bytes()))
}

/// A fact as it stands in the chain: every stored column, as the hash covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
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
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let columns = [
            &self.n.to_string(),
            &self.ticket.to_string(),
            &self.at,
            &self.written_at,
            &self.fact,
            &self.by,
            &number(self.letter),
            &number(self.mail),
        ];
        let data = self.data.as_deref().map(digest_of);
        data.is_none_or(|digest| digest == self.data_digest)
            && chain(
                &self.before,
                &columns.map(String::as_str),
                &self.data_digest,
            ) == self.hash
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_tells_columns_apart() {
        let start = ChainHash::start();
        assert_ne!(
            chain(&start, &["ab", "c"], "d"),
            chain(&start, &["a", "bc"], "d")
        );
        assert_ne!(
            chain(&start, &["a"], "d"),
            chain(&ChainHash("1".repeat(64)), &["a"], "d")
        );
        assert_eq!(start.short(), "0000-0000");
    }
}

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

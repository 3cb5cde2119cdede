//! The raw bytes of a mail: kept compressed, given back byte for byte.

use super::Tx;
use anyhow::{Context, Result};
use rusqlite::params;

/// Bytes in a piece before compression.
const PIECE: usize = 1024 * 1024;
/// zstd's fastest ordinary level: mail is mostly base64, where more work gains little.
const LEVEL: i32 = 1;

/// Takes bytes in as they are fetched, and compresses piece by piece.
#[derive(Default)]
pub struct Raw {
    pieces: Vec<Vec<u8>>,
    open: Vec<u8>,
    kept: u64,
}

/// The raw bytes of one mail, ready to be written.
pub struct RawBytes {
    pieces: Vec<Vec<u8>>,
    /// How many bytes they were before compression.
    pub kept: u64,
}

impl Raw {
    /// Nothing taken in yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.kept += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = PIECE - self.open.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.open.extend_from_slice(now);
            bytes = later;
            if self.open.len() == PIECE {
                self.close()?;
            }
        }
        Ok(())
    }

    /// No more bytes will come.
    pub fn finish(mut self) -> Result<RawBytes> {
        if !self.open.is_empty() {
            self.close()?;
        }
        Ok(RawBytes {
            pieces: self.pieces,
            kept: self.kept,
        })
    }

    fn close(&mut self) -> Result<()> {
        self.pieces
            .push(zstd::bulk::compress(&self.open, LEVEL).context("cannot compress a mail")?);
        self.open.clear();
        Ok(())
    }
}

impl Tx<'_> {
    /// Writes the raw bytes of a mail.
    pub(super) fn keep_raw(&self, mail: i64, raw: &RawBytes) -> Result<()> {
        let mut insert = self
            .sql
            .prepare_cached("INSERT INTO bodies (mail, piece, bytes) VALUES (?1, ?2, ?3)")?;
        for (i, piece) in raw.pieces.iter().enumerate() {
            insert.execute(params![mail, i as i64, piece])?;
        }
        Ok(())
    }

    /// Gives back the raw bytes of a mail, piece by piece, exactly as they were.
    pub fn raw(&self, mail: i64, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut pieces = self
            .sql
            .prepare_cached("SELECT bytes FROM bodies WHERE mail = ?1 ORDER BY piece")?;
        let mut rows = pieces.query([mail])?;
        while let Some(row) = rows.next()? {
            let piece = row.get_ref(0)?.as_blob()?;
            each(
                &zstd::bulk::decompress(piece, PIECE)
                    .with_context(|| format!("the bytes of mail {mail} are damaged"))?,
            )?;
        }
        Ok(())
    }
}

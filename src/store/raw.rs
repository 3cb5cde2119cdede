//! The raw bytes of a mail: kept compressed, given back byte for byte.
//!
//! A large mail does not wait in memory: its pieces are *staged* while it is fetched, in
//! short transactions, and moved to their place by the transaction that writes its row.
//! What is staged counts for nothing until then; it is cleared before a new attempt.

use super::{FolderId, Tx};
use anyhow::{Context, Result, ensure};
use rusqlite::params;
use std::cell::RefCell;

/// Bytes in a piece before compression.
const PIECE: usize = 1024 * 1024;
/// zstd's fastest ordinary level: mail is mostly base64, where more work gains little.
const LEVEL: i32 = 1;

/// Takes bytes in as they are fetched, and compresses piece by piece.
#[derive(Default)]
pub struct Raw {
    bytes: RawBytes,
    open: Vec<u8>,
}

/// The raw bytes of one mail, ready to be written.
#[derive(Default)]
pub struct RawBytes {
    /// How many pieces were staged; those below come after them.
    staged: usize,
    pieces: Vec<Vec<u8>>,
    /// How many bytes they were before compression.
    pub kept: u64,
}

thread_local! {
    /// Making a compressor costs more than compressing a mail of usual size.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

fn compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        let mut compressor = match kept.take() {
            Some(compressor) => compressor,
            None => zstd::bulk::Compressor::new(LEVEL)?,
        };
        let done = compressor.compress(bytes);
        *kept = Some(compressor);
        done.context("cannot compress")
    })
}

/// How every zstd frame begins (RFC 8878 section 3.1.1). No letter begins so.
const FRAME: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The bytes of a letter, as they are kept.
pub(super) fn packed(letter: &[u8]) -> Result<Vec<u8>> {
    compressed(letter)
}

/// The bytes of a letter, from what is kept: letters from before they were compressed are
/// kept as they are.
pub(super) fn unpacked(kept: Vec<u8>) -> Result<Vec<u8>> {
    if !kept.starts_with(&FRAME) {
        return Ok(kept);
    }
    DECOMPRESSOR.with_borrow_mut(|ready| {
        let mut decompressor = match ready.take() {
            Some(decompressor) => decompressor,
            None => zstd::bulk::Decompressor::new()?,
        };
        let size = zstd::zstd_safe::get_frame_content_size(&kept)
            .ok()
            .flatten();
        let size = size.context("a letter in the store does not say its size")?;
        let letter = decompressor.decompress(&kept, usize::try_from(size)?);
        *ready = Some(decompressor);
        letter.context("cannot decompress a letter")
    })
}

impl Raw {
    /// Nothing taken in yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes of a mail that lies in memory as a whole.
    ///
    /// # Errors
    /// When they cannot be compressed.
    pub fn of(bytes: &[u8]) -> Result<RawBytes> {
        let pieces: Result<_> = bytes.chunks(PIECE).map(compressed).collect();
        Ok(RawBytes {
            staged: 0,
            pieces: pieces?,
            kept: bytes.len() as u64,
        })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When they cannot be compressed.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.bytes.kept += bytes.len() as u64;
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

    /// How many bytes were taken in.
    pub fn kept(&self) -> u64 {
        self.bytes.kept
    }

    /// Takes the finished pieces out, to be staged: the number of the first, and they.
    pub fn to_stage(&mut self) -> (usize, Vec<Vec<u8>>) {
        let (first, pieces) = (self.bytes.staged, std::mem::take(&mut self.bytes.pieces));
        self.bytes.staged += pieces.len();
        (first, pieces)
    }

    /// No more bytes will come.
    ///
    /// # Errors
    /// When they cannot be compressed.
    pub fn finish(mut self) -> Result<RawBytes> {
        if !self.open.is_empty() {
            self.close()?;
        }
        Ok(self.bytes)
    }

    fn close(&mut self) -> Result<()> {
        self.bytes.pieces.push(compressed(&self.open)?);
        self.open.clear();
        Ok(())
    }
}

impl Tx<'_> {
    /// Puts finished pieces of a mail aside, of which `first` is the number of the first.
    pub fn stage(
        &self,
        (folder, uidvalidity, uid): (FolderId, u32, u32),
        first: usize,
        pieces: &[Vec<u8>],
    ) -> Result<()> {
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO staged (folder, uidvalidity, uid, piece, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (piece, bytes) in (first..).zip(pieces) {
            insert.execute(params![folder.0, uidvalidity, uid, piece as i64, bytes])?;
        }
        Ok(())
    }

    /// Forgets what was staged of one mail.
    pub fn clear_staged(&self, (folder, uidvalidity, uid): (FolderId, u32, u32)) -> Result<()> {
        let mut clear = self.sql.prepare_cached(
            "DELETE FROM staged WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3",
        )?;
        clear.execute(params![folder.0, uidvalidity, uid])?;
        Ok(())
    }

    /// Forgets what a process that ended had staged of any mail of a folder.
    pub fn clear_staged_of(&self, folder: FolderId) -> Result<()> {
        self.sql
            .execute("DELETE FROM staged WHERE folder = ?1", [folder.0])?;
        Ok(())
    }

    /// Writes the raw bytes of a mail, what was staged of it first.
    pub(super) fn keep_raw(
        &self,
        mail: i64,
        (folder, uidvalidity, uid): (FolderId, u32, u32),
        raw: &RawBytes,
    ) -> Result<()> {
        if raw.staged > 0 {
            let mut take = self.sql.prepare_cached(
                "INSERT INTO bodies (mail, piece, bytes) SELECT ?1, piece, bytes FROM staged WHERE folder = ?2 AND uidvalidity = ?3 AND uid = ?4",
            )?;
            let moved = take.execute(params![mail, folder.0, uidvalidity, uid])?;
            ensure!(
                moved == raw.staged,
                "{moved} of {} staged pieces are there: it is fetched anew",
                raw.staged
            );
            self.clear_staged((folder, uidvalidity, uid))?;
        }
        let mut insert = self
            .sql
            .prepare_cached("INSERT INTO bodies (mail, piece, bytes) VALUES (?1, ?2, ?3)")?;
        for (piece, bytes) in (raw.staged..).zip(&raw.pieces) {
            insert.execute(params![mail, piece as i64, bytes])?;
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

    /// All raw bytes of a mail at once.
    pub fn whole(&self, mail: i64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.raw(mail, |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_given_back_byte_for_byte_and_so_is_one_from_before() {
        let letter = "From: security@example.org\r\n\r\nyour mail reached us\r\n".repeat(40);
        let kept = packed(letter.as_bytes()).unwrap();
        assert!(kept.len() * 4 < letter.len());
        let cut = kept.get(..kept.len() - 3).unwrap().to_vec();
        assert_eq!(unpacked(kept).unwrap(), letter.as_bytes());
        assert!(unpacked(cut).is_err());
        assert_eq!(unpacked(letter.clone().into()).unwrap(), letter.as_bytes());
        assert_eq!(unpacked(packed(b"").unwrap()).unwrap(), b"");
    }
}

#![no_main]

#[path = "../properties/settings.rs"]
mod property;

use std::cell::LazyCell;
use tempfile::TempDir;

thread_local! {
    static FOLDER: LazyCell<TempDir> = LazyCell::new(|| tempfile::tempdir().expect("a folder"));
}

libfuzzer_sys::fuzz_target!(
    |bytes: &[u8]| FOLDER.with(|folder| property::holds(bytes, folder.path()))
);

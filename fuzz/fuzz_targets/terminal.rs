//! The gate's own file is compiled into this target, which so needs no door of its own in the
//! library. What it prints goes to a file in memory, in place of standard output.

#![no_main]
#![allow(dead_code, reason = "the gate has more doors than are tried here")]

#[path = "../../src/cli/output.rs"]
mod output;
#[path = "../../src/cli/pager.rs"]
mod pager;
#[path = "../properties/terminal.rs"]
mod property;

use gatepost::mail;
use rustix::fs::{MemfdFlags, memfd_create};
use std::cell::LazyCell;
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};

/// What the gate says when it is misused.
#[derive(Debug)]
struct Usage(String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

thread_local! {
    static SHEET: LazyCell<File> = LazyCell::new(|| {
        let sheet = memfd_create("sheet", MemfdFlags::CLOEXEC).expect("a file in memory");
        rustix::stdio::dup2_stdout(&sheet).expect("standard output");
        // As on a terminal: the gate's colours stay, and so does an escape that got through.
        anstream::ColorChoice::AlwaysAnsi.write_global();
        File::from(sheet)
    });
}

/// Both descriptors are one open file, so that its place is theirs together.
fn printed(work: &dyn Fn()) -> String {
    SHEET.with(|sheet| {
        let mut sheet: &File = sheet;
        sheet
            .set_len(0)
            .and_then(|()| sheet.rewind())
            .expect("an empty sheet");
        work();
        output::flush();
        let mut out = Vec::new();
        sheet
            .rewind()
            .and_then(|()| sheet.read_to_end(&mut out))
            .expect("what was printed");
        String::from_utf8(out).expect("text")
    })
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    property::holds(&String::from_utf8_lossy(bytes), printed);
});

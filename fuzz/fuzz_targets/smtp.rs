#![no_main]

#[path = "../properties/smtp.rs"]
mod property;
#[path = "../properties/peer.rs"]
mod peer;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| property::holds(bytes));

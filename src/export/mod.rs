//! What leaves the house as a file: the list of thanks, security.txt, a calendar, figures.
//!
//! Bytes in, bytes out; nothing here reads or writes a file. [`thanks`] changes what
//! stands between two lines of a page and no byte beside it. [`security_txt`] writes
//! RFC 9116 and says what is wrong with a file of it. [`calendar`] writes RFC 5545.
//! [`case`] is all that is on record of one report, for who has to look at it later.
//! [`board`] is a page of open tickets and kept promises, [`csv`] and [`prometheus`] are its
//! figures for programs.
//!
//! A name to be thanked is a stranger's text, also where one of us typed it: it goes out
//! as text that neither Markdown nor HTML nor a template language takes for anything else
//! ([`name::markdown`]).

pub mod board;
pub mod calendar;
pub mod csv;
pub mod case;
pub mod entry;
pub mod file_name;
pub mod marked;
pub mod name;
pub mod named;
pub mod prometheus;
pub mod security_txt;
pub mod thanks;

pub use name::same;

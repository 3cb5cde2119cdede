//! [`Heard`]: what a server said to one step of the dialogue, in the five ways that matter.

use crate::mail::Foreign;
use crate::net::{Hidden, plainly};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;
use std::error::Error as _;
use std::io;
use tokio::time::error::Elapsed;

/// The outcome of one step. Words are one harmless line, with the code in front.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// 2xx or 3xx.
    Yes { code: u16, words: String },
    /// 4xx, but not 421.
    NotNow(String),
    /// 5xx.
    Never(String),
    /// 421: the server closes the connection (RFC 5321 section 3.8).
    Closing(String),
    /// No answer, or none that is one.
    Lost(String),
}

/// Reads the outcome of a step that had a limit; what is `hidden` is in none of the words.
pub(super) fn hear(outcome: Result<Result<Response, Error>, Elapsed>, hidden: &Hidden) -> Heard {
    match outcome {
        Err(_) => Heard::Lost("the mail server did not answer in time".to_owned()),
        Ok(Ok(response)) => {
            let code = response.code().into();
            let text: Vec<&str> = response.message().collect();
            Heard::Yes {
                code,
                words: words(code, &text.join(" "), hidden),
            }
        }
        Ok(Err(why)) => failure(&why, hidden),
    }
}

fn failure(why: &Error, hidden: &Hidden) -> Heard {
    let Some(code) = why.status().map(u16::from) else {
        return Heard::Lost(loss(why, hidden));
    };
    let words = words(
        code,
        &why.source().map(ToString::to_string).unwrap_or_default(),
        hidden,
    );
    match code {
        421 => Heard::Closing(words),
        400..=499 => Heard::NotNow(words),
        _ => Heard::Never(words),
    }
}

fn loss(why: &Error, hidden: &Hidden) -> String {
    if why.is_client() {
        return Foreign::new(hidden.out_of(&why.to_string())).cut(200);
    }
    let mut inner = why.source();
    while let Some(cause) = inner {
        if let Some(cause) = cause.downcast_ref::<io::Error>() {
            return plainly(cause);
        }
        inner = cause.source();
    }
    "the mail server closed the connection, or its reply cannot be understood".to_owned()
}

fn words(code: u16, text: &str, hidden: &Hidden) -> String {
    Foreign::new(format!("{code} {}", hidden.out_of(text).trim())).cut(300)
}

impl Heard {
    /// What was said, whatever it means.
    pub(super) fn words(self) -> String {
        match self {
            Self::Yes { words, .. }
            | Self::NotNow(words)
            | Self::Never(words)
            | Self::Closing(words)
            | Self::Lost(words) => words,
        }
    }
}

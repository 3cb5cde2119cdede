//! Who we are: LOGIN, and what its refusal means.
//!
//! The password is exposed here and nowhere else. A server that repeats what it was sent
//! does not get it into a message of ours.

use super::line::{Judged, Line, lost};
use crate::mail::Foreign;
use crate::mailbox::Trouble;
use anyhow::anyhow;
use async_imap::error::Error;
use async_imap::{Authenticator, Client};
use secrecy::{ExposeSecret, SecretString};

/// Logs in.
///
/// # Errors
/// [`Trouble::Login`] when the name or the password is to blame; [`Trouble::Lost`] when the
/// server says that its own part is out of order (`[UNAVAILABLE]`, RFC 5530).
pub(super) async fn login(
    client: Client<Judged>,
    user: &str,
    password: &SecretString,
) -> Result<Line, Trouble> {
    let secret = password.expose_secret();
    if [user, secret]
        .iter()
        .any(|word| word.contains(['\r', '\n', '\0']))
    {
        return Err(Trouble::Login(
            "the user name or the password of the config holds a line end or a NUL".to_owned(),
        ));
    }
    // LOGIN takes ASCII only (RFC 9051 section 6.2.3); PLAIN takes UTF-8 (RFC 4616).
    let outcome = if user.is_ascii() && secret.is_ascii() {
        client.login(user, secret).await
    } else {
        client.authenticate("PLAIN", Plain { user, secret }).await
    };
    match outcome {
        Ok(session) => Ok(Line::new(session)),
        Err((Error::No(said), _)) => Err(refused(&without(&words(&said), secret))),
        Err((Error::Bad(said), _)) => Err(Trouble::Refused {
            command: "LOGIN".to_owned(),
            said: without(&words(&said), secret),
        }),
        Err((why, _)) => Err(lost(why)),
    }
}

fn refused(said: &str) -> Trouble {
    let code = said.to_ascii_uppercase();
    if ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]"]
        .iter()
        .any(|known| code.starts_with(known))
    {
        return Trouble::Lost(anyhow!("the server cannot log anybody in now: {said}"));
    }
    Trouble::Login(said.to_owned())
}

/// The words of the server out of async-imap's `code: …, info: Some("…")`.
fn words(debug: &str) -> String {
    let inner = debug
        .split_once("info: Some(\"")
        .and_then(|(_, rest)| rest.strip_suffix("\")"));
    let plain = inner
        .unwrap_or("nothing")
        .replace("\\\"", "\"")
        .replace("\\\\", "\\");
    Foreign::new(plain).cut(300)
}

/// Takes the password out, as it is and as it was quoted on the wire.
fn without(said: &str, secret: &str) -> String {
    if secret.is_empty() {
        return said.to_owned();
    }
    let quoted = secret.replace('\\', "\\\\").replace('"', "\\\"");
    said.replace(&quoted, "(password)")
        .replace(secret, "(password)")
}

/// SASL PLAIN without an authorization identity (RFC 4616).
struct Plain<'a> {
    user: &'a str,
    secret: &'a str,
}

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.secret)
    }
}

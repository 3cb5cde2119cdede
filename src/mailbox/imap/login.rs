//! Who we are: LOGIN or AUTHENTICATE, and what its refusal means.
//!
//! The secret is exposed here and nowhere else. A server that repeats what it was sent, now or
//! in a later answer, does not get it into a message of ours.

use super::codes;
use super::line::{Answer, Judged, Line, greeted, lost, offered};
use crate::config::Auth;
use crate::mail::Foreign;
use crate::mailbox::Trouble;
use crate::net::{Hidden, Login, Stream};
use anyhow::anyhow;
use async_imap::error::Error;
use async_imap::imap_proto::Capability;
use async_imap::{Authenticator, Client};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::ExposeSecret;

/// Logs in.
///
/// # Errors
/// [`Trouble::Login`] when the name or the secret is to blame, or the server knows no login
/// of this kind; [`Trouble::Permission`] when it knows us and lets us not in;
/// [`Trouble::Lost`] when it says that its own part is out of order (RFC 5530).
pub(super) async fn login(stream: Stream, login: &Login) -> Result<Line, Trouble> {
    let hidden = hidden(login);
    let mut client = greeted(stream, &hidden).await?;
    let (user, secret) = (login.user.as_str(), login.secret.expose_secret());
    if [user, secret]
        .iter()
        .any(|word| word.contains(['\r', '\n', '\0', '\x01']))
    {
        let kind = login.auth.secret();
        return Err(Trouble::Login(format!(
            "the user name or the {kind} of the config holds a line end or a control character"
        )));
    }
    let plain = Once(Some(format!("\0{user}\0{secret}")));
    let outcome = match login.auth {
        // LOGIN takes ASCII only (RFC 9051 section 6.2.3); PLAIN takes UTF-8 (RFC 4616).
        Auth::Password if user.is_ascii() && secret.is_ascii() => client.login(user, secret).await,
        Auth::Password => client.authenticate("PLAIN", plain).await,
        Auth::Xoauth2 => {
            let at_once = offers_token(&mut client, &hidden).await?;
            let words = token(user, secret);
            if at_once {
                let command = format!("XOAUTH2 {}", BASE64.encode(words));
                client.authenticate(command, Once(None)).await
            } else {
                client.authenticate("XOAUTH2", Once(Some(words))).await
            }
        }
    };
    match outcome {
        Ok(session) => Ok(Line::new(session, hidden)),
        // A server that cannot make anything of a login is not asked oftener than one that
        // refuses it.
        Err((Error::No(said) | Error::Bad(said), _)) => {
            Err(codes::at_login(&words(&said, &hidden)))
        }
        Err((why, _)) => Err(lost(why)),
    }
}

/// What the mechanism XOAUTH2 sends.
fn token(user: &str, secret: &str) -> String {
    format!("user={user}\x01auth=Bearer {secret}\x01\x01")
}

/// Whether the server takes a token with the command itself (SASL-IR, RFC 4959).
///
/// # Errors
/// It takes no token at all.
async fn offers_token(client: &mut Client<Judged>, hidden: &Hidden) -> Result<bool, Trouble> {
    let (mut token, mut at_once) = (false, false);
    let answer = offered(client, hidden, |capability| match capability {
        Capability::Auth(name) => token |= name.eq_ignore_ascii_case("XOAUTH2"),
        Capability::Atom(name) => at_once |= name.eq_ignore_ascii_case("SASL-IR"),
        Capability::Imap4rev1 => {}
    });
    match answer.await? {
        Answer::Ok if token => Ok(at_once),
        Answer::Ok => Err(Trouble::Login("it offers no login with a token (AUTH=XOAUTH2): is OAuth 2.0 switched on for it, and is this the right server?".to_owned())),
        Answer::No(said) | Answer::Bad(said) => {
            Err(Trouble::Lost(anyhow!("the server refused CAPABILITY: {said}")))
        }
    }
}

/// The words of the server out of async-imap's `code: …, info: Some("…")`.
fn words(debug: &str, hidden: &Hidden) -> String {
    let inner = debug
        .split_once("info: Some(\"")
        .and_then(|(_, rest)| rest.strip_suffix("\")"));
    let plain = unescaped(inner.unwrap_or("nothing"));
    Foreign::new(hidden.out_of(&plain)).cut(300)
}

/// A text out of its `Debug`, which writes some characters as escapes.
fn unescaped(debug: &str) -> String {
    let mut plain = String::with_capacity(debug.len());
    let mut rest = debug.chars();
    while let Some(c) = rest.next() {
        let escape = if c == '\\' { rest.next() } else { None };
        plain.push(match escape {
            None => c,
            Some('u') => {
                let code: String = rest
                    .by_ref()
                    .skip_while(|c| *c == '{')
                    .take_while(|c| *c != '}')
                    .collect();
                let code = u32::from_str_radix(&code, 16).ok();
                code.and_then(char::from_u32).unwrap_or('\u{fffd}')
            }
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('0') => '\0',
            Some(other) => other,
        });
    }
    plain
}

/// The secret, as it is and in every form in which it goes over the wire.
pub(super) fn hidden(login: &Login) -> Hidden {
    let (user, secret) = (&login.user, login.secret.expose_secret());
    login.hidden(vec![
        BASE64.encode(format!("\0{user}\0{secret}")),
        BASE64.encode(token(user, secret)),
        BASE64.encode(secret),
    ])
}

/// Gives its words to the first challenge, and nothing to another: that is how the details
/// of a refused token are answered, whereupon the server says NO.
struct Once(Option<String>);

impl Authenticator for Once {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

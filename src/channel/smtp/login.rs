//! AUTH, and what its failure may say.
//!
//! The password is exposed here and nowhere else. A server that repeats what it was sent
//! does not get it into a message of ours, neither plain nor in base64.

use super::heard::{Heard, hear};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Auth;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio::time::timeout;

/// What we can do; the first that the server offers is taken. Both are safe within TLS only.
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

/// Logs in.
///
/// # Errors
/// The server's words, without the password.
pub(super) async fn login(
    connection: &mut AsyncSmtpConnection,
    user: &str,
    password: &SecretString,
    limit: Duration,
) -> Result<(), String> {
    if connection
        .server_info()
        .get_auth_mechanism(MECHANISMS)
        .is_none()
    {
        return Err("the mail server offers neither AUTH PLAIN nor AUTH LOGIN: is this its port for submission?".to_owned());
    }
    let credentials = Credentials::new(user.to_owned(), password.expose_secret().to_owned());
    let heard = hear(timeout(limit, connection.auth(MECHANISMS, &credentials)).await);
    let said = match heard {
        Heard::Yes { code: 235, .. } => return Ok(()),
        Heard::Yes { words, .. } => format!("the mail server did not finish the login: {words}"),
        Heard::NotNow(words) => format!("the mail server cannot log anybody in now: {words}"),
        Heard::Never(words) => {
            format!("the mail server refused the user name or the password: {words}")
        }
        Heard::Closing(words) | Heard::Lost(words) => format!("login failed: {words}"),
    };
    Err(without(said, &credentials, password.expose_secret()))
}

/// Takes out the password, and the two forms in which AUTH sends it.
fn without(said: String, credentials: &Credentials, secret: &str) -> String {
    let sent = [
        Auth::new(Mechanism::Plain, credentials.clone(), None),
        Auth::new(
            Mechanism::Login,
            credentials.clone(),
            Some("Password".to_owned()),
        ),
    ];
    let tokens = sent.iter().flatten().filter_map(|auth| {
        auth.to_string()
            .split_whitespace()
            .next_back()
            .map(str::to_owned)
    });
    tokens
        .chain([secret.to_owned()])
        .filter(|token| !token.is_empty())
        .fold(said, |said, token| said.replace(&token, "(password)"))
}

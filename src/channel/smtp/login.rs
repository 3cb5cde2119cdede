//! AUTH, and what its failure may say.
//!
//! The secret is exposed here and nowhere else. A server that repeats what it was sent,
//! now or in a later reply, does not get it into a message of ours, neither plain nor in
//! base64.

use super::heard::{Heard, hear};
use crate::config::Auth;
use crate::net::{Hidden, Login};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands;
use secrecy::ExposeSecret;
use std::time::Duration;
use tokio::time::timeout;

/// What we can do with a password; the first that the server offers is taken. Both are safe
/// only where nobody listens.
const WITH_PASSWORD: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

/// Microsoft 365, when nobody has allowed the mailbox to send.
const SWITCHED_OFF: &str = "5.7.139";

/// Logs in.
///
/// # Errors
/// The server's words, without the secret.
pub(super) async fn login(
    connection: &mut AsyncSmtpConnection,
    login: &Login,
    hidden: &Hidden,
    limit: Duration,
) -> Result<(), String> {
    let secret = login.secret.expose_secret();
    let credentials = Credentials::new(login.user.clone(), secret.to_owned());
    let server = connection.server_info();
    let heard = match login.auth {
        Auth::Password if server.get_auth_mechanism(WITH_PASSWORD).is_none() => {
            return Err("the mail server offers neither AUTH PLAIN nor AUTH LOGIN: is this its port for submission?".to_owned());
        }
        Auth::Xoauth2 if !server.supports_auth_mechanism(Mechanism::Xoauth2) => {
            return Err("the mail server does not offer AUTH XOAUTH2: is OAuth 2.0 switched on for it, and is this its port for submission?".to_owned());
        }
        Auth::Password => hear(
            timeout(limit, connection.auth(WITH_PASSWORD, &credentials)).await,
            hidden,
        ),
        Auth::Xoauth2 => with_token(connection, &credentials, hidden, limit).await,
    };
    Err(match heard {
        Heard::Yes { code: 235, .. } => return Ok(()),
        Heard::Yes { words, .. } => format!("the mail server did not finish the login: {words}"),
        Heard::NotNow(words) => format!("the mail server cannot log anybody in now: {words}"),
        Heard::Never(words) => format!(
            "the mail server refused the user name or the {}: {words}{}",
            login.auth.secret(),
            hint(&words)
        ),
        Heard::Closing(words) | Heard::Lost(words) => format!("login failed: {words}"),
    })
}

/// XOAUTH2: a token that is refused is answered with a challenge that holds the details, and
/// only after an empty line with the refusal.
async fn with_token(
    connection: &mut AsyncSmtpConnection,
    credentials: &Credentials,
    hidden: &Hidden,
    limit: Duration,
) -> Heard {
    let both = async {
        let auth = commands::Auth::new(Mechanism::Xoauth2, credentials.clone(), None)?;
        let response = connection.command(auth).await?;
        if response.has_code(334) {
            return connection.command("\r\n").await;
        }
        Ok(response)
    };
    hear(timeout(limit, both).await, hidden)
}

fn hint(words: &str) -> &'static str {
    if words.contains(SWITCHED_OFF) {
        "\n  hint: with Microsoft 365, switch authenticated SMTP on for this mailbox (Set-CASMailbox -SmtpClientAuthenticationDisabled $false)"
    } else {
        ""
    }
}

/// The secret, as it is and in the forms in which AUTH sends it.
pub(super) fn hidden(login: &Login) -> Hidden {
    let secret = login.secret.expose_secret().to_owned();
    let credentials = Credentials::new(login.user.clone(), secret);
    let auth = |mechanism, challenge: Option<&str>| {
        commands::Auth::new(mechanism, credentials.clone(), challenge.map(str::to_owned))
    };
    let sent = [
        auth(Mechanism::Plain, None),
        auth(Mechanism::Login, Some("Password")),
        auth(Mechanism::Xoauth2, None),
    ];
    let last_word = |line: String| line.split_whitespace().next_back().map(str::to_owned);
    let sent = sent.iter().flatten();
    login.hidden(
        sent.filter_map(|auth| last_word(auth.to_string()))
            .collect(),
    )
}

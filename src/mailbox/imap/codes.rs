//! Response codes (RFC 5530): whether a refusal blames the login, a missing right, or a
//! server that is out of order and will be well again.

use super::line::refusal;
use crate::mail::Foreign;
use crate::mailbox::Trouble;
use anyhow::anyhow;
use std::time::Duration;

/// Whom a refusal blames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blame {
    /// The server, and it passes.
    Server,
    /// A right that we lack, with what to do about it.
    Right(&'static str),
    /// The login, with what to do about it.
    Login(&'static str),
    /// Nobody says.
    Unsaid,
}

const LET_IN: &str =
    "\n  hint: give this user access to this mailbox; the name and the secret are right";
const LOOK_AND_READ: &str =
    "\n  hint: give this user the IMAP rights `lr` (look up, read) on the folder";
const ASK: &str = "\n  hint: whoever runs the server must act on the account";
/// Microsoft 365 lets any application in, and only then looks whether it may do anything.
const CONNECTED: &str = "\n  hint: the login is right and the right to the mailbox is missing; with Microsoft 365 an application needs Add-MailboxPermission … -AccessRights FullAccess for its service principal";

/// What the words of a NO or a BAD blame.
fn blame(said: &str) -> Blame {
    let upper = said.to_ascii_uppercase();
    let code = upper
        .strip_prefix('[')
        .and_then(|rest| rest.split([']', ' ']).next());
    match code.unwrap_or_default() {
        "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG" => Blame::Server,
        "AUTHORIZATIONFAILED" => Blame::Right(LET_IN),
        "NOPERM" => Blame::Right(LOOK_AND_READ),
        "AUTHENTICATIONFAILED" => Blame::Login(""),
        "EXPIRED" => Blame::Login(" (it has expired: a new one is needed)"),
        "PRIVACYREQUIRED" => Blame::Login(" (it wants TLS first: see `tls` in the config)"),
        "CONTACTADMIN" => Blame::Login(ASK),
        _ if upper.contains("AUTHENTICATED BUT NOT CONNECTED") => Blame::Right(CONNECTED),
        _ => Blame::Unsaid,
    }
}

/// The trouble of a login to which the server says NO.
pub(super) fn at_login(said: &str) -> Trouble {
    match blame(said) {
        Blame::Server => Trouble::Lost(anyhow!("the server cannot log anybody in now: {said}")),
        Blame::Right(hint) => {
            Trouble::Permission(format!("the server does not let us in: {said}{hint}"))
        }
        Blame::Login(more) => Trouble::Login(format!("{said}{more}")),
        Blame::Unsaid => Trouble::Login(said.to_owned()),
    }
}

/// The trouble of a command that was refused after the login.
pub(super) fn after_login(command: &str, said: String) -> Trouble {
    match blame(&said) {
        Blame::Server => Trouble::Lost(anyhow!("{}", refusal(command, said))),
        Blame::Right(hint) | Blame::Login(hint) => {
            Trouble::Permission(format!("{}{hint}", refusal(command, said)))
        }
        Blame::Unsaid => refusal(command, said),
    }
}

/// The trouble of one folder that the server does not list. The others can be asked for, also
/// where it says that it is out of order: servers say that of one folder that is damaged.
pub(super) fn of_folder(command: &str, said: String) -> Trouble {
    match blame(&said) {
        Blame::Server | Blame::Unsaid => refusal(command, said),
        Blame::Right(_) | Blame::Login(_) => after_login(command, said),
    }
}

/// The trouble of one message that the server does not give. The others can be asked for.
pub(super) fn of_one(command: &str, said: String) -> Trouble {
    match blame(&said) {
        Blame::Server => Trouble::passing(refusal(command, said).to_string()),
        Blame::Right(_) | Blame::Login(_) | Blame::Unsaid => refusal(command, said),
    }
}

/// Trouble of a command that took longer than it may; the connection is of no use.
pub(super) fn too_long(command: &str, limit: Duration) -> Trouble {
    let verb = command.split('(').next().unwrap_or_default();
    Trouble::Lost(anyhow!(
        "{} took more than {} s",
        Foreign::new(verb.trim()).cut(40),
        limit.as_secs()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kind of trouble at the login and after it.
    fn check(said: &str, expected: [&str; 2]) {
        let kind = |trouble: Trouble| match trouble {
            Trouble::Lost(why) => ("lost", why.to_string()),
            Trouble::Login(said) => ("login", said),
            Trouble::Permission(said) => ("permission", said),
            Trouble::Refused { said, .. } => ("refused", said),
            Trouble::Secret(_) | Trouble::NoFolder(_) => ("?", String::new()),
        };
        let both = [at_login(said), after_login("EXAMINE x", said.to_owned())].map(kind);
        assert_eq!(both.clone().map(|(kind, _)| kind), expected, "{said}");
        assert!(both.iter().all(|(_, told)| told.contains(said)), "{both:?}");
    }

    #[test]
    fn a_code_says_whom_to_blame() {
        check("[UNAVAILABLE] later", ["lost", "lost"]);
        check("[inuse] later", ["lost", "lost"]);
        check("[LIMIT] too many", ["lost", "lost"]);
        check("[AUTHENTICATIONFAILED] no", ["login", "permission"]);
        check("[EXPIRED] no", ["login", "permission"]);
        check("[CONTACTADMIN] no", ["login", "permission"]);
        check("[PRIVACYREQUIRED] no", ["login", "permission"]);
        check("[AUTHORIZATIONFAILED] no", ["permission", "permission"]);
        check("[NOPERM] no", ["permission", "permission"]);
        let microsoft = "User is authenticated but not connected.";
        check(microsoft, ["permission", "permission"]);
        check("no", ["login", "refused"]);
        check("[ALERT] [NOPERM] no", ["login", "refused"]);
        check("nothing [UNAVAILABLE]", ["login", "refused"]);
    }

    #[test]
    fn a_server_out_of_order_is_no_fault_of_the_message() {
        for (said, passing) in [
            ("[UNAVAILABLE] the store is away", true),
            ("[SERVERBUG] see the log", true),
            ("[InUse] locked", true),
            ("[LIMIT] slow down", true),
            ("[NOPERM] no", false),
            ("[EXPIRED] no", false),
            ("no", false),
        ] {
            let trouble = of_one("UID FETCH 5", said.to_owned());
            assert_eq!(trouble.is_passing(), passing, "{said}");
            let refused = matches!(trouble, Trouble::Refused { .. });
            assert_eq!(refused, !passing, "{said}");
            assert!(trouble.to_string().contains(said), "{trouble}");
        }
    }

    #[test]
    fn a_missing_right_is_named() {
        for (said, wanted) in [
            ("[NOPERM] no", "`lr`"),
            (
                "User is authenticated but not connected.",
                "Add-MailboxPermission",
            ),
        ] {
            let told = after_login("EXAMINE \"INBOX\"", said.to_owned()).to_string();
            assert!(
                told.contains(wanted)
                    && told.contains("EXAMINE \"INBOX\"")
                    && told.contains("hint: "),
                "{told}"
            );
        }
    }
}

//! The section `[openpgp]`: the programs that open what is encrypted, and that encrypt.
//!
//! gatepost has no key and no code for one. As with the alarm command, a program that
//! others may write is refused, and so is one that is not a whole path.

use super::alarm::words;
use super::check::Check;
use super::raw::RawOpenPgp;
use super::values;
use jiff::SignedDuration;
use toml::Spanned;

/// In an argument of `encrypt` it stands for the address of the recipient.
pub const RECIPIENT: &str = "{recipient}";

/// The programs to hand to; each a whole path and its arguments, which no shell reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPgp {
    /// Gets an OpenPGP message and prints what is in it.
    pub decrypt: Option<Vec<String>>,
    /// Gets a text and prints it as an OpenPGP message in armour, for `{recipient}`.
    pub encrypt: Option<Vec<String>>,
    /// Gets S/MIME as DER and prints what is in it.
    pub decrypt_smime: Option<Vec<String>>,
    /// How long each may take: 1 s to 10 min, for a person types a passphrase.
    pub timeout: SignedDuration,
}

impl OpenPgp {
    /// The command that encrypts to `recipient`; `None` where the config has none.
    pub fn encrypt_to(&self, recipient: &str) -> Option<Vec<String>> {
        let words = self.encrypt.as_ref()?;
        Some(
            words
                .iter()
                .map(|w| w.replace(RECIPIENT, recipient))
                .collect(),
        )
    }
}

const DECRYPT: &str = "[\"/usr/bin/gpg\", \"--batch\", \"--decrypt\"]";
const ENCRYPT: &str =
    "[\"/usr/bin/gpg\", \"--armor\", \"--recipient\", \"<{recipient}>\", \"--encrypt\"]";

/// `None` when at fault; `Some(None)` where there is no such section.
pub(super) fn openpgp(
    check: &mut Check<'_>,
    raw: Option<&Spanned<RawOpenPgp>>,
) -> Option<Option<OpenPgp>> {
    let Some(raw) = raw else { return Some(None) };
    let (table, raw) = (raw.span(), raw.get_ref());
    let mut read = |key, example, command: &Option<Spanned<Vec<Spanned<String>>>>| match command {
        Some(command) => words(check, key, example, command).map(Some),
        None => Some(None),
    };
    let decrypt = read("decrypt", DECRYPT, &raw.decrypt);
    let encrypt = read("encrypt", ENCRYPT, &raw.encrypt);
    let decrypt_smime = read("decrypt_smime", DECRYPT, &raw.decrypt_smime);
    let (second, minute) = (SignedDuration::from_secs(1), SignedDuration::from_mins(1));
    let timeout = check.parsed_or(
        "timeout",
        &raw.timeout,
        minute,
        values::time_span(second..=minute * 10),
    );
    let (decrypt, encrypt, decrypt_smime) = (decrypt?, encrypt?, decrypt_smime?);
    if decrypt.is_none() && encrypt.is_none() && decrypt_smime.is_none() {
        let what = "[openpgp] names no command";
        return check.fault(&table, what, format!("decrypt = {DECRYPT}"));
    }
    if let (Some(command), Some(words)) = (&raw.encrypt, &encrypt) {
        let arguments = words.iter().skip(1);
        if !arguments.clone().any(|word| word.contains(RECIPIENT)) {
            let what = format!("no argument of `encrypt` names {RECIPIENT}");
            return check.fault(&command.span(), what, format!("for example {ENCRYPT}"));
        }
    }
    Some(Some(OpenPgp {
        decrypt,
        encrypt,
        decrypt_smime,
        timeout: timeout?,
    }))
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, ConfigError, sample};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    fn load(folder: &Path, section: &str) -> Result<Config, ConfigError> {
        let config = sample::small(folder);
        let text = fs::read_to_string(&config.file).unwrap();
        fs::write(&config.file, format!("{text}\n[openpgp]\n{section}\n")).unwrap();
        Config::load(&config.file)
    }

    #[test]
    fn each_command_is_taken_by_itself_and_the_recipient_is_put_in() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(sample::small(folder.path()).openpgp, None);
        let encrypt = "encrypt = [\"/bin/sh\", \"-r\", \"<{recipient}>\"]\ntimeout = \"5 min\"";
        let config = load(folder.path(), encrypt).unwrap().openpgp.unwrap();
        assert_eq!(
            (config.decrypt.as_ref(), config.timeout.as_mins()),
            (None, 5)
        );
        assert_eq!(
            config.encrypt_to("mia@example.net").unwrap(),
            ["/bin/sh", "-r", "<mia@example.net>"]
        );
        let decrypt = load(folder.path(), "decrypt = [\"/bin/sh\", \"-d\"]").unwrap();
        let decrypt = decrypt.openpgp.unwrap();
        assert_eq!(decrypt.decrypt.as_ref().unwrap(), &["/bin/sh", "-d"]);
        assert_eq!(decrypt.encrypt_to("mia@example.net"), None);
        assert_eq!(decrypt.timeout.as_secs(), 60);
    }

    #[test]
    fn a_section_that_cannot_be_meant_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open");
        fs::write(&open, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o722)).unwrap();
        for (section, wanted) in [
            (String::new(), "[openpgp] names no command"),
            (
                "decrypt = [\"gpg\"]".to_owned(),
                "the program of `decrypt` is no whole path",
            ),
            (
                "decrypt_smime = []".to_owned(),
                "`decrypt_smime` names no program",
            ),
            (
                format!("decrypt = [\"{}\"]", open.display()),
                "may be written by others",
            ),
            (
                "encrypt = [\"/bin/sh\", \"-e\"]".to_owned(),
                "names {recipient}",
            ),
            (
                "encrypt = [\"/bin/sh\", \"a\\nb\"]".to_owned(),
                "`encrypt` holds a line end",
            ),
            (
                "decrypt = [\"/bin/sh\"]\ntimeout = \"1 h\"".to_owned(),
                "`timeout` cannot be read",
            ),
        ] {
            let error = load(folder.path(), &section).unwrap_err().to_string();
            assert!(error.contains(wanted), "{section}: {error}");
        }
    }
}

//! The section `[alarm]`: the way to the people on call that is not mail.
//!
//! The command acts in our name: one that others may write is refused, and so is one that
//! is not a whole path, because then the environment would say which it is.

use super::check::Check;
use super::fault::Fault;
use super::raw::RawAlarm;
use super::{files, values};
use jiff::SignedDuration;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use toml::Spanned;

/// A command that is told what needs a person now, and when it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The program, a whole path, and its arguments. No shell reads them.
    pub command: Vec<String>,
    /// How long it may take: 1 s to 5 min. Then it is killed.
    pub timeout: SignedDuration,
    /// How often an alarm that is on is told again: 5 min to 24 h.
    pub repeat: SignedDuration,
    /// Whether it is told once a day that all is well with us.
    pub alive: bool,
}

const EXAMPLE: &str = "[\"/usr/local/bin/page-oncall\"]";

/// `None` when at fault; `Some(None)` where there is no such section.
pub(super) fn alarm(
    check: &mut Check<'_>,
    raw: Option<&Spanned<RawAlarm>>,
) -> Option<Option<Alarm>> {
    let Some(raw) = raw else { return Some(None) };
    let (table, raw) = (raw.span(), raw.get_ref());
    let command = match &raw.command {
        Some(command) => words(check, "command", EXAMPLE, command),
        None => check.missing(
            &table,
            "`command` is missing",
            format!("a program and its arguments: command = {EXAMPLE}"),
        ),
    };
    let (second, minute) = (SignedDuration::from_secs(1), SignedDuration::from_mins(1));
    let timeout = check.parsed_or(
        "timeout",
        &raw.timeout,
        second * 30,
        values::time_span(second..=minute * 5),
    );
    let repeat = check.parsed_or(
        "repeat",
        &raw.repeat,
        minute * 15,
        values::time_span(minute * 5..=minute * (24 * 60)),
    );
    Some(Some(Alarm {
        command: command?,
        timeout: timeout?,
        repeat: repeat?,
        alive: raw.alive.unwrap_or(true),
    }))
}

/// The words of the command that stands under `key`: a program of ours and its arguments.
pub(super) fn words(
    check: &mut Check<'_>,
    key: &str,
    example: &str,
    command: &Spanned<Vec<Spanned<String>>>,
) -> Option<Vec<String>> {
    let all: Vec<Option<String>> = command
        .get_ref()
        .iter()
        .map(|word| check.plain(key, word).map(Spanned::into_inner))
        .collect();
    let all: Vec<String> = all.into_iter().collect::<Option<_>>()?;
    let Some(program) = all.first() else {
        return check.fault(
            &command.span(),
            format!("`{key}` names no program"),
            format!("a whole path and its arguments: {example}"),
        );
    };
    if !program.starts_with('/') {
        return check.fault(
            &command.span(),
            format!("the program of `{key}` is no whole path"),
            "begin it with /, so that no environment says which program it is; `which` finds it",
        );
    }
    let sound = is_ours(Path::new(program));
    check.of_file(sound)?;
    Some(all)
}

/// Whether the program is there, can be run, and others cannot put another in its place.
fn is_ours(program: &Path) -> Result<(), Fault> {
    let unseen =
        |error: std::io::Error| Fault::of_file(program, format!("cannot be run: {error}"), "");
    let found = fs::metadata(program).map_err(unseen)?;
    if !found.is_file() {
        return Err(Fault::of_file(program, "is no program", ""));
    }
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o111 == 0 {
        return Err(Fault::of_file(
            program,
            "cannot be run",
            format!("run: chmod +x {}", program.display()),
        ));
    }
    if mode & 0o022 != 0 {
        return Err(Fault::of_file(
            program,
            format!("may be written by others (mode {mode:04o})"),
            format!("run: chmod go-w {}", program.display()),
        ));
    }
    match program.parent() {
        Some(folder) => files::check_folder(folder),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, ConfigError, sample};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    fn load(folder: &Path, alarm: &str) -> Result<Config, ConfigError> {
        let config = sample::small(folder);
        let text = fs::read_to_string(&config.file).unwrap();
        fs::write(&config.file, format!("{text}\n[alarm]\n{alarm}\n")).unwrap();
        Config::load(&config.file)
    }

    fn program(folder: &Path, name: &str, mode: u32) -> String {
        let path = folder.join(name);
        fs::write(&path, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    }

    #[test]
    fn a_command_that_is_ours_is_taken_with_its_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let page = program(folder.path(), "page", 0o700);
        let config = load(folder.path(), &format!("command = [\"{page}\", \"-v\"]"));
        let alarm = config.unwrap().alarm.unwrap();
        assert_eq!(alarm.command, [page.as_str(), "-v"]);
        assert_eq!(
            (alarm.timeout.as_secs(), alarm.repeat.as_secs(), alarm.alive),
            (30, 900, true)
        );
        assert_eq!(sample::small(folder.path()).alarm, None);
    }

    #[test]
    fn a_command_that_may_be_another_tomorrow_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let open = program(folder.path(), "open", 0o720);
        let plain = program(folder.path(), "plain", 0o600);
        let room = folder.path().join("room");
        fs::create_dir(&room).unwrap();
        let inside = program(&room, "page", 0o755);
        fs::set_permissions(&room, fs::Permissions::from_mode(0o777)).unwrap();
        for (command, wanted) in [
            (
                format!("[\"{open}\"]"),
                "may be written by others (mode 0720)",
            ),
            (format!("[\"{plain}\"]"), "cannot be run\n  run: chmod +x"),
            (format!("[\"{inside}\"]"), "room: may be written by others"),
            (
                "[\"/nowhere/page\"]".to_owned(),
                "/nowhere/page: cannot be run: No such file",
            ),
            ("[\"/\"]".to_owned(), "is no program"),
            ("[\"page\"]".to_owned(), "no whole path"),
            ("[]".to_owned(), "names no program"),
            (
                "[\"/bin/sh\", \"a\\nb\"]".to_owned(),
                "`command` holds a line end",
            ),
        ] {
            let error = load(folder.path(), &format!("command = {command}"));
            let error = error.unwrap_err().to_string();
            assert!(error.contains(wanted), "{command}: {error}");
        }
        let error = load(folder.path(), "alive = false")
            .unwrap_err()
            .to_string();
        assert!(error.contains("`command` is missing"), "{error}");
        let error = load(folder.path(), "command = [\"/bin/sh\"]\nrepeat = \"1 min\"");
        let error = error.unwrap_err().to_string();
        assert!(error.contains("`repeat` cannot be read"), "{error}");
    }
}

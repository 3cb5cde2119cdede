//! The unit for systemd, and what it takes away: gatepost works as an unprivileged user
//! without capabilities on a file system that cannot be written but for its own folder,
//! and says clearly when it cannot.

use crate::faults::says;
use crate::kit::{AT_ONCE, Answer, Gatepost, PATIENCE};
use crate::post_office::{PostOffice, wait_until};
use std::process::{Command, Output, Stdio};
use std::time::Instant;

/// Nobody's user and group.
const NOBODY: &str = "65534";

fn am_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// A command of gatepost as an unprivileged user, in a mount namespace of its own in which
/// `can_write` alone can be written.
fn confined(g: &Gatepost, args: &[&str], can_write: Option<&str>) -> Command {
    let dir = g.dir.path().display().to_string();
    let mut steps = vec![
        "set -e".to_owned(),
        "mount --make-rprivate /".to_owned(),
        format!("mount --bind '{dir}' '{dir}'"),
    ];
    let writable = can_write.map(|name| format!("{dir}/{name}"));
    steps.extend(writable.iter().map(|w| format!("mount --bind '{w}' '{w}'")));
    steps.push(format!("mount -o remount,bind,ro '{dir}'"));
    steps.push("mount -o remount,bind,ro /".to_owned());
    let drop = if am_root() {
        format!("--reuid={NOBODY} --regid={NOBODY} --clear-groups")
    } else {
        String::new()
    };
    steps.push(format!(
        "exec setpriv {drop} --no-new-privs --bounding-set=-all --inh-caps=-all \"$@\""
    ));
    let mut command = Command::new("unshare");
    // Who is not root is so in a user namespace of their own.
    command.args(if am_root() {
        &["-m"][..]
    } else {
        &["-m", "-r"]
    });
    command.args(["/bin/sh", "-c", &steps.join("\n"), "sh"]);
    let inner = g.command(args);
    command.arg(inner.get_program()).args(inner.get_args());
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    command.env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

fn run(g: &Gatepost, args: &[&str], can_write: Option<&str>) -> Answer {
    let Output {
        status,
        stdout,
        stderr,
    } = confined(g, args, can_write).output().unwrap();
    Answer {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// The folder and all in it belong to the unprivileged user.
fn hand_over(g: &Gatepost) {
    if am_root() {
        let owner = format!("{NOBODY}:{NOBODY}");
        let chown = Command::new("chown")
            .args(["-R", &owner])
            .arg(g.dir.path())
            .status();
        assert!(chown.unwrap().success());
    }
}

#[test]
fn the_unit_is_in_the_binary_and_takes_away_what_is_not_needed() {
    let g = Gatepost::new(PostOffice::shared(), "unit");
    let unit = g.run(&["help", "unit"]).ok();
    says(
        &unit,
        &[
            "Type=notify",
            "WatchdogSec=",
            "ExecStart=/usr/local/bin/gatepost run",
            "StateDirectory=gatepost",
            "LoadCredential=",
            "ProtectSystem=strict",
            "NoNewPrivileges=yes",
            "CapabilityBoundingSet=\n",
            "MemoryDenyWriteExecute=yes",
            "SystemCallFilter=@system-service",
            "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        ],
    );
}

#[test]
fn it_works_as_an_unprivileged_user_on_a_file_system_that_cannot_be_written() {
    let g = Gatepost::new(PostOffice::shared(), "confined");
    std::fs::create_dir(g.path("store")).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(g.path("store"), private).unwrap();
    hand_over(&g);
    let store = Some("store");
    run(&g, &["init"], store).ok();
    let mia = g.reporter("mia");
    g.report_from(&mia, "confined@example.net");
    // Opened before it is confined, and shown when the story fails.
    let log = std::fs::File::create(g.path("log")).unwrap();
    let mut daemon = confined(&g, &["run"], store)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
    wait_until("it is well", PATIENCE, || {
        (run(&g, &["health"], store).code == 0).then_some(())
    });
    let kill = Command::new("kill")
        .args(["-TERM", &daemon.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    assert_eq!(daemon.wait().unwrap().code(), Some(0));
}

#[test]
fn a_folder_that_cannot_be_written_is_said_at_once_by_every_command() {
    let g = Gatepost::new(PostOffice::shared(), "read-only");
    hand_over(&g);
    let says_so = |args: &[&str], wanted: &[&str]| {
        let began = Instant::now();
        let err = run(&g, args, None).code_in(&[1]);
        assert!(began.elapsed() < AT_ONCE, "{args:?}");
        says(&err, wanted);
        assert!(err.contains("hint:"), "{args:?}: {err}");
    };
    let folder = g.path("store").display().to_string();
    says_so(
        &["init"],
        &["cannot make the folder", &folder, "Read-only file system"],
    );
    g.run(&["init"]).ok();
    g.report_from(&g.reporter("mia"), "ro@example.net");
    g.once().ok();
    hand_over(&g);
    for args in [
        &["run"][..],
        &["run", "--once"],
        &["list"],
        &["show", "1"],
        &["explain", "1"],
        &["evaluate", "1", "spam", "--yes"],
        &["outbox"],
        &["adopt"],
        &["audit", "--offline"],
        &["init", "--folder", "Junk"],
    ] {
        says_so(args, &[&folder, "cannot be written"]);
    }
    let mode = |mode| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(g.path("store"), mode).unwrap();
    };
    mode(0o500);
    for args in [&["run"][..], &["list"], &["outbox"]] {
        let err = run(&g, args, Some("store")).code_in(&[1]);
        says(
            &err,
            &["the store's folder", &folder, "cannot be written", "hint:"],
        );
    }
    mode(0o700);
    let health = run(&g, &["health"], None);
    assert_eq!(health.code, 3);
    says(
        &health.out,
        &["!! the store cannot be read", "cannot be written"],
    );
}

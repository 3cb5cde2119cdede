//! Some weeks as they go: reports by day and by night, a team that is late with some of them,
//! reporters who write again. The short form of `tests/soak/year`, which judges by the
//! letters that arrived and by an independent reference.

use std::path::Path;
use std::process::Command;

#[test]
fn weeks_of_reports_are_promised_nagged_and_kept_as_an_independent_reference_says() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/soak/year");
    let year = Command::new(script)
        .args(["neon", "--seed", "1", "--tickets", "6", "--days", "16"])
        .args(["--gatepost", env!("CARGO_BIN_EXE_gatepost")])
        .output()
        .expect("tests/soak/year needs python3: install python3 (3.9 or newer) and tzdata");
    let (said, wrong) = (
        String::from_utf8_lossy(&year.stdout),
        String::from_utf8_lossy(&year.stderr),
    );
    assert!(year.status.success(), "{wrong}{said}");
    // The dice must have met what the test is for.
    let (_, ahead) = said.split_once("Told a business day ahead: ").unwrap();
    let (told, _) = ahead.split_once(" of ").unwrap();
    assert!(told.parse::<u32>().unwrap() >= 3, "{said}");
}

//! The text of a letter that is to be encrypted, while its person writes it.

use super::*;
use crate::answers::editor::on_terminal;
use std::path::PathBuf;

/// How the folders begin in which anna writes on ticket 1, where there is no session.
fn on_disk(g: &Gatepost) -> PathBuf {
    g.path("store/drafts/1-anna.encrypt")
}

/// How many there are.
fn folders(g: &Gatepost) -> usize {
    fs::read_dir(g.path("store/drafts")).unwrap().count()
}

#[test]
fn what_is_written_for_encrypt_lies_in_a_file_no_longer_than_its_editor_runs() {
    let g = with_programs("sealededitor");
    let mia = g.reporter("mia");
    encrypted_report(&g, &mia);
    let seen = g.path("seen");
    let write = format!(
        "printf 'canary-%s\\n' edit >> \"$1\"; cp \"$1\" \"$1~\"; echo \"$1\" > {}",
        seen.display()
    );
    // As a connection that ends does: the editor sees its file go.
    let hang_up = format!(
        "{write}; kill -INT $PPID; kill -HUP $PPID; for n in $(seq 400); do [ -e \"$1\" ] || exit 0; sleep 0.05; done; touch {}",
        g.path("stayed").display()
    );
    let is_on_disk = |at: &str| at.starts_with(&on_disk(&g).display().to_string());
    let reply = |editor: &str| on_terminal(&g, &["reply", "1", "--encrypt"], "n\n", editor);
    for (editor, code) in [(&write, 3), (&hang_up, 129)] {
        let unsent = reply(editor);
        assert_eq!(unsent.code, code, "{}", unsent.out);
        let at = fs::read_to_string(&seen).unwrap();
        assert!(is_on_disk(&at), "{at}");
        assert_eq!(folders(&g), 0);
        kept_nowhere(&g, "canary-edit");
    }
    assert!(!g.path("stayed").exists());
    // What a program that was killed left goes with the next letter; and memory comes first.
    fs::create_dir(on_disk(&g)).unwrap();
    fs::create_dir(g.path("session")).unwrap();
    let mode = |mode| fs::set_permissions(g.path("session"), fs::Permissions::from_mode(mode));
    // One that others may open is no place for it.
    mode(0o755).unwrap();
    reply(&write);
    let at = fs::read_to_string(&seen).unwrap();
    assert!(is_on_disk(&at), "{at}");
    let of_a_killed_one = on_disk(&g).with_extension("encrypt-7");
    fs::create_dir(&of_a_killed_one).unwrap();
    fs::write(of_a_killed_one.join("letter.txt"), "canary-edit").unwrap();
    mode(0o700).unwrap();
    let unsent = reply(&write);
    assert!(unsent.out.contains("had stayed on disk"), "{}", unsent.out);
    assert_eq!(folders(&g), 0);
    let at = fs::read_to_string(&seen).unwrap();
    let session = g.path("session").display().to_string();
    assert!(at.starts_with(&session), "{at}");
    kept_nowhere(&g, "canary-edit");
}

#[test]
fn a_text_that_is_being_written_stays_while_its_person_writes_another() {
    let g = with_programs("sealedtwo");
    let mia = g.reporter("mia");
    encrypted_report(&g, &mia);
    let other = g.command(&[]);
    let line = std::iter::once(other.get_program()).chain(other.get_args());
    let line: Vec<&str> = line.map(|w| w.to_str().unwrap()).collect();
    let (line, said) = (line.join(" "), g.path("said"));
    let meanwhile = format!(
        "{{ echo 'It is tested.' | {line} reply 1 --message - --in-clear --yes --send; }} > {} 2>&1
echo 'mine stays' >> \"$1\"",
        said.display()
    );
    let first = on_terminal(&g, &["reply", "1", "--encrypt"], "n\n", &meanwhile);
    let said = fs::read_to_string(said).unwrap();
    assert!(said.contains("Sent."), "{said}");
    assert!(!said.contains("had stayed on disk"), "{said}");
    assert!(first.out.contains("mine stays"), "{}", first.out);
    assert_eq!((first.code, folders(&g)), (3, 0));
}

//! Folders over which the connection breaks, and the others.

use super::*;

/// INBOX and a folder for junk, a report in each; the connection breaks over this one.
fn hanging(over: &str) -> Scene {
    let mut s = scene(&[
        ("INBOX", &[report(1, Fault::None)]),
        ("Junk", &[report(2, Fault::None)]),
    ]);
    s.mailbox.folders = vec!["INBOX".to_owned()];
    s.server.hangs = Some(over.to_owned());
    s
}

impl Scene {
    /// A new connection, so many minutes later.
    async fn anew(&mut self, minutes: i64) -> Result<Pass, Trouble> {
        self.memory = Memory::default();
        let mailbox = self.mailbox.name.clone();
        let ago = SignedDuration::from_mins(minutes);
        let older = move |tx: &Tx| tx.forge_breaks(&mailbox, ago);
        self.record.write(older).await.unwrap();
        self.pass().await
    }
}

#[tokio::test]
async fn inbox_is_read_each_turn_while_another_folder_breaks_the_connection() {
    let mut s = hanging("Junk");
    assert!(matches!(s.pass().await, Err(Trouble::Lost(_))));
    assert_eq!(s.subjects().await, [""; 0], "nobody knew it before");
    for (turn, minutes, asked) in [
        (1, 0, true),
        (2, 1, false),
        (3, 3, false),
        (4, 3, true),
        (5, 6, false),
        (6, 5, true),
    ] {
        let inbox = &mut s.server.folders.get_mut("INBOX").unwrap().1;
        inbox.push(report(10 + turn, Fault::None));
        let why = s.anew(minutes).await.unwrap_err().to_string();
        assert_eq!(why.contains("hung"), asked, "turn {turn}: {why}");
        assert!(
            asked || why.contains("\"Junk\"") && why.contains("hint: "),
            "{why}"
        );
        assert_eq!(s.memory.goes_on().is_some(), !asked, "INBOX is waited on");
        let taken = s.subjects().await.len();
        assert_eq!(taken, turn as usize + 1, "turn {turn}");
        assert!(s.looked("INBOX").await && !s.looked("Junk").await);
    }
    s.server.hangs = None;
    assert_eq!(s.anew(61).await.unwrap().taken, 1);
    assert_eq!(s.subjects().await.last().unwrap(), "report 2");
    // It is well: one break more is the first again.
    s.server.hangs = Some("Junk".to_owned());
    assert!(s.anew(0).await.unwrap_err().to_string().contains("hung"));
    s.server.hangs = None;
    assert_eq!(s.anew(0).await.unwrap().taken, 0);
}

#[tokio::test]
async fn the_others_are_read_while_inbox_breaks_the_connection_and_it_is_tried_each_turn() {
    let mut s = hanging("INBOX");
    // It is the last one anyhow.
    for _ in 0..4 {
        let why = s.anew(0).await.unwrap_err().to_string();
        assert!(why.contains("hung"), "{why}");
        assert_eq!(s.subjects().await, ["report 2"][..s.mails().await.len()]);
    }
    assert_eq!(s.subjects().await, ["report 2"]);
    s.server.hangs = None;
    assert_eq!(s.anew(0).await.unwrap().taken, 1);
}

#[tokio::test]
async fn inbox_is_read_where_the_server_never_says_which_folders_there_are() {
    let mut s = hanging("");
    for _ in 0..2 {
        assert!(s.anew(0).await.is_err());
        assert_eq!(s.subjects().await, [""; 0]);
    }
    let why = s.anew(0).await.unwrap_err().to_string();
    assert!(why.contains("for its folders"), "{why}");
    assert_eq!(s.subjects().await, ["report 1"]);
    s.server.hangs = None;
    assert_eq!(s.anew(6).await.unwrap().taken, 1, "and of Junk then");
}

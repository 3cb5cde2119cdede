//! What lies in the folder for sent mail.

use super::*;

/// What becomes of a mail in the folder for sent mail, with `headers` above its own.
fn sent(name: &str, headers: &str) -> crate::triage::Verdict {
    let path = format!("{}/tests/mail/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let mail = parse(format!("{headers}{text}").as_bytes(), true);
    let way = Way {
        folder: Role::Sent,
        ..way()
    };
    judge(&mail, &known(&mail), &house(), &way, Timestamp::UNIX_EPOCH)
}

#[test]
fn what_the_team_sent_is_the_teams_own() {
    for (name, place) in [
        ("sent-answer", JOINS),
        ("sent-by-a-colleague", Place::Aside),
        ("sent-absence-note", JOINS),
        ("sent-draft", JOINS),
    ] {
        for below in [
            "",
            "Auto-Submitted: auto-replied\n",
            "X-Autoreply: yes\n",
            "List-Id: <list.example.org>\n",
            "Precedence: bulk\n",
            "X-Auto-Response-Suppress: All\n",
        ] {
            let verdict = sent(name, below);
            assert_eq!(
                (verdict.kind.is, verdict.place.is, verdict.reply.is),
                (Kind::Team, place, Reply::None),
                "{name} {below}: {verdict:?}"
            );
        }
    }
    for (name, answers) in [
        ("sent-answer", true),
        ("sent-by-a-colleague", true),
        ("sent-absence-note", false),
        ("sent-draft", false),
    ] {
        let why = crate::triage::answers_nobody(&sample(name));
        assert_eq!(why.is_none(), answers, "{name}: {why:?}");
    }
}

#[test]
fn what_was_delivered_is_no_mail_of_the_teams_wherever_it_lies() {
    let filed = sent("sent-filed-by-a-rule", "");
    assert_eq!(
        (filed.kind.is, filed.place.is),
        (Kind::UnprovenTeam, Place::Internal(TicketNo(1)))
    );
    for of_a_delivery in [
        "Return-Path: <security@example.org>\n",
        "Delivered-To: security@example.org\n",
        "Authentication-Results: mx.example.org; dmarc=pass\n",
    ] {
        let verdict = sent("sent-answer", of_a_delivery);
        assert_eq!(verdict.kind.is, Kind::UnprovenTeam, "{of_a_delivery}");
    }
    let stranger = sent("sent-by-a-stranger", "");
    assert_eq!(
        (stranger.kind.is, stranger.place.is, stranger.reply.is),
        (Kind::Person, Place::New, Reply::Held)
    );
    let bounce = sent("bounce-delivery-report", "");
    assert_eq!((bounce.kind.is, bounce.place.is), (Kind::Bounce, JOINS));
    let own = sent("own-letter", "");
    assert_eq!((own.kind.is, own.place.is), (Kind::Own, JOINS));
}

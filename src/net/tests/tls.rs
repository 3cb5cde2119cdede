//! Whom we believe: each fault of a certificate is named.

use crate::config::Tls;
use crate::net::scripted::{authority, certified_site, site};
use crate::net::{Peer, Protocol, connect};
use std::ops::Range;
use tokio::io::AsyncReadExt;

#[tokio::test]
async fn a_certificate_of_the_pinned_root_is_believed() {
    let site = site(Tls::Implicit, None, ("hello", &[])).await;
    let mut stream = connect(&site.peer, Protocol::Imap).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "hello");
}

/// With the site's own root pinned, or one of the name `other`; at once and by STARTTLS.
async fn refused(name: &str, years: Range<i32>, other: Option<&str>) -> [String; 2] {
    let clear = (
        "* OK\r\n",
        &[
            ("CAPABILITY", "* CAPABILITY STARTTLS\r\n$ OK\r\n"),
            ("STARTTLS", "$ OK\r\n"),
        ][..],
    );
    let mut said = Vec::new();
    for (tls, clear) in [(Tls::Implicit, None), (Tls::StartTls, Some(clear))] {
        let site = certified_site((name, years.clone()), tls, clear, ("hello", &[])).await;
        if let Some(other) = other {
            std::fs::write(site.roots.path(), authority(other).pem()).unwrap();
        }
        let why = connect(&site.peer, Protocol::Imap).await.unwrap_err();
        said.push(format!("{why:#}"));
        assert_eq!(site.heard.await.unwrap(), b"");
    }
    said.try_into().unwrap()
}

#[tokio::test]
async fn each_fault_of_a_certificate_is_named() {
    for (name, years, other, word) in [
        ("127.0.0.1", 2000..2001, None, "has expired"),
        ("127.0.0.1", 2098..2099, None, "not valid yet"),
        ("127.0.0.2", 2000..2099, None, "for another name"),
        ("127.0.0.1", 2000..2099, Some("theirs"), "not trusted"),
        (
            "127.0.0.1",
            2000..2099,
            Some("ours"),
            "was the root renewed",
        ),
    ] {
        for said in refused(name, years.clone(), other).await {
            assert!(
                said.contains(word) && said.contains("127.0.0.1:"),
                "{word}: {said}"
            );
        }
    }
}

#[tokio::test]
async fn roots_of_the_system_do_not_count_a_private_one() {
    let site = site(Tls::Implicit, None, ("hello", &[])).await;
    let peer = Peer {
        roots: None,
        ..site.peer
    };
    let said = format!("{:#}", connect(&peer, Protocol::Imap).await.unwrap_err());
    assert!(
        said.contains("not trusted") || said.contains("no root certificates"),
        "{said}"
    );
}

#[tokio::test]
async fn a_server_that_speaks_in_clear_hears_no_more_than_a_hello() {
    let greeting = "220 mail.example.net ESMTP in clear\r\n";
    let site = site(Tls::PlainToLoopback, None, (greeting, &[])).await;
    let peer = Peer {
        tls: Tls::Implicit,
        ..site.peer
    };
    let why = connect(&peer, Protocol::Smtp("gate")).await.unwrap_err();
    assert!(why.to_string().contains("does not speak TLS"), "{why}");
}

#[tokio::test]
async fn an_empty_file_of_roots_trusts_nobody() {
    let site = site(Tls::Implicit, None, ("hello", &[])).await;
    std::fs::write(site.roots.path(), "").unwrap();
    let said = format!(
        "{:#}",
        connect(&site.peer, Protocol::Imap).await.unwrap_err()
    );
    assert!(said.contains("no certificate in"), "{said}");
}

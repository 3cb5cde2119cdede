//! Connections that do not come about, and those that go in clear.

mod tls;

use super::scripted::site;
use super::*;

fn peer(host: &str, port: u16) -> Peer {
    Peer {
        host: host.to_owned(),
        port,
        tls: Tls::Implicit,
        roots: None,
    }
}

async fn failure(peer: &Peer) -> String {
    format!("{:#}", connect(peer, Protocol::Imap).await.unwrap_err())
}

#[tokio::test]
async fn a_closed_port_is_named_with_its_host() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let said = failure(&peer("127.0.0.1", free)).await;
    assert!(
        said.contains(&format!("127.0.0.1:{free}")) && said.contains("nothing listens"),
        "{said}"
    );
}

#[tokio::test]
async fn what_is_no_host_is_said_before_anything_is_tried() {
    let said = failure(&peer("not a host", 993)).await;
    assert!(
        said.contains("neither a host name nor an IP address"),
        "{said}"
    );
}

#[tokio::test]
async fn missing_roots_are_said_with_their_path() {
    let roots = Some(PathBuf::from("/nonexistent/roots.pem"));
    let said = failure(&Peer {
        roots,
        ..peer("127.0.0.1", 993)
    })
    .await;
    assert!(said.contains("/nonexistent/roots.pem"), "{said}");
}

#[tokio::test]
async fn in_clear_nobody_is_reached_but_this_machine() {
    for host in ["192.0.2.1", "0.0.0.0", "::", "2001:db8::1"] {
        let there = Peer {
            tls: Tls::PlainToLoopback,
            ..peer(host, 143)
        };
        let said = failure(&there).await;
        assert!(said.contains("is not this machine"), "{said}");
    }
    let here = site(Tls::PlainToLoopback, None, ("hello", &[])).await;
    let mut stream = connect(&here.peer, Protocol::Imap).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "hello");
}

#[tokio::test]
async fn after_starttls_a_greeting_of_our_own_comes_first() {
    for (protocol, greeting, steps, expected) in [
        (
            Protocol::Imap,
            "* OK\r\n",
            &[
                ("CAPABILITY", "* CAPABILITY STARTTLS\r\n$ OK\r\n"),
                ("STARTTLS", "$ OK\r\n"),
            ][..],
            "* OK within TLS\r\nmore",
        ),
        (
            Protocol::Smtp("gate"),
            "220 mail\r\n",
            &[
                ("EHLO gate\r\n", "250-mail\r\n250 STARTTLS\r\n"),
                ("STARTTLS", "220 go\r\n"),
            ],
            "220 within TLS\r\nmore",
        ),
    ] {
        let site = site(Tls::StartTls, Some((greeting, steps)), ("more", &[])).await;
        let mut stream = connect(&site.peer, protocol).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, expected);
    }
}

#[test]
fn words_of_the_server_do_not_come_through_an_error() {
    let parse = io::Error::other("failed during parsing of \"* 1 FETCH (the report)\"");
    assert_eq!(plainly(&parse), "the server sent what cannot be understood");
}

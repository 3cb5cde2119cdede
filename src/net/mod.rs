//! Checked connections: TCP, then TLS from the first byte, then time-outs on every read and write.
//!
//! IMAP and SMTP both stand on [`connect`], so that there is one place that decides whom we
//! trust. TLS is implicit only (RFC 8314 section 3): nothing is ever said in clear, so nothing
//! can be injected before the handshake.
//!
//! It must never connect to anything but the peer that it was given, never speak without TLS,
//! and never skip a check of the certificate.
//!
//! Known fault: addresses of a host are tried one after the other, so a host whose first
//! address is a black hole costs [`CONNECT`] at each connection.

pub mod lines;
mod stream;
mod tls;

#[cfg(test)]
pub(crate) mod scripted;

pub use stream::{Stream, Wire};

use crate::config::Server;
use anyhow::{Context, anyhow, bail};
use rustls::pki_types::ServerName;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long one address may take to accept a connection; also the limit of the look-up of a name.
pub const CONNECT: Duration = Duration::from_secs(30);

/// How long the TLS handshake may take.
pub const HANDSHAKE: Duration = Duration::from_secs(30);

/// How long a peer may be silent in the middle of a read or a write.
pub const SILENCE: Duration = Duration::from_secs(60);

/// Whom to connect to, and whom to believe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// A host name or an IP address. It is what the certificate must be valid for.
    pub host: String,
    /// The port on which TLS starts with the first byte: 993 for IMAP, 465 for SMTP.
    pub port: u16,
    /// A PEM file of root certificates. When it is given, only these are trusted and
    /// those of the system are not; without it, those of the system.
    pub roots: Option<PathBuf>,
}

impl From<&Server> for Peer {
    fn from(server: &Server) -> Self {
        Self {
            host: server.host.clone(),
            port: server.port,
            roots: server.roots.clone(),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Connects, does the TLS handshake and checks the certificate.
///
/// # Errors
/// Names host and port, what went wrong and what to do about it, in words for an operator.
pub async fn connect(peer: &Peer) -> anyhow::Result<Stream> {
    let tls = tls::connector(peer.roots.as_deref())
        .with_context(|| format!("{peer} cannot be trusted"))?;
    let name = ServerName::try_from(peer.host.clone())
        .map_err(|_| anyhow!("{:?} is neither a host name nor an IP address", peer.host))?;
    let tcp = dial(peer).await?;
    // A command and its answer are small and follow each other: waiting to fill a packet only costs time.
    tcp.set_nodelay(true).with_context(|| peer.to_string())?;
    match timeout(HANDSHAKE, tls.connect(name, tcp)).await {
        Ok(Ok(stream)) => Ok(Stream::over(stream)),
        Ok(Err(why)) => Err(anyhow!("{peer} {}", tls::meaning(&why))),
        Err(_) => bail!(
            "{peer} accepted the connection and then said nothing: is this the port on which TLS starts at once (993, 465)?"
        ),
    }
}

/// Tries every address of the host in the order of the resolver.
async fn dial(peer: &Peer) -> anyhow::Result<TcpStream> {
    let addresses = match timeout(CONNECT, lookup_host((peer.host.as_str(), peer.port))).await {
        Ok(Ok(addresses)) => addresses,
        Ok(Err(_)) => bail!(
            "the name {:?} cannot be resolved: check its spelling and the resolver of this machine",
            peer.host
        ),
        Err(_) => bail!(
            "the name {:?} could not be resolved in {} s: check the resolver of this machine",
            peer.host,
            CONNECT.as_secs()
        ),
    };
    let mut failures = Vec::new();
    for address in addresses {
        let why = match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(why)) => refusal(&why),
            Err(_) => format!(
                "no answer in {} s (the host is down, or a firewall drops it)",
                CONNECT.as_secs()
            ),
        };
        failures.push(format!("{}: {why}", address.ip()));
    }
    bail!("cannot connect to {peer}: {}", failures.join("; "))
}

fn refusal(why: &io::Error) -> String {
    match why.kind() {
        io::ErrorKind::ConnectionRefused => {
            "refused (nothing listens on this port: check it, or the server is down)".to_owned()
        }
        kind => kind.to_string(),
    }
}

/// Says in plain words why a connection that stood has failed.
///
/// Only the kind of most errors is told: some libraries put what the server sent, which may
/// be a report, into theirs.
pub fn plainly(why: &io::Error) -> String {
    match why.kind() {
        io::ErrorKind::TimedOut => format!("no answer for {} s", SILENCE.as_secs()),
        io::ErrorKind::UnexpectedEof => {
            "the server closed the connection in the middle of an answer".to_owned()
        }
        io::ErrorKind::InvalidData => why.to_string(),
        io::ErrorKind::Other => "the server sent what cannot be understood".to_owned(),
        kind => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(host: &str, port: u16) -> Peer {
        Peer {
            host: host.to_owned(),
            port,
            roots: None,
        }
    }

    async fn failure(peer: &Peer) -> String {
        format!("{:#}", connect(peer).await.unwrap_err())
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

    #[test]
    fn words_of_the_server_do_not_come_through_an_error() {
        let parse = io::Error::other("failed during parsing of \"* 1 FETCH (the report)\"");
        assert_eq!(plainly(&parse), "the server sent what cannot be understood");
    }
}

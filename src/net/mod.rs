//! Checked connections: TCP, TLS, then time-outs on every read and write; and the secret of
//! the login that follows.
//!
//! IMAP and SMTP both stand on [`connect`], so that there is one place that decides whom we
//! trust. TLS begins with the first byte (RFC 8314 section 3), where nothing can be injected
//! before the handshake; or by STARTTLS, of which `starttls` tells how nothing is. Without
//! TLS there is no way but to this very machine.
//!
//! It must never connect to anything but the peer that it was given, never skip a check of
//! the certificate, and never go on in clear where TLS was asked for.
//!
//! Known fault: addresses of a host are tried one after the other, so a host whose first
//! address is a black hole costs [`CONNECT`] at each connection.

pub mod lines;
pub mod program;
mod secret;
mod starttls;
mod stream;
mod tls;

#[cfg(test)]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;

pub use secret::{Hidden, Login};
pub use starttls::Protocol;
pub use stream::{Stream, Wire};

use crate::config::{Server, Tls};
use anyhow::{Context, anyhow, bail};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tls::Trust;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long one address may take to accept a connection; also the limit of the look-up of a name.
pub const CONNECT: Duration = Duration::from_secs(30);

/// How long the TLS handshake may take.
pub const HANDSHAKE: Duration = Duration::from_secs(30);

/// How long the words in clear before STARTTLS may take.
pub const CLEAR: Duration = Duration::from_secs(60);

/// How long a peer may be silent in the middle of a read or a write.
pub const SILENCE: Duration = Duration::from_secs(60);

/// Whom to connect to, and whom to believe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// A host name or an IP address. It is what the certificate must be valid for.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from others.
    pub tls: Tls,
    /// A PEM file of root certificates. When it is given, only these are trusted and
    /// those of the system are not; without it, those of the system.
    pub roots: Option<PathBuf>,
}

impl From<&Server> for Peer {
    fn from(server: &Server) -> Self {
        Self {
            host: server.host.clone(),
            port: server.port,
            tls: server.tls,
            roots: server.roots.clone(),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Connects, and keeps the connection from others as the peer asks for. Whatever that is,
/// the next that comes is a greeting of the protocol.
///
/// # Errors
/// Names host and port, what went wrong and what to do about it, in words for an operator.
/// No secret was sent.
pub async fn connect(peer: &Peer, protocol: Protocol<'_>) -> anyhow::Result<Stream> {
    match peer.tls {
        Tls::Implicit => {
            let trust = Trust::new(peer)?;
            Ok(Stream::over(trust.shake(dial(peer).await?, peer).await?))
        }
        Tls::StartTls => {
            let trust = Trust::new(peer)?;
            upgraded(dial(peer).await?, peer, &trust, protocol).await
        }
        Tls::PlainToLoopback => Ok(Stream::over(dial(peer).await?)),
    }
}

/// TLS by STARTTLS.
async fn upgraded(
    tcp: TcpStream,
    peer: &Peer,
    trust: &Trust,
    protocol: Protocol<'_>,
) -> anyhow::Result<Stream> {
    let Ok(begun) = timeout(CLEAR, starttls::begin(tcp, protocol)).await else {
        bail!("{peer} did not come to TLS in {} s", CLEAR.as_secs());
    };
    let tcp = begun.map_err(|why| anyhow!("{peer} {why}"))?;
    let (read, write) = tokio::io::split(trust.shake(tcp, peer).await?);
    let greeted = protocol.greeting().chain(read);
    Ok(Stream::over(tokio::io::join(greeted, write)))
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
        let why = match reach(address, peer.tls).await {
            // A command and its answer are small and follow each other: waiting to fill a
            // packet only costs time.
            Ok(tcp) => {
                tcp.set_nodelay(true).with_context(|| peer.to_string())?;
                return Ok(tcp);
            }
            Err(why) => why,
        };
        failures.push(format!("{}: {why}", address.ip()));
    }
    bail!("cannot connect to {peer}: {}", failures.join("; "))
}

async fn reach(address: SocketAddr, tls: Tls) -> Result<TcpStream, String> {
    match tls {
        Tls::PlainToLoopback if !address.ip().to_canonical().is_loopback() => {
            return Err("is not this machine, and nothing is said in clear to another".to_owned());
        }
        Tls::Implicit | Tls::StartTls | Tls::PlainToLoopback => {}
    }
    match timeout(CONNECT, TcpStream::connect(address)).await {
        Ok(Ok(tcp)) => Ok(tcp),
        Ok(Err(why)) => Err(refusal(&why)),
        Err(_) => Err(format!(
            "no answer in {} s (the host is down, or a firewall drops it)",
            CONNECT.as_secs()
        )),
    }
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
        io::ErrorKind::InvalidData => tls::spoilt(why).unwrap_or_else(|| why.to_string()),
        io::ErrorKind::Other => "the server sent what cannot be understood".to_owned(),
        kind => kind.to_string(),
    }
}

//! Whom we believe in TLS, and what its failures mean.
//!
//! TLS 1.2 and 1.3 by rustls with ring. The provider is named in every configuration: a
//! second provider that some crate brings in must not decide for us. Roots are read anew
//! for each connection, so that a renewed root file needs no restart.

use super::{HANDSHAKE, Peer};
use crate::config::Tls;
use anyhow::{Context, anyhow, bail};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Whom we believe at the other end.
pub(super) struct Trust {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Trust {
    /// Trusts the roots that the peer is pinned to and no others, or those of the system.
    ///
    /// # Errors
    /// There are no roots that can be used, or the host has no name that a certificate could.
    pub(super) fn new(peer: &Peer) -> anyhow::Result<Self> {
        let connector = connector(peer.roots.as_deref())
            .with_context(|| format!("{peer} cannot be trusted"))?;
        let name = ServerName::try_from(peer.host.clone())
            .map_err(|_| anyhow!("{:?} is neither a host name nor an IP address", peer.host))?;
        Ok(Self { connector, name })
    }

    /// The TLS handshake, with the check of the certificate.
    ///
    /// # Errors
    /// Names the peer, what went wrong and what to do about it.
    pub(super) async fn shake(
        &self,
        tcp: TcpStream,
        peer: &Peer,
    ) -> anyhow::Result<TlsStream<TcpStream>> {
        match timeout(HANDSHAKE, self.connector.connect(self.name.clone(), tcp)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(why)) => Err(anyhow!("{peer} {}", meaning(&why))),
            Err(_) if peer.tls == Tls::StartTls => {
                bail!("{peer} agreed to begin TLS and then said nothing")
            }
            Err(_) => bail!(
                "{peer} accepted the connection and then said nothing: is this the port on which TLS starts at once (993, 465)?"
            ),
        }
    }
}

fn connector(pinned: Option<&Path>) -> anyhow::Result<TlsConnector> {
    let builder =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?;
    let config = match pinned {
        Some(path) => builder.with_root_certificates(roots(path)?).with_no_client_auth(),
        None => builder
            .with_platform_verifier()
            .context("no root certificates on this system: install ca-certificates, or name a file of roots in the config")?
            .with_no_client_auth(),
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

fn roots(path: &Path) -> anyhow::Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path)
        .with_context(|| format!("cannot read the roots in {}", path.display()))?
    {
        let certificate = certificate.with_context(|| format!("{} is not PEM", path.display()))?;
        store
            .add(certificate)
            .with_context(|| format!("a certificate in {} cannot be used", path.display()))?;
    }
    if store.is_empty() {
        bail!("there is no certificate in {}", path.display());
    }
    Ok(store)
}

/// What a failed handshake means and what to do; continues a sentence that began with the peer.
pub(super) fn meaning(why: &io::Error) -> String {
    match why.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(fault)) => certificate(fault),
        Some(rustls::Error::InvalidMessage(_)) => "does not speak TLS on this port: use the one on which TLS starts at once (993 for IMAP, 465 for SMTP), or tls = \"starttls\" where there is none".to_owned(),
        Some(rustls::Error::PeerIncompatible(_)) => "offers no TLS that is safe enough: it must speak TLS 1.2 or 1.3".to_owned(),
        Some(rustls::Error::AlertReceived(alert)) => format!("broke off the TLS handshake ({alert:?})"),
        Some(other) => format!("failed the TLS handshake: {other}"),
        None => format!("broke off the TLS handshake ({})", why.kind()),
    }
}

/// What it means that TLS breaks once it stands; none, when it is not TLS that broke.
pub(super) fn spoilt(why: &io::Error) -> Option<String> {
    let fault = why.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(format!(
        "what came is not what the server sent within TLS ({fault}): something on the way changes it, or the server is broken"
    ))
}

fn certificate(fault: &CertificateError) -> String {
    let what = match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "has expired: renew it on the server (or is the clock of this machine wrong?)"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet: is the clock of this machine right?"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another name: use the name that is in it as the host"
        }
        CertificateError::UnknownIssuer => {
            "comes from an issuer that is not trusted here: if it is your own, name its root in `roots` of the config"
        }
        CertificateError::BadSignature => {
            "is not signed by the root of that name that is trusted here: was the root renewed?"
        }
        CertificateError::Revoked => "has been revoked",
        other => return format!("has a certificate that cannot be accepted: {other}"),
    };
    format!("has a certificate that {what}")
}

//! Whom we believe in TLS, and what its failures mean.
//!
//! TLS 1.2 and 1.3 by rustls with ring. The provider is named in every configuration: a
//! second provider that some crate brings in must not decide for us. Roots are read anew
//! for each connection, so that a renewed root file needs no restart.

use anyhow::{Context, bail};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// A connector that trusts the roots in `pinned` and no others, or those of the system.
pub(super) fn connector(pinned: Option<&Path>) -> anyhow::Result<TlsConnector> {
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
        Some(rustls::Error::InvalidMessage(_)) => "does not speak TLS on this port: use the one on which TLS starts at once (993 for IMAP, 465 for SMTP)".to_owned(),
        Some(rustls::Error::PeerIncompatible(_)) => "offers no TLS that is safe enough: it must speak TLS 1.2 or 1.3".to_owned(),
        Some(rustls::Error::AlertReceived(alert)) => format!("broke off the TLS handshake ({alert:?})"),
        Some(other) => format!("failed the TLS handshake: {other}"),
        None => format!("broke off the TLS handshake ({})", why.kind()),
    }
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

#[cfg(test)]
mod tests {
    use crate::net::{Peer, connect};
    use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
    use rustls::ServerConfig;
    use rustls::pki_types::PrivateKeyDer;
    use std::path::PathBuf;
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    struct Site {
        port: u16,
        roots: tempfile::NamedTempFile,
    }

    /// A TLS server that greets and is gone, with a certificate for `name` valid in `years`.
    async fn site(name: &str, years: std::ops::Range<i32>) -> Site {
        let issuer = authority("ours");
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (
            date_time_ymd(years.start, 1, 1),
            date_time_ymd(years.end, 1, 1),
        );
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![certificate.der().clone()],
                    PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
                )
                .unwrap();
        let roots = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(roots.path(), issuer.pem()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (tcp, _) = listener.accept().await.unwrap();
            if let Ok(mut tls) = TlsAcceptor::from(Arc::new(config)).accept(tcp).await {
                tls.write_all(b"hello").await.unwrap();
                tls.shutdown().await.unwrap();
            }
        });
        Site { port, roots }
    }

    fn peer(port: u16, roots: Option<PathBuf>) -> Peer {
        Peer {
            host: "127.0.0.1".to_owned(),
            port,
            roots,
        }
    }

    #[tokio::test]
    async fn a_certificate_of_the_pinned_root_is_believed() {
        let site = site("127.0.0.1", 2000..2099).await;
        let mut stream = connect(&peer(site.port, Some(site.roots.path().to_owned())))
            .await
            .unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "hello");
    }

    /// Pins the site's own root, or one of the name `other`.
    async fn refused(name: &str, years: std::ops::Range<i32>, other: Option<&str>) -> String {
        let site = site(name, years).await;
        if let Some(other) = other {
            std::fs::write(site.roots.path(), authority(other).pem()).unwrap();
        }
        format!(
            "{:#}",
            connect(&peer(site.port, Some(site.roots.path().to_owned())))
                .await
                .unwrap_err()
        )
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
            let said = refused(name, years, other).await;
            assert!(
                said.contains(word) && said.contains("127.0.0.1:"),
                "{word}: {said}"
            );
        }
    }

    #[tokio::test]
    async fn roots_of_the_system_do_not_count_a_private_one() {
        let site = site("127.0.0.1", 2000..2099).await;
        let said = format!("{:#}", connect(&peer(site.port, None)).await.unwrap_err());
        assert!(
            said.contains("not trusted") || said.contains("no root certificates"),
            "{said}"
        );
    }

    #[tokio::test]
    async fn a_server_that_speaks_in_clear_hears_no_more_than_a_hello() {
        let site = site("127.0.0.1", 2000..2099).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut tcp, _) = listener.accept().await.unwrap();
            tcp.write_all(b"220 mail.example.net ESMTP in clear\r\n")
                .await
                .unwrap();
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        });
        let said = format!(
            "{:#}",
            connect(&peer(port, Some(site.roots.path().to_owned())))
                .await
                .unwrap_err()
        );
        assert!(said.contains("does not speak TLS"), "{said}");
    }

    #[tokio::test]
    async fn an_empty_file_of_roots_trusts_nobody() {
        let empty = tempfile::NamedTempFile::new().unwrap();
        let said = format!(
            "{:#}",
            connect(&peer(993, Some(empty.path().to_owned())))
                .await
                .unwrap_err()
        );
        assert!(said.contains("no certificate in"), "{said}");
    }
}

//! A server on a port of this machine that has a certificate, or speaks in clear.

use super::{End, play};
use crate::config::Tls;
use crate::net::Peer;
use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::ops::Range;
use std::sync::Arc;
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

pub(crate) fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// What a server for tests has to show, for `name` and valid in `years`, and the root of it.
fn certified(name: &str, years: Range<i32>) -> (ServerConfig, tempfile::NamedTempFile) {
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
    (config, roots)
}

/// A script: what is said first, and what is answered to what.
pub(crate) type Script<'s> = (&'s str, &'s [(&'s str, &'s str)]);

pub(crate) struct Site {
    /// Trusts the site.
    pub(crate) peer: Peer,
    /// What the site heard after its scripts: in clear when the handshake failed.
    pub(crate) heard: JoinHandle<Vec<u8>>,
    pub(crate) roots: tempfile::NamedTempFile,
}

/// Plays `clear` in clear, if it is given; then, within TLS unless `tls` is plain, `script`.
pub(crate) async fn site(tls: Tls, clear: Option<Script<'_>>, script: Script<'_>) -> Site {
    certified_site(("127.0.0.1", 2000..2099), tls, clear, script).await
}

/// As [`site`], with a certificate for this name, valid in these years.
pub(crate) async fn certified_site(
    (name, years): (&str, Range<i32>),
    tls: Tls,
    clear: Option<Script<'_>>,
    script: Script<'_>,
) -> Site {
    let (config, roots) = certified(name, years);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let peer = Peer {
        host: "127.0.0.1".to_owned(),
        port: listener.local_addr().unwrap().port(),
        tls,
        roots: Some(roots.path().to_owned()),
    };
    let (clear, script) = (clear.map(owned), owned(script));
    let heard = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        if let Some((greeting, steps)) = clear {
            let mut far = BufReader::new(tcp);
            play(&mut far, &greeting, &steps).await;
            assert!(far.buffer().is_empty());
            tcp = far.into_inner();
        }
        let (greeting, steps) = script;
        if tls == Tls::PlainToLoopback {
            return super::to_the_end(tcp, &greeting, &steps, End::Close).await;
        }
        match TlsAcceptor::from(Arc::new(config)).accept(tcp).await {
            Ok(tls) => super::to_the_end(tls, &greeting, &steps, End::Close).await,
            Err(_) => Vec::new(),
        }
    });
    Site { peer, heard, roots }
}

fn owned((greeting, steps): Script<'_>) -> (String, Vec<(String, String)>) {
    (greeting.to_owned(), super::owned(steps))
}

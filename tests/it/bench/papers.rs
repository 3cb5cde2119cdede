//! Certificates that a server shows: the right one, and those that must not be believed.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::sync::{Arc, OnceLock};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Papers {
    /// For this name, of the issuer that gatepost is told to trust.
    Good,
    /// Of that issuer, for another name.
    OtherName,
    /// Of that issuer, and it has ended.
    Ended,
    /// Of an issuer that nobody knows.
    Unknown,
    /// Of an issuer that has the name of the one that is trusted, and another key.
    SameName,
}

struct Issuers {
    ours: CertifiedIssuer<'static, KeyPair>,
    unknown: CertifiedIssuer<'static, KeyPair>,
    same_name: CertifiedIssuer<'static, KeyPair>,
}

const OURS: &str = "The issuer of the bench";

fn issuers() -> &'static Issuers {
    static ISSUERS: OnceLock<Issuers> = OnceLock::new();
    ISSUERS.get_or_init(|| Issuers {
        ours: issuer(OURS),
        unknown: issuer("Somebody"),
        same_name: issuer(OURS),
    })
}

fn issuer(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// The root of the good ones, PEM.
pub fn root() -> String {
    issuers().ours.pem()
}

/// A root of no server, PEM.
pub fn other_root() -> String {
    issuers().unknown.pem()
}

/// A server with these papers, made anew.
pub fn under(papers: Papers) -> Arc<ServerConfig> {
    let all = issuers();
    let issuer = match papers {
        Papers::Good | Papers::OtherName | Papers::Ended => &all.ours,
        Papers::Unknown => &all.unknown,
        Papers::SameName => &all.same_name,
    };
    let name = if papers == Papers::OtherName {
        "mail.example.net"
    } else {
        "localhost"
    };
    let end = if papers == Papers::Ended { 2001 } else { 2099 };
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(end, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        );
    Arc::new(config.unwrap())
}

//! Certificates, made for this run: good ones and such as nobody should trust.

use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// An authority with a key of its own.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new(vec![]).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Authority(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    /// The authority that the runs trust.
    fn trusted() -> &'static Authority {
        static TRUSTED: OnceLock<Authority> = OnceLock::new();
        TRUSTED.get_or_init(Authority::new)
    }

    fn issues(&self, params: &CertificateParams) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        served(certificate.der().clone(), &key)
    }
}

/// The authority to trust, as PEM.
pub(super) fn trusted_pem() -> String {
    Authority::trusted().0.pem()
}

/// For `localhost` and names below it, from the trusted authority.
pub(super) fn good() -> Arc<ServerConfig> {
    static GOOD: OnceLock<Arc<ServerConfig>> = OnceLock::new();
    Arc::clone(GOOD.get_or_init(|| Authority::trusted().issues(&localhost())))
}

/// Was valid once.
pub(super) fn expired() -> Arc<ServerConfig> {
    let mut params = localhost();
    params.not_before = date_time_ymd(2001, 1, 1);
    params.not_after = date_time_ymd(2002, 1, 1);
    Authority::trusted().issues(&params)
}

/// Will be valid one day.
pub(super) fn not_yet_valid() -> Arc<ServerConfig> {
    let mut params = localhost();
    params.not_before = date_time_ymd(2998, 1, 1);
    params.not_after = date_time_ymd(2999, 1, 1);
    Authority::trusted().issues(&params)
}

/// For this name alone.
pub(super) fn named(name: &str) -> Arc<ServerConfig> {
    Authority::trusted().issues(&params(&[name]))
}

/// From an authority of the same name as the trusted one, with another key.
pub(super) fn from_a_stranger() -> Arc<ServerConfig> {
    Authority::new().issues(&localhost())
}

/// From itself.
pub(super) fn self_signed() -> Arc<ServerConfig> {
    let key = KeyPair::generate().expect("a key");
    let certificate = localhost().self_signed(&key).expect("a certificate");
    served(certificate.der().clone(), &key)
}

fn localhost() -> CertificateParams {
    params(&["localhost", "a.localhost", "b.localhost", "b.a.localhost"])
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    CertificateParams::new(names).expect("parameters")
}

fn served(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a certificate and its key");
    Arc::new(config)
}

//! TLS: whom to trust, what to show, and a note of when a handshake begins.

use std::sync::{Arc, OnceLock};

use rustls::client::Tls13ClientSessionValue;
use rustls::client::{ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, NamedGroup, RootCertStore};

use super::attempt::Attempt;
use super::options::{ClientCertificate, invalid};
use super::{ClientOptions, ErrorKind, HttpError, HttpVersion, Phase};

/// TLS sessions remembered to be taken up again.
const SESSIONS: usize = 256;

/// What a client's TLS is made of, read from its options and found to be sound.
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    ca: Vec<CertificateDer<'static>>,
    identity: Option<Arc<SingleCertAndKey>>,
    protocols: Vec<Vec<u8>>,
}

impl Tls {
    /// Reads the certificates and the key of the options.
    ///
    /// # Errors
    /// `options` when one of them is not PEM, or the key is not the certificate's.
    pub(super) fn new(options: &ClientOptions) -> Result<Tls, HttpError> {
        let provider = Arc::new(ring::default_provider());
        let mut ca = Vec::new();
        for pem in &options.ca {
            ca.extend(certificates(pem, "CA certificate")?);
        }
        // Certificates no chain can be anchored in are found before any connection.
        let mut store = RootCertStore::empty();
        for certificate in &ca {
            store
                .add(certificate.clone())
                .map_err(|error| invalid(format!("cannot use the CA certificate: {error}")))?;
        }
        let identity = match &options.client_certificate {
            Some(certificate) => Some(Arc::new(identity(certificate, &provider)?)),
            None => None,
        };
        let protocols: &[&[u8]] = match options.http_version {
            HttpVersion::Auto => &[b"h2", b"http/1.1"],
            HttpVersion::Http1 => &[b"http/1.1"],
            HttpVersion::Http2 => &[b"h2"],
        };
        let protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(Tls {
            provider,
            ca,
            identity,
            protocols,
        })
    }

    /// A configuration for a client that never speaks TLS: it trusts nobody and costs nothing.
    pub(super) fn unused(&self) -> Result<ClientConfig, HttpError> {
        self.config(RootCertStore::empty())
    }

    /// A configuration that trusts the system's roots, read now if they never were, and the options' own.
    ///
    /// # Errors
    /// `tls` when there is nobody to trust.
    pub(super) fn trusting(&self) -> Result<ClientConfig, HttpError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(system_roots().iter().cloned());
        roots.add_parsable_certificates(self.ca.iter().cloned());
        if roots.is_empty() {
            let message = "cannot verify certificates: the system has no trusted roots and no CA was given";
            return Err(HttpError::new(ErrorKind::Tls, Phase::Prepare, message));
        }
        self.config(roots)
    }

    fn config(&self, roots: RootCertStore) -> Result<ClientConfig, HttpError> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid(format!("cannot set TLS up: {error}")))?
            .with_root_certificates(roots);
        let mut config = match &self.identity {
            Some(identity) => builder.with_client_cert_resolver(Arc::clone(identity) as _),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols.clone_from(&self.protocols);
        config.resumption =
            Resumption::store(Arc::new(NotingSessions(ClientSessionMemoryCache::new(SESSIONS))));
        Ok(config)
    }
}

/// The roots the system trusts. Reading them takes milliseconds, so it is done once and not before they are needed.
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` stand in for them where they are set. What cannot be read is left out: a
/// certificate that would have needed it fails, and says so.
fn system_roots() -> &'static [CertificateDer<'static>] {
    static ROOTS: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    ROOTS.get_or_init(|| rustls_native_certs::load_native_certs().certs)
}

fn certificates(pem: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, HttpError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(found) if found.is_empty() => Err(invalid(format!(
            "cannot read the {what}: it holds no PEM certificate"
        ))),
        Ok(found) => Ok(found),
        Err(_) => Err(invalid(format!(
            "cannot read the {what}: it is not well-formed PEM"
        ))),
    }
}

fn identity(
    certificate: &ClientCertificate,
    provider: &CryptoProvider,
) -> Result<SingleCertAndKey, HttpError> {
    let chain = certificates(&certificate.chain, "client certificate")?;
    let key = PrivateKeyDer::from_pem_slice(&certificate.key)
        .map_err(|_| invalid("cannot read the client certificate's key: it holds no PEM private key"))?;
    let key = CertifiedKey::from_der(chain, key, provider).map_err(|_| {
        invalid("cannot use the client certificate: its key is another's or of an unknown kind")
    })?;
    Ok(SingleCertAndKey::from(key))
}

/// A session store that notes the beginning of handshakes: rustls asks it for a key exchange hint as the first thing
/// of each, and offers no other hook there.
#[derive(Debug)]
struct NotingSessions(ClientSessionMemoryCache);

impl ClientSessionStore for NotingSessions {
    fn kx_hint(&self, server_name: &ServerName<'_>) -> Option<NamedGroup> {
        if let Some(attempt) = Attempt::of_connection() {
            attempt.tls_began();
        }
        self.0.kx_hint(server_name)
    }

    fn set_kx_hint(&self, server_name: ServerName<'static>, group: NamedGroup) {
        self.0.set_kx_hint(server_name, group);
    }

    fn set_tls12_session(&self, server_name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.0.set_tls12_session(server_name, value);
    }

    fn tls12_session(&self, server_name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.0.tls12_session(server_name)
    }

    fn remove_tls12_session(&self, server_name: &ServerName<'static>) {
        self.0.remove_tls12_session(server_name);
    }

    fn insert_tls13_ticket(&self, server_name: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.0.insert_tls13_ticket(server_name, value);
    }

    fn take_tls13_ticket(&self, server_name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.0.take_tls13_ticket(server_name)
    }
}

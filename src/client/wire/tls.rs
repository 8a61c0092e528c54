//! Whom we trust.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use super::super::options::ClientError;

/// The system's roots, read when TLS is first needed, and those of `--ca-cert`.
pub(in crate::client) struct Tls {
    extra: Vec<CertificateDer<'static>>,
    connector: OnceLock<Result<TlsConnector, String>>,
}

impl Tls {
    /// Trusts the certificates in `files` beside the system's.
    pub(in crate::client) fn new(files: &[PathBuf]) -> Result<Self, ClientError> {
        let mut extra = Vec::new();
        for file in files {
            extra.extend(certificates(file)?);
        }
        Ok(Self { extra, connector: OnceLock::new() })
    }

    pub(super) fn connector(&self) -> Result<TlsConnector, String> {
        self.connector.get_or_init(|| connector(&self.extra)).clone()
    }
}

fn certificates(file: &PathBuf) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let wrong = |why: String| ClientError::CaCert { file: file.clone(), why };
    let pem = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let found = found.map_err(|_| wrong("it is no PEM file".into()))?;
    if found.is_empty() {
        return Err(wrong("no certificate is in it".into()));
    }
    let mut probe = RootCertStore::empty();
    for certificate in &found {
        probe.add(certificate.clone()).map_err(|_| wrong("a certificate in it is malformed".into()))?;
    }
    Ok(found)
}

fn connector(extra: &[CertificateDer<'static>]) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    // What can't be read of the system's is left out, as every client does: a host that it would vouch for is refused then.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(extra.iter().cloned());
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

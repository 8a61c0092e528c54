//! Certificates made for one test.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType};

/// A certificate for 127.0.0.1 and localhost, its key, and the authority that vouches for it; PEM files.
pub(crate) struct ServerCertificate {
    /// The authority's certificate.
    pub(crate) ca: PathBuf,
    /// The server's certificate.
    pub(crate) certificate: PathBuf,
    /// The server's private key.
    pub(crate) key: PathBuf,
}

/// Writes an authority of its own and a server's certificate into `folder`.
pub(crate) fn server_certificate(folder: &Path) -> ServerCertificate {
    let files = ServerCertificate { ca: folder.join("ca.crt"), certificate: folder.join("server.pem"), key: folder.join("server.key") };
    let authority_key = KeyPair::generate().expect("a key");
    let mut authority = named("authority of the tests");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    fs::write(&files.ca, authority.self_signed(&authority_key).expect("a certificate").pem()).expect("the folder takes files");

    let server_key = KeyPair::generate().expect("a key");
    let mut server = named("registry of the tests");
    server.subject_alt_names =
        vec![SanType::DnsName("localhost".try_into().expect("a DNS name")), SanType::IpAddress(Ipv4Addr::LOCALHOST.into())];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let signed = server.signed_by(&server_key, &Issuer::new(authority, authority_key)).expect("a certificate");
    fs::write(&files.certificate, signed.pem()).expect("the folder takes files");
    fs::write(&files.key, server_key.serialize_pem()).expect("the folder takes files");
    files
}

/// A key that signs tokens, and the certificate that a registry knows it by; PEM files.
pub(crate) struct TokenSigner {
    /// The private key, and its certificate after it.
    pub(crate) key: PathBuf,
    /// The certificate alone.
    pub(crate) certificate: PathBuf,
}

/// Writes a new signer's key and certificate into `folder`.
pub(crate) fn token_signer(folder: &Path) -> TokenSigner {
    let files = TokenSigner { key: folder.join("token.key"), certificate: folder.join("token.pem") };
    let key = KeyPair::generate().expect("a key");
    let signed = named("token signer of the tests").self_signed(&key).expect("a certificate");
    fs::write(&files.certificate, signed.pem()).expect("the folder takes files");
    fs::write(&files.key, key.serialize_pem() + &signed.pem()).expect("the folder takes files");
    files
}

/// A certificate's subject must not be its issuer's, or it counts as self-signed.
fn named(subject: &str) -> CertificateParams {
    let mut certificate = CertificateParams::default();
    certificate.distinguished_name.push(DnType::CommonName, subject);
    certificate
}

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use super::server::{Server, answer, hear};
use super::*;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn file(&self) -> NamedTempFile {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(self.0.pem().as_bytes()).unwrap();
        file
    }

    /// A TLS server with a certificate for `names`; gives its port.
    async fn serve(&self, names: &[&str], expired: bool) -> String {
        let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
        if expired {
            params.not_before = rcgen::date_time_ymd(2001, 1, 1);
            params.not_after = rcgen::date_time_ymd(2002, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let server = Server::raw(move |stream, _| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                while let Some(heard) = hear(&mut stream).await {
                    let _ = stream.write_all(answer(200, "", heard.line()).as_bytes()).await;
                    let _ = stream.flush().await;
                }
            }
        })
        .await;
        server.url.rsplit(':').next().unwrap().to_owned()
    }
}

fn trusting(file: &NamedTempFile) -> Client {
    Client::new(Options { ca_certs: vec![file.path().to_owned()], ..Options::default() }).unwrap()
}

#[tokio::test]
async fn a_certificate_of_a_ca_that_is_named_is_taken() {
    let authority = Authority::new("ours");
    let port = authority.serve(&["localhost", "127.0.0.1"], false).await;
    let client = trusting(&authority.file());
    for host in ["localhost", "127.0.0.1"] {
        let exchange = client.send(get(&format!("https://{host}:{port}/v2/"))).await;
        assert_eq!(text(&exchange), "GET /v2/");
        assert!(!exchange.timings.tls.is_zero());
    }
    let again = client.send(call(Method::PUT, &format!("https://localhost:{port}/v2/")).body(vec![1; 1 << 20])).await;
    assert_eq!((text(&again).as_str(), again.timings.tls.is_zero()), ("PUT /v2/", true));
}

#[tokio::test]
async fn certificates_that_prove_nothing_are_refused_with_the_reason() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    for (names, expired, file, want) in [
        (["localhost"], false, theirs.file(), "no authority that is trusted here; --ca-cert"),
        (["localhost"], false, Authority::new("ours").file(), "another authority of the same name"),
        (["localhost"], true, ours.file(), "has expired"),
        (["other.example"], false, ours.file(), "not for the name localhost"),
    ] {
        let port = ours.serve(&names, expired).await;
        let exchange = trusting(&file).send(get(&format!("https://localhost:{port}/"))).await;
        let told = failure(&exchange).to_string();
        assert!(matches!(failure(&exchange), Failure::Tls { .. }) && told.contains(want), "{told}");
    }
    let port = ours.serve(&["localhost"], false).await;
    assert!(matches!(failure(&client().send(get(&format!("https://localhost:{port}/"))).await), Failure::Tls { .. }));
}

#[tokio::test]
async fn tls_to_a_plain_port_says_to_use_http() {
    // One that answers what it can't read, one that closes.
    let chatty = Server::raw(|mut stream, _| async move {
        let mut some = [0; 5];
        let _ = tokio::io::AsyncReadExt::read_exact(&mut stream, &mut some).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
    })
    .await;
    let curt = Server::raw(|stream, _| async move { drop(stream) }).await;
    for server in [chatty, curt] {
        let exchange = client().send(get(&format!("https://{}/v2/", server.host()))).await;
        let told = failure(&exchange).to_string();
        assert!(told.contains(&format!("if it speaks plain HTTP, use {}", server.url)), "{told}");
    }
}

#[tokio::test]
async fn a_plain_port_that_stays_silent_under_tls_ends_at_the_connect_time_out() {
    let server = Server::raw(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let exchange = hasty().send(get(&format!("https://{}/", server.host()))).await;
    assert_eq!(phase(&exchange), Phase::Tls);
}

#[tokio::test]
async fn plain_http_to_a_tls_port_says_to_use_https() {
    let port = Authority::new("ours").serve(&["localhost"], false).await;
    let exchange = client().send(get(&format!("http://localhost:{port}/v2/"))).await;
    let told = failure(&exchange).to_string();
    assert!(told.contains(&format!("use https://localhost:{port}")), "{told}");
}

#[test]
fn a_ca_file_that_holds_no_certificate_is_an_error_that_names_it() {
    let file = |content: &str| {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        file
    };
    let empty = file("");
    let broken = file("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    let cut = file("-----BEGIN CERTIFICATE-----\nMIIB\n");
    let paths = [empty.path(), broken.path(), cut.path(), std::path::Path::new("/no/such/file")];
    for path in paths.map(PathBuf::from) {
        let error = Client::new(Options { ca_certs: vec![path.clone()], ..Options::default() }).err().unwrap().to_string();
        assert!(error.starts_with(&path.display().to_string()), "{error}");
    }
}

//! The key that tokens are signed with.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RsaKeyPair, UnparsedPublicKey,
};
use rustls_pki_types::pem::{PemObject, SectionKind};
use sha2::{Digest, Sha256};

use super::der;

/// Certificates go into every token, and clients and servers bound a request's head.
const MAX_CERTIFICATES: usize = 4 << 10;

/// Why a text is no key to sign tokens with. Nothing of the text is repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A block does not begin, go on or end as PEM does.
    #[error("it is not well-formed PEM")]
    Pem,
    /// There is nothing to sign with.
    #[error("it has no PRIVATE KEY block; make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`")]
    NoKey,
    /// There is no saying which key is meant.
    #[error("it has more than one private key")]
    SeveralKeys,
    /// There is nobody to ask for the passphrase.
    #[error("its private key is encrypted; decrypt it with `openssl pkey -in FILE`")]
    Encrypted,
    /// The older form of an elliptic curve's key.
    #[error("its private key is in the SEC1 form (EC PRIVATE KEY); convert it with `openssl pkey -in FILE`")]
    Sec1,
    /// The key is of another kind or too weak, or the block holds something else.
    #[error(
        "its private key is neither P-256 with the public key beside it ({p256}) nor RSA of 2048 to 4096 bits ({rsa}); \
         make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`"
    )]
    Rejected {
        /// Why it is no P-256 key.
        p256: String,
        /// Why it is no RSA key.
        rsa: String,
    },
    /// Tokens would be refused by everybody who reads the certificate.
    #[error("its first certificate is of another key than its private key")]
    OtherCertificate,
    /// Tokens would become too long for a header.
    #[error("its certificates have more than {MAX_CERTIFICATES} bytes together")]
    CertificatesTooLarge,
    /// The operating system gave no randomness.
    #[error("no new key can be made: there is no randomness")]
    NoRandomness,
}

/// A private key for tokens: ES256 (P-256) or RS256 (RSA), perhaps with the certificate of its public key. Clones share it.
#[derive(Clone)]
pub struct SigningKey {
    inner: Arc<Inner>,
}

struct Inner {
    pair: Pair,
    kid: String,
    x5c: Vec<String>,
}

enum Pair {
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl SigningKey {
    /// Reads a PEM file: one `PRIVATE KEY` (PKCS #8) or `RSA PRIVATE KEY` (PKCS #1), and `CERTIFICATE` blocks if tokens are to
    /// carry them, the key's own first. Other blocks are passed over.
    ///
    /// # Errors
    /// Where there is no such key, or more than one, or the certificate is not its own.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let mut keys = Vec::new();
        let mut certificates = Vec::new();
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(text.as_bytes()) {
            match section.map_err(|_| KeyError::Pem)? {
                (SectionKind::Certificate, der) => certificates.push(der),
                (SectionKind::PrivateKey, der) => keys.push(Pair::from_pkcs8(&der)),
                (SectionKind::RsaPrivateKey, der) => keys.push(Pair::from_pkcs1(&der)),
                (SectionKind::EcPrivateKey, _) => keys.push(Err(KeyError::Sec1)),
                _ => {}
            }
        }
        if keys.len() > 1 {
            return Err(KeyError::SeveralKeys);
        }
        let missing = if text.contains("BEGIN ENCRYPTED PRIVATE KEY") { KeyError::Encrypted } else { KeyError::NoKey };
        Self::new(keys.pop().ok_or(missing)??, &certificates)
    }

    /// A new P-256 key without a certificate.
    ///
    /// # Errors
    /// Where the operating system gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        // ring takes no other source of randomness than its own, which is the operating system's.
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let document = document.map_err(|_| KeyError::NoRandomness)?;
        Self::new(Pair::from_pkcs8(document.as_ref())?, &[])
    }

    fn new(pair: Pair, certificates: &[Vec<u8>]) -> Result<Self, KeyError> {
        let info = pair.key_info();
        if certificates.iter().map(Vec::len).sum::<usize>() > MAX_CERTIFICATES {
            return Err(KeyError::CertificatesTooLarge);
        }
        // A certificate holds its key's info as it is.
        if certificates.first().is_some_and(|first| !first.windows(info.len()).any(|part| part == info)) {
            return Err(KeyError::OtherCertificate);
        }
        let x5c = certificates.iter().map(|der| STANDARD.encode(der)).collect();
        Ok(Self { inner: Arc::new(Inner { kid: fingerprint(&info), pair, x5c }) })
    }

    /// The algorithm, as a JWT's header names it.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self.inner.pair {
            Pair::P256(_) => "ES256",
            Pair::Rsa(_) => "RS256",
        }
    }

    /// The name of the public key: its libtrust fingerprint.
    pub(crate) fn kid(&self) -> &str {
        &self.inner.kid
    }

    /// The certificates, in base64, the key's own first.
    pub(crate) fn x5c(&self) -> &[String] {
        &self.inner.x5c
    }

    /// The signature of `message`, as a JWS has it; `None` where the operating system gives no randomness.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &self.inner.pair {
            Pair::P256(pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).ok()?;
                Some(signature)
            }
        }
    }

    /// Whether this key made `signature` for `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match &self.inner.pair {
            Pair::P256(pair) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key()).verify(message, signature),
            Pair::Rsa(pair) => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key()).verify(message, signature),
        };
        verified.is_ok()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm()).field("kid", &self.kid()).finish_non_exhaustive()
    }
}

impl Pair {
    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let p256 = match EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new()) {
            Ok(pair) => return Ok(Self::P256(pair)),
            Err(reason) => reason.to_string(),
        };
        RsaKeyPair::from_pkcs8(der).map(Self::Rsa).map_err(|rsa| KeyError::Rejected { p256, rsa: rsa.to_string() })
    }

    fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        let rejected = |rsa: ring::error::KeyRejected| KeyError::Rejected { p256: "WrongAlgorithm".into(), rsa: rsa.to_string() };
        RsaKeyPair::from_der(der).map(Self::Rsa).map_err(rejected)
    }

    fn key_info(&self) -> Vec<u8> {
        match self {
            Self::P256(pair) => der::p256_key_info(pair.public_key().as_ref()),
            Self::Rsa(pair) => der::rsa_key_info(pair.public_key().as_ref()),
        }
    }
}

/// A key's libtrust fingerprint: the first 240 bits of its info's SHA-256 in base32, in groups of four.
fn fingerprint(key_info: &[u8]) -> String {
    let hash = Sha256::digest(key_info);
    let groups = hash[..30].chunks(5).map(|five| five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte)));
    let letters: Vec<char> = groups.flat_map(|bits| (0..8).rev().map(move |at| base32(bits >> (5 * at)))).collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(":")
}

/// The letter of the lowest five bits (RFC 4648 §6).
fn base32(bits: u64) -> char {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    alphabet.iter().map(|letter| char::from(*letter)).nth((bits & 31) as usize).unwrap_or('A')
}

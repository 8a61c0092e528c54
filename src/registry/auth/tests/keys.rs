use super::super::KeyError;
use super::*;

const CERTIFIED: &str = include_str!("keys/p256-certificate.pem");
const RSA: &str = include_str!("keys/rsa-2048.pem");
const SEC1: &str = include_str!("keys/p256-sec1.pem");

#[test]
fn openssls_keys_load_and_sign_and_have_the_name_that_openssl_and_sha_256_give_them() {
    // kid: base32 of `openssl pkey -pubout -outform DER | sha256sum`, cut to 30 bytes.
    let rsa = "LX5W:VOYY:AUEW:O2L7:YY5E:J6NR:HSKA:77QO:XEKH:Q3QS:SFUM:KRCC";
    let keys = [
        (P256, "ES256", "JEE4:QJPY:XDMG:JXTJ:MLZF:HJJO:36YX:5L5D:E5I7:Y4YZ:3PGR:G4TS"),
        (include_str!("keys/p256-ecparam.pem"), "ES256", "XNI4:DYBX:3TWT:YSG4:OSXB:KSTV:RR23:DHTA:3YDO:BEMP:AVPK:MAUQ"),
        (RSA, "RS256", rsa),
        (include_str!("keys/rsa-pkcs1.pem"), "RS256", rsa),
        (include_str!("keys/rsa-certificate.pem"), "RS256", rsa),
    ];
    for (pem, algorithm, kid) in keys {
        let key = SigningKey::from_pem(pem).expect(kid);
        assert_eq!((key.algorithm(), key.kid()), (algorithm, kid));
        let signature = key.sign(b"message").expect("a signature");
        assert!(key.verifies(b"message", &signature));
        assert!(!key.verifies(b"massage", &signature));
        assert!(!key.verifies(b"message", b""));
    }
}

#[test]
fn a_certificate_of_the_key_goes_into_tokens() {
    for (pem, certificates) in [(P256, 0), (RSA, 0), (CERTIFIED, 1), (include_str!("keys/rsa-certificate.pem"), 1)] {
        assert_eq!(SigningKey::from_pem(pem).expect("a key").x5c().len(), certificates);
    }
    let reversed = format!("{}{}", &CERTIFIED[CERTIFIED.find("-----BEGIN CERT").expect("a certificate")..], CERTIFIED);
    assert_eq!(SigningKey::from_pem(&reversed).expect("a key").x5c().len(), 2);
}

#[test]
fn a_generated_key_is_new_each_time() {
    let (one, two) = (SigningKey::generate().expect("a key"), SigningKey::generate().expect("a key"));
    assert_ne!(one.kid(), two.kid());
    assert!(!two.verifies(b"message", &one.sign(b"message").expect("a signature")));
}

#[test]
fn what_is_no_key_says_why_and_repeats_nothing() {
    let certificate = &CERTIFIED[CERTIFIED.find("-----BEGIN CERT").expect("a certificate")..];
    let cases = [
        (String::new(), "no PRIVATE KEY block"),
        ("garbage".into(), "no PRIVATE KEY block"),
        (certificate.to_owned(), "no PRIVATE KEY block"),
        (P256.replace("END", "EMD"), "not well-formed PEM"),
        (P256.replace("MIG", "M*G"), "not well-formed PEM"),
        (format!("{P256}{RSA}"), "more than one"),
        (format!("{P256}{SEC1}"), "more than one"),
        (SEC1.to_owned(), "openssl pkey"),
        (include_str!("keys/encrypted.pem").to_owned(), "is encrypted"),
        (include_str!("keys/p384.pem").to_owned(), "neither P-256"),
        (include_str!("keys/ed25519.pem").to_owned(), "neither P-256"),
        (include_str!("keys/rsa-1024.pem").to_owned(), "TooSmall"),
        (SEC1.replace(" EC ", " RSA "), "neither P-256"),
        (format!("{P256}{certificate}"), "another key"),
        (format!("{CERTIFIED}{}", certificate.repeat(12)), "4096 bytes"),
    ];
    for (pem, why) in cases {
        let error = SigningKey::from_pem(&pem).expect_err(why);
        let said = format!("{error} {error:?}");
        assert!(said.contains(why), "{said}");
        let secrets = pem.lines().filter(|line| !line.starts_with('-') && line.len() > 8);
        secrets.for_each(|line| assert!(!said.contains(line), "{said}"));
    }
}

#[test]
fn a_key_is_debugged_without_its_secret() {
    let key = SigningKey::from_pem(P256).expect("a key");
    assert_eq!(format!("{key:?}"), format!("SigningKey {{ algorithm: \"ES256\", kid: \"{}\", .. }}", key.kid()));
    assert!(matches!(SigningKey::from_pem(""), Err(KeyError::NoKey)));
}

//! As much of DER as a public key's name needs (X.690; RFC 5280 §4.1.2.7, RFC 5480, RFC 3279).

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
/// `id-ecPublicKey` and `prime256v1`, tag and length included.
const EC_P256: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// `rsaEncryption` and NULL, tag and length included.
const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// The `SubjectPublicKeyInfo` of an uncompressed point on P-256.
pub(crate) fn p256_key_info(point: &[u8]) -> Vec<u8> {
    key_info(EC_P256, point)
}

/// The `SubjectPublicKeyInfo` of an `RSAPublicKey`.
pub(crate) fn rsa_key_info(key: &[u8]) -> Vec<u8> {
    key_info(RSA, key)
}

fn key_info(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let no_unused_bits = [&[0], key].concat();
    element(SEQUENCE, &[element(SEQUENCE, algorithm), element(BIT_STRING, &no_unused_bits)].concat())
}

/// Tag, length and value.
fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count().min(length.len() - 1)..];
    let mut out = vec![tag];
    if value.len() >= 0x80 {
        out.push(0x80 | u8::try_from(significant.len()).unwrap_or(u8::MAX));
    }
    out.extend(significant);
    out.extend(value);
    out
}

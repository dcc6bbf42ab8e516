//! Public keys in the two forms by which inventories know them: as SSH writes them, and as X.509 does.

use data_encoding::{BASE64_NOPAD, HEXLOWER};
use pkcs1::UintRef;
use pkcs8::{ObjectIdentifier, PrivateKeyInfo};
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};
use spki::der::asn1::{AnyRef, BitStringRef, OctetStringRef};
use spki::der::{Decode, Encode};
use spki::{AlgorithmIdentifier, SubjectPublicKeyInfo};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The longest number that is taken for a part of an RSA key: 16,384 bits.
const LONGEST: usize = 2048;

/// The curves that SSH knows, by their name there.
const CURVES: [(&str, ObjectIdentifier); 3] = [
    ("nistp256", ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7")),
    ("nistp384", ObjectIdentifier::new_unwrap("1.3.132.0.34")),
    ("nistp521", ObjectIdentifier::new_unwrap("1.3.132.0.35")),
];

/// A public key.
pub(super) enum PublicKey {
    /// Modulus and exponent, without leading zeros.
    Rsa {
        /// The modulus.
        modulus: Vec<u8>,
        /// The exponent.
        exponent: Vec<u8>,
    },
    /// A point on one of [`CURVES`].
    Ec {
        /// The name that SSH gives the curve.
        curve: &'static str,
        /// The point, uncompressed.
        point: Vec<u8>,
    },
    /// Thirty-two bytes.
    Ed25519(Vec<u8>),
}

impl PublicKey {
    /// The SHA-256 of the key as SSH writes it, in the form of `ssh-keygen -l`.
    pub(super) fn ssh_fingerprint(&self) -> String {
        format!("SHA256:{}", BASE64_NOPAD.encode(&Sha256::digest(self.ssh_blob())))
    }

    fn ssh_blob(&self) -> Vec<u8> {
        let parts: Vec<Vec<u8>> = match self {
            Self::Rsa { modulus, exponent } => vec![b"ssh-rsa".to_vec(), unsigned(exponent), unsigned(modulus)],
            Self::Ec { curve, point } => {
                vec![format!("ecdsa-sha2-{curve}").into_bytes(), curve.as_bytes().to_vec(), point.clone()]
            }
            Self::Ed25519(bytes) => vec![b"ssh-ed25519".to_vec(), bytes.clone()],
        };
        let counted = |part: &Vec<u8>| {
            let length = u32::try_from(part.len()).expect("a part was read from a key of less than four gigabytes");
            [&length.to_be_bytes(), part.as_slice()].concat()
        };
        parts.iter().flat_map(counted).collect()
    }

    /// The DER `SubjectPublicKeyInfo`.
    pub(super) fn subject_public_key_info(&self) -> Option<Vec<u8>> {
        match self {
            Self::Rsa { modulus, exponent } => {
                let numbers = (UintRef::new(modulus).ok()?, UintRef::new(exponent).ok()?);
                let key = pkcs1::RsaPublicKey { modulus: numbers.0, public_exponent: numbers.1 }.to_der().ok()?;
                info(RSA, Some(AnyRef::NULL), &key)
            }
            Self::Ec { curve, point } => {
                let (_, oid) = CURVES.iter().find(|(name, _)| name == curve)?;
                info(EC, Some(AnyRef::from(oid)), point)
            }
            Self::Ed25519(bytes) => info(ED25519, None, bytes),
        }
    }
}

fn info(oid: ObjectIdentifier, parameters: Option<AnyRef<'_>>, key: &[u8]) -> Option<Vec<u8>> {
    let subject_public_key = BitStringRef::from_bytes(key).ok()?;
    SubjectPublicKeyInfo { algorithm: AlgorithmIdentifier { oid, parameters }, subject_public_key }.to_der().ok()
}

/// A number as SSH writes it: a first byte of zero keeps it from being negative.
fn unsigned(number: &[u8]) -> Vec<u8> {
    let sign = if number.first().is_some_and(|&byte| byte >= 0x80) { &[0_u8][..] } else { &[] };
    [sign, number].concat()
}

/// SHA-256 in lower-case hexadecimal digits.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The public half of a PKCS #1 key.
pub(super) fn of_pkcs1(der: &[u8]) -> Option<PublicKey> {
    let key = pkcs1::RsaPrivateKey::from_der(der).ok()?;
    rsa(key.modulus.as_bytes(), key.public_exponent.as_bytes())
}

/// An RSA key of two numbers, as they are written.
pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<PublicKey> {
    let bare = |number: &[u8]| {
        let start = number.iter().position(|&byte| byte != 0)?;
        (number.len() - start <= LONGEST).then(|| number[start..].to_vec())
    };
    Some(PublicKey::Rsa { modulus: bare(modulus)?, exponent: bare(exponent)? })
}

/// The public half of a SEC 1 key, when the point stands in it, as most tools write it. The curve stands in it too, or
/// around it.
pub(super) fn of_sec1(der: &[u8], curve: Option<ObjectIdentifier>) -> Option<PublicKey> {
    let key = sec1::EcPrivateKey::from_der(der).ok()?;
    let curve = curve.or_else(|| key.parameters.and_then(|parameters| parameters.named_curve()))?;
    let (name, _) = CURVES.iter().find(|(_, oid)| *oid == curve)?;
    ec(name, key.public_key?)
}

/// A point on a curve that SSH names so.
pub(super) fn ec(curve: &str, point: &[u8]) -> Option<PublicKey> {
    let (curve, _) = CURVES.iter().find(|(name, _)| *name == curve)?;
    (point.first() == Some(&4) && point.len() <= LONGEST).then(|| PublicKey::Ec { curve, point: point.to_vec() })
}

/// The public half of a PKCS #8 key.
pub(super) fn of_pkcs8(info: &PrivateKeyInfo<'_>) -> Option<PublicKey> {
    match info.algorithm.oid {
        RSA => of_pkcs1(info.private_key),
        EC => of_sec1(info.private_key, info.algorithm.parameters_oid().ok()),
        ED25519 => {
            let seed = OctetStringRef::from_der(info.private_key).ok()?;
            let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_bytes()).ok()?;
            Some(PublicKey::Ed25519(pair.public_key().as_ref().to_vec()))
        }
        _ => None,
    }
}

//! Keyed fingerprints: the same value has the same fingerprint within one installation, and nobody without
//! the key can test guesses against it.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

/// The installation's key for fingerprints. Its bytes cannot be read back and are wiped when it is dropped.
#[derive(Clone)]
pub struct FingerprintKey([u8; 32]);

impl FingerprintKey {
    /// A key of 32 bytes from the system's random source, or read back from where the installation keeps it.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn fingerprint(&self, value: &SecretValue) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC-SHA-256 takes a key of any length, so 32 bytes too");
        mac.update(value.bytes());
        HEXLOWER.encode(&mac.finalize().into_bytes())
    }
}

impl Drop for FingerprintKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FingerprintKey(…)")
    }
}

/// A secret's normalised value, on its way into a fingerprint. It has no `Debug`, `Display`, `Clone`,
/// `PartialEq` or `Serialize`, stays in this crate, and is wiped when it is dropped.
pub(crate) struct SecretValue(Zeroizing<Vec<u8>>);

impl SecretValue {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprint_is_hmac_sha_256_in_hex() {
        // RFC 4231 test case 2 has a short key; padding it with zeros to 32 bytes does not change an HMAC.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let value = SecretValue::new(b"what do ya want for nothing?".to_vec());
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(FingerprintKey::new(key).fingerprint(&value), expected);
    }

    #[test]
    fn another_key_gives_another_fingerprint() {
        let value = SecretValue::new(b"value".to_vec());
        let [one, two] = [1, 2].map(|byte| FingerprintKey::new([byte; 32]).fingerprint(&value));
        assert_ne!(one, two);
    }

    #[test]
    fn debug_does_not_show_the_key() {
        assert_eq!(format!("{:?}", FingerprintKey::new([65; 32])), "FingerprintKey(…)");
    }
}

//! The public half of a leaked private key, by which inventories know the key: its SSH fingerprint, the SHA-256 of its
//! public key, and the thumbprints of its certificates that stand beside it. Nothing secret is in what comes out.

mod certificate;
mod openssh;
mod public;

use crate::capture::normalised;
use crate::fingerprint::SecretValue;
use data_encoding::BASE64;
use pkcs1::der::Decode;
use public::PublicKey;
use std::ops::Range;
use zeroize::Zeroizing;

/// What a private key gives away without being used.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// As `ssh-keygen -l` writes it.
    pub(crate) ssh_fingerprint: Option<String>,
    /// SHA-256 of the DER `SubjectPublicKeyInfo`, in lower-case hexadecimal digits.
    pub(crate) public_key: Option<String>,
    /// SHA-1 thumbprints of its certificates, in lower-case hexadecimal digits.
    pub(crate) certificates: Vec<String>,
    /// Under what it is encrypted, when it opens with a passphrase only.
    pub(crate) encryption: Option<String>,
}

impl Facts {
    /// Reads the key in the PEM block at `value`. A key that cannot be read gives none.
    pub(crate) fn read(data: &[u8], value: &Range<usize>) -> Self {
        let block = &data[value.clone()];
        let Some(label) = label(block) else { return Self::default() };
        let body = normalised(block);
        if let Some(encryption) = legacy_encryption(&body) {
            return Self { encryption: Some(encryption), ..Self::default() };
        }
        let Ok(der) = BASE64.decode(body.bytes()).map(Zeroizing::new) else { return Self::default() };
        let (key, encryption) = match label {
            "RSA" => (public::of_pkcs1(&der), None),
            "EC" => (public::of_sec1(&der, None), None),
            "" => (pkcs8::PrivateKeyInfo::from_der(&der).ok().and_then(|info| public::of_pkcs8(&info)), None),
            "ENCRYPTED" => (None, Some("PKCS #8".to_owned())),
            "OPENSSH" => openssh::read(&der).map_or((None, None), |found| (found.key, found.cipher)),
            _ => (None, None),
        };
        let facts = key.as_ref().map(|key| Self::of(key, data, value)).unwrap_or_default();
        Self { encryption, ..facts }
    }

    fn of(key: &PublicKey, data: &[u8], value: &Range<usize>) -> Self {
        let info = key.subject_public_key_info();
        Self {
            ssh_fingerprint: Some(key.ssh_fingerprint()),
            certificates: info.as_deref().map(|info| certificate::beside(data, value, info)).unwrap_or_default(),
            public_key: info.as_deref().map(public::sha256_hex),
            encryption: None,
        }
    }

    /// Every form in which an inventory may know the key.
    pub(crate) fn public_halves(&self) -> impl Iterator<Item = &String> {
        self.ssh_fingerprint.iter().chain(&self.public_key).chain(&self.certificates)
    }
}

/// The word before `PRIVATE KEY`; empty for PKCS #8.
fn label(block: &[u8]) -> Option<&str> {
    let head = block.strip_prefix(b"-----BEGIN ")?;
    let end = head.windows(5).position(|window| window == b"-----")?;
    std::str::from_utf8(&head[..end]).ok()?.strip_suffix("PRIVATE KEY").map(str::trim_end)
}

/// The cipher of a block that is encrypted in the manner of old OpenSSL, which says so in headers before the body.
fn legacy_encryption(body: &SecretValue) -> Option<String> {
    let rest = body.bytes().strip_prefix(b"Proc-Type:4,ENCRYPTEDDEK-Info:")?;
    let cipher = rest.split(|&byte| byte == b',').next()?;
    Some(String::from_utf8_lossy(&cipher[..cipher.len().min(20)]).into_owned())
}

#[cfg(test)]
mod tests;

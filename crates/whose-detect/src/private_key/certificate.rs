//! The certificates that stand beside a private key in one file, as far as they are its own: a file often holds the
//! issuers' certificates too.

use crate::capture::normalised;
use data_encoding::{BASE64, HEXLOWER};
use regex::bytes::Regex;
use sha1::{Digest, Sha1};
use spki::der::{Decode, Encode};
use std::ops::Range;
use std::sync::LazyLock;
use x509_cert::Certificate;

/// How far from the key a certificate may stand, in bytes.
const NEAR: usize = 32 * 1024;
/// How many certificates are looked at.
const MANY: usize = 16;

static BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\\s]+-----END CERTIFICATE-----")
        .expect("a pattern that never changes compiles, as the tests show")
});

/// SHA-1 thumbprints of the certificates of this public key.
pub(super) fn beside(data: &[u8], key: &Range<usize>, info: &[u8]) -> Vec<String> {
    let near = key.start.saturating_sub(NEAR)..key.end.saturating_add(NEAR).min(data.len());
    let blocks = BLOCK.find_iter(&data[near]).take(MANY);
    let mut found: Vec<String> = blocks.filter_map(|block| thumbprint(block.as_bytes(), info)).collect();
    found.sort();
    found.dedup();
    found
}

fn thumbprint(block: &[u8], info: &[u8]) -> Option<String> {
    let der = BASE64.decode(normalised(block).bytes()).ok()?;
    let certificate = Certificate::from_der(&der).ok()?;
    let own = certificate.tbs_certificate.subject_public_key_info.to_der().ok()? == info;
    own.then(|| HEXLOWER.encode(&Sha1::digest(&der)))
}

//! The key format of OpenSSH, whose public half stands in clear even when the private one is encrypted.
//! <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key>

use super::public::{self, PublicKey};

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// What stands in clear.
pub(super) struct Clear {
    /// The public half, of a kind that is known.
    pub(super) key: Option<PublicKey>,
    /// The cipher and the way from passphrase to key, when it is encrypted.
    pub(super) cipher: Option<String>,
}

/// Reads it up to the public half. A file may hold several keys by its format; no tool writes more than one.
pub(super) fn read(bytes: &[u8]) -> Option<Clear> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let cipher = part(&mut rest)?;
    let derivation = part(&mut rest)?;
    part(&mut rest)?;
    rest = rest.strip_prefix(&1_u32.to_be_bytes())?;
    let key = public_key(part(&mut rest)?);
    let name = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
    let cipher = (cipher != b"none").then(|| format!("{} ({})", name(cipher), name(derivation)));
    Some(Clear { key, cipher })
}

fn public_key(mut blob: &[u8]) -> Option<PublicKey> {
    match part(&mut blob)? {
        b"ssh-rsa" => {
            let exponent = part(&mut blob)?;
            public::rsa(part(&mut blob)?, exponent)
        }
        b"ssh-ed25519" => {
            let key = part(&mut blob)?;
            (key.len() == 32).then(|| PublicKey::Ed25519(key.to_vec()))
        }
        kind if kind.starts_with(b"ecdsa-sha2-") => {
            let curve = std::str::from_utf8(part(&mut blob)?).ok()?;
            public::ec(curve, part(&mut blob)?)
        }
        _ => None,
    }
}

/// Takes the next part, which its length precedes.
fn part<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, behind) = rest.split_first_chunk::<4>()?;
    let (part, behind) = behind.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rest = behind;
    Some(part)
}

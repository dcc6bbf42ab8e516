//! Draws: every invented value comes from the seed and a label, so that one seed is one world and no
//! order of drawing matters.

use data_encoding::BASE64_NOPAD;

/// The alphabet of AWS ids: base 32 of RFC 4648.
pub(crate) const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The alphabet of most vendors' tokens.
pub(crate) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Decimal digits.
pub(crate) const DIGITS: &[u8] = b"0123456789";
/// Lower-case hexadecimal digits.
pub(crate) const HEX: &[u8] = b"0123456789abcdef";

/// The source of all that is invented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Draw {
    seed: u64,
}

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Bytes for a label; the same label gives the same bytes.
    pub(crate) fn bytes<const N: usize>(self, label: &str) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(label, &mut bytes);
        bytes
    }

    /// A number below `bound`.
    pub(crate) fn below(self, label: &str, bound: u64) -> u64 {
        u64::from_le_bytes(self.bytes(label)) % bound
    }

    /// A text of `length` characters of an alphabet.
    pub(crate) fn text(self, label: &str, alphabet: &[u8], length: usize) -> String {
        let mut bytes = vec![0; length];
        self.fill(label, &mut bytes);
        bytes.iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
    }

    /// Standard base 64 of `length` bytes, without padding.
    pub(crate) fn base64(self, label: &str, length: usize) -> String {
        let mut bytes = vec![0; length];
        self.fill(label, &mut bytes);
        BASE64_NOPAD.encode(&bytes)
    }

    fn fill(self, label: &str, bytes: &mut [u8]) {
        let mut hasher = blake3::Hasher::new_derive_key("whose-world 1 draw");
        hasher.update(&self.seed.to_le_bytes());
        hasher.update(label.as_bytes());
        hasher.finalize_xof().fill(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_depends_on_seed_and_label_alone() {
        let draw = Draw::new(1);
        assert_eq!(draw.text("a", BASE62, 30), draw.text("a", BASE62, 30));
        assert_ne!(draw.text("a", BASE62, 30), draw.text("b", BASE62, 30));
        assert_ne!(draw.text("a", BASE62, 30), Draw::new(2).text("a", BASE62, 30));
        assert!(draw.below("n", 7) < 7);
    }
}

//! Macaroons as PyPI issues them: a token that carries, signed but in the clear, whom it is of and what it is for.

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;
use zeroize::Zeroizing;

/// The kinds of field of a version 2 macaroon.
/// <https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt>
const END: u8 = 0;
const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const SIGNATURE: u8 = 6;

/// A PyPI token, taken apart.
pub(crate) struct Macaroon {
    /// The id of the token.
    pub(crate) identifier: String,
    /// What restricts it.
    pub(crate) caveats: Vec<Value>,
}

impl Macaroon {
    /// Reads a token, if all of it is of the form.
    pub(crate) fn read(token: &[u8]) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(token.strip_prefix(b"pypi-")?).ok()?);
        let mut rest = bytes.strip_prefix(&[2])?;
        field(&mut rest, LOCATION)?;
        let identifier = String::from_utf8(field(&mut rest, IDENTIFIER)?.to_vec()).ok()?;
        rest = rest.strip_prefix(&[END])?;
        let mut caveats = Vec::new();
        while rest.first() != Some(&END) {
            caveats.extend(serde_json::from_slice::<Value>(field(&mut rest, IDENTIFIER)?));
            rest = rest.strip_prefix(&[END])?;
        }
        rest = &rest[1..];
        let signed = field(&mut rest, SIGNATURE)?.len() == 32 && rest.is_empty();
        signed.then_some(Self { identifier, caveats })
    }

    /// The value of a caveat, by the number of its kind.
    /// <https://docs.pypi.org/api/secrets/>
    pub(crate) fn caveat(&self, kind: u64) -> Option<String> {
        let value = self.caveats.iter().find(|caveat| caveat[0] == kind)?.get(1)?;
        let words = |list: &Vec<Value>| list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
        value.as_str().map(str::to_owned).or_else(|| value.as_array().map(words))
    }
}

/// Takes a field of a kind off the front: its kind, its length, its bytes.
fn field<'b>(rest: &mut &'b [u8], kind: u8) -> Option<&'b [u8]> {
    let mut bytes = rest.strip_prefix(&[kind])?;
    let mut length = 0_usize;
    for shift in [0, 7, 14] {
        let (&byte, tail) = bytes.split_first()?;
        bytes = tail;
        length |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            let (taken, left) = bytes.split_at_checked(length)?;
            *rest = left;
            return Some(taken);
        }
    }
    None
}

/// A token of an index, for samples.
pub(crate) fn token(index: &str, identifier: &str, caveat: &str, signature: &[u8; 32]) -> String {
    let mut bytes = vec![2];
    for (kind, data) in [(LOCATION, index), (IDENTIFIER, identifier), (END, ""), (IDENTIFIER, caveat)] {
        bytes.push(kind);
        if kind != END {
            bytes.push(u8::try_from(data.len()).expect("the parts of a sample are short"));
            bytes.extend(data.as_bytes());
        }
    }
    bytes.extend([END, END, SIGNATURE, 32]);
    bytes.extend(signature);
    format!("pypi-{}", BASE64URL_NOPAD.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn token_tells_its_id_its_user_and_its_projects() {
        let made = token("pypi.org", "8e1ab2c0", r#"[1, ["acme", "acme-cli"]]"#, &[7; 32]);
        let read = Macaroon::read(made.as_bytes()).unwrap();
        assert_eq!((read.identifier.as_str(), read.caveat(1).as_deref()), ("8e1ab2c0", Some("acme, acme-cli")));
        let read = Macaroon::read(token("pypi.org", "x", r#"[3, "u-1"]"#, &[7; 32]).as_bytes()).unwrap();
        assert_eq!((read.caveat(3).as_deref(), read.caveat(1)), (Some("u-1"), None));
        assert!(Macaroon::read(&made.as_bytes()[..made.len() - 4]).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_fault(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            Macaroon::read(format!("pypi-{}", BASE64URL_NOPAD.encode(&[&[2, 1, 1, 65], bytes.as_slice()].concat())).as_bytes());
        }
    }
}

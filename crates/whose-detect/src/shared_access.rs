//! Azure shared access signatures: what their parameters say.

use percent_encoding::percent_decode_str;
use whose_model::Timestamp;

/// The parameters that say what it opens, until when, and who signed it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Signature {
    /// When it ends.
    pub(crate) expiry: Option<Timestamp>,
    /// What it allows, a letter for each.
    pub(crate) permissions: Option<String>,
    /// The object id of whoever signed it, when that was no account key.
    pub(crate) signer: Option<String>,
    /// That one's tenant.
    pub(crate) tenant: Option<String>,
}

impl Signature {
    /// Reads the query of a URL.
    pub(crate) fn read(value: &[u8]) -> Self {
        let text = String::from_utf8_lossy(value).replace("&amp;", "&");
        let parameter = |name: &str| {
            let found = text.split(['&', '?']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
            let decoded = percent_decode_str(found).decode_utf8().ok()?;
            decoded.bytes().all(|byte| byte.is_ascii_graphic()).then(|| decoded.into_owned())
        };
        let id = |name: &str| parameter(name).filter(|id| is_guid(id)).map(|id| id.to_ascii_lowercase());
        Self {
            expiry: parameter("se").as_deref().and_then(moment),
            permissions: parameter("sp"),
            signer: id("skoid"),
            tenant: id("sktid"),
        }
    }
}

/// A moment as the service takes it: a whole one, one without seconds, or the first of a day.
fn moment(text: &str) -> Option<Timestamp> {
    let day = || format!("{text}T00:00:00Z").parse();
    let minute = || format!("{}:00Z", text.strip_suffix('Z').unwrap_or(text)).parse();
    text.parse().or_else(|_| day()).or_else(|_| minute()).ok()
}

fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand;
    use proptest::prelude::*;

    #[test]
    fn expiry_permissions_and_signer_are_read() {
        let [signer, tenant] = [1, 2].map(|seed| expand("{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", seed).unwrap());
        let text = format!(
            "sv=2024-01-01&skoid={}&sktid={tenant}&se=2027-01-01T00%3A00%3A00Z&amp;sp=rl&sig=x",
            signer.to_uppercase()
        );
        let expected = Signature {
            expiry: Some("2027-01-01T00:00:00Z".parse().unwrap()),
            permissions: Some("rl".into()),
            signer: Some(signer),
            tenant: Some(tenant),
        };
        assert_eq!(Signature::read(text.as_bytes()), expected);
    }

    #[test]
    fn moments_are_read_in_every_form_that_the_service_takes() {
        let first = Some("2027-01-01T00:00:00Z".parse().unwrap());
        for text in ["2027-01-01T00:00:00Z", "2027-01-01T00:00Z", "2027-01-01", "2027-01-01T00:00:00.0000000Z"] {
            assert_eq!(moment(text), first, "{text}");
        }
        for text in ["", "soon", "2027-13-01", "Z"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_query_is_read_without_fault(text in "(s[a-z]{1,5}=[ -~]{0,40}&){0,6}") {
            let read = Signature::read(text.as_bytes());
            prop_assert!(read.signer.is_none_or(|id| is_guid(&id)));
        }
    }
}

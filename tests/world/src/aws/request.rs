//! One call as it came in: a form, with a signature whose form is checked but not its arithmetic.

use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// A recorded call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The operation, for example `ListAccessKeys`.
    pub action: String,
    /// The other fields of the form.
    pub params: BTreeMap<String, String>,
    /// The service that the signature names, for example `iam`; empty when there is no signature.
    pub service: String,
    /// The HTTP status of the reply.
    pub status: u16,
}

impl Request {
    /// Reads a form body.
    pub(crate) fn parse(body: &str, authorization: Option<&str>) -> Self {
        let text = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
        let mut params: BTreeMap<String, String> = body
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (text(key), text(value)))
            .collect();
        let action = params.remove("Action").unwrap_or_default();
        let service = authorization.and_then(signed_service).unwrap_or_default().into();
        Self { action, params, service, status: 0 }
    }

    /// One field of the form.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }

    /// The values of a list, `Name.member.1` and so on.
    pub(crate) fn members(&self, name: &str) -> Vec<&str> {
        let prefix = format!("{name}.member.");
        self.params.iter().filter(|(key, _)| key.starts_with(&prefix)).map(|(_, value)| value.as_str()).collect()
    }
}

/// The service of a Signature Version 4 header, when the header has that form.
pub(crate) fn signed_service(authorization: &str) -> Option<&str> {
    let fields = authorization.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let field = |name: &str| fields.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let signature = field("Signature")?;
    let signed = field("SignedHeaders")?;
    let scope: Vec<&str> = field("Credential")?.split('/').collect();
    let [_key, date, _region, service, "aws4_request"] = scope[..] else { return None };
    let hexadecimal = signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    let dated = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    let signs_host = signed.split(';').any(|header| header == "host");
    (hexadecimal && dated && signs_host).then_some(service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded() {
        let request = Request::parse(
            "Action=GetAccountAuthorizationDetails&Filter.member.1=User&Filter.member.2=Role&Marker=a%2Bb+c",
            None,
        );
        assert_eq!(request.action, "GetAccountAuthorizationDetails");
        assert_eq!(request.members("Filter"), ["User", "Role"]);
        assert_eq!(request.param("Marker"), Some("a+b c"));
    }

    #[test]
    fn only_a_signature_of_version_4_is_a_signature() {
        let header = |signature: &str| {
            format!(
                "AWS4-HMAC-SHA256 Credential=ID/20261124/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}"
            )
        };
        assert_eq!(signed_service(&header(&"0f".repeat(32))), Some("iam"));
        for wrong in [header("0f"), header("").replace("AWS4-HMAC-SHA256", "Bearer"), "Basic eDp5".into()] {
            assert_eq!(signed_service(&wrong), None, "{wrong}");
        }
    }
}

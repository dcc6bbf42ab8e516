//! Signing in: the token services, which never issued what is shown to them, and domain-wide delegation, which they
//! take as narrowly as Google does.

use super::estate::Directory;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

pub(super) const TOKEN_PATH: &str = "/v1/token";
const ACCOUNTS: &str = "/v1/projects/-/serviceAccounts/";
const DELEGATION_PATH: &str = "/token";
const USERS: &str = "https://www.googleapis.com/auth/admin.directory.user.readonly";
const TOKENS: &str = "https://www.googleapis.com/auth/admin.directory.user.security";

/// The two tokens: of the scanner, and of the scanner in the administrator's name.
pub(super) struct Tokens {
    pub(super) own: String,
}

impl Tokens {
    /// The token in the administrator's name.
    pub(super) fn delegated(&self) -> String {
        format!("{}.delegated", self.own)
    }

    /// The answer to a request for a token; `None`: it is none.
    pub(super) fn answer(&self, path: &str, bearer: Option<&str>, body: &[u8], of: &Directory) -> Option<(u16, Value)> {
        if path == TOKEN_PATH {
            let kind = "urn:ietf:params:oauth:token-type:access_token";
            return Some((200, self.given(&self.own, json!({"issued_token_type": kind}))));
        }
        if path == DELEGATION_PATH {
            return Some(self.delegate(body, of));
        }
        let (account, verb) = path.strip_prefix(ACCOUNTS)?.rsplit_once(':')?;
        if bearer != Some(&self.own) || account != of.delegate {
            return Some((403, json!({"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no"}})));
        }
        match verb {
            "generateAccessToken" => {
                Some((200, json!({"accessToken": self.own, "expireTime": "2099-01-01T00:00:00Z"})))
            }
            "signJwt" => {
                let asked: Value = serde_json::from_slice(body).unwrap_or_default();
                let payload = BASE64URL_NOPAD.encode(asked["payload"].as_str().unwrap_or_default().as_bytes());
                Some((200, json!({"keyId": "0", "signedJwt": format!("e30.{payload}.c2lnbmVk")})))
            }
            _ => None,
        }
    }

    /// A statement of the delegate, in the administrator's name and for the scopes that are allowed, is traded.
    fn delegate(&self, body: &[u8], of: &Directory) -> (u16, Value) {
        let form = String::from_utf8_lossy(body);
        let assertion = form.split('&').find_map(|pair| pair.strip_prefix("assertion=")).map(super::server::decoded);
        let payload = assertion.as_deref().and_then(|text| text.split('.').nth(1)).map(str::as_bytes);
        let claims = payload.and_then(|text| BASE64URL_NOPAD.decode(text).ok());
        let claims: Value = claims.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        let right = claims["iss"] == of.delegate.as_str()
            && claims["sub"] == of.admin.as_str()
            && claims["scope"] == format!("{USERS} {TOKENS}");
        if right {
            return (200, self.given(&self.delegated(), json!({})));
        }
        let words = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for \
                     any of the scopes requested.";
        (401, json!({"error": "unauthorized_client", "error_description": words}))
    }

    fn given(&self, token: &str, mut more: Value) -> Value {
        more["access_token"] = json!(token);
        more["token_type"] = json!("Bearer");
        more["expires_in"] = json!(3600);
        more
    }
}

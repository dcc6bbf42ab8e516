//! A GitHub App that signs in: its statements are verified by the public half of its key, and it gets tokens that
//! end, as GitHub gives them.

use crate::openssl::openssl;
use data_encoding::BASE64URL_NOPAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use std::io::Error;

/// The longest time for which GitHub takes a statement, with a minute for clocks that differ.
const LONGEST: i64 = 11 * 60;

/// An RSA key for an app.
pub struct GithubAppKey {
    /// The private half, in the PEM that GitHub gives out.
    pub private: String,
    /// The public half, as PKCS #1 in DER.
    pub public: Vec<u8>,
}

impl GithubAppKey {
    /// Makes a key with the program openssl: no key lies among the files of the project.
    ///
    /// # Errors
    /// When openssl is not there, or fails.
    pub fn generate() -> std::io::Result<Self> {
        let private = openssl(&["genrsa", "-traditional", "2048"], &[])?;
        let public = openssl(&["rsa", "-RSAPublicKey_out", "-outform", "DER"], &private)?;
        Ok(Self { private: String::from_utf8(private).map_err(Error::other)?, public })
    }
}

/// An app as the server knows it.
#[derive(Clone, Debug)]
pub(super) struct SigningApp {
    pub(super) id: String,
    pub(super) public: Vec<u8>,
    /// For how many seconds its tokens are valid.
    pub(super) lifetime: i64,
    /// The tokens that it was given, each with the second at which it ends.
    issued: Vec<(String, i64)>,
}

impl SigningApp {
    pub(super) fn new(id: &str, public: Vec<u8>, lifetime: i64) -> Self {
        Self { id: id.to_owned(), public, lifetime, issued: Vec::new() }
    }

    /// Whether a statement is this app's, and valid now.
    pub(super) fn takes(&self, statement: &str) -> bool {
        self.claims(statement).is_some_and(|claims| {
            let second = |name: &str| claims[name].as_i64().unwrap_or_default();
            let (from, until) = (second("iat"), second("exp"));
            claims["iss"] == json!(self.id) && from <= now() + 60 && now() < until && until - from <= LONGEST
        })
    }

    /// The claims of a statement that this app's key signed.
    fn claims(&self, statement: &str) -> Option<Value> {
        let (said, signature) = statement.rsplit_once('.')?;
        let (head, claims) = said.split_once('.')?;
        let decoded = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).ok();
        let head: Value = serde_json::from_slice(&decoded(head)?).ok()?;
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public);
        let signed = head["alg"] == "RS256" && key.verify(said.as_bytes(), &decoded(signature)?).is_ok();
        signed.then(|| serde_json::from_slice(&decoded(claims)?).ok())?
    }

    /// Gives out a token.
    pub(super) fn issue(&mut self) -> Value {
        let token = format!("{}_{}{:04}", "ghs", "installation-token-".repeat(2), self.issued.len());
        let until = now() + self.lifetime;
        self.issued.push((token.clone(), until));
        let until = jiff::Timestamp::from_second(until).unwrap_or(jiff::Timestamp::MAX);
        json!({"token": token, "expires_at": until, "permissions": {"metadata": "read"}, "repository_selection": "all"})
    }

    /// Whether a token was given out and has not ended.
    pub(super) fn has_issued(&self, token: &str) -> bool {
        self.issued.iter().any(|(issued, until)| issued == token && now() < *until)
    }

    /// Every token that was given out.
    pub(super) fn tokens(&self) -> Vec<String> {
        self.issued.iter().map(|(token, _)| token.clone()).collect()
    }
}

#[expect(clippy::disallowed_methods, reason = "tokens end by the clock, on this server as on GitHub's")]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

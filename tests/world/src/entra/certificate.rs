//! A certificate with which an application signs in: the statement that its key signs is verified by its public half,
//! and holds for one token endpoint, for some minutes and once, as Entra would have it.

use crate::openssl::openssl;
use data_encoding::BASE64URL_NOPAD;
use ring::digest::{SHA256, digest};
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Error;

/// Where the tokens of the global cloud are issued.
const AUTHORITY: &str = "https://login.microsoftonline.com";
/// The longest time for which a statement should hold, by Microsoft's page.
const LONGEST: i64 = 10 * 60;

/// An RSA key with a certificate for it.
#[derive(Clone, Debug)]
pub struct EntraCertificate {
    /// The private half, as PKCS #8 in PEM.
    pub private: String,
    /// The certificate in PEM.
    pub certificate: String,
    der: Vec<u8>,
    public: Vec<u8>,
}

impl EntraCertificate {
    /// Makes both with the program openssl.
    ///
    /// # Errors
    /// When openssl is not there, or fails.
    pub fn generate() -> std::io::Result<Self> {
        let private = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], &[])?;
        let request = ["req", "-x509", "-new", "-key", "/dev/stdin", "-subj", "/CN=whose-scanner", "-days", "30"];
        let certificate = openssl(&request, &private)?;
        let der = openssl(&["x509", "-outform", "DER"], &certificate)?;
        let public = openssl(&["rsa", "-RSAPublicKey_out", "-outform", "DER"], &private)?;
        let text = |bytes| String::from_utf8(bytes).map_err(Error::other);
        Ok(Self { private: text(private)?, certificate: text(certificate)?, der, public })
    }

    /// Key and certificate in one file, as the sign-in libraries take them.
    pub fn pem(&self) -> String {
        [self.private.as_str(), &self.certificate].concat()
    }

    /// The same file with the key under a passphrase.
    ///
    /// # Errors
    /// When openssl is not there, or fails.
    pub fn encrypted_pem(&self, passphrase: &str) -> std::io::Result<String> {
        let passphrase = format!("pass:{passphrase}");
        let key = openssl(&["pkcs8", "-topk8", "-passout", &passphrase], self.private.as_bytes())?;
        Ok([&String::from_utf8(key).map_err(Error::other)?, self.certificate.as_str()].concat())
    }

    /// Both as a PKCS #12 archive.
    ///
    /// # Errors
    /// When openssl is not there, or fails.
    pub fn pkcs12(&self, passphrase: &str) -> std::io::Result<Vec<u8>> {
        openssl(&["pkcs12", "-export", "-passout", &format!("pass:{passphrase}")], self.pem().as_bytes())
    }
}

/// The certificates of one application, and the statements that they were used for.
#[derive(Debug, Default)]
pub(super) struct Registered {
    certificates: Vec<EntraCertificate>,
    used: BTreeSet<String>,
}

impl Registered {
    pub(super) fn add(&mut self, certificate: EntraCertificate) {
        self.certificates.push(certificate);
    }

    /// Takes a statement that the application `app_id` signs in to `tenant`, or says what is wrong with it.
    pub(super) fn take(&mut self, statement: &str, tenant: &str, app_id: &str) -> Result<(), &'static str> {
        let claims = self.claims(statement).ok_or("AADSTS700027: The certificate or the signature is not known.")?;
        let second = |name: &str| claims[name].as_i64().unwrap_or_default();
        let (from, until) = (second("nbf"), second("exp"));
        if from > now() + 60 || until <= now() || until - from > LONGEST {
            return Err("AADSTS700024: Client assertion is not within its valid time range.");
        }
        if claims["aud"] != json!(format!("{AUTHORITY}/{tenant}/oauth2/v2.0/token")) {
            return Err("AADSTS700023: Client assertion audience claim does not match.");
        }
        if claims["iss"] != json!(app_id) || claims["sub"] != json!(app_id) {
            return Err("AADSTS700021: Client assertion application identifier does not match.");
        }
        let once = claims["jti"].as_str().is_some_and(|id| id.len() >= 16 && self.used.insert(id.to_owned()));
        if once { Ok(()) } else { Err("AADSTS700027: The client assertion was used before.") }
    }

    /// The claims of a statement that one of the certificates signed, which its header names by thumbprint.
    fn claims(&self, statement: &str) -> Option<Value> {
        let (said, signature) = statement.rsplit_once('.')?;
        let (head, claims) = said.split_once('.')?;
        let decoded = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).ok();
        let head: Value = serde_json::from_slice(&decoded(head)?).ok()?;
        let thumbprint = |one: &&EntraCertificate| {
            head["x5t#S256"] == json!(BASE64URL_NOPAD.encode(digest(&SHA256, &one.der).as_ref()))
        };
        let certificate = self.certificates.iter().find(thumbprint)?;
        let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &certificate.public);
        let signed = key.verify(said.as_bytes(), &decoded(signature)?).is_ok();
        (signed && head["alg"] == "PS256" && head["typ"] == "JWT")
            .then(|| serde_json::from_slice(&decoded(claims)?).ok())?
    }
}

#[expect(clippy::disallowed_methods, reason = "statements end by the clock, on this server as on Microsoft's")]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

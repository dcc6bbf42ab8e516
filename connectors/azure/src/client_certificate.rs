//! Signing in with a certificate: a statement that its private key signs takes the place of a secret. The key never
//! leaves this machine. Form: <https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials>

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_core::{Error, Result as LibraryResult};
use azure_identity::ClientAssertion;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::{SignedDuration, Timestamp};
use rustls::SignatureScheme;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};
use zeroize::Zeroizing;

/// A key with a chain of certificates is a few kilobytes.
const LARGEST_FILE: u64 = 1024 * 1024;
/// Microsoft asks for five to ten minutes at most; its clock may be behind ours.
const VALID_FOR: SignedDuration = SignedDuration::from_mins(8);
const BEHIND: SignedDuration = SignedDuration::from_mins(1);

/// What is wrong with a certificate file. Nothing of its content is in here: it holds a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The system's own words.
    Unreadable(String),
    TooLarge,
    Archive,
    NotPem,
    Encrypted,
    NoKey,
    NotRsa,
    NoCertificate,
    OthersKey,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable(why) => return write!(f, "it cannot be read: {why}"),
            Self::TooLarge => "it is larger than a megabyte",
            Self::Archive => "it is a binary file, such as a PKCS #12 archive (.pfx, .p12), and only PEM is read",
            Self::NotPem => "it is not a file in PEM",
            Self::Encrypted => "its private key is encrypted, and encrypted keys are not read",
            Self::NoKey => "it holds no private key that can be used",
            Self::NotRsa => "its private key is not an RSA key, and Entra takes no other",
            Self::NoCertificate => "it holds no certificate that can be read",
            Self::OthersKey => "none of its certificates was made for its private key",
        })
    }
}

impl Fault {
    /// What to do about it.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::TooLarge => {
                "Let AZURE_CLIENT_CERTIFICATE_PATH name a file that whose may read, with the private key and the \
                 certificate in PEM"
            }
            Self::Archive => {
                "Convert it with `openssl pkcs12 -in FILE.pfx -nodes -out FILE.pem`, keep the new file to yourself, and let \
                 AZURE_CLIENT_CERTIFICATE_PATH name it. AZURE_CLIENT_CERTIFICATE_PASSWORD is not used"
            }
            Self::Encrypted => {
                "Decrypt it with `openssl pkey -in FILE.pem -out KEY.pem`, put the certificate behind it in the same \
                 file, keep that to yourself, and let AZURE_CLIENT_CERTIFICATE_PATH name it. \
                 AZURE_CLIENT_CERTIFICATE_PASSWORD is not used"
            }
            Self::NotPem | Self::NoKey | Self::NoCertificate => {
                "Put both into the file that AZURE_CLIENT_CERTIFICATE_PATH names: the unencrypted private key (BEGIN \
                 PRIVATE KEY) and its certificate (BEGIN CERTIFICATE)"
            }
            Self::NotRsa => "Make an RSA key of 2048 bits or more with a certificate, and add it to the application",
            Self::OthersKey => {
                "Put the certificate that was made for this key into the file: `openssl x509 -pubkey -noout` and \
                 `openssl pkey -pubout` must print the same"
            }
        }
    }
}

/// A private key with its certificate, ready to sign.
pub(crate) struct ClientCertificate {
    key: Arc<dyn SigningKey>,
    /// The SHA-256 of the certificate, by which Entra finds it at the application.
    thumbprint: String,
}

impl ClientCertificate {
    /// Reads the file that `AZURE_CLIENT_CERTIFICATE_PATH` names.
    pub(crate) async fn open(path: &Path) -> Result<Self, Fault> {
        let unreadable = |error: std::io::Error| Fault::Unreadable(error.to_string());
        let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
        let mut content = Zeroizing::new(Vec::new());
        file.take(LARGEST_FILE + 1).read_to_end(&mut content).await.map_err(unreadable)?;
        if content.len() as u64 > LARGEST_FILE {
            return Err(Fault::TooLarge);
        }
        Self::read(&content)
    }

    fn read(content: &[u8]) -> Result<Self, Fault> {
        let holds = |text: &str| content.windows(text.len()).any(|part| part == text.as_bytes());
        if !holds("-----BEGIN ") {
            let binary = content.iter().any(|byte| *byte == 0 || *byte >= 0x80);
            return Err(if binary { Fault::Archive } else { Fault::NotPem });
        }
        if holds("-----BEGIN ENCRYPTED PRIVATE KEY") || holds("Proc-Type: 4,ENCRYPTED") {
            return Err(Fault::Encrypted);
        }
        let key = PrivateKeyDer::from_pem_slice(content).map_err(|_| Fault::NoKey)?;
        let key = rustls::crypto::ring::sign::any_supported_type(&key).map_err(|_| Fault::NoKey)?;
        if key.choose_scheme(&[SignatureScheme::RSA_PSS_SHA256]).is_none() {
            return Err(Fault::NotRsa);
        }
        let public = key.public_key().ok_or(Fault::NoKey)?;
        let mut some = false;
        for certificate in CertificateDer::pem_slice_iter(content).flatten() {
            let Some(certified) = public_key(&certificate) else { continue };
            some = true;
            if certified == public.as_ref() {
                let thumbprint = BASE64URL_NOPAD.encode(&Sha256::digest(&certificate));
                return Ok(Self { key, thumbprint });
            }
        }
        Err(if some { Fault::OthersKey } else { Fault::NoCertificate })
    }

    /// The statement that its holder is the application `app_id`, for one token endpoint and some minutes from `now`.
    fn statement(&self, app_id: &str, endpoint: &str, now: Timestamp) -> Option<String> {
        let mut id = [0u8; 16];
        getrandom::fill(&mut id).ok()?;
        let head = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint});
        let claims = json!({
            "aud": endpoint,
            "iss": app_id,
            "sub": app_id,
            "jti": HEXLOWER.encode(&id),
            "nbf": (now - BEHIND).as_second(),
            "iat": now.as_second(),
            "exp": (now + VALID_FOR).as_second(),
        });
        let part = |value: serde_json::Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let said = [part(head), part(claims)].join(".");
        let signature = self.key.choose_scheme(&[SignatureScheme::RSA_PSS_SHA256])?.sign(said.as_bytes()).ok()?;
        Some(format!("{said}.{}", BASE64URL_NOPAD.encode(&signature)))
    }
}

/// The public key of a certificate, as DER `SubjectPublicKeyInfo`.
fn public_key(certificate: &[u8]) -> Option<Vec<u8>> {
    Certificate::from_der(certificate).ok()?.tbs_certificate.subject_public_key_info.to_der().ok()
}

/// The statements of one application for one token endpoint, a new one for each token.
pub(crate) struct Statements {
    pub(crate) certificate: ClientCertificate,
    pub(crate) app_id: String,
    /// The address that stands in the statements, also when the requests go somewhere else.
    pub(crate) endpoint: String,
}

impl fmt::Debug for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = (&self.app_id, &self.endpoint, &self.certificate.thumbprint);
        write!(f, "Statements{shown:?}")
    }
}

#[async_trait]
impl ClientAssertion for Statements {
    #[expect(
        clippy::disallowed_methods,
        reason = "a statement is valid from when it is made, whatever the scan is as of"
    )]
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> LibraryResult<String> {
        let statement = self.certificate.statement(&self.app_id, &self.endpoint, Timestamp::now());
        statement.ok_or_else(|| Error::with_message(ErrorKind::Credential, "the private key does not sign"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use whose_world::EntraCertificate;

    fn check(content: &[u8], expected: &Fault) {
        let Err(fault) = ClientCertificate::read(content) else { panic!("it was taken; expected {expected:?}") };
        assert_eq!(&fault, expected);
        assert!(!fault.to_string().is_empty() && !fault.remedy().is_empty());
    }

    #[test]
    fn each_unusable_file_is_told_apart() {
        let (one, other) = (EntraCertificate::generate().unwrap(), EntraCertificate::generate().unwrap());
        let phrase = "of-the-test";
        check(one.encrypted_pem(phrase).unwrap().as_bytes(), &Fault::Encrypted);
        check(&one.pkcs12(phrase).unwrap(), &Fault::Archive);
        check([one.private.as_str(), &other.certificate].concat().as_bytes(), &Fault::OthersKey);
        check(one.private.as_bytes(), &Fault::NoCertificate);
        check(one.certificate.as_bytes(), &Fault::NoKey);
        check(&one.pem().as_bytes()[..one.private.len() / 2], &Fault::NoKey);
        check(&one.pem().as_bytes()[..one.private.len() + 200], &Fault::NoCertificate);
        check(b"", &Fault::NotPem);
        check(b"a note, and no key", &Fault::NotPem);
        let elliptic = rcgen::generate_simple_self_signed(["whose".to_owned()]).unwrap();
        let elliptic = [elliptic.signing_key.serialize_pem(), elliptic.cert.pem()].concat();
        check(elliptic.as_bytes(), &Fault::NotRsa);
    }

    #[test]
    fn the_certificate_of_the_key_is_found_in_a_chain_and_in_any_order() {
        let (one, issuer) = (EntraCertificate::generate().unwrap(), EntraCertificate::generate().unwrap());
        let thumbprint = ClientCertificate::read(one.pem().as_bytes()).unwrap().thumbprint;
        let chain = [issuer.certificate.as_str(), &one.certificate, &one.private].concat();
        assert_eq!(ClientCertificate::read(chain.as_bytes()).unwrap().thumbprint, thumbprint);
        assert_eq!(thumbprint.len(), 43);
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_or_never_ends_is_a_fault() {
        let missing = ClientCertificate::open(Path::new("/nowhere/at-all.pem")).await;
        assert!(matches!(missing, Err(Fault::Unreadable(_))));
        let endless = ClientCertificate::open(Path::new("/dev/zero")).await;
        assert!(matches!(endless, Err(Fault::TooLarge)));
    }
}

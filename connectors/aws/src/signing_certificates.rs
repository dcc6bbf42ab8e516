//! `iam:ListSigningCertificates`: X.509 certificates with which users sign old APIs. Asked only for users
//! of whom the credential report says that they hold one.

use crate::failure::{call_error, is_gone};
use crate::ids::ROOT;
use crate::session::Session;
use crate::wire::{state, timestamp};
use async_trait::async_trait;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{CredentialDetail, CredentialKind, Edge, EdgeKind, Facet, LastUsed, Node, Usage, What};
use x509_cert::Certificate;
use x509_cert::der::{DecodePem, Encode};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html>
const LIST_SIGNING_CERTIFICATES: ApiCall = ApiCall::read(
    "iam:ListSigningCertificates",
    "iam:ListSigningCertificates",
    "Reads signing certificates and their ids. One call for each user who holds one.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "signing-certificates",
    title: "signing certificates",
    provides: &[Facet::Credentials],
    types: &["signing-certificate"],
    calls: &[LIST_SIGNING_CERTIFICATES],
    switched_on_by: None,
};

/// The listing.
pub(crate) struct SigningCertificates;

#[async_trait]
impl Collector<Session> for SigningCertificates {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let call = LIST_SIGNING_CERTIFICATES;
        let Some(report) = session.report.get() else {
            let reason = "not asked: the credential report, which tells who holds a certificate, was not read";
            return Err(CallError::new(call, FailureKind::Other, reason));
        };
        for (user, _) in report.rows.iter().filter(|(_, row)| row.holds_certificate()) {
            let identity = session.account.user(user);
            // Nobody can list the root user's certificates; the report's own row stands for them.
            if identity.local() == ROOT {
                continue;
            }
            // A user holds at most two, so there is no second page.
            let answer = match session.iam.list_signing_certificates().user_name(user).send().await {
                Ok(answer) => answer,
                Err(error) if is_gone(&error) => continue,
                Err(error) => {
                    out.failed_for(&call_error(call, error), identity);
                    continue;
                }
            };
            for certificate in answer.certificates() {
                let id = session.account.thing(TYPE, certificate.certificate_id());
                let mut detail = CredentialDetail::new(CredentialKind::Certificate);
                detail.public_key = public_key(certificate.certificate_body());
                let mut node = Node::new(id.clone(), What::Credential(detail), TYPE, certificate.certificate_id());
                node.scope = Some(session.account.scope());
                node.state = state(certificate.status());
                node.created = certificate.upload_date().and_then(timestamp);
                node.last_used = Some(LastUsed {
                    usage: Usage::NotCollected,
                    horizon: None,
                    source: "AWS does not tell the last use of signing certificates".into(),
                    what: None,
                });
                out.node(node).await;
                out.edge(Edge::stated(id, EdgeKind::AuthenticatesAs, identity.clone())).await;
            }
        }
        Ok(())
    }
}

const TYPE: &str = "signing-certificate";

/// The SHA-256 of the certificate's public key, with which a leaked private key is compared. `None`: the text is no
/// certificate.
fn public_key(body: &str) -> Option<String> {
    let certificate = Certificate::from_pem(body.trim()).ok()?;
    let key = certificate.tbs_certificate.subject_public_key_info.to_der().ok()?;
    Some(HEXLOWER.encode(&Sha256::digest(&key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, PublicKeyData};

    #[test]
    fn a_certificate_is_known_by_its_public_key() {
        let pair = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["signer.test".into()]).unwrap().self_signed(&pair).unwrap();
        let expected = HEXLOWER.encode(&Sha256::digest(pair.subject_public_key_info()));
        assert_eq!(public_key(&format!("\n{}\n", certificate.pem())), Some(expected));
        for text in ["", "not needed", &pair.serialize_pem(), &certificate.pem()[..200]] {
            assert_eq!(public_key(text), None, "{text}");
        }
    }
}

//! `iam:ListSigningCertificates`: X.509 certificates with which users sign old APIs. Asked only for users
//! of whom the credential report says that they hold one.

use crate::failure::{call_error, is_gone};
use crate::ids::ROOT;
use crate::session::Session;
use crate::wire::{state, timestamp};
use async_trait::async_trait;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{CredentialDetail, CredentialKind, Edge, EdgeKind, Facet, LastUsed, Node, Usage, What};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html>
const LIST_SIGNING_CERTIFICATES: ApiCall = ApiCall::read(
    "iam:ListSigningCertificates",
    "iam:ListSigningCertificates",
    "Reads the ids of signing certificates. One call for each user who holds one.",
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
                let detail = What::Credential(CredentialDetail::new(CredentialKind::Certificate));
                let mut node = Node::new(id.clone(), detail, TYPE, certificate.certificate_id());
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

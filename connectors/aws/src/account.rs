//! The account itself: its alias, and what the account summary says of the root user. The credential report
//! says more of the root user, where it was read and has a row for it.

use crate::credential_report::root_key;
use crate::failure::call_error;
use crate::ids::ROOT;
use crate::session::Session;
use async_trait::async_trait;
use aws_sdk_iam::types::SummaryKeyType;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Edge, EdgeKind, IdentityDetail, LastUsed, Node, State, Usage, What};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html>
const LIST_ACCOUNT_ALIASES: ApiCall = ApiCall::read(
    "iam:ListAccountAliases",
    "iam:ListAccountAliases",
    "Reads the name that people know the account by.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html",
);

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>
const GET_ACCOUNT_SUMMARY: ApiCall = ApiCall::read(
    "iam:GetAccountSummary",
    "iam:GetAccountSummary",
    "Tells whether the root user has access keys and a second factor, also without the credential report.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "account",
    title: "the account and its root user",
    provides: &[],
    types: &[],
    calls: &[LIST_ACCOUNT_ALIASES, GET_ACCOUNT_SUMMARY],
    switched_on_by: None,
};

/// The listing.
pub(crate) struct AccountFacts;

#[async_trait]
impl Collector<Session> for AccountFacts {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let account = &session.account;
        let alias = match session.iam.list_account_aliases().send().await {
            // An account has at most one.
            Ok(answer) => answer.account_aliases().first().cloned(),
            Err(error) => {
                out.failed(&call_error(LIST_ACCOUNT_ALIASES, error));
                None
            }
        };
        let name = alias.as_deref().unwrap_or(&account.id);
        let mut node = Node::new(account.scope(), What::Scope, "account", name);
        node.native_id = Some(account.id.clone());
        node.address = Some(account.root_arn());
        node.state = State::Enabled;
        out.node(node).await;

        let summary = session.iam.get_account_summary().send().await;
        let summary = summary.map_err(|error| call_error(GET_ACCOUNT_SUMMARY, error))?;
        let count = |key: SummaryKeyType| summary.summary_map().and_then(|map| map.get(&key)).copied();
        observe_root(session, count(SummaryKeyType::AccountMfaEnabled).map(|count| count > 0), out).await;
        let keys = count(SummaryKeyType::AccountAccessKeysPresent).unwrap_or_default();
        if keys > 0 && !report_knows_root(session) {
            observe_root_key(session, out).await;
        }
        Ok(())
    }
}

async fn observe_root(session: &Session, mfa: Option<bool>, out: &mut Recorder) {
    let detail = IdentityDetail { root: true, mfa, ..IdentityDetail::default() };
    let id = session.account.user(ROOT);
    let mut node = Node::new(id, What::Identity(Box::new(detail)), "iam-user", ROOT);
    node.scope = Some(session.account.scope());
    node.address = Some(session.account.root_arn());
    node.state = State::Enabled;
    out.node(node).await;
}

/// The summary says that there is a key, and nothing else of it: not even that it is switched on.
async fn observe_root_key(session: &Session, out: &mut Recorder) {
    let mut node = root_key(1, &session.account);
    node.last_used = Some(LastUsed {
        usage: Usage::NotCollected,
        horizon: None,
        source: GET_ACCOUNT_SUMMARY.name.into(),
        what: None,
    });
    let edge = Edge::stated(node.id.clone(), EdgeKind::AuthenticatesAs, session.account.user(ROOT));
    out.node(node).await;
    out.edge(edge).await;
}

fn report_knows_root(session: &Session) -> bool {
    session.report.get().is_some_and(|report| report.rows.keys().any(|name| session.account.user(name).local() == ROOT))
}

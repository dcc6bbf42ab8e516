//! From the report's rows to nodes: users, passwords, and what the root user holds.

use super::GET_CREDENTIAL_REPORT;
use super::parse::{Report, Row, Slot};
use crate::ids::{Account, ROOT};
use whose_connect::Recorder;
use whose_model::{
    CredentialDetail, CredentialKind, Edge, EdgeKind, IdentityDetail, LastUsed, Node, NodeId, State, Timestamp, Usage,
    What,
};

/// Since when AWS keeps the last use of access keys, in seconds of the epoch: 22 April 2015.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html>
const KEYS_TRACKED_SINCE: i64 = 1_429_660_800;
/// Since when AWS keeps the last use of passwords: 20 October 2014.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html>
const PASSWORDS_TRACKED_SINCE: i64 = 1_413_763_200;

/// Hands on every row.
pub(super) async fn observe(report: &Report, account: &Account, out: &mut Recorder) {
    for (name, row) in &report.rows {
        let id = account.user(name);
        let root = id.local() == ROOT;
        out.node(user(name, row, id.clone(), root, account)).await;
        if let Some(node) = password(name, row, account) {
            authenticates(node, &id, out).await;
        }
        if root {
            observe_root(row, &id, account, out).await;
        }
    }
}

async fn authenticates(node: Node, identity: &NodeId, out: &mut Recorder) {
    let edge = Edge::stated(node.id.clone(), EdgeKind::AuthenticatesAs, identity.clone());
    out.node(node).await;
    out.edge(edge).await;
}

fn user(name: &str, row: &Row, id: NodeId, root: bool, account: &Account) -> Node {
    let detail = IdentityDetail { root, mfa: row.mfa, ..IdentityDetail::default() };
    let name = if root { ROOT } else { name };
    let mut node = Node::new(id, What::Identity(Box::new(detail)), "iam-user", name);
    node.address = if root { Some(account.root_arn()) } else { row.arn.clone() };
    node.scope = Some(account.scope());
    node.state = State::Enabled;
    node.created = row.created;
    node.last_used = Some(user_use(row));
    node
}

/// A user is used when its password or one of its keys is.
fn user_use(row: &Row) -> LastUsed {
    let password = used(row.password_used, PASSWORDS_TRACKED_SINCE, Some("console sign-in".into()));
    let keys = row.keys.iter().flatten().map(slot_use);
    let mut all = keys.fold(password, LastUsed::later_of);
    // The later beginning of the two records is what both can speak for.
    all.horizon = tracked_since(KEYS_TRACKED_SINCE);
    all
}

/// When the key in a slot was last used.
pub(crate) fn slot_use(slot: &Slot) -> LastUsed {
    used(slot.used, KEYS_TRACKED_SINCE, slot.what.clone())
}

fn used(at: Option<Timestamp>, since: i64, what: Option<String>) -> LastUsed {
    LastUsed {
        usage: at.map_or(Usage::Never, Usage::At),
        horizon: tracked_since(since),
        source: GET_CREDENTIAL_REPORT.name.into(),
        what: at.and(what),
    }
}

fn tracked_since(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

fn password(name: &str, row: &Row, account: &Account) -> Option<Node> {
    let password = row.password.as_ref()?;
    let detail = CredentialDetail {
        rotated: password.changed,
        expires: password.next_rotation,
        ..CredentialDetail::new(CredentialKind::Password)
    };
    let id = account.principal("console-password", name);
    let mut node = Node::new(id, What::Credential(detail), "console-password", name);
    node.scope = Some(account.scope());
    node.state = State::Enabled;
    node.last_used = Some(used(row.password_used, PASSWORDS_TRACKED_SINCE, Some("console sign-in".into())));
    Some(node)
}

/// Keys and certificates of the root user. No call lists their ids, so the place that holds them is their id.
async fn observe_root(row: &Row, root: &NodeId, account: &Account, out: &mut Recorder) {
    for (number, slot) in (1..).zip(&row.keys) {
        let Some(slot) = slot else { continue };
        let mut node = root_key(number, account);
        node.state = if slot.active { State::Enabled } else { State::Disabled };
        node.created = slot.rotated;
        node.last_used = Some(slot_use(slot));
        authenticates(node, root, out).await;
    }
    for (number, certificate) in (1..).zip(&row.certificates) {
        let Some(certificate) = certificate else { continue };
        let detail = CredentialDetail::new(CredentialKind::Certificate);
        let id = account.thing("signing-certificate", &format!("{ROOT}/{number}"));
        let name = format!("{number} of the root user");
        let mut node = Node::new(id, What::Credential(detail), "signing-certificate", &name);
        node.scope = Some(account.scope());
        node.state = if certificate.active { State::Enabled } else { State::Disabled };
        node.created = certificate.rotated;
        authenticates(node, root, out).await;
    }
}

/// An access key of the root user, of which only the place is known.
pub(crate) fn root_key(number: u8, account: &Account) -> Node {
    let id = account.thing("root-access-key", &number.to_string());
    let detail = What::Credential(CredentialDetail::new(CredentialKind::AccessKey));
    let mut node = Node::new(id, detail, "root-access-key", &format!("{number} of the root user"));
    node.scope = Some(account.scope());
    node
}

//! `iam:GetAccountAuthorizationDetails`: users, groups, roles and policies of the whole account, a thousand
//! a page. The one bulk call that most of the rest is joined to.

use crate::failure::call_error;
use crate::grants::{self, Holder};
use crate::ids::Account;
use crate::session::{KnownUsers, Session};
use crate::wire::{tags, timestamp};
use async_trait::async_trait;
use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;
use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, EntityType, GroupDetail, ManagedPolicyDetail, RoleDetail, UserDetail,
};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Pages, Recorder};
use whose_model::{
    Class, Classified, ConditionClass, Edge, EdgeKind, Effect, Facet, IdentityDetail, LastUsed, Node, NodeId,
    Principal, State, Timestamp, Usage, What,
};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>
const GET_ACCOUNT_AUTHORIZATION_DETAILS: ApiCall = ApiCall::read(
    "iam:GetAccountAuthorizationDetails",
    "iam:GetAccountAuthorizationDetails",
    "Reads users, groups, roles and policies, with tags, trust policies, boundaries and the last use of roles.",
    "https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "authorization-details",
    title: "users, groups, roles and policies",
    provides: &[Facet::Identities, Facet::IdentityUse, Facet::Grants, Facet::Trusts, Facet::OwnerSignals],
    types: &[],
    calls: &[GET_ACCOUNT_AUTHORIZATION_DETAILS],
    switched_on_by: None,
};

const CALL: ApiCall = GET_ACCOUNT_AUTHORIZATION_DETAILS;
const PAGE_SIZE: i32 = 1000;
/// The quotas of IAM allow some ten thousand things in an account; this is a hundred times that.
const MOST_PAGES: usize = 10_000;

/// AWS keeps the last use of a role for 400 days.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html>
const ROLE_USE_HORIZON: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The listing.
pub(crate) struct AuthorizationDetails;

#[async_trait]
impl Collector<Session> for AuthorizationDetails {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let horizon = session.as_of.checked_sub(ROLE_USE_HORIZON).ok();
        if let Some(horizon) = horizon {
            out.horizon(horizon);
        }
        let mut reading = Reading { horizon, ..Reading::new(&session.account) };
        let outcome = pages(session, &mut reading, out).await;
        // What was read stays, also when a later page failed.
        let users = KnownUsers { names: std::mem::take(&mut reading.users), complete: outcome.is_ok() };
        session.users.get_or_init(|| users);
        reading.observe_provided(outcome.is_ok(), out).await;
        outcome
    }
}

async fn pages(session: &Session, reading: &mut Reading<'_>, out: &mut Recorder) -> Result<(), CallError> {
    let mut pages = Pages::new(MOST_PAGES);
    let mut marker = None;
    loop {
        let page = fetch(session, marker.take()).await?;
        reading.observe(&page, out).await;
        out.progress(INFO.title);
        let next = pages.turn(page.is_truncated(), page.marker());
        marker = next.map_err(|fault| CallError::new(CALL, FailureKind::Malformed, &fault.to_string()))?;
        if marker.is_none() {
            return Ok(());
        }
    }
}

async fn fetch(session: &Session, marker: Option<String>) -> Result<GetAccountAuthorizationDetailsOutput, CallError> {
    session
        .iam
        .get_account_authorization_details()
        .filter(EntityType::User)
        .filter(EntityType::Group)
        .filter(EntityType::Role)
        .filter(EntityType::LocalManagedPolicy)
        .filter(EntityType::AwsManagedPolicy)
        .max_items(PAGE_SIZE)
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| call_error(CALL, error))
}

/// What is known in the midst of the pages.
struct Reading<'a> {
    account: &'a Account,
    horizon: Option<Timestamp>,
    users: Vec<String>,
    /// The policies that somebody holds or is bounded by.
    attached: BTreeSet<String>,
    /// AWS's own policies by ARN. Some servers return all thousand of them; only those in use are of interest, and
    /// which these are is known at the end.
    provided: BTreeMap<String, Node>,
    /// The account's own policies that were seen.
    own: BTreeSet<String>,
}

impl<'a> Reading<'a> {
    fn new(account: &'a Account) -> Self {
        Self {
            account,
            horizon: None,
            users: Vec::new(),
            attached: BTreeSet::new(),
            provided: BTreeMap::new(),
            own: BTreeSet::new(),
        }
    }

    async fn observe(&mut self, page: &GetAccountAuthorizationDetailsOutput, out: &mut Recorder) {
        for user in page.user_detail_list() {
            self.observe_user(user, out).await;
        }
        for group in page.group_detail_list() {
            self.observe_group(group, out).await;
        }
        for role in page.role_detail_list() {
            self.observe_role(role, out).await;
        }
        for policy in page.policies() {
            self.observe_policy(policy, out).await;
        }
    }

    async fn observe_user(&mut self, user: &UserDetail, out: &mut Recorder) {
        let Some(name) = user.user_name() else { return self.nameless("user", out) };
        let id = self.account.principal("iam-user", name);
        self.users.push(name.into());
        let boundary = self.boundary(user.permissions_boundary());
        let detail = IdentityDetail { boundary, ..IdentityDetail::default() };
        let mut node = Node::new(id.clone(), What::Identity(Box::new(detail)), "iam-user", name);
        node.native_id = user.user_id().map(Into::into);
        node.address = user.arn().map(Into::into);
        node.scope = Some(self.account.scope());
        node.state = State::Enabled;
        node.created = user.create_date().and_then(timestamp);
        node.tags = tags(user.tags());
        out.node(node).await;
        for group in user.group_list() {
            out.edge(Edge::stated(id.clone(), EdgeKind::MemberOf, self.account.principal("iam-group", group))).await;
        }
        let holder = Holder { id: &id, kind: "user", name };
        grants::observe_inline(CALL, user.user_policy_list(), &holder, self.account, out).await;
        self.attach(grants::observe_attached(user.attached_managed_policies(), &holder, self.account, out).await);
    }

    async fn observe_group(&mut self, group: &GroupDetail, out: &mut Recorder) {
        let Some(name) = group.group_name() else { return self.nameless("group", out) };
        let id = self.account.principal("iam-group", name);
        let mut node = Node::new(id.clone(), What::Group, "iam-group", name);
        node.native_id = group.group_id().map(Into::into);
        node.address = group.arn().map(Into::into);
        node.scope = Some(self.account.scope());
        node.state = State::Enabled;
        node.created = group.create_date().and_then(timestamp);
        out.node(node).await;
        let holder = Holder { id: &id, kind: "group", name };
        grants::observe_inline(CALL, group.group_policy_list(), &holder, self.account, out).await;
        self.attach(grants::observe_attached(group.attached_managed_policies(), &holder, self.account, out).await);
    }

    async fn observe_role(&mut self, role: &RoleDetail, out: &mut Recorder) {
        let Some(name) = role.role_name() else { return self.nameless("role", out) };
        let id = self.account.principal("iam-role", name);
        let trust = grants::statements(CALL, role.assume_role_policy_document(), &id, self.account, out);
        let trust = trust.unwrap_or_default();
        let (class, provider_managed) = role_class(role.path().unwrap_or_default(), role.arn().unwrap_or_default());
        let detail = IdentityDetail {
            class,
            provider_managed,
            boundary: self.boundary(role.permissions_boundary()),
            trust_policy: trust,
            ..IdentityDetail::default()
        };
        for edge in federation(&id, &detail) {
            out.edge(edge).await;
        }
        let mut node = Node::new(id.clone(), What::Identity(Box::new(detail)), "iam-role", name);
        node.native_id = role.role_id().map(Into::into);
        node.address = role.arn().map(Into::into);
        node.scope = Some(self.account.scope());
        node.state = State::Enabled;
        node.created = role.create_date().and_then(timestamp);
        node.last_used = Some(self.role_use(role));
        node.tags = tags(role.tags());
        out.node(node).await;
        let holder = Holder { id: &id, kind: "role", name };
        grants::observe_inline(CALL, role.role_policy_list(), &holder, self.account, out).await;
        self.attach(grants::observe_attached(role.attached_managed_policies(), &holder, self.account, out).await);
    }

    async fn observe_policy(&mut self, policy: &ManagedPolicyDetail, out: &mut Recorder) {
        let Some(arn) = policy.arn() else { return self.nameless("policy", out) };
        let Some(node) = grants::managed(CALL, policy, self.account, out) else { return };
        if grants::is_provided(arn) {
            self.provided.insert(arn.into(), node);
        } else {
            self.own.insert(arn.into());
            out.node(node).await;
        }
    }

    /// AWS's own policies that are in use. A policy in use that the whole answer did not hold is a gap of its own.
    async fn observe_provided(&mut self, whole: bool, out: &mut Recorder) {
        for arn in std::mem::take(&mut self.attached) {
            if let Some(node) = self.provided.remove(&arn) {
                out.node(node).await;
            } else if whole && !self.own.contains(&arn) {
                let node = grants::managed_node(&arn, self.account, None);
                let reason = format!("the answer names the policy {arn} as attached and does not hold it");
                out.failed_for(&CallError::new(CALL, FailureKind::Malformed, &reason), node.id.clone());
                out.node(node).await;
            }
        }
    }

    fn attach(&mut self, arns: Vec<String>) {
        self.attached.extend(arns);
    }

    fn boundary(&mut self, boundary: Option<&AttachedPermissionsBoundary>) -> Option<NodeId> {
        let arn = boundary?.permissions_boundary_arn()?;
        self.attached.insert(arn.into());
        Some(self.account.policy(arn))
    }

    fn role_use(&self, role: &RoleDetail) -> LastUsed {
        let used = role.role_last_used();
        let at = used.and_then(|used| used.last_used_date()).and_then(timestamp);
        LastUsed {
            usage: at.map_or(Usage::Never, Usage::At),
            horizon: self.horizon,
            source: CALL.name.into(),
            what: used.and_then(|used| used.region()).map(|region| format!("in {region}")),
        }
    }

    fn nameless(&self, kind: &str, out: &mut Recorder) {
        out.failed(&CallError::new(CALL, FailureKind::Malformed, &format!("the answer holds a {kind} without a name")));
    }
}

/// What AWS itself says of a role by its path.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
fn role_class(path: &str, arn: &str) -> (Option<Classified>, bool) {
    // Some servers leave the path out; the ARN holds it as well.
    let within = |prefix: &str| path.starts_with(prefix) || arn.contains(&format!(":role{prefix}"));
    let said = |class, reason: &str| Some(Classified { class, reasons: vec![reason.into()] });
    if within("/aws-service-role/") {
        (said(Class::NonHuman, "a service-linked role, which only an AWS service can assume"), true)
    } else if within("/aws-reserved/sso.amazonaws.com/") {
        // IAM Identity Center makes and keeps these, but who gets them is the customer's choice.
        (said(Class::Human, "a role of IAM Identity Center, with which people sign in"), false)
    } else {
        (None, false)
    }
}

/// The edges from identity providers to a role that trusts them.
fn federation(role: &NodeId, detail: &IdentityDetail) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (index, statement) in detail.trust_policy.iter().enumerate() {
        if statement.effect != Effect::Allow {
            continue;
        }
        for principal in &statement.principals {
            let Principal::Federated(trust) = principal else { continue };
            let mut edge = Edge::stated(trust.clone(), EdgeKind::FederatesTo, role.clone());
            edge.qualifier = statement.sid.clone().unwrap_or_else(|| index.to_string());
            if !statement.conditions.is_empty() {
                edge.condition = ConditionClass::External;
            }
            edges.push(edge);
        }
    }
    edges
}

//! `tokens.list` of the Admin SDK: which applications people let act in their names, and with which scopes. Google
//! tells neither when a consent was given, nor when it was last used, nor whether it verified who made the application.

use crate::api::{Api, Operation, Service, is_gone, segment};
use crate::delegation::TOKENS;
use crate::directory::{self, SWITCHED_ON_BY};
use crate::each::{Answers, each};
use crate::google_scopes::sensitive;
use crate::ids;
use crate::session::Estate;
use async_trait::async_trait;
use futures_util::StreamExt;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, FailureKind, Recorder};
use whose_model::{
    Class, Classified, Consent, Edge, EdgeKind, Evidence, Facet, GrantDetail, GrantOrigin, IdentityDetail, Node,
    NodeId, State, What,
};

/// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/tokens/list>
const LIST: Operation = Operation {
    call: ApiCall::read(
        "directory:ListTokens",
        TOKENS,
        "Reads which applications people let act in their names. One call for each person.",
        "https://developers.google.com/workspace/admin/directory/reference/rest/v1/tokens/list",
    ),
    service: Service::Directory,
};

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "tokens",
    title: "applications that people let act in their names",
    provides: &[Facet::Grants],
    types: &["oauth-client", "oauth-token"],
    calls: &[LIST.call],
    switched_on_by: Some(SWITCHED_ON_BY),
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Token {
    client_id: String,
    display_text: String,
    scopes: Vec<String>,
    anonymous: bool,
    native_app: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenList {
    items: Vec<Token>,
}

/// The listing.
pub(crate) struct Tokens;

#[async_trait]
impl Collector<Estate> for Tokens {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, estate: &Estate, out: &mut Recorder) -> Result<(), CallError> {
        let Some(api) = directory::client(estate, LIST.call, out)? else { return Ok(()) };
        let people = std::mem::take(&mut *estate.directory.people.lock().unwrap_or_else(PoisonError::into_inner));
        let missing = (!people.complete).then(|| {
            CallError::new(LIST.call, FailureKind::Other, "not asked for all: the people were not all listed")
        });
        let names: Vec<String> = people.by_id.keys().cloned().collect();
        let mut answers = Answers::new(names.len(), "applications of people");
        let mut told = BTreeSet::new();
        let mut stream = each(&names, estate.api.concurrency, |id| list(api, id));
        while let Some((id, answer)) = stream.next().await {
            let person = ids::user(&people.by_id[&id]);
            if let Some(tokens) = answers.take(answer, person.clone(), out) {
                for token in tokens.items {
                    observe(estate, &person, &token, &mut told, out).await;
                }
            }
            if answers.hopeless() {
                break;
            }
        }
        answers.end(missing, out)
    }
}

async fn list(api: &Api, id: &str) -> Result<TokenList, CallError> {
    let path = format!("admin/directory/v1/users/{}/tokens", segment(id));
    match api.get(LIST, &path, &[]).await {
        // Deleted since the people were listed.
        Err(error) if is_gone(&error) => Ok(TokenList::default()),
        answer => answer,
    }
}

async fn observe(estate: &Estate, person: &NodeId, token: &Token, told: &mut BTreeSet<NodeId>, out: &mut Recorder) {
    if token.client_id.is_empty() {
        let error = CallError::new(LIST.call, FailureKind::Malformed, "the answer holds a consent without a client id");
        out.failed_for(&error, person.clone());
        return;
    }
    // All that are not registered bear the same id, and only their names tell them apart.
    let local =
        if token.anonymous { format!("{}/{}", token.client_id, token.display_text) } else { token.client_id.clone() };
    let client = ids::oauth_client(&local);
    if told.insert(client.clone()) {
        out.node(application(estate, client.clone(), token)).await;
    }
    let consent = Consent {
        sensitive: sensitive(&token.scopes),
        scopes: token.scopes.clone(),
        tenant_wide: false,
        on_behalf_of: Some(person.clone()),
    };
    let detail = GrantDetail { read: true, consent: Some(consent), ..GrantDetail::new(GrantOrigin::Customer) };
    let id = ids::oauth_token(&person.local(), &local);
    let name = format!("consent in the name of {}", person.local());
    let mut grant = Node::new(id.clone(), What::Grant(detail), "oauth-token", &name);
    grant.scope = Some(estate.scope());
    grant.state = State::Enabled;
    out.node(grant).await;
    let evidence = Evidence::new(format!("holds a {name}"), LIST.call.name);
    out.edge(Edge::stated(client, EdgeKind::HasGrant, id).shown_by(evidence)).await;
}

fn application(estate: &Estate, id: NodeId, token: &Token) -> Node {
    let class = Classified {
        class: Class::NonHuman,
        reasons: vec!["it is an application that people let act in their names".into()],
    };
    let own = own_project(estate, token);
    let detail = IdentityDetail {
        class: Some(class),
        third_party: match &own {
            Registered::Here(_) => Some(false),
            Registered::Elsewhere | Registered::Nowhere => Some(true),
            Registered::Unknown => None,
        },
        // Whether it was verified is not told; whoever never registered it was verified by nobody.
        publisher_verified: (own == Registered::Nowhere).then_some(false),
        ..IdentityDetail::default()
    };
    let name = if token.display_text.is_empty() { &token.client_id } else { &token.display_text };
    let mut node = Node::new(id, What::Identity(Box::new(detail)), "oauth-client", name);
    node.native_id = Some(token.client_id.clone());
    node.scope = Some(match own {
        Registered::Here(project) => project,
        _ => estate.scope(),
    });
    node.state = State::Enabled;
    node.tags = facts(token);
    node
}

fn facts(token: &Token) -> BTreeMap<String, String> {
    let facts = [("anonymous", token.anonymous), ("nativeApp", token.native_app)];
    facts.into_iter().filter(|(_, is)| *is).map(|(name, _)| (name.into(), "true".into())).collect()
}

/// In which project an application is registered.
#[derive(PartialEq)]
enum Registered {
    Here(NodeId),
    Elsewhere,
    Nowhere,
    Unknown,
}

/// A client id begins with the number of the project in which it is registered. That it is a project of another
/// organisation is known only when all of the own were listed.
fn own_project(estate: &Estate, token: &Token) -> Registered {
    if token.anonymous {
        return Registered::Nowhere;
    }
    let number = token.client_id.split(['-', '.']).next().unwrap_or_default();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Registered::Unknown;
    }
    match (estate.project(number), estate.tree.get().is_some_and(|tree| tree.complete)) {
        (Some(project), _) => Registered::Here(project),
        (None, true) => Registered::Elsewhere,
        (None, false) => Registered::Unknown,
    }
}

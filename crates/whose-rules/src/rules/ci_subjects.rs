//! Which repositories a trust names, and which of their pipelines it lets in: the subjects and claims of GitHub Actions,
//! old and immutable forms, whichever cloud demands them.

use std::collections::BTreeMap;
use whose_graph::{Graph, Ix};
use whose_model::{Condition, Effect, NodeId, NodeKind, Principal};

/// The issuer of GitHub's own cloud. An enterprise may have an address below it.
const CLOUD: &str = "token.actions.githubusercontent.com";
/// What the issuer of an Enterprise Server ends with, behind its host.
const SERVER: &str = "/_services/token";

/// Which pipelines of a repository get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pipelines {
    /// Those of pull requests.
    PullRequests,
    /// Those of any branch, pull requests included.
    AnyRef,
    /// Those of one branch, tag or environment.
    Pinned,
}

/// A repository whose pipelines a trust lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The host of the forge, for example `github.com`.
    pub(super) host: String,
    /// The organisation or user.
    pub(super) owner: String,
    /// The repository.
    pub(super) name: String,
    /// The repository's immutable id, when the trust demands it.
    pub(super) id: Option<String>,
    /// Which of its pipelines.
    pub(super) pipelines: Pipelines,
    /// Whether names alone tell the repository and its owner: no immutable id of either is demanded.
    pub(super) by_name: bool,
    /// The statement with what it demands.
    pub(super) shows: String,
}

impl Entry {
    /// `owner/name`.
    pub(super) fn repository(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The node of the repository's organisation.
    pub(super) fn organization(&self) -> NodeId {
        NodeId::new("github", &self.host, "organization", &self.owner.to_lowercase())
    }
}

/// The repositories that the trust policy of an identity names one by one. Trusts that bind no repository are another
/// rule's matter, and so are those of other services.
pub(super) fn entries(graph: &Graph, ix: Ix) -> Vec<Entry> {
    trusts(graph, ix).iter().flat_map(named).collect()
}

/// The organisations whose pipelines each provider's identities let in, with the first identity that does: provider
/// and organisation. A trust in a single repository counts for its organisation.
pub(super) fn federated_owners(graph: &Graph) -> BTreeMap<(&str, NodeId), Ix> {
    let mut found = BTreeMap::new();
    for ix in graph.of_kind(NodeKind::Identity) {
        for claims in trusts(graph, ix) {
            for owner in owners(&claims) {
                let organization = NodeId::new("github", &claims.host, "organization", &owner.to_lowercase());
                found.entry((graph.node(ix).id.provider(), organization)).or_insert(ix);
            }
        }
    }
    found
}

/// What each statement of a trust policy demands of GitHub's pipelines.
fn trusts<'g>(graph: &'g Graph, ix: Ix) -> Vec<Claims<'g>> {
    let policy = graph.node(ix).identity().map(|detail| detail.trust_policy.as_slice()).unwrap_or_default();
    let allowed = policy.iter().enumerate().filter(|(_, statement)| statement.effect == Effect::Allow);
    allowed
        .flat_map(|(index, statement)| {
            let said = statement.sid.clone().unwrap_or_else(|| format!("statement {}", index + 1));
            statement.principals.iter().filter_map(move |principal| {
                let Principal::Federated(provider) = principal else { return None };
                let issuer = issuer_of(graph, provider);
                let host = host(&issuer)?;
                Some(Claims { issuer, host, said: said.clone(), conditions: &statement.conditions })
            })
        })
        .collect()
}

fn owners(claims: &Claims<'_>) -> Vec<String> {
    let owner = |demand: &Demand<'_>, text: &str| {
        let (name, _) = split_id(text);
        let open = name.is_empty() || (demand.wild && name.contains(['*', '?']));
        (!open).then(|| name.to_owned())
    };
    let before_slash = |demand: &Demand<'_>, text: &str| owner(demand, text.split_once('/')?.0);
    let of_subject = claims.of("sub").into_iter().filter_map(|demand| {
        let repository = demand.value.strip_prefix("repo:").and_then(|rest| before_slash(&demand, rest));
        repository.or_else(|| owner(&demand, demand.value.strip_prefix("repository_owner:")?.split(':').next()?))
    });
    let of_repository = claims.of("repository").into_iter().filter_map(|demand| before_slash(&demand, demand.value));
    let of_owner = claims.of("repository_owner").into_iter().filter_map(|demand| owner(&demand, demand.value));
    of_subject.chain(of_repository).chain(of_owner).collect()
}

fn issuer_of(graph: &Graph, provider: &NodeId) -> String {
    let seen = graph.find(provider).and_then(|ix| graph.node(ix).trust()?.issuer.clone());
    let address = seen.unwrap_or_else(|| provider.local());
    address.trim_start_matches("https://").trim_end_matches('/').to_ascii_lowercase()
}

fn host(issuer: &str) -> Option<String> {
    let enterprise = issuer.strip_prefix(CLOUD).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if enterprise { Some("github.com".into()) } else { issuer.strip_suffix(SERVER).map(String::from) }
}

/// What a statement demands of the issuer's claims.
struct Claims<'a> {
    issuer: String,
    host: String,
    /// The statement's name.
    said: String,
    conditions: &'a [Condition],
}

/// A value that is demanded, and whether stars in it stand for anything.
struct Demand<'a> {
    value: &'a str,
    wild: bool,
    condition: &'a Condition,
}

impl<'a> Claims<'a> {
    /// The values of one claim, any of which will do.
    fn of(&self, claim: &str) -> Vec<Demand<'a>> {
        let of_claim = |condition: &&Condition| {
            let key = condition.key.to_ascii_lowercase();
            key.strip_prefix(self.issuer.as_str()).and_then(|rest| rest.strip_prefix(':')) == Some(claim)
        };
        let demands = self.conditions.iter().filter(of_claim).filter(|condition| narrows(condition));
        demands
            .flat_map(|condition| {
                let wild = condition.operator.to_ascii_lowercase().contains("like");
                condition.values.iter().map(move |value| Demand { value, wild, condition })
            })
            .collect()
    }

    /// Whether another claim than the subject names one branch, tag or environment.
    fn pins(&self) -> bool {
        self.fixes_any(&["ref", "environment"])
    }

    /// Whether another claim than the subject demands the immutable id of the repository or its owner.
    fn demands_id(&self) -> bool {
        self.fixes_any(&["repository_id", "repository_owner_id"])
    }

    fn fixes_any(&self, claims: &[&str]) -> bool {
        let fixed = |demand: &Demand<'_>| !demand.wild || !demand.value.contains(['*', '?']);
        claims.iter().any(|claim| {
            let demands = self.of(claim);
            !demands.is_empty() && demands.iter().all(fixed)
        })
    }
}

/// Negated operators keep out only whom they name, and `IfExists` holds where there is no such claim.
fn narrows(condition: &Condition) -> bool {
    let operator = condition.operator.to_ascii_lowercase();
    let compares = operator.contains("equals") || operator.contains("like");
    compares && !operator.contains("not") && !operator.ends_with("ifexists")
}

fn named(claims: &Claims<'_>) -> Vec<Entry> {
    let entry = |demand: &Demand<'_>, parsed: Parsed| Entry {
        host: claims.host.clone(),
        owner: parsed.owner,
        name: parsed.name,
        id: parsed.id,
        pipelines: if claims.pins() { Pipelines::Pinned } else { parsed.pipelines },
        by_name: parsed.by_name && !claims.demands_id(),
        shows: format!("{}: {} {} {}", claims.said, demand.condition.key, demand.condition.operator, demand.value),
    };
    let of_subject = claims.of("sub");
    let subjects = of_subject.iter().filter_map(|demand| Some(entry(demand, subject(demand)?))).collect::<Vec<_>>();
    if !subjects.is_empty() {
        return subjects;
    }
    let repositories = claims.of("repository");
    repositories.iter().filter_map(|demand| Some(entry(demand, repository(demand)?))).collect()
}

/// What one value names.
struct Parsed {
    owner: String,
    name: String,
    id: Option<String>,
    pipelines: Pipelines,
    by_name: bool,
}

/// `repo:OWNER/NAME:REST`, and the immutable form `repo:OWNER@1/NAME@2:REST`.
/// <https://docs.github.com/en/actions/reference/security/oidc>
fn subject(demand: &Demand<'_>) -> Option<Parsed> {
    let rest = demand.value.strip_prefix("repo:")?;
    let (owner, rest) = rest.split_once('/')?;
    let (name, rest) = rest.split_once(':')?;
    parsed(demand, owner, name, rest)
}

/// The claim `repository`: `OWNER/NAME`, whatever the pipeline.
fn repository(demand: &Demand<'_>) -> Option<Parsed> {
    let (owner, name) = demand.value.split_once('/')?;
    let mut found = parsed(demand, owner, name, "")?;
    found.pipelines = Pipelines::AnyRef;
    Some(found)
}

fn parsed(demand: &Demand<'_>, owner: &str, name: &str, rest: &str) -> Option<Parsed> {
    let open = |text: &str| text.is_empty() || (demand.wild && text.contains(['*', '?']));
    let (owner, owner_id) = split_id(owner);
    let (name, id) = split_id(name);
    let by_name = id.is_none() && owner_id.is_none_or(open);
    if open(owner) || open(name) || id.is_some_and(open) {
        return None;
    }
    let pipelines = if demand.wild { by_pattern(rest) } else { exactly(rest) };
    Some(Parsed { owner: owner.into(), name: name.into(), id: id.map(String::from), pipelines, by_name })
}

fn split_id(text: &str) -> (&str, Option<&str>) {
    text.split_once('@').map_or((text, None), |(name, id)| (name, Some(id)))
}

fn exactly(rest: &str) -> Pipelines {
    if rest == "pull_request" { Pipelines::PullRequests } else { Pipelines::Pinned }
}

/// A star that stands where the branch or environment would be named lets any of them in: whoever can push can name one.
fn by_pattern(rest: &str) -> Pipelines {
    let Some(star) = rest.find(['*', '?']) else { return exactly(rest) };
    let before = &rest[..star];
    if before.starts_with("pull_request") {
        return Pipelines::PullRequests;
    }
    let mut kinds = ["ref:refs/heads/", "ref:refs/tags/", "environment:"].iter();
    let named = kinds.any(|kind| before.strip_prefix(kind).is_some_and(|name| !name.is_empty()));
    if named { Pipelines::Pinned } else { Pipelines::AnyRef }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Estate, role, trusts};
    use proptest::prelude::*;

    /// What the conditions name: `owner/name@id pipelines`.
    fn said(issuer: &str, conditions: &[(&str, &str, &str)]) -> Vec<String> {
        let provider = NodeId::new("aws", ACCOUNT, "oidc-provider", issuer);
        let keyed: Vec<(String, String, String)> = conditions
            .iter()
            .map(|(operator, claim, value)| ((*operator).into(), format!("{issuer}:{claim}"), (*value).into()))
            .collect();
        let keyed: Vec<(&str, &str, &str)> =
            keyed.iter().map(|(o, k, v)| (o.as_str(), k.as_str(), v.as_str())).collect();
        let graph = Estate::new().role("ci", &[trusts(&[Principal::Federated(provider)], &keyed)], |_| {}).build();
        let found = entries(&graph, graph.find(&role("ci")).unwrap());
        found
            .iter()
            .map(|entry| {
                let id = entry.id.as_deref().map(|id| format!("@{id}")).unwrap_or_default();
                format!("{}{id} {:?}", entry.repository(), entry.pipelines)
            })
            .collect()
    }

    #[test]
    fn subjects_tell_repository_and_pipelines() {
        for (operator, value, expected) in [
            ("StringEquals", "repo:acme/web:ref:refs/heads/main", "acme/web Pinned"),
            ("StringEquals", "repo:acme/web:environment:production", "acme/web Pinned"),
            ("StringEquals", "repo:acme/web:pull_request", "acme/web PullRequests"),
            ("StringLike", "repo:acme/web:pull_request*", "acme/web PullRequests"),
            ("StringLike", "repo:acme/web:*", "acme/web AnyRef"),
            ("StringLike", "repo:acme/web:ref:*", "acme/web AnyRef"),
            ("StringLike", "repo:acme/web:ref:refs/heads/*", "acme/web AnyRef"),
            ("StringLike", "repo:acme/web:ref:refs/pull/*", "acme/web AnyRef"),
            ("StringLike", "repo:acme/web:environment:*", "acme/web AnyRef"),
            ("StringLike", "repo:acme/web:ref:refs/heads/release/*", "acme/web Pinned"),
            ("StringLike", "repo:acme/web:ref:refs/tags/v*", "acme/web Pinned"),
            ("StringEquals", "repo:acme@1/web@22:environment:production", "acme/web@22 Pinned"),
            // Without a pattern operator a star is a star, which no subject holds.
            ("StringEquals", "repo:acme/web:*", "acme/web Pinned"),
        ] {
            assert_eq!(said(CLOUD, &[(operator, "sub", value)]), [expected], "{operator} {value}");
        }
    }

    #[test]
    fn what_names_no_repository_names_none() {
        for value in ["repo:acme/*", "repo:*/web:*", "*", "repository_owner:acme", "repo:acme/web*:ref:x", "repo:acme"]
        {
            assert_eq!(said(CLOUD, &[("StringLike", "sub", value)]), Vec::<String>::new(), "{value}");
        }
        assert!(said(CLOUD, &[("StringNotLike", "sub", "repo:acme/web:*")]).is_empty());
        assert!(said("gitlab.com", &[("StringLike", "sub", "repo:acme/web:*")]).is_empty());
    }

    #[test]
    fn other_claims_name_and_pin_as_well() {
        let repository = ("StringEquals", "repository", "acme/web");
        assert_eq!(said(CLOUD, &[repository]), ["acme/web AnyRef"]);
        assert_eq!(said(CLOUD, &[repository, ("StringEquals", "ref", "refs/heads/main")]), ["acme/web Pinned"]);
        assert_eq!(said(CLOUD, &[repository, ("StringLike", "ref", "refs/heads/*")]), ["acme/web AnyRef"]);
        assert_eq!(said("git.acme.example/_services/token", &[repository]), ["acme/web AnyRef"]);
        assert_eq!(host("git.acme.example/_services/token").as_deref(), Some("git.acme.example"));
        assert_eq!(host("token.actions.githubusercontent.com/acme").as_deref(), Some("github.com"));
        assert_eq!(host("token.actions.githubusercontent.com.evil.example"), None);
    }

    proptest! {
        #[test]
        fn any_subject_is_read_without_a_panic(text in "(repo:)?[a-z@/:*?é]{0,30}") {
            said(CLOUD, &[("StringLike", "sub", &text.replace(' ', ""))]);
        }
    }
}

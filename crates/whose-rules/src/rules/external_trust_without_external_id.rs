//! An identity that a party outside may become, with nothing that binds the party's own customers apart.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use std::collections::{BTreeMap, BTreeSet};
use whose_graph::{Graph, Ix};
use whose_model::{Condition, Effect, Evidence, Facet, NodeId, NodeKind, Principal, Severity, Statement};

static INFO: RuleInfo = RuleInfo {
    slug: "external-trust-without-external-id",
    title: "A party outside is trusted without an external id",
    group: Group::Trust,
    base: Severity::High,
    finds: "Identities whose trust policy lets in a scope (account, tenant) of the same provider that is neither scanned \
            nor named as own by the policy, or anybody at all, without an external id and without a bound to the own \
            organisation.",
    matters: "A vendor acts for many customers with one account. Without an external id, another customer of that vendor \
              can have it act on yours (the confused deputy). Trust in anybody needs no vendor at all.",
    fix: "Agree with the vendor on an external id and demand it in the trust policy; for accounts of your own, bind the \
          trust to your organisation, or name them in the policy file under own_scopes. Remove the trust if nobody \
          needs it.",
    blind_spots: "An account of your own that was not scanned looks like a stranger's until the policy names it. A deny \
                  statement that demands the external id is not understood.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Trusts],
    maps_to: &[
        control("owasp-nhi-2025", "NHI3:2025"),
        control("nist-csf-2.0", "GV.SC-07"),
        control("nist-800-53r5", "AC-20"),
        control("nist-800-53r5", "SA-9"),
    ],
    references: &[link(
        "AWS: access for third parties and the confused deputy",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    )],
};

/// See the rule's page.
pub(crate) struct ExternalTrustWithoutExternalId;

impl PostureRule for ExternalTrustWithoutExternalId {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, policy: &Policy, findings: &mut Findings<'_>) {
        let own = Own::of(graph, policy);
        for ix in graph.of_kind(NodeKind::Identity) {
            let node = graph.node(ix);
            let Some(detail) = node.identity().filter(|detail| !detail.provider_managed) else { continue };
            // One finding a stranger, whatever number of statements lets it in.
            let mut strangers: BTreeMap<String, (Stranger, String)> = BTreeMap::new();
            for (index, statement) in detail.trust_policy.iter().enumerate() {
                for stranger in strangers_in(statement, &own, &node.id) {
                    let shown = statement.sid.clone().unwrap_or_else(|| format!("statement {}", index + 1));
                    strangers.entry(stranger.discriminator()).or_insert((stranger, shown));
                }
            }
            for (discriminator, (stranger, statement)) in strangers {
                findings.report(ix, draft(graph, ix, &stranger, &statement).distinct(discriminator));
            }
        }
    }
}

/// Who is let in.
enum Stranger {
    Anyone,
    Scope(String),
}

impl Stranger {
    fn discriminator(&self) -> String {
        match self {
            Self::Anyone => "anyone".into(),
            Self::Scope(scope) => scope.clone(),
        }
    }
}

fn draft(graph: &Graph, ix: Ix, stranger: &Stranger, statement: &str) -> Draft {
    let name = wording::named_first(graph, ix);
    let draft = match stranger {
        Stranger::Anyone => Draft::new(format!("{name} lets in anybody at all"))
            .base(Severity::Critical, "anybody may become it, from any account")
            .public(),
        Stranger::Scope(scope) => {
            Draft::new(format!("{name} lets in the account {scope}, which is not scanned, without an external id"))
        }
    };
    draft
        .shown_by(Evidence::new(format!("{statement} allows it without an external id"), "trust policy"))
        .fixed_by(fixes::step(graph, fixes::Step::ShowTrust, ix))
        .fixed_by(fixes::step(graph, fixes::Step::ReplaceTrust, ix))
}

/// The scopes that are no strangers.
struct Own {
    scopes: BTreeSet<NodeId>,
    named: BTreeSet<String>,
}

impl Own {
    fn of(graph: &Graph, policy: &Policy) -> Self {
        let scopes = graph.scanned_scopes().map(|ix| graph.node(ix).id.clone()).collect();
        Self { scopes, named: policy.own_scopes.clone() }
    }

    fn holds(&self, scope: &NodeId) -> bool {
        self.scopes.contains(scope) || self.named.contains(scope.as_str()) || self.named.contains(&scope.local())
    }

    /// An identity names its scope by its realm.
    fn holds_realm(&self, id: &NodeId) -> bool {
        let scanned = |scope: &NodeId| scope.provider() == id.provider() && scope.local() == id.realm();
        self.named.contains(id.realm()) || self.scopes.iter().any(scanned)
    }
}

fn strangers_in(statement: &Statement, own: &Own, role: &NodeId) -> Vec<Stranger> {
    if statement.effect != Effect::Allow || statement.conditions.iter().any(binds) {
        return Vec::new();
    }
    let stranger = |principal: &Principal| match principal {
        Principal::Anyone => Some(Stranger::Anyone),
        Principal::Scope(scope) if scope.provider() == role.provider() && !own.holds(scope) => {
            Some(Stranger::Scope(scope.local()))
        }
        Principal::Identity(id) if id.provider() == role.provider() && !own.holds_realm(id) => {
            Some(Stranger::Scope(id.realm().to_string()))
        }
        _ => None,
    };
    statement.principals.iter().filter_map(stranger).collect()
}

/// Conditions that tell the party's customers apart, or keep everybody but the own organisation out.
const BINDING_KEYS: &[&str] = &[
    "sts:externalid",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
];

fn binds(condition: &Condition) -> bool {
    let operator = condition.operator.to_ascii_lowercase();
    let negated = operator.contains("not") || operator.ends_with("null");
    let key = condition.key.to_ascii_lowercase();
    let open = condition.values.iter().any(|value| value.chars().all(|letter| letter == '*'));
    // `IfExists` holds when the caller sends no such key, so it binds nobody.
    !negated && !open && !operator.ends_with("ifexists") && BINDING_KEYS.contains(&key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Estate, account, check, trusts, user};
    use crate::{PostureRule, assess_by};

    const RULE: &dyn PostureRule = &ExternalTrustWithoutExternalId;
    const VENDOR: &str = "999988887777";

    fn role(principal: Principal, conditions: &[(&str, &str, &str)]) -> Estate {
        Estate::new().role("vendor", &[trusts(&[principal], conditions)], |_| {})
    }

    fn vendor() -> Principal {
        Principal::Scope(account(VENDOR))
    }

    #[test]
    fn strangers_without_an_external_id_are_found() {
        let findings = check(RULE, &role(vendor(), &[]), &[("vendor", Severity::Medium)]);
        assert!(findings[0].title.contains(VENDOR), "{}", findings[0].title);
        assert!(findings[0].fix[0].command.as_deref().unwrap().starts_with("aws iam get-role --role-name vendor"));
        let one = Principal::Identity(NodeId::new("aws", VENDOR, "iam-role", "collector"));
        check(RULE, &role(one, &[]), &[("vendor", Severity::Medium)]);
        check(
            RULE,
            &role(vendor(), &[("StringEqualsIfExists", "sts:ExternalId", "x")]),
            &[("vendor", Severity::Medium)],
        );
        check(RULE, &role(vendor(), &[("StringLike", "sts:ExternalId", "*")]), &[("vendor", Severity::Medium)]);
    }

    #[test]
    fn anybody_is_critical() {
        check(RULE, &role(Principal::Anyone, &[]), &[("vendor", Severity::Critical)]);
    }

    #[test]
    fn the_bound_and_the_own_are_left_alone() {
        check(RULE, &role(vendor(), &[("StringEquals", "sts:ExternalId", "c0ffee")]), &[]);
        check(RULE, &role(Principal::Anyone, &[("StringEquals", "aws:PrincipalOrgID", "o-abc")]), &[]);
        check(RULE, &role(Principal::Scope(account(ACCOUNT)), &[]), &[]);
        check(RULE, &role(Principal::Identity(user("svc")), &[]), &[]);
        check(RULE, &role(Principal::Service("lambda.amazonaws.com".into()), &[]), &[]);
        let policy = Policy { own_scopes: [VENDOR.to_string()].into(), ..Policy::default() };
        let assessed = assess_by(&[RULE], &role(vendor(), &[]).build(), &policy);
        assert!(assessed.findings.is_empty(), "{:?}", assessed.findings);
    }

    #[test]
    fn a_trust_that_was_seen_counts_however_the_rest_was_read() {
        check(RULE, &role(vendor(), &[]).denied(Facet::Trusts), &[("vendor", Severity::Medium)]);
    }
}

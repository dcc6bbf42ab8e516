//! Who comes in through a workload identity pool: the providers of the pool with their conditions, said in the
//! terms of the issuer's own claims as far as these can be followed.

use crate::cel;
use crate::members::{Of, Pooled};
use std::collections::BTreeMap;
use whose_model::{Condition, Effect, NodeId, Principal, Statement};

/// A provider of a pool, as far as trust depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provider {
    /// Its trust node.
    pub(crate) id: NodeId,
    /// The issuer without scheme; `None` for providers that are not OIDC.
    pub(crate) issuer: Option<String>,
    /// Google's attributes by the expressions over the issuer's claims.
    pub(crate) mapping: BTreeMap<String, String>,
    /// The condition on the issuer's claims.
    pub(crate) condition: Option<String>,
    /// Whether it lets anybody in.
    pub(crate) enabled: bool,
}

/// The statements by which principals of a pool get in, one for each provider of it. A provider whose conditions
/// cannot be followed is named as a text: nothing is concluded from it, neither that it is open nor that it is shut.
pub(crate) fn statements(providers: &[Provider], pooled: &Pooled, role: &str, member: &str) -> Vec<Statement> {
    let enabled = providers.iter().filter(|provider| provider.enabled);
    let statements = enabled.map(|provider| {
        let understood = conditions(provider, pooled);
        let principal = match &understood {
            Some(_) => Principal::Federated(provider.id.clone()),
            None => Principal::Other(member.into()),
        };
        statement(role, member, principal, understood.unwrap_or_default())
    });
    statements.collect()
}

/// A statement that lets one principal become the service account.
pub(crate) fn statement(role: &str, member: &str, principal: Principal, conditions: Vec<Condition>) -> Statement {
    Statement {
        sid: Some(format!("{role} for {member}")),
        effect: Effect::Allow,
        actions: vec![role.into()],
        not_actions: Vec::new(),
        resources: Vec::new(),
        not_resources: Vec::new(),
        principals: vec![principal],
        not_principals: Vec::new(),
        conditions,
    }
}

/// The conditions on the issuer's claims: those of the member, and those of the provider.
fn conditions(provider: &Provider, pooled: &Pooled) -> Option<Vec<Condition>> {
    let issuer = provider.issuer.as_deref()?;
    let key = |claim: &str| format!("{issuer}:{claim}");
    let mut conditions = Vec::new();
    let wanted = match &pooled.of {
        Of::All => None,
        Of::Subject(subject) => Some(("google.subject".to_owned(), subject)),
        Of::Group(group) => Some(("google.groups".to_owned(), group)),
        Of::Attribute(name, value) => Some((format!("attribute.{name}"), value)),
    };
    if let Some((attribute, value)) = wanted {
        let claim = cel::claim(provider.mapping.get(&attribute)?)?;
        conditions.push(Condition { operator: "StringEquals".into(), key: key(&claim), values: vec![value.clone()] });
    }
    for test in cel::conjunction(provider.condition.as_deref().unwrap_or_default())? {
        let claim = match test.on.split_once('.') {
            Some(("assertion", claim)) => claim.to_owned(),
            _ => cel::claim(provider.mapping.get(&test.on)?)?,
        };
        let operator = if test.prefix { "StringLike" } else { "StringEquals" };
        let values = test.values.into_iter().map(|value| if test.prefix { format!("{value}*") } else { value });
        conditions.push(Condition { operator: operator.into(), key: key(&claim), values: values.collect() });
    }
    Some(conditions)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "token.actions.githubusercontent.com";

    fn provider(condition: Option<&str>) -> Provider {
        let mapping = [
            ("google.subject", "assertion.sub"),
            ("attribute.repository", "assertion.repository"),
            ("attribute.x", "assertion.a + assertion.b"),
        ];
        Provider {
            id: NodeId::new("gcp", "p", "workload-identity-provider", "ci/github"),
            issuer: Some(ISSUER.into()),
            mapping: mapping.map(|(to, from)| (to.to_owned(), from.to_owned())).into(),
            condition: condition.map(Into::into),
            enabled: true,
        }
    }

    fn said(condition: Option<&str>, of: Of) -> Option<Vec<String>> {
        let pooled = Pooled { project: "1".into(), pool: "ci".into(), of };
        let statements =
            statements(&[provider(condition)], &pooled, "roles/iam.workloadIdentityUser", "principalSet://x");
        assert_eq!(statements.len(), 1);
        let known = matches!(statements[0].principals[..], [Principal::Federated(_)]);
        let texts = statements[0]
            .conditions
            .iter()
            .map(|c| format!("{} {} {}", c.key.replace(ISSUER, "gh"), c.operator, c.values.join("|")));
        known.then(|| texts.collect())
    }

    #[test]
    fn conditions_are_said_in_the_issuers_claims() {
        let repository = || Of::Attribute("repository".into(), "o/r".into());
        assert_eq!(said(None, Of::All), Some(vec![]));
        assert_eq!(said(None, repository()), Some(vec!["gh:repository StringEquals o/r".into()]));
        let owner = Some("assertion.repository_owner == 'o' && assertion.sub.startsWith(\"repo:o/\")");
        assert_eq!(
            said(owner, Of::All),
            Some(vec!["gh:repository_owner StringEquals o".into(), "gh:sub StringLike repo:o/*".into()])
        );
    }

    #[test]
    fn nothing_is_concluded_from_what_cannot_be_followed() {
        assert_eq!(said(Some("assertion.actor.matches('^o')"), Of::All), None);
        assert_eq!(said(None, Of::Attribute("x".into(), "1".into())), None);
        assert_eq!(said(None, Of::Attribute("unmapped".into(), "1".into())), None);
    }

    #[test]
    fn a_provider_that_is_switched_off_lets_nobody_in() {
        let pooled = Pooled { project: "1".into(), pool: "ci".into(), of: Of::All };
        let off = Provider { enabled: false, ..provider(None) };
        assert!(statements(&[off], &pooled, "r", "m").is_empty());
    }
}

//! An access key of the one identity that no policy binds.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{CredentialKind, Evidence, Facet, NodeKind, Severity, State, day};

static INFO: RuleInfo = RuleInfo {
    slug: "root-access-key",
    title: "The root user has an access key",
    group: Group::Strength,
    base: Severity::Critical,
    finds: "Access keys of the root identity of an account, enabled or not.",
    matters: "No policy can bound the root user and no second factor guards a key: whoever holds it owns the account, \
              its logs and its bills.",
    fix: "Move what uses the key to a role, delete the key, and manage root access centrally so that none can be made \
          again.",
    blind_spots: "None: the provider tells whether such a key exists.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI5:2025"),
        control("nist-csf-2.0", "PR.AA-05"),
        control("nist-800-53r5", "AC-6(5)"),
        control("cis-aws-7.0.0", "2.4"),
    ],
    references: &[link(
        "AWS: root user best practices",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
    )],
};

/// See the rule's page.
pub(crate) struct RootAccessKey;

impl PostureRule for RootAccessKey {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let roots = graph.of_kind(NodeKind::Identity);
        for root in roots.filter(|ix| graph.node(*ix).identity().is_some_and(|detail| detail.root)) {
            let keys: Vec<Ix> = keys(graph, root).collect();
            let enabled = keys.iter().any(|key| graph.node(*key).state != State::Disabled);
            if keys.is_empty() {
                continue;
            }
            let scope = graph.scope_of(root).map(|ix| format!(" of {}", wording::named(graph, ix))).unwrap_or_default();
            let title = match (enabled, keys.len()) {
                (true, 1) => format!("The root user{scope} has an access key"),
                (true, many) => format!("The root user{scope} has {many} access keys"),
                (false, _) => format!("The root user{scope} has an access key, which is disabled"),
            };
            let mut draft = Draft::new(title).power_in_base().shown_by_all(keys.iter().map(|key| shown(graph, *key)));
            if !enabled {
                draft = draft.at_most(Severity::Low, "every key is disabled, and only root can enable one");
            }
            for key in keys {
                draft = draft.fixed_by(fixes::step(graph, fixes::Step::Deactivate, key));
                draft = draft.fixed_by(fixes::step(graph, fixes::Step::Delete, key));
            }
            let central = "Manage root access of member accounts centrally, so that none can be made again";
            findings.report(root, draft.fixed_by([fixes::advice(central)]));
        }
    }
}

fn keys(graph: &Graph, root: Ix) -> impl Iterator<Item = Ix> + '_ {
    let is_key = |ix: &Ix| subjects::kind(graph.node(*ix)) == Some(CredentialKind::AccessKey);
    graph.credentials_of(root).filter(is_key).filter(|ix| graph.node(*ix).state != State::Deleted)
}

fn shown(graph: &Graph, key: Ix) -> Evidence {
    let node = graph.node(key);
    let made = node.created.map(|at| format!(", made on {}", day(at))).unwrap_or_default();
    let used = wording::last_use(node.last_used.as_ref(), graph.as_of());
    Evidence::new(format!("{}{made}, {used}", wording::named(graph, key)), "inventory").at(node.created)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check};

    fn root(estate: Estate) -> Estate {
        estate.user("<root>", |node| {
            if let whose_model::What::Identity(detail) = &mut node.what {
                detail.root = true;
            }
        })
    }

    #[test]
    fn a_root_key_is_critical_and_a_disabled_one_low() {
        let estate = root(Estate::new());
        let findings =
            check(&RootAccessKey, &estate.clone().key("<root>", "AK1", |_| {}), &[("<root>", Severity::Critical)]);
        let commands: Vec<&str> = findings[0].fix.iter().filter_map(|fix| fix.command.as_deref()).collect();
        assert_eq!(
            commands,
            [
                "aws iam update-access-key --access-key-id AK1 --status Inactive",
                "aws iam delete-access-key --access-key-id AK1"
            ]
        );
        let off = estate.key("<root>", "AK1", |node| node.state = State::Disabled);
        check(&RootAccessKey, &off, &[("<root>", Severity::Low)]);
    }

    #[test]
    fn a_root_user_with_a_password_alone_is_left_alone() {
        let estate = root(Estate::new()).password("<root>", |_| {}).user("svc", |_| {}).key("svc", "AK1", |_| {});
        check(&RootAccessKey, &estate, &[]);
    }

    #[test]
    fn a_key_that_was_seen_counts_however_the_rest_was_read() {
        let estate = root(Estate::new()).key("<root>", "AK1", |_| {}).denied(Facet::Credentials);
        check(&RootAccessKey, &estate, &[("<root>", Severity::Critical)]);
    }
}

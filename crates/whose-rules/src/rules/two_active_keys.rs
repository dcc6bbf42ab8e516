//! Two keys on one identity, of which one rests: a rotation that nobody finished.

use crate::{Draft, Findings, Group, Policy, PostureRule, Premise, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{CredentialKind, Evidence, Facet, NodeKind, Severity, Usage, day, days_between};

static INFO: RuleInfo = RuleInfo {
    slug: "two-active-keys",
    title: "Two access keys are enabled, and one rests",
    group: Group::Staleness,
    base: Severity::Low,
    finds: "Identities with two or more enabled access keys, of which at least one was not used for more than 7 days.",
    matters: "A second key is for the days of a rotation. When the old one stays enabled, the rotation changed nothing: \
              whoever holds it still gets in.",
    fix: "Deactivate the one that rests; delete it when nothing complained.",
    blind_spots: "Two keys that are both in use are not reported: two workloads share the identity, which is another fault.",
    needs: &[Facet::CredentialUse],
    reads: &[Facet::Identities, Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI7:2025"),
        control("nist-csf-2.0", "PR.AA-01"),
        control("nist-800-53r5", "IA-5"),
    ],
    references: &[link(
        "AWS: update access keys",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html",
    )],
};

/// See the rule's page.
pub(crate) struct TwoActiveKeys;

impl PostureRule for TwoActiveKeys {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, policy: &Policy, findings: &mut Findings<'_>) {
        for identity in graph.of_kind(NodeKind::Identity) {
            let keys: Vec<Ix> = active_keys(graph, identity).collect();
            let limit = i64::from(policy.thresholds.idle_second_key_days);
            let (idle, busy): (Vec<Ix>, Vec<Ix>) =
                keys.iter().copied().partition(|key| rests(graph, *key).is_some_and(|days| days > limit));
            if keys.len() < 2 || idle.is_empty() {
                continue;
            }
            // When all of them rest, the newest stays: the others are what a rotation left behind.
            let idle = if busy.is_empty() { all_but_newest(graph, idle) } else { idle };
            let names: Vec<&str> = idle.iter().map(|key| graph.node(*key).name.as_str()).collect();
            let name = wording::named_first(graph, identity);
            let title = format!("{name} has {} enabled access keys, and {} rests", keys.len(), names.join(", "));
            let mut draft = Draft::new(title).shown_by_all(keys.iter().map(|key| shown(graph, *key)));
            for key in &keys {
                draft = draft.premise(Premise::Of(*key, Facet::CredentialUse));
            }
            for key in idle {
                draft = draft.fixed_by(fixes::step(graph, fixes::Step::Deactivate, key));
            }
            findings.report(identity, draft);
        }
    }
}

fn active_keys(graph: &Graph, identity: Ix) -> impl Iterator<Item = Ix> + '_ {
    let is_key = |ix: &Ix| subjects::kind(graph.node(*ix)) == Some(CredentialKind::AccessKey);
    graph.credentials_of(identity).filter(is_key).filter(|ix| subjects::works(graph, *ix))
}

/// For how many days the key was not used, when its source can tell.
fn rests(graph: &Graph, key: Ix) -> Option<i64> {
    let node = graph.node(key);
    let used = node.last_used.as_ref()?;
    let since = match used.usage {
        Usage::At(at) => at,
        Usage::Never => node.created.filter(|created| used.covers_since(*created))?,
        Usage::NotCollected => return None,
    };
    Some(days_between(since, graph.as_of()))
}

fn all_but_newest(graph: &Graph, mut keys: Vec<Ix>) -> Vec<Ix> {
    keys.sort_by_key(|key| (graph.node(*key).created, *key));
    keys.pop();
    keys
}

fn shown(graph: &Graph, key: Ix) -> Evidence {
    let node = graph.node(key);
    let used = wording::last_use(node.last_used.as_ref(), graph.as_of());
    let source = node.last_used.as_ref().map_or("inventory", |used| used.source.as_str());
    let made = node.created.map(|at| format!(", made on {}", day(at))).unwrap_or_default();
    Evidence::new(format!("{}: {used}{made}", node.name), source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, ago, check, key, not_assessable, used};
    use whose_model::{Node, State};

    fn at(days: i64) -> impl Fn(&mut Node) {
        move |node| node.last_used = Some(used(Usage::At(ago(days))))
    }

    fn pair(first: impl FnOnce(&mut Node), second: impl FnOnce(&mut Node)) -> Estate {
        Estate::new().user("svc", |_| {}).key("svc", "AK1", first).key("svc", "AK2", second)
    }

    #[test]
    fn an_unfinished_rotation_is_found_and_the_idle_key_named() {
        let findings = check(&TwoActiveKeys, &pair(at(20), at(0)), &[("svc", Severity::Info)]);
        assert_eq!(findings[0].title, "User svc has 2 enabled access keys, and AK1 rests");
        let command = findings[0].fix[0].command.as_deref().unwrap();
        assert_eq!(command, "aws iam update-access-key --user-name svc --access-key-id AK1 --status Inactive");
    }

    #[test]
    fn one_key_two_busy_keys_and_a_disabled_second_are_left_alone() {
        check(&TwoActiveKeys, &pair(at(7), at(0)), &[]);
        check(&TwoActiveKeys, &pair(|node| node.state = State::Disabled, at(0)), &[]);
        check(&TwoActiveKeys, &Estate::new().user("svc", |_| {}).key("svc", "AK1", at(20)), &[]);
        check(&TwoActiveKeys, &pair(|node| node.last_used = Some(used(Usage::NotCollected)), at(0)), &[]);
    }

    #[test]
    fn a_key_whose_use_was_not_read_is_not_idle() {
        not_assessable(&TwoActiveKeys, &pair(at(20), at(0)).denied(Facet::CredentialUse));
        not_assessable(&TwoActiveKeys, &pair(at(20), at(0)).unread(Facet::CredentialUse, &key("AK1")));
    }
}

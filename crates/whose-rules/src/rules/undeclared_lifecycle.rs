//! An identity of which nobody wrote down what it is for or when it ends.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "undeclared-lifecycle",
    title: "No purpose or no expiry is declared",
    group: Group::Ownership,
    base: Severity::Info,
    finds: "Non-human identities whose tags and description declare no purpose, or no end.",
    matters: "An identity without an end lives for ever, and one without a purpose cannot be reviewed: nobody can say \
              whether it still serves. Owner, purpose and expiry are the three things that every identity needs.",
    fix: "Let the owner record what it is for and when that ends; renew the end when it comes.",
    blind_spots: "A purpose or end that stands in a catalogue or in infrastructure code and not on the identity itself \
                  is not seen. An application of others that acts only in the names of single people is left to those \
                  who let it in.",
    needs: &[Facet::OwnerSignals],
    reads: &[Facet::Identities],
    maps_to: &[
        control("owasp-nhi-2025", "NHI1:2025"),
        control("nist-csf-2.0", "ID.AM-08"),
        control("nist-800-53r5", "AC-2"),
        control("nist-ai-rmf-1.0", "GOVERN 1.6"),
    ],
    references: &[link("AWS: tags for IAM resources", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html")],
};

/// See the rule's page.
pub(crate) struct UndeclaredLifecycle;

impl PostureRule for UndeclaredLifecycle {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let told_elsewhere =
            |ix: Ix| subjects::is_told_at_source(graph, ix) || subjects::acts_for_people_alone(graph, ix);
        for ix in subjects::machines(graph).filter(|ix| !told_elsewhere(*ix)) {
            let lifecycle = graph.lifecycle(ix);
            let missing = match (&lifecycle.purpose, lifecycle.expiry) {
                (None, None) => "neither a purpose nor an end",
                (None, Some(_)) => "no purpose",
                (Some(_), None) => "no end",
                (Some(_), Some(_)) => continue,
            };
            let title = format!("{} declares {missing}", wording::named_first(graph, ix));
            let tags: Vec<&str> = graph.node(ix).tags.keys().map(String::as_str).collect();
            let shown = if tags.is_empty() { "it has no tag".into() } else { format!("its tags: {}", tags.join(", ")) };
            let mut draft = Draft::new(title).shown_by(Evidence::new(shown, "tags")).fixed_by(fixes::step(
                graph,
                fixes::Step::RecordLifecycle,
                ix,
            ));
            draft.premises.extend(subjects::machine_premises(graph, ix));
            draft.premises.extend(subjects::source_premise(graph, ix));
            findings.report(ix, draft);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, ago, check, not_assessable};
    use whose_model::day;

    fn declared(node: &mut whose_model::Node) {
        node.tags.insert("Purpose".into(), "Sends mail".into());
        node.tags.insert("ExpiresOn".into(), day(ago(-90)));
    }

    #[test]
    fn what_declares_nothing_or_half_is_found() {
        let estate = Estate::new().role("bare", &[], |_| {}).role("half", &[], |node| {
            declared(node);
            node.tags.remove("ExpiresOn");
        });
        let findings = check(&UndeclaredLifecycle, &estate, &[("bare", Severity::Info), ("half", Severity::Info)]);
        assert_eq!(findings[0].title, "Role bare declares neither a purpose nor an end");
        assert_eq!(findings[1].title, "Role half declares no end");
    }

    #[test]
    fn what_declares_both_is_left_alone() {
        check(&UndeclaredLifecycle, &Estate::new().role("etl", &[], declared).user("ana@example.com", |_| {}), &[]);
    }

    #[test]
    fn unread_tags_declare_nothing_and_prove_nothing() {
        not_assessable(&UndeclaredLifecycle, &Estate::new().role("etl", &[], |_| {}).denied(Facet::OwnerSignals));
    }
}

//! A static key of a cloud among the secrets of pipelines that could do without.

use super::ci_subjects::federated_owners;
use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, NodeKind, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "static-key-beside-federation",
    title: "Pipelines hold a static cloud key although they could federate",
    group: Group::Strength,
    base: Severity::Medium,
    finds: "Secrets of an organisation's pipelines whose names are those of a cloud's static credentials \
            (AWS_SECRET_ACCESS_KEY, GOOGLE_CREDENTIALS, AZURE_CLIENT_SECRET, ...), where identities of that cloud already \
            trust pipelines of that organisation.",
    matters: "Everything that runs in a pipeline can read its secrets, every action of a third party included, and the key \
              works from anywhere until somebody replaces it. The way without a key is already there.",
    fix: "Let the pipelines that use the key sign in through the trust, then delete the secret, and deactivate the key in \
          the cloud.",
    blind_spots: "A secret is known by its name alone, and its value to nobody: a key under another name is not seen, and \
                  neither are secrets of single repositories and environments.",
    needs: &[],
    reads: &[Facet::PipelineSecrets],
    maps_to: &[
        control("owasp-nhi-2025", "NHI6:2025"),
        control("owasp-nhi-2025", "NHI4:2025"),
        control("nist-csf-2.0", "PR.AA-03"),
        control("nist-800-53r5", "IA-5(9)"),
        control("cis-github-1.2.0", "2.1.7"),
    ],
    references: &[link(
        "GitHub: security hardening with OpenID Connect",
        "https://docs.github.com/en/actions/concepts/security/openid-connect",
    )],
};

/// The names under which the clouds' own actions and libraries take a static credential. The id of a key is none.
const NAMES: &[(&str, &[&str])] = &[
    ("aws", &["AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"]),
    (
        "gcp",
        &[
            "GOOGLE_CREDENTIALS",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "GCP_SA_KEY",
            "GCP_CREDENTIALS",
            "GCLOUD_SERVICE_KEY",
        ],
    ),
    ("azure", &["AZURE_CLIENT_SECRET", "AZURE_CREDENTIALS", "ARM_CLIENT_SECRET"]),
];

/// See the rule's page.
pub(crate) struct StaticKeyBesideFederation;

impl PostureRule for StaticKeyBesideFederation {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        let trusted = federated_owners(graph);
        let secrets = graph.of_kind(NodeKind::Location).filter(|ix| graph.node(*ix).r#type == "actions-secret");
        for ix in secrets {
            let node = graph.node(ix);
            let Some(cloud) = cloud(&node.name) else { continue };
            let Some(scope) = &node.scope else { continue };
            if let Some(identity) = trusted.get(&(cloud, scope.clone())) {
                findings.report(ix, draft(graph, ix, *identity));
            }
        }
    }
}

fn cloud(name: &str) -> Option<&'static str> {
    let named = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    NAMES.iter().find(|(_, names)| named(names)).map(|(cloud, _)| *cloud)
}

fn draft(graph: &Graph, ix: Ix, identity: Ix) -> Draft {
    let node = graph.node(ix);
    let shared = node.tags.get("visibility").map(|word| format!(", shared with {word} repositories"));
    let organization = graph.scope_of(ix).map(|scope| wording::named(graph, scope)).unwrap_or_default();
    let trust = wording::named(graph, identity);
    Draft::new(format!("Pipelines of {organization} hold {}, although {trust} trusts them without a key", node.name))
        .shown_by(Evidence::new(
            format!("a secret named {}{}", node.name, shared.unwrap_or_default()),
            "names of Actions secrets",
        ))
        .shown_by(Evidence::new(format!("{trust} lets in pipelines of {organization}"), "trust policy"))
        .fixed_by(fixes::step(graph, fixes::Step::Delete, ix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Estate, check, organization, run};
    use whose_model::{Node, NodeId, Place, Verdict, What};

    const RULE: &dyn PostureRule = &StaticKeyBesideFederation;

    fn holding(name: &str) -> Estate {
        let id = NodeId::new("github", "github.com", "actions-secret", &format!("acme/{name}"));
        let mut node = Node::new(id, What::Location(Place::default()), "actions-secret", name);
        node.scope = Some(organization("acme"));
        node.tags.insert("visibility".into(), "all".into());
        Estate::new().organization("acme").node(node)
    }

    #[test]
    fn a_key_beside_a_trust_in_the_same_organisation_is_found() {
        for subject in ["repo:acme/web:environment:production", "repo:acme/*"] {
            let estate = holding("AWS_SECRET_ACCESS_KEY").ci_role("release", subject);
            let findings = check(RULE, &estate, &[("AWS_SECRET_ACCESS_KEY", Severity::Medium)]);
            let command = findings[0].fix[0].command.as_deref();
            assert_eq!(command, Some("gh secret delete AWS_SECRET_ACCESS_KEY --org acme"));
        }
    }

    #[test]
    fn other_secrets_other_clouds_and_other_organisations_are_left_alone() {
        let subject = "repo:acme/web:environment:production";
        for name in ["NPM_TOKEN", "AWS_ACCESS_KEY_ID", "AZURE_CLIENT_SECRET", "GOOGLE_CREDENTIALS"] {
            check(RULE, &holding(name).ci_role("release", subject), &[]);
        }
        let elsewhere = "repo:other/web:environment:production";
        check(RULE, &holding("AWS_SECRET_ACCESS_KEY").ci_role("release", elsewhere), &[]);
        check(RULE, &holding("AWS_SECRET_ACCESS_KEY"), &[]);
    }

    #[test]
    fn secrets_that_were_not_listed_are_not_absent() {
        let assessed = run(RULE, &Estate::new().organization("acme").denied(Facet::PipelineSecrets));
        assert!(assessed.findings.is_empty());
        assert!(assessed.assessments.iter().any(|row| row.verdict == Verdict::NotAssessable));
    }
}

//! A default service account of Google Cloud that may change everything in its project.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use whose_graph::{Graph, Ix};
use whose_model::{EdgeKind, Evidence, Facet, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "default-account-with-editor",
    title: "A default service account may change everything in its project",
    group: Group::Privilege,
    base: Severity::High,
    finds: "Default service accounts of Compute Engine and App Engine (`NUMBER-compute@developer.gserviceaccount.com`, \
            `PROJECT@appspot.gserviceaccount.com`) that hold the role Editor or Owner.",
    matters: "Machines, functions and build jobs run as these accounts unless somebody says otherwise, so a hole in any \
              of them is a hole in the whole project. Google long gave them Editor by itself, and nobody decided it.",
    fix: "Give each workload an account of its own with the roles that it uses, take Editor from the default account, \
          and enforce the organization policy that keeps Google from granting it again.",
    blind_spots: "Which machines run as the account, and the access scopes that may bound them, are not read. Custom roles \
                  that amount to Editor are told of by admin-equivalent-identity.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Grants],
    maps_to: &[
        control("owasp-nhi-2025", "NHI5:2025"),
        control("nist-csf-2.0", "PR.AA-05"),
        control("nist-800-53r5", "AC-6"),
        control("cis-gcp-5.0.0", "1.6"),
        control("cis-gcp-5.0.0", "4.1"),
    ],
    references: &[link(
        "Google Cloud: default service accounts",
        "https://cloud.google.com/iam/docs/service-account-types#default",
    )],
};

/// The roles that let their holder change everything.
const ROLES: &[&str] = &["roles/editor", "roles/owner"];

/// See the rule's page.
pub(crate) struct DefaultAccountWithEditor;

impl PostureRule for DefaultAccountWithEditor {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph) {
            let grants = grants(graph, ix);
            let Some(first) = grants.first() else { continue };
            let name = wording::named_first(graph, ix);
            let title = format!("{name}, as which workloads run by default, holds {}", graph.node(*first).name);
            let mut draft = Draft::new(title).power_in_base();
            for grant in &grants {
                let node = graph.node(*grant);
                draft = draft
                    .shown_by(Evidence::new(format!("it holds {}", node.name), "IAM policy"))
                    .fixed_by(fixes::step(graph, fixes::Step::TakeGrant(&node.id), ix));
            }
            let policy = "Enforce the organization policy iam.automaticIamGrantsForDefaultServiceAccounts, so that no \
                          new project starts like this";
            findings.report(ix, draft.fixed_by([fixes::advice(policy)]));
        }
    }
}

/// The grants of Editor and Owner that a default account itself holds; none of any other identity.
pub(super) fn grants(graph: &Graph, ix: Ix) -> Vec<Ix> {
    let node = graph.node(ix);
    if node.r#type != "service-account" || !is_default(&node.id.local()) {
        return Vec::new();
    }
    let gives = |grant: &Ix| {
        let statements = graph.node(*grant).grant().map(|detail| detail.statements.as_slice()).unwrap_or_default();
        statements.iter().flat_map(|one| &one.actions).any(|role| ROLES.contains(&role.as_str()))
    };
    graph.out(ix, EdgeKind::HasGrant).map(|(grant, _)| grant).filter(gives).collect()
}

/// Whether an e-mail is that of an account which Google makes with a project, to run what has no account of its own.
fn is_default(email: &str) -> bool {
    let number = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    match email.split_once('@') {
        Some((name, "developer.gserviceaccount.com")) => name.strip_suffix("-compute").is_some_and(number),
        Some((name, "appspot.gserviceaccount.com")) => !name.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::admin_equivalent_identity::AdminEquivalentIdentity;
    use crate::testing::{Estate, allows, check};
    use whose_model::{GrantDetail, GrantOrigin, Node, NodeId, Power, State, Tier, What};

    const COMPUTE: &str = "4711-compute@developer.gserviceaccount.com";
    const APP_ENGINE: &str = "shop@appspot.gserviceaccount.com";
    const ADDRESS: &str = "//cloudresourcemanager.googleapis.com/projects/shop";

    /// An account of a project that holds a role there.
    fn holds(email: &str, role: &str, tier: Tier) -> Estate {
        let project = NodeId::new("gcp", "", "project", "shop");
        let id = NodeId::new("gcp", "", "service-account", email);
        let mut node = Node::new(id.clone(), What::Identity(Box::default()), "service-account", email);
        (node.scope, node.state) = (Some(project.clone()), State::Enabled);
        let binding = NodeId::new("gcp", "", "iam-binding", &format!("projects/shop/{role}"));
        let statements = vec![allows(&[role], &[ADDRESS])];
        let power = Some(Power { tier, why: format!("role {role} on project shop") });
        let detail = GrantDetail { statements, read: true, power, ..GrantDetail::new(GrantOrigin::Customer) };
        let name = format!("{role} on project shop");
        let mut grant = Node::new(binding.clone(), What::Grant(detail), "iam-binding", &name);
        grant.scope = Some(project.clone());
        Estate::new().scope(project, "project").node(node).node(grant).edge(&id, EdgeKind::HasGrant, &binding)
    }

    #[test]
    fn a_default_account_that_edits_its_project_is_found_with_the_command_that_ends_it() {
        for email in [COMPUTE, APP_ENGINE] {
            let estate = holds(email, "roles/editor", Tier::T0);
            let findings = check(&DefaultAccountWithEditor, &estate, &[(email, Severity::High)]);
            let command = findings[0].fix[0].command.as_deref().unwrap();
            assert_eq!(
                command,
                format!(
                    "gcloud projects remove-iam-policy-binding shop --member=serviceAccount:{email} \
                     --role=roles/editor"
                )
            );
            check(&AdminEquivalentIdentity, &estate, &[]);
        }
    }

    #[test]
    fn a_default_account_with_a_small_role_and_an_editor_of_its_own_name_are_left_alone() {
        check(&DefaultAccountWithEditor, &holds(COMPUTE, "roles/logging.logWriter", Tier::T1), &[]);
        for email in ["compute@shop.iam.gserviceaccount.com", "x-compute@developer.gserviceaccount.com"] {
            let estate = holds(email, "roles/editor", Tier::T0);
            check(&DefaultAccountWithEditor, &estate, &[]);
            check(&AdminEquivalentIdentity, &estate, &[(email, Severity::High)]);
        }
    }

    #[test]
    fn a_binding_that_was_seen_counts_however_the_rest_was_read_and_one_that_was_not_seen_is_none() {
        let estate = holds(COMPUTE, "roles/editor", Tier::T0).denied(Facet::Grants);
        check(&DefaultAccountWithEditor, &estate, &[(COMPUTE, Severity::High)]);
        let mut unread = estate;
        unread.edges.clear();
        check(&DefaultAccountWithEditor, &unread, &[]);
    }
}

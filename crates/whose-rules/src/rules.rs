//! The rules, one file each, and the list of them. Adding one touches its own file and this one.

mod admin_controlled_by_non_admin;
mod admin_equivalent_identity;
mod agent_blueprint_secret;
mod app_writes_everywhere;
mod broad_ci_trust;
mod ci_issuers;
mod ci_subjects;
mod compromised_credential;
mod consent_of_leaver;
mod console_password_on_nhi;
mod credential_of_leaver;
mod credential_on_app_instance;
mod credential_on_disabled_identity;
mod credential_on_third_party_app;
mod default_account_with_editor;
mod escalation_path;
mod expired_identity_enabled;
mod external_trust_without_external_id;
mod fork_workflow_without_approval;
mod leaked_dead_credential;
mod leaked_foreign_credential;
mod leaked_live_credential;
mod long_lived_credential;
mod mutable_ci_subject;
mod never_used_credential;
mod orphaned_owner;
mod orphaned_workload;
mod outside_issuer_for_admin;
mod overlong_credential_lifetime;
mod pipeline_writes_by_default;
mod root_access_key;
mod scope_wide_impersonation;
mod sensitive_third_party_consent;
mod shared_secret;
mod sole_owner_of_admin;
mod stale_credential;
mod stale_identity;
mod static_key_beside_federation;
mod third_party_owner;
mod trust_in_missing_repository;
mod two_active_keys;
mod undeclared_lifecycle;
mod unowned_identity;
mod unpinned_admin_trust;
mod unrestricted_api_key;
mod unsigned_webhook;
mod unsponsored_agent;

use crate::PostureRule;

/// Every rule, in the order in which reports and pages show them: by family, and within a family from the first
/// thing to look at to the last.
pub const CATALOGUE: &[&dyn PostureRule] = &[
    &compromised_credential::CompromisedCredential,
    &leaked_live_credential::LeakedLiveCredential,
    &leaked_foreign_credential::LeakedForeignCredential,
    &leaked_dead_credential::LeakedDeadCredential,
    &shared_secret::SharedSecret,
    &unowned_identity::UnownedIdentity,
    &orphaned_owner::OrphanedOwner,
    &unsponsored_agent::UnsponsoredAgent,
    &sole_owner_of_admin::SoleOwnerOfAdmin,
    &third_party_owner::ThirdPartyOwner,
    &credential_of_leaver::CredentialOfLeaver,
    &consent_of_leaver::ConsentOfLeaver,
    &orphaned_workload::OrphanedWorkload,
    &expired_identity_enabled::ExpiredIdentityEnabled,
    &credential_on_disabled_identity::CredentialOnDisabledIdentity,
    &undeclared_lifecycle::UndeclaredLifecycle,
    &root_access_key::RootAccessKey,
    &agent_blueprint_secret::AgentBlueprintSecret,
    &credential_on_app_instance::CredentialOnAppInstance,
    &credential_on_third_party_app::CredentialOnThirdPartyApp,
    &long_lived_credential::LongLivedCredential,
    &overlong_credential_lifetime::OverlongCredentialLifetime,
    &unrestricted_api_key::UnrestrictedApiKey,
    &static_key_beside_federation::StaticKeyBesideFederation,
    &unsigned_webhook::UnsignedWebhook,
    &stale_credential::StaleCredential,
    &never_used_credential::NeverUsedCredential,
    &two_active_keys::TwoActiveKeys,
    &stale_identity::StaleIdentity,
    &admin_equivalent_identity::AdminEquivalentIdentity,
    &default_account_with_editor::DefaultAccountWithEditor,
    &admin_controlled_by_non_admin::AdminControlledByNonAdmin,
    &escalation_path::EscalationPath,
    &scope_wide_impersonation::ScopeWideImpersonation,
    &app_writes_everywhere::AppWritesEverywhere,
    &pipeline_writes_by_default::PipelineWritesByDefault,
    &broad_ci_trust::BroadCiTrust,
    &unpinned_admin_trust::UnpinnedAdminTrust,
    &mutable_ci_subject::MutableCiSubject,
    &trust_in_missing_repository::TrustInMissingRepository,
    &fork_workflow_without_approval::ForkWorkflowWithoutApproval,
    &external_trust_without_external_id::ExternalTrustWithoutExternalId,
    &outside_issuer_for_admin::OutsideIssuerForAdmin,
    &sensitive_third_party_consent::SensitiveThirdPartyConsent,
    &console_password_on_nhi::ConsolePasswordOnNhi,
];

/// The rule with this slug.
pub fn rule(slug: &str) -> Option<&'static dyn PostureRule> {
    CATALOGUE.iter().copied().find(|rule| rule.info().slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use crate::{Policy, assess};
    use std::collections::BTreeSet;
    use whose_model::*;

    #[test]
    fn a_slug_is_kebab_case_unique_and_the_name_of_its_file() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let mut slugs = BTreeSet::new();
        for listed in CATALOGUE {
            let slug = listed.info().slug;
            assert!(slug.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'), "{slug}");
            assert!(slugs.insert(slug), "{slug} stands twice");
            assert!(folder.join(format!("{}.rs", slug.replace('-', "_"))).exists(), "{slug} has no file");
            assert_eq!(rule(slug).map(|found| found.info().slug), Some(slug));
        }
        assert!(rule("no-such-rule").is_none());
    }

    #[test]
    fn rules_stand_in_one_block_a_family() {
        let groups: Vec<_> = CATALOGUE.iter().map(|rule| rule.info().group).collect();
        let blocks = 1 + groups.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(blocks, groups.iter().collect::<BTreeSet<_>>().len(), "{groups:?}");
    }

    /// An estate in which every rule finds something.
    fn faulty() -> Estate {
        let gone = Principal::Federated(NodeId::new("aws", ACCOUNT, "oidc-provider", "oidc.example.com/id/1"));
        let github = NodeId::new("aws", ACCOUNT, "oidc-provider", "token.actions.githubusercontent.com");
        let provider = Node::new(github.clone(), What::Trust(TrustDetail::default()), "oidc-provider", "github");
        let left = OwnerDetail {
            party: PartyKind::Person,
            status: PartyStatus::Inactive,
            status_source: None,
            left: Some(ago(100)),
        };
        let mut estate = Estate::new()
            .node(provider)
            .node(Node::new(NodeId::new("whose", "", "owner", "eve@example.com"), What::Owner(left), "person", "eve"))
            .user("<root>", |node| {
                if let What::Identity(detail) = &mut node.what {
                    detail.root = true;
                }
            })
            .key("<root>", "AKROOT", |_| {})
            .user("svc-orphan", |node| drop(node.tags.insert("Owner".into(), "eve@example.com".into())))
            .user("svc-old", |node| drop(node.tags.insert("ExpiresOn".into(), "2026-01-01".into())))
            .key("svc-old", "AKOLD", |node| node.created = Some(ago(400)))
            .key("svc-old", "AKIDLE", |node| node.last_used = Some(used(Usage::At(ago(70)))))
            .key("svc-orphan", "AKNEVER", |node| node.last_used = Some(used(Usage::Never)))
            .edge(&key("AKOLD"), EdgeKind::CreatedBy, &NodeId::new("whose", "", "owner", "eve@example.com"))
            .key("svc-orphan", "AKOFF", |node| node.state = State::Disabled)
            .password("svc-orphan", |_| {})
            .role("worker", &[trusts(&[gone], &[])], |_| {})
            .role("release", &[trusts(&[Principal::Federated(github)], &[])], |_| {})
            .role("vendor", &[trusts(&[Principal::Scope(account("999988887777"))], &[])], |_| {})
            .grant(&role("vendor"), "All", &[allows(&["*"], &["*"])]);
        for (fingerprint, repository, id, number) in [
            ("live", "a", "AKOLD", ACCOUNT),
            ("off", "a", "AKOFF", ACCOUNT),
            ("gone", "b", "AKGONE", ACCOUNT),
            ("foreign", "b", "AKFOREIGN", "999988887777"),
            ("live", "b", "AKOLD", ACCOUNT),
        ] {
            let path = format!("{fingerprint}.env");
            estate = estate.leak(fingerprint, (repository, &path, 20), |detail| detail.joins = joins(id, number));
        }
        tenant::faulty(forge(impersonation(estate)))
    }

    /// Ways from identity to identity, and credentials that their provider judges.
    fn impersonation(estate: Estate) -> Estate {
        let group = NodeId::new("gcp", "", "impersonators", "projects/p");
        let mut node = Node::new(group.clone(), What::Group, "impersonators", "whoever may act in p");
        node.scope = Some(account(ACCOUNT));
        let marked = |node: &mut Node| {
            if let What::Credential(detail) = &mut node.what {
                detail.compromised = Some("exposed".into());
            }
        };
        let unlimited = |node: &mut Node| {
            if let What::Credential(detail) = &mut node.what {
                detail.limits = Some(CredentialLimits::default());
            }
        };
        let api_key = NodeId::new("gcp", "p", "api-key", "u1");
        let compute = NodeId::new("gcp", "", "service-account", "1-compute@developer.gserviceaccount.com");
        let what = What::Identity(Box::default());
        let mut machine =
            Node::new(compute.clone(), what, "service-account", "1-compute@developer.gserviceaccount.com");
        (machine.scope, machine.tags) = (Some(account(ACCOUNT)), declared());
        estate
            .node(node)
            .node(machine)
            .grant(&compute, "editor", &[allows(&["roles/editor"], &[])])
            .user("svc-marked", |_| {})
            .key("svc-marked", "AKMARKED", marked)
            .credential(&user("svc-marked"), api_key, CredentialKind::ApiKey, unlimited)
            .user("svc-climber", |_| {})
            .key("svc-climber", "AKCLIMBER", |_| {})
            .edge(&user("svc-climber"), EdgeKind::CanAssume, &role("vendor"))
            .user("svc-builder", |_| {})
            .key("svc-builder", "AKBUILDER", |_| {})
            .edge(&user("svc-builder"), EdgeKind::MemberOf, &group)
            .edge(&group, EdgeKind::CanAssume, &user("svc-marked"))
    }

    /// The tags of something whose keepers declared all of it.
    fn declared() -> std::collections::BTreeMap<String, String> {
        let tags = [("Owner", "ana@example.com"), ("Purpose", "Sends mail"), ("ExpiresOn", "2027-06-01")];
        tags.map(|(name, value)| (name.into(), value.into())).into()
    }

    /// An organisation on GitHub whose pipelines the account trusts.
    fn forge(estate: Estate) -> Estate {
        let of_forge = |kind: &str, what: What| {
            let mut node = Node::new(NodeId::new("github", "github.com", kind, "7"), what, kind, kind);
            (node.scope, node.state) = (Some(organization("acme")), State::Enabled);
            node
        };
        let mut hook = of_forge("webhook", What::Resource);
        hook.tags.insert("signed".into(), "false".into());
        let mut secret = of_forge("actions-secret", What::Location(Place::default()));
        secret.name = "AWS_SECRET_ACCESS_KEY".into();
        let mut app = of_forge("app-installation", What::Identity(Box::default()));
        app.tags = declared();
        let mut estate = estate.organization("acme");
        if let Some(scope) = estate.nodes.last_mut() {
            scope.tags.insert("default_workflow_permissions".into(), "write".into());
        }
        let id = app.id.clone();
        let mut estate = estate.node(hook).node(secret).node(app).power(&id, Tier::T1, "write of contents");
        if let Some(What::Grant(detail)) = estate.nodes.last_mut().map(|node| &mut node.what) {
            detail.statements = vec![allows(&["contents:write"], &["github.com/acme/*"])];
        }
        estate
            .hosted("acme/web", "22", "private")
            .open_to_forks("acme/site")
            .ci_role("gone-repository", "repo:acme/gone:ref:refs/heads/main")
            .ci_role("any-branch", "repo:acme/web:*")
            .grant(&role("any-branch"), "AnyBranch", &[allows(&["*"], &["*"])])
    }

    /// The same estate with neighbours of which no rule may speak, unless it takes unread for absent.
    fn estate() -> Estate {
        let github =
            Principal::Federated(NodeId::new("aws", ACCOUNT, "oidc-provider", "token.actions.githubusercontent.com"));
        let subject =
            ("StringEquals", "token.actions.githubusercontent.com:sub", "repo:acme@1/web@22:ref:refs/heads/main");
        let provider = Principal::Federated(NodeId::new("aws", ACCOUNT, "saml-provider", "directory"));
        let saml = Statement {
            actions: vec!["sts:AssumeRoleWithSAML".into()],
            ..trusts(std::slice::from_ref(&provider), &[])
        };
        let directory = What::Trust(TrustDetail::default());
        let directory = Node::new(
            NodeId::new("aws", ACCOUNT, "saml-provider", "directory"),
            directory,
            "saml-provider",
            "directory",
        );
        let declared = |node: &mut Node| node.tags = declared();
        let healthy = faulty()
            .node(directory)
            .user("ana@example.com", |_| {})
            // Only their passwords tell that these are people.
            .user("ben", |_| {})
            .password("ben", |_| {})
            .user("cleo", |_| {})
            .password("cleo", |_| {})
            .key("cleo", "AKCLEO", |_| {})
            .role("people", &[saml], |_| {})
            .grant(&role("people"), "All", &[allows(&["*"], &["*"])])
            .user("dora", |node| drop(node.tags.insert("type".into(), "human".into())))
            .user("svc-good", declared)
            .key("svc-good", "AKGOOD", |_| {})
            .user("svc-better", declared)
            .key("svc-better", "AKBETTER", |_| {})
            .role("good", &[trusts(&[Principal::Identity(user("svc-good"))], &[])], declared)
            .role("better", &[trusts(&[github], &[subject])], declared)
            .role("bounded", &[trusts(&[Principal::Service("lambda.amazonaws.com".into())], &[])], declared)
            .grant(&role("bounded"), "NotAll", &[allows(&["*"], &["*"]), denies_all()]);
        tenant::healthy(healthy.leak("good", ("c", "good.env", 20), |detail| detail.has_secret_half = false))
    }

    fn denies_all() -> Statement {
        Statement { effect: Effect::Deny, ..allows(&["*"], &["*"]) }
    }

    /// What a listing would have told is missing: the first half of it, or all.
    fn without(mut estate: Estate, facet: Facet, half: bool) -> Estate {
        let mut turn = 0;
        let mut lost = || {
            turn += 1;
            !half || turn % 2 == 1
        };
        // Whom somebody is named as an owner by and whether that party is there come from two listings.
        let names_status = |node: &Node| node.owner().is_some_and(|owner| owner.status != PartyStatus::Unresolved);
        let mut removed = BTreeSet::new();
        for node in &mut estate.nodes {
            let gone = match (facet, node.kind()) {
                (Facet::Identities, NodeKind::Identity)
                | (Facet::Credentials, NodeKind::Credential)
                | (Facet::Grants, NodeKind::Grant)
                | (Facet::Trusts, NodeKind::Trust)
                | (Facet::Secrets, NodeKind::Secret) => lost(),
                (Facet::OwnerStatus, NodeKind::Owner) if names_status(node) => lost(),
                (Facet::Repositories, NodeKind::Repo) | (Facet::Hooks, NodeKind::Resource) => lost(),
                _ => false,
            };
            match (facet, node.kind()) {
                _ if gone => drop(removed.insert(node.id.clone())),
                (Facet::CredentialUse, NodeKind::Credential) | (Facet::IdentityUse, NodeKind::Identity) if lost() => {
                    node.last_used = None;
                }
                (Facet::OwnerSignals, NodeKind::Identity) if lost() => node.tags.clear(),
                (Facet::Trusts, NodeKind::Identity) if lost() => {
                    if let What::Identity(detail) = &mut node.what {
                        detail.trust_policy.clear();
                    }
                }
                _ => {}
            }
        }
        let owns = |edge: &Edge| matches!(edge.kind, EdgeKind::OwnedBy | EdgeKind::Controls);
        estate.edges.retain(|edge| !(facet == Facet::OwnerSignals && owns(edge) && lost()));
        estate.nodes.retain(|node| !removed.contains(&node.id));
        estate.edges.retain(|edge| !removed.contains(&edge.from) && !removed.contains(&edge.to));
        estate
    }

    fn found(estate: &Estate) -> BTreeSet<(String, NodeId)> {
        let assessed = assess(&estate.build(), &Policy::default());
        assert!(assessed.assessments.iter().all(|row| row.verdict != Verdict::NotEvaluated));
        assessed.findings.into_iter().map(|finding| (finding.rule, finding.subject)).collect()
    }

    #[test]
    fn healthy_neighbours_of_the_faulty_are_left_alone() {
        let names =
            ["ana@example.com", "ben", "cleo", "dora", "people", "svc-good", "svc-better", "good", "better", "bounded"];
        let of_tenant = ["planner", "board", "scribe", "ana", "ben", "k-good", "sign-in", "own-calendar"];
        let of_tenant = of_tenant.iter().flat_map(|name| tenant::ids(name));
        let ids: BTreeSet<NodeId> = names.iter().flat_map(|name| [user(name), role(name)]).chain(of_tenant).collect();
        let spoken: Vec<_> = found(&estate()).into_iter().filter(|(_, subject)| ids.contains(subject)).collect();
        assert!(spoken.is_empty(), "{spoken:#?}");
    }

    #[test]
    fn every_rule_finds_its_fault_in_the_faulty_estate() {
        let rules: BTreeSet<String> = found(&faulty()).into_iter().map(|(rule, _)| rule).collect();
        let all: BTreeSet<String> = CATALOGUE.iter().map(|rule| rule.info().slug.to_string()).collect();
        assert_eq!(rules, all);
    }

    #[test]
    fn a_denied_listing_makes_no_finding_that_was_not_there() {
        let whole = found(&estate());
        for facet in INVENTORY.into_iter().chain([Facet::Secrets]) {
            let left = [
                estate().denied(facet),
                without(estate().denied(facet), facet, false),
                without(estate().denied(facet), facet, true),
            ];
            for estate in left {
                let invented: Vec<_> = found(&estate).difference(&whole).cloned().collect();
                assert!(invented.is_empty(), "without {facet:?}: {invented:#?}");
            }
        }
    }

    #[test]
    fn a_denied_listing_leaves_the_findings_of_other_rules_as_they_are() {
        let whole = found(&estate());
        for facet in INVENTORY.into_iter().chain([Facet::Secrets]) {
            let left = found(&estate().denied(facet));
            for (slug, subject) in &whole {
                let info = rule(slug).unwrap().info();
                // What a finding alone depends on (an account read completely) is declared with its draft.
                let by_draft = [
                    "leaked-dead-credential",
                    "leaked-live-credential",
                    "orphaned-workload",
                    "trust-in-missing-repository",
                ];
                let depends = info.facets().any(|needed| needed == facet) || by_draft.contains(&slug.as_str());
                assert!(
                    depends || left.contains(&(slug.clone(), subject.clone())),
                    "{facet:?} hid {slug} of {subject}"
                );
            }
        }
    }

    #[test]
    fn two_runs_give_the_same_ids_in_the_same_order() {
        let run = |estate: Estate| assess(&estate.build(), &Policy::default()).findings;
        let first = run(estate());
        let mut turned = estate();
        turned.nodes.reverse();
        turned.edges.reverse();
        assert_eq!(first, run(turned));
        let ids: BTreeSet<&str> = first.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(ids.len(), first.len(), "two findings share an id");
        assert!(first.windows(2).all(|pair| pair[0].severity >= pair[1].severity));
    }
}

//! A leaked value that no longer works: kept low, so that the live ones stand out.

use crate::leak::{self, Leaked, Standing};
use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, link, wording};
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, NodeKind, Severity, State, Timestamp, day};

static INFO: RuleInfo = RuleInfo {
    slug: "leaked-dead-credential",
    title: "A leaked credential no longer works",
    group: Group::Leak,
    base: Severity::Low,
    finds: "Values in repositories that belong to a disabled or expired credential or name a disabled identity, that ended by \
            their own word (the expiry in a token), that open a resource whose keys are switched off or were all renewed \
            after the value leaked, or that name an account which was scanned completely and holds no such credential \
            any more.",
    matters: "It lets nobody in. It shows that secrets get into this repository, and a disabled credential can be switched \
              on again.",
    fix: "Nothing is urgent. Delete a credential that is only disabled, and find out how the value got there.",
    blind_spots: "A deleted credential is known by its absence alone, so every list of credentials of its account must have \
                  been read completely. When a value leaked is the date that its commit bears, which its author can set.",
    needs: &[Facet::Credentials],
    reads: &[Facet::Secrets],
    maps_to: &[
        control("owasp-nhi-2025", "NHI2:2025"),
        control("nist-800-53r5", "IA-5(7)"),
        control("pci-dss-4.0.1", "8.6.2"),
    ],
    references: &[link(
        "OWASP NHI2:2025 Secret Leakage",
        "https://owasp.org/www-project-non-human-identities-top-10/2025/2-secret-leakage/",
    )],
};

/// See the rule's page.
pub(crate) struct LeakedDeadCredential;

impl PostureRule for LeakedDeadCredential {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for leaked in leak::leaked(graph) {
            let (what, evidence) = match leaked.standing {
                Standing::Dead(credential) => dead(graph, credential),
                Standing::Gone(scope) => gone(graph, scope),
                Standing::Ended(at) => ended(graph, &leaked, at),
                Standing::KeysOff(resource) => opens(graph, resource, "takes none of its keys any more"),
                Standing::KeysRenewed(resource) => opens(graph, resource, "renewed all of its keys after it leaked"),
                _ => continue,
            };
            let stands = leak::stands(&leak::places(graph, &[leaked.secret]));
            let draft = Draft::new(format!("{}, {stands}, {what}", leaked.detail.hint))
                .dead()
                .confidence(confidence(graph, &leaked))
                .shown_by_all(leak::evidence(graph, leaked.secret))
                .shown_by_all(leak::link(graph, leaked.secret))
                .shown_by(evidence)
                .leaked([leaked.secret]);
            findings.report(leaked.secret, premises(graph, &leaked, draft));
        }
    }
}

/// A credential that is there and off is seen; one that is gone is known by its absence from its whole scope.
fn premises(graph: &Graph, leaked: &Leaked<'_>, draft: Draft) -> Draft {
    let draft = draft.by_positive_evidence();
    match leaked.standing {
        Standing::Gone(_) => draft.premise(leak::gone_premise(graph, leaked.secret)),
        _ => draft.identity(graph.identity_of(leaked.secret)),
    }
}

/// A link that was made counts as sure as it is; that nothing is there, and what the value itself says, need none.
fn confidence(graph: &Graph, leaked: &Leaked<'_>) -> f64 {
    match leaked.standing {
        Standing::Dead(_) | Standing::KeysOff(_) | Standing::KeysRenewed(_) => {
            leak::link_confidence(graph, leaked.secret)
        }
        _ => 1.0,
    }
}

fn dead(graph: &Graph, credential: Ix) -> (String, Evidence) {
    let node = graph.node(credential);
    let of = graph.identity_of(credential).map(|ix| format!(" of {}", wording::named(graph, ix))).unwrap_or_default();
    let state = match node.state {
        State::Disabled => "disabled",
        State::Deleted => "deleted",
        State::Enabled | State::Unknown => "expired, or its identity is disabled",
    };
    let verb = if node.kind() == NodeKind::Identity { "names" } else { "belongs to" };
    let what = format!("{verb} {}{of}, which is {state}", wording::named(graph, credential));
    (what, Evidence::new(format!("{} is {state}", node.name), "inventory"))
}

fn opens(graph: &Graph, resource: Ix, which: &str) -> (String, Evidence) {
    let shown = format!("{} {which}", wording::named(graph, resource));
    (format!("opened {}, which {which}", wording::named(graph, resource)), Evidence::new(shown, "inventory"))
}

fn gone(graph: &Graph, scope: Ix) -> (String, Evidence) {
    let scope = wording::named(graph, scope);
    let shown = format!("{scope} was read completely and holds no such credential");
    (format!("belonged to {scope}, which no longer holds it"), Evidence::new(shown, "inventory"))
}

fn ended(graph: &Graph, leaked: &Leaked<'_>, at: Timestamp) -> (String, Evidence) {
    let of = graph.identity_of(leaked.secret).map(|ix| format!("names {} and ", wording::named(graph, ix)));
    let what = format!("{}expired on {}", of.unwrap_or_default(), day(at));
    (what, Evidence::new("it expired, by its own word", format!("detector {}", leaked.detail.detector)).at(Some(at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Estate, ago, check, joins, not_assessable, user};
    use whose_model::{JoinStrength, JoinTarget, SecretDetail};

    fn leaked(id: &str, number: &str) -> Estate {
        Estate::new()
            .user("svc", |_| {})
            .key("svc", "AK1", |node| node.state = State::Disabled)
            .key("svc", "AK2", |_| {})
            .leak("f1", ("web", "x.env", 30), |detail| detail.joins = joins(id, number))
    }

    #[test]
    fn the_disabled_and_the_deleted_are_low() {
        let findings = check(&LeakedDeadCredential, &leaked("AK1", ACCOUNT), &[("AK…f1", Severity::Low)]);
        assert!(
            findings[0].title.ends_with("belongs to access key AK1 of user svc, which is disabled"),
            "{findings:?}"
        );
        let findings = check(&LeakedDeadCredential, &leaked("AK9", ACCOUNT), &[("AK…f1", Severity::Low)]);
        assert!(
            findings[0].title.ends_with("belonged to account 111122223333, which no longer holds it"),
            "{findings:?}"
        );
    }

    #[test]
    fn the_live_and_the_foreign_are_told_of_elsewhere() {
        check(&LeakedDeadCredential, &leaked("AK2", ACCOUNT), &[]);
        check(&LeakedDeadCredential, &leaked("AK9", "999988887777"), &[]);
    }

    #[test]
    fn a_list_with_a_gap_cannot_tell_what_was_deleted() {
        not_assessable(&LeakedDeadCredential, &leaked("AK9", ACCOUNT).denied(Facet::Credentials));
        not_assessable(&LeakedDeadCredential, &leaked("AK9", ACCOUNT).unread(Facet::Credentials, &user("other")));
    }

    #[test]
    fn a_token_that_ended_by_its_own_word_is_low_whoever_it_names() {
        let names_user = |detail: &mut SecretDetail| {
            detail.expires = Some(ago(3));
            detail.joins = joins("svc", ACCOUNT);
            detail.joins[0].target = JoinTarget::Node(user("svc"));
        };
        let estate = Estate::new().user("svc", |_| {}).leak("f1", ("web", "x.env", 30), names_user);
        let findings = check(&LeakedDeadCredential, &estate, &[("AK…f1", Severity::Low)]);
        assert!(findings[0].title.ends_with("names user svc and expired on 2026-11-21"), "{findings:?}");
        assert_eq!(findings[0].identity, Some(user("svc")));
        let nameless = Estate::new().leak("f1", ("web", "x.env", 30), |detail| detail.expires = Some(ago(3)));
        check(&LeakedDeadCredential, &nameless, &[("AK…f1", Severity::Low)]);
        let later = Estate::new().leak("f1", ("web", "x.env", 30), |detail| detail.expires = Some(ago(-3)));
        check(&LeakedDeadCredential, &later, &[]);
    }

    #[test]
    fn a_token_of_an_identity_that_is_off_lets_nobody_in() {
        let estate =
            Estate::new().user("svc", |node| node.state = State::Disabled).leak("f1", ("web", "x.env", 30), |detail| {
                detail.joins = joins("svc", ACCOUNT);
                detail.joins[0].target = JoinTarget::Node(user("svc"));
                detail.joins[0].strength = JoinStrength::EmbeddedSubject;
            });
        let findings = check(&LeakedDeadCredential, &estate, &[("AK…f1", Severity::Low)]);
        assert!(findings[0].title.ends_with("names user svc, which is disabled"), "{findings:?}");
        assert!((findings[0].confidence - 0.95).abs() < 1e-9, "{findings:?}");
    }

    #[test]
    fn a_disabled_key_that_was_seen_is_dead_however_the_rest_was_read() {
        let estate = leaked("AK1", ACCOUNT).denied(Facet::Credentials);
        check(&LeakedDeadCredential, &estate, &[("AK…f1", Severity::Low)]);
    }

    #[test]
    fn a_storage_key_is_dead_when_its_account_takes_none_or_renewed_both() {
        for (keys, state, ends) in [
            ([400, 400], State::Disabled, "opened storage account logs, which takes none of its keys any more"),
            ([20, 29], State::Enabled, "opened storage account logs, which renewed all of its keys after it leaked"),
        ] {
            let estate = Estate::tenant().storage("logs", keys, state).storage_leak("logs", 30, None);
            let findings = check(&LeakedDeadCredential, &estate, &[("AK…f1", Severity::Low)]);
            assert!(findings[0].title.ends_with(ends), "{}", findings[0].title);
        }
        let estate = Estate::tenant().storage("logs", [20, 31], State::Enabled).storage_leak("logs", 30, None);
        check(&LeakedDeadCredential, &estate, &[]);
    }
}

//! An application of another company that may read what the people here wrote.

use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, subjects, wording};
use std::collections::BTreeSet;
use whose_graph::{Graph, Ix};
use whose_model::{Consent, Evidence, Facet, Severity};

static INFO: RuleInfo = RuleInfo {
    slug: "sensitive-third-party-consent",
    title: "Another company's application may reach mail, files or the directory",
    group: Group::Trust,
    base: Severity::High,
    finds: "Applications that another organisation makes and that hold a consent to sensitive scopes (mail, files, \
            messages, the directory): for everybody, or, where the provider did not verify the publisher, in the name of \
            at least one person. Permissions that the application uses without any person count as for everybody.",
    matters: "Whoever gets into that company gets into the mailboxes here, past every password and second factor. A \
              consent outlives the contract, and the application asks for no new sign-in.",
    fix: "Ask who needs it. Take away the scopes that it does not use, restrict the rest to the people who use it, and \
          let only administrators consent to applications of unverified publishers.",
    blind_spots: "What the application really reads is not seen. Which scopes are sensitive is our own list, for the \
                  provider's own services alone. Applications of the own organisation are judged by their privilege. Google does not say whom it verified: \
                  there only applications that are registered nowhere count as unverified.",
    needs: &[],
    reads: &[Facet::Identities, Facet::Grants],
    maps_to: &[
        control("owasp-nhi-2025", "NHI3:2025"),
        control("nist-csf-2.0", "GV.SC-07"),
        control("nist-800-53r5", "AC-20"),
        control("nist-800-53r5", "SA-9"),
        control("cis-m365-7.0.0", "5.1.5.1"),
        control("cis-m365-7.0.0", "5.1.5.2"),
    ],
    references: &[link(
        "Microsoft: investigate and remediate risky OAuth apps",
        "https://learn.microsoft.com/en-us/defender-cloud-apps/investigate-risky-oauth",
    )],
};

/// See the rule's page.
pub(crate) struct SensitiveThirdPartyConsent;

impl PostureRule for SensitiveThirdPartyConsent {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        for ix in subjects::machines(graph) {
            let detail = graph.node(ix).identity();
            let Some(detail) = detail.filter(|detail| detail.third_party == Some(true)) else { continue };
            let unverified = detail.publisher_verified == Some(false);
            let consents = sensitive(graph, ix);
            let everybody = consents.iter().any(|(_, consent)| consent.tenant_wide);
            if consents.is_empty() || !(everybody || unverified) {
                continue;
            }
            let draft =
                if everybody { draft_of_all(graph, ix, &consents) } else { draft_of_some(graph, ix, &consents) };
            let draft = match (everybody, unverified) {
                (true, true) => draft.lift("publisher", 1, "the provider did not verify its publisher"),
                _ => draft,
            };
            findings.report(ix, finish(graph, ix, draft, &consents));
        }
    }
}

/// The consents to sensitive scopes that an identity holds.
fn sensitive(graph: &Graph, ix: Ix) -> Vec<(Ix, &Consent)> {
    let consent = |grant: Ix| Some((grant, graph.node(grant).grant()?.consent.as_ref()?));
    graph.grants_of(ix).into_iter().filter_map(consent).filter(|(_, consent)| !consent.sensitive.is_empty()).collect()
}

fn draft_of_all(graph: &Graph, ix: Ix, consents: &[(Ix, &Consent)]) -> Draft {
    let scopes = scopes(consents.iter().filter(|(_, consent)| consent.tenant_wide));
    Draft::new(format!("{}, of another company, may use {scopes} on everybody", wording::named_first(graph, ix)))
}

fn draft_of_some(graph: &Graph, ix: Ix, consents: &[(Ix, &Consent)]) -> Draft {
    let people: BTreeSet<_> = consents.iter().filter_map(|(_, consent)| consent.on_behalf_of.as_ref()).collect();
    let whom = if people.len() == 1 { "1 person".into() } else { format!("{} people", people.len()) };
    let name = wording::named_first(graph, ix);
    let title = format!("{name}, of an unverified publisher, may use {} on {whom}", scopes(consents.iter()));
    Draft::new(title)
        .base(Severity::Medium, "people let an application of an unverified publisher reach what is theirs")
}

/// The scopes in the order of the alphabet, at most five by name.
fn scopes<'a>(consents: impl Iterator<Item = &'a (Ix, &'a Consent)>) -> String {
    let all: BTreeSet<&str> = consents.flat_map(|(_, consent)| consent.sensitive.iter().map(String::as_str)).collect();
    let named: Vec<&str> = all.iter().copied().take(5).collect();
    let more = if all.len() > 5 { format!(" and {} more", all.len() - 5) } else { String::new() };
    format!("{}{more}", named.join(", "))
}

fn finish(graph: &Graph, ix: Ix, draft: Draft, consents: &[(Ix, &Consent)]) -> Draft {
    consents.iter().fold(draft, |draft, (grant, consent)| {
        let node = graph.node(*grant);
        let shown = Evidence::new(format!("{}: {}", node.name, consent.scopes.join(" ")), "consents").at(node.created);
        draft.shown_by(shown).fixed_by(fixes::step(graph, fixes::Step::TakeGrant(&node.id), ix))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tenant::{person, principal};
    use crate::testing::{Estate, check};
    use whose_model::{State, Tier};

    fn mailer(verified: bool) -> Estate {
        Estate::tenant().foreign("mailer", verified, |_| {}).role_of(&principal("mailer"), "r", Tier::T1)
    }

    #[test]
    fn a_consent_for_everybody_is_high_and_critical_where_nobody_verified_the_publisher() {
        let estate = mailer(true).consent(&principal("mailer"), "c", &["Mail.Read", "Files.Read.All"], None);
        let findings = check(&SensitiveThirdPartyConsent, &estate, &[("mailer", Severity::High)]);
        let title = "Service principal mailer, of another company, may use Files.Read.All, Mail.Read on everybody";
        assert_eq!(findings[0].title, title);
        let estate = mailer(false).consent(&principal("mailer"), "c", &["Mail.Read"], None);
        check(&SensitiveThirdPartyConsent, &estate, &[("mailer", Severity::Critical)]);
    }

    #[test]
    fn one_persons_consent_counts_where_nobody_verified_the_publisher() {
        let of = |verified| {
            mailer(verified).person("ana", |_| {}).consent(
                &principal("mailer"),
                "c",
                &["Mail.Read"],
                Some(&person("ana")),
            )
        };
        let findings = check(&SensitiveThirdPartyConsent, &of(false), &[("mailer", Severity::Medium)]);
        assert!(findings[0].title.ends_with("may use Mail.Read on 1 person"), "{}", findings[0].title);
        check(&SensitiveThirdPartyConsent, &of(true), &[]);
    }

    #[test]
    fn harmless_scopes_and_the_own_applications_are_left_alone() {
        check(&SensitiveThirdPartyConsent, &mailer(false).consent(&principal("mailer"), "c", &[], None), &[]);
        let own = Estate::tenant().app("own", |_| {}).consent(&principal("own"), "c", &["Mail.Read"], None);
        check(&SensitiveThirdPartyConsent, &own, &[]);
        let off = Estate::tenant().foreign("mailer", false, |node| node.state = State::Disabled);
        let off = off.consent(&principal("mailer"), "c", &["Mail.Read"], None);
        check(&SensitiveThirdPartyConsent, &off, &[("mailer", Severity::Low)]);
    }

    #[test]
    fn a_gap_elsewhere_leaves_what_was_seen_standing() {
        let estate = mailer(true).consent(&principal("mailer"), "c", &["Mail.Read"], None).denied(Facet::Grants);
        check(&SensitiveThirdPartyConsent, &estate, &[("mailer", Severity::High)]);
    }
}

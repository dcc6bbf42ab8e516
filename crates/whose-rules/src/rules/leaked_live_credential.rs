//! A leaked value that is the value of a credential that works.

use crate::leak::{self, Leaked, Standing};
use crate::{Draft, Findings, Group, Policy, PostureRule, RuleInfo, control, fixes, link, wording};
use std::collections::BTreeMap;
use whose_graph::{Graph, Ix};
use whose_model::{Evidence, Facet, Gap, Place, Severity, Timestamp, day};

static INFO: RuleInfo = RuleInfo {
    slug: "leaked-live-credential",
    title: "A leaked credential works",
    group: Group::Leak,
    base: Severity::Critical,
    finds: "Values in repositories, in their whole history, that match a working credential of the inventory: by its exact \
            id, by the public half of a private key, by the part of it that its vendor shows together with the application \
            or tenant beside it; tokens that name a working identity and have not expired; and values that name a resource \
            (a storage account) of which a key was there when they leaked and still works. Nobody signs in with a value \
            to find out. An ambiguous match is never reported on one identity.",
    matters: "Everybody who can read the place, and everybody who ever cloned it, can act as the identity, now.",
    fix: "Deactivate the credential first, then look at what was done with it, then make a successor that lives where \
          nobody reads it. Removing the line, or the history, switches nothing off.",
    blind_spots: "A value whose format names no id and whose provider shows no hint cannot be matched. Where only the id of \
                  a key was found, its secret half may stand somewhere else. The claims of a token are read and not \
                  verified, and no listing tells whether a token was revoked before its end.",
    needs: &[],
    reads: &[Facet::Secrets, Facet::Credentials],
    maps_to: &[
        control("owasp-nhi-2025", "NHI2:2025"),
        control("owasp-agentic-2026", "ASI03"),
        control("nist-csf-2.0", "PR.AA-01"),
        control("nist-csf-2.0", "RS.MI-01"),
        control("nist-800-53r5", "IA-5(7)"),
        control("pci-dss-4.0.1", "8.6.2"),
        control("csa-maestro", "cross-layer/data-leakage"),
    ],
    references: &[
        link(
            "OWASP NHI2:2025 Secret Leakage",
            "https://owasp.org/www-project-non-human-identities-top-10/2025/2-secret-leakage/",
        ),
        link(
            "GitHub: removing sensitive data from a repository",
            "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
        ),
    ],
};

/// See the rule's page.
pub(crate) struct LeakedLiveCredential;

impl PostureRule for LeakedLiveCredential {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, graph: &Graph, _policy: &Policy, findings: &mut Findings<'_>) {
        // One finding a credential: its id and its pair may stand in several places as several values.
        let mut live: BTreeMap<Ix, Vec<Leaked<'_>>> = BTreeMap::new();
        for leaked in leak::leaked(graph) {
            match leaked.standing {
                Standing::Live(credential) => live.entry(credential).or_default().push(leaked),
                Standing::Bearer(identity, ends) => {
                    findings.report(leaked.secret, bearer(graph, &leaked, identity, ends));
                }
                Standing::OneKeyOf(resource, ref keys) => {
                    findings.report(leaked.secret, opens(graph, &leaked, resource, keys));
                }
                Standing::Undecided(value) => {
                    findings.cannot_judge(leaked.secret, &[leaked.secret], state_gap(graph, value))
                }
                _ => {}
            }
        }
        for (credential, leaks) in live {
            findings.report(credential, draft(graph, credential, &leaks));
        }
    }
}

fn state_gap(graph: &Graph, value: Ix) -> Gap {
    let node = graph.node(value);
    Gap {
        subject: Some(node.id.clone()),
        call: None,
        reason: format!(
            "a leaked value belongs to {}, and no listing told whether it works",
            wording::named(graph, value)
        ),
        remedy: "let the scan read the state of the credentials in its scope".into(),
    }
}

fn draft(graph: &Graph, credential: Ix, leaks: &[Leaked<'_>]) -> Draft {
    let secrets: Vec<Ix> = leaks.iter().map(|leaked| leaked.secret).collect();
    let confidence = secrets.iter().map(|secret| leak::link_confidence(graph, *secret)).fold(0.0, f64::max);
    let whole = |leaked: &&Leaked<'_>| leaked.detail.has_secret_half;
    // What lies open somewhere is not made better by a copy that is encrypted.
    let pair = leaks.iter().filter(whole).min_by_key(|leaked| leaked.detail.encrypted);
    let places: Vec<&Place> = leak::places(graph, &secrets);
    let shown = pair.or(leaks.first()).map(|leaked| leaked.detail.hint.clone()).unwrap_or_default();
    let draft = Draft::new(title(graph, credential, &shown, &places, pair.is_some())).confidence(confidence);
    let draft = match pair {
        Some(pair) if pair.detail.encrypted => draft
            .base(Severity::Medium, "the key leaked under a passphrase, which can be guessed at leisure")
            .at_most(Severity::High, "nobody uses it without its passphrase"),
        Some(_) if confidence >= 1.0 => draft.at_least(Severity::Critical, "it leaked whole, and it works"),
        Some(_) => draft.base(Severity::High, "the value probably is that of a working credential"),
        None => draft
            .base(Severity::Low, "the id alone leaked, without its secret half")
            .at_most(Severity::Medium, "an id alone lets nobody in"),
    };
    let draft = leaks.iter().fold(draft, |draft, leaked| draft.shown_by_all(leak::evidence(graph, leaked.secret)));
    draft
        .shown_by_all(secrets.iter().flat_map(|secret| leak::link(graph, *secret)))
        .shown_by_all(state_evidence(graph, credential))
        .leaked(secrets)
        .fixed_by(fixes::step(graph, fixes::Step::Deactivate, credential))
        .fixed_by(fixes::step(graph, fixes::Step::CreateSuccessor, credential))
        .fixed_by(fixes::step(graph, fixes::Step::Delete, credential))
        .fixed_by([leak::purge()])
}

/// A token that names its identity: no listing knows it, so what it says of its own end counts.
fn bearer(graph: &Graph, leaked: &Leaked<'_>, identity: Ix, ends: Timestamp) -> Draft {
    let (detail, name) = (leaked.detail, wording::named(graph, identity));
    let stands = leak::stands(&leak::places(graph, &[leaked.secret]));
    let owner = wording::owner(graph, identity).unwrap_or_else(|| "not known".into());
    let title = format!(
        "{}, {stands}, is a {} that names {name} and works until {} unless it was revoked (owner: {owner}), which {}",
        detail.hint,
        detail.title,
        day(ends),
        wording::reach(graph, identity),
    );
    let until = Evidence::new("it has not expired, by its own word", format!("detector {}", detail.detector));
    Draft::new(title)
        .base(Severity::High, "it works until its own end, unless somebody revoked it")
        .confidence(leak::link_confidence(graph, leaked.secret))
        .identity(Some(identity))
        .shown_by_all(leak::evidence(graph, leaked.secret))
        .shown_by_all(leak::link(graph, leaked.secret))
        .shown_by(until.at(Some(ends)))
        .shown_by_all(leak::revealed(detail))
        .leaked([leaked.secret])
        .fixed_by([fixes::advice(format!(
            "Revoke what was issued to {name}: its sessions and tokens or, for a shared access signature, the user \
             delegation keys of the storage account"
        ))])
        .fixed_by([leak::purge()])
}

/// A value that names what it opens, and not by which of its keys.
fn opens(graph: &Graph, leaked: &Leaked<'_>, resource: Ix, keys: &[Ix]) -> Draft {
    let (detail, name) = (leaked.detail, wording::named(graph, resource));
    let stands = leak::stands(&leak::places(graph, &[leaked.secret]));
    let names: Vec<&str> = keys.iter().map(|key| graph.node(*key).name.as_str()).collect();
    let verb =
        if keys.len() == 1 { "was there when it leaked and works" } else { "were there when it leaked and work" };
    let until = detail.expires.map(|ends| format!(" until {}", day(ends))).unwrap_or_default();
    let title = format!(
        "{} {}, {stands}, opens {name}{until} by {}, which {verb}",
        detail.title,
        detail.hint,
        names.join(" or ")
    );
    let all = graph.keys_of(resource).count();
    let (base, why) = match keys.len() == all {
        true => (Severity::High, "no key of what it opens was renewed since it leaked"),
        false => {
            (Severity::Medium, "a key of what it opens was renewed since it leaked, and it may have been that one")
        }
    };
    let share = keys.len() as f64 / all as f64;
    Draft::new(title)
        .base(base, why)
        .confidence(leak::link_confidence(graph, leaked.secret) * share)
        .shown_by_all(leak::evidence(graph, leaked.secret))
        .shown_by_all(leak::link(graph, leaked.secret))
        .shown_by_all(keys.iter().flat_map(|key| state_evidence(graph, *key)))
        .shown_by_all(leak::revealed(detail))
        .leaked([leaked.secret])
        .fixed_by(keys.iter().flat_map(|key| fixes::step(graph, fixes::Step::CreateSuccessor, *key)))
        .fixed_by(keys.iter().flat_map(|key| fixes::step(graph, fixes::Step::Delete, *key)))
        .fixed_by([leak::purge()])
}

/// The whole story in one sentence: where it stands, whose it is, whether it is used, how far it gets.
fn title(graph: &Graph, credential: Ix, hint: &str, places: &[&Place], whole: bool) -> String {
    let node = graph.node(credential);
    let identity = graph.identity_of(credential);
    let of = identity.map(|ix| format!(" of {}", wording::named(graph, ix))).unwrap_or_default();
    let used = wording::last_use(node.last_used.as_ref(), graph.as_of());
    let owner = identity.and_then(|ix| wording::owner(graph, ix));
    let owner = owner.unwrap_or_else(|| "not known".into());
    let reach = identity.map(|ix| format!(", which {}", wording::reach(graph, ix))).unwrap_or_default();
    let is = if whole { "is a live" } else { "is the id of a live" };
    let stands = leak::stands(places);
    format!("{hint}, {stands}, {is} {}{of} ({used}; owner: {owner}){reach}", wording::kind(node))
}

fn state_evidence(graph: &Graph, credential: Ix) -> Vec<Evidence> {
    let node = graph.node(credential);
    let made = node.created.map(|at| format!(", made on {}", day(at))).unwrap_or_default();
    let state = Evidence::new(format!("{} is enabled{made}", wording::named(graph, credential)), "inventory");
    let used = node.last_used.as_ref().map(|used| {
        let what = used.what.as_deref().map(|what| format!(" for {what}")).unwrap_or_default();
        let said = wording::last_use(Some(used), graph.as_of());
        Evidence::new(format!("{said}{what}"), used.source.clone()).at(used.at())
    });
    std::iter::once(state).chain(used).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Estate, ago, allows, check, joins, key, role, run, trusts, used, user};
    use whose_model::{Join, JoinStrength, JoinTarget, Node, Principal, SecretDetail, State, Usage, Verdict, What};

    fn leaked(change: impl FnOnce(&mut Node), strength: JoinStrength, whole: bool) -> Estate {
        Estate::new().user("svc-pay", |_| {}).key("svc-pay", "AK1", change).leak(
            "f1",
            ("payments", "deploy.sh", 266),
            |d| {
                d.joins = joins("AK1", ACCOUNT);
                d.joins[0].strength = strength;
                d.has_secret_half = whole;
            },
        )
    }

    #[test]
    fn a_live_key_is_critical_and_tells_the_whole_story() {
        let estate = leaked(|node| node.last_used = Some(used(Usage::At(ago(1)))), JoinStrength::ExactId, true)
            .role("deploy-prod", &[trusts(&[Principal::Identity(user("svc-pay"))], &[])], |_| {})
            .grant(&role("deploy-prod"), "All", &[allows(&["*"], &["*"])])
            .grant(&user("svc-pay"), "Assume", &[allows(&["sts:AssumeRole"], &["*"])]);
        let findings = check(&LeakedLiveCredential, &estate, &[("AK1", Severity::Critical)]);
        assert_eq!(
            findings[0].title,
            "AK…f1, committed in payments/deploy.sh on 2026-03-03 by m.ruiz, is a live access key of user svc-pay \
             (last used yesterday; owner: nobody confirmed (m.ruiz@example.com at 0.15)), which reaches admin \
             through role deploy-prod"
        );
        assert_eq!(findings[0].places.len(), 1);
        let first = findings[0].fix[0].command.as_deref().unwrap();
        assert_eq!(first, "aws iam update-access-key --user-name svc-pay --access-key-id AK1 --status Inactive");
        assert!(findings[0].fix.last().unwrap().what.contains("history"));
        assert_eq!(findings[0].identity, Some(user("svc-pay")));
    }

    #[test]
    fn a_probable_match_and_an_id_alone_weigh_less() {
        check(&LeakedLiveCredential, &leaked(|_| {}, JoinStrength::PrefixSuffix, true), &[("AK1", Severity::Critical)]);
        let findings =
            check(&LeakedLiveCredential, &leaked(|_| {}, JoinStrength::ExactId, false), &[("AK1", Severity::Medium)]);
        assert!(findings[0].title.contains("is the id of a live access key"), "{}", findings[0].title);
    }

    #[test]
    fn a_key_under_a_passphrase_is_never_critical_unless_it_stands_open_elsewhere() {
        let encrypted = |second: bool| {
            let estate = Estate::new().user("svc-pay", |_| {}).key("svc-pay", "AK1", |node| {
                node.last_used = Some(used(Usage::At(ago(1))));
            });
            let joined = |encrypted| {
                move |detail: &mut SecretDetail| {
                    detail.joins = joins("AK1", ACCOUNT);
                    detail.encrypted = encrypted;
                }
            };
            let estate = estate.leak("f1", ("web", "id_rsa", 30), joined(true));
            if second { estate.leak("f2", ("web", "open", 20), joined(false)) } else { estate }
        };
        let findings = check(&LeakedLiveCredential, &encrypted(false), &[("AK1", Severity::High)]);
        assert!(findings[0].evidence[0].what.ends_with("encrypted under a passphrase"), "{findings:?}");
        check(&LeakedLiveCredential, &encrypted(true), &[("AK1", Severity::Critical)]);
    }

    #[test]
    fn a_token_that_names_an_identity_is_told_as_such_until_it_ends() {
        let token = |days: i64, change: fn(&mut Node)| {
            Estate::new().user("svc-pay", change).leak("f1", ("web", "x.env", 30), move |detail| {
                detail.title = "JSON Web Token".into();
                detail.expires = Some(ago(days));
                detail.joins = joins("AK1", ACCOUNT);
                detail.joins[0].target = JoinTarget::Node(user("svc-pay"));
                detail.joins[0].strength = JoinStrength::EmbeddedSubject;
            })
        };
        let findings = check(&LeakedLiveCredential, &token(-2, |_| {}), &[("AK…f1", Severity::High)]);
        assert_eq!(
            findings[0].title,
            "AK…f1, committed in web/x.env on 2026-10-25 by m.ruiz, is a JSON Web Token that names user svc-pay and works \
             until 2026-11-26 unless it was revoked (owner: nobody confirmed (m.ruiz@example.com at 0.15)), which can \
             do nothing that is known to matter"
        );
        let link = "the leaked JSON Web Token names, in its own text, this identity (confidence 0.95)";
        assert!(findings[0].evidence.iter().any(|shown| shown.what == link), "{findings:?}");
        assert_eq!(findings[0].identity, Some(user("svc-pay")));
        check(&LeakedLiveCredential, &token(2, |_| {}), &[]);
        check(&LeakedLiveCredential, &token(-2, |node| node.state = State::Disabled), &[]);
    }

    #[test]
    fn a_storage_key_is_told_by_its_account_and_the_keys_that_were_there() {
        let findings = |keys, state, expires| {
            run(&LeakedLiveCredential, &Estate::tenant().storage("logs", keys, state).storage_leak("logs", 30, expires))
                .findings
        };
        let live = findings([400, 31], State::Enabled, None);
        assert_eq!(live[0].severity, Severity::Critical);
        assert_eq!(
            live[0].title,
            "Azure storage account key AK…f1, committed in web/storage.env on 2026-10-25 by m.ruiz, opens storage account \
             logs by logs/key1 or logs/key2, which were there when it leaked and work"
        );
        assert!((live[0].confidence - 0.95).abs() < 1e-9);
        let renew = "az storage account keys renew --subscription s1 --account-name logs --key key1";
        assert!(live[0].fix.iter().any(|fix| fix.command.as_deref() == Some(renew)), "{:?}", live[0].fix);
        let half = findings([400, 20], State::Enabled, Some(10));
        assert!(
            half[0].title.ends_with(
                "opens storage account logs until 2026-12-04 by logs/key1, which was there when it leaked and works"
            ),
            "{}",
            half[0].title
        );
        assert_eq!((half[0].severity, half[0].confidence < 0.5), (Severity::High, true));
        assert!(findings([400, 31], State::Disabled, None).is_empty());
        assert!(findings([20, 20], State::Enabled, None).is_empty());
        assert!(findings([400, 31], State::Enabled, Some(-1)).is_empty());
    }

    #[test]
    fn a_storage_account_whose_keys_were_not_told_is_not_assessable() {
        let estate = Estate::tenant().storage("logs", [400, 400], State::Unknown).storage_leak("logs", 30, None);
        let assessed = run(&LeakedLiveCredential, &estate);
        assert!(assessed.findings.is_empty());
        assert!(assessed.assessments.iter().any(|row| row.not_assessed == 1), "{:?}", assessed.assessments);
    }

    #[test]
    fn one_private_key_of_two_credentials_is_a_finding_on_each() {
        let with_thumbprint = |node: &mut Node| {
            if let What::Credential(detail) = &mut node.what {
                detail.thumbprint = Some("SHA256:half".into());
            }
        };
        let estate = Estate::new().user("a", |_| {}).user("b", |_| {});
        let estate = estate.key("a", "AK1", with_thumbprint).key("b", "AK2", with_thumbprint);
        let estate = estate.leak("f1", ("web", "id_rsa", 30), |detail| {
            let target = JoinTarget::PublicHalf("SHA256:half".into());
            detail.joins = vec![Join { target, scope: None, strength: JoinStrength::ExactId }];
        });
        check(&LeakedLiveCredential, &estate, &[("AK1", Severity::Critical), ("AK2", Severity::Critical)]);
    }

    #[test]
    fn one_key_in_two_places_is_one_finding() {
        let estate = leaked(|_| {}, JoinStrength::ExactId, true).leak("f2", ("web", "ci.yml", 20), |detail| {
            detail.joins = joins("AK1", ACCOUNT);
            detail.has_secret_half = false;
        });
        let findings = check(&LeakedLiveCredential, &estate, &[("AK1", Severity::Critical)]);
        let paths: Vec<&str> = findings[0].places.iter().map(|place| place.path.as_str()).collect();
        assert_eq!(paths, ["deploy.sh", "ci.yml"]);
    }

    #[test]
    fn the_switched_off_the_ambiguous_and_the_unknown_are_not_live() {
        check(&LeakedLiveCredential, &leaked(|node| node.state = State::Disabled, JoinStrength::ExactId, true), &[]);
        check(&LeakedLiveCredential, &leaked(|_| {}, JoinStrength::SharedHint, true), &[]);
        let ambiguous = leaked(|_| {}, JoinStrength::PrefixSuffix, true).key("svc-pay", "AK2", |_| {}).leak(
            "f1",
            ("payments", "deploy.sh", 266),
            |detail| {
                detail.joins = joins("AK2", ACCOUNT);
                detail.joins[0].strength = JoinStrength::PrefixSuffix;
            },
        );
        check(&LeakedLiveCredential, &ambiguous, &[]);
        let estate = leaked(|node| node.state = State::Unknown, JoinStrength::ExactId, true);
        let assessed = run(&LeakedLiveCredential, &estate);
        assert!(assessed.findings.is_empty());
        let rows: Vec<_> = assessed.assessments.iter().filter(|row| row.not_assessed == 1).collect();
        assert!(rows.len() == 1 && rows[0].verdict == Verdict::NotAssessable, "{:?}", assessed.assessments);
        assert_eq!(rows[0].gaps[0].subject, Some(key("AK1")));
    }

    #[test]
    fn a_live_key_counts_however_the_rest_was_read() {
        let estate = leaked(|_| {}, JoinStrength::ExactId, true).denied(Facet::Credentials).denied(Facet::Secrets);
        check(&LeakedLiveCredential, &estate, &[("AK1", Severity::Critical)]);
    }
}

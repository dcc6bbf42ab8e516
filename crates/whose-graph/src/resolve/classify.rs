//! Human or not, by the strongest evidence there is; what speaks against it is listed beside it.

use super::words::{key, tokens};
use crate::{Graph, Ix};
use whose_model::{Class, Classified, CredentialKind, Facet, IdentityDetail, Node, NodeKind, State, Timestamp};

/// Types of identities that only software has, whatever the provider.
const MACHINE_TYPES: [&str; 14] = [
    "role",
    "service-account",
    "service-principal",
    "managed-identity",
    "app-registration",
    "oauth-client",
    "client",
    "bot",
    "app",
    "installation",
    "agent",
    "workload",
    "robot",
    "token",
];
/// Words that stand in names of software and hardly ever in names of people.
const SERVICE_WORDS: [&str; 49] = [
    "svc",
    "srv",
    "service",
    "bot",
    "robot",
    "automation",
    "automated",
    "terraform",
    "pulumi",
    "ansible",
    "packer",
    "jenkins",
    "github",
    "gitlab",
    "bitbucket",
    "circleci",
    "buildkite",
    "teamcity",
    "argocd",
    "cicd",
    "pipeline",
    "deploy",
    "deployer",
    "deployment",
    "runner",
    "worker",
    "lambda",
    "cron",
    "batch",
    "daemon",
    "machine",
    "system",
    "agent",
    "exporter",
    "prometheus",
    "datadog",
    "grafana",
    "splunk",
    "backup",
    "backups",
    "etl",
    "integration",
    "connector",
    "webhook",
    "smtp",
    "ses",
    "uploader",
    "api",
    "app",
];
/// Short words that are also initials or names, and count only between hyphens or underscores.
const SHORT_WORDS: [&str; 6] = ["sa", "ci", "cd", "tf", "sys", "job"];
const KIND_TAGS: [&str; 6] = ["type", "kind", "usage", "identitytype", "accounttype", "usertype"];
/// A sign-in at most this many days ago counts as recent.
const RECENT_DAYS: i64 = 90;

/// The class of every identity.
pub(super) fn resolve(graph: &mut Graph) {
    for ix in graph.order.clone() {
        if graph.node(ix).kind() == NodeKind::Identity {
            let class = classify(graph, ix);
            graph.classes.set(ix, class);
        }
    }
}

fn classify(graph: &Graph, ix: Ix) -> Classified {
    let node = graph.node(ix);
    let Some(detail) = node.identity() else { return Classified { class: Class::Unknown, reasons: Vec::new() } };
    if let Some(said) = &detail.class {
        return said.clone();
    }
    if detail.root {
        let reason = "it is the root user, in which only the account's holder signs in".into();
        return Classified { class: Class::Human, reasons: vec![reason] };
    }
    let mut evidence: Vec<(Class, String)> = Vec::new();
    evidence.extend(by_type(node, detail));
    evidence.extend(by_tag(node));
    evidence.extend(by_name(node));
    evidence.extend(by_credentials(graph, ix, detail));
    let class = evidence.first().map_or(Class::Unknown, |(class, _)| *class);
    let mut reasons: Vec<String> =
        evidence.iter().filter(|(other, _)| *other == class).map(|(_, why)| why.clone()).collect();
    reasons.extend(evidence.iter().filter(|(other, _)| *other != class).map(|(_, why)| format!("against it: {why}")));
    if reasons.is_empty() {
        reasons.push("neither its name, its tags nor its credentials tell".into());
    }
    Classified { class, reasons }
}

fn by_type(node: &Node, detail: &IdentityDetail) -> Option<(Class, String)> {
    let action =
        |verb: &str| detail.trust_policy.iter().any(|s| s.actions.iter().any(|a| a.eq_ignore_ascii_case(verb)));
    if action("sts:AssumeRoleWithSAML") && !action("sts:AssumeRole") && !action("sts:AssumeRoleWithWebIdentity") {
        return Some((Class::Human, "its trust policy lets in only people who sign in through SAML".into()));
    }
    let machine = MACHINE_TYPES
        .iter()
        .any(|known| node.r#type == *known || node.r#type.strip_suffix(known).is_some_and(|rest| rest.ends_with('-')));
    machine.then(|| (Class::NonHuman, format!("its type is {}", node.r#type)))
}

fn by_tag(node: &Node) -> Option<(Class, String)> {
    node.tags.iter().filter(|(name, _)| KIND_TAGS.contains(&key(name).as_str())).find_map(|(name, value)| {
        let words = tokens(value);
        let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let class = if any(&["service", "machine", "bot", "robot", "nonhuman", "non", "automation", "system", "agent"])
        {
            Class::NonHuman
        } else if any(&["human", "person", "people", "employee", "user", "staff"]) {
            Class::Human
        } else {
            return None;
        };
        Some((class, format!("its tag says {name}={value}")))
    })
}

fn by_name(node: &Node) -> Option<(Class, String)> {
    let local = node.name.split('@').next().unwrap_or_default();
    let parts: Vec<String> = local.split(['-', '_']).map(str::to_lowercase).collect();
    let short = parts.iter().find(|part| parts.len() > 1 && SHORT_WORDS.contains(&part.as_str()));
    let words = tokens(local);
    let word = words.iter().find(|word| SERVICE_WORDS.contains(&word.as_str())).or(short);
    if let Some(word) = word {
        return Some((Class::NonHuman, format!("its name holds the word `{word}`")));
    }
    node.name.contains('@').then(|| (Class::Human, "its name is an e-mail address".into()))
}

fn by_credentials(graph: &Graph, ix: Ix, detail: &IdentityDetail) -> Vec<(Class, String)> {
    let usable = |credential: &Ix| !matches!(graph.node(*credential).state, State::Disabled | State::Deleted);
    let kind = |credential: Ix| graph.node(credential).credential().map(|detail| detail.kind);
    let passwords: Vec<Ix> =
        graph.credentials_of(ix).filter(usable).filter(|c| kind(*c) == Some(CredentialKind::Password)).collect();
    let keys = graph.credentials_of(ix).filter(|c| kind(*c) != Some(CredentialKind::Password)).count();
    let mut evidence = Vec::new();
    if !passwords.is_empty() {
        let recent = passwords.iter().any(|c| recently_used(graph, *c, graph.as_of));
        if detail.mfa == Some(true) {
            evidence.push((Class::Human, "it has a console password and a second factor".into()));
        } else if recent {
            evidence.push((Class::Human, format!("someone signed in with its password within {RECENT_DAYS} days")));
        } else if keys == 0 {
            evidence.push((Class::Human, "a console password is its only credential".into()));
        }
    } else if keys > 0 && graph.gap(ix, Facet::Credentials).is_none() {
        // That there is no password is a conclusion from absence, and holds only when all of them were listed.
        evidence.push((Class::NonHuman, "it has keys and no console password".into()));
    }
    evidence
}

fn recently_used(graph: &Graph, credential: Ix, as_of: Timestamp) -> bool {
    let used = graph.node(credential).last_used.as_ref().and_then(|used| used.at());
    used.is_some_and(|at| as_of.as_second() - at.as_second() <= RECENT_DAYS * 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{Estate, allow, credential, identity, key, role, user};
    use whose_model::{EdgeKind, LastUsed, NodeId, Usage, What};

    #[derive(Default)]
    struct User {
        name: &'static str,
        password: bool,
        signed_in: Option<&'static str>,
        mfa: bool,
        key: bool,
        tag: Option<(&'static str, &'static str)>,
        unread: bool,
    }

    fn class_of(case: &User) -> Classified {
        let mut node = identity(user(case.name), "iam-user", case.name);
        node.what = What::Identity(Box::new(IdentityDetail { mfa: Some(case.mfa), ..IdentityDetail::default() }));
        node.tags.extend(case.tag.map(|(name, value)| (name.into(), value.into())));
        let mut estate = if case.unread { Estate::default() } else { Estate::read() }.node(node);
        if case.password {
            let id = NodeId::new("aws", "1", "console-password", case.name);
            let mut password = credential(id.clone(), CredentialKind::Password, "password");
            password.last_used = case.signed_in.map(|at| LastUsed {
                usage: Usage::At(at.parse().unwrap()),
                horizon: None,
                source: "iam:GetCredentialReport".into(),
                what: None,
            });
            estate = estate.node(password).edge(&id, EdgeKind::AuthenticatesAs, &user(case.name));
        }
        if case.key {
            estate = estate.key("AKIAONE", &user(case.name));
        }
        let graph = estate.build();
        graph.class(graph.find(&user(case.name)).unwrap()).clone()
    }

    #[test]
    fn users_are_told_apart_by_what_they_have() {
        let recent = Some("2026-05-20T00:00:00Z");
        let old = Some("2024-01-01T00:00:00Z");
        for (expected, case) in [
            (Class::Human, User { name: "alice", password: true, mfa: true, ..User::default() }),
            (Class::Human, User { name: "bob", password: true, signed_in: recent, key: true, ..User::default() }),
            (Class::Human, User { name: "carol", password: true, ..User::default() }),
            (Class::Unknown, User { name: "dave", password: true, signed_in: old, key: true, ..User::default() }),
            (Class::NonHuman, User { name: "erin", key: true, ..User::default() }),
            (Class::Unknown, User { name: "erin", key: true, unread: true, ..User::default() }),
            (Class::Unknown, User { name: "frank", ..User::default() }),
            (Class::Human, User { name: "grace@example.com", ..User::default() }),
            (Class::NonHuman, User { name: "svc-mail@example.com", ..User::default() }),
            (Class::NonHuman, User { name: "billing-sa", ..User::default() }),
            (Class::Unknown, User { name: "maria.sa", ..User::default() }),
            (Class::NonHuman, User { name: "TerraformProd", ..User::default() }),
            (Class::NonHuman, User { name: "heidi", tag: Some(("Kind", "service")), ..User::default() }),
            (Class::Human, User { name: "ci-lead", tag: Some(("type", "human")), ..User::default() }),
            (Class::NonHuman, User { name: "x", tag: Some(("Identity-Type", "Non-Human")), ..User::default() }),
        ] {
            let found = class_of(&case);
            assert_eq!(found.class, expected, "{} {found:?}", case.name);
            assert!(!found.reasons.is_empty(), "{}", case.name);
        }
    }

    #[test]
    fn a_password_on_a_service_user_is_named_but_does_not_make_it_human() {
        let found = class_of(&User { name: "svc-deploy", password: true, mfa: true, ..User::default() });
        assert_eq!(found.class, Class::NonHuman);
        assert_eq!(
            found.reasons,
            ["its name holds the word `svc`", "against it: it has a console password and a second factor"]
        );
    }

    #[test]
    fn roles_are_software_unless_only_saml_lets_people_in() {
        let saml = allow(&["sts:AssumeRoleWithSAML", "sts:TagSession"], &[]);
        let graph = Estate::read().role("Sso", vec![saml]).role("Worker", Vec::new()).build();
        let class = |name| graph.class(graph.find(&role(name)).unwrap()).class;
        assert_eq!((class("Sso"), class("Worker")), (Class::Human, Class::NonHuman));
    }

    #[test]
    fn the_vendors_word_and_root_come_first() {
        let detail = |detail| What::Identity(Box::new(detail));
        let said = Classified { class: Class::Human, reasons: vec!["the directory says so".into()] };
        let mut vendor = identity(user("svc-x"), "iam-user", "svc-x");
        vendor.what = detail(IdentityDetail { class: Some(said.clone()), ..IdentityDetail::default() });
        let mut root = identity(user("<root>"), "iam-user", "<root>");
        root.what = detail(IdentityDetail { root: true, ..IdentityDetail::default() });
        let graph = Estate::read().node(vendor).node(root).key("AKIAROOT", &user("<root>")).build();
        assert_eq!(graph.class(graph.find(&user("svc-x")).unwrap()), &said);
        assert_eq!(graph.class(graph.find(&user("<root>")).unwrap()).class, Class::Human);
        assert_eq!(graph.class(graph.find(&key("AKIAROOT")).unwrap()).class, Class::Unknown);
    }
}

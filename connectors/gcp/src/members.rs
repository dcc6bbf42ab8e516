//! The members of bindings, in all forms that Google writes:
//! <https://cloud.google.com/iam/docs/principal-identifiers>

use crate::ids;
use whose_model::{Class, Classified, IdentityDetail, Node, NodeId, State, What};

/// Who a binding speaks of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    /// Its node's id.
    pub(crate) id: NodeId,
    /// What the form itself tells of it; `None` where the thing's own listing tells more.
    pub(crate) node: Option<Node>,
    /// The part of a workload identity pool that it is, when it is one.
    pub(crate) pooled: Option<Pooled>,
}

/// Principals of a workload identity pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pooled {
    /// The number of the project that holds the pool.
    pub(crate) project: String,
    /// The pool.
    pub(crate) pool: String,
    /// Which of its principals.
    pub(crate) of: Of,
}

/// Which principals of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// All of them.
    All,
    /// One subject.
    Subject(String),
    /// All of a group.
    Group(String),
    /// All with this value of a mapped attribute.
    Attribute(String, String),
}

/// Reads one member.
pub(crate) fn member(text: &str) -> Member {
    if let Some(rest) = text.strip_prefix("deleted:") {
        return deleted(rest);
    }
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    match kind {
        "allUsers" => crowd("anyone", text, "anybody at all, without signing in"),
        "allAuthenticatedUsers" => crowd("anyone", text, "anybody with a Google account"),
        // A Kubernetes service account in the form of its cluster's own pool.
        "serviceAccount" if name.contains('[') => machine("workload", name, "Kubernetes runs it as a workload"),
        "serviceAccount" => Member { id: ids::service_account(name), node: None, pooled: None },
        "user" => user(&name.to_lowercase(), "user", &name.to_lowercase(), None),
        "group" | "domain" => crowd(kind, &name.to_lowercase(), &name.to_lowercase()),
        "projectOwner" | "projectEditor" | "projectViewer" => crowd("role-holders", text, text),
        "principal" => principal(name.trim_start_matches("//")),
        "principalSet" => principal_set(name.trim_start_matches("//")),
        _ => crowd("principal", text, text),
    }
}

/// A member that was deleted, written with its immutable id. It is not the thing that bears its name now.
fn deleted(rest: &str) -> Member {
    let (kind, name) = rest.split_once(':').unwrap_or(("", rest));
    let (name, uid) = name.split_once("?uid=").unwrap_or((name, ""));
    let local = if uid.is_empty() { format!("{name}?deleted") } else { format!("{name}?uid={uid}") };
    let mut member = match kind {
        "user" => user(&local, "user", &name.to_lowercase(), Some(uid)),
        "serviceAccount" => machine("service-account", &local, "Google calls it a service account"),
        _ => return crowd(if kind.is_empty() { "principal" } else { kind }, &format!("deleted:{local}"), name),
    };
    if let Some(node) = &mut member.node {
        node.name = name.to_lowercase();
        node.native_id = Some(uid.to_owned()).filter(|uid| !uid.is_empty());
        node.state = State::Deleted;
    }
    member
}

fn user(local: &str, kind: &str, name: &str, uid: Option<&str>) -> Member {
    let mut member = identity(kind, local, Class::Human, "Google calls it a user");
    if let Some(node) = &mut member.node {
        node.name = name.into();
        node.native_id = uid.map(Into::into);
    }
    member
}

fn machine(kind: &str, local: &str, reason: &str) -> Member {
    identity(kind, local, Class::NonHuman, reason)
}

fn identity(kind: &str, local: &str, class: Class, reason: &str) -> Member {
    let id = NodeId::new("gcp", "", kind, local);
    let class = Some(Classified { class, reasons: vec![reason.into()] });
    let detail = IdentityDetail { class, ..IdentityDetail::default() };
    let node = Node::new(id.clone(), What::Identity(Box::new(detail)), kind, local);
    Member { id, node: Some(node), pooled: None }
}

fn crowd(kind: &str, local: &str, name: &str) -> Member {
    let local = if local.is_empty() { "-" } else { local };
    let id = NodeId::new("gcp", "", kind, local);
    Member { node: Some(Node::new(id.clone(), What::Group, kind, name)), id, pooled: None }
}

/// `principal://`: one federated subject, agent or managed workload.
fn principal(path: &str) -> Member {
    let (host, rest) = path.split_once('/').unwrap_or((path, ""));
    if host.starts_with("agents.") {
        return machine("agent", path, "Google runs it as an agent with an identity of its own");
    }
    if rest.contains("/workforcePools/") || rest.starts_with("workforcePools/") {
        return user(path, "workforce-user", path.rsplit('/').next().unwrap_or(path), None);
    }
    let mut member = machine("workload-identity", path, "it is a subject of a workload identity pool");
    member.pooled = pooled(rest);
    member
}

/// `principalSet://`: many subjects at once.
fn principal_set(path: &str) -> Member {
    let mut member = crowd("principal-set", path, path);
    member.pooled = path.split_once('/').and_then(|(_, rest)| pooled(rest));
    member
}

/// `projects/N/locations/global/workloadIdentityPools/POOL/...`
fn pooled(path: &str) -> Option<Pooled> {
    let mut parts = path.splitn(7, '/');
    let project = parts.next().filter(|part| *part == "projects").and_then(|_| parts.next())?;
    let pool = match (parts.next()?, parts.next()?, parts.next()?) {
        ("locations", "global", "workloadIdentityPools") => parts.next()?,
        _ => return None,
    };
    let rest = parts.next()?;
    let of = match rest.split_once('/') {
        None if rest == "*" => Of::All,
        Some(("subject", subject)) => Of::Subject(subject.into()),
        Some(("group", group)) => Of::Group(group.into()),
        Some((name, value)) => Of::Attribute(name.strip_prefix("attribute.")?.into(), value.into()),
        None => return None,
    };
    Some(Pooled { project: project.into(), pool: pool.into(), of })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use whose_model::NodeKind;

    #[test]
    fn every_form_of_member_is_known() {
        let pool = "iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/ci";
        for (text, kind, local) in [
            ("user:Ines@Tallowmere.example", "user", "ines@tallowmere.example"),
            ("serviceAccount:a@p.iam.gserviceaccount.com", "service-account", "a@p.iam.gserviceaccount.com"),
            ("serviceAccount:p.svc.id.goog[web/api]", "workload", "p.svc.id.goog[web/api]"),
            ("group:Web@tallowmere.example", "group", "web@tallowmere.example"),
            ("domain:tallowmere.example", "domain", "tallowmere.example"),
            ("allUsers", "anyone", "allUsers"),
            ("allAuthenticatedUsers", "anyone", "allAuthenticatedUsers"),
            ("projectEditor:p", "role-holders", "projectEditor:p"),
            ("deleted:user:o@x.example?uid=7", "user", "o@x.example?uid=7"),
            ("deleted:serviceAccount:a@p.example?uid=9", "service-account", "a@p.example?uid=9"),
            ("deleted:group:g@x.example?uid=9", "group", "deleted:g@x.example?uid=9"),
            (
                "principal://agents.global.org-1.system.id.goog/resources/a/1",
                "agent",
                "agents.global.org-1.system.id.goog/resources/a/1",
            ),
            ("somethingNew:x", "principal", "somethingNew:x"),
            ("", "principal", "-"),
        ] {
            let member = member(text);
            assert_eq!((member.id.type_name(), member.id.local().as_str()), (kind, local), "{text}");
        }
        let subject = member(&format!("principal://{pool}/subject/repo:o/r:ref:refs/heads/main"));
        assert_eq!(subject.id.type_name(), "workload-identity");
        assert_eq!(subject.pooled.unwrap().of, Of::Subject("repo:o/r:ref:refs/heads/main".into()));
        let set = member(&format!("principalSet://{pool}/attribute.repository/o/r"));
        let pooled = set.pooled.unwrap();
        assert_eq!((pooled.project.as_str(), pooled.pool.as_str()), ("12", "ci"));
        assert_eq!(pooled.of, Of::Attribute("repository".into(), "o/r".into()));
        assert_eq!(member(&format!("principalSet://{pool}/*")).pooled.unwrap().of, Of::All);
    }

    #[test]
    fn a_deleted_member_is_not_its_living_namesake() {
        let gone = member("deleted:serviceAccount:a@p.iam.gserviceaccount.com?uid=9");
        assert_ne!(gone.id, member("serviceAccount:a@p.iam.gserviceaccount.com").id);
        let node = gone.node.unwrap();
        assert_eq!((node.state, node.native_id.as_deref()), (State::Deleted, Some("9")));
        let user = member("deleted:user:Owen@x.example?uid=1").node.unwrap();
        assert_eq!((user.name.as_str(), user.kind()), ("owen@x.example", NodeKind::Identity));
    }

    proptest! {
        #[test]
        fn any_text_is_some_member(text in ".{0,60}") {
            let id = member(&text).id;
            prop_assert!(NodeId::parse(id.as_str()).is_ok());
        }
    }
}

//! The kinds that BloodHound knows our nodes and edges by: what each is called, what it is, how it is shown.

use whose_model::{EdgeKind, NodeKind};

/// The prefix of all kinds.
pub(super) const NAMESPACE: &str = "NHI";

/// The kind that BloodHound gives to every node of ours.
pub(super) const SOURCE_KIND: &str = "NHI_Base";

/// The second kind of an identity with which a person signs in.
pub(super) const HUMAN: &str = "NHI_Human";

/// The kind of a node that an edge names and nothing tells more of.
pub(super) const NAMED: &str = "NHI_Named";

/// One kind of nodes in the extension definition.
pub(super) struct NodeWords {
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) icon: &'static str,
    pub(super) color: &'static str,
    /// Whether BloodHound shows a node by this kind.
    pub(super) shown: bool,
}

const fn words(
    kind: &'static str,
    title: &'static str,
    what: &'static str,
    (icon, color): (&'static str, &'static str),
) -> NodeWords {
    NodeWords { kind, title, what, icon, color, shown: true }
}

/// All kinds of nodes.
pub(super) const NODES: [NodeWords; 13] = [
    words("NHI_Scope", "NHI Scope", "An account, tenant, subscription, project or organisation", ("cloud", "#8FA3BF")),
    words("NHI_Identity", "NHI Identity", "A role, user, service account, application or agent", ("robot", "#4E9F8E")),
    NodeWords {
        kind: HUMAN,
        title: "NHI Human",
        what: "An identity with which a person signs in",
        icon: "user",
        color: "#17E625",
        shown: false,
    },
    words("NHI_Credential", "NHI Credential", "A key, secret, certificate, token or password", ("key", "#E0A526")),
    words("NHI_Trust", "NHI Trust", "An identity provider that is trusted", ("handshake", "#9B7EDE")),
    words("NHI_Group", "NHI Group", "A group or team", ("users", "#DBE617")),
    words("NHI_Grant", "NHI Grant", "A policy, role assignment, binding or consent", ("file-contract", "#7FB069")),
    words(
        "NHI_Resource",
        "NHI Resource",
        "A thing that is acted upon, or that runs as an identity",
        ("cube", "#6C8EAD"),
    ),
    words("NHI_Repository", "NHI Repository", "A source repository", ("code-branch", "#C77D4A")),
    words("NHI_Location", "NHI Location", "A file and commit in which something leaked", ("file-code", "#B0A48F")),
    words("NHI_LeakedSecret", "NHI Leaked secret", "A leaked value, by its keyed fingerprint", ("droplet", "#D33115")),
    words("NHI_Owner", "NHI Owner", "A person or team that answers for something", ("id-badge", "#5DADE2")),
    words(NAMED, "NHI Named", "A thing that another names and that was not itself seen", ("question", "#AAAAAA")),
];

/// The kind of nodes of a kind of the model.
pub(super) fn node(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Scope => "NHI_Scope",
        NodeKind::Identity => "NHI_Identity",
        NodeKind::Credential => "NHI_Credential",
        NodeKind::Trust => "NHI_Trust",
        NodeKind::Group => "NHI_Group",
        NodeKind::Grant => "NHI_Grant",
        NodeKind::Resource => "NHI_Resource",
        NodeKind::Repo => "NHI_Repository",
        NodeKind::Location => "NHI_Location",
        NodeKind::Secret => "NHI_LeakedSecret",
        NodeKind::Owner => "NHI_Owner",
    }
}

/// All kinds of edges.
pub(super) const EDGES: [EdgeKind; 16] = [
    EdgeKind::AuthenticatesAs,
    EdgeKind::CanAssume,
    EdgeKind::FederatesTo,
    EdgeKind::MemberOf,
    EdgeKind::CanEscalateTo,
    EdgeKind::Controls,
    EdgeKind::RunsAs,
    EdgeKind::CanReadSecret,
    EdgeKind::IsValueOf,
    EdgeKind::HasGrant,
    EdgeKind::HasPermission,
    EdgeKind::Contains,
    EdgeKind::LeakedIn,
    EdgeKind::DeclaredIn,
    EdgeKind::OwnedBy,
    EdgeKind::CreatedBy,
];

/// What an edge of the model is called, and what it says.
pub(super) fn edge(kind: EdgeKind) -> (&'static str, &'static str) {
    match kind {
        EdgeKind::AuthenticatesAs => ("NHI_AuthenticatesAs", "The holder of the start can sign in as the end"),
        EdgeKind::CanAssume => ("NHI_CanAssume", "The start may become the end"),
        EdgeKind::FederatesTo => ("NHI_FederatesTo", "The start may become the end through an identity provider"),
        EdgeKind::MemberOf => ("NHI_MemberOf", "The start is a member of the end"),
        EdgeKind::CanEscalateTo => ("NHI_CanEscalateTo", "The start can gain what the end has, by a technique"),
        EdgeKind::Controls => ("NHI_Controls", "The start can add a credential to the end"),
        EdgeKind::RunsAs => ("NHI_RunsAs", "The start runs as the end"),
        EdgeKind::CanReadSecret => ("NHI_CanReadSecret", "The start can read the secret that the end is or keeps"),
        EdgeKind::IsValueOf => ("NHI_IsValueOf", "The leaked value at the start is that of the credential at the end"),
        EdgeKind::HasGrant => ("NHI_HasGrant", "The start holds the grant at the end"),
        EdgeKind::HasPermission => ("NHI_HasPermission", "The start may act on the end"),
        EdgeKind::Contains => ("NHI_Contains", "The start contains the end"),
        EdgeKind::LeakedIn => ("NHI_LeakedIn", "The start leaked in the file at the end"),
        EdgeKind::DeclaredIn => ("NHI_DeclaredIn", "The start is declared in the file at the end"),
        EdgeKind::OwnedBy => ("NHI_OwnedBy", "The end answers for the start; it gives no control"),
        EdgeKind::CreatedBy => ("NHI_CreatedBy", "The end made the start"),
    }
}

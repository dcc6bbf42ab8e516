//! An Entra tenant for tests, in the words of `Estate`: applications with their service principals, people, agents,
//! consents and trusts.

use super::{Estate, INVENTORY, ago, complete};
use whose_model::*;

pub(crate) const TENANT: &str = "tenant-1";

pub(crate) fn scope() -> NodeId {
    NodeId::new("azure", "", "tenant", TENANT)
}

pub(crate) fn application(name: &str) -> NodeId {
    NodeId::new("azure", "", "application", name)
}

pub(crate) fn principal(name: &str) -> NodeId {
    NodeId::new("azure", TENANT, "service-principal", name)
}

pub(crate) fn person(login: &str) -> NodeId {
    NodeId::new("azure", TENANT, "user", login)
}

pub(crate) fn secret(key: &str) -> NodeId {
    NodeId::new("azure", TENANT, "client-secret", key)
}

pub(crate) fn grant(id: &str) -> NodeId {
    NodeId::new("azure", TENANT, "grant", id)
}

/// Whatever may have this name.
pub(crate) fn ids(name: &str) -> [NodeId; 5] {
    [application(name), principal(name), person(name), secret(name), grant(name)]
}

/// Changes what only an identity has.
pub(crate) fn detail(node: &mut Node, change: impl FnOnce(&mut IdentityDetail)) {
    if let What::Identity(detail) = &mut node.what {
        change(detail);
    }
}

impl Estate {
    /// A tenant of which everything was read.
    pub(crate) fn tenant() -> Self {
        Self { nodes: Vec::new(), edges: Vec::new(), coverage: Vec::new() }.and_tenant()
    }

    /// The same estate with a tenant beside it.
    pub(crate) fn and_tenant(mut self) -> Self {
        self.nodes.push(Node::new(scope(), What::Scope, "tenant", "Acme"));
        self.coverage.extend(INVENTORY.iter().map(|facet| complete(&scope(), *facet)));
        self
    }

    fn entra(self, id: NodeId, name: &str, class: Class, change: impl FnOnce(&mut Node)) -> Self {
        let class = Classified { class, reasons: vec!["the directory says so".into()] };
        let known = IdentityDetail { class: Some(class), third_party: Some(false), ..IdentityDetail::default() };
        let mut node = Node::new(id.clone(), What::Identity(Box::new(known)), id.type_name(), name);
        node.scope = Some(scope());
        node.state = State::Enabled;
        node.created = Some(ago(500));
        change(&mut node);
        self.node(node)
    }

    /// An application and its service principal, which `change` is about.
    pub(crate) fn app(self, name: &str, change: impl FnOnce(&mut Node)) -> Self {
        let made_from = |node: &mut Node| {
            detail(node, |detail| detail.instance_of = Some(application(name)));
            change(node);
        };
        self.entra(application(name), name, Class::NonHuman, |_| {})
            .entra(principal(name), name, Class::NonHuman, made_from)
            .edge(&application(name), EdgeKind::CanAssume, &principal(name))
    }

    /// The service principal of another organisation's application.
    pub(crate) fn foreign(self, name: &str, verified: bool, change: impl FnOnce(&mut Node)) -> Self {
        self.entra(principal(name), name, Class::NonHuman, |node| {
            detail(node, |detail| {
                detail.third_party = Some(true);
                detail.publisher_verified = Some(verified);
                detail.instance_of = Some(application(name));
            });
            change(node);
        })
    }

    /// An agent of a blueprint.
    pub(crate) fn agent(self, name: &str, blueprint: &str, change: impl FnOnce(&mut Node)) -> Self {
        self.entra(principal(name), name, Class::NonHuman, |node| {
            detail(node, |detail| {
                detail.agent = true;
                detail.instance_of = Some(application(blueprint));
            });
            change(node);
        })
        .edge(&application(blueprint), EdgeKind::CanAssume, &principal(name))
    }

    /// A person, whom owners are named by.
    pub(crate) fn person(self, login: &str, change: impl FnOnce(&mut Node)) -> Self {
        self.entra(person(login), &mail(login), Class::Human, change)
    }

    /// A person, or something else of the tenant, who owns a thing and so controls it, or who sponsors it.
    pub(crate) fn owned(mut self, thing: &NodeId, by: &NodeId, word: &str) -> Self {
        if word == "owner" {
            let mut controls = Edge::stated(by.clone(), EdgeKind::Controls, thing.clone());
            controls.qualifier = word.into();
            self.edges.push(controls);
        }
        if by.type_name() == "user" {
            let name = mail(&by.local());
            let owner = NodeId::new("whose", "", "owner", &name);
            let unresolved = OwnerDetail {
                party: PartyKind::Person,
                status: PartyStatus::Unresolved,
                status_source: None,
                left: None,
            };
            let mut edge = Edge::stated(thing.clone(), EdgeKind::OwnedBy, owner.clone());
            edge.qualifier = word.into();
            self.edges.push(edge);
            self.nodes.push(Node::new(owner, What::Owner(unresolved), "owner", &name));
        }
        self
    }

    /// A secret of an application or service principal, made 30 days ago for 90 days and used today.
    pub(crate) fn secret(self, of: &NodeId, key: &str, change: impl FnOnce(&mut Node)) -> Self {
        self.credential(of, secret(key), CredentialKind::ClientSecret, |node| {
            node.scope = Some(scope());
            ends(node, 60);
            change(node);
        })
    }

    /// A storage account with two keys: the days since each was made, and whether the account takes them.
    pub(crate) fn storage(self, name: &str, keys: [i64; 2], state: State) -> Self {
        let account = NodeId::new("azure", "", "storage-account", name);
        let mut node = Node::new(account.clone(), What::Resource, "storage-account", name);
        node.scope = Some(scope());
        node.state = State::Enabled;
        let id = format!("/subscriptions/s1/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{name}");
        node.address = Some(id);
        ["key1", "key2"].into_iter().zip(keys).fold(self.node(node), |estate, (key, age)| {
            let full = format!("{name}/{key}");
            let id = NodeId::new("azure", "", "storage-account-key", &full);
            let detail = CredentialDetail { rotated: Some(ago(age)), ..CredentialDetail::new(CredentialKind::ApiKey) };
            let mut node = Node::new(id.clone(), What::Credential(detail), "storage-account-key", &full);
            node.native_id = Some(key.into());
            node.scope = Some(scope());
            node.state = state;
            node.created = Some(ago(900));
            estate.node(node).edge(&id, EdgeKind::HasPermission, &account)
        })
    }

    /// A key of a storage account in a file that was committed so many days ago.
    pub(crate) fn storage_leak(self, account: &str, days: i64, expires: Option<i64>) -> Self {
        self.leak("f1", ("web", "storage.env", days), |detail| {
            detail.title = "Azure storage account key".into();
            detail.expires = expires.map(|days| ago(-days));
            let target = JoinTarget::Node(NodeId::new("azure", "", "storage-account", account));
            detail.joins = vec![Join { target, scope: None, strength: JoinStrength::EmbeddedSubject }];
        })
    }

    /// A role that gives so much.
    pub(crate) fn role_of(self, holder: &NodeId, id: &str, tier: Tier) -> Self {
        let why = format!("role {id} gives it");
        self.granted(holder, id, |detail| detail.power = Some(Power { tier, why }))
    }

    /// A consent to scopes, in everybody's name or in one person's.
    pub(crate) fn consent(self, holder: &NodeId, id: &str, sensitive: &[&str], of: Option<&NodeId>) -> Self {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
        let consent = Consent {
            scopes: [texts(&["openid"]), texts(sensitive)].concat(),
            sensitive: texts(sensitive),
            tenant_wide: of.is_none(),
            on_behalf_of: of.cloned(),
        };
        self.granted(holder, id, |detail| detail.consent = Some(consent))
    }

    fn granted(self, holder: &NodeId, id: &str, change: impl FnOnce(&mut GrantDetail)) -> Self {
        let mut detail = GrantDetail { read: true, ..GrantDetail::new(GrantOrigin::Customer) };
        change(&mut detail);
        let mut node = Node::new(grant(id), What::Grant(detail), "grant", id);
        node.scope = Some(scope());
        self.node(node).edge(holder, EdgeKind::HasGrant, &grant(id))
    }

    /// Trust of an application in an issuer's tokens about one subject.
    pub(crate) fn federated(self, app: &str, issuer: &str, subject: &str) -> Self {
        let known = self.edges.iter().filter(|edge| edge.kind == EdgeKind::FederatesTo && edge.to == application(app));
        let trust =
            NodeId::new("azure", TENANT, "federated-identity-credential", &format!("{app}-{}", known.count() + 1));
        let what = TrustDetail { issuer: Some(issuer.into()), subject: Some(subject.into()), ..TrustDetail::default() };
        let mut node = Node::new(trust.clone(), What::Trust(what), trust.type_name(), &trust.local());
        node.scope = Some(scope());
        let key = format!("{issuer}:sub");
        let operator = if subject.contains('*') { "StringLike" } else { "StringEquals" };
        let statement = super::trusts(&[Principal::Federated(trust.clone())], &[(operator, &key, subject)]);
        let mut estate = self.node(node).edge(&trust, EdgeKind::FederatesTo, &application(app));
        let policy = estate.nodes.iter_mut().find(|node| node.id == application(app));
        detail(policy.expect("the test has such an application"), |detail| detail.trust_policy.push(statement));
        estate
    }
}

fn mail(login: &str) -> String {
    format!("{login}@acme.example")
}

/// Lets a credential end in so many days.
pub(crate) fn ends(node: &mut Node, days: i64) {
    if let What::Credential(detail) = &mut node.what {
        detail.expires = Some(ago(-days));
    }
}

/// A tenant in which each rule that only a tenant can break is broken, and whose healthy neighbours are left alone.
pub(crate) fn faulty(estate: Estate) -> Estate {
    let guest = |node: &mut Node| detail(node, |detail| detail.third_party = Some(true));
    let rested = |node: &mut Node| node.last_used = Some(super::used(Usage::At(ago(200))));
    estate
        .and_tenant()
        .person("ana", |_| {})
        .person("ben", |_| {})
        .person("eve", |node| node.state = State::Disabled)
        .person("guest", guest)
        .app("steward", rested)
        .role_of(&principal("steward"), "roles", Tier::T0)
        .owned(&application("steward"), &person("ana"), "owner")
        .owned(&principal("steward"), &person("ana"), "owner")
        .federated("steward", "login.microsoftonline.com/elsewhere/v2.0", "an-object-id")
        .app("forms", |_| {})
        .owned(&application("forms"), &person("guest"), "owner")
        .secret(&application("forms"), "k-long", |node| ends(node, 700))
        .secret(&principal("forms"), "k-beside", |_| {})
        .app("shop", |_| {})
        .app("blueprint", |_| {})
        .secret(&application("blueprint"), "k-agents", |_| {})
        .agent("helper", "blueprint", |_| {})
        .owned(&principal("helper"), &person("eve"), "sponsor")
        .foreign("mailer", false, |_| {})
        .consent(&principal("mailer"), "mail", &["Mail.Read"], None)
        .consent(&principal("mailer"), "calendar", &["Calendars.Read"], Some(&person("eve")))
        .secret(&principal("mailer"), "k-vendor", |_| {})
        .app("retired", |node| node.state = State::Disabled)
        .secret(&principal("retired"), "k-waiting", |_| {})
}

/// Neighbours of the faulty tenant in which nothing is wrong.
pub(crate) fn healthy(estate: Estate) -> Estate {
    let declared = |node: &mut Node| {
        node.tags.insert("Expires".into(), "2027-06-01".into());
        node.description = Some("Plans the sprints".into());
    };
    let people = [person("ana"), person("ben")];
    let mut estate = estate
        .app("planner", declared)
        .secret(&application("planner"), "k-good", |_| {})
        .federated("planner", "token.actions.githubusercontent.com", "repo:acme@1/web@22:environment:production")
        .foreign("board", true, declared)
        .consent(&principal("board"), "sign-in", &[], None)
        .consent(&principal("board"), "own-calendar", &["Calendars.Read"], Some(&person("ana")))
        .agent("scribe", "planner-blueprint", declared)
        .owned(&principal("scribe"), &person("ben"), "sponsor");
    let node = estate.nodes.iter_mut().find(|node| node.id == application("planner"));
    declared(node.expect("it stands above"));
    for thing in [application("planner"), principal("planner"), principal("board")] {
        estate = people.iter().fold(estate, |estate, person| estate.owned(&thing, person, "owner"));
    }
    estate
}

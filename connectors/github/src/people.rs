//! Who is in the organisation, as its two listings of people tell, and the node of somebody whom another listing
//! names.

use crate::ids::Organization;
use crate::wire::SimpleUser;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use whose_model::{Class, Classified, GrantDetail, GrantOrigin, IdentityDetail, Node, Power, State, Tier, What};

/// Words of logins that name machines. GitHub has no other kind of account for those that are no apps.
const MACHINE_WORDS: [&str; 14] = [
    "automation",
    "bot",
    "cd",
    "ci",
    "deploy",
    "deployer",
    "jenkins",
    "machine",
    "pipeline",
    "robot",
    "runner",
    "service",
    "svc",
    "terraform",
];

/// The two listings of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Roll {
    Members,
    OutsideCollaborators,
}

/// Who is there.
#[derive(Debug, Default)]
pub(crate) struct People(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    logins: BTreeSet<String>,
    read: Vec<Roll>,
}

impl People {
    /// Somebody is on a roll.
    pub(crate) fn add(&self, login: &str) {
        self.lock(|known| known.logins.insert(login.to_lowercase()));
    }

    /// A roll was read to its end.
    pub(crate) fn complete(&self, roll: Roll) {
        self.lock(|known| known.read.push(roll));
    }

    /// Whether somebody is there: `None` when a roll that could name them was not read.
    fn is_there(&self, login: &str) -> Option<bool> {
        self.lock(|known| {
            let there = known.logins.contains(&login.to_lowercase());
            let all = known.read.contains(&Roll::Members) && known.read.contains(&Roll::OutsideCollaborators);
            (there || all).then_some(there)
        })
    }

    fn lock<T>(&self, ask: impl FnOnce(&mut Known) -> T) -> T {
        // Both parts are only ever added to, so a panic elsewhere leaves nothing half-done.
        ask(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The node of somebody whom another listing names.
    ///
    /// One who is on no roll has left this organisation, and may well be in another. So this is a node of its own, of
    /// the same name: whoever knows the account elsewhere as one that works is believed.
    pub(crate) fn named(&self, organization: &Organization, login: &str) -> Node {
        match self.is_there(login) {
            Some(true) => user(organization, login, State::Enabled),
            None => user(organization, login, State::Unknown),
            Some(false) => {
                let mut node = user(organization, login, State::Deleted);
                node.id = organization.own("former-member", &login.to_lowercase());
                node.r#type = "former-member".into();
                node.description =
                    Some(format!("neither a member nor an outside collaborator of {}", organization.login));
                node
            }
        }
    }
}

/// A user on a roll.
pub(crate) fn listed(organization: &Organization, listed: &SimpleUser) -> Node {
    let mut node = user(organization, &listed.login, State::Enabled);
    node.native_id = Some(listed.id.to_string());
    if listed.kind == "Bot" {
        node.what = identity(Some((Class::NonHuman, "GitHub says that it is a bot")));
    }
    node
}

fn user(organization: &Organization, login: &str, state: State) -> Node {
    let class = if login.ends_with("[bot]") {
        Some((Class::NonHuman, "GitHub writes [bot] behind the logins of apps"))
    } else if names_a_machine(login) {
        // The name is a sign and no proof: whose-graph weighs it with what else it sees.
        None
    } else {
        Some((Class::Human, "it is a GitHub user account whose login names no machine"))
    };
    let mut node = Node::new(organization.user(login), identity(class), "user", login);
    node.address = Some(organization.address(login));
    node.scope = Some(organization.scope());
    node.state = state;
    node
}

/// The rights of a member who may be a machine. Teams and repositories give them, which no listing here reads; so what
/// it can do is said to be unknown, and not taken for nothing.
pub(crate) fn unread_rights(organization: &Organization, member: &Node) -> Option<Node> {
    let undecided = member.identity().is_some_and(|detail| detail.class.is_none());
    undecided.then(|| {
        let why = "what its teams and repositories give it was not read".into();
        let detail =
            GrantDetail { power: Some(Power { tier: Tier::Unknown, why }), ..GrantDetail::new(GrantOrigin::Provider) };
        let id = organization.own("membership", &member.name.to_lowercase());
        let mut node = Node::new(id, What::Grant(detail), "membership", &format!("membership of {}", member.name));
        node.scope = Some(organization.scope());
        node
    })
}

fn identity(class: Option<(Class, &str)>) -> What {
    let class = class.map(|(class, reason)| Classified { class, reasons: vec![reason.into()] });
    What::Identity(Box::new(IdentityDetail { class, ..IdentityDetail::default() }))
}

fn names_a_machine(login: &str) -> bool {
    login.split(['-', '_']).any(|word| MACHINE_WORDS.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acme() -> Organization {
        Organization { login: "Acme".into(), host: "github.com".into() }
    }

    #[test]
    fn nobody_has_left_while_a_roll_is_unread() {
        let people = People::default();
        people.add("Ada");
        people.complete(Roll::Members);
        assert_eq!(people.named(&acme(), "ada").state, State::Enabled);
        assert_eq!(people.named(&acme(), "bob").state, State::Unknown);
        people.complete(Roll::OutsideCollaborators);
        let bob = people.named(&acme(), "bob");
        assert_eq!((bob.state, bob.name.as_str()), (State::Deleted, "bob"));
        assert_eq!(bob.id.local(), "acme/bob", "elsewhere bob may be there");
    }

    #[test]
    fn accounts_of_machines_are_not_taken_for_people() {
        for (login, class) in [
            ("ada-lovelace", Some(Class::Human)),
            ("abbott", Some(Class::Human)),
            ("acme-ci", None),
            ("svc_release", None),
            ("dependabot[bot]", Some(Class::NonHuman)),
        ] {
            let node = People::default().named(&acme(), login);
            assert_eq!(node.identity().unwrap().class.as_ref().map(|said| said.class), class, "{login}");
        }
    }
}

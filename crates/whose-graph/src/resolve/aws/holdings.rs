//! What each AWS identity holds, and the decision about one action on one resource.

use super::action::Action;
use super::condition::{Caller, Truth};
use super::document::{Document, Documents, Rule};
use crate::{Graph, Ix};
use std::collections::{BTreeMap, HashMap};
use whose_model::{EdgeKind, Node, NodeId, NodeKind};

/// The permissions boundary of an identity.
pub(super) enum Boundary {
    None,
    Read(Ix),
    Unread(Ix),
}

/// Whether a decision heeds the caller's boundary.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bounds {
    Kept,
    Removed,
}

/// One identity with its grants, its groups' included.
pub(super) struct Holder {
    pub(super) ix: Ix,
    pub(super) arn: String,
    pub(super) account: String,
    /// The user's name; nothing for a role.
    pub(super) user: Option<String>,
    pub(super) groups: Vec<Ix>,
    /// Its grants whose documents were read.
    pub(super) grants: Vec<Ix>,
    /// Its grants whose documents were not.
    pub(super) unread: Vec<Ix>,
    pub(super) boundary: Boundary,
}

/// Why something is allowed.
pub(super) struct Permit<'a> {
    pub(super) grant: Ix,
    pub(super) rule: &'a Rule,
    /// Whether it holds without any condition that stayed open.
    pub(super) sure: bool,
}

/// The AWS identities of a graph that were seen, with everything that decisions about them need.
pub(crate) struct Estate<'g> {
    pub(super) graph: &'g Graph,
    pub(super) documents: Documents,
    /// In the order of ids.
    pub(super) holders: Vec<Holder>,
    by_node: HashMap<Ix, usize>,
    accounts: BTreeMap<String, Vec<usize>>,
}

impl<'g> Estate<'g> {
    /// Gathers the holdings of every AWS identity.
    pub(crate) fn gather(graph: &'g Graph) -> Self {
        let documents = Documents::compile(graph);
        let identities = graph.of_kind(NodeKind::Identity).filter(|ix| graph.node(*ix).id.provider() == "aws");
        let holders: Vec<Holder> = identities.map(|ix| hold(graph, &documents, ix)).collect();
        let by_node = holders.iter().enumerate().map(|(at, holder)| (holder.ix, at)).collect();
        let mut accounts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, holder) in holders.iter().enumerate() {
            accounts.entry(holder.account.clone()).or_default().push(at);
        }
        Self { graph, documents, holders, by_node, accounts }
    }

    pub(super) fn holder(&self, ix: Ix) -> Option<&Holder> {
        self.by_node.get(&ix).map(|at| &self.holders[*at])
    }

    /// The identities of an account, in the order of ids.
    pub(super) fn in_account(&self, account: &str) -> impl Iterator<Item = &Holder> {
        let members = self.accounts.get(account).map(Vec::as_slice).unwrap_or_default();
        members.iter().map(|at| &self.holders[*at])
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.accounts.keys().map(String::as_str)
    }

    /// What is known of an identity as a caller.
    pub(super) fn caller<'a>(&'a self, holder: &'a Holder) -> Caller<'a> {
        let node = self.graph.node(holder.ix);
        let boundary = match holder.boundary {
            Boundary::None => None,
            Boundary::Read(grant) | Boundary::Unread(grant) => {
                Some(self.graph.node(grant).address.as_deref().unwrap_or_default())
            }
        };
        Caller {
            arn: &holder.arn,
            account: &holder.account,
            user: holder.user.as_deref(),
            tags: &node.tags,
            boundary,
            mfa: node.identity().and_then(|detail| detail.mfa),
            as_of: self.graph.as_of,
        }
    }

    /// The documents that an identity holds, with the grants that hold them.
    pub(super) fn held<'a>(&'a self, holder: &'a Holder) -> impl Iterator<Item = (Ix, &'a Document)> {
        holder.grants.iter().filter_map(|grant| Some((*grant, self.documents.of(*grant)?)))
    }

    /// The document that bounds an identity, when there is one that was read.
    pub(super) fn bound(&self, holder: &Holder) -> Option<&Document> {
        if let Boundary::Read(grant) = holder.boundary { self.documents.of(grant) } else { None }
    }

    /// Whether a statement that the identity holds, or that bounds it, forbids this.
    pub(super) fn denies(&self, holder: &Holder, action: Action, resource: &str, bounds: Bounds) -> bool {
        let caller = self.caller(holder);
        let bound = self.bound(holder).filter(|_| bounds == Bounds::Kept);
        let documents = self.held(holder).map(|(_, document)| document).chain(bound);
        documents.flat_map(Document::denies).any(|rule| rule.applies(action, resource, &caller) == Truth::True)
    }

    /// Whether the boundary lets this through; without a boundary, everything is.
    pub(super) fn boundary_allows(&self, holder: &Holder, action: Action, resource: &str) -> Truth {
        let caller = self.caller(holder);
        match holder.boundary {
            Boundary::None => Truth::True,
            Boundary::Unread(_) => Truth::Unknown,
            Boundary::Read(_) => self
                .bound(holder)
                .into_iter()
                .flat_map(Document::allows)
                .map(|rule| rule.applies(action, resource, &caller))
                .max()
                .unwrap_or(Truth::False),
        }
    }

    /// The statement by which an identity may do this, if it may. A sure permit wins over one under a condition that
    /// stayed open; of equals, that of the first grant.
    pub(super) fn permits(
        &self,
        holder: &Holder,
        action: Action,
        resource: &str,
        bounds: Bounds,
    ) -> Option<Permit<'_>> {
        let speaks = |document: &Document| document.allows().any(|rule| rule.speaks_of.has(action));
        if !self.held(holder).any(|(_, document)| speaks(document)) || self.denies(holder, action, resource, bounds) {
            return None;
        }
        let within = match bounds {
            Bounds::Kept => self.boundary_allows(holder, action, resource),
            Bounds::Removed => Truth::True,
        };
        if within == Truth::False {
            return None;
        }
        let caller = self.caller(holder);
        let mut best: Option<Permit<'_>> = None;
        for grant in &holder.grants {
            for rule in self.documents.of(*grant).into_iter().flat_map(Document::allows) {
                let truth = rule.applies(action, resource, &caller).min(within);
                let better = best.as_ref().is_none_or(|best| !best.sure && truth == Truth::True);
                if truth != Truth::False && better {
                    best = Some(Permit { grant: *grant, rule, sure: truth == Truth::True });
                }
            }
        }
        best
    }
}

fn hold(graph: &Graph, documents: &Documents, ix: Ix) -> Holder {
    let node = graph.node(ix);
    let (grants, unread) = graph.grants_of(ix).into_iter().partition(|grant| documents.of(*grant).is_some());
    let boundary = node.identity().and_then(|detail| graph.find(detail.boundary.as_ref()?));
    Holder {
        ix,
        arn: address(node),
        account: node.id.realm().to_owned(),
        user: (node.id.type_name() == "iam-user").then(|| node.name.clone()),
        groups: graph.groups_of(ix),
        grants,
        unread,
        boundary: match boundary {
            None => Boundary::None,
            Some(grant) if documents.of(grant).is_some() => Boundary::Read(grant),
            Some(grant) => Boundary::Unread(grant),
        },
    }
}

/// The ARN of a node; one that was only named gets the form that its id implies.
pub(super) fn address(node: &Node) -> String {
    node.address.clone().unwrap_or_else(|| implied(&node.id))
}

fn implied(id: &NodeId) -> String {
    let kind = id.type_name().trim_start_matches("iam-").to_owned();
    format!("arn:aws:iam::{}:{kind}/{}", id.realm(), id.local())
}

/// Names a policy, the statement when it has several, and the group when it comes from one.
pub(super) fn policy(estate: &Estate<'_>, holder: &Holder, grant: Ix, rule: &Rule) -> String {
    let graph = estate.graph;
    let statement = rule.label.as_ref().map(|label| format!("statement {label}"));
    let direct = graph.out(holder.ix, EdgeKind::HasGrant).any(|(held, _)| held == grant);
    let holds = |group: &&Ix| graph.out(**group, EdgeKind::HasGrant).any(|(held, _)| held == grant);
    let group = if direct { None } else { holder.groups.iter().find(holds) };
    let group = group.map(|group| format!("by group {}", graph.node(*group).name));
    let notes: Vec<String> = statement.into_iter().chain(group).collect();
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    format!("policy {}{notes}", graph.node(grant).name)
}

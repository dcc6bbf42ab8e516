//! Policy documents, compiled once each: equal documents under different names are one.

use super::action::{Action, ActionSet};
use super::condition::{Caller, Truth, substitute, truth};
use super::level::{self, Level};
use super::pattern;
use crate::{Graph, Ix};
use std::collections::HashMap;
use whose_model::{Condition, Effect, NodeKind, Statement};

/// The number of a compiled document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct DocumentId(u32);

/// One compiled statement.
pub(super) struct Rule {
    pub(super) allows: bool,
    /// How to name it within its document; nothing when it is the only one.
    pub(super) label: Option<String>,
    pub(super) speaks_of: ActionSet,
    /// As they are written, for people.
    pub(super) written: Vec<String>,
    /// In lower case, for actions are compared without case.
    pub(super) actions: Vec<String>,
    pub(super) not_actions: Vec<String>,
    pub(super) resources: Vec<String>,
    pub(super) not_resources: Vec<String>,
    pub(super) conditions: Vec<Condition>,
    /// How much each action pattern is worth, in the order of `actions`; one entry for a statement of `not_actions`.
    pub(super) levels: Vec<Level>,
}

impl Rule {
    fn compile(statement: &Statement, label: Option<String>) -> Self {
        let lower = |list: &[String]| list.iter().map(|text| text.trim().to_lowercase()).collect::<Vec<_>>();
        let (actions, not_actions) = (lower(&statement.actions), lower(&statement.not_actions));
        let levels = if not_actions.is_empty() {
            actions.iter().map(|action| level::of(action, &statement.resources)).collect()
        } else {
            vec![level::of_all_but(&not_actions)]
        };
        Self {
            allows: statement.effect == Effect::Allow,
            label,
            speaks_of: ActionSet::of(&actions, &not_actions),
            written: statement.actions.clone(),
            actions,
            not_actions,
            resources: statement.resources.clone(),
            not_resources: statement.not_resources.clone(),
            conditions: statement.conditions.clone(),
            levels,
        }
    }

    /// The pattern of this statement, as it is written, that covers a whole service or all of them on every resource.
    pub(super) fn sweeping(&self) -> Option<&'static str> {
        let all_resources = self.resources.iter().any(|resource| resource == "*");
        let covers = |wanted: &str| self.actions.iter().any(|action| pattern::contains(action, wanted));
        if !self.allows || !all_resources || !self.not_actions.is_empty() {
            None
        } else if covers("*") || covers("*:*") {
            Some("*")
        } else {
            covers("iam:*").then_some("iam:*")
        }
    }

    /// Whether the statement speaks of this resource. One that speaks of no resource is no identity policy's.
    fn covers(&self, resource: &str, caller: &Caller<'_>) -> Truth {
        let any = |patterns: &[String]| patterns.iter().map(|pattern| covers(pattern, resource, caller)).max();
        match (any(&self.resources), any(&self.not_resources)) {
            (Some(found), _) => found,
            (None, Some(Truth::False)) => Truth::True,
            (None, Some(Truth::Unknown)) => Truth::Unknown,
            (None, Some(Truth::True) | None) => Truth::False,
        }
    }

    /// Whether the statement applies to this action on this resource.
    pub(super) fn applies(&self, action: Action, resource: &str, caller: &Caller<'_>) -> Truth {
        if !self.speaks_of.has(action) {
            return Truth::False;
        }
        self.covers(resource, caller).min(truth(&self.conditions, caller))
    }
}

fn covers(pattern: &str, resource: &str, caller: &Caller<'_>) -> Truth {
    if !pattern.contains("${") {
        return if pattern::matches(pattern, resource) { Truth::True } else { Truth::False };
    }
    match substitute(pattern, caller) {
        (Some(filled), guessed) if pattern::matches(&filled, resource) => {
            if guessed {
                Truth::Unknown
            } else {
                Truth::True
            }
        }
        _ => Truth::False,
    }
}

/// One compiled document.
pub(super) struct Document {
    pub(super) rules: Vec<Rule>,
}

impl Document {
    fn compile(statements: &[Statement]) -> Self {
        let label = |at: usize, statement: &Statement| {
            statement.sid.clone().or_else(|| (statements.len() > 1).then(|| (at + 1).to_string()))
        };
        let rules = statements.iter().enumerate().map(|(at, s)| Rule::compile(s, label(at, s))).collect();
        Self { rules }
    }

    pub(super) fn denies(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| !rule.allows)
    }

    pub(super) fn allows(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.allows)
    }
}

/// All documents of an estate, by the grant that holds them.
pub(super) struct Documents {
    compiled: Vec<Document>,
    by_grant: HashMap<Ix, DocumentId>,
}

impl Documents {
    /// Compiles each distinct document of the AWS grants that were read.
    pub(super) fn compile(graph: &Graph) -> Self {
        let mut known: HashMap<&[Statement], DocumentId> = HashMap::new();
        let mut documents = Self { compiled: Vec::new(), by_grant: HashMap::new() };
        for ix in graph.of_kind(NodeKind::Grant) {
            let node = graph.node(ix);
            let Some(detail) = node.grant().filter(|detail| detail.read && node.id.provider() == "aws") else {
                continue;
            };
            let id = *known.entry(&detail.statements).or_insert_with(|| {
                documents.compiled.push(Document::compile(&detail.statements));
                let last = documents.compiled.len() - 1;
                DocumentId(u32::try_from(last).expect("there are fewer documents than nodes, which are u32"))
            });
            documents.by_grant.insert(ix, id);
        }
        documents
    }

    /// The document of a grant; nothing when it was not read.
    pub(super) fn of(&self, grant: Ix) -> Option<&Document> {
        self.by_grant.get(&grant).map(|id| &self.compiled[id.0 as usize])
    }
}

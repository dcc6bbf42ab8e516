//! What to do about a finding: the step in words, and, for the providers that have a file here, the command
//! that does it. Whose prints commands and never runs one.

mod aws;
mod azure;
mod gcp;
mod github;
mod quote;

use crate::wording;
use whose_graph::{Graph, Ix};
use whose_model::{Fix, NodeId};

/// The steps that rules ask for. Each speaks of one node.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// Write down who answers for an identity.
    RecordOwner,
    /// Write down what an identity is for and when it ends.
    RecordLifecycle,
    /// Make a successor of a credential.
    CreateSuccessor,
    /// Switch a credential off; it can be switched on again.
    Deactivate,
    /// Remove a credential for good.
    Delete,
    /// Keep an identity from doing anything, without removing it.
    Suspend,
    /// Remove an identity for good.
    DeleteIdentity,
    /// Take a grant from an identity.
    TakeGrant(&'a NodeId),
    /// Show who may become an identity.
    ShowTrust,
    /// Say anew who may become an identity.
    ReplaceTrust,
    /// Limit what a thing can be used for.
    Restrict,
    /// Let nobody start a repository's pipelines from a fork whom no member knows.
    NarrowForks,
    /// Take the right by which an identity becomes another, or one of a group of others.
    CutWay(&'a NodeId),
}

impl Step<'_> {
    /// The step that the provider can do: what cannot be switched off must be deleted.
    fn possible(self, graph: &Graph, ix: Ix) -> Self {
        match (self, graph.node(ix).id.provider()) {
            (Self::Deactivate, "azure" | "github") => Self::Delete,
            _ => self,
        }
    }

    /// The step in words, for any provider.
    fn words(self, graph: &Graph, ix: Ix) -> String {
        let name = wording::named(graph, ix);
        let renewed = azure::is_renewed(graph.node(ix));
        match self {
            Self::CreateSuccessor if renewed => format!("Move what uses {name} to the other key of the account"),
            Self::Deactivate | Self::Delete if renewed => format!("Renew {name}, which ends its old value"),
            Self::RecordOwner => format!("Record the team or person who answers for {name}"),
            Self::RecordLifecycle => format!("Record what {name} is for and when it ends"),
            Self::CreateSuccessor => format!("Create a successor of {name}, and move what uses it there"),
            Self::Deactivate => format!("Deactivate {name}"),
            Self::Delete => format!("Delete {name}"),
            Self::Suspend => format!("Keep {name} from being used"),
            Self::DeleteIdentity => format!("Delete {name}"),
            Self::TakeGrant(grant) => {
                let grant = graph.find(grant).map_or_else(|| grant.local(), |ix| wording::named(graph, ix));
                format!("Take {grant} from {name}, and grant what it uses instead")
            }
            Self::ShowTrust => format!("Save the trust policy of {name}"),
            Self::ReplaceTrust => format!("Narrow the trust policy, then put it back on {name}"),
            Self::Restrict => format!("Restrict {name}"),
            Self::NarrowForks => format!("Demand approval of whoever is new to {name}"),
            Self::CutWay(to) => {
                let to = graph.find(to).map_or_else(|| to.local(), |ix| wording::named(graph, ix));
                format!("Take from {name} the right to act as {to}")
            }
        }
    }
}

/// A step as a fix, with its commands where the provider is known. A step that takes several commands becomes
/// several fixes.
pub(crate) fn step(graph: &Graph, step: Step<'_>, ix: Ix) -> Vec<Fix> {
    let commands = match graph.node(ix).id.provider() {
        "aws" => aws::commands(graph, step, ix),
        "azure" => azure::commands(graph, step, ix),
        "gcp" => gcp::commands(graph, step, ix),
        // A repository is known by its address, wherever it is kept; its scope tells which forge's it is.
        "github" | "git" => github::commands(graph, step, ix),
        _ => Vec::new(),
    };
    let what = step.possible(graph, ix).words(graph, ix);
    if commands.is_empty() {
        return vec![Fix { what, command: None }];
    }
    let (many, steps) = (commands.len() > 1, commands.len());
    let of = |number: usize| if many { format!("{what}, step {number} of {steps}") } else { what.clone() };
    (1..).zip(commands).map(|(number, command)| Fix { what: of(number), command: Some(command) }).collect()
}

/// A step that no command does.
pub(crate) fn advice(what: impl Into<String>) -> Fix {
    Fix { what: what.into(), command: None }
}

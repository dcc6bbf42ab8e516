//! What a posture rule is: its words as static data, and one check over the graph.

use crate::{Findings, Policy};
use whose_graph::Graph;
use whose_model::{ControlRef, Facet, Reference, Severity};

/// The families of rules (governance groups A to G). The family decides how recent use counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Who answers for it, what it is for, when it ends.
    Ownership,
    /// What nobody uses.
    Staleness,
    /// What lives too long or proves too little.
    Strength,
    /// What stands where many can read it.
    Leak,
    /// What can do too much.
    Privilege,
    /// Who is let in.
    Trust,
    /// What people do with the identities of machines.
    HumanUse,
}

impl Group {
    /// The heading under which reports and pages put the rule.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ownership => "Ownership and lifecycle",
            Self::Staleness => "Staleness",
            Self::Strength => "Long-lived and weak credentials",
            Self::Leak => "Leak and exposure",
            Self::Privilege => "Privilege",
            Self::Trust => "Federation and trust",
            Self::HumanUse => "Human use",
        }
    }
}

/// A control of a framework, as a rule names it. [`crate::frameworks()`] has its title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// The framework's slug with its edition, for example `owasp-nhi-2025`.
    pub framework: &'static str,
    /// The control's id as the framework writes it.
    pub id: &'static str,
}

/// Names a control, so that a rule's list reads as a table.
pub const fn control(framework: &'static str, id: &'static str) -> Control {
    Control { framework, id }
}

impl From<Control> for ControlRef {
    fn from(control: Control) -> Self {
        Self { framework: control.framework.into(), control: control.id.into() }
    }
}

/// A page to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its title.
    pub title: &'static str,
    /// Its address.
    pub url: &'static str,
}

/// Names a page, so that a rule's list reads as a table.
pub const fn link(title: &'static str, url: &'static str) -> Link {
    Link { title, url }
}

impl From<Link> for Reference {
    fn from(link: Link) -> Self {
        Self { title: link.title.into(), url: link.url.into() }
    }
}

/// All that is said of a rule, once and for every place that shows it.
#[derive(Debug)]
pub struct RuleInfo {
    /// The name: kebab-case, names the fault, reads after "allow".
    pub slug: &'static str,
    /// The fault in a few words.
    pub title: &'static str,
    /// Its family.
    pub group: Group,
    /// The severity from which the sum starts.
    pub base: Severity,
    /// What it finds, and by which evidence.
    pub finds: &'static str,
    /// Why that matters.
    pub matters: &'static str,
    /// What to do, in words; the finding adds the commands.
    pub fix: &'static str,
    /// What it cannot see.
    pub blind_spots: &'static str,
    /// The facets whose absence is an argument of the rule. A finding whose subject has a gap in one of them is
    /// not made; the subject counts as not assessed. The collector sees to that, no rule can forget it.
    pub needs: &'static [Facet],
    /// The facets that its subjects come from. Where one was not read completely, no finding means nothing; the
    /// findings that were made still stand.
    pub reads: &'static [Facet],
    /// The controls for which a finding is evidence.
    pub maps_to: &'static [Control],
    /// Pages to read.
    pub references: &'static [Link],
}

impl RuleInfo {
    /// Every facet that the rule depends on, each once.
    pub fn facets(&self) -> impl Iterator<Item = Facet> {
        let more = self.needs.iter().filter(|facet| !self.reads.contains(facet));
        self.reads.iter().chain(more).copied()
    }
}

/// One fault that can be seen in the graph. A rule is pure: the time is the graph's `as_of`.
pub trait PostureRule: Sync {
    /// What is said of it.
    fn info(&self) -> &'static RuleInfo;
    /// Looks for the fault and reports each case.
    fn check(&self, graph: &Graph, policy: &Policy, findings: &mut Findings<'_>);
}

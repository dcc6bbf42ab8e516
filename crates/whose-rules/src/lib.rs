//! Posture rules, one file each, and the frameworks they map to.

mod assess;
mod draft;
mod findings;
mod fixes;
mod frameworks;
mod leak;
mod page;
mod policy;
mod rule;
mod rules;
mod severity;
mod subjects;
#[cfg(test)]
mod testing;
mod wording;

pub use assess::{Assessed, assess, assess_by};
pub use draft::{Draft, Premise};
pub use findings::Findings;
pub use frameworks::{EvidenceMark, Framework, FrameworkControl, framework, frameworks};
pub use page::page;
pub use policy::{Policy, PolicyError, Thresholds};
pub use rule::{Control, Group, Link, PostureRule, RuleInfo, control, link};
pub use rules::{CATALOGUE, rule};

//! The words of Whose: what is seen (nodes, edges, observations, coverage), what is judged
//! (findings, assessments) and what leaves the house (the report). No I/O, no async, no clock.

mod coverage;
mod derived;
mod detail;
mod edge;
mod finding;
mod id;
mod join;
mod node;
mod record;
mod report;
mod schema;
mod statement;
mod time;
mod unseen;
mod usage;

pub use coverage::{Coverage, CoverageState, Facet, Gap, Source};
pub use derived::{
    Basis, Class, Classified, Environment, Lifecycle, OwnerBand, OwnerCandidate, OwnerSignal, Ownership, Privilege,
    Reach, SignalClass, Step, Tier,
};
pub use detail::{
    Consent, CredentialDetail, CredentialKind, CredentialLimits, GrantDetail, GrantOrigin, IdentityDetail, OwnerDetail,
    PartyKind, PartyStatus, Place, Power, RepoDetail, Reveal, SecretConfidence, SecretDetail, TrustDetail,
};
pub use edge::{ConditionClass, Edge, EdgeKind};
pub use finding::{
    Assessment, ControlRef, Evidence, Finding, FindingId, Fix, Reference, Severity, SeverityReason, Verdict,
};
pub use id::{IdError, NodeId};
pub use join::{Join, JoinStrength, JoinTarget};
pub use node::{Node, NodeKind, State, What};
pub use record::{Observation, Record, RecordHeader};
pub use report::{
    CredentialView, EdgeView, GrantView, IdentityView, NodeView, OwnerView, REPORT_VERSION, Report, ScanInfo,
    ScanState, SecretView, Summary, TargetInfo,
};
pub use schema::{record_schema, report_schema};
pub use statement::{Condition, Effect, Principal, Statement};
pub use time::{Timestamp, day, days_between};
pub use unseen::{UNSEEN, is_unseen};
pub use usage::{LastUsed, Usage};

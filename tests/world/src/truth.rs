//! What a right scanner finds: the whole of it, so that both what it misses and what it invents can be told.

use whose_model::{Finding, NodeId};

/// The rules for which the world holds faults and look-alikes.
pub const RULES: &[&str] = &[
    "unowned-identity",
    "orphaned-owner",
    "orphaned-workload",
    "long-lived-credential",
    "stale-credential",
    "never-used-credential",
    "root-access-key",
    "two-active-keys",
    "leaked-live-credential",
    "leaked-dead-credential",
    "leaked-foreign-credential",
    "shared-secret",
    "admin-equivalent-identity",
    "default-account-with-editor",
    "external-trust-without-external-id",
    "broad-ci-trust",
    "console-password-on-nhi",
    "undeclared-lifecycle",
    "expired-identity-enabled",
    "unsponsored-agent",
    "sole-owner-of-admin",
    "third-party-owner",
    "consent-of-leaver",
    "credential-on-disabled-identity",
    "agent-blueprint-secret",
    "credential-on-app-instance",
    "credential-on-third-party-app",
    "overlong-credential-lifetime",
    "stale-identity",
    "admin-controlled-by-non-admin",
    "outside-issuer-for-admin",
    "sensitive-third-party-consent",
    "compromised-credential",
    "unrestricted-api-key",
    "static-key-beside-federation",
    "unsigned-webhook",
    "escalation-path",
    "scope-wide-impersonation",
    "app-writes-everywhere",
    "pipeline-writes-by-default",
    "unpinned-admin-trust",
    "trust-in-missing-repository",
    "mutable-ci-subject",
    "credential-of-leaver",
    "fork-workflow-without-approval",
];

/// What a planted thing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A node whose id is known beforehand.
    Node(NodeId),
    /// A leaked secret. Its id is a keyed fingerprint that only the scanner can compute, so it is known by a
    /// place that holds no other planted secret.
    Secret {
        /// The repository's name.
        repository: &'static str,
        /// The file's path.
        path: &'static str,
    },
}

/// A planted fault, or a look-alike that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planted {
    /// The rule that must find it or, for a look-alike, must not.
    pub rule: &'static str,
    /// What is at fault, or looks so.
    pub subject: Subject,
    /// Why it is one, or why it is none.
    pub story: &'static str,
}

impl Planted {
    /// Whether a finding speaks of this.
    pub fn is_found_by(&self, finding: &Finding) -> bool {
        self.rule == finding.rule
            && match &self.subject {
                Subject::Node(id) => finding.subject == *id,
                Subject::Secret { repository, path } => finding.places.iter().any(|place| {
                    let named = place.repository.as_deref().unwrap_or_default();
                    named.rsplit('/').next() == Some(*repository) && place.path == *path
                }),
            }
    }
}

/// How findings compare with the truth.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// Planted faults that no finding speaks of.
    pub missed: Vec<&'a Planted>,
    /// Findings of the planted rules that speak of no planted fault, or of one that another finding already named.
    pub invented: Vec<&'a Finding>,
}

impl<'a> Comparison<'a> {
    /// Compares findings with the faults that are there. Findings of other rules are left aside.
    pub fn new(truth: &'a [Planted], findings: &'a [Finding]) -> Self {
        let mut missed: Vec<&Planted> = truth.iter().collect();
        let mut invented = Vec::new();
        for finding in findings.iter().filter(|finding| RULES.contains(&finding.rule.as_str())) {
            match missed.iter().position(|planted| planted.is_found_by(finding)) {
                Some(index) => drop(missed.swap_remove(index)),
                None => invented.push(finding),
            }
        }
        Self { missed, invented }
    }
}

//! What was read and what was not: whoever reasons from absence asks here first.

use crate::gaps::GapIndex;
use crate::nodes::opens_resources;
use crate::{Graph, Ix};
use whose_model::{Coverage, EdgeKind, Facet, Gap, NodeId, NodeKind};

impl Graph {
    /// Everything that was said about what was read.
    pub fn coverage(&self) -> &[Coverage] {
        &self.coverage
    }

    /// The scopes of which at least one listing speaks, by id.
    pub fn scanned_scopes(&self) -> impl Iterator<Item = Ix> + '_ {
        self.scanned.iter().map(|(scope, _)| *scope)
    }

    /// What keeps the scan from knowing this facet of this node. `None`: at least one listing offers the facet
    /// for its scope, and every listing that offers it can speak of it.
    pub fn gap(&self, subject: Ix, facet: Facet) -> Option<Gap> {
        let scopes = self.scopes_that_tell(subject, facet);
        if scopes.is_empty() {
            let name = &self.node(subject).name;
            return Some(Gap {
                subject: Some(self.node(subject).id.clone()),
                call: None,
                reason: format!("`{name}` lies in no scope that was scanned, so nothing tells its {}", words(facet)),
                remedy: "scan the account, organisation or repository that holds it".into(),
            });
        }
        scopes.into_iter().find_map(|scope| self.gap_in(scope, subject, facet))
    }

    /// Whether a listing of the node's scope tells this facet of such nodes at all, however well it was read. What the
    /// provider does not have cannot have been missed.
    pub fn is_offered(&self, subject: Ix, facet: Facet) -> bool {
        let types = self.types_of(subject);
        let tells = |row: &Coverage| types.is_empty() || types.iter().any(|of| row.speaks_of(of));
        self.scopes_that_tell(subject, facet).into_iter().any(|scope| self.rows(scope, facet).any(tells))
    }

    /// Everything that is missing of a facet in a scope; empty when all of it was read.
    pub fn scope_gaps(&self, scope: Ix, facet: Facet) -> Vec<Gap> {
        let rows: Vec<&Coverage> = self.rows(scope, facet).collect();
        if rows.is_empty() {
            return vec![self.not_listed(scope, facet)];
        }
        rows.into_iter()
            .flat_map(|row| if unexplained(row) { vec![explain(row)] } else { gaps_of(row).to_vec() })
            .collect()
    }

    fn gap_in(&self, scope: Ix, subject: Ix, facet: Facet) -> Option<Gap> {
        let id = &self.node(subject).id;
        let types = self.types_of(subject);
        let tells = |(row, _): &(&Coverage, &GapIndex)| types.is_empty() || types.iter().any(|of| row.speaks_of(of));
        let is_identity = self.node(subject).kind() == NodeKind::Identity;
        let of_resources = |row: &Coverage| !row.types.is_empty() && row.types.iter().all(|of| opens_resources(of));
        let elsewhere = |(row, _): &(&Coverage, &GapIndex)| is_identity && of_resources(row);
        let mut rows = self.indexed_rows(scope, facet).filter(|row| tells(row) && !elsewhere(row)).peekable();
        if rows.peek().is_none() {
            return Some(self.not_listed(scope, facet));
        }
        let is_credential = self.node(subject).kind() == NodeKind::Credential;
        let holder = if is_credential { self.identity_of(subject).map(|ix| &self.node(ix).id) } else { None };
        // What a secret asks of an inventory is whether its credential is there, and that could lie in any gap.
        let anywhere = self.node(subject).kind() == NodeKind::Secret && facet != Facet::Secrets;
        rows.find_map(|(row, index)| match unexplained(row) {
            true => Some(explain(row)),
            false if anywhere => gaps_of(row).first().cloned(),
            // What could not be read of an identity could not be read of its credentials.
            false => index.find(row, id).or_else(|| index.find(row, holder?)).cloned(),
        })
    }

    /// The types of credentials that a question about this node is about; empty: whatever a listing tells counts.
    fn types_of(&self, subject: Ix) -> Vec<&str> {
        let node = self.node(subject);
        match node.kind() {
            NodeKind::Credential => vec![node.r#type.as_str()],
            NodeKind::Secret => {
                let joins = node.secret().map(|secret| secret.joins.as_slice()).unwrap_or_default();
                joins.iter().filter_map(|join| join.target.type_name()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A scope and a repository tell of themselves; a leaked secret has no scope of its own: the repositories that
    /// hold it tell of the leak, and the accounts that it names tell of everything else.
    fn scopes_that_tell(&self, subject: Ix, facet: Facet) -> Vec<Ix> {
        if facet == Facet::OwnerStatus && !self.people.is_empty() {
            // Whoever lists people speaks of the owners of everything, wherever it lies.
            return self.people.clone();
        }
        let node = self.node(subject);
        match node.kind() {
            NodeKind::Scope | NodeKind::Repo => vec![subject],
            NodeKind::Secret => {
                let mut scopes: Vec<Ix> = if facet == Facet::Secrets {
                    self.out(subject, EdgeKind::LeakedIn).filter_map(|(place, _)| self.scope_of(place)).collect()
                } else {
                    self.scopes_of_secret(subject).into_iter().filter_map(|scope| self.find(scope)).collect()
                };
                scopes.sort_unstable();
                scopes.dedup();
                scopes
            }
            _ => self.scope_of(subject).into_iter().collect(),
        }
    }

    fn rows(&self, scope: Ix, facet: Facet) -> impl Iterator<Item = &Coverage> + '_ {
        self.indexed_rows(scope, facet).map(|(row, _)| row)
    }

    fn indexed_rows(&self, scope: Ix, facet: Facet) -> impl Iterator<Item = (&Coverage, &GapIndex)> + '_ {
        let rows = self.scanned.binary_search_by(|(known, _)| self.node(*known).id.cmp(&self.node(scope).id));
        let rows = rows.map(|at| self.scanned[at].1.as_slice()).unwrap_or_default();
        let indexed = rows.iter().map(|at| (&self.coverage[*at as usize], &self.gaps[*at as usize]));
        indexed.filter(move |(row, _)| row.facets.contains(&facet))
    }

    fn not_listed(&self, scope: Ix, facet: Facet) -> Gap {
        let node = self.node(scope);
        Gap {
            subject: Some(node.id.clone()),
            call: None,
            reason: format!("no listing was asked for the {} of `{}`", words(facet), node.name),
            remedy: format!("scan `{}` with a connector that lists its {}", node.name, words(facet)),
        }
    }
}

/// Groups the coverage by scope, in the order of scope ids; the numbers point into `coverage`.
pub(crate) fn by_scope(coverage: &[Coverage], find: impl Fn(&NodeId) -> Option<Ix>) -> Vec<(Ix, Vec<u32>)> {
    let mut rows: Vec<(&NodeId, u32)> = coverage.iter().map(|row| &row.scope).zip(0u32..).collect();
    rows.sort();
    let mut scopes: Vec<(Ix, Vec<u32>)> = Vec::new();
    for (scope, row) in rows {
        let Some(ix) = find(scope) else { continue };
        match scopes.last_mut() {
            Some((last, rows)) if *last == ix => rows.push(row),
            _ => scopes.push((ix, vec![row])),
        }
    }
    scopes
}

/// The scopes of which a listing tells the state of people.
pub(crate) fn listing_people(coverage: &[Coverage], scanned: &[(Ix, Vec<u32>)]) -> Vec<Ix> {
    let tells = |row: &u32| coverage[*row as usize].facets.contains(&Facet::OwnerStatus);
    scanned.iter().filter(|(_, rows)| rows.iter().any(tells)).map(|(scope, _)| *scope).collect()
}

/// A listing that failed must name a gap; one from a damaged file may not, and still is no complete listing.
fn unexplained(row: &Coverage) -> bool {
    row.state != whose_model::CoverageState::Complete && row.gaps.is_empty()
}

fn explain(row: &Coverage) -> Gap {
    Gap {
        subject: None,
        call: None,
        reason: format!(
            "`{}` of {} was not read completely, and no reason was recorded",
            row.source.collector, row.source.connector
        ),
        remedy: "scan again".into(),
    }
}

fn gaps_of(row: &Coverage) -> &[Gap] {
    if row.state == whose_model::CoverageState::Complete { &[] } else { &row.gaps }
}

/// The facet in words that fit after "the".
fn words(facet: Facet) -> &'static str {
    match facet {
        Facet::Identities => "identities",
        Facet::Credentials => "credentials",
        Facet::CredentialUse => "use of credentials",
        Facet::IdentityUse => "use of identities",
        Facet::Grants => "grants",
        Facet::Trusts => "trusts",
        Facet::OwnerSignals => "owners",
        Facet::OwnerStatus => "state of owners",
        Facet::Secrets => "leaked secrets",
        Facet::Repositories => "repositories",
        Facet::Settings => "settings of pipelines",
        Facet::Hooks => "hooks",
        Facet::PipelineSecrets => "secrets of pipelines",
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::{ACCOUNT, Estate, account, key, user};
    use whose_model::{
        CoverageState, EdgeKind, Facet, Gap, Join, JoinStrength, JoinTarget, Node, NodeId, Place, SecretConfidence,
        SecretDetail, What,
    };

    fn denied(subject: Option<NodeId>) -> Gap {
        Gap {
            subject,
            call: Some("iam:ListAccessKeys".into()),
            reason: "the provider refused iam:ListAccessKeys".into(),
            remedy: "allow iam:ListAccessKeys".into(),
        }
    }

    #[test]
    fn a_complete_listing_leaves_no_gap() {
        let graph = Estate::read().user("alice").build();
        let alice = graph.find(&user("alice")).unwrap();
        assert_eq!(graph.gap(alice, Facet::Credentials), None);
        assert!(graph.scope_gaps(graph.find(&account(ACCOUNT)).unwrap(), Facet::Credentials).is_empty());
    }

    #[test]
    fn a_facet_that_nobody_listed_is_a_gap_of_the_scope() {
        let graph = Estate::read().user("alice").build();
        let alice = graph.find(&user("alice")).unwrap();
        let gap = graph.gap(alice, Facet::OwnerStatus).unwrap();
        assert_eq!(gap.subject, Some(account(ACCOUNT)));
        assert_eq!(gap.reason, format!("no listing was asked for the state of owners of `{ACCOUNT}`"));
        assert_eq!(graph.scope_gaps(graph.find(&account(ACCOUNT)).unwrap(), Facet::OwnerStatus), [gap]);
    }

    #[test]
    fn a_gap_about_one_user_leaves_the_others_known() {
        let gap = denied(Some(user("alice")));
        let graph = Estate::read()
            .covered(account(ACCOUNT), &[Facet::Credentials], CoverageState::Partial, std::slice::from_ref(&gap))
            .user("alice")
            .user("bob")
            .build();
        let find = |name| graph.find(&user(name)).unwrap();
        assert_eq!(graph.gap(find("alice"), Facet::Credentials), Some(gap.clone()));
        assert_eq!(graph.gap(find("bob"), Facet::Credentials), None);
        assert_eq!(graph.gap(find("alice"), Facet::Grants), None);
        assert_eq!(graph.scope_gaps(graph.find(&account(ACCOUNT)).unwrap(), Facet::Credentials), [gap]);
    }

    #[test]
    fn a_list_of_people_speaks_of_the_owners_of_every_account() {
        let people = NodeId::new("whose", "", "scope", "people");
        let ask = |state, gaps: &[Gap]| {
            let graph =
                Estate::read().covered(people.clone(), &[Facet::OwnerStatus], state, gaps).user("alice").build();
            graph.gap(graph.find(&user("alice")).unwrap(), Facet::OwnerStatus)
        };
        assert_eq!(ask(CoverageState::Complete, &[]), None);
        assert_eq!(ask(CoverageState::Partial, &[denied(None)]), Some(denied(None)));
    }

    #[test]
    fn one_denied_listing_of_two_is_a_gap_for_everybody() {
        let graph = Estate::read()
            .covered(account(ACCOUNT), &[Facet::Credentials], CoverageState::Denied, &[denied(None)])
            .user("bob")
            .build();
        assert_eq!(graph.gap(graph.find(&user("bob")).unwrap(), Facet::Credentials), Some(denied(None)));
    }

    #[test]
    fn a_listing_of_one_type_says_nothing_of_the_others() {
        let leaked = |id: &str| {
            let join = Join {
                target: JoinTarget::Node(key(id)),
                scope: Some(account(ACCOUNT)),
                strength: JoinStrength::ExactId,
            };
            let detail = SecretDetail {
                detector: "aws.access-key".into(),
                title: "AWS access key".into(),
                hint: "AKIA…".into(),
                confidence: SecretConfidence::High,
                has_secret_half: true,
                encrypted: false,
                expires: None,
                reveals: Vec::new(),
                joins: vec![join],
            };
            Node::new(NodeId::new("whose", "", "secret", id), What::Secret(detail), "aws.access-key", id)
        };
        let ask = |types: &str, subject: Option<NodeId>| {
            let facets = &[Facet::Credentials];
            let mut estate = Estate::read()
                .covered(account(ACCOUNT), facets, CoverageState::Partial, &[denied(subject)])
                .user("alice")
                .key("AK1", &user("alice"))
                .node(leaked("AK9"));
            estate.coverage.last_mut().unwrap().types = vec![types.into()];
            let graph = estate.build();
            let gap = |id: NodeId| graph.gap(graph.find(&id).unwrap(), Facet::Credentials).is_some();
            (gap(key("AK1")), gap(NodeId::new("whose", "", "secret", "AK9")), gap(user("alice")))
        };
        assert_eq!(ask("ssh-public-key", None), (false, false, true));
        assert_eq!(ask("access-key", None), (true, true, true));
        // No identity holds a key that opens a storage account.
        assert_eq!(ask("storage-account-key", None), (false, false, false));
        // The keys of one user that could not be listed may hold the one that is missing.
        assert_eq!(ask("access-key", Some(user("bob"))), (false, true, false));
    }

    #[test]
    fn what_no_listing_of_a_scope_tells_is_not_offered_and_what_was_denied_is() {
        let mut estate = Estate::default().user("alice").key("AK1", &user("alice")).covered(
            account(ACCOUNT),
            &[Facet::OwnerSignals],
            CoverageState::Denied,
            &[denied(None)],
        );
        estate.coverage[0].types = vec!["iam-user".into()];
        let graph = estate.build();
        let offered = |id: NodeId, facet| graph.is_offered(graph.find(&id).unwrap(), facet);
        assert!(offered(user("alice"), Facet::OwnerSignals));
        assert!(!offered(key("AK1"), Facet::OwnerSignals));
        assert!(!offered(user("alice"), Facet::Trusts));
    }

    #[test]
    fn a_failure_without_a_reason_is_still_no_complete_listing() {
        let graph = Estate::default()
            .covered(account(ACCOUNT), &[Facet::Credentials], CoverageState::Failed, &[])
            .user("bob")
            .build();
        let gap = graph.gap(graph.find(&user("bob")).unwrap(), Facet::Credentials).unwrap();
        assert_eq!(gap.reason, "`sample` of aws was not read completely, and no reason was recorded");
    }

    #[test]
    fn a_leaked_secret_is_known_through_the_repository_that_holds_it() {
        let repository = NodeId::new("git", "", "repository", "example.com/a");
        let (place, secret) = (NodeId::new("git", "a", "location", "f#1"), NodeId::new("whose", "", "secret", "ab"));
        let mut location = Node::new(place.clone(), What::Location(Place::default()), "location", "f");
        location.scope = Some(repository.clone());
        let estate = Estate::default().node(location).edge(&secret, EdgeKind::LeakedIn, &place);
        let graph = estate.clone().covered(repository, &[Facet::Secrets], CoverageState::Complete, &[]).build();
        assert_eq!(graph.gap(graph.find(&secret).unwrap(), Facet::Secrets), None);
        let graph = estate.build();
        assert!(graph.gap(graph.find(&secret).unwrap(), Facet::Secrets).is_some());
    }

    #[test]
    fn scanned_scopes_are_those_with_coverage() {
        let graph = Estate::read().user("alice").build();
        assert_eq!(graph.scanned_scopes().map(|ix| graph.node(ix).name.as_str()).collect::<Vec<_>>(), [ACCOUNT]);
    }
}

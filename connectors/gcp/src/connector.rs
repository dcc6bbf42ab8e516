//! One scan of a project or an organisation: sign in, find the projects, then run the collectors over each.

use crate::session::{Estate, Project, Session};
use crate::sign_in::GcpSignIn;
use crate::target::{Root, Target};
use crate::{ABOVE, GCP, OF_WORKSPACE, PER_PROJECT, TRUSTS_FIRST};
use async_trait::async_trait;
use std::sync::{Arc, OnceLock};
use whose_connect::{Collector, ConnectError, Connector, ConnectorInfo, ScanContext, run_collector};

/// The connector for Google Cloud.
#[derive(Clone, Debug, Default)]
pub struct Gcp {
    sign_in: GcpSignIn,
}

impl Gcp {
    /// A connector that signs in with what the caller knows.
    pub fn new(sign_in: GcpSignIn) -> Self {
        Self { sign_in }
    }
}

#[async_trait]
impl Connector for Gcp {
    fn info(&self) -> &'static ConnectorInfo {
        &GCP
    }

    fn check(&self, target: &str) -> Result<(), ConnectError> {
        Target::parse(target).map(drop)
    }

    async fn scan(&self, target: &str, context: &ScanContext) -> Result<(), ConnectError> {
        let target = Target::parse(target)?;
        let estate = tokio::select! {
            biased;
            () = context.cancel.cancelled() => return Err(ConnectError::Stopped { target: target.describe() }),
            opened = Estate::open(&self.sign_in, &target, &context.network) => Arc::new(opened?),
        };
        let scope = estate.scope();
        let of_workspace = if matches!(target.root, Root::Organization(_)) { OF_WORKSPACE } else { &[] };
        for collector in ABOVE.iter().chain(of_workspace) {
            run_collector(&GCP, *collector, &*estate, &scope, context).await;
        }
        let projects: Vec<Project> = estate.tree.get().map(|tree| tree.projects.clone()).unwrap_or_default();
        let mut inventory = estate.take_inventory();
        let session = |project: Project| {
            let held = inventory.as_mut().map(|inventory| inventory.take(&project));
            Session { estate: Arc::clone(&estate), project, accounts: OnceLock::new(), held }
        };
        let sessions: Vec<Session> = projects.into_iter().map(session).collect();
        // The pools of all projects come before the accounts of any: an account may trust another project's pool.
        run(TRUSTS_FIRST, &sessions, context).await;
        run(PER_PROJECT, &sessions, context).await;
        Ok(())
    }
}

async fn run(collectors: &[&dyn Collector<Session>], sessions: &[Session], context: &ScanContext) {
    for session in sessions {
        let scope = session.scope();
        for collector in collectors {
            run_collector(&GCP, *collector, session, &scope, context).await;
        }
    }
}

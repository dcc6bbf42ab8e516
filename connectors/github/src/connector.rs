//! One scan of one organisation: ask who it is, then run the collectors in order.

use crate::session::Session;
use crate::sign_in::GithubSignIn;
use crate::target::Target;
use crate::{COLLECTORS, GITHUB, organization};
use async_trait::async_trait;
use whose_connect::{ConnectError, Connector, ConnectorInfo, Meter, Recorder, RetryPolicy, ScanContext, run_collector};

/// The connector for GitHub.
#[derive(Clone, Debug)]
pub struct Github {
    sign_in: GithubSignIn,
    pub(crate) retry: RetryPolicy,
}

impl Github {
    /// A connector that signs in so; with neither token nor app, no target can be scanned.
    pub fn new(sign_in: GithubSignIn) -> Self {
        Self { sign_in, retry: RetryPolicy::default() }
    }
}

#[async_trait]
impl Connector for Github {
    fn info(&self) -> &'static ConnectorInfo {
        &GITHUB
    }

    fn check(&self, target: &str) -> Result<(), ConnectError> {
        Target::parse(target).map(drop)
    }

    async fn scan(&self, target: &str, context: &ScanContext) -> Result<(), ConnectError> {
        let target = Target::parse(target)?;
        let session = Session::prepare(&target, &self.sign_in, &context.network, self.retry)?;
        let session = tokio::select! {
            biased;
            () = context.cancel.cancelled() => {
                return Err(ConnectError::Stopped { target: format!("the organisation {}", target.org) });
            }
            opened = open(session, &target, context) => opened?,
        };
        let scope = session.organization.scope();
        for collector in COLLECTORS {
            run_collector(&GITHUB, *collector, &session, &scope, context).await;
        }
        Ok(())
    }
}

/// Asks for the organisation itself. The one call that this takes is the listing `organization`.
async fn open(mut session: Session, target: &Target, context: &ScanContext) -> Result<Session, ConnectError> {
    let meter = Meter::default();
    let answer = meter.charge(organization::fetch(&session)).await;
    let answer = answer.map_err(|error| organization::sign_in_error(target, error))?;
    // The login as GitHub writes it, which is also how it stands in the addresses of repositories.
    session.organization.login.clone_from(&answer.login);
    let scope = session.organization.scope();
    let mut recorder = Recorder::new(&GITHUB, &organization::INFO, scope, context.sink.clone());
    recorder.node(organization::observe(&session.organization, &answer)).await;
    context.sink.coverage(recorder.into_coverage(meter.count())).await;
    Ok(session)
}

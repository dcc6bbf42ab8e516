//! One scan of one account: sign in, learn which account it is, then run the collectors in order.

use crate::ids::Account;
use crate::session::{Session, SignIn};
use crate::target::Target;
use crate::{AWS, caller_identity};
use async_trait::async_trait;
use whose_connect::{Collector, ConnectError, Connector, ConnectorInfo, Meter, Recorder, ScanContext, run_collector};

/// The connector for Amazon Web Services.
#[derive(Clone, Copy, Debug, Default)]
pub struct Aws;

#[async_trait]
impl Connector for Aws {
    fn info(&self) -> &'static ConnectorInfo {
        &AWS
    }

    fn check(&self, target: &str) -> Result<(), ConnectError> {
        Target::parse(target).map(drop)
    }

    async fn scan(&self, target: &str, context: &ScanContext) -> Result<(), ConnectError> {
        let target = Target::parse(target)?;
        let sign_in = unless_stopped(&target, context, SignIn::prepare(&target, &context.network)).await?;
        scan_account(sign_in, &target, context).await
    }
}

/// Reads the account that the credentials belong to.
pub(crate) async fn scan_account(sign_in: SignIn, target: &Target, context: &ScanContext) -> Result<(), ConnectError> {
    let session = unless_stopped(target, context, open(sign_in, target, context)).await?;
    let scope = session.account.scope();
    for collector in collectors(target) {
        run_collector(&AWS, collector, &session, &scope, context).await;
    }
    Ok(())
}

async fn unless_stopped<T>(
    target: &Target,
    context: &ScanContext,
    step: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    tokio::select! {
        biased;
        () = context.cancel.cancelled() => Err(ConnectError::Stopped { target: target.describe() }),
        done = step => done,
    }
}

/// Learns which account it is. The one call that this takes is the listing `caller-identity`.
async fn open(sign_in: SignIn, target: &Target, context: &ScanContext) -> Result<Session, ConnectError> {
    let meter = Meter::default();
    let account: Account = meter
        .charge(caller_identity::fetch(&sign_in.sts()))
        .await
        .map_err(|error| caller_identity::sign_in_error(target, error))?;
    let recorder = Recorder::new(&AWS, &caller_identity::INFO, account.scope(), context.sink.clone());
    context.sink.coverage(recorder.into_coverage(meter.count())).await;
    Ok(sign_in.open(account, context.as_of))
}

/// The collectors that a target asks for, in the order of [`AWS`], in which they learn from each other.
fn collectors(target: &Target) -> Vec<&'static dyn Collector<Session>> {
    crate::COLLECTORS
        .iter()
        .copied()
        .filter(|collector| collector.info().switched_on_by.is_none() || target.ssh_keys)
        .collect()
}

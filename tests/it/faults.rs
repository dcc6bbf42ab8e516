//! Throttled, failing, malformed, cut off, slow and endless replies: the scan ends, keeps what it read, and says
//! what it could not read.

use crate::product::{Product, found};
use anyhow::Result;
use std::time::{Duration, Instant};
use whose_model::{CoverageState, Report, Timestamp};
use whose_world::{AwsServer, World};

/// How long a scan may take whatever the server does.
const PATIENCE: Duration = Duration::from_secs(120);

const ACTIONS: &[&str] = &["GetAccountAuthorizationDetails", "GetCredentialReport", "ListAccessKeys"];

#[tokio::test(flavor = "multi_thread")]
async fn passing_faults_are_waited_out() -> Result<()> {
    let world = World::new(3, Timestamp::now());
    let server = world.serve_aws().await?;
    let product = Product::new().at(&server.endpoint());
    let expected = found(&product.scan(&["aws"], &[0])?);
    for action in ACTIONS {
        for fault in [AwsServer::throttle as fn(&AwsServer, &str, u32), AwsServer::fail] {
            fault(&server, action, 2);
            assert_eq!(found(&product.scan(&["aws"], &[0])?), expected, "{action}");
            server.heal();
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn lasting_faults_become_gaps_and_never_findings() -> Result<()> {
    let world = World::new(3, Timestamp::now());
    let server = world.serve_aws().await?;
    let product = Product::new().at(&server.endpoint());
    let expected = found(&product.scan(&["aws"], &[0])?);
    type Fault = fn(&AwsServer, &str);
    let faults: [(&str, Fault); 5] = [
        ("throttled for ever", |server, action| server.throttle(action, u32::MAX)),
        ("failing for ever", |server, action| server.fail(action, u32::MAX)),
        ("malformed", AwsServer::malform),
        ("cut off", AwsServer::truncate),
        ("endless", AwsServer::repeat_page),
    ];
    for action in ACTIONS {
        for (name, fault) in faults {
            if name == "endless" && *action == "GetCredentialReport" {
                // The credential report has no pages.
                continue;
            }
            fault(&server, action);
            let begun = Instant::now();
            let run = product.run(["scan", "aws", "--format", "json"])?;
            server.heal();
            assert!(begun.elapsed() < PATIENCE, "{action} {name}: {:?}", begun.elapsed());
            assert_eq!(run.code, 3, "{action} {name}: {}", run.stderr);
            let report: Report = serde_json::from_str(&run.stdout)?;
            let gap = report.coverage.iter().any(|row| row.state != CoverageState::Complete && !row.gaps.is_empty());
            assert!(gap, "{action} {name}: {:?}", report.coverage);
            let invented: Vec<_> = found(&report).difference(&expected).cloned().collect();
            assert!(invented.is_empty(), "{action} {name}: {invented:?}");
        }
    }
    Ok(())
}

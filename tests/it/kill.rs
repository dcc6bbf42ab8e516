//! A scan that is killed leaves nothing half-written; one that is stopped keeps what it gathered.

use crate::product::Product;
use anyhow::{Context, Result, ensure};
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use whose_model::{Report, ScanState, Timestamp};
use whose_world::{AwsServer, World};

/// Starts a scan of a slow server, and returns once the server was asked for `action`.
async fn begin(product: &Product, server: &AwsServer, action: &str) -> Result<Child> {
    let before = server.requests().len();
    let child = product
        .command(["scan", "aws", "--format", "json", "--save-observations", "seen.jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let begun = Instant::now();
    while !server.requests()[before..].iter().any(|request| request.action == action) {
        ensure!(begun.elapsed() < Duration::from_secs(60), "{action} was never asked for");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(child)
}

fn signal(child: &Child, name: &str) -> Result<()> {
    let done = Command::new("kill").args(["-s", name, &child.id().to_string()]).status()?;
    ensure!(done.success(), "kill -s {name}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_scan_leaves_the_store_as_it_was() -> Result<()> {
    let world = World::new(1, Timestamp::now());
    let server = world.serve_aws().await?;
    let product = Product::new().at(&server.endpoint());
    let first = product.scan(&["aws"], &[0])?;

    server.delay(Duration::from_secs(2));
    let mut child = begin(&product, &server, "ListAccessKeys").await?;
    signal(&child, "KILL")?;
    child.wait()?;
    server.heal();

    let scans = product.run(["scans"])?;
    assert_eq!(scans.stdout.lines().count(), 1, "{}", scans.stdout);
    let kept: Report = serde_json::from_str(&product.run(["report", "--format", "json"])?.stdout)?;
    assert_eq!(kept, first);

    // The observations that were on disk by then are judged, and the missing end is told.
    let judged = product.run(["assess", "seen.jsonl", "--format", "json"])?;
    assert_eq!(judged.code, 3, "{}", judged.stderr);
    assert!(judged.stdout.contains("ends too early"));
    product.scan(&["aws"], &[0])?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_scan_ends_soon_and_keeps_what_it_gathered() -> Result<()> {
    let world = World::new(1, Timestamp::now());
    let server = world.serve_aws().await?;
    let product = Product::new().at(&server.endpoint());
    server.delay(Duration::from_secs(2));
    let mut child = begin(&product, &server, "ListAccessKeys").await?;
    let stopped = Instant::now();
    signal(&child, "INT")?;
    let mut text = String::new();
    child.stdout.take().context("stdout")?.read_to_string(&mut text)?;
    let status = child.wait()?;
    assert!(stopped.elapsed() < Duration::from_secs(15), "it took {:?}", stopped.elapsed());
    assert_eq!(status.code(), Some(3));
    let report: Report = serde_json::from_str(&text)?;
    assert_eq!(report.scan.state, ScanState::Cancelled);
    assert!(!report.identities.is_empty(), "the users were gathered before the stop");
    let scans = product.run(["scans"])?.stdout;
    assert!(scans.contains("cancelled"), "{scans}");
    Ok(())
}

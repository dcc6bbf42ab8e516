//! The vendors' own published descriptions, as far as they are kept in `tests/contracts`, against what the connectors
//! declare, ask and read, and against what the invented company's servers answer.

mod description;
mod structs;

use crate::product::Product;
use anyhow::{Context, Result, ensure};
use description::{Asked, descriptions};
use std::collections::BTreeSet;
use std::path::Path;
use structs::Wire;
use whose_cli::CONNECTORS;
use whose_model::Timestamp;
use whose_world::World;

/// The connectors whose vendors are described here, with their descriptions.
const DESCRIBED: [(&str, &[&str]); 3] = [("azure", &["graph", "arm"]), ("gcp", &["google"]), ("github", &["github"])];

/// Calls that are none of a described API: code is read by git's own protocol.
const OUTSIDE: [&str; 1] = ["github:GetRepositoryCode"];

/// Structs that hold no answer of a described operation, each with its reason.
const NO_ANSWERS: [(&str, &str); 10] = [
    // The envelope of pages, which Graph and Resource Manager write differently; both forms are read by one struct.
    ("azure/src/api.rs", "Page"),
    // Refusals, which the descriptions leave out.
    ("azure/src/failure.rs", "*"),
    ("gcp/src/api.rs", "*"),
    ("github/src/failure.rs", "*"),
    // Credential files and the answers of token services, which no description of an API covers.
    ("gcp/src/credentials.rs", "*"),
    ("gcp/src/delegation.rs", "*"),
    ("gcp/src/exchange.rs", "*"),
    // One struct reads folders and projects, and one the pages of both; the fields of each are described.
    ("gcp/src/resources.rs", "Item"),
    ("gcp/src/resources.rs", "Items"),
    // Described as an object of any fields; only the vendor's page names this one.
    ("gcp/src/last_authentications.rs", "Authentication"),
];

#[test]
fn every_declared_call_is_described_and_no_other_is_kept() -> Result<()> {
    for (connector, vendors) in DESCRIBED {
        let info = CONNECTORS.iter().find(|info| info.id == connector).context("the connector is listed")?;
        let declared = info.calls();
        let declared = declared.iter().map(|call| call.name).filter(|name| !OUTSIDE.contains(name));
        let declared: BTreeSet<&str> = declared.collect();
        let described = descriptions(vendors)?;
        let described: BTreeSet<&str> =
            described.iter().flat_map(|one| one.operations.iter().map(|operation| operation.call.as_str())).collect();
        assert_eq!(declared, described, "{connector}: tests/contracts/extract.py lists the calls");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_and_what_is_answered_is_as_the_vendors_describe_it() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let google = world.google();
    let (on_entra, on_google, on_github) =
        (world.serve_entra().await?, google.serve().await?, world.serve_github().await?);
    let product = Product::new()
        .with(on_github.environment())
        .with(on_entra.environment())
        .with([("AZURE_ENDPOINT_URL", on_entra.endpoint()), ("GOOGLE_ENDPOINT_URL", on_google.endpoint())]);
    let credentials = on_google.write_credentials(product.root())?;
    let organization = format!(
        "gcp:organization={},subject={},credentials={}",
        google.estate().organization,
        google.estate().directory.admin,
        credentials.display()
    );
    let github = format!("github:{},repositories=off", world.github().login);
    product.scan(&["azure", &organization, &github], &[0, 3])?;
    on_google.disable("ListAssets");
    product.scan(&[&organization], &[0])?;

    let mut asked: Vec<(&[&str], Asked)> = Vec::new();
    let read = |method: &str, path: &str, query: &str, reply: &str| Asked {
        method: method.into(),
        path: path.into(),
        query: query.into(),
        reply: reply.into(),
    };
    for one in on_entra.requests().iter().filter(|one| one.status == 200 && one.action != "Token") {
        asked.push((DESCRIBED[0].1, read(&one.method, &one.path, &one.query, &one.reply)));
    }
    for one in on_google.requests().iter().filter(|one| one.status == 200) {
        asked.push((DESCRIBED[1].1, read(&one.verb, &one.path, &one.query, &one.reply)));
    }
    for one in on_github.requests().iter().filter(|one| one.status == 200) {
        let query: Vec<String> = one.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        asked.push((DESCRIBED[2].1, read(&one.method, &one.path, &query.join("&"), &one.reply)));
    }
    let mut faults = BTreeSet::new();
    let mut calls = BTreeSet::new();
    for (vendors, asked) in &asked {
        let descriptions = descriptions(vendors)?;
        match descriptions.iter().find_map(|one| Some((one, one.operation(asked)?))) {
            Some((description, operation)) => {
                calls.insert(operation.call.clone());
                faults.extend(description.faults(operation, asked)?);
            }
            None => drop(faults.insert(format!("{} {} is not described", asked.method, asked.path))),
        }
    }
    ensure!(calls.len() > 30, "only {calls:?} were made");
    ensure!(faults.is_empty(), "{faults:#?}");
    Ok(())
}

#[test]
fn every_field_that_is_read_is_described() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(1).context("the workspace")?;
    let mut missing = Vec::new();
    let mut checked = 0;
    for (connector, vendors) in DESCRIBED {
        let descriptions = descriptions(vendors)?;
        for wire in Wire::all(&root.join("connectors").join(connector).join("src"))? {
            let excused = |(file, name): &(&str, &str)| {
                format!("{connector}/src/{}", wire.file) == *file && (*name == "*" || *name == wire.name)
            };
            if NO_ANSWERS.iter().any(excused) {
                continue;
            }
            checked += 1;
            let objects: Vec<BTreeSet<String>> = descriptions.iter().flat_map(|one| one.objects(&[])).collect();
            if !objects.iter().any(|fields| wire.fields.is_subset(fields)) {
                let least = objects.iter().map(|fields| wire.fields.difference(fields).collect::<Vec<_>>());
                let least = least.min_by_key(Vec::len).unwrap_or_default();
                missing.push(format!("{connector}/src/{}: {}: {least:?}", wire.file, wire.name));
            }
        }
    }
    ensure!(checked > 40, "only {checked} structs were found");
    ensure!(missing.is_empty(), "no described object has the fields of these: {missing:#?}");
    Ok(())
}

//! `whose key`: whose is it? What the format of a key gives away, and all that the inventory knows of it.

use super::stored;
use crate::args::{Global, KeyArgs};
use crate::config::Config;
use crate::data::DataFolder;
use crate::exit::{Exit, Failure, Outcome};
use anyhow::{Context, anyhow};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use whose_detect::{Detection, Engine};
use whose_model::{CredentialView, Finding, IdentityView, JoinTarget, NodeId, Report, SecretDetail, SecretView};
use whose_reports::{Story, tell_format, tell_story, write_json};
use whose_store::{Found, InventoryStore, Kind};

/// How many objects a text may name before it is no name.
const LIMIT: usize = 20;

/// Everything that is known.
#[derive(Serialize)]
struct Known {
    /// What the format alone gives away.
    format: Vec<SecretDetail>,
    /// What the store has seen, in its last context.
    inventory: Vec<Thing>,
}

/// One thing of the inventory with its neighbours.
#[derive(Serialize)]
struct Thing {
    found: Found,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<CredentialView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<SecretView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityView>,
    findings: Vec<Finding>,
}

/// Runs the command.
pub(crate) async fn run(global: &Global, args: KeyArgs) -> Outcome {
    let config = Config::load(global.config.as_deref())?;
    let text = text(&args.text)?;
    let key = DataFolder::open(global.data_dir.as_deref())?.fingerprint_key()?;
    let mut detections = Engine::new().context("the detectors cannot be loaded")?.identify(&text, &key);
    let mut told = BTreeSet::new();
    detections.retain(|detection| told.insert(detection.fingerprint.clone()));
    let store = stored::open(global, &config).await?;
    let known = Known {
        inventory: inventory(store.as_ref(), &names(&text, &detections)).await?,
        format: detections.into_iter().map(|detection| detection.detail).collect(),
    };
    if known.format.is_empty() && known.inventory.is_empty() {
        return Err(Failure::request(anyhow!(
            "this is no credential of a known format, and the store has seen nothing of this name; \
             `whose scan` fills the store"
        )));
    }
    let mut out = io::stdout().lock();
    if args.json {
        write_json(&known, &mut out)?;
    } else {
        print(&known, &mut out)?;
    }
    Ok(Exit::Complete)
}

/// The text of the argument, or of stdin for `-`.
fn text(argument: &str) -> Result<String, Failure> {
    if argument != "-" {
        return Ok(argument.trim().to_string());
    }
    let mut text = String::new();
    io::stdin()
        .lock()
        .take(1 << 20)
        .read_to_string(&mut text)
        .context("stdin cannot be read")
        .map_err(Failure::request)?;
    Ok(text.trim().to_string())
}

/// What to look for in the store. Where a secret was pasted, its fingerprint, what it reveals and what it names by id,
/// never its value.
fn names(text: &str, detections: &[Detection]) -> BTreeSet<String> {
    if detections.is_empty() {
        return BTreeSet::from([text.to_string()]);
    }
    let revealed = detections.iter().flat_map(|detection| {
        let reveals = detection.detail.reveals.iter().filter(|reveal| reveal.what == "key-id");
        let named = detection.detail.joins.iter().filter_map(|join| match &join.target {
            JoinTarget::Node(id) => Some(id.as_str().to_string()),
            JoinTarget::PublicHalf(half) => Some(half.clone()),
            JoinTarget::Hint { .. } | JoinTarget::Subject { .. } => None,
        });
        reveals.map(|reveal| reveal.value.clone()).chain(named).chain([detection.fingerprint.clone()])
    });
    revealed.collect()
}

async fn inventory(store: &dyn InventoryStore, names: &BTreeSet<String>) -> Result<Vec<Thing>, Failure> {
    let mut things: Vec<Thing> = Vec::new();
    let mut report: Option<Report> = None;
    for name in names {
        for found in store.find(name, LIMIT).await.map_err(stored::failure)? {
            let told = things.iter().any(|thing| thing.found.id == found.id);
            if told || !matches!(found.kind, Kind::Credential | Kind::Secret | Kind::Identity) {
                continue;
            }
            if report.as_ref().is_none_or(|report| report.scan.id != found.last_seen.scan) {
                report = Some(store.load(&found.last_seen.scan).await.map_err(stored::failure)?);
            }
            if let Some(report) = &report {
                things.push(with_neighbours(found, report));
            }
        }
    }
    Ok(things)
}

/// Gathers the neighbours of a found object from the scan that saw it last.
fn with_neighbours(found: Found, report: &Report) -> Thing {
    let is = |id: &NodeId| id.as_str() == found.id;
    let secret = report.secrets.iter().find(|secret| is(&secret.id)).cloned();
    let joined = secret.as_ref().and_then(|secret| secret.credential.clone());
    let credential = report
        .credentials
        .iter()
        .find(|credential| is(&credential.id) || Some(&credential.id) == joined.as_ref())
        .cloned();
    let of = credential.as_ref().and_then(|credential| credential.identity.clone());
    let of = of.or_else(|| secret.as_ref().and_then(|secret| secret.identity.clone()));
    let identity =
        report.identities.iter().find(|identity| is(&identity.id) || Some(&identity.id) == of.as_ref()).cloned();
    let ids =
        [secret.as_ref().map(|secret| &secret.findings), credential.as_ref().map(|credential| &credential.findings)];
    let whole = if credential.is_none() && secret.is_none() {
        identity.as_ref().map(|identity| &identity.findings)
    } else {
        None
    };
    let ids: BTreeSet<_> = ids.into_iter().chain([whole]).flatten().flatten().collect();
    let findings = report.findings.iter().filter(|finding| ids.contains(&finding.id)).cloned().collect();
    Thing { found, credential, secret, identity, findings }
}

fn print(known: &Known, out: &mut dyn Write) -> io::Result<()> {
    for detail in &known.format {
        tell_format(detail, out)?;
    }
    if known.inventory.is_empty() {
        return writeln!(out, "  inventory  no scan has seen it");
    }
    for Thing { found, credential, secret, identity, findings } in &known.inventory {
        let story = Story {
            kind: found.kind.word(),
            name: &found.name,
            first_seen: found.first_seen.at,
            last_seen: found.last_seen.at,
            gone: found.gone.as_ref().map(|gone| gone.at),
            credential: credential.as_ref(),
            identity: identity.as_ref(),
            secret: secret.as_ref(),
            findings,
        };
        tell_story(&story, out)?;
    }
    Ok(())
}

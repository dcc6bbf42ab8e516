//! A leaked secret without any id of its own is joined with the live credential that it is the value of.

use crate::product::Product;
use anyhow::{Context, Result, ensure};
use std::process::Command;
use whose_model::{
    CredentialDetail, CredentialKind, Node, NodeId, Observation, Record, RecordHeader, Report, Severity, Source, State,
    Timestamp, What,
};
use whose_world::{EntraLeak, World};

/// Commits one file in a repository of its own.
fn commit(product: &Product, name: &str, text: &str) -> Result<()> {
    let folder = product.path(name);
    std::fs::create_dir(&folder)?;
    std::fs::write(folder.join("deploy.env"), text)?;
    let who = ["-c", "user.name=Ines", "-c", "user.email=ines@example.com"];
    for args in [&["init", "--quiet"][..], &["add", "."], &[&who[..], &["commit", "--quiet", "-m", "Deploy"]].concat()]
    {
        ensure!(Command::new("git").args(args).current_dir(&folder).status()?.success(), "git {args:?}");
    }
    Ok(())
}

async fn scan(text: impl Fn(&EntraLeak) -> String) -> Result<(Report, EntraLeak, Product)> {
    let world = World::new(42, Timestamp::now());
    let leak = world.entra().leak().clone();
    let server = world.serve_entra().await?;
    let product = Product::new().with(server.environment()).with([("AZURE_ENDPOINT_URL", server.endpoint())]);
    commit(&product, "sync", &text(&leak))?;
    let report = product.scan(&["azure", "sync"], &[0, 3])?;
    Ok((report, leak, product))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entra_secret_is_known_by_its_hint_beside_its_application() -> Result<()> {
    let beside = |leak: &EntraLeak| {
        let EntraLeak { tenant, app_id, secret, .. } = leak;
        format!("AZURE_TENANT_ID={tenant}\nAZURE_CLIENT_ID={app_id}\nAZURE_CLIENT_SECRET={secret}\n")
    };
    let (report, leak, product) = scan(beside).await?;
    let credential = NodeId::new("azure", &leak.tenant, "client-secret", &leak.key_id);
    let live: Vec<_> = report.findings.iter().filter(|finding| finding.rule == "leaked-live-credential").collect();
    assert_eq!(live.iter().map(|finding| &finding.subject).collect::<Vec<_>>(), [&credential], "{live:#?}");
    assert!(live[0].severity >= Severity::High && (live[0].confidence - 0.85).abs() < 1e-9, "{live:#?}");
    assert_eq!(live[0].identity, Some(NodeId::new("azure", "", "application", &leak.app_id)));
    let link = "the leaked Entra ID client secret has the hint of this credential, and stands beside its application or \
                tenant (confidence 0.85)";
    assert!(live[0].evidence.iter().any(|shown| shown.what == link), "{live:#?}");
    assert_eq!(report.secrets[0].credential.as_ref(), Some(&credential));
    assert_eq!(report.secrets[0].link.as_deref(), Some(link));
    let story = product.run(["key", &leak.secret])?;
    assert!(story.stdout.contains(link) && story.stdout.contains("settlement-sync"), "{}", story.stdout);
    assert!(!story.stdout.contains(&leak.secret[6..]) && !format!("{report:?}").contains(&leak.secret[6..]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hint_of_an_entra_secret_alone_names_nobody() -> Result<()> {
    let (report, _, _) = scan(|leak| format!("PASSWORD={}\n", leak.secret)).await?;
    let leaks: Vec<_> = report.findings.iter().filter(|finding| finding.rule.starts_with("leaked-")).collect();
    assert_eq!(leaks.len(), 1, "{leaks:#?}");
    assert_eq!((leaks[0].rule.as_str(), &leaks[0].identity), ("leaked-foreign-credential", &None), "{leaks:#?}");
    assert!(leaks[0].title.contains("shares its hint with a credential"), "{leaks:#?}");
    assert_eq!((&report.secrets[0].credential, &report.secrets[0].link), (&None, &None));
    Ok(())
}

/// Observations of one deploy key, in the form of an observations file.
fn deploy_key(id: &NodeId, thumbprint: &str) -> Result<String> {
    let mut detail = CredentialDetail::new(CredentialKind::DeployKey);
    detail.thumbprint = Some(thumbprint.into());
    let mut node = Node::new(id.clone(), What::Credential(detail), "deploy-key", "ci of acme/pay");
    node.state = State::Enabled;
    let header = RecordHeader {
        version: RecordHeader::VERSION,
        as_of: Timestamp::now(),
        tool_version: "0.1.0".into(),
        targets: Vec::new(),
    };
    let source = Source { connector: "github".into(), collector: "deploy-keys".into() };
    let seen = Record::Seen { source, observation: Observation::Node(Box::new(node)) };
    let records = [Record::Header(header), seen, Record::End { records: 1 }];
    let lines: Result<Vec<String>, _> = records.iter().map(serde_json::to_string).collect();
    Ok(lines?.join("\n") + "\n")
}

#[test]
fn a_private_key_is_known_by_its_public_half() -> Result<()> {
    let product = Product::new();
    let pem = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519)?.serialize_pem();
    commit(&product, "pay", &pem)?;
    let scanned = product.run(["scan", "pay", "--save-observations", "leak.jsonl", "--format", "json"])?;
    let alone: Report = serde_json::from_str(&scanned.stdout)?;
    let print = alone.secrets[0].reveals.iter().find(|reveal| reveal.what == "ssh-fingerprint");
    let print = print.context("the key reveals its fingerprint")?.value.clone();

    let id = NodeId::new("github", "github.com", "deploy-key", "17");
    std::fs::write(product.path("seen.jsonl"), deploy_key(&id, &print)?)?;
    let judged = product.run(["assess", "leak.jsonl", "seen.jsonl", "--keep", "--format", "json"])?;
    let report: Report = serde_json::from_str(&judged.stdout).context(judged.stderr)?;
    let live: Vec<_> = report.findings.iter().filter(|finding| finding.rule == "leaked-live-credential").collect();
    assert_eq!(live.iter().map(|finding| &finding.subject).collect::<Vec<_>>(), [&id], "{:#?}", report.findings);
    assert_eq!(live[0].severity, Severity::Critical, "{live:#?}");
    for asked in [pem.as_str(), print.as_str()] {
        let story = product.run(["key", asked])?;
        assert!(story.stdout.contains("credential ci of acme/pay"), "{}{}", story.stdout, story.stderr);
    }
    Ok(())
}

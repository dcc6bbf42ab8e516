//! `github:ORG` covers platform and code: the organisation's repositories are cloned with the sign-in of the scan and
//! read, and nothing that the API says can turn that against who scans.

use crate::product::{Product, found};
use crate::secrecy::{search, search_files};
use anyhow::{Result, ensure};
use std::collections::BTreeSet;
use whose_model::{Coverage, CoverageState, NodeId, OwnerSignal, PartyStatus, Report, SignalClass, Timestamp};
use whose_world::{GithubAppKey, GithubServer, World};

/// An invented token of GitHub's own form.
fn token() -> String {
    whose_detect::expand("ghp_{crc62:30}", 77).expect("the template is right")
}

/// The product, signed in to this server and to nothing else.
fn signed_in(server: &GithubServer) -> Product {
    Product::new().with([("GITHUB_API_URL", server.endpoint()), ("GITHUB_TOKEN", token())])
}

fn leaks(report: &Report) -> BTreeSet<(String, NodeId)> {
    found(report).into_iter().filter(|(rule, _)| rule.starts_with("leaked-")).collect()
}

/// The rows of coverage that the reader of repositories left.
fn read(report: &Report) -> Vec<&Coverage> {
    report.coverage.iter().filter(|row| row.source.connector == "repos").collect()
}

fn named(name: &str) -> NodeId {
    NodeId::new("git", "", "repository", &format!("github.com/tallowmere/{name}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_an_organisation_is_read_as_if_each_clone_were_named() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let (aws, github) = (world.serve_aws().await?, world.serve_github().await?);
    // One product, so that one value has one fingerprint in both scans.
    let product = signed_in(&github).at(&aws.endpoint());
    let folders = world.write_repositories(&product.path("repositories"))?;
    let folders: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    let mut targets = vec!["aws"];
    targets.extend(folders.iter().map(String::as_str));
    let expected = leaks(&product.scan(&targets, &[0])?);
    ensure!(expected.iter().any(|(rule, _)| rule == "leaked-live-credential"), "{expected:?}");

    assert!(github.requests().is_empty());
    let report = product.scan(&["aws", "github:tallowmere"], &[0])?;
    assert_eq!(leaks(&report), expected);
    let of_repositories: BTreeSet<NodeId> = read(&report).iter().map(|row| row.scope.clone()).collect();
    let all: BTreeSet<NodeId> = world.repositories().iter().map(|repository| named(repository.name)).collect();
    assert_eq!(of_repositories, all);
    let tokens = github.clone_tokens();
    assert!(!tokens.is_empty() && tokens.iter().all(|used| *used == token()));
    assert!(github.violations().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_with_which_code_is_cloned_is_in_no_artefact() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let github = world.serve_github().await?;
    let product = signed_in(&github);
    let mut command = product.command(["scan", "github:tallowmere", "-vv", "--save-observations", "seen.jsonl"]);
    let formats = ["json", "html", "terminal", "sarif", "csv"];
    for format in formats {
        command.arg("--format").arg(format!("{format}=report.{format}"));
    }
    // One repository fails, so that the errors of a clone are searched as well.
    github.change(|organization| organization.repositories[0].name = "gone".into());
    let scanned = command.env("RUST_LOG", "trace").output()?;
    ensure!(scanned.status.code() == Some(3), "{}", String::from_utf8_lossy(&scanned.stderr));
    ensure!(!github.clone_tokens().is_empty() && scanned.stderr.len() > 10_000, "there is something to search");
    let values = [token()];
    search("stdout", &scanned.stdout, &values)?;
    search("stderr", &scanned.stderr, &values)?;
    let mut searched = 0;
    search_files(product.root(), &product.path("none"), &values, &mut searched)?;
    ensure!(searched > formats.len(), "only {searched} files were searched");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_is_also_named_by_its_path_is_read_once_from_there() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let github = world.serve_github().await?;
    let product = signed_in(&github);
    let folders = world.write_repositories(&product.path("repositories"))?;
    let payments = folders.iter().find(|folder| folder.ends_with("payments")).expect("it is there");
    let report = product.scan(&[&payments.display().to_string(), "github:tallowmere"], &[0])?;
    let mut scopes: Vec<NodeId> = read(&report).iter().map(|row| row.scope.clone()).collect();
    scopes.sort();
    let mut all: Vec<NodeId> = world.repositories().iter().map(|repository| named(repository.name)).collect();
    all.sort();
    assert_eq!(scopes, all, "each once");
    let cloned: Vec<String> = github.requests().into_iter().map(|request| request.path).collect();
    assert!(cloned.iter().any(|path| path.starts_with("/tallowmere/web.git/")));
    assert!(!cloned.iter().any(|path| path.starts_with("/tallowmere/payments.git/")), "{cloned:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_points_elsewhere_gets_neither_file_nor_token() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let (github, other) = (world.serve_github().await?, world.serve_github().await?);
    let product = signed_in(&github);
    let folders = world.write_repositories(&product.path("repositories"))?;
    let payments = folders.iter().find(|folder| folder.ends_with("payments")).expect("it is there");
    let hostile = [
        ("payments", format!("file://{}", payments.display())),
        ("web", format!("{}/tallowmere/web.git", other.endpoint())),
    ];
    github.change(|organization| {
        for repository in &mut organization.repositories {
            let told = hostile.iter().find(|(name, _)| *name == repository.name);
            repository.clone_url = told.map(|(_, url)| url.clone());
        }
    });
    let report = product.scan(&["github:tallowmere"], &[3])?;
    let scopes: BTreeSet<NodeId> = read(&report).iter().map(|row| row.scope.clone()).collect();
    let code = report.coverage.iter().find(|row| row.source.collector == "code").expect("the listing is there");
    assert_eq!((code.state, code.gaps.len()), (CoverageState::Partial, 2));
    for (name, _) in &hostile {
        assert!(!scopes.contains(&named(name)), "{name}");
        assert!(code.gaps.iter().any(|gap| gap.subject == Some(named(name)) && gap.reason.contains("refused")));
    }
    assert!(other.requests().is_empty() && other.clone_tokens().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_the_sign_in_may_not_read_is_a_gap_of_each_repository() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let github = world.serve_github().await?;
    github.deny("GetRepositoryCode");
    let report = signed_in(&github).scan(&["github:tallowmere"], &[3])?;
    let rows = read(&report);
    assert_eq!(rows.len(), world.repositories().len());
    for row in rows {
        assert_eq!(row.state, CoverageState::Failed);
        assert!(row.gaps[0].reason.contains("403") && row.gaps[0].remedy.contains("may read"), "{row:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_signs_in_for_platform_and_code_and_its_key_is_in_no_artefact() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let github = world.serve_github().await?;
    let key = GithubAppKey::generate()?;
    github.install_app("31415", key.public.clone(), 3600);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("app.pem");
    std::fs::write(&file, &key.private)?;
    let product = Product::new().with([
        ("GITHUB_API_URL", github.endpoint()),
        ("GITHUB_APP_ID", "31415".to_owned()),
        ("GITHUB_APP_PRIVATE_KEY_FILE", file.display().to_string()),
    ]);
    let mut command = product.command(["scan", "github:tallowmere", "-vv", "--save-observations", "seen.jsonl"]);
    let scanned = command.args(["--format", "json=report.json"]).env("RUST_LOG", "trace").output()?;
    ensure!(scanned.status.code() == Some(0), "{}", String::from_utf8_lossy(&scanned.stderr));
    let report: Report = serde_json::from_slice(&std::fs::read(product.path("report.json"))?)?;
    assert_eq!(read(&report).len(), world.repositories().len());
    let (cloned_with, issued) = (github.clone_tokens(), github.app_tokens());
    assert!(!cloned_with.is_empty() && cloned_with.iter().all(|token| issued.contains(token)));
    assert!(github.violations().is_empty());
    let lines = key.private.lines().filter(|line| line.len() > 40 && !line.starts_with('-')).map(String::from);
    let values: Vec<String> = lines.chain(issued).collect();
    ensure!(values.len() > 10, "the key has lines");
    search("stdout", &scanned.stdout, &values)?;
    search("stderr", &scanned.stderr, &values)?;
    let mut searched = 0;
    search_files(product.root(), &product.path("none"), &values, &mut searched)?;
    ensure!(searched > 2, "only {searched} files were searched");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn code_owners_are_signals_on_the_identity_whose_key_leaked_and_on_deploy_keys() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let (aws, github) = (world.serve_aws().await?, world.serve_github().await?);
    github.commit("payments", ".github/CODEOWNERS", "* @tallowmere/payments\n/deploy.sh @ines-okafor\n");
    let report = signed_in(&github).at(&aws.endpoint()).scan(&["aws", "github:tallowmere"], &[0])?;
    let signals = |identity: &str, owner: &str| -> (PartyStatus, Vec<OwnerSignal>) {
        let identity = report.identities.iter().find(|view| view.name == identity).expect("it is there");
        let ownership = identity.ownership.as_ref().expect("its owners were judged");
        let found = ownership.candidates.iter().find(|candidate| candidate.name == owner);
        let found = found.unwrap_or_else(|| panic!("{owner} among {ownership:?}"));
        (found.status, found.signals.clone())
    };
    let (status, ines) = signals("svc-payments-deploy", "ines-okafor");
    assert_eq!(status, PartyStatus::Active, "she is a member of the organisation");
    let by_code = ines.iter().find(|signal| signal.class == SignalClass::Usage).expect("the code speaks for her");
    assert!(by_code.what.contains(".github/CODEOWNERS line 2 of the file deploy.sh"), "{by_code:?}");
    let (status, team) = signals("tallowmere/payments (release-tagger)", "tallowmere/payments");
    assert_eq!((status, team[0].class), (PartyStatus::Unresolved, SignalClass::Container));
    assert!(team[0].what.contains("github.com/tallowmere/payments, to which it is bound"), "{team:?}");
    Ok(())
}

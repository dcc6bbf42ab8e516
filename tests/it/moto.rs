//! The real binary against an AWS server that others wrote (moto), filled through the AWS API.

use crate::product::{Key, Product, found};
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use whose_model::{CoverageState, NodeId, Severity};

/// The account that moto serves when nobody assumes a role.
const ACCOUNT: &str = "123456789012";
/// An account that nobody scans.
const FOREIGN: &str = "999988887777";
/// How many users the estate has, each with two keys.
const USERS: usize = 2_000;

/// A moto server of its own, with a log of its requests.
struct Moto {
    child: Child,
    endpoint: String,
    log: PathBuf,
    client: reqwest::Client,
}

impl Moto {
    async fn start(folder: &Path) -> Result<Self> {
        let program = std::env::var_os("WHOSE_TEST_MOTO").unwrap_or_else(|| "moto_server".into());
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = folder.join("moto.log");
        let child = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log)?)
            .spawn()
            .with_context(|| format!("{} does not start; scripts/test installs it", program.display()))?;
        // Another test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = client()?;
        let moto = Self { child, endpoint: format!("http://127.0.0.1:{port}"), log, client };
        let begun = Instant::now();
        while moto.client.get(format!("{}/moto-api/data.json", moto.endpoint)).send().await.is_err() {
            ensure!(begun.elapsed() < Duration::from_secs(60), "moto does not answer; see {}", moto.log.display());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(moto)
    }

    /// One call of the IAM API; the reply's body.
    async fn iam(&self, action: &str, params: &[(&str, &str)]) -> Result<String> {
        iam(&self.client, &self.endpoint, action, params).await
    }

    /// How many calls of the API were logged so far.
    fn calls(&self) -> Result<usize> {
        Ok(std::fs::read_to_string(&self.log)?.matches("POST / HTTP").count())
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "this client fills the test's own server, and writes")]
fn client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().build()?)
}

async fn iam(client: &reqwest::Client, endpoint: &str, action: &str, params: &[(&str, &str)]) -> Result<String> {
    let mut form = vec![("Action", action), ("Version", "2010-05-08")];
    form.extend(params);
    let body = form
        .iter()
        .map(|(name, value)| {
            format!("{name}={}", percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC))
        })
        .collect::<Vec<_>>()
        .join("&");
    let reply = client
        .post(endpoint)
        .header(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
        )
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await?;
    let status = reply.status();
    let text = reply.text().await?;
    if !status.is_success() {
        bail!("{action}: {status}: {text}");
    }
    Ok(text)
}

fn element(xml: &str, name: &str) -> Result<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>")).with_context(|| format!("no {name}"))?;
    Ok(rest.split_once('<').with_context(|| format!("{name} does not end"))?.0.to_string())
}

/// Makes the users, two keys each; gives back one user's live key and one deleted key.
async fn populate(moto: &Moto) -> Result<(Key, Key)> {
    let mut work = JoinSet::new();
    for worker in 0..8 {
        let (client, endpoint) = (moto.client.clone(), moto.endpoint.clone());
        work.spawn(async move {
            for number in (0..USERS).filter(|number| number % 8 == worker) {
                let name = format!("svc-{number:04}");
                let user = [("UserName", name.as_str())];
                iam(&client, &endpoint, "CreateUser", &user).await?;
                for _ in 0..2 {
                    iam(&client, &endpoint, "CreateAccessKey", &user).await?;
                }
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = work.join_next().await {
        done??;
    }

    let leaky = "svc-payments";
    moto.iam(
        "CreateUser",
        &[("UserName", leaky), ("Tags.member.1.Key", "Owner"), ("Tags.member.1.Value", "team-payments@example.com")],
    )
    .await?;
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:user/{leaky}"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    moto.iam("CreateRole", &[("RoleName", "deploy-prod"), ("AssumeRolePolicyDocument", &trust)]).await?;
    let admin = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    moto.iam("PutRolePolicy", &[("RoleName", "deploy-prod"), ("PolicyName", "everything"), ("PolicyDocument", admin)])
        .await?;
    let key = async || {
        let reply = moto.iam("CreateAccessKey", &[("UserName", leaky)]).await?;
        anyhow::Ok(Key { id: element(&reply, "AccessKeyId")?, secret: element(&reply, "SecretAccessKey")? })
    };
    let (live, deleted) = (key().await?, key().await?);
    moto.iam("DeleteAccessKey", &[("UserName", leaky), ("AccessKeyId", &deleted.id)]).await?;
    Ok((live, deleted))
}

/// A repository, made by git itself, that leaks three keys in three files.
fn leaky_repository(at: &Path, keys: [(&str, &Key); 3]) -> Result<()> {
    std::fs::create_dir_all(at)?;
    let git = |args: &[&str]| -> Result<()> {
        let done = Command::new("git")
            .args(["-c", "user.name=M. Ruiz", "-c", "user.email=m.ruiz@example.com", "-c", "init.defaultBranch=main"])
            .args(args)
            .current_dir(at)
            .stdout(Stdio::null())
            .status()?;
        ensure!(done.success(), "git {args:?}");
        Ok(())
    };
    git(&["init", "--quiet"])?;
    for (file, key) in keys {
        std::fs::write(at.join(file), key.exported())?;
        git(&["add", file])?;
        git(&["commit", "--quiet", "-m", &format!("Add {file}")])?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_users_and_three_leaks_are_joined_with_few_calls() -> Result<()> {
    let mut product = Product::new();
    let moto = Moto::start(product.root()).await?;
    let (live, deleted) = populate(&moto).await?;
    let foreign = Key::new(FOREIGN, 7);
    let repository = product.path("payments");
    leaky_repository(&repository, [("deploy.sh", &live), ("old.sh", &deleted), ("vendor.sh", &foreign)])?;

    product = product.at(&moto.endpoint);
    let before = moto.calls()?;
    let report = product.scan(&["aws", &repository.display().to_string()], &[0, 3])?;
    let calls = moto.calls()? - before;
    let users_with_keys = USERS + 1;
    ensure!(calls <= users_with_keys + 40, "{calls} calls for {users_with_keys} users with keys");
    assert_eq!(report.scan.calls as usize, calls, "the report counts what the server counts");
    println!("{calls} API calls for {users_with_keys} users with keys");

    assert_eq!(report.credentials.iter().filter(|key| key.r#type == "access-key").count(), USERS * 2 + 1);
    let finding = |rule: &str| report.findings.iter().filter(|finding| finding.rule == rule).collect::<Vec<_>>();

    let [leaked] = finding("leaked-live-credential")[..] else { bail!("{:?}", finding("leaked-live-credential")) };
    assert_eq!(leaked.severity, Severity::Critical);
    assert_eq!(leaked.identity, Some(NodeId::new("aws", ACCOUNT, "iam-user", "svc-payments")));
    for words in ["svc-payments", "deploy.sh"] {
        assert!(leaked.title.contains(words), "{}", leaked.title);
    }
    assert!(leaked.owner.as_deref().is_some_and(|owner| owner.contains("team-payments")), "{:?}", leaked.owner);
    assert!(leaked.reach.as_deref().is_some_and(|reach| reach.contains("deploy-prod")), "{:?}", leaked.reach);
    assert_eq!(leaked.places[0].path, "deploy.sh");

    let [dead] = finding("leaked-dead-credential")[..] else { bail!("{:?}", finding("leaked-dead-credential")) };
    assert_eq!(dead.places[0].path, "old.sh");
    let [elsewhere] = finding("leaked-foreign-credential")[..] else {
        bail!("{:?}", finding("leaked-foreign-credential"))
    };
    assert_eq!(elsewhere.places[0].path, "vendor.sh");
    assert!(elsewhere.title.contains(FOREIGN), "{}", elsewhere.title);

    // What moto does not offer is a gap, and no rule mistakes it for an empty listing.
    let gaps: Vec<_> = report.coverage.iter().filter(|row| row.state != CoverageState::Complete).collect();
    assert!(gaps.iter().all(|row| !row.gaps.is_empty()), "{gaps:?}");
    assert!(!found(&report).iter().any(|(rule, _)| rule == "root-access-key"), "moto reports no root user");
    Ok(())
}

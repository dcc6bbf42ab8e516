//! `whose schedule` with a clock that is short: runs, skips, stops, health; and the ready files for other clocks.

use crate::product::{Key, Product};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};
use whose_model::Timestamp;
use whose_store::conformance::PostgresServer;
use whose_world::World;
use yaml_rust2::{Yaml, YamlLoader};

/// A schedule that runs, and what it says.
struct Schedule {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStderr>>,
}

impl Schedule {
    fn start(product: &Product, args: &[&str]) -> Result<Self> {
        let mut command = product.command(["schedule"]);
        let mut child = command.args(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stderr.take().context("stderr")?).lines();
        Ok(Self { child, lines })
    }

    /// The next line that has these words.
    fn line(&mut self, words: &str) -> Result<String> {
        let mut seen = Vec::new();
        for line in self.lines.by_ref() {
            let line = line?;
            if line.contains(words) {
                return Ok(line);
            }
            seen.push(line);
        }
        anyhow::bail!("`{words}` was never said, but: {seen:?}")
    }

    fn signal(&self, name: &str) -> Result<()> {
        let done = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status()?;
        ensure!(done.success(), "kill -s {name}");
        Ok(())
    }

    /// Waits for the end, and gives the exit code and the lines that were still to come.
    fn end(mut self) -> Result<(Option<i32>, Vec<String>)> {
        let rest = self.lines.by_ref().collect::<Result<_, _>>()?;
        Ok((self.child.wait()?.code(), rest))
    }
}

impl Drop for Schedule {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status and the body of a health address.
async fn ask(url: &str) -> Result<(u16, Value)> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::Client::builder().no_proxy().build()?.get(url).send().await?;
    Ok((answer.status().as_u16(), serde_json::from_str(&answer.text().await?)?))
}

/// A plain folder with one leaked key of an account that nobody scans.
fn leaky_folder(product: &Product) -> Result<String> {
    let folder = product.path("code");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("run.sh"), Key::new("210987654321", 3).exported())?;
    Ok(folder.display().to_string())
}

#[test]
fn it_scans_again_and_again_and_ends_when_told() -> Result<()> {
    let product = Product::new();
    let folder = leaky_folder(&product)?;
    let mut schedule = Schedule::start(
        &product,
        &["--cron", "* * * * * *", "--timezone", "Europe/Zurich", "--", &folder, "--fail-on", "low"],
    )?;
    assert!(schedule.line("first run is due at")?.contains('+'), "Zurich is ahead of UTC");
    for _ in 0..2 {
        let line = schedule.line("run ended")?;
        assert!(line.contains("(exit 1)"), "{line}");
    }
    schedule.signal("TERM")?;
    let (code, _) = schedule.end()?;
    assert_eq!(code, Some(0));
    assert!(product.run(["scans"])?.stdout.lines().count() >= 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_still_going_is_not_disturbed_and_stops_politely() -> Result<()> {
    let server = World::new(1, Timestamp::now()).serve_aws().await?;
    let product = Product::new().at(&server.endpoint());
    server.delay(Duration::from_secs(3));
    let args = ["--cron", "* * * * * *", "--health", "127.0.0.1:0", "--", "aws"];
    let mut schedule = Schedule::start(&product, &args)?;
    let url = schedule.line("health at ")?.replace("health at ", "");
    schedule.line("run skipped")?;
    let (code, status) = ask(&url).await?;
    assert_eq!((code, &status["healthy"]), (200, &Value::from(true)), "{status}");
    assert!(status["skipped"].as_u64() >= Some(1) && status["last"].is_null(), "{status}");
    assert!(status["running_since"].is_string() && status["next"].is_string(), "{status}");
    let told = Instant::now();
    schedule.signal("INT")?;
    let (code, rest) = schedule.end()?;
    assert!(told.elapsed() < Duration::from_secs(20), "it took {:?}", told.elapsed());
    assert_eq!(code, Some(0));
    assert!(rest.iter().any(|line| line.contains("run ended") && line.contains("incomplete (exit 3)")), "{rest:?}");
    // What the run gathered until then is kept, and nothing else began.
    let scans = product.run(["scans"])?.stdout;
    assert_eq!((scans.lines().count(), scans.contains("cancelled")), (1, true), "{scans}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_fails_is_told_and_tried_again() -> Result<()> {
    let product = Product::new();
    let folder = leaky_folder(&product)?;
    std::fs::write(product.path("whose.toml"), "tragets = []\n")?;
    let args = ["--cron", "* * * * * *", "--jitter", "200ms", "--health", "127.0.0.1:0", "--", &folder];
    let mut schedule = Schedule::start(&product, &args)?;
    let url = schedule.line("health at ")?.replace("health at ", "");
    let said = schedule.line("tragets")?;
    schedule.line("the request was wrong (exit 2)")?;
    let (code, status) = ask(&url).await?;
    assert_eq!(code, 503, "{said}");
    assert_eq!((&status["healthy"], &status["last"]["exit"]), (&Value::from(false), &Value::from(2)), "{status}");
    std::fs::write(product.path("whose.toml"), "")?;
    schedule.line("complete (exit 0)")?;
    assert_eq!(ask(&url).await?.0, 200);
    Ok(())
}

#[test]
fn wrong_schedules_end_with_two_and_say_what_to_write() -> Result<()> {
    let product = Product::new();
    for (args, words) in [
        (&["--cron", "at noon", "--", "."][..], "'0 3 * * *'"),
        (&["--cron", "0 0 31 2 *", "--", "."], "will ever come"),
        (&["--cron", "@daily", "--timezone", "Zurich", "--", "."], "Europe/Zurich"),
        (&["--cron", "@hourly", "--jitter", "2h", "--", "."], "make it shorter"),
        (&["--cron", "@hourly", "--", ".", "--fromat", "json"], "--fromat"),
        (&["--", "."], "--cron"),
    ] {
        let run = product.run([&["schedule"], args].concat())?;
        assert_eq!(run.code, 2, "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
    }
    Ok(())
}

#[test]
fn scans_are_kept_in_postgresql_and_compared_there() -> Result<()> {
    let server = PostgresServer::shared();
    let (product, store) = (Product::new(), server.database());
    let folder = leaky_folder(&product)?;
    let run = |args: &[&str]| -> Result<String> {
        let output = product.command(args).env("WHOSE_STORE", &store).output()?;
        ensure!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    };
    let first = run(&["scan", &folder, "--format", "json"])?;
    assert_eq!(run(&["report", "--format", "json"])?, first);
    run(&["scan", &folder, "--format", "json"])?;
    assert!(run(&["diff"])?.contains("nothing changed"));
    std::fs::write(Path::new(&folder).join("more.sh"), Key::new("210987654321", 4).exported())?;
    run(&["scan", &folder, "--format", "json"])?;
    let diff = run(&["diff"])?;
    assert!(diff.contains("new findings (1)"), "{diff}");
    assert_eq!(server.psql(&store, "SELECT count(*) FROM whose.scan"), "3\n");
    assert!(!product.path("data/whose.db").exists());
    // Neither an error nor the help repeats a password.
    let password = ["open", "sesame"].concat();
    let url = format!("postgres://whose:{password}@127.0.0.1:1/whose");
    for args in [&["scans"][..], &["scan", "--help"]] {
        let output = product.command(args).env("WHOSE_STORE", &url).output()?;
        let said = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8_lossy(&said).contains(&password), "{args:?}");
    }
    Ok(())
}

fn deployed(path: &str) -> Result<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(path);
    std::fs::read_to_string(&path).with_context(|| path.display().to_string())
}

/// The command line as the binary reads it.
fn accepted<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let words: Vec<&str> = words.into_iter().collect();
    let matches = whose_cli::command().try_get_matches_from(&words).with_context(|| format!("{words:?}"))?;
    ensure!(matches.subcommand_name() == Some("scan"), "{words:?}");
    Ok(())
}

/// The value of a key in a section of a unit file, which has it once.
fn setting<'a>(unit: &'a str, section: &str, key: &str) -> Result<&'a str> {
    let mut current = "";
    let mut found = Vec::new();
    for line in unit.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            current = name;
            continue;
        }
        let (name, value) = line.split_once('=').with_context(|| format!("`{line}` is no setting"))?;
        if (current, name) == (section, key) {
            found.push(value);
        }
    }
    ensure!(found.len() == 1, "[{section}] {key}: {found:?}");
    Ok(found[0])
}

#[test]
fn the_systemd_units_run_a_scan_that_the_binary_accepts() -> Result<()> {
    let (service, timer) = (deployed("systemd/whose.service")?, deployed("systemd/whose.timer")?);
    accepted(setting(&service, "Service", "ExecStart")?.split(' '))?;
    assert_eq!(setting(&service, "Service", "SuccessExitStatus")?, "1 3");
    assert_eq!(setting(&timer, "Install", "WantedBy")?, "timers.target");
    assert!(setting(&timer, "Timer", "OnCalendar")?.ends_with("Europe/Zurich"));
    // systemd has the last word, where there is one.
    let folder = tempfile::tempdir()?;
    let units = [("whose.service", service.replace("/usr/local/bin/whose", "/bin/true")), ("whose.timer", timer)];
    for (name, text) in &units {
        std::fs::write(folder.path().join(name), text)?;
    }
    let files = units.iter().map(|(name, _)| folder.path().join(name));
    if let Ok(verified) = Command::new("systemd-analyze").arg("verify").arg("--man=no").args(files).output() {
        let said = String::from_utf8_lossy(&verified.stderr);
        assert!(!said.contains("whose."), "{said}");
    }
    Ok(())
}

#[test]
fn the_cron_job_runs_a_scan_that_the_binary_accepts() -> Result<()> {
    let documents = YamlLoader::load_from_str(&deployed("kubernetes/cronjob.yaml")?)?;
    let kinds: Vec<_> = documents.iter().filter_map(|document| document["kind"].as_str()).collect();
    assert_eq!(kinds, ["ConfigMap", "ServiceAccount", "PersistentVolumeClaim", "CronJob"]);
    let job = &documents[3]["spec"];
    assert_eq!((job["schedule"].as_str(), job["concurrencyPolicy"].as_str()), (Some("0 3 * * *"), Some("Forbid")));
    let pod = &job["jobTemplate"]["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let args = container["args"].as_vec().context("args")?;
    accepted(std::iter::once("whose").chain(args.iter().filter_map(Yaml::as_str)))?;
    let names = |list: &Yaml| -> Vec<String> {
        let entries = list.as_vec().into_iter().flatten();
        entries.filter_map(|entry| entry["name"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(names(&container["volumeMounts"]), names(&pod["volumes"]));
    // The configuration in it is one that the binary reads: the only target is an account that is not there.
    let product = Product::new().at("http://127.0.0.1:9");
    std::fs::write(product.path("whose.toml"), documents[0]["data"]["whose.toml"].as_str().context("whose.toml")?)?;
    assert_eq!(product.run(["scan", "--quiet", "--format", "json"])?.code, 3);
    Ok(())
}

#[test]
fn the_workflow_runs_a_scan_that_the_binary_accepts() -> Result<()> {
    let documents = YamlLoader::load_from_str(&deployed("github-actions/whose.yml")?)?;
    let workflow = &documents[0];
    assert_eq!(workflow["permissions"]["id-token"].as_str(), Some("write"));
    assert_eq!(workflow["concurrency"]["cancel-in-progress"].as_bool(), Some(false));
    assert!(workflow["on"]["schedule"][0]["cron"].as_str().is_some());
    let steps = workflow["jobs"]["scan"]["steps"].as_vec().context("steps")?;
    let scripts: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    for script in &scripts {
        let checked = Command::new("bash").args(["-n", "-c", script]).output()?;
        assert!(checked.status.success(), "{script}: {}", String::from_utf8_lossy(&checked.stderr));
    }
    let scan = scripts.iter().flat_map(|script| script.lines()).find(|line| line.contains("/whose\" scan"));
    let words = scan.context("no scan")?.split(" || ").next().unwrap_or_default().split(' ').skip(1);
    accepted(std::iter::once("whose").chain(words))
}

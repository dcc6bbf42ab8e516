//! What a user types: targets, formats, exit codes, errors that say the next step.

use crate::product::{Key, Product};
use anyhow::Result;
use std::process::{Command, Stdio};
use whose_model::Report;

/// A plain folder with one leaked key of an account that nobody scans.
fn leaky_folder(product: &Product) -> Result<String> {
    let folder = product.path("code");
    std::fs::create_dir_all(&folder)?;
    let key = Key::new("210987654321", 3);
    std::fs::write(folder.join("run.sh"), key.exported())?;
    Ok(folder.display().to_string())
}

#[test]
fn wrong_requests_end_with_two_and_say_what_to_do() -> Result<()> {
    let product = Product::new();
    std::fs::write(product.path("bad.toml"), "target = 1\n")?;
    std::fs::write(product.path("bad.jsonl"), "hello\n")?;
    for (args, words) in [
        (&["scan"][..], "nothing to scan"),
        (&["scan", "azzure"], "is no target"),
        (&["scan", "aws:profil=x"], "cannot be understood"),
        (&["scan", ".", "--format", "pdf"], "there is no format `pdf`"),
        (&["scan", ".", "--format", "json", "--format", "csv"], "only one format can go to stdout"),
        (&["scan", ".", "--format", "html=none/x.html"], "there is no folder none"),
        (&["scan", ".", "--format", "html=."], "it is a folder"),
        (&["scan", ".", "--save-observations", "none/x.jsonl"], "cannot be written"),
        (&["scan", ".", "--fail-on", "bad"], "expected info, low"),
        (&["scan", "--config", "bad.toml"], "bad.toml"),
        (&["scan", "--config", "none.toml"], "cannot be read"),
        (&["scan", ".", "--store", "mysql://x"], "sqlite:PATH"),
        (&["scan", ".", "--ca-bundle", "none.pem"], "there is no such file"),
        (&["assess", "bad.jsonl"], "is not a header"),
        (&["assess", "none.jsonl"], "cannot be opened"),
        (&["report"], "holds no scan yet"),
        (&["report", "2020"], "2020"),
        (&["diff"], "whose scan"),
        (&["explain", "abc"], "holds no scan yet"),
        (&["rules", "no-such-rule"], "whose rules"),
        (&["key", "nobody"], "no credential of a known format"),
        (&["frobnicate"], "unrecognized subcommand"),
    ] {
        let run = product.run(args)?;
        assert_eq!(run.code, 2, "{args:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{args:?} wrote to stdout");
    }
    Ok(())
}

#[test]
fn exit_codes_tell_findings_from_gaps() -> Result<()> {
    let product = Product::new();
    let folder = leaky_folder(&product)?;
    assert_eq!(product.run(["scan", &folder])?.code, 0);
    assert_eq!(product.run(["scan", &folder, "--fail-on", "low"])?.code, 1);
    assert_eq!(product.run(["scan", &folder, "--fail-on", "critical"])?.code, 0);
    // Nothing listens there: the repository is scanned all the same, and the account is a gap.
    let product = product.at("http://127.0.0.1:9");
    let run = product.run(["scan", "aws", &folder, "--format", "json"])?;
    assert_eq!(run.code, 3, "{}", run.stderr);
    let report: Report = serde_json::from_str(&run.stdout)?;
    assert_eq!(report.secrets.len(), 1);
    assert!(report.coverage.iter().any(|row| row.source.connector == "aws" && !row.gaps.is_empty()));
    Ok(())
}

#[test]
fn a_configuration_names_targets_and_thresholds() -> Result<()> {
    let product = Product::new();
    let folder = leaky_folder(&product)?;
    std::fs::write(product.path("whose.toml"), format!("targets = [{folder:?}]\nfail_on = \"low\"\n"))?;
    assert_eq!(product.run(["scan", "--format", "csv"])?.code, 1);
    std::fs::write(
        product.path("whose.toml"),
        format!("targets = [{folder:?}]\n[policy.thresholds]\nstale_days = 0\n"),
    )?;
    let run = product.run(["scan", "--format", "csv"])?;
    assert!(run.code == 2 && run.stderr.contains("policy.thresholds.stale_days"), "{}", run.stderr);
    Ok(())
}

#[test]
fn a_stored_scan_is_printed_again_word_for_word() -> Result<()> {
    let product = Product::new();
    let folder = leaky_folder(&product)?;
    for format in ["json", "jsonl", "csv", "inventory-csv", "markdown", "html", "terminal"] {
        let first = product.run(["scan", &folder, "--format", format])?;
        let again = product.run(["report", "--format", format])?;
        assert_eq!(first.stdout, again.stdout, "{format}");
        assert!(!first.stdout.is_empty(), "{format}");
    }
    let scans = product.run(["scans"])?;
    assert_eq!(scans.stdout.lines().count(), 7, "{}", scans.stdout);
    Ok(())
}

#[test]
fn saved_observations_give_the_same_findings_offline() -> Result<()> {
    let product = Product::new();
    let folder = leaky_folder(&product)?;
    let live = product.run(["scan", &folder, "--format", "json", "--save-observations", "seen.jsonl", "--no-store"])?;
    let judged = product.run(["assess", "seen.jsonl", "--format", "json"])?;
    let (live, judged): (Report, Report) = (serde_json::from_str(&live.stdout)?, serde_json::from_str(&judged.stdout)?);
    assert_eq!((live.findings, live.coverage, live.edges), (judged.findings, judged.coverage, judged.edges));
    Ok(())
}

#[test]
fn the_json_report_follows_its_published_schema() -> Result<()> {
    let product = Product::new();
    let folder = leaky_folder(&product)?;
    let run = product.run(["scan", &folder, "--format", "json"])?;
    let schema = serde_json::to_value(whose_model::report_schema())?;
    let validator = jsonschema::validator_for(&schema)?;
    let instance: serde_json::Value = serde_json::from_str(&run.stdout)?;
    let errors: Vec<String> = validator.iter_errors(&instance).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    Ok(())
}

#[test]
fn a_key_is_known_by_its_format_alone_and_by_its_scan() -> Result<()> {
    let product = Product::new();
    let key = Key::new("210987654321", 3);
    let run = product.run(["key", &key.id])?;
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("210987654321") && run.stdout.contains("no scan has seen it"), "{}", run.stdout);
    let folder = leaky_folder(&product)?;
    product.run(["scan", &folder])?;
    let run = product.run(["key", &key.id])?;
    assert!(run.stdout.contains("leaked in") && run.stdout.contains("run.sh"), "{}", run.stdout);
    Ok(())
}

#[test]
fn a_finding_is_explained_with_its_sum() -> Result<()> {
    let product = Product::new();
    let folder = leaky_folder(&product)?;
    let report = product.scan(&[&folder], &[0])?;
    let run = product.run(["explain", &report.findings[0].id.as_str()[..8]])?;
    assert_eq!(run.code, 0, "{}", run.stderr);
    for words in ["Severity, step by step", "base", "Evidence", "run.sh", "Fix"] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    Ok(())
}

#[test]
fn help_teaches_and_goes_to_stdout() -> Result<()> {
    let product = Product::new();
    for (args, words) in [
        (&["--help"][..], "Exit codes"),
        (&["scan", "--help"], "aws:profile=NAME"),
        (&["--version"], "whose "),
        (&["rules"], "leaked-live-credential"),
        (&["rules", "leaked-live-credential"], "leaked-live-credential"),
        (&["permissions", "aws"], "iam:GetAccountAuthorizationDetails"),
        (&["completions", "bash"], "complete"),
    ] {
        let run = product.run(args)?;
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
        assert!(run.stdout.contains(words), "{args:?}");
    }
    Ok(())
}

#[test]
fn a_reader_that_leaves_early_is_no_fault() -> Result<()> {
    let product = Product::new();
    let mut child = product.command(["rules"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    drop(child.stdout.take());
    let output = child.wait_with_output()?;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[test]
fn hostile_names_are_inert_from_repository_to_report() -> Result<()> {
    let product = Product::new();
    let folder = product.path("hostile");
    std::fs::create_dir_all(&folder)?;
    let names = ["=cmd()|'<script>alert(1)</script>.env", "a\u{202e}gnp.env", "b\u{1b}[31mred.env", "line\nbreak.env"];
    for (number, name) in names.iter().enumerate() {
        let key = Key::new("210987654321", 20 + number as u64);
        std::fs::write(folder.join(name.replace('/', "\u{2215}")), format!("AWS_ACCESS_KEY_ID={}\n", key.id))?;
    }
    let folder = folder.display().to_string();
    for format in ["csv", "inventory-csv", "markdown", "html", "terminal"] {
        let run = product.run(["scan", &folder, "--format", format, "--no-store", "--color", "never"])?;
        for hidden in ['\u{202e}', '\u{1b}'] {
            assert!(!run.stdout.contains(hidden), "{format} holds {hidden:?}");
        }
        if matches!(format, "html" | "markdown") {
            assert!(!run.stdout.contains("<script>alert"), "{format}");
        }
        if format == "csv" {
            let mut reader = csv::Reader::from_reader(run.stdout.as_bytes());
            let columns = reader.headers()?.len();
            for row in reader.records() {
                let row = row?;
                assert_eq!(row.len(), columns);
                assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
            }
        }
    }
    Ok(())
}

#[test]
fn a_clone_url_with_git_behind_it_is_scanned() -> Result<()> {
    let product = Product::new();
    let folder = leaky_folder(&product)?;
    for args in [
        &["init", "--quiet"][..],
        &["add", "."],
        &["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "Add"],
    ] {
        assert!(Command::new("git").args(args).current_dir(&folder).status()?.success());
    }
    let report = product.scan(&[&format!("file://{folder}")], &[0])?;
    assert_eq!(report.secrets.len(), 1);
    assert!(report.secrets[0].places[0].commit.is_some());
    Ok(())
}

#[test]
fn scans_of_one_second_are_all_kept() -> Result<()> {
    let product = Product::new();
    let folder = leaky_folder(&product)?;
    let running = (0..6)
        .map(|_| product.command(["scan", "--quiet", &folder]).stdout(Stdio::null()).spawn())
        .collect::<Result<Vec<_>, _>>()?;
    for mut child in running {
        assert!(child.wait()?.success());
    }
    assert_eq!(product.run(["scans"])?.stdout.lines().count(), 6);
    Ok(())
}

#[test]
fn private_key_that_looks_like_an_option_is_not_repeated() -> Result<()> {
    let product = Product::new();
    let body = whose_detect::expand("{base64:64}\n{base64:64}", 4)?;
    let key = format!("-----{} RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----", "BEGIN");
    let run = product.run(["key", &key])?;
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(body.lines().all(|line| !run.stdout.contains(line) && !run.stderr.contains(line)));
    // The same text twice is one key.
    let twice = product.run(["key", &format!("{key}\n{key}")])?;
    assert_eq!(twice.stdout, run.stdout);
    assert_eq!(product.run(["key", "--json", &key])?.code, 0);
    Ok(())
}

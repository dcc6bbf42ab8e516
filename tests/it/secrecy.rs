//! No secret value appears anywhere: known values are planted, and every artefact is searched for them.

use crate::product::{Key, Product};
use anyhow::{Context, Result, ensure};
use std::path::Path;
use whose_detect::expand;
use whose_model::Timestamp;
use whose_world::World;

/// The forms in which a value could slip out.
fn forms(value: &str) -> Vec<Vec<u8>> {
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = value
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("%{:02X}", c as u32) })
        .collect();
    let utf16: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut forms = vec![value.as_bytes().to_vec(), hex.clone().into_bytes(), hex.to_uppercase().into_bytes(), utf16];
    forms.push(percent.into_bytes());
    for shift in 0..3 {
        // Base64 of a value depends on where it begins; the middle of it does not depend on its neighbours.
        let padded = [&b"   "[..shift], value.as_bytes()].concat();
        let encoded = data_encoding::BASE64.encode(&padded);
        forms.push(encoded.as_bytes()[4..encoded.len() - 4].to_vec());
    }
    forms
}

pub(crate) fn search(name: &str, bytes: &[u8], values: &[String]) -> Result<()> {
    for value in values {
        for form in forms(value) {
            ensure!(!bytes.windows(form.len()).any(|window| window == form), "{name} holds a planted secret");
        }
    }
    Ok(())
}

pub(crate) fn search_files(folder: &Path, except: &Path, values: &[String], searched: &mut usize) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path == except {
            continue;
        }
        if path.is_dir() {
            search_files(&path, except, values, searched)?;
        } else {
            *searched += 1;
            search(&path.display().to_string(), &std::fs::read(&path)?, values)?;
        }
    }
    Ok(())
}

/// Writes tokens where an account's users may write anything, and returns them.
fn write_into_account(world: &mut World) -> Result<Vec<String>> {
    let tokens = (0..5).map(|seed| expand("ghp_{crc62:30}", seed)).collect::<Result<Vec<_>, _>>()?;
    let mine = Key::new("210987654321", 13);
    let role = world.account_mut().roles.first_mut().context("the world has roles")?;
    role.tags.insert("ci-token".into(), tokens[0].clone());
    role.tags.insert("AccessKey".into(), mine.id.clone());
    role.tags.insert("SecretAccessKey".into(), mine.secret.clone());
    role.description = Some(format!("token {}\nor \"{}\"", tokens[1], tokens[2]));
    let policy = serde_json::json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": &tokens[3], "Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::x/{}", tokens[4]),
    }]});
    role.grants.inline.push(("with-token".into(), policy));
    Ok([tokens, vec![mine.secret]].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_artefact_holds_a_secret_value() -> Result<()> {
    let mut world = World::new(5, Timestamp::now());
    let written = write_into_account(&mut world)?;
    let server = world.serve_aws().await?;
    let product = Product::new().at(&server.endpoint());
    let repositories = product.path("repositories");
    world.write_repositories(&repositories)?;
    let mine = Key::new("210987654321", 11);
    let planted = repositories.join("extra");
    std::fs::create_dir_all(&planted)?;
    std::fs::write(planted.join("a.env"), mine.exported())?;
    let mut values = world.secret_values().to_vec();
    ensure!(values.len() >= 5, "the world plants {} secrets", values.len());
    values.push(mine.secret.clone());
    values.extend(written);
    // The scanner's own key must not show up either.
    let own = Key::new("210987654321", 12).secret;
    values.push(own.clone());

    let mut targets: Vec<String> = std::fs::read_dir(&repositories)?
        .map(|entry| Ok(entry?.path().display().to_string()))
        .collect::<Result<_>>()?;
    targets.sort();
    let formats = [
        "json",
        "jsonl",
        "csv",
        "inventory-csv",
        "markdown",
        "html",
        "terminal",
        "sarif",
        "ocsf",
        "ocsf-iam",
        "opengraph",
    ];
    let mut command = product.command(["scan", "aws"]);
    command.args(&targets).args(["-vv", "--save-observations", "seen.jsonl"]);
    for format in formats {
        command.arg("--format").arg(format!("{format}=report.{format}"));
    }
    let scanned = command.env("RUST_LOG", "trace").env("AWS_SECRET_ACCESS_KEY", &own).output()?;
    ensure!(scanned.status.code() == Some(0), "{}", String::from_utf8_lossy(&scanned.stderr));
    ensure!(scanned.stderr.len() > 10_000, "the debug log is there to be searched");
    search("stdout", &scanned.stdout, &values)?;
    search("stderr", &scanned.stderr, &values)?;

    // A value that is pasted is not printed back, nor is one in a wrong request.
    for args in [
        vec!["key", mine.secret.as_str()],
        vec!["explain", mine.secret.as_str()],
        vec!["key", "--json", mine.secret.as_str()],
    ] {
        let run = product.run(&args)?;
        search(args[0], run.stdout.as_bytes(), &values)?;
        search(args[0], run.stderr.as_bytes(), &values)?;
    }
    let address = format!("https://user:{}@127.0.0.1:9/x.git", mine.secret.replace('/', "_"));
    let run = product.run(["scan", &address, "-vv"])?;
    let token = expand("ghp_{crc62:30}", 9)?;
    let hidden = [mine.secret.replace('/', "_"), token.clone()];
    search("a failed clone", format!("{}{}", run.stdout, run.stderr).as_bytes(), &hidden)?;
    // A token in the path of an address, and one given as a target by itself.
    for target in [format!("https://127.0.0.1:9/{token}/x.git"), token] {
        let run = product.run(["scan", &target, "-vv", "--save-observations", "failed.jsonl"])?;
        search("a failed target", format!("{}{}", run.stdout, run.stderr).as_bytes(), &hidden)?;
    }

    let mut searched = 0;
    search_files(product.root(), &repositories, &[values, hidden.to_vec()].concat(), &mut searched)?;
    ensure!(searched >= formats.len() + 2, "only {searched} files were searched");
    Ok(())
}

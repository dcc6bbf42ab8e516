//! What may be linked: holds the locked dependencies to the licences, bans and sources of `deny.toml`.

use super::Fault;
use anyhow::{Context, Result};
use cargo_metadata::{MetadataCommand, Package};
use std::path::Path;
use toml::{Table, Value};

const RULES: &str = "deny.toml";

/// The part of a package that the rules speak of.
#[derive(Clone, Debug)]
struct Linked {
    name: String,
    version: String,
    licence: Option<String>,
    /// The registry; `None` for our own crates.
    source: Option<String>,
}

impl From<&Package> for Linked {
    fn from(package: &Package) -> Self {
        Self {
            name: package.name.to_string(),
            version: package.version.to_string(),
            licence: package.license.clone(),
            source: package.source.as_ref().map(|source| source.repr.clone()),
        }
    }
}

/// Every breach of `deny.toml` by what `Cargo.lock` locks.
pub(super) fn faults(root: &Path) -> Result<Vec<Fault>> {
    let text = std::fs::read_to_string(root.join(RULES)).with_context(|| format!("reading {RULES}"))?;
    let rules: Table = text.parse().with_context(|| format!("parsing {RULES}"))?;
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .other_options(vec!["--locked".into()])
        .exec()
        .context("reading `cargo metadata`; if Cargo.lock is behind, run any cargo command once")?;
    let packages: Vec<Linked> = metadata.packages.iter().map(Linked::from).collect();
    Ok(judge(&rules, &packages))
}

fn judge(rules: &Table, packages: &[Linked]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |says: String| faults.push(Fault::new(Path::new(RULES), 0, says));
    let section = |name: &str| rules.get(name).and_then(Value::as_table);
    let names = |value: Option<&Value>| -> Vec<String> {
        let list = value.and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };

    let registries = names(section("sources").and_then(|sources| sources.get("allow-registry")));
    for package in packages {
        if let Some(source) = &package.source
            && !registries.iter().any(|registry| source == &format!("registry+{registry}"))
        {
            fault(format!("{} {} comes from {source}, which [sources] does not allow", package.name, package.version));
        }
    }

    let allowed = names(section("licenses").and_then(|licences| licences.get("allow")));
    let exceptions = section("licenses").and_then(|licences| licences.get("exceptions")).and_then(Value::as_array);
    for package in packages.iter().filter(|package| package.source.is_some()) {
        let own = exceptions.into_iter().flatten().filter(|entry| names_crate(entry, &package.name));
        let own: Vec<String> = own.flat_map(|entry| names(entry.get("allow"))).collect();
        if let Err(why) = licence(package.licence.as_deref(), &[allowed.as_slice(), own.as_slice()].concat()) {
            fault(format!("{} {}: {why}", package.name, package.version));
        }
    }

    for entry in section("bans").and_then(|bans| bans.get("deny")).and_then(Value::as_array).into_iter().flatten() {
        let Some(reason) = entry.get("reason").and_then(Value::as_str) else {
            fault(format!("the ban `{entry}` gives no reason"));
            continue;
        };
        let most = usize::from(entry.get("deny-multiple-versions").and_then(Value::as_bool) == Some(true));
        let found: Vec<&Linked> = packages.iter().filter(|package| names_crate(entry, &package.name)).collect();
        if found.len() > most {
            let versions: Vec<String> = found.iter().map(|it| format!("{} {}", it.name, it.version)).collect();
            fault(format!("{} is linked, but: {reason}", versions.join(" and ")));
        }
    }
    faults
}

fn names_crate(entry: &Value, name: &str) -> bool {
    entry.get("crate").and_then(Value::as_str) == Some(name)
}

/// Whether a licence expression can be met with the allowed licences.
fn licence(expression: Option<&str>, allowed: &[String]) -> Result<(), String> {
    let text = expression.ok_or("names no licence")?;
    // Older crates write `MIT/Apache-2.0`, which the lax mode reads as `OR`.
    let parsed = spdx::Expression::parse_mode(text, spdx::ParseMode::LAX)
        .map_err(|error| format!("`{text}` is no licence expression: {error}"))?;
    let met = parsed.evaluate(|required| {
        let name = required.license.to_string();
        allowed.contains(&name)
    });
    if met { Ok(()) } else { Err(format!("the licence `{text}` is not among those that [licenses] allows")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        [licenses]
        allow = ["MIT", "Apache-2.0"]
        exceptions = [{ crate = "soft", allow = ["MPL-2.0"] }]
        [bans]
        deny = [
            { crate = "openssl", reason = "one stack" },
            { crate = "rustls", deny-multiple-versions = true, reason = "one version" },
        ]
        [sources]
        allow-registry = ["https://index.example"]
    "#;

    fn linked(name: &str, version: &str, licence: &str, source: &str) -> Linked {
        Linked {
            name: name.into(),
            version: version.into(),
            licence: Some(licence.into()),
            source: Some(source.into()),
        }
    }

    fn says(packages: &[Linked]) -> Vec<String> {
        judge(&RULES.parse().unwrap(), packages).into_iter().map(|fault| fault.says).collect()
    }

    const INDEX: &str = "registry+https://index.example";

    #[test]
    fn what_the_rules_allow_passes() {
        let ours = Linked { source: None, licence: None, ..linked("whose-x", "0.1.0", "", "") };
        let packages = [
            linked("a", "1.0.0", "MIT/Apache-2.0", INDEX),
            linked("b", "1.0.0", "GPL-3.0-only OR MIT", INDEX),
            linked("soft", "1.0.0", "MPL-2.0", INDEX),
            linked("rustls", "0.23.0", "MIT", INDEX),
            ours,
        ];
        assert_eq!(says(&packages), Vec::<String>::new());
    }

    #[test]
    fn each_breach_is_named() {
        for (packages, expected) in [
            (vec![linked("a", "1.0.0", "MIT AND GPL-3.0-only", INDEX)], "the licence"),
            (vec![linked("hard", "1.0.0", "MPL-2.0", INDEX)], "the licence"),
            (vec![linked("a", "1.0.0", "whatever", INDEX)], "no licence expression"),
            (vec![Linked { licence: None, ..linked("a", "1.0.0", "", INDEX) }], "names no licence"),
            (vec![linked("a", "1.0.0", "MIT", "git+https://example.com/a")], "[sources]"),
            (vec![linked("openssl", "0.10.0", "MIT", INDEX)], "one stack"),
            (vec![linked("rustls", "0.21.0", "MIT", INDEX), linked("rustls", "0.23.0", "MIT", INDEX)], "one version"),
        ] {
            let says = says(&packages);
            assert!(says.len() == 1 && says[0].contains(expected), "{packages:?}: {says:?}");
        }
    }

    #[test]
    fn a_ban_without_a_reason_is_a_fault() {
        let rules: Table = "[bans]\ndeny = [{ crate = \"a\" }]".parse().unwrap();
        assert_eq!(judge(&rules, &[]).len(), 1);
    }
}

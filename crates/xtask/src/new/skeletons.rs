//! The skeletons one by one: their template, and the lists in which they must stand.

use super::name::Name;
use super::{Work, edit};
use anyhow::{Context, Result, bail};

/// A detector: an entry in its vendor's file, and for a new vendor the file's name in the list of files.
pub(super) fn detector(work: &mut Work<'_>, id: &str) -> Result<String> {
    let (vendor, thing) = id.split_once('.').with_context(|| format!("`{id}` is not `vendor.thing`"))?;
    let (vendor, thing) = (Name::parse(vendor)?, Name::parse(thing)?);
    let words = thing.slug().replace('-', " ");
    let entry = thing
        .fill(include_str!("../../templates/detector.template"))
        .replace("@vendor@", vendor.slug())
        .replace("@Vendor@", &vendor.sentence())
        .replace("@words@", &words);
    let file = format!("crates/whose-detect/detectors/{}.toml", vendor.slug());
    if work.exists(&file) {
        work.edit(&file, |text| {
            if text.contains(&format!("id = \"{id}\"")) {
                bail!("the detector `{id}` exists already");
            }
            Ok(text.to_owned() + &entry)
        })?;
    } else {
        work.create(&file, format!("# {}.\n{entry}", vendor.sentence()))?;
        work.edit("crates/whose-detect/src/catalogue.rs", |text| {
            edit::sorted(text, "    \"", &format!("    \"{}\",", vendor.slug()))
        })?;
    }
    Ok(format!("write its pattern and samples in {file}; `cargo test -p whose-detect` fails until they agree"))
}

/// A report format: its file, and its lines in the three lists of the crate.
pub(super) fn format(work: &mut Work<'_>, id: &str) -> Result<String> {
    let name = Name::parse(id)?;
    let file = format!("reports/src/formats/{}.rs", name.snake());
    work.create(&file, name.fill(include_str!("../../templates/format.template")))?;
    work.edit("reports/src/formats/mod.rs", |text| {
        let text = edit::beside(text, "mod ", &name.fill("mod @snake@;"))?;
        edit::beside(&text, "pub use ", &name.fill("pub use @snake@::@Camel@;"))
    })?;
    work.edit("reports/src/lib.rs", |text| {
        edit::beside(text, "pub use formats::", &name.fill("pub use formats::@Camel@;"))
    })?;
    work.edit("reports/src/catalogue.rs", |text| edit::append(text, "FORMATS", &name.fill("&crate::@Camel@")))?;
    Ok(format!(
        "write the format in {file}; `cargo test -p whose-reports {}` fails until it holds every finding",
        name.snake()
    ))
}

/// A connector: a crate with its first listing, and its lines in the manifests and in the registry.
pub(super) fn connector(work: &mut Work<'_>, id: &str, first: &str) -> Result<String> {
    let (name, first) = (Name::parse(id)?, Name::parse(first)?);
    if id.contains('-') {
        bail!("a connector's id is one word, the vendor's own name: it is typed before every target");
    }
    let folder = format!("connectors/{id}");
    let fill =
        |template: &str| name.fill(template).replace("@listing@", &first.snake()).replace("@Listing@", &first.camel());
    work.create(format!("{folder}/Cargo.toml"), fill(include_str!("../../templates/connector.manifest.template")))?;
    for (file, template) in [
        ("lib.rs", include_str!("../../templates/connector.lib.template")),
        ("connector.rs", include_str!("../../templates/connector.scan.template")),
        ("session.rs", include_str!("../../templates/connector.session.template")),
    ] {
        work.create(format!("{folder}/src/{file}"), fill(template))?;
    }
    work.create(format!("{folder}/src/{}.rs", first.snake()), listing_text(id, &first))?;
    let package = format!("connector-{id}");
    work.edit("Cargo.toml", |text| {
        edit::sorted(text, "connector-", &format!("{package} = {{ path = \"{folder}\" }}"))
    })?;
    work.edit("crates/whose-cli/Cargo.toml", |text| {
        edit::sorted(text, "connector-", &format!("{package}.workspace = true"))
    })?;
    work.edit("crates/whose-cli/src/registry.rs", |text| {
        edit::append(text, "CONNECTORS", &name.fill("&connector_@snake@::@SCREAM@"))
    })?;
    Ok(format!(
        "write Session::open and the listing in {folder}, and say in registry.rs how its targets are told from others; \
         `cargo test -p {package}` fails until the listing reads a reply"
    ))
}

/// A listing: its file, and its lines in the connector's two lists.
pub(super) fn listing(work: &mut Work<'_>, connector: &str, listing: &str) -> Result<String> {
    let name = Name::parse(listing)?;
    let library = format!("connectors/{connector}/src/lib.rs");
    if !work.exists(&library) {
        bail!("there is no connector `{connector}`: `cargo xtask new connector {connector} {listing}` makes it");
    }
    let file = format!("connectors/{connector}/src/{}.rs", name.snake());
    work.create(&file, listing_text(connector, &name))?;
    work.edit(&library, |text| {
        let text = edit::beside(text, "mod ", &name.fill("mod @snake@;"))?;
        let text = edit::append_field(&text, "collectors", &name.fill("@snake@::INFO"))?;
        edit::append(&text, "COLLECTORS", &name.fill("&@snake@::@Camel@"))
    })?;
    Ok(format!(
        "write the call and the reply in {file}; `cargo test -p connector-{connector} {}` fails until it reads one",
        name.snake()
    ))
}

fn listing_text(connector: &str, name: &Name) -> String {
    let words = name.slug().replace('-', " ");
    name.fill(include_str!("../../templates/listing.template"))
        .replace("@connector@", connector)
        .replace("@words@", &words)
}

/// A rule: its file, and two lines in the file of the list.
pub(super) fn rule(work: &mut Work<'_>, slug: &str) -> Result<String> {
    let name = Name::parse(slug)?;
    let file = format!("crates/whose-rules/src/rules/{}.rs", name.snake());
    work.create(&file, name.fill(include_str!("../../templates/rule.template")))?;
    work.edit("crates/whose-rules/src/rules.rs", |text| {
        let text = edit::beside(text, "mod ", &name.fill("mod @snake@;"))?;
        edit::append(&text, "CATALOGUE", &name.fill("&@snake@::@Camel@"))
    })?;
    Ok(format!("write the rule in {file}; `cargo test -p whose-rules {}` fails until it finds its fault", name.snake()))
}

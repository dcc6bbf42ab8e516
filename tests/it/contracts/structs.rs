//! The structs into which a connector reads answers, found in its source: their fields are what it relies on.

use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::path::Path;
use syn::{Attribute, Expr, Fields, Item, ItemStruct, Lit, LitStr};

/// One struct that is read from JSON.
pub(super) struct Wire {
    /// The file, by its name.
    pub(super) file: String,
    /// Its name.
    pub(super) name: String,
    /// Its fields, as they are called in the answer.
    pub(super) fields: BTreeSet<String>,
}

impl Wire {
    /// All of a folder, but for those in tests.
    pub(super) fn all(folder: &Path) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            let Some(file) = path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".rs"))
            else {
                continue;
            };
            let text = std::fs::read_to_string(&path).with_context(|| format!("reading {file}"))?;
            let items = syn::parse_file(&text).with_context(|| format!("{file} is no Rust"))?.items;
            for item in items.iter().filter_map(|item| match item {
                Item::Struct(item) => Some(item),
                _ => None,
            }) {
                if let Some(fields) = fields(item)? {
                    all.push(Self { file: file.into(), name: item.ident.to_string(), fields });
                }
            }
        }
        Ok(all)
    }
}

/// The fields of a struct that derives `Deserialize`; `None` for others.
fn fields(item: &ItemStruct) -> Result<Option<BTreeSet<String>>> {
    let mut derives = false;
    for attribute in item.attrs.iter().filter(|one| one.path().is_ident("derive")) {
        attribute.parse_nested_meta(|meta| {
            derives |= meta.path.is_ident("Deserialize");
            Ok(())
        })?;
    }
    let Fields::Named(named) = &item.fields else { return Ok(None) };
    if !derives {
        return Ok(None);
    }
    let camel = setting(&item.attrs, "rename_all")?.is_some_and(|case| case == "camelCase");
    let mut fields = BTreeSet::new();
    for field in &named.named {
        let own = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let own = own.trim_start_matches("r#");
        let plain = || if camel { camel_case(own) } else { own.to_owned() };
        fields.insert(setting(&field.attrs, "rename")?.unwrap_or_else(plain));
    }
    Ok(Some(fields))
}

/// The text of a setting of serde's.
fn setting(attributes: &[Attribute], name: &str) -> Result<Option<String>> {
    let mut found = None;
    for attribute in attributes.iter().filter(|one| one.path().is_ident("serde")) {
        attribute.parse_nested_meta(|meta| {
            let own = meta.path.is_ident(name);
            if meta.input.peek(syn::Token![=]) {
                let value: Expr = meta.value()?.parse()?;
                if let Expr::Lit(literal) = value
                    && let Lit::Str(text) = literal.lit
                    && own
                {
                    found = Some(LitStr::value(&text));
                }
            }
            Ok(())
        })?;
    }
    Ok(found)
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut all, word| {
        let mut letters = word.chars();
        all.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        all.push_str(letters.as_str());
        all
    })
}

//! One vendor's description: its operations, and the JSON Schemas of their answers.

use anyhow::{Context, Result};
use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A description.
#[derive(Clone, Deserialize)]
pub(super) struct Description {
    pub(super) operations: Vec<Operation>,
    #[serde(rename = "$defs")]
    defs: Map<String, Value>,
}

/// An operation.
#[derive(Clone, Deserialize)]
pub(super) struct Operation {
    /// The call as a connector declares it.
    pub(super) call: String,
    method: String,
    /// What stands in braces is a key.
    path: String,
    /// The parameters that the description knows; `None`: it does not list them.
    query: Option<BTreeSet<String>>,
    answer: Value,
}

/// A request with its reply.
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) reply: String,
}

/// The descriptions of these vendors.
pub(super) fn descriptions(vendors: &[&str]) -> Result<Vec<Description>> {
    static READ: Mutex<BTreeMap<String, Description>> = Mutex::new(BTreeMap::new());
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let mut found = Vec::new();
    for vendor in vendors {
        if !read.contains_key(*vendor) {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts").join(format!("{vendor}.json"));
            let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let description = serde_json::from_str(&text).with_context(|| format!("{} is none", path.display()))?;
            read.insert((*vendor).into(), description);
        }
        found.extend(read.get(*vendor).cloned());
    }
    Ok(found)
}

impl Description {
    /// The operation that a request is. One without keys goes before one with keys.
    pub(super) fn operation(&self, asked: &Asked) -> Option<&Operation> {
        let fits = |one: &&Operation| one.method == asked.method && is_of(&one.path, &asked.path);
        self.operations.iter().filter(fits).min_by_key(|one| one.path.matches('{').count())
    }

    /// What is wrong with a request and its reply.
    pub(super) fn faults(&self, operation: &Operation, asked: &Asked) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        let names: Vec<&str> = asked.query.split('&').filter_map(|pair| pair.split('=').next()).collect();
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            if operation.query.as_ref().is_some_and(|known| !known.contains(name)) {
                faults.push(format!("{}: the parameter {name} is not described", operation.call));
            }
        }
        let selected = asked.query.split('&').filter_map(|pair| pair.strip_prefix("$select="));
        for name in selected.flat_map(|names| names.split(',')) {
            if !self.objects(std::slice::from_ref(&operation.call)).iter().any(|fields| fields.contains(name)) {
                faults.push(format!("{}: the selected field {name} is not described", operation.call));
            }
        }
        let reply: Value = serde_json::from_str(&asked.reply).context("a reply is not JSON")?;
        let validator = self.validator(operation)?;
        faults.extend(validator.iter_errors(&reply).map(|error| {
            let at = error.instance_path().to_string();
            // Numbers in a path make a hundred faults of one.
            let at: Vec<&str> = at.split('/').filter(|part| part.parse::<usize>().is_err()).collect();
            format!("{} at {}: {:.300}", operation.call, at.join("/"), error.to_string())
        }));
        Ok(faults)
    }

    fn validator(&self, operation: &Operation) -> Result<Validator> {
        let mut schema = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": self.defs});
        schema["allOf"] = json!([operation.answer]);
        jsonschema::validator_for(&schema).context("the description is no JSON Schema")
    }

    /// The fields of every object that the answers of these calls can hold; of all calls, when none is named.
    pub(super) fn objects(&self, calls: &[String]) -> Vec<BTreeSet<String>> {
        let wanted = |one: &&Operation| calls.is_empty() || calls.contains(&one.call);
        let mut objects = Vec::new();
        let mut seen = HashSet::new();
        for operation in self.operations.iter().filter(wanted) {
            self.gather(&operation.answer, &mut seen, &mut objects);
        }
        objects
    }

    fn gather(&self, schema: &Value, seen: &mut HashSet<String>, objects: &mut Vec<BTreeSet<String>>) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.trim_start_matches("#/$defs/");
            if seen.insert(name.into())
                && let Some(found) = self.defs.get(name)
            {
                self.gather(found, seen, objects);
            }
            return;
        }
        if let Some(properties) = schema["properties"].as_object() {
            let mut fields: BTreeSet<String> = properties.keys().cloned().collect();
            if schema["patternProperties"].is_object() {
                fields.insert("@odata.type".into());
            }
            objects.push(fields);
            properties.values().for_each(|one| self.gather(one, seen, objects));
        }
        let either = schema["anyOf"].as_array().into_iter().flatten();
        either.for_each(|one| self.gather(one, seen, objects));
        for below in ["items", "additionalProperties"] {
            if schema[below].is_object() {
                self.gather(&schema[below], seen, objects);
            }
        }
    }
}

/// Whether a path is of a form. A key may be a part of a segment, as in `{name}:getIamPolicy`.
fn is_of(form: &str, path: &str) -> bool {
    let (form, path): (Vec<&str>, Vec<&str>) =
        (form.split('/').collect(), path.trim_end_matches('/').split('/').collect());
    let alike = |(form, part): (&&str, &&str)| match form.split_once('{') {
        Some((before, rest)) => {
            let after = rest.split_once('}').map_or("", |(_, after)| after);
            // A verb behind the key belongs to another operation when the form has none.
            part.starts_with(before) && part.ends_with(after) && (!after.is_empty() || !part.contains(':'))
        }
        None => form == part,
    };
    form.len() == path.len() && form.iter().zip(&path).all(alike)
}

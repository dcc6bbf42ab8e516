//! The names of nodes: reports speak of ids, and people of names.

use std::collections::HashMap;
use whose_model::{NodeId, Place, Report, day};

/// Every node of a report by its id.
pub(crate) struct Names<'a>(HashMap<&'a NodeId, &'a str>);

impl<'a> Names<'a> {
    /// Reads the names of all views.
    pub(crate) fn of(report: &'a Report) -> Self {
        let mut names = HashMap::new();
        names.extend(report.others.iter().map(|view| (&view.id, view.name.as_str())));
        names.extend(report.owners.iter().map(|view| (&view.id, view.name.as_str())));
        names.extend(report.grants.iter().map(|view| (&view.id, view.name.as_str())));
        names.extend(report.secrets.iter().map(|view| (&view.id, view.hint.as_str())));
        names.extend(report.credentials.iter().map(|view| (&view.id, view.name.as_str())));
        names.extend(report.identities.iter().map(|view| (&view.id, view.name.as_str())));
        Self(names)
    }

    /// A node's name, or what its id says when the report holds no view of it.
    pub(crate) fn name(&self, id: &NodeId) -> String {
        match self.0.get(id) {
            Some(name) if !name.is_empty() => (*name).to_owned(),
            _ => id.local(),
        }
    }
}

/// Where something stands, for example `payments/deploy/.env:12 @4f2a9c1d, still at HEAD`.
pub(crate) fn place(place: &Place) -> String {
    let mut text = String::new();
    if let Some(repository) = &place.repository {
        text.push_str(repository);
        text.push(' ');
    }
    text.push_str(&place.path);
    if let Some(line) = place.line {
        text.push_str(&format!(":{line}"));
    }
    match &place.commit {
        Some(commit) => text.push_str(&format!(" @{}", short(commit))),
        None => text.push_str(", not committed"),
    }
    if let Some(author) = &place.author {
        text.push_str(&format!(" by {author}"));
    }
    if let Some(date) = place.date {
        text.push_str(&format!(" on {}", day(date)));
    }
    match (place.at_head, &place.removed_in) {
        (true, _) => text.push_str(", still at HEAD"),
        (false, Some(commit)) => text.push_str(&format!(", removed in {}, still in the history", short(commit))),
        (false, None) => text.push_str(", only in the history"),
    }
    text
}

/// The first characters of a commit id, enough to find it.
fn short(commit: &str) -> String {
    commit.chars().take(10).collect()
}

//! The connectors, and how the text of a target finds its own.

use crate::exit::Failure;
use anyhow::anyhow;
use std::path::Path;
use std::sync::Arc;
use whose_connect::{Connector, ConnectorInfo, RepositoryReader};
use whose_detect::FingerprintKey;
use whose_scan::PlannedTarget;

/// Every connector, in the order of the documentation.
pub const CONNECTORS: &[&ConnectorInfo] = &[
    &connector_aws::AWS,
    &connector_azure::AZURE,
    &connector_gcp::GCP,
    &connector_github::GITHUB,
    &connector_repos::INFO,
    &connector_files::FILES,
];

/// The variables that name a provider's API in place of its own, where no library of the provider reads one.
const ENDPOINTS: &[(&str, &str)] =
    &[("azure", "AZURE_ENDPOINT_URL"), ("gcp", "GOOGLE_ENDPOINT_URL"), ("github", "GITHUB_API_URL")];

/// The connectors of one run.
pub(crate) struct Registry {
    repos: Arc<connector_repos::ReposConnector>,
    /// Those whose targets begin with their id.
    named: Vec<Arc<dyn Connector>>,
}

impl Registry {
    /// The connectors, with what they need to begin.
    pub(crate) fn new(key: FingerprintKey) -> Self {
        Self {
            repos: Arc::new(connector_repos::ReposConnector::new(key, connector_repos::ReposOptions::default())),
            named: vec![
                Arc::new(connector_aws::Aws),
                Arc::new(connector_azure::Azure::new(connector_azure::AzureSignIn::from_variables(variable))),
                Arc::new(connector_gcp::Gcp::new(connector_gcp::GcpSignIn::from_variables(variable))),
                Arc::new(connector_github::Github::new(connector_github::GithubSignIn::from_variables(variable))),
                Arc::new(connector_files::Files),
            ],
        }
    }

    /// Who reads the repositories that other connectors see.
    pub(crate) fn repositories(&self) -> Arc<dyn RepositoryReader> {
        self.repos.clone()
    }

    /// Finds the connector of a target.
    ///
    /// A provider's id, alone or with `:`, is that provider; anything that exists as a path, or reads as the
    /// address of a repository, is a repository.
    pub(crate) fn plan(&self, text: &str) -> Result<PlannedTarget, Failure> {
        let (head, rest) = text.split_once(':').unwrap_or((text, ""));
        let named = self.named.iter().find(|connector| connector.info().id == head);
        let repos = || -> Arc<dyn Connector> { self.repos.clone() };
        let (connector, target) = match (head, named) {
            _ if Path::new(text).exists() => (repos(), text),
            (_, Some(connector)) => (Arc::clone(connector), rest),
            ("repo", None) => (repos(), rest),
            _ if is_repository_address(text) => (repos(), text),
            _ => {
                let ids: Vec<&str> = self.named.iter().map(|connector| connector.info().id).collect();
                return Err(Failure::request(anyhow!(
                    "`{}` is no target: there is no such path, it is not the address of a repository, and it does not \
                     begin with {} (see whose scan --help)",
                    without_credentials(text),
                    ids.join(", ")
                )));
            }
        };
        connector.check(target).map_err(Failure::request)?;
        let endpoint = ENDPOINTS.iter().find(|(id, _)| *id == connector.info().id);
        Ok(PlannedTarget {
            connector,
            shown: without_credentials(text),
            target: target.to_string(),
            endpoint: endpoint.and_then(|(_, name)| variable(name)),
        })
    }
}

/// A variable of the environment that says something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// `https://…`, `ssh://…`, `git://…`, `file://…` or `user@host:path`.
fn is_repository_address(text: &str) -> bool {
    let scheme = ["https://", "http://", "ssh://", "git://", "file://"].iter().any(|scheme| text.starts_with(scheme));
    let scp =
        text.split_once(':').is_some_and(|(host, path)| host.contains('@') && !host.contains('/') && !path.is_empty());
    scheme || scp
}

/// The text of a target without the user and password of an address.
fn without_credentials(text: &str) -> String {
    match url::Url::parse(text) {
        Ok(mut address) if address.has_host() && (address.password().is_some() || !address.username().is_empty()) => {
            // Both fail only for addresses that cannot have credentials, and then there is nothing to hide.
            let _ = address.set_username("");
            let _ = address.set_password(None);
            address.to_string()
        }
        _ => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Registry {
        Registry::new(FingerprintKey::new([7; 32]))
    }

    #[test]
    fn targets_find_their_connector() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let named = format!("repo:{path}");
        let role = "profile=p,role=arn:aws:iam::123456789012:role/x";
        let with_role = format!("aws:{role}");
        for (text, connector, target) in [
            ("aws", "aws", ""),
            (&with_role, "aws", role),
            (path, "repos", path),
            ("https://example.org/a/b.git", "repos", "https://example.org/a/b.git"),
            ("git@example.org:a/b.git", "repos", "git@example.org:a/b.git"),
            (&named, "repos", path),
        ] {
            let planned = registry().plan(text).unwrap();
            assert_eq!((planned.connector.info().id, planned.target.as_str()), (connector, target), "{text}");
        }
    }

    #[test]
    fn an_unknown_target_is_a_wrong_request() {
        let failure = registry().plan("azzure").err().unwrap();
        assert_eq!(failure.exit, crate::Exit::Request);
    }

    #[test]
    fn credentials_in_an_address_are_not_shown() {
        let word = "p4ss";
        let planned = registry().plan(&format!("https://me:{word}@example.org/a.git")).unwrap();
        assert_eq!(planned.shown, "https://example.org/a.git");
    }
}

//! Handing over: a connector that sees source repositories does not read them itself. It says which there are, where
//! each can be cloned and with which sign-in, and whoever runs the scan gives them to the reader of repositories.

use crate::{ConnectError, Connector, ScanContext};
use async_trait::async_trait;
use http::HeaderValue;
use std::sync::Arc;
use url::{Host, Url};
use whose_model::NodeId;

/// The reader of source repositories, as those who hand over see it.
#[async_trait]
pub trait RepositoryReader: Connector {
    /// The repository that a target of the reader's own is, where that can be told before it is read. What the user
    /// named so is not read again when it is handed over.
    fn repository_of(&self, target: &str) -> Option<NodeId>;

    /// Reads one repository into the sink of `context`, with coverage of its own.
    ///
    /// # Errors
    /// When it cannot be cloned.
    async fn read(&self, handover: &Handover, context: &ScanContext) -> Result<(), ConnectError>;
}

/// A sign-in that gives the value of the `Authorization` header when it is needed: it may be renewed meanwhile.
#[async_trait]
pub trait Authorize: Send + Sync {
    /// The header, marked as sensitive.
    ///
    /// # Errors
    /// When signing in fails.
    async fn authorization(&self) -> Result<HeaderValue, ConnectError>;
}

/// One repository that is handed over.
#[derive(Clone)]
pub struct Handover {
    repository: NodeId,
    url: Url,
    sign_in: Option<Arc<dyn Authorize>>,
}

/// Why an address is not one from which a repository is cloned on somebody else's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnfitAddress {
    /// Another scheme, for example `file`.
    #[error("it is not https")]
    Scheme,
    /// It names a user, a query or a fragment.
    #[error("it holds more than a host and a path")]
    Excess,
}

impl Handover {
    /// A repository under its own id, with the address from which it is cloned.
    ///
    /// # Errors
    /// When the address is neither HTTPS nor HTTP on this machine, or holds credentials. Whether its host is the right
    /// one, whoever hands over must know.
    pub fn new(repository: NodeId, url: Url) -> Result<Self, UnfitAddress> {
        let on_this_machine = || match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && on_this_machine()) {
            return Err(UnfitAddress::Scheme);
        }
        let credentials = !url.username().is_empty() || url.password().is_some();
        if credentials || url.query().is_some() || url.fragment().is_some() {
            return Err(UnfitAddress::Excess);
        }
        Ok(Self { repository, url, sign_in: None })
    }

    /// The same, cloned with a sign-in. It goes to the host of the address and to no other.
    #[must_use]
    pub fn signed_in_by(mut self, sign_in: Arc<dyn Authorize>) -> Self {
        self.sign_in = Some(sign_in);
        self
    }

    /// The id under which the repository is known.
    pub fn repository(&self) -> &NodeId {
        &self.repository
    }

    /// The address, without credentials.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The header that signs in, when one is needed.
    ///
    /// # Errors
    /// When signing in fails.
    pub async fn authorization(&self) -> Result<Option<HeaderValue>, ConnectError> {
        match &self.sign_in {
            Some(sign_in) => sign_in.authorization().await.map(Some),
            None => Ok(None),
        }
    }
}

impl std::fmt::Debug for Handover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Handover").field(&self.repository.as_str()).field(&self.url.as_str()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_cloned_on_somebody_elses_word() {
        let with_password = format!("https://me:{}@git.test/a/b.git", "word");
        for (url, refused) in [
            ("https://git.test/a/b.git", None),
            ("http://127.0.0.1:4000/a/b.git", None),
            ("http://[::1]:4000/a/b.git", None),
            ("http://git.test/a/b.git", Some(UnfitAddress::Scheme)),
            ("http://127.0.0.1.git.test/a/b.git", Some(UnfitAddress::Scheme)),
            ("file:///etc", Some(UnfitAddress::Scheme)),
            ("ssh://git@git.test/a/b.git", Some(UnfitAddress::Scheme)),
            (&with_password, Some(UnfitAddress::Excess)),
            ("https://git.test/a/b.git?x=1", Some(UnfitAddress::Excess)),
        ] {
            let handover = Handover::new(NodeId::new("git", "", "repository", "git.test/a/b"), url.parse().unwrap());
            assert_eq!(handover.err(), refused, "{url}");
        }
    }
}

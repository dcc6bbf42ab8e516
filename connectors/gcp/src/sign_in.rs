//! Signing in: application default credentials in the order that Google documents, or a credential file that the
//! target names.

use crate::credentials::{Credentials, TokenError};
use crate::target::Target;
use google_cloud_auth::credentials::mds;
use serde_json::Value;
use std::error::Error;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use whose_connect::{Client, ConnectError, NetworkSettings};

/// The APIs that are read take no narrower scope in common. What a scan may do is bounded by its role, and by the
/// declared calls.
pub(crate) const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// How long the first token may take: on a machine without any credentials, a metadata service is waited for in vain.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the command line knows about signing in: where application default credentials lie.
#[derive(Clone, Debug, Default)]
pub struct GcpSignIn {
    /// The file that the environment names. It must be there.
    named: Option<PathBuf>,
    /// The file that `gcloud auth application-default login` writes, wherever it may be.
    usual: Option<PathBuf>,
}

impl GcpSignIn {
    /// Takes the variables that Google's own libraries read, from wherever the caller keeps them.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || set("HOME").map(|home| home.join(".config/gcloud"));
        let folder = set("CLOUDSDK_CONFIG").or_else(|| set("APPDATA").map(|data| data.join("gcloud"))).or_else(home);
        Self {
            named: set("GOOGLE_APPLICATION_CREDENTIALS"),
            usual: folder.map(|folder| folder.join("application_default_credentials.json")),
        }
    }

    /// Signs in and fetches the first token, so that a target that cannot be opened is told at once.
    pub(crate) async fn open(
        &self,
        target: &Target,
        client: &Client,
        network: &NetworkSettings,
    ) -> Result<Credentials, ConnectError> {
        let failed = |reason: String, source: Option<Box<dyn Error + Send + Sync>>| ConnectError::SignIn {
            target: target.describe(),
            reason,
            remedy: remedy(target),
            source,
        };
        // Only who puts another address in Google's place may send secrets without encryption.
        let plain = network.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let built = match self.file(target)? {
            Some((path, json)) => Credentials::from_json(&json, client, plain).map_err(|error| match error {
                TokenError::Unusable { reason } => {
                    ConnectError::File { path, source: std::io::Error::new(ErrorKind::InvalidData, reason) }
                }
                error => failed(chain(&error), Some(error.into())),
            })?,
            // The metadata service answers on the machine itself, which no proxy and no authority stands before.
            None => mds::Builder::default()
                .with_scopes([SCOPE])
                .build_access_token_credentials()
                .map(Credentials::from)
                .map_err(|error| failed(chain(&error), Some(error.into())))?,
        };
        match tokio::time::timeout(PATIENCE, built.token()).await {
            Ok(Ok(_token)) => Ok(built),
            Ok(Err(error)) => Err(failed(chain(&error), Some(Box::new(error)))),
            Err(_) => Err(failed(format!("no token came within {} seconds", PATIENCE.as_secs()), None)),
        }
    }

    /// Credentials in the name of the administrator whom the target names, or why there are none. Whether they are good
    /// shows when they are used: without them, all but the directory can be read.
    pub(crate) fn delegated(
        &self,
        target: &Target,
        client: &Client,
        endpoint: Option<&str>,
    ) -> Option<Result<Credentials, String>> {
        let subject = target.subject.as_deref()?;
        Some(match self.file(target) {
            Ok(Some((_, json))) => {
                Credentials::delegated(&json, subject, client, endpoint).map_err(|error| chain(&error))
            }
            Ok(None) => Err("the identity of this machine cannot act in the name of an administrator: it needs the \
                             credential file of a service account, or one that leads to a service account"
                .into()),
            Err(error) => Err(chain(&error)),
        })
    }

    /// The credential file: the target's own, the one that the environment names, or the usual one if it is there.
    fn file(&self, target: &Target) -> Result<Option<(PathBuf, Value)>, ConnectError> {
        if let Some(path) = target.credentials.as_ref().or(self.named.as_ref()) {
            return read(path).map(|json| Some((path.clone(), json)));
        }
        let Some(path) = &self.usual else { return Ok(None) };
        match read(path) {
            Err(ConnectError::File { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
            json => json.map(|json| Some((path.clone(), json))),
        }
    }
}

fn read(path: &Path) -> Result<Value, ConnectError> {
    let file = |source| ConnectError::File { path: path.into(), source };
    let text = std::fs::read_to_string(path).map_err(file)?;
    // The text of the error would quote the file, which holds secrets.
    serde_json::from_str(&text).map_err(|_| file(std::io::Error::new(ErrorKind::InvalidData, "it is not JSON")))
}

fn remedy(target: &Target) -> String {
    match &target.credentials {
        Some(path) => format!("Check that {} is a credential file that Google still accepts", path.display()),
        None => "Run `gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS to a credential \
                 file, or name one as credentials=FILE"
            .into(),
    }
}

/// The error with its causes. The library keeps tokens and keys out of its messages.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        text = format!("{text}: {cause}");
        below = cause.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> GcpSignIn {
        GcpSignIn::from_variables(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn target(text: &str) -> Target {
        Target::parse(text).unwrap()
    }

    #[test]
    fn files_are_sought_in_the_order_that_google_documents() {
        let folder = tempfile::tempdir().unwrap();
        let usual = folder.path().join(".config/gcloud/application_default_credentials.json");
        let named = folder.path().join("named.json");
        let home = folder.path().to_str().unwrap();
        let found = |variables: &[(&str, &str)], text: &str| {
            of(variables).file(&target(text)).map(|found| found.map(|(path, _)| path))
        };
        assert_eq!(found(&[("HOME", home)], "project=p-1234").unwrap(), None, "the metadata service is next");
        std::fs::create_dir_all(usual.parent().unwrap()).unwrap();
        std::fs::write(&usual, "{}").unwrap();
        assert_eq!(found(&[("HOME", home)], "project=p-1234").unwrap().as_ref(), Some(&usual));
        let variables = [("HOME", home), ("GOOGLE_APPLICATION_CREDENTIALS", named.to_str().unwrap())];
        assert!(found(&variables, "project=p-1234").is_err(), "a file that is named must be there");
        std::fs::write(&named, "{}").unwrap();
        assert_eq!(found(&variables, "project=p-1234").unwrap().as_ref(), Some(&named));
        let own = format!("project=p-1234,credentials={}", usual.display());
        assert_eq!(found(&variables, &own).unwrap().as_ref(), Some(&usual));
    }
}

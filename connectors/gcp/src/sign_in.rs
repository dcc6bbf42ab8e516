//! Signing in: application default credentials, or a credential file of any of Google's kinds. The library
//! fetches and renews the tokens; it reaches the network by the environment's proxy, not by our settings.

use crate::target::Target;
use google_cloud_auth::build_errors::Error as BuildError;
use google_cloud_auth::credentials::{
    AccessTokenCredentials, Builder, external_account, impersonated, service_account, user_account,
};
use serde_json::Value;
use std::error::Error;
use std::path::Path;
use std::time::Duration;
use whose_connect::ConnectError;

/// The APIs that are read take no narrower scope in common. What a scan may do is bounded by its role, and by the
/// declared calls.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// How long the first token may take: on a machine without any credentials, a metadata service is waited for in vain.
const PATIENCE: Duration = Duration::from_secs(30);

/// Signs in and fetches the first token, so that a target that cannot be opened is told at once.
pub(crate) async fn sign_in(target: &Target) -> Result<AccessTokenCredentials, ConnectError> {
    let failed = |reason: String, source: Option<Box<dyn Error + Send + Sync>>| ConnectError::SignIn {
        target: target.describe(),
        reason,
        remedy: remedy(target),
        source,
    };
    let built = match &target.credentials {
        Some(path) => from_file(path)?,
        None => Builder::default().with_scopes([SCOPE]).build_access_token_credentials(),
    };
    let credentials = built.map_err(|error| failed(chain(&error), Some(error.into())))?;
    match tokio::time::timeout(PATIENCE, credentials.access_token()).await {
        Ok(Ok(_token)) => Ok(credentials),
        Ok(Err(error)) => Err(failed(chain(&error), Some(Box::new(error)))),
        Err(_) => Err(failed(format!("no token came within {} seconds", PATIENCE.as_secs()), None)),
    }
}

fn remedy(target: &Target) -> String {
    match &target.credentials {
        Some(path) => format!("Check that {} is a credential file that Google still accepts", path.display()),
        None => "Run `gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS to a credential \
                 file, or name one as credentials=FILE"
            .into(),
    }
}

fn from_file(path: &Path) -> Result<Result<AccessTokenCredentials, BuildError>, ConnectError> {
    let file = |source| ConnectError::File { path: path.into(), source };
    let text = std::fs::read_to_string(path).map_err(file)?;
    // The text of the error would quote the file, which holds secrets.
    let json: Value = serde_json::from_str(&text)
        .map_err(|_| file(std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not JSON")))?;
    let kind = json.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(match kind.as_str() {
        "service_account" => service_account::Builder::new(json)
            .with_access_specifier(service_account::AccessSpecifier::from_scopes([SCOPE]))
            .build_access_token_credentials(),
        "external_account" => {
            external_account::Builder::new(json).with_scopes([SCOPE]).build_access_token_credentials()
        }
        "impersonated_service_account" => {
            impersonated::Builder::new(json).with_scopes([SCOPE]).build_access_token_credentials()
        }
        "authorized_user" => user_account::Builder::new(json).with_scopes([SCOPE]).build_access_token_credentials(),
        _ => {
            let reason = "its `type` is none of service_account, external_account, impersonated_service_account and \
                          authorized_user";
            return Err(file(std::io::Error::new(std::io::ErrorKind::InvalidData, reason)));
        }
    })
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

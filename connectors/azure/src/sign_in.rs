//! Signing in. The library has no chain of its own for all cases, so this is ours: what the environment names is
//! used and nothing else; where it names nothing, a managed identity and then the developer's tools are tried.

use crate::client_certificate::{ClientCertificate, Statements};
use crate::target::Target;
use crate::transport::Transport;
use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, RetryOptions, Transport as LibraryTransport, Url};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential, AzureDeveloperCliCredentialOptions,
    ClientAssertionCredential, ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId, WorkloadIdentityCredential,
    WorkloadIdentityCredentialOptions,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use whose_connect::{Client, ConnectError};

/// How long one way of signing in may take. On most machines nobody answers for a managed identity, and waiting for
/// it must not look like a hang; a developer's tool may have to start an interpreter and ask the network.
const PATIENCE: Duration = Duration::from_secs(20);
const METADATA_PATIENCE: Duration = Duration::from_secs(3);

/// What the command line knows about signing in. Secrets in it are never printed.
#[derive(Clone, Debug, Default)]
pub struct AzureSignIn {
    tenant: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    certificate_file: Option<PathBuf>,
    token_file: Option<PathBuf>,
    authority: Option<String>,
}

impl AzureSignIn {
    /// Takes the variables that Microsoft's own libraries read, from wherever the caller keeps them.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        Self {
            tenant: set("AZURE_TENANT_ID"),
            client_id: set("AZURE_CLIENT_ID"),
            client_secret: set("AZURE_CLIENT_SECRET").map(Secret::new),
            certificate_file: set("AZURE_CLIENT_CERTIFICATE_PATH").map(PathBuf::from),
            token_file: set("AZURE_FEDERATED_TOKEN_FILE").map(PathBuf::from),
            authority: set("AZURE_AUTHORITY_HOST"),
        }
    }

    /// The credential that gives a token for `scope`, and that token.
    pub(crate) async fn open(
        &self,
        target: &Target,
        client: &Client,
        endpoint: Option<&Url>,
        scope: &str,
    ) -> Result<(Arc<dyn TokenCredential>, String), ConnectError> {
        let ways = self.ways(target, client, endpoint).await?;
        let mut reasons = Vec::new();
        for way in ways {
            let token = tokio::time::timeout(way.patience, way.credential.get_token(&[scope], None)).await;
            match token {
                Ok(Ok(token)) => return Ok((way.credential, token.token.secret().to_owned())),
                Ok(Err(error)) => reasons.push(format!("{}: {}", way.name, first_line(&error.to_string()))),
                Err(_) => reasons.push(format!("{}: no answer in time", way.name)),
            }
        }
        Err(refused(target, &reasons.join("; ")))
    }

    async fn ways(&self, target: &Target, client: &Client, endpoint: Option<&Url>) -> Result<Vec<Way>, ConnectError> {
        let options = |retry| self.options(target, client, endpoint, retry);
        let tenant = target.tenant.as_ref().or(self.tenant.as_ref());
        let unusable = |error: azure_core::Error| refused(target, &first_line(&error.to_string()));
        if let (Some(tenant), Some(id), Some(secret)) = (tenant, &self.client_id, &self.client_secret) {
            let options = ClientSecretCredentialOptions { client_options: options(RetryOptions::default()) };
            let credential = ClientSecretCredential::new(tenant, id.clone(), secret.clone(), Some(options));
            return Ok(vec![Way::new("client secret", credential.map_err(unusable)?)]);
        }
        if let Some(file) = &self.certificate_file {
            return Ok(vec![self.by_certificate(target, file, options(RetryOptions::default())).await?]);
        }
        if let (Some(tenant), Some(id), Some(file)) = (tenant, &self.client_id, &self.token_file) {
            let credential = WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
                credential_options: ClientAssertionCredentialOptions {
                    client_options: options(RetryOptions::default()),
                },
                client_id: Some(id.clone()),
                tenant_id: Some(tenant.clone()),
                token_file_path: Some(file.clone()),
            }));
            return Ok(vec![Way::new("workload identity", credential.map_err(unusable)?)]);
        }
        let managed = ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
            user_assigned_id: self.client_id.clone().map(UserAssignedId::ClientId),
            client_options: options(RetryOptions::none()),
        }));
        let cli = AzureCliCredentialOptions { tenant_id: tenant.cloned(), ..AzureCliCredentialOptions::default() };
        let azd = AzureDeveloperCliCredentialOptions {
            tenant_id: tenant.cloned(),
            ..AzureDeveloperCliCredentialOptions::default()
        };
        let mut managed = Way::new("managed identity", managed.map_err(unusable)?);
        managed.patience = METADATA_PATIENCE;
        Ok(vec![
            managed,
            Way::new("Azure CLI", AzureCliCredential::new(Some(cli)).map_err(unusable)?),
            Way::new("Azure Developer CLI", AzureDeveloperCliCredential::new(Some(azd)).map_err(unusable)?),
        ])
    }

    async fn by_certificate(&self, target: &Target, file: &Path, client: ClientOptions) -> Result<Way, ConnectError> {
        let broken = |reason: String, remedy: &str| ConnectError::SignIn {
            target: target.describe(),
            reason,
            remedy: remedy.into(),
            source: None,
        };
        let tenant = target.tenant.as_ref().or(self.tenant.as_ref());
        let (Some(tenant), Some(app_id)) = (tenant, &self.client_id) else {
            return Err(broken(
                "AZURE_CLIENT_CERTIFICATE_PATH is set, and the tenant or the application is not named".into(),
                "Set AZURE_TENANT_ID and AZURE_CLIENT_ID as well",
            ));
        };
        let certificate = ClientCertificate::open(file).await.map_err(|fault| {
            broken(format!("the certificate file {} cannot be used: {fault}", file.display()), fault.remedy())
        })?;
        let endpoint = format!("{}/{tenant}/oauth2/v2.0/token", self.authority(target).trim_end_matches('/'));
        let statements = Statements { certificate, app_id: app_id.clone(), endpoint };
        let options = ClientAssertionCredentialOptions { client_options: client };
        let credential = ClientAssertionCredential::new(tenant.clone(), app_id.clone(), statements, Some(options));
        let credential = credential.map_err(|error| refused(target, &first_line(&error.to_string())))?;
        Ok(Way::new("client certificate", credential))
    }

    /// Where tokens are issued.
    fn authority<'s>(&'s self, target: &'s Target) -> &'s str {
        self.authority.as_deref().unwrap_or(target.cloud.authority)
    }

    fn options(&self, target: &Target, client: &Client, endpoint: Option<&Url>, retry: RetryOptions) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = self.authority(target).to_owned();
        let transport = Transport { client: client.clone(), instead: endpoint.cloned() };
        ClientOptions {
            retry,
            transport: Some(LibraryTransport::new(Arc::new(transport))),
            cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
            ..ClientOptions::default()
        }
    }
}

/// One way of signing in.
struct Way {
    name: &'static str,
    credential: Arc<dyn TokenCredential>,
    patience: Duration,
}

impl Way {
    fn new(name: &'static str, credential: Arc<dyn TokenCredential>) -> Self {
        Self { name, credential, patience: PATIENCE }
    }
}

fn refused(target: &Target, reason: &str) -> ConnectError {
    ConnectError::SignIn {
        target: target.describe(),
        reason: reason.into(),
        remedy: "Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or \
                 AZURE_CLIENT_CERTIFICATE_PATH) of an application that holds the permissions of `whose permissions azure`"
            .into(),
        source: None,
    }
}

/// The library's errors end in advice over several lines.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().chars().take(300).collect()
}

/// The tenant that issued a token, as the token itself says: nobody else can say it without a further permission. The
/// signature is the resource's affair; we were handed the token by the authority.
pub(crate) fn tenant_of(token: &str) -> Option<String> {
    let payload = token.split('.').nth(1)?;
    let bytes = data_encoding::BASE64URL_NOPAD.decode(payload.trim_end_matches('=').as_bytes()).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    let tenant = claims.get("tid")?.as_str()?.to_lowercase();
    let is_id = tenant.len() == 36 && tenant.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_id.then_some(tenant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.", data_encoding::BASE64URL_NOPAD.encode(claims.as_bytes()))
    }

    #[test]
    fn the_tenant_is_read_from_the_token_and_nothing_else_passes_for_one() {
        let id = "0F1E2D3C-0000-4000-8000-00000000ABCD";
        assert_eq!(tenant_of(&token(&format!("{{\"tid\":\"{id}\"}}"))), Some(id.to_lowercase()));
        for other in ["opaque", "a.b.c", &token("{}"), &token("{\"tid\":\"common\"}"), &token("[]"), "", "..."] {
            assert_eq!(tenant_of(other), None, "{other}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let word = "hidden".repeat(3);
        let sign_in = AzureSignIn::from_variables(|name| (name == "AZURE_CLIENT_SECRET").then(|| word.clone()));
        assert!(!format!("{sign_in:?}").contains(&word));
    }
}

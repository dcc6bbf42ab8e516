//! Signing in to one account, and what its collectors share: the clients, the account, and what one
//! listing learns for the next.

use crate::credential_report::Report;
use crate::guard::DeclaredOnly;
use crate::ids::Account;
use crate::target::Target;
use crate::transport::Transport;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_iam::config::SharedCredentialsProvider;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::OnceLock;
use std::time::Duration;
use whose_connect::{Client, ConnectError, DefaultLimits, NetworkSettings, RetryPolicy};
use whose_model::Timestamp;

/// What IAM bears. Its quotas are not published; users report throttling from about twenty calls a second, shared by
/// everybody in the account.
const LIMITS: DefaultLimits = DefaultLimits {
    max_concurrency: NonZeroUsize::new(8).expect("eight is not zero"),
    requests_per_second: NonZeroU32::new(15).expect("fifteen is not zero"),
};

/// A server on this machine has no quota that others share.
const LOOPBACK_LIMITS: DefaultLimits = DefaultLimits {
    max_concurrency: NonZeroUsize::new(16).expect("sixteen is not zero"),
    requests_per_second: NonZeroU32::new(2000).expect("two thousand is not zero"),
};

/// The behaviour of the SDK that this connector was tried with.
fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// The clients of one account, before it is known which account it is.
pub(crate) struct SignIn {
    config: SdkConfig,
    concurrency: usize,
}

/// What the collectors of one account share.
pub(crate) struct Session {
    /// IAM, through which only declared calls go.
    pub(crate) iam: aws_sdk_iam::Client,
    /// The account.
    pub(crate) account: Account,
    /// The moment for which the scan speaks.
    pub(crate) as_of: Timestamp,
    /// How many calls a collector may have under way.
    pub(crate) concurrency: usize,
    /// The credential report, when it was read.
    pub(crate) report: OnceLock<Report>,
    /// The users, when authorization details were read to any extent.
    pub(crate) users: OnceLock<KnownUsers>,
}

/// The users that authorization details named.
#[derive(Debug, Default)]
pub(crate) struct KnownUsers {
    /// Their names, as written.
    pub(crate) names: Vec<String>,
    /// Whether these are all.
    pub(crate) complete: bool,
}

impl SignIn {
    /// Finds credentials as AWS's own tools do. Nothing is sent unless the credentials must be fetched.
    pub(crate) async fn prepare(target: &Target, network: &NetworkSettings) -> Result<Self, ConnectError> {
        let client = Client::new(network, LIMITS)?;
        let region = region(target).await;
        let credentials = base_credentials(target, &client, region.clone()).await;
        Ok(Self::with(credentials, client, region, target, network).await)
    }

    async fn with(
        credentials: SharedCredentialsProvider,
        client: Client,
        region: Option<Region>,
        target: &Target,
        network: &NetworkSettings,
    ) -> Self {
        let mut loader = aws_config::defaults(behavior())
            .http_client(Transport(client.clone()))
            .region(region)
            .retry_config(retry())
            .credentials_provider(credentials);
        if let Some(profile) = &target.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(endpoint) = &network.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        let mut base = loader.load().await;
        let mut limits = LIMITS;
        // The endpoint may also come from the profile or from AWS_ENDPOINT_URL, so it is known only now.
        if base.endpoint_url().is_some_and(is_loopback) {
            limits = LOOPBACK_LIMITS;
            base = base.into_builder().http_client(Transport(client.with_limits(network, limits))).build();
        }
        let config = match &target.role {
            Some(role) => assume(role, target.external_id.as_deref(), base).await,
            None => base,
        };
        let concurrency = network.max_concurrency.unwrap_or(limits.max_concurrency).get();
        Self { config, concurrency }
    }

    /// With credentials that a replayed or local server takes, whatever the machine of the test holds.
    #[cfg(test)]
    pub(crate) async fn for_test(network: &NetworkSettings) -> Self {
        let client = Client::new(network, LIMITS).expect("the settings of a test can be used");
        let credentials = aws_sdk_iam::config::Credentials::new("id", "half", None, None, "test");
        let region = Some(Region::new("us-east-1"));
        let credentials = SharedCredentialsProvider::new(credentials);
        Self::with(credentials, client, region, &Target::default(), network).await
    }

    /// STS, for the one question that settles who we are.
    pub(crate) fn sts(&self) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::config::Builder::from(&self.config).interceptor(DeclaredOnly).build();
        aws_sdk_sts::Client::from_conf(config)
    }

    /// The session, once the account is known.
    pub(crate) fn open(self, account: Account, as_of: Timestamp) -> Session {
        let config = aws_sdk_iam::config::Builder::from(&self.config).interceptor(DeclaredOnly).build();
        Session {
            iam: aws_sdk_iam::Client::from_conf(config),
            account,
            as_of,
            concurrency: self.concurrency,
            report: OnceLock::new(),
            users: OnceLock::new(),
        }
    }
}

/// The kit's policy in the SDK's words. The SDK knows the throttling codes that IAM hides in HTTP 400.
fn retry() -> RetryConfig {
    let policy = RetryPolicy::default();
    RetryConfig::standard()
        .with_max_attempts(policy.attempts)
        .with_initial_backoff(policy.first_pause)
        .with_max_backoff(policy.longest_pause)
}

/// IAM is global, so any region of the partition will do. The metadata service is not asked for it.
async fn region(target: &Target) -> Option<Region> {
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &target.profile {
        profile = profile.profile_name(name);
    }
    RegionProviderChain::first_try(target.region.clone().map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build())
        .or_else(Region::new("us-east-1"))
        .region()
        .await
}

/// A named profile means that profile, whatever the environment holds. Otherwise the SDK's chain: environment,
/// default profile with SSO and assumed roles, web identity, container, and at last the instance's metadata.
async fn base_credentials(target: &Target, client: &Client, region: Option<Region>) -> SharedCredentialsProvider {
    let config = ProviderConfig::without_region()
        .with_http_client(Transport(client.clone()))
        .with_behavior_version(Some(behavior()))
        .with_region(region);
    if let Some(profile) = &target.profile {
        let provider = ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build();
        return SharedCredentialsProvider::new(provider);
    }
    // On most machines nobody answers there, and waiting for it must not look like a hang.
    let metadata = aws_config::imds::Client::builder()
        .configure(&config)
        .max_attempts(1)
        .connect_timeout(Duration::from_millis(500))
        .read_timeout(Duration::from_millis(1500))
        .build();
    SharedCredentialsProvider::new(
        DefaultCredentialsChain::builder().configure(config).imds_client(metadata).build().await,
    )
}

/// The same configuration with the credentials of a role. The session's name tells the account's log who came.
async fn assume(role: &str, external_id: Option<&str>, base: SdkConfig) -> SdkConfig {
    let mut provider = AssumeRoleProvider::builder(role).session_name("whose").configure(&base);
    if let Some(id) = external_id {
        provider = provider.external_id(id);
    }
    let provider = provider.build().await;
    base.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

fn is_loopback(endpoint: &str) -> bool {
    let Ok(address) = endpoint.parse::<http::Uri>() else { return false };
    matches!(address.host(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

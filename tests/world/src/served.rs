//! The whole company at once: every provider on loopback, and all repositories on disk.

use crate::aws::AwsServer;
use crate::company::World;
use crate::entra::EntraServer;
use crate::error::WorldError;
use crate::github::GithubServer;
use crate::google::GoogleServer;
use crate::repository::Repository;
use crate::truth::Planted;
use crate::write::write_repositories;
use std::path::{Path, PathBuf};

/// The providers of the company, served until this is dropped.
pub struct Served {
    /// The AWS account.
    pub aws: AwsServer,
    /// The Entra tenant and its subscriptions.
    pub entra: EntraServer,
    /// The organisation on Google Cloud.
    pub google: GoogleServer,
    /// The organisation on GitHub.
    pub github: GithubServer,
    /// The repositories' folders.
    pub repositories: Vec<PathBuf>,
    targets: Vec<String>,
}

impl World {
    /// Serves all providers, and writes all repositories and what sign-in needs below `folder`.
    ///
    /// # Errors
    /// When a server cannot listen, or something cannot be written.
    pub async fn serve(&self, folder: &Path) -> Result<Served, WorldError> {
        let google = self.google();
        let (aws, entra, github) = (self.serve_aws().await?, self.serve_entra().await?, self.serve_github().await?);
        let on_google = google.serve().await?;
        let repositories: Vec<Repository> =
            self.repositories().iter().cloned().chain(self.cloud_leaks().repositories).collect();
        let repositories = write_repositories(&repositories, &folder.join("repositories"))?;
        let credentials = on_google.write_credentials(folder)?;
        let organization = &google.estate().organization;
        let mut targets = vec!["aws".to_string(), "azure".to_string()];
        targets.push(format!(
            "gcp:organization={organization},subject={},credentials={}",
            google.estate().directory.admin,
            credentials.display()
        ));
        targets.push(format!("github:{}", self.github().login));
        targets.extend(repositories.iter().map(|path| path.display().to_string()));
        Ok(Served { aws, entra, google: on_google, github, repositories, targets })
    }

    /// Every finding that a right scanner makes under [`crate::RULES`] when it reads the whole company at once.
    pub fn whole_truth(&self) -> Vec<Planted> {
        let (entra, google, github) = (self.entra(), self.google(), self.github());
        let of_providers = [self.truth(), entra.truth(), google.truth(), &github.truth];
        [of_providers.concat(), self.truth_across().to_vec(), self.cloud_leaks().truth].concat()
    }

    /// Look-alikes in the whole company.
    pub fn all_look_alikes(&self) -> Vec<Planted> {
        let (entra, google, github) = (self.entra(), self.google(), self.github());
        let of_providers = [self.look_alikes(), entra.look_alikes(), google.look_alikes(), &github.look_alikes];
        [of_providers.concat(), self.cloud_leaks().look_alikes].concat()
    }
}

impl Served {
    /// What a scan of the whole company names as its targets.
    pub fn targets(&self) -> &[String] {
        &self.targets
    }

    /// The environment in which a scan reads these providers and no others. What signs in was never issued.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("AWS_ENDPOINT_URL", self.aws.endpoint()),
            ("AWS_ACCESS_KEY_ID", "demo".into()),
            ("AWS_SECRET_ACCESS_KEY", "demo".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
            ("AZURE_ENDPOINT_URL", self.entra.endpoint()),
            ("GOOGLE_ENDPOINT_URL", self.google.endpoint()),
        ];
        variables.extend(self.entra.environment());
        variables.extend(self.github.environment());
        variables
    }
}

//! Repositories that leak what opens the company's other clouds. They stand apart from those of the AWS account,
//! since only a scan that reads these clouds can tell whose the secrets are.

use super::World;
use super::people::{LUC, OWEN, PRIYA, Person};
use super::sources;
use crate::draw::Draw;
use crate::repository::{Commit, Repository};
use crate::truth::{Planted, Subject};
use jiff::SignedDuration;
use serde_json::json;
use whose_model::NodeId;

const LIVE: &str = "leaked-live-credential";
const DEAD: &str = "leaked-dead-credential";

/// Repositories with what leaks in them.
#[derive(Clone, Debug)]
pub struct CloudLeaks {
    /// The repositories.
    pub repositories: Vec<Repository>,
    /// Every secret value in them.
    pub secret_values: Vec<String>,
    /// What a right scanner finds when it reads them together with all providers.
    pub truth: Vec<Planted>,
    /// Look-alikes of which it says nothing.
    pub look_alikes: Vec<Planted>,
}

impl World {
    /// A repository with a live secret of an Entra application, one with a service-account key of Google Cloud, and one
    /// with keys of storage accounts of which two open nothing any more.
    pub fn cloud_leaks(&self) -> CloudLeaks {
        let tenant = self.entra();
        let entra = tenant.leak().clone();
        let settings = json!({
            "Logging": {"LogLevel": {"Default": "Information"}},
            "AzureAd": {
                "Instance": "https://login.microsoftonline.com/",
                "TenantId": &entra.tenant,
                "ClientId": &entra.app_id,
                "ClientSecret": &entra.secret,
            },
        });
        let settlement = [
            self.change(&OWEN, 300, "Start the settlement job", "README.md", sources::readme("settlement", "Settles.")),
            self.change(&OWEN, 39, "Sign in with the new secret", "appsettings.Production.json", pretty(&settings)),
        ];
        let google = self.google();
        let estate = google.estate();
        let accounts =
            estate.projects.iter().flat_map(|project| project.accounts.iter().map(move |one| (project, one)));
        let exporter = accounts.filter(|(_, account)| account.email.starts_with("legacy-export@"));
        let keys = exporter.flat_map(|(project, account)| account.keys.iter().map(move |key| (project, account, key)));
        let (mut warehouse, mut truth, mut secret_values) = (Vec::new(), Vec::new(), vec![entra.secret.clone()]);
        for (project, account, key) in keys {
            let private = private_key(&key.id);
            secret_values.extend(private.split('\n').filter(|line| line.len() == 64).map(String::from));
            let file = json!({
                "type": "service_account",
                "project_id": &project.id,
                "private_key_id": &key.id,
                "private_key": private,
                "client_email": &account.email,
                "client_id": &account.unique_id,
                "token_uri": "https://oauth2.googleapis.com/token",
            });
            warehouse.push(self.change(
                &PRIYA,
                800,
                "Export to the old warehouse",
                "conf/exporter.json",
                pretty(&file),
            ));
            truth.push(Planted {
                rule: LIVE,
                subject: Subject::Node(NodeId::new("gcp", "", "service-account-key", &key.id)),
                story: "The ten-year key stands in a repository and still opens the way to the whole organisation.",
            });
        }
        truth.push(Planted {
            rule: LIVE,
            subject: Subject::Node(NodeId::new("azure", &entra.tenant, "client-secret", &entra.key_id)),
            story: "A live secret of an application whose only owner left.",
        });
        let mut fleet = Vec::new();
        let mut look_alikes = Vec::new();
        for leak in &tenant.storage_leaks {
            fleet.push(self.change(&LUC, leak.days, "Keep the settings here", leak.path, format!("{}\n", leak.line)));
            secret_values.push(leak.secret.clone());
            let subject = Subject::Secret { repository: "fleet-settings", path: leak.path };
            let other = if leak.rule == LIVE { DEAD } else { LIVE };
            look_alikes.push(Planted { rule: other, subject: subject.clone(), story: leak.story });
            truth.push(Planted { rule: leak.rule, subject, story: leak.story });
        }
        let repositories = vec![
            repository("settlement", settlement.into()),
            repository("warehouse-exports", warehouse),
            repository("fleet-settings", fleet),
        ];
        CloudLeaks { repositories, secret_values, truth, look_alikes }
    }

    /// A commit of some days ago that writes one file.
    fn change(&self, author: &Person, days: i64, message: &str, path: &'static str, text: String) -> Commit {
        Commit {
            author: author.name.into(),
            email: author.email(),
            at: self.as_of() - SignedDuration::from_hours(days * 24 + 3),
            message: message.into(),
            changes: [(path, Some(text))].into(),
        }
    }
}

fn repository(name: &'static str, commits: Vec<Commit>) -> Repository {
    Repository { name, remote: format!("https://github.com/tallowmere/{name}.git"), commits }
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// A private key by its looks: the letters between its lines are drawn, and are no key.
fn private_key(label: &str) -> String {
    let seed = label.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let draw = Draw::new(seed);
    // 48 bytes are a line of 64 letters, which is how PEM breaks them.
    let lines: String = (0..25).map(|line| draw.base64(&format!("private-key/{line}"), 48) + "\n").collect();
    ["-----BEGIN", " PRIVATE KEY-----\n", &lines, "-----END", " PRIVATE KEY-----\n"].concat()
}

//! Tallowmere Freight on Google Cloud: the same company as on AWS, drawn from the same seed, with what a right
//! scanner finds there.

use super::estate::{ApiKey, Binding, Folder, GoogleEstate, Pool, Project, ServiceAccount, ServiceAccountKey};
use super::workspace;
use crate::company::World;
use crate::draw::{DIGITS, Draw, HEX};
use crate::truth::{Planted, Subject};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use whose_model::{NodeId, Timestamp};

const DATA: &str = "tallowmere-data";
pub(super) const PLATFORM: &str = "tallowmere-platform";
const WEB: &str = "tallowmere-web";
const TOKEN_CREATOR: &str = "roles/iam.serviceAccountTokenCreator";
const FEDERATED: &str = "roles/iam.workloadIdentityUser";

/// The company's part on Google Cloud, with its truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Google {
    estate: GoogleEstate,
    truth: Vec<Planted>,
    healthy: Vec<Planted>,
    token: String,
}

impl World {
    /// The company's organisation on Google Cloud.
    ///
    /// Its owners are the people of the AWS account, so who left is known where both are scanned.
    pub fn google(&self) -> Google {
        // The account's number holds the seed's whole chance, and is known to both sides.
        let seed = self.account().number.parse().expect("an account's number is twelve digits");
        let mut plan = Plan { draw: Draw::new(seed), as_of: self.as_of(), truth: Vec::new(), healthy: Vec::new() };
        let estate = estate(&mut plan);
        let token = ["ya29", ".", &plan.draw.text("google/token", HEX, 60)].concat();
        Google { estate, truth: plan.truth, healthy: plan.healthy, token }
    }
}

impl Google {
    /// The organisation.
    pub fn estate(&self) -> &GoogleEstate {
        &self.estate
    }

    /// The organisation, to be changed between two scans. The truth stays that of the unchanged one.
    pub fn estate_mut(&mut self) -> &mut GoogleEstate {
        &mut self.estate
    }

    /// Every finding that a right scanner makes under [`crate::RULES`] when it reads the whole organisation, and the
    /// AWS account for the people.
    pub fn truth(&self) -> &[Planted] {
        &self.truth
    }

    /// Look-alikes of which a right scanner says nothing.
    pub fn look_alikes(&self) -> &[Planted] {
        &self.healthy
    }

    /// The bearer token that the server gives and takes.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }
}

/// The draughtsman.
pub(super) struct Plan {
    pub(super) draw: Draw,
    as_of: Timestamp,
    truth: Vec<Planted>,
    healthy: Vec<Planted>,
}

impl Plan {
    fn number(&self, label: &str) -> String {
        format!("{}{}", 1 + self.draw.below(&format!("google/{label}/first"), 9), self.draw.text(label, DIGITS, 11))
    }

    fn ago(&self, label: &str, days: i64) -> Timestamp {
        let jitter = i64::try_from(self.draw.below(&format!("google/jitter/{label}"), 10_800)).unwrap_or_default();
        self.as_of - SignedDuration::from_secs(days * 86_400 + jitter)
    }

    /// Policy Analyzer rounds to seven in the morning of a day in California.
    fn day(&self, days: i64) -> Timestamp {
        let day = self.as_of.as_second().div_euclid(86_400) - days;
        Timestamp::from_second(day * 86_400 + 7 * 3600).unwrap_or(self.as_of)
    }

    fn date(&self, days: i64) -> String {
        (self.as_of + SignedDuration::from_hours(24 * days)).strftime("%Y-%m-%d").to_string()
    }

    /// What keepers write who declare all of it.
    fn declared(&self, owner: &str, purpose: &str, expires_in: i64) -> String {
        format!("{purpose}. Owner: {owner}@tallowmere.example; Purpose: {purpose}; Expires: {}", self.date(expires_in))
    }

    fn account(&self, project: &str, name: &str, description: String, used: Option<i64>) -> ServiceAccount {
        ServiceAccount {
            email: email(project, name),
            unique_id: format!("1{}", self.draw.text(&format!("google/unique/{name}"), DIGITS, 20)),
            display_name: name.replace('-', " "),
            description,
            disabled: false,
            policy: Vec::new(),
            keys: Vec::new(),
            last_used: used.map(|days| self.day(days)),
        }
    }

    /// A key that was made and last used so many days ago, and ends in so many.
    fn key(&self, label: &str, made: i64, used: Option<i64>, ends_in: Option<i64>) -> ServiceAccountKey {
        ServiceAccountKey {
            id: self.draw.text(&format!("google/key/{label}"), HEX, 40),
            created: self.ago(&format!("key/{label}"), made),
            expires: ends_in.map(|days| self.as_of + SignedDuration::from_hours(24 * days)),
            exposed: false,
            last_used: used.map(|days| self.day(days)),
        }
    }

    pub(super) fn fault(&mut self, rule: &'static str, subject: NodeId, story: &'static str) {
        self.truth.push(Planted { rule, subject: Subject::Node(subject), story });
    }

    pub(super) fn healthy(&mut self, rule: &'static str, subject: NodeId, story: &'static str) {
        self.healthy.push(Planted { rule, subject: Subject::Node(subject), story });
    }
}

pub(super) fn email(project: &str, name: &str) -> String {
    format!("{name}@{project}.iam.gserviceaccount.com")
}

fn account_node(account: &ServiceAccount) -> NodeId {
    NodeId::new("gcp", "", "service-account", &account.email)
}

fn key_node(key: &ServiceAccountKey) -> NodeId {
    NodeId::new("gcp", "", "service-account-key", &key.id)
}

fn binding(role: &str, members: &[String]) -> Binding {
    Binding { role: role.into(), members: members.to_vec(), condition: None }
}

fn of_account(account: &ServiceAccount) -> String {
    format!("serviceAccount:{}", account.email)
}

/// A repository's principals in a pool.
fn repository(project: &str, pool: &str, repository: &str) -> String {
    let pool = format!("projects/{project}/locations/global/workloadIdentityPools/{pool}");
    format!("principalSet://iam.googleapis.com/{pool}/attribute.repository/{repository}")
}

fn estate(plan: &mut Plan) -> GoogleEstate {
    let organization = plan.number("organization");
    let production = plan.number("folder/production");
    let (data, platform, web) = (plan.number(DATA), plan.number(PLATFORM), plan.number(WEB));
    let directory = workspace::directory(plan, &web);
    let data_accounts = data_accounts(plan, &data);
    let platform_accounts = platform_accounts(plan, &platform);
    let web_accounts = web_accounts(plan, &web);
    let reader = format!("organizations/{organization}/roles/whoseReader");
    let mut policy = vec![
        binding("roles/resourcemanager.organizationAdmin", &[of_account(&platform_accounts[0])]),
        binding("roles/iam.securityReviewer", &["user:hanna.weiss@tallowmere.example".into()]),
        binding("roles/owner", &["group:platform@tallowmere.example".into()]),
        binding(&reader, &[of_account(&platform_accounts[1])]),
    ];
    let owen = plan.draw.text("google/owen", DIGITS, 20);
    policy.push(binding("roles/browser", &[format!("deleted:user:owen.gallagher@tallowmere.example?uid=1{owen}")]));
    let permissions = ["iam.serviceAccounts.list", "iam.serviceAccounts.getIamPolicy", "resourcemanager.projects.get"];
    let folder = Folder {
        number: production.clone(),
        name: "production".into(),
        policy: vec![binding("roles/viewer", &["group:web@tallowmere.example".into()])],
    };
    let agent = agent(plan, &organization, &data);
    let mut projects = vec![
        project(plan, DATA, data, Some(&production)),
        project(plan, PLATFORM, platform, None),
        project(plan, WEB, web, Some(&production)),
    ];
    projects[0].policy = vec![
        binding("roles/editor", &[of_account(&data_accounts[6])]),
        binding("roles/bigquery.dataViewer", &[agent, of_account(&data_accounts[3])]),
        binding("roles/bigquery.dataEditor", &[of_account(&data_accounts[1])]),
    ];
    projects[1].policy = vec![
        binding(TOKEN_CREATOR, &[of_account(&data_accounts[1])]),
        binding("roles/viewer", &[of_account(&platform_accounts[2])]),
    ];
    projects[2].policy = vec![
        binding("roles/storage.objectAdmin", &web_accounts.iter().map(of_account).collect::<Vec<_>>()),
        binding("roles/iam.serviceAccountUser", &[of_account(&web_accounts[0])]),
    ];
    let pool = |id: &str, condition: Option<&str>| Pool {
        id: id.into(),
        provider: "github".into(),
        condition: condition.map(Into::into),
    };
    projects[1].pools = vec![pool("ci", Some("assertion.repository_owner == 'tallowmere'"))];
    projects[2].pools = vec![pool("preview", None)];
    projects[2].api_keys = api_keys(plan);
    for (project, accounts) in projects.iter_mut().zip([data_accounts, platform_accounts, web_accounts]) {
        project.accounts = accounts;
    }
    GoogleEstate {
        organization,
        policy,
        roles: [(reader, permissions.map(Into::into).into())].into(),
        folders: vec![folder],
        projects,
        directory,
        observed_since: plan.day(730),
        observed_until: plan.day(1),
    }
}

fn project(plan: &Plan, id: &str, number: String, folder: Option<&str>) -> Project {
    Project {
        id: id.into(),
        number,
        folder: folder.map(Into::into),
        created: plan.ago(&format!("project/{id}"), 3_900),
        labels: BTreeMap::from([("cost-center".into(), "4200".into()), ("environment".into(), "production".into())]),
        policy: Vec::new(),
        accounts: Vec::new(),
        pools: Vec::new(),
        api_keys: Vec::new(),
    }
}

/// An agent that Google runs, with an identity of its own, of which nobody wrote down anything.
fn agent(plan: &mut Plan, organization: &str, project: &str) -> String {
    let engine = plan.draw.text("google/agent", DIGITS, 18);
    let path = format!(
        "agents.global.org-{organization}.system.id.goog/resources/aiplatform/projects/{project}/locations/\
         europe-west3/reasoningEngines/{engine}"
    );
    let node = NodeId::new("gcp", "", "agent", &path);
    plan.fault("unowned-identity", node.clone(), "An agent reads the warehouse, and nobody wrote down whose it is.");
    plan.fault("undeclared-lifecycle", node, "An agent has neither a purpose nor an end on record.");
    format!("principal://{path}")
}

fn data_accounts(plan: &mut Plan, number: &str) -> Vec<ServiceAccount> {
    let mut legacy = plan.account(DATA, "legacy-export", "Exports to the warehouse of old".into(), Some(410));
    legacy.keys = vec![plan.key("legacy-export", 3_650, Some(410), None)];
    let (node, key) = (account_node(&legacy), key_node(&legacy.keys[0]));
    plan.fault("unowned-identity", node.clone(), "Its makers left long ago, and nobody took it over.");
    plan.fault("undeclared-lifecycle", node, "It was to last until the new warehouse, and nobody wrote it down.");
    plan.fault("long-lived-credential", key.clone(), "A ten-year key that leads to the organisation's administrator.");
    plan.fault("stale-credential", key, "Unused for more than a year, and it still works.");
    let way =
        "It acts as the pipeline, which acts as every account of the platform, of which one rules the organisation.";
    plan.fault("escalation-path", account_node(&legacy), way);

    let mut pipeline =
        plan.account(DATA, "pipeline", plan.declared("priya.raman", "Loads orders at night", 200), Some(1));
    pipeline.policy = vec![binding(TOKEN_CREATOR, &[of_account(&legacy)])];
    plan.healthy("unowned-identity", account_node(&pipeline), "Its description says whose it is.");
    plan.healthy("admin-equivalent-identity", account_node(&pipeline), "It can become an administrator and is none.");
    plan.fault("escalation-path", account_node(&pipeline), "It acts as every account of the platform.");
    let told = "It acts as a whole project, but that leads to an administrator and is told of as such.";
    plan.healthy("scope-wide-impersonation", account_node(&pipeline), told);

    let mut mailer = plan.account(DATA, "invoice-mailer", plan.declared("ines.okafor", "Sends invoices", 120), Some(1));
    mailer.keys =
        vec![plan.key("invoice-mailer", 30, Some(1), Some(60)), plan.key("invoice-mailer/old", 700, Some(90), None)];
    mailer.keys[1].exposed = true;
    plan.healthy("long-lived-credential", key_node(&mailer.keys[0]), "Young, in use, and it ends.");
    plan.healthy("long-lived-credential", key_node(&mailer.keys[1]), "Google found it in public and switched it off.");
    plan.fault("compromised-credential", key_node(&mailer.keys[1]), "Google found it in public and switched it off.");
    plan.healthy("compromised-credential", key_node(&mailer.keys[0]), "Its successor, which nobody saw.");

    let mut reader = plan.account(DATA, "report-reader", plan.declared("priya.raman", "Reads reports", 90), None);
    reader.keys = vec![plan.key("report-reader", 40, None, Some(300))];
    plan.fault("never-used-credential", key_node(&reader.keys[0]), "Made for a tool that was never set up.");
    plan.fault("overlong-credential-lifetime", key_node(&reader.keys[0]), "It was made for nearly a year.");
    plan.healthy("overlong-credential-lifetime", key_node(&mailer.keys[0]), "It was made for three months.");

    let mut batch = plan.account(DATA, "old-batch", plan.declared("priya.raman", "Batch of old", 60), Some(500));
    batch.disabled = true;
    batch.keys = vec![plan.key("old-batch", 2_000, Some(500), None)];
    plan.healthy("long-lived-credential", key_node(&batch.keys[0]), "Its account is switched off.");
    plan.healthy("stale-credential", key_node(&batch.keys[0]), "Its account is switched off.");
    plan.healthy("stale-identity", account_node(&batch), "It is switched off.");
    plan.fault("credential-on-disabled-identity", key_node(&batch.keys[0]), "It waits for its account to come back.");

    let sync =
        plan.account(DATA, "warehouse-sync", plan.declared("owen.gallagher", "Copies the warehouse", 150), Some(2));
    plan.fault("orphaned-owner", account_node(&sync), "Its one owner left the company.");

    let mut compute = plan.account(DATA, "compute", String::new(), Some(1));
    compute.email = format!("{number}-compute@developer.gserviceaccount.com");
    compute.display_name = "Compute Engine default service account".into();
    let node = account_node(&compute);
    let default = "default-account-with-editor";
    plan.fault(default, node.clone(), "Google made it an editor of the project, as it long did.");
    plan.healthy("admin-equivalent-identity", node.clone(), "It edits the project, and that is said once.");
    plan.fault("unowned-identity", node.clone(), "Nobody answers for what every machine may act as.");
    plan.fault("undeclared-lifecycle", node, "Nobody wrote down what it is for.");
    vec![legacy, pipeline, mailer, reader, batch, sync, compute]
}

fn platform_accounts(plan: &mut Plan, number: &str) -> Vec<ServiceAccount> {
    let purpose = "Keeps folders and policies as code";
    let mut automation =
        plan.account(PLATFORM, "org-automation", plan.declared("tomas.lindqvist", purpose, 300), Some(1));
    automation.policy = vec![binding(FEDERATED, &[repository(number, "ci", "tallowmere/infra")])];
    plan.fault("admin-equivalent-identity", account_node(&automation), "It administers the organisation.");
    plan.fault("mutable-ci-subject", account_node(&automation), "Its repository is known by name alone.");
    plan.fault("sole-owner-of-admin", account_node(&automation), "One person alone answers for it.");
    let story = "Any branch of the repository rules the organisation, reviewed or not.";
    plan.fault("unpinned-admin-trust", account_node(&automation), story);
    plan.healthy("broad-ci-trust", account_node(&automation), "One repository of the own organisation gets in.");
    let purpose = "Reads the estate for the NHI inventory";
    let scanner = plan.account(PLATFORM, "whose-scanner", plan.declared("hanna.weiss", purpose, 300), Some(1));
    plan.healthy("admin-equivalent-identity", account_node(&scanner), "A custom role that only reads.");
    let purpose = "Writes release notes";
    let notes = plan.account(PLATFORM, "release-notes", plan.declared("tomas.lindqvist", purpose, 100), Some(3));
    plan.healthy("admin-equivalent-identity", account_node(&notes), "A viewer.");
    vec![automation, scanner, notes]
}

fn web_accounts(plan: &mut Plan, number: &str) -> Vec<ServiceAccount> {
    let mut publisher =
        plan.account(WEB, "site-publisher", plan.declared("luc.marchetti", "Publishes the site", 250), Some(1));
    let everybody =
        format!("principalSet://iam.googleapis.com/projects/{number}/locations/global/workloadIdentityPools/preview/*");
    publisher.policy = vec![binding(FEDERATED, &[everybody])];
    plan.fault("broad-ci-trust", account_node(&publisher), "Any workflow of anybody on GitHub gets in.");
    let mut preview = plan.account(WEB, "site-preview", plan.declared("luc.marchetti", "Shows drafts", 250), Some(1));
    preview.policy = vec![binding(FEDERATED, &[repository(number, "preview", "tallowmere/web")])];
    plan.healthy("broad-ci-trust", account_node(&preview), "The same open provider, but one repository is named.");
    plan.healthy("trust-in-missing-repository", account_node(&preview), "The repository is there.");
    plan.fault("mutable-ci-subject", account_node(&preview), "Its repository is known by name alone.");
    plan.healthy("unpinned-admin-trust", account_node(&preview), "Any branch gets in, and may write drafts.");
    let mut loyalty =
        plan.account(WEB, "loyalty-sync", plan.declared("luc.marchetti", "Loads points of customers", 250), Some(1));
    loyalty.policy = vec![binding(FEDERATED, &[repository(number, "preview", "tallowmere/loyalty-app")])];
    plan.fault("trust-in-missing-repository", account_node(&loyalty), "The repository was deleted with the app.");
    plan.fault("scope-wide-impersonation", account_node(&publisher), "It may run things as any account of the site.");
    let mut campaign = plan.account(WEB, "campaign", plan.declared("luc.marchetti", "Spring campaign", -40), Some(1));
    campaign.keys = vec![plan.key("campaign", 80, Some(1), Some(30))];
    plan.fault("expired-identity-enabled", account_node(&campaign), "The campaign ended, and its key still works.");
    preview.policy.push(binding(TOKEN_CREATOR, &[of_account(&campaign)]));
    plan.healthy("escalation-path", account_node(&campaign), "It acts as another account, which is small.");
    plan.healthy("scope-wide-impersonation", account_node(&campaign), "It acts as one account alone.");
    let mut pages = plan.account(WEB, "pages", plan.declared("luc.marchetti", "Serves the old pages", 250), Some(1));
    pages.email = format!("{WEB}@appspot.gserviceaccount.com");
    pages.display_name = "App Engine default service account".into();
    let kept = "A default account whose role somebody narrowed.";
    plan.healthy("default-account-with-editor", account_node(&pages), kept);
    vec![publisher, preview, campaign, loyalty, pages]
}

fn api_keys(plan: &mut Plan) -> Vec<ApiKey> {
    let uid = |label: &str| {
        let hex = plan.draw.text(&format!("google/api-key/{label}"), HEX, 32);
        format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    };
    let key = |name: &str, made: i64, limited_to: Option<(&str, &str)>| ApiKey {
        uid: uid(name),
        name: name.into(),
        created: plan.ago(&format!("api-key/{name}"), made),
        limited_to: limited_to.map(|(service, referrer)| (service.into(), referrer.into())),
    };
    let keys = vec![
        key("maps in the browser", 60, Some(("maps-backend.googleapis.com", "https://depots.tallowmere.example/*"))),
        key("geocoder", 500, None),
    ];
    let node = |key: &ApiKey| NodeId::new("gcp", WEB, "api-key", &key.uid);
    plan.healthy("long-lived-credential", node(&keys[0]), "Young, and limited to one service and one site.");
    plan.fault("long-lived-credential", node(&keys[1]), "More than a year old and good for every service.");
    plan.fault("unrestricted-api-key", node(&keys[1]), "Every service takes it, from anybody.");
    plan.healthy("unrestricted-api-key", node(&keys[0]), "One service takes it, from one site.");
    keys
}

//! The repositories and what leaks in them: a live key at HEAD, a live key that was only deleted from the
//! file, dead keys, keys of others, and texts that merely look like keys.

use super::partners::foreign_account;
use super::people::{INES, LUC, OWEN, PRIYA, Person, TOMAS};
use super::plan::Plan;
use super::sources;
use crate::account::Account;
use crate::repository::{Commit, Repository};
use crate::token::{Mint, aws_documentation_key, github_lookalike, github_token, slack_bot_token};
use crate::truth::{Planted, Subject};

/// The repositories, and every secret value in them.
pub(crate) struct Drawn {
    pub(crate) repositories: Vec<Repository>,
    pub(crate) secrets: Vec<String>,
}

/// A leaked access key.
struct Pair {
    id: String,
    secret: String,
}

/// What leaks.
struct Leaks {
    deploy: Pair,
    cdn: Pair,
    backup: Pair,
    customs: Pair,
    partner: Pair,
    github: String,
    slack: String,
}

/// Draws them, and plants what a right scanner finds in them.
pub(crate) fn draw(plan: &mut Plan, account: &Account) -> Drawn {
    let leaks = Leaks::mint(plan, account);
    plant(plan);
    let repositories = vec![payments(plan, &leaks), web(plan, &leaks), infra(plan, &leaks), legacy_batch(plan, &leaks)];
    let pairs = [leaks.deploy, leaks.cdn, leaks.backup, leaks.customs, leaks.partner];
    let mut secrets: Vec<String> = pairs.into_iter().map(|pair| pair.secret).collect();
    secrets.extend([leaks.github, leaks.slack]);
    Drawn { repositories, secrets }
}

impl Leaks {
    fn mint(plan: &Plan, account: &Account) -> Self {
        let mint = plan.mint();
        let of_user = |name: &str, index: usize| {
            let id = account.user(name).and_then(|user| user.keys.get(index)).map(|key| key.id.clone());
            Pair { id: id.unwrap_or_default(), secret: mint.secret_half(&format!("{name}/{index}")) }
        };
        let partner = foreign_account(plan, "partner/manifests");
        let partner = Mint { draw: plan.draw, account: &partner };
        Self {
            deploy: of_user("svc-payments-deploy", 0),
            cdn: of_user("svc-web-cdn", 0),
            backup: Pair { id: mint.key_id("deleted/backup"), secret: mint.secret_half("deleted/backup") },
            customs: of_user("svc-customs-feed", 1),
            partner: Pair { id: partner.key_id("partner"), secret: partner.secret_half("partner") },
            github: github_token(plan.draw, "mirror"),
            slack: slack_bot_token(plan.draw, "alerts"),
        }
    }
}

fn plant(plan: &mut Plan) {
    let mut faults = |rule, repository, path, story| {
        plan.faults.push(Planted { rule, subject: Subject::Secret { repository, path }, story });
    };
    let dead = "leaked-dead-credential";
    faults(dead, "infra", "terraform/backup.tfvars", "A key of this account that was deleted since.");
    faults(dead, "legacy-batch", "conf/batch.env", "A key of this account that is switched off.");
    faults(
        "leaked-foreign-credential",
        "legacy-batch",
        "etc/partner_sync.py",
        "A partner's key: its id names an account that is not scanned.",
    );
    let nameless = "What it opens, its form does not tell.";
    faults("leaked-foreign-credential", "infra", "scripts/mirror.sh", nameless);
    faults("leaked-foreign-credential", "payments", "config/alerts.yml", nameless);
    faults("shared-secret", "payments", "config/alerts.yml", "One Slack token in two repositories.");
    let mut healthy = |rule, repository, path, story| {
        plan.healthy.push(Planted { rule, subject: Subject::Secret { repository, path }, story });
    };
    let documentation = "The example key of AWS's documentation.";
    healthy("leaked-foreign-credential", "web", "docs/aws-setup.md", documentation);
    healthy("leaked-dead-credential", "web", "docs/aws-setup.md", documentation);
    healthy("leaked-foreign-credential", "infra", "scripts/release_notes.py", "A placeholder whose checksum fails.");
    healthy("shared-secret", "payments", "deploy.sh", "One key in two commits of one repository.");
    healthy("shared-secret", "infra", "docs/keys.md", "The id of a key, without its secret half.");
    healthy("leaked-dead-credential", "payments", "deploy.sh", "The key is enabled.");
}

/// A history under construction.
struct History<'a> {
    plan: &'a Plan,
    name: &'static str,
    commits: Vec<Commit>,
}

impl<'a> History<'a> {
    fn new(plan: &'a Plan, name: &'static str) -> Self {
        Self { plan, name, commits: Vec::new() }
    }

    /// One more commit, made so many days ago.
    fn commit(mut self, author: &Person, days: i64, message: &str, changes: &[(&'static str, Option<String>)]) -> Self {
        self.commits.push(Commit {
            author: author.name.into(),
            email: author.email(),
            at: self.plan.ago(&format!("commit/{}/{message}", self.name), days),
            message: message.into(),
            changes: changes.iter().cloned().collect(),
        });
        self
    }

    fn finish(self) -> Repository {
        Repository {
            name: self.name,
            remote: format!("https://github.com/tallowmere/{}.git", self.name),
            commits: self.commits,
        }
    }
}

fn payments(plan: &Plan, leaks: &Leaks) -> Repository {
    let key = Some((leaks.deploy.id.as_str(), leaks.deploy.secret.as_str()));
    let mut tagged = sources::deploy_script(key);
    tagged.push_str("aws ecs wait services-stable --cluster production --services payments-api\n");
    History::new(plan, "payments")
        .commit(
            &INES,
            300,
            "Start the payments API",
            &[
                ("README.md", Some(sources::readme("payments", "Settles shipments with carriers."))),
                ("src/settlement.py", Some(sources::SETTLEMENT.into())),
            ],
        )
        .commit(
            &OWEN,
            180,
            "Send alerts to the on-call channel",
            &[("config/alerts.yml", Some(sources::alerts(&leaks.slack)))],
        )
        .commit(&INES, 120, "Add the deployment script", &[("deploy.sh", Some(sources::deploy_script(None)))])
        .commit(&INES, 36, "Deploy from the new runner", &[("deploy.sh", Some(sources::deploy_script(key)))])
        .commit(&INES, 12, "Wait until the service is stable", &[("deploy.sh", Some(tagged))])
        .finish()
}

fn web(plan: &Plan, leaks: &Leaks) -> Repository {
    History::new(plan, "web")
        .commit(
            &LUC,
            260,
            "Start the web shop",
            &[
                ("README.md", Some(sources::readme("web", "The shop and the tracking pages."))),
                ("src/tracking.js", Some(sources::TRACKING_PAGE.into())),
            ],
        )
        .commit(
            &LUC,
            90,
            "Explain how to sign in",
            &[("docs/aws-setup.md", Some(sources::setup_guide(&aws_documentation_key())))],
        )
        .commit(
            &LUC,
            58,
            "Invalidate the CDN after a release",
            &[("config/cdn.env", Some(sources::cdn_environment(&leaks.cdn.id, &leaks.cdn.secret)))],
        )
        .commit(&LUC, 30, "Remove credentials from the repository", &[("config/cdn.env", None)])
        .commit(
            &LUC,
            21,
            "Release with a role",
            &[(".github/workflows/release.yml", Some(sources::WEB_PIPELINE.into()))],
        )
        .finish()
}

fn infra(plan: &Plan, leaks: &Leaks) -> Repository {
    History::new(plan, "infra")
        .commit(
            &TOMAS,
            400,
            "Start the infrastructure code",
            &[
                ("README.md", Some(sources::readme("infra", "Terraform and scripts of the platform team."))),
                ("terraform/backup.tf", Some(sources::BACKUP_STACK.into())),
            ],
        )
        .commit(
            &TOMAS,
            210,
            "Back up the vault daily",
            &[("terraform/backup.tfvars", Some(sources::backup_variables(&leaks.backup.id, &leaks.backup.secret)))],
        )
        .commit(
            &TOMAS,
            175,
            "Route alerts of the cluster",
            &[("alerting/values.yaml", Some(sources::alerting_values(&leaks.slack)))],
        )
        .commit(
            &TOMAS,
            70,
            "Mirror repositories",
            &[("scripts/mirror.sh", Some(sources::mirror_script(&leaks.github)))],
        )
        .commit(&TOMAS, 33, "List the keys to rotate", &[("docs/keys.md", Some(sources::key_list(&leaks.deploy.id)))])
        .commit(
            &TOMAS,
            24,
            "Collect release notes",
            &[("scripts/release_notes.py", Some(sources::release_notes(&github_lookalike(plan.draw, "notes"))))],
        )
        .finish()
}

fn legacy_batch(plan: &Plan, leaks: &Leaks) -> Repository {
    History::new(plan, "legacy-batch")
        .commit(
            &PRIYA,
            900,
            "Import from Subversion",
            &[
                ("README", Some(sources::readme("legacy-batch", "Nightly jobs. To be retired."))),
                ("bin/nightly", Some(sources::NIGHTLY.into())),
            ],
        )
        .commit(
            &OWEN,
            515,
            "Send customs declarations",
            &[("conf/batch.env", Some(sources::batch_environment(&leaks.customs.id, &leaks.customs.secret)))],
        )
        .commit(
            &OWEN,
            330,
            "Fetch the partner's manifests",
            &[("etc/partner_sync.py", Some(sources::partner_sync(&leaks.partner.id, &leaks.partner.secret)))],
        )
        .finish()
}

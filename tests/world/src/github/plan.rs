//! What is planted on GitHub: deploy keys, apps and tokens, each at fault or beside one that only looks so. People
//! and repositories are those of the AWS account and of the clones.

use super::organization::{
    GithubAuthorization, GithubDeployKey, GithubInstallation, GithubOrganization, GithubRepository, GithubToken,
    GithubUser, GithubWebhook,
};
use crate::company::{World, people};
use crate::draw::{BASE62, Draw};
use crate::truth::{Planted, Subject};
use data_encoding::BASE64;
use jiff::SignedDuration;
use people::{HANNA, INES, LUC, OWEN, PEOPLE, PRIYA, Person, SVEN, TOMAS};
use whose_model::{NodeId, Timestamp};

/// The organisation's login, which is that of the repositories' remotes.
const LOGIN: &str = "tallowmere";

/// A fault or a look-alike of one thing: the rule, whether it is at fault, and the story.
type Case = (&'static str, bool, &'static str);

/// A deploy key: repository, title, who added it, whether it may write and works, and how many days ago it was made
/// and last used.
struct Key {
    repository: &'static str,
    title: &'static str,
    by: Person,
    writes: bool,
    works: bool,
    made: i64,
    used: Option<i64>,
    cases: &'static [Case],
    /// Of whoever holds the key.
    holder: &'static [Case],
}

const fn key(repository: &'static str, title: &'static str, by: Person, made: i64, used: Option<i64>) -> Key {
    Key { repository, title, by, writes: false, works: true, made, used, cases: &[], holder: &[] }
}

const KEYS: &[Key] = &[
    Key {
        writes: true,
        cases: &[
            ("long-lived-credential", false, "Made two months ago, for a pipeline that cannot do without."),
            ("credential-of-leaver", false, "Who added it is still there."),
        ],
        holder: &[("orphaned-owner", false, "Who added it is still there.")],
        ..key("payments", "release-tagger", INES, 60, Some(1))
    },
    Key {
        writes: true,
        cases: &[
            ("stale-credential", true, "The key of a build server that was switched off seven months ago."),
            ("long-lived-credential", true, "Made years ago, and may still write."),
        ],
        ..key("infra", "old-jenkins", SVEN, 900, Some(210))
    },
    Key {
        cases: &[
            ("long-lived-credential", true, "Nobody who knows it is left to replace it."),
            ("credential-of-leaver", true, "Who added it took its private half along, or could have."),
        ],
        holder: &[("orphaned-owner", true, "Who added it has left the organisation; the key still opens.")],
        ..key("legacy-batch", "warehouse-mirror", OWEN, 300, Some(2))
    },
    Key {
        cases: &[("never-used-credential", true, "Made for a status page that was never put up.")],
        ..key("web", "status-page", LUC, 40, None)
    },
    Key {
        cases: &[("never-used-credential", false, "Made five days ago: its first build is tomorrow.")],
        ..key("web", "preview-builds", LUC, 5, None)
    },
    Key {
        cases: &[("stale-credential", false, "A quarterly audit: eighty days are not long.")],
        ..key("payments", "audit-mirror", HANNA, 85, Some(80))
    },
    Key {
        works: false,
        cases: &[
            ("stale-credential", false, "Switched off, so it opens nothing."),
            ("long-lived-credential", false, "Old, and switched off."),
        ],
        ..key("infra", "customs-export", TOMAS, 800, Some(400))
    },
];

/// An app: slug, all repositories or selected ones, permissions, whether it is suspended, and the case of it.
struct App {
    slug: &'static str,
    everywhere: bool,
    permissions: &'static str,
    suspended: bool,
    cases: &'static [Case],
}

const APPS: &[App] = &[
    App {
        slug: "tallowmere-org-steward",
        everywhere: true,
        permissions: "administration:write members:write metadata:read",
        suspended: false,
        cases: &[
            ("admin-equivalent-identity", true, "It can take in members and open every repository."),
            ("app-writes-everywhere", false, "It rules the organisation, and is told of as an administrator."),
        ],
    },
    App {
        slug: "repo-settings-sync",
        everywhere: false,
        permissions: "administration:write metadata:read",
        suspended: false,
        cases: &[
            ("admin-equivalent-identity", false, "It administers two repositories and not the organisation."),
            ("app-writes-everywhere", false, "It writes to two repositories."),
        ],
    },
    App {
        slug: "dependency-updates",
        everywhere: true,
        permissions: "contents:write metadata:read pull_requests:write workflows:write",
        suspended: false,
        cases: &[
            ("admin-equivalent-identity", false, "It writes all code, and rules nothing."),
            ("app-writes-everywhere", true, "It writes code and workflows in every repository."),
        ],
    },
    App {
        slug: "chat-notices",
        everywhere: true,
        permissions: "issues:read metadata:read",
        suspended: false,
        cases: &[("app-writes-everywhere", false, "It sees every repository, and only reads.")],
    },
    App {
        slug: "old-code-review",
        everywhere: true,
        permissions: "contents:read metadata:read",
        suspended: true,
        cases: &[],
    },
];

/// A fine-grained token: name, owner, how many days ago it was let in and last used, in how many days it ends.
struct Token {
    name: &'static str,
    owner: Person,
    granted: i64,
    used: Option<i64>,
    ends: Option<i64>,
    cases: &'static [Case],
}

const TOKENS: &[Token] = &[
    Token {
        name: "pipeline dashboards",
        owner: INES,
        granted: 30,
        used: Some(1),
        ends: Some(60),
        cases: &[("long-lived-credential", false, "It ends after three months.")],
    },
    Token {
        name: "infra bootstrap",
        owner: TOMAS,
        granted: 70,
        used: Some(0),
        ends: None,
        cases: &[("long-lived-credential", true, "It never ends.")],
    },
    Token {
        name: "yearly inventory",
        owner: HANNA,
        granted: 20,
        used: Some(2),
        ends: Some(340),
        cases: &[("overlong-credential-lifetime", false, "A year, which is what a token of a person may have.")],
    },
    Token {
        name: "carrier feed",
        owner: LUC,
        granted: 15,
        used: Some(1),
        ends: Some(700),
        cases: &[("overlong-credential-lifetime", true, "Made to last for two years.")],
    },
    Token {
        name: "notebook export",
        owner: PRIYA,
        granted: 400,
        used: Some(200),
        ends: None,
        cases: &[
            ("long-lived-credential", true, "Let in over a year ago, without an end."),
            ("stale-credential", true, "Half a year without use."),
        ],
    },
    Token {
        name: "shop migration",
        owner: LUC,
        granted: 160,
        used: Some(120),
        ends: Some(-70),
        cases: &[("stale-credential", false, "It ended by itself.")],
    },
];

/// The policy under which only people who are new to GitHub need approval.
const OPEN_TO_FORKS: &str = "first_time_contributors_new_to_github";
const FORKS: Case = (
    "fork-workflow-without-approval",
    true,
    "Anybody whose account is not quite new starts the shop's pipelines with a pull request.",
);

/// What is planted so far.
struct Draft {
    draw: Draw,
    as_of: Timestamp,
    truth: Vec<Planted>,
    healthy: Vec<Planted>,
}

impl World {
    /// The company's organisation on GitHub. One world has one organisation.
    pub fn github(&self) -> GithubOrganization {
        let draw = draw_of(&self.account().number);
        let mut draft = Draft { draw, as_of: self.as_of(), truth: Vec::new(), healthy: Vec::new() };
        let repositories = self.repositories().iter().map(|repository| draft.repository(repository.name)).collect();
        let installations = APPS.iter().map(|app| draft.installation(app)).collect();
        let tokens = TOKENS.iter().map(|token| draft.token(token)).collect();
        let authorizations = Some(draft.authorizations());
        let (secrets, webhooks) = (draft.secrets(), vec![draft.webhook("audit", true), draft.webhook("chat", false)]);
        draft.settings();
        let members = PEOPLE.iter().filter(|person| **person != OWEN).map(login);
        GithubOrganization {
            login: LOGIN.into(),
            id: draft.number(LOGIN),
            created: draft.ago(2_100),
            members: members.chain([format!("{LOGIN}-ci")]).map(|login| draft.user(login)).collect(),
            outside_collaborators: vec![draft.user("harbour-labels-dev".into())],
            repositories,
            git: "https://github.com".into(),
            installations,
            tokens,
            authorizations,
            secrets,
            webhooks,
            default_workflow_permissions: "write".into(),
            truth: draft.truth,
            look_alikes: draft.healthy,
        }
    }
}

/// The draw of the organisation that belongs to an account. The account's number is itself drawn from the seed.
fn draw_of(account: &str) -> Draw {
    Draw::new(account.parse().unwrap_or_default())
}

/// The id of a thing. GitHub's are numbers that rise with time; these only need to differ.
fn number(draw: &Draw, label: &str) -> u64 {
    10_000_000 + draw.below(&format!("github/id/{label}"), 900_000_000)
}

/// The id of the organisation that belongs to an account.
pub(crate) fn owner_id(account: &str) -> u64 {
    number(&draw_of(account), LOGIN)
}

/// What the immutable subjects of a repository's pipelines begin with.
pub(crate) fn immutable_subject(account: &str, repository: &str) -> String {
    let id = number(&draw_of(account), &format!("repository/{repository}"));
    format!("repo:{LOGIN}@{}/{repository}@{id}", owner_id(account))
}

/// A person's login: GitHub takes no dots.
fn login(person: &Person) -> String {
    person.login.replace('.', "-")
}

impl Draft {
    fn ago(&self, days: i64) -> Timestamp {
        self.as_of - SignedDuration::from_hours(days * 24 + 1)
    }

    fn number(&self, label: &str) -> u64 {
        number(&self.draw, label)
    }

    fn user(&self, login: String) -> GithubUser {
        GithubUser { id: self.number(&format!("user/{login}")), login }
    }

    fn plant(&mut self, kind: &str, id: u64, cases: &[Case]) {
        self.plant_on(&NodeId::new("github", "github.com", kind, &id.to_string()), cases);
    }

    fn plant_on(&mut self, node: &NodeId, cases: &[Case]) {
        for (rule, fault, story) in cases {
            let subject = Subject::Node(node.clone());
            let planted = Planted { rule, subject, story };
            if *fault { self.truth.push(planted) } else { self.healthy.push(planted) }
        }
    }

    fn repository(&mut self, name: &'static str) -> GithubRepository {
        let node = NodeId::new("git", "", "repository", &format!("github.com/{LOGIN}/{name}"));
        match name {
            "web" => self.plant_on(&node, &[FORKS, ("pipeline-writes-by-default", false, "Its own setting reads.")]),
            "infra" => self.plant_on(&node, &[("pipeline-writes-by-default", false, "As the organisation says.")]),
            "payments" => self.plant_on(&node, &[("fork-workflow-without-approval", false, "Nobody else sees it.")]),
            _ => {}
        }
        let keys = KEYS.iter().filter(|key| key.repository == name);
        GithubRepository {
            name: name.into(),
            id: self.number(&format!("repository/{name}")),
            created: self.ago(1_300),
            archived: name == "legacy-batch",
            fork: false,
            size: 120,
            clone_url: None,
            public: name == "web",
            workflows_write: name == "infra",
            fork_approval: if name == "web" { OPEN_TO_FORKS } else { "first_time_contributors" },
            deploy_keys: keys.map(|key| self.deploy_key(key)).collect(),
        }
    }

    fn deploy_key(&mut self, key: &Key) -> GithubDeployKey {
        let id = self.number(&format!("key/{}", key.title));
        self.plant("deploy-key", id, key.cases);
        self.plant("deploy-key-access", id, key.holder);
        GithubDeployKey {
            id,
            title: key.title.into(),
            key: self.public_key(key.title),
            created: self.ago(key.made),
            read_only: !key.writes,
            added_by: Some(login(&key.by)),
            last_used: key.used.map(|days| self.ago(days)),
            enabled: key.works,
        }
    }

    /// The public half of an Ed25519 key in the form of OpenSSH: two texts, each behind its length.
    fn public_key(&self, label: &str) -> String {
        let point: [u8; 32] = self.draw.bytes(&format!("github/public-key/{label}"));
        let mut blob = Vec::new();
        for part in [b"ssh-ed25519".as_slice(), &point] {
            blob.extend_from_slice(&u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
            blob.extend_from_slice(part);
        }
        format!("ssh-ed25519 {}", BASE64.encode(&blob))
    }

    fn installation(&mut self, app: &App) -> GithubInstallation {
        let id = self.number(&format!("installation/{}", app.slug));
        self.plant("app-installation", id, app.cases);
        GithubInstallation {
            id,
            app_id: self.number(&format!("app/{}", app.slug)),
            app_slug: app.slug.into(),
            repository_selection: if app.everywhere { "all" } else { "selected" }.into(),
            permissions: permissions(app.permissions),
            created: self.ago(420),
            suspended: app.suspended.then(|| self.ago(75)),
        }
    }

    fn token(&mut self, token: &Token) -> GithubToken {
        let token_id = self.number(&format!("token/{}", token.name));
        self.plant("personal-access-token", token_id, token.cases);
        GithubToken {
            id: self.number(&format!("grant/{}", token.name)),
            token_id,
            name: token.name.into(),
            owner: login(&token.owner),
            repository_selection: "subset".into(),
            permissions: permissions("contents:read metadata:read"),
            granted: self.ago(token.granted),
            expires: token.ends.map(|days| self.ago(-days)),
            expired: token.ends.is_some_and(|days| days < 0),
            last_used: token.used.map(|days| self.ago(days)),
        }
    }

    fn authorizations(&mut self) -> Vec<GithubAuthorization> {
        let one = |draft: &Self, person: &Person, kind: &str, title: &str, accessed| GithubAuthorization {
            id: draft.number(&format!("authorization/{title}")),
            login: login(person),
            kind: kind.into(),
            title: title.into(),
            last_eight: (kind != "SSH key").then(|| draft.draw.text(&format!("github/last/{title}"), BASE62, 8)),
            authorized: draft.ago(500),
            accessed: Some(draft.ago(accessed)),
        };
        let laptop = one(self, &SVEN, "SSH key", "old laptop", 300);
        let scripts = one(self, &HANNA, "personal access token", "audit scripts", 3);
        let left = one(self, &OWEN, "personal access token", "warehouse scripts", 140);
        let stale = "stale-credential";
        self.plant("credential-authorization", laptop.id, &[(stale, true, "The key of a laptop that was returned.")]);
        self.plant("credential-authorization", scripts.id, &[(stale, false, "Used each week.")]);
        let story = "A leaver's token: its holder is gone from the organisation, and with him what it opened there.";
        self.plant("credential-authorization", left.id, &[(stale, false, story)]);
        vec![laptop, scripts, left]
    }

    /// The names of the secrets of workflows. The static key stands beside roles that need none.
    fn secrets(&mut self) -> Vec<(String, String, Timestamp)> {
        let rule = "static-key-beside-federation";
        let mut drawn = Vec::new();
        for (name, shared, days, case) in [
            ("DEPLOY_WEBHOOK", "all", 500, None),
            ("NPM_PUBLISH", "selected", 90, None),
            ("AWS_ACCESS_KEY_ID", "selected", 700, Some((rule, false, "The id of a key opens nothing."))),
            ("AWS_SECRET_ACCESS_KEY", "selected", 700, Some((rule, true, "The roles for GitHub need no key."))),
        ] {
            let node = NodeId::new("github", "github.com", "actions-secret", &format!("{LOGIN}/{name}"));
            self.plant_on(&node, case.as_slice());
            drawn.push((name.into(), shared.into(), self.ago(days)));
        }
        drawn
    }

    fn settings(&mut self) {
        let node = NodeId::new("github", "github.com", "organization", LOGIN);
        let story = "Every workflow may write, and approve what another wrote.";
        self.plant_on(&node, &[("pipeline-writes-by-default", true, story)]);
    }

    fn webhook(&mut self, name: &str, signed: bool) -> GithubWebhook {
        let path = self.draw.text(&format!("github/hook/{name}"), BASE62, 24);
        let id = self.number(&format!("hook/{name}"));
        let story =
            if signed { "What it sends is signed." } else { "Anybody can send the chat what looks like an event." };
        self.plant("webhook", id, &[("unsigned-webhook", !signed, story)]);
        GithubWebhook {
            id,
            url: format!("https://{name}.tallowmere.example/hooks/{path}"),
            signed,
            created: self.ago(610),
        }
    }
}

/// `name:access` by `name:access`.
fn permissions(text: &str) -> std::collections::BTreeMap<String, String> {
    let pairs = text.split(' ').filter_map(|pair| pair.split_once(':'));
    pairs.map(|(name, access)| (name.to_owned(), access.to_owned())).collect()
}

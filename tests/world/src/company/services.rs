//! The service users: what runs with an access key. Each row of the table is one user; a row with faults
//! breaks the rules that it names and no other.

use super::people::{HANNA, INES, LUC, OWEN, PRIYA, Person, TOMAS};
use super::plan::{Plan, allow, attached, aws_policy, key_node, own_policy};
use super::policies::QUARANTINE_DRILL;
use crate::account::{Grants, Password, Tags, Uploaded, User};
use On::{First, Second, User as TheUser};
use whose_model::NodeId;

/// What of a user a fault or look-alike is about.
#[derive(Clone, Copy)]
enum On {
    /// The user itself.
    User,
    /// Its first key.
    First,
    /// Its second key.
    Second,
}

/// A key: whether it works, how many days ago it was made, and last used.
type Key = (bool, i64, Option<i64>);

/// A fault or a look-alike: the rule, what it is about, and the story.
type Case = (&'static str, On, &'static str);

struct Service {
    name: &'static str,
    owner: Person,
    purpose: &'static str,
    /// The day after `as_of` (before it, when negative) on which it should end.
    expires: i64,
    /// What its inline policy allows: actions and resource.
    allows: (&'static str, &'static str),
    keys: &'static [Key],
    faults: &'static [Case],
    healthy: &'static [Case],
}

const SERVICES: &[Service] = &[
    Service {
        name: "svc-payments-deploy",
        owner: INES,
        purpose: "Rolls out the payments API",
        expires: 190,
        allows: ("ecs:UpdateService ecs:RegisterTaskDefinition ecs:DescribeServices", "*"),
        keys: &[(true, 38, Some(0))],
        faults: &[
            ("leaked-live-credential", First, "The key that deploys payments stands in deploy.sh for all to read."),
            ("escalation-path", TheUser, "It may become the production deployer, which may do everything."),
        ],
        healthy: &[],
    },
    Service {
        name: "svc-web-cdn",
        owner: LUC,
        purpose: "Invalidates the CDN after a release of the web shop",
        expires: 220,
        allows: ("cloudfront:CreateInvalidation s3:PutObject", "*"),
        keys: &[(true, 61, Some(1))],
        faults: &[("leaked-live-credential", First, "Deleted from the file a month ago, and still enabled.")],
        healthy: &[],
    },
    Service {
        name: "svc-warehouse-sync",
        owner: OWEN,
        purpose: "Copies stock levels into the warehouse",
        expires: 150,
        allows: ("s3:GetObject s3:ListBucket", "arn:aws:s3:::tallowmere-stock*"),
        keys: &[(true, 50, Some(0))],
        faults: &[("orphaned-owner", TheUser, "Its only owner left the company four months ago.")],
        healthy: &[],
    },
    Service {
        name: "svc-stock-report",
        owner: PRIYA,
        purpose: "Mails the weekly stock report",
        expires: 150,
        allows: ("s3:GetObject", "arn:aws:s3:::tallowmere-stock/*"),
        keys: &[(true, 49, Some(2))],
        faults: &[],
        healthy: &[("orphaned-owner", TheUser, "Of its two owners one left; the other is there.")],
    },
    Service {
        name: "svc-invoice-mailer",
        owner: INES,
        purpose: "Mails invoices through SES",
        expires: 300,
        allows: ("ses:SendEmail ses:SendRawEmail", "*"),
        keys: &[(true, 412, Some(0))],
        faults: &[("long-lived-credential", First, "In use each day, and never rotated in over a year.")],
        healthy: &[("stale-credential", First, "Old, but used today.")],
    },
    Service {
        name: "svc-geo-lookup",
        owner: LUC,
        purpose: "Looks up depots near an address",
        expires: 90,
        allows: ("geo:SearchPlaceIndexForText", "*"),
        keys: &[(true, 84, Some(63))],
        faults: &[("stale-credential", First, "Two months without use, and still enabled.")],
        healthy: &[("long-lived-credential", First, "Made 84 days ago: within the limit of 90.")],
    },
    Service {
        name: "svc-rate-card",
        owner: PRIYA,
        purpose: "Loads the monthly rate card",
        expires: 130,
        allows: ("s3:GetObject", "arn:aws:s3:::tallowmere-rates/*"),
        keys: &[(true, 72, Some(31))],
        faults: &[],
        healthy: &[("stale-credential", First, "A monthly job: last month is not long ago.")],
    },
    Service {
        name: "svc-tariff-update",
        owner: PRIYA,
        purpose: "Loads customs tariffs each quarter",
        expires: 420,
        allows: ("s3:GetObject", "arn:aws:s3:::tallowmere-tariffs/*"),
        keys: &[(true, 86, Some(79))],
        faults: &[],
        healthy: &[("stale-credential", First, "A quarterly job, and tagged as one.")],
    },
    Service {
        name: "svc-label-printer",
        owner: TOMAS,
        purpose: "Prints parcel labels at the depots",
        expires: 200,
        allows: ("sqs:ReceiveMessage sqs:DeleteMessage", "arn:aws:sqs:eu-central-1:*:labels"),
        keys: &[(true, 33, None)],
        faults: &[("never-used-credential", First, "Made a month ago for a roll-out that did not happen.")],
        healthy: &[("stale-credential", First, "Never used is another fault than no longer used.")],
    },
    Service {
        name: "svc-track-webhooks",
        owner: LUC,
        purpose: "Delivers tracking webhooks to customers",
        expires: 365,
        allows: ("sns:Publish", "arn:aws:sns:eu-central-1:*:tracking"),
        keys: &[(true, 3, None)],
        faults: &[],
        healthy: &[("never-used-credential", First, "Made three days ago: its release is next week.")],
    },
    Service {
        name: "svc-shipment-api",
        owner: TOMAS,
        purpose: "Serves shipment data to partners",
        expires: 240,
        allows: ("dynamodb:Query dynamodb:GetItem", "arn:aws:dynamodb:eu-central-1:*:table/shipments"),
        keys: &[(true, 77, Some(20)), (true, 25, Some(0))],
        faults: &[("two-active-keys", TheUser, "The rotation three weeks ago was never finished.")],
        healthy: &[],
    },
    Service {
        name: "svc-customs-feed",
        owner: PRIYA,
        purpose: "Sends customs declarations",
        expires: 110,
        allows: ("sqs:SendMessage", "arn:aws:sqs:eu-central-1:*:customs"),
        keys: &[(true, 44, Some(0)), (false, 520, Some(60))],
        faults: &[],
        healthy: &[
            ("two-active-keys", TheUser, "Two keys, of which one is switched off."),
            ("long-lived-credential", Second, "Old, but switched off."),
            ("stale-credential", Second, "Unused, but switched off."),
            ("leaked-live-credential", Second, "Leaked, but switched off."),
        ],
    },
    Service {
        name: "svc-ftp-relay",
        owner: TOMAS,
        purpose: "Takes files of carriers that still use FTP",
        expires: 80,
        allows: ("s3:PutObject", "arn:aws:s3:::tallowmere-carriers/*"),
        keys: &[(true, 29, Some(0))],
        faults: &[("console-password-on-nhi", TheUser, "Somebody gave the relay a password to look at its bucket.")],
        healthy: &[],
    },
    Service {
        name: "svc-carrier-migration",
        owner: TOMAS,
        purpose: "Moves carrier contracts out of the old system",
        expires: -47,
        allows: ("s3:GetObject", "arn:aws:s3:::tallowmere-contracts/*"),
        keys: &[(true, 66, Some(2))],
        faults: &[("expired-identity-enabled", TheUser, "The migration ended; its key is still used.")],
        healthy: &[],
    },
    Service {
        name: "svc-peak-season",
        owner: LUC,
        purpose: "Adds web capacity during peak season",
        expires: 12,
        allows: ("autoscaling:SetDesiredCapacity", "*"),
        keys: &[(true, 55, Some(0))],
        faults: &[],
        healthy: &[
            ("expired-identity-enabled", TheUser, "Ends in twelve days."),
            ("compromised-credential", TheUser, "Holds the company's own policy for drills, which borrows the name."),
        ],
    },
    Service {
        name: "svc-parcel-labels",
        owner: INES,
        purpose: "Prints labels in the depots",
        expires: 140,
        allows: ("s3:PutObject", "arn:aws:s3:::tallowmere-labels/*"),
        keys: &[(true, 33, Some(0))],
        faults: &[("compromised-credential", TheUser, "AWS saw its key in public, and put its quarantine on it.")],
        healthy: &[],
    },
    Service {
        name: "svc-terraform",
        owner: TOMAS,
        purpose: "Applies the infrastructure code",
        expires: 160,
        allows: ("sts:GetCallerIdentity", "*"),
        keys: &[(true, 17, Some(0))],
        faults: &[("admin-equivalent-identity", TheUser, "Its group holds AdministratorAccess.")],
        healthy: &[("escalation-path", TheUser, "It is an administrator, and needs no way to one.")],
    },
    Service {
        name: "svc-backup",
        owner: HANNA,
        purpose: "Copies snapshots to the vault",
        expires: 260,
        allows: ("s3:* backup:*", "*"),
        keys: &[(true, 68, Some(0))],
        faults: &[],
        healthy: &[
            ("admin-equivalent-identity", TheUser, "All of one service, but no way to more."),
            ("unowned-identity", TheUser, "Owner and team are there, under other tag names."),
        ],
    },
];

/// The service users of the table, and those that no row can describe.
pub(crate) fn users(plan: &mut Plan) -> Vec<User> {
    let mut users: Vec<User> = SERVICES.iter().map(|service| service.draw(plan)).collect();
    for user in &mut users {
        match user.name.as_str() {
            "svc-tariff-update" => drop(user.tags.insert("cadence".into(), "quarterly".into())),
            "svc-stock-report" => {
                user.tags.insert("Owner".into(), format!("{} {}", OWEN.email(), PRIYA.email()));
            }
            "svc-warehouse-sync" => drop(user.tags.remove("Team")),
            "svc-terraform" => user.groups.push("automation-admins".into()),
            "svc-parcel-labels" => user.grants.attached.push(aws_policy("AWSCompromisedKeyQuarantineV3")),
            "svc-peak-season" => user.grants.attached.push(own_policy(&plan.number, QUARANTINE_DRILL)),
            "svc-ftp-relay" => {
                user.password = Some(Password {
                    changed: plan.ago("password/svc-ftp-relay", 28),
                    last_used: Some(plan.ago("sign-in/svc-ftp-relay", 9)),
                });
            }
            "svc-backup" => {
                user.tags.remove("Owner");
                user.tags.remove("Team");
                user.tags.insert("technical-owner".into(), HANNA.email());
                user.certificates.push(Uploaded {
                    id: plan.mint().unique_id("", "certificate/svc-backup"),
                    active: true,
                    at: plan.ago("certificate/svc-backup", 52),
                });
            }
            _ => {}
        }
    }
    users.push(untagged_export(plan));
    users
}

impl Service {
    fn draw(&self, plan: &mut Plan) -> User {
        let service = self.allows.0.split(':').next().unwrap_or_default();
        let labels = [self.name.to_string(), format!("{}/2", self.name)];
        let keys = self
            .keys
            .iter()
            .zip(&labels)
            .map(|((active, made, used), label)| plan.key(label, *active, *made, *used, service))
            .collect();
        let mut user = service_user(plan, self.name, plan.declared(&self.owner, self.purpose, self.expires));
        user.grants.inline = vec![("access".into(), allow(&[self.allows]))];
        user.keys = keys;
        for (rule, on, story) in self.faults {
            plan.fault(rule, on.node(plan, &user), story);
        }
        for (rule, on, story) in self.healthy {
            plan.healthy(rule, on.node(plan, &user), story);
        }
        user
    }
}

impl On {
    fn node(self, plan: &Plan, user: &User) -> NodeId {
        match self {
            Self::User => plan.node("iam-user", &user.name),
            Self::First => key_node(&user.keys[0].id),
            Self::Second => key_node(&user.keys[1].id),
        }
    }
}

/// A service user with nothing but its tags.
pub(crate) fn service_user(plan: &Plan, name: &str, tags: Tags) -> User {
    User {
        name: name.into(),
        path: "/service/".into(),
        id: plan.mint().unique_id("AIDA", name),
        created: plan.ago(&format!("user/{name}"), 540),
        tags,
        groups: Vec::new(),
        grants: Grants::default(),
        password: None,
        mfa: None,
        keys: Vec::new(),
        certificates: Vec::new(),
        ssh_keys: Vec::new(),
        service_credentials: Vec::new(),
    }
}

/// The export that nobody remembers: no tag at all.
fn untagged_export(plan: &mut Plan) -> User {
    let name = "svc-legacy-export";
    let mut user = service_user(plan, name, Tags::new());
    user.grants = attached(&[aws_policy("AmazonS3ReadOnlyAccess")]);
    user.keys.push(plan.key(name, true, 27, Some(0), "s3"));
    let node = plan.node("iam-user", name);
    plan.fault("unowned-identity", node.clone(), "Made by hand years ago: no tag names anybody.");
    plan.fault("undeclared-lifecycle", node, "Nobody wrote down what it is for, or until when.");
    user
}

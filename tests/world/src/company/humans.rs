//! The IAM users of people: they sign in at the console with a second factor, and no rule about machines
//! may speak of them.

use super::people::{OWEN, PEOPLE, Person, SVEN, TEAMS, TOMAS};
use super::plan::{Plan, attached, aws_policy};
use crate::account::{Grants, Group, Password, Uploaded, User};

/// One group a team.
pub(crate) fn groups(plan: &Plan) -> Vec<Group> {
    let group = |name: &str, policy: &str| Group {
        name: name.into(),
        id: plan.mint().unique_id("AGPA", name),
        created: plan.ago(&format!("group/{name}"), 1_100),
        grants: attached(&[aws_policy(policy)]),
    };
    let mut groups: Vec<Group> = TEAMS.iter().map(|(team, policy)| group(team, policy)).collect();
    groups.push(group("automation-admins", "AdministratorAccess"));
    groups
}

/// One user a person.
pub(crate) fn users(plan: &mut Plan) -> Vec<User> {
    PEOPLE.iter().map(|person| if *person == OWEN { leaver(plan) } else { user(plan, person) }).collect()
}

fn user(plan: &mut Plan, person: &Person) -> User {
    let login = person.login;
    let mut user = User {
        name: login.into(),
        path: "/people/".into(),
        id: plan.mint().unique_id("AIDA", login),
        created: plan.ago(&format!("user/{login}"), 700),
        tags: [
            ("Name".into(), person.name.into()),
            ("Email".into(), person.email()),
            ("UserType".into(), "employee".into()),
        ]
        .into(),
        groups: vec![person.team.into()],
        grants: Grants::default(),
        password: Some(Password {
            changed: plan.ago(&format!("password/{login}"), 35),
            last_used: Some(plan.ago(&format!("sign-in/{login}"), 1)),
        }),
        mfa: Some(plan.ago(&format!("mfa/{login}"), 650)),
        keys: Vec::new(),
        certificates: Vec::new(),
        ssh_keys: Vec::new(),
        service_credentials: Vec::new(),
    };
    let node = plan.node("iam-user", login);
    if *person == SVEN {
        user.keys.push(plan.key(login, true, 20, Some(1), "ec2"));
        user.ssh_keys.push(Uploaded {
            id: plan.mint().unique_id("APKA", login),
            active: true,
            at: plan.ago(&format!("ssh/{login}"), 41),
        });
        plan.healthy("console-password-on-nhi", node.clone(), "A person with a password and a key for the CLI.");
    }
    if *person == TOMAS {
        plan.healthy("admin-equivalent-identity", node.clone(), "An administrator who is a person.");
        plan.healthy("unowned-identity", node.clone(), "A person needs no owner tag.");
        plan.healthy("undeclared-lifecycle", node, "A person needs no purpose and no expiry.");
    }
    user
}

/// The data engineer who left: no password, no second factor, his key switched off, and a tag that says so.
fn leaver(plan: &mut Plan) -> User {
    let mut user = user(plan, &OWEN);
    user.password = None;
    user.mfa = None;
    user.groups.clear();
    user.keys.push(plan.key(OWEN.login, false, 400, Some(130), "s3"));
    user.tags.insert("Status".into(), "left".into());
    user.tags.insert("Left".into(), plan.date(-120));
    user
}

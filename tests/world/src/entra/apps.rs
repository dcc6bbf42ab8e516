//! The tenant's applications, those of others, managed identities and agents, each with its fault or none.

use super::plan::Plan;
use super::tenant::{EntraLeak, Scanner};
use serde_json::{Value, json};

/// A secret: label, age and life in days, and how many days ago it was used.
type Secret = (&'static str, i64, i64, Option<i64>);

/// What makes an application different from the next.
struct App {
    name: &'static str,
    owners: &'static [&'static str],
    /// What its keepers declared; `None`: nothing.
    purpose: Option<&'static str>,
    /// In how many days it should end.
    ends: i64,
    secrets: &'static [Secret],
}

const fn app(
    name: &'static str,
    owners: &'static [&'static str],
    purpose: &'static str,
    secrets: &'static [Secret],
) -> App {
    App { name, owners, purpose: Some(purpose), ends: 200, secrets }
}

const INES: &str = "ines.okafor";
const TOMAS: &str = "tomas.lindqvist";
const PRIYA: &str = "priya.raman";
const LUC: &str = "luc.marchetti";
const HANNA: &str = "hanna.weiss";
/// A guest of the auditor's.
const GUEST: &str = "auditor";
/// He left.
const OWEN: &str = "owen.gallagher";

const APPS: &[App] = &[
    app("whose-scanner", &[HANNA], "Reads the tenant for the inventory", &[("scanner", 10, 90, Some(1))]),
    app("settlement-sync", &[OWEN], "Sends settlements to carriers", &[("settlement", 40, 140, Some(1))]),
    app("billing-export", &[INES], "Exports invoices to the ledger", &[("billing", 500, 3_650, Some(1))]),
    app(
        "fleet-portal",
        &[LUC],
        "The drivers' portal",
        &[("fleet", 30, 90, Some(1)), ("fleet-old", 400, 365, Some(40))],
    ),
    app("warehouse-sync", &[PRIYA, TOMAS], "Moves stock levels", &[]),
    app("deploy-bot", &[TOMAS], "Deploys the infrastructure from its pipeline", &[]),
    app("preview-deployer", &[TOMAS], "Deploys previews of pull requests", &[]),
    App { name: "old-reporting", owners: &[], purpose: None, ends: 0, secrets: &[("reporting", 300, 360, Some(120))] },
    app("intake-forms", &[LUC, GUEST], "Reads the customs forms", &[("intake", 20, 180, None)]),
    app("rate-sync", &[INES, LUC], "Fetches the rates of carriers", &[]),
    app("role-broker", &[PRIYA, INES], "Hands out roles for an hour", &[]),
    app("tenant-automation", &[HANNA], "Keeps roles as the policy wants them", &[]),
    App { ends: -30, ..app("closed-project", &[TOMAS], "A trial with a partner", &[("closed", 60, 180, Some(5))]) },
    app("retired-shop", &[LUC], "The shop before the move", &[("retired", 300, 700, Some(200))]),
    app("terraform-platform", &[TOMAS, HANNA], "Builds the platform", &[]),
    app("agent-blueprint", &[PRIYA], "Makes the agents of the data team", &[("agents", 20, 120, Some(1))]),
    app("clerk-blueprint", &[PRIYA], "Makes the agents that answer mail", &[]),
];

pub(super) fn draw(plan: &mut Plan) {
    for app in APPS {
        let application = application(plan, app);
        plan.tenant.applications.push(application);
        let principal = own_principal(plan, app);
        plan.tenant.service_principals.push(principal);
        for (label, _, _, used) in app.secrets {
            if let Some(days) = used {
                plan.used(app.name, label, *days);
            }
        }
    }
    special_credentials(plan);
    federation(plan);
    foreign(plan);
    machines_of_azure(plan);
    agents(plan);
    grants(plan);
    plan.tenant.scanner = Scanner { app_id: plan.app_id("whose-scanner"), secret: plan.secret_value("scanner") };
    plan.tenant.leak = EntraLeak {
        tenant: plan.tenant.id.clone(),
        app_id: plan.app_id("settlement-sync"),
        key_id: plan.guid("key/settlement"),
        secret: plan.secret_value("settlement"),
    };
    truth(plan);
}

fn application(plan: &Plan, app: &App) -> Value {
    let tags: Vec<String> = match app.purpose {
        Some(_) => vec![format!("Expires:{}", plan.date(app.ends)), "HideApp".into()],
        None => Vec::new(),
    };
    let secrets: Vec<Value> =
        app.secrets.iter().map(|(label, age, life, _)| plan.secret(label, label, *age, *life)).collect();
    json!({
        "id": plan.guid(&format!("application/{}", app.name)),
        "appId": plan.app_id(app.name),
        "displayName": app.name,
        "createdDateTime": plan.ago(600),
        "description": null,
        "notes": app.purpose,
        "tags": tags,
        "signInAudience": "AzureADMyOrg",
        "disabledByMicrosoftStatus": null,
        "verifiedPublisher": {"displayName": null, "verifiedPublisherId": null, "addedDateTime": null},
        "passwordCredentials": secrets,
        "keyCredentials": [],
        "owners": app.owners.iter().map(|login| plan.owner(login)).collect::<Vec<_>>(),
        "federatedIdentityCredentials": [],
    })
}

fn own_principal(plan: &Plan, app: &App) -> Value {
    let mut object = principal(plan, app.name, &plan.tenant.id, "Application");
    object["accountEnabled"] = json!(app.name != "retired-shop");
    object
}

fn principal(plan: &Plan, name: &str, organization: &str, kind: &str) -> Value {
    json!({
        "id": plan.object_id(name),
        "appId": plan.app_id(name),
        "displayName": name,
        "description": null,
        "notes": null,
        "accountEnabled": true,
        "servicePrincipalType": kind,
        "appOwnerOrganizationId": organization,
        "alternativeNames": [],
        "tags": [],
        "verifiedPublisher": {"displayName": null, "verifiedPublisherId": null, "addedDateTime": null},
        "appRoles": [],
        "passwordCredentials": [],
        "keyCredentials": [],
        "owners": [],
    })
}

/// Credentials where one does not expect them, and such as are none.
fn special_credentials(plan: &mut Plan) {
    let direct = plan.secret("warehouse", "added to the service principal", 60, 170);
    edit(&mut plan.tenant.service_principals, "warehouse-sync", |object| {
        object["passwordCredentials"] = json!([direct]);
    });
    for (app, age, life) in [("tenant-automation", 50, 180), ("clerk-blueprint", 10, 730)] {
        let certificate = plan.certificate(app, "Verify", age, life);
        edit(&mut plan.tenant.applications, app, |object| object["keyCredentials"] = json!([certificate]));
    }
    // Single sign-on with SAML keeps three entries of one identifier, none of which signs the application in.
    let (sign, verify) = (plan.certificate("saml", "Sign", 900, 1_095), plan.certificate("saml", "Verify", 900, 1_095));
    let mut password = plan.secret("saml", "CN=Microsoft Azure Federated SSO Certificate", 900, 1_095);
    password["customKeyIdentifier"] = sign["customKeyIdentifier"].clone();
    edit(&mut plan.tenant.service_principals, "fleet-portal", |object| {
        object["keyCredentials"] = json!([sign, verify]);
        object["passwordCredentials"] = json!([password]);
    });
}

fn federation(plan: &mut Plan) {
    let github = "https://token.actions.githubusercontent.com";
    let trust = |plan: &Plan, name: &str, issuer: &str, subject: Option<&str>, expression: Option<&str>| {
        json!({
            "id": plan.guid(&format!("federated/{name}")),
            "name": name,
            "issuer": issuer,
            "subject": subject,
            "audiences": ["api://AzureADTokenExchange"],
            "description": null,
            "claimsMatchingExpression": expression.map(|value| json!({"value": value, "languageVersion": 1})),
        })
    };
    let exact = trust(plan, "infra-production", github, Some("repo:tallowmere/infra:environment:production"), None);
    let broad = trust(plan, "previews", github, None, Some("claims['sub'] matches 'repo:tallowmere/*'"));
    let platform = trust(plan, "platform", github, Some("repo:tallowmere/infra:ref:refs/heads/main"), None);
    let rates = trust(plan, "rates", "https://accounts.google.com", Some("104211873325908172634"), None);
    let elsewhere = format!("https://login.microsoftonline.com/{}/v2.0", plan.guid("organization/elsewhere"));
    let partner = plan.guid("principal/elsewhere");
    let broker = trust(plan, "broker", &elsewhere, Some(&partner), None);
    for (name, trust) in [
        ("deploy-bot", exact),
        ("preview-deployer", broad),
        ("terraform-platform", platform),
        ("rate-sync", rates),
        ("role-broker", broker),
    ] {
        edit(&mut plan.tenant.applications, name, |object| {
            object["federatedIdentityCredentials"] = json!([trust]);
        });
    }
}

/// Applications of other companies: one that nobody answers for and that reads everybody's mail, one of a verified
/// publisher, and one of an unverified one, both of which somebody looks after.
fn foreign(plan: &mut Plan) {
    let mut mail = principal(plan, "Mailwise Assistant", &plan.guid("organization/mailwise"), "Application");
    mail["passwordCredentials"] = json!([plan.secret("mailwise", "for the archive script", 50, 150)]);
    let mut board = principal(plan, "Planboard", &plan.guid("organization/planboard"), "Application");
    board["verifiedPublisher"] =
        json!({"displayName": "Planboard Ltd", "verifiedPublisherId": "5123456", "addedDateTime": plan.ago(300)});
    board["notes"] = json!("Plans the web team's sprints");
    let mut pilot = principal(plan, "Inbox Pilot", &plan.guid("organization/inbox-pilot"), "Application");
    pilot["notes"] = json!("Sorts the mail of whoever wants it");
    for kept in [&mut board, &mut pilot] {
        kept["tags"] = json!([format!("Expires:{}", plan.date(90))]);
        kept["owners"] = json!([plan.owner(LUC)]);
    }
    plan.tenant.service_principals.extend([mail, board, pilot]);
    plan.used("Mailwise Assistant", "mailwise", 2);
    plan.signed_in("rate-sync", 150);
}

/// A managed identity, whose tags stand on its Azure resource and whose certificate Azure rotates.
fn machines_of_azure(plan: &mut Plan) {
    let mut identity = principal(plan, "invoice-render", "", "ManagedIdentity");
    identity["appOwnerOrganizationId"] = Value::Null;
    let resource = super::azure::function(plan);
    identity["alternativeNames"] = json!(["isExplicit=False", resource]);
    identity["keyCredentials"] = json!([plan.certificate("invoice-render", "Verify", 200, 400)]);
    plan.tenant.service_principals.push(identity);
}

fn agents(plan: &mut Plan) {
    for (name, sponsor, blueprint) in [
        ("quote-agent", PRIYA, "agent-blueprint"),
        ("tracking-agent", OWEN, "agent-blueprint"),
        ("mail-clerk", PRIYA, "clerk-blueprint"),
    ] {
        let mut agent = principal(plan, name, &plan.tenant.id, "ServiceIdentity");
        agent["agentIdentityBlueprintId"] = json!(plan.app_id(blueprint));
        agent["createdDateTime"] = json!(plan.ago(45));
        agent["notes"] = json!("Answers questions of customers");
        agent["tags"] = json!([format!("Expires:{}", plan.date(120))]);
        agent["sponsors"] = json!([plan.owner(sponsor)]);
        plan.tenant.service_principals.push(agent);
    }
}

fn grants(plan: &mut Plan) {
    for (name, permission) in [
        ("Mailwise Assistant", "Mail.ReadWrite"),
        ("settlement-sync", "User.Read.All"),
        ("tenant-automation", "RoleManagement.ReadWrite.Directory"),
        ("role-broker", "RoleManagement.ReadWrite.Directory"),
        ("whose-scanner", "Application.Read.All"),
        ("whose-scanner", "Directory.Read.All"),
    ] {
        let assignment = json!({
            "id": plan.draw.text(&format!("app-role/{name}/{permission}"), crate::draw::BASE62, 43),
            "appRoleId": plan.guid(&format!("permission/{permission}")),
            "principalId": plan.object_id(name),
            "principalDisplayName": name,
            "principalType": "ServicePrincipal",
            "resourceId": plan.object_id("Microsoft Graph"),
            "resourceDisplayName": "Microsoft Graph",
            "createdDateTime": plan.ago(180),
        });
        plan.tenant.app_role_assignments.push(assignment);
    }
    for (name, kind, person, scope) in [
        ("Mailwise Assistant", "AllPrincipals", None, "openid offline_access Mail.Read Mail.Send"),
        ("Planboard", "Principal", Some(INES), "openid profile User.Read Calendars.Read"),
        ("Planboard", "Principal", Some(OWEN), "openid profile User.Read Calendars.Read"),
        ("Inbox Pilot", "Principal", Some(INES), "openid offline_access Mail.ReadWrite"),
        ("Inbox Pilot", "Principal", Some(LUC), "openid User.Read"),
    ] {
        let grant = json!({
            "id": plan.consent_id(name, person),
            "clientId": plan.object_id(name),
            "consentType": kind,
            "principalId": person.map(|login| plan.guid(&format!("user/{login}"))),
            "resourceId": plan.object_id("Microsoft Graph"),
            "scope": scope,
        });
        plan.tenant.permission_grants.push(grant);
    }
}

/// What of all this is a fault, and what only looks like one.
fn truth(plan: &mut Plan) {
    plan.fault("orphaned-owner", plan.application("settlement-sync"), "Its only owner left; his account is off.");
    plan.healthy("orphaned-owner", plan.principal("settlement-sync"), "The same thing, and that is said once.");
    plan.fault("unowned-identity", plan.application("old-reporting"), "Nobody is its owner.");
    plan.fault("undeclared-lifecycle", plan.application("old-reporting"), "Nobody wrote down what it is for.");
    let mail = plan.principal("Mailwise Assistant");
    plan.fault("unowned-identity", mail.clone(), "A foreign application that nobody here answers for.");
    plan.fault("undeclared-lifecycle", mail, "A foreign application of which nobody wrote down what it is for.");
    credentials_truth(plan);
    trust_truth(plan);
    plan.fault("stale-credential", plan.secret_node("reporting"), "It was last used four months ago.");
    plan.fault("never-used-credential", plan.secret_node("intake"), "It was made three weeks ago and never used.");
    plan.fault("expired-identity-enabled", plan.application("closed-project"), "It should have ended a month ago.");
    plan.fault("broad-ci-trust", plan.application("preview-deployer"), "Any repository of the organisation gets in.");
    for name in ["tenant-automation", "terraform-platform", "role-broker"] {
        plan.fault("admin-equivalent-identity", plan.principal(name), "It can give itself any role.");
    }
    plan.healthy("never-used-credential", plan.secret_node("warehouse"), "It is older than the logs reach back.");
    plan.healthy("unowned-identity", plan.principal("invoice-render"), "Its owner stands on its Azure resource.");
    plan.healthy("unowned-identity", plan.principal("Planboard"), "A foreign application with an owner here.");
    plan.healthy("broad-ci-trust", plan.application("deploy-bot"), "One environment of one repository gets in.");
    for name in ["deploy-bot", "terraform-platform"] {
        plan.fault("mutable-ci-subject", plan.application(name), "Its repository is known by name alone.");
    }
    let hanna = whose_model::NodeId::new("azure", &plan.tenant.id, "user", &plan.guid("user/hanna.weiss"));
    plan.healthy("admin-equivalent-identity", hanna, "An administrator who is a person.");
}

/// What is wrong with secrets and certificates, and what only looks so.
fn credentials_truth(plan: &mut Plan) {
    let lifetime = "overlong-credential-lifetime";
    plan.fault(lifetime, plan.secret_node("billing"), "It was made to last for ten years.");
    plan.fault(lifetime, plan.secret_node("reporting"), "It was made for nearly a year.");
    plan.fault(lifetime, plan.certificate_node("clerk-blueprint"), "A certificate for two years.");
    plan.healthy(lifetime, plan.certificate_node("tenant-automation"), "Half a year, as the policy allows.");
    plan.healthy(lifetime, plan.secret_node("fleet-old"), "It has expired by itself.");
    plan.healthy(lifetime, plan.secret_node("saml"), "It protects a key for single sign-on.");
    plan.healthy(lifetime, plan.secret_node("retired"), "Its application is switched off.");
    plan.healthy("long-lived-credential", plan.secret_node("billing"), "It is old, but its fault is its far end.");
    let waiting = "credential-on-disabled-identity";
    plan.fault(waiting, plan.secret_node("retired"), "Valid for another year, should the shop be switched on again.");
    plan.healthy(waiting, plan.secret_node("fleet-old"), "It has expired.");
    let beside = "credential-on-app-instance";
    plan.fault(beside, plan.secret_node("warehouse"), "Somebody added it to the service principal.");
    plan.healthy(beside, plan.secret_node("fleet"), "It stands on the application.");
    plan.healthy(beside, plan.secret_node("saml"), "It stands on the service principal and lets nobody in.");
    let vendor = "credential-on-third-party-app";
    plan.fault(vendor, plan.secret_node("mailwise"), "Somebody here acts as the vendor's application.");
    plan.healthy(vendor, plan.secret_node("warehouse"), "An application of the company itself.");
    let agents = "agent-blueprint-secret";
    plan.fault(agents, plan.secret_node("agents"), "One secret for both agents.");
    plan.healthy(agents, plan.certificate_node("clerk-blueprint"), "A blueprint with a certificate.");
}

/// What is wrong with owners, consents, trusts and use, and what only looks so.
fn trust_truth(plan: &mut Plan) {
    plan.fault("unsponsored-agent", plan.principal("tracking-agent"), "The agent's only sponsor left.");
    plan.healthy("unsponsored-agent", plan.principal("quote-agent"), "Its sponsor is there.");
    plan.healthy("orphaned-owner", plan.principal("tracking-agent"), "It has lost its sponsor, and that is said once.");
    let sole = "sole-owner-of-admin";
    plan.fault(sole, plan.principal("tenant-automation"), "One person alone answers for it.");
    plan.healthy(sole, plan.principal("terraform-platform"), "Two people answer for it.");
    let non_admin = "admin-controlled-by-non-admin";
    plan.fault(non_admin, plan.principal("role-broker"), "Its owners hold no role, and can add a secret to it.");
    plan.healthy(non_admin, plan.principal("tenant-automation"), "Its owner is an administrator anyway.");
    plan.fault("third-party-owner", plan.application("intake-forms"), "The auditor's guest account owns it.");
    plan.healthy("third-party-owner", plan.principal("Planboard"), "A foreign application with an owner here.");
    let outside = "outside-issuer-for-admin";
    plan.fault(outside, plan.application("role-broker"), "Another tenant decides who becomes an administrator.");
    plan.healthy(outside, plan.application("terraform-platform"), "A pipeline of one branch.");
    plan.healthy(outside, plan.application("rate-sync"), "Another cloud's account, and no administrator.");
    let consent = "sensitive-third-party-consent";
    plan.fault(consent, plan.principal("Mailwise Assistant"), "It reads and writes everybody's mail.");
    plan.fault(consent, plan.principal("Inbox Pilot"), "Nobody verified who makes it, and it writes a person's mail.");
    plan.healthy(consent, plan.principal("Planboard"), "A verified publisher, and two people's calendars.");
    plan.healthy(consent, plan.principal("settlement-sync"), "An application of the company itself.");
    let gone = "consent-of-leaver";
    plan.fault(gone, plan.consent_node("Planboard", OWEN), "It may read the calendar of one who left.");
    plan.healthy(gone, plan.consent_node("Planboard", INES), "She is there.");
    plan.fault("stale-identity", plan.principal("rate-sync"), "It last signed in five months ago.");
    plan.healthy("stale-identity", plan.principal("old-reporting"), "Its secret is stale, and that is said once.");
    plan.healthy("stale-identity", plan.principal("deploy-bot"), "The reports reach back one month alone.");
}

/// Changes the object of a name.
fn edit(objects: &mut [Value], name: &str, change: impl FnOnce(&mut Value)) {
    if let Some(object) = objects.iter_mut().find(|object| object["displayName"] == name) {
        change(object);
    }
}

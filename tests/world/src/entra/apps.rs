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
    app("intake-forms", &[LUC], "Reads the customs forms", &[("intake", 20, 180, None)]),
    app("tenant-automation", &[HANNA], "Keeps roles as the policy wants them", &[]),
    App { ends: -30, ..app("closed-project", &[TOMAS], "A trial with a partner", &[("closed", 60, 180, Some(5))]) },
    app("retired-shop", &[LUC], "The shop before the move", &[("retired", 300, 700, Some(200))]),
    app("terraform-platform", &[TOMAS], "Builds the platform", &[]),
    app("agent-blueprint", &[PRIYA], "Makes the agents of the data team", &[]),
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
    let direct = plan.secret("warehouse", "added to the service principal", 60, 300);
    edit(&mut plan.tenant.service_principals, "warehouse-sync", |object| {
        object["passwordCredentials"] = json!([direct]);
    });
    let certificate = plan.certificate("tenant-automation", "Verify", 50, 180);
    edit(&mut plan.tenant.applications, "tenant-automation", |object| {
        object["keyCredentials"] = json!([certificate]);
    });
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
    let issuer = "https://token.actions.githubusercontent.com";
    let trust = |plan: &Plan, name: &str, subject: Option<&str>, expression: Option<&str>| {
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
    let exact = trust(plan, "infra-production", Some("repo:tallowmere/infra:environment:production"), None);
    let broad = trust(plan, "previews", None, Some("claims['sub'] matches 'repo:tallowmere/*'"));
    let platform = trust(plan, "platform", Some("repo:tallowmere/infra:ref:refs/heads/main"), None);
    for (name, trust) in [("deploy-bot", exact), ("preview-deployer", broad), ("terraform-platform", platform)] {
        edit(&mut plan.tenant.applications, name, |object| {
            object["federatedIdentityCredentials"] = json!([trust]);
        });
    }
}

/// Two applications of other companies: one that nobody answers for and that reads everybody's mail, and one that
/// somebody looks after and that knows who signed in.
fn foreign(plan: &mut Plan) {
    let mail = principal(plan, "Mailwise Assistant", &plan.guid("organization/mailwise"), "Application");
    let mut board = principal(plan, "Planboard", &plan.guid("organization/planboard"), "Application");
    board["verifiedPublisher"] =
        json!({"displayName": "Planboard Ltd", "verifiedPublisherId": "5123456", "addedDateTime": plan.ago(300)});
    board["notes"] = json!("Plans the web team's sprints");
    board["tags"] = json!([format!("Expires:{}", plan.date(90))]);
    board["owners"] = json!([plan.owner(LUC)]);
    plan.tenant.service_principals.extend([mail, board]);
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
    for (name, sponsor) in [("quote-agent", PRIYA), ("tracking-agent", OWEN)] {
        let mut agent = principal(plan, name, &plan.tenant.id, "ServiceIdentity");
        agent["agentIdentityBlueprintId"] = json!(plan.app_id("agent-blueprint"));
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
        ("Planboard", "Principal", Some(INES), "openid profile User.Read"),
    ] {
        let grant = json!({
            "id": plan.draw.text(&format!("consent/{name}"), crate::draw::BASE62, 43),
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
    let both = |plan: &Plan, name: &str| [plan.application(name), plan.principal(name)];
    for node in both(plan, "settlement-sync") {
        plan.fault("orphaned-owner", node, "Its only owner left; his account is switched off.");
    }
    for node in both(plan, "old-reporting") {
        plan.fault("unowned-identity", node.clone(), "Nobody is its owner.");
        plan.fault("undeclared-lifecycle", node, "Nobody wrote down what it is for.");
    }
    let mail = plan.principal("Mailwise Assistant");
    plan.fault("unowned-identity", mail.clone(), "A foreign application that nobody here answers for.");
    plan.fault("undeclared-lifecycle", mail, "A foreign application of which nobody wrote down what it is for.");
    plan.fault("orphaned-owner", plan.principal("tracking-agent"), "The agent's only sponsor left.");
    for (label, story) in
        [("billing", "It was made to last for ten years."), ("reporting", "It is 300 days old and was never replaced.")]
    {
        plan.fault("long-lived-credential", plan.secret_node(label), story);
    }
    plan.fault("stale-credential", plan.secret_node("reporting"), "It was last used four months ago.");
    plan.fault("never-used-credential", plan.secret_node("intake"), "It was made three weeks ago and never used.");
    plan.fault("expired-identity-enabled", plan.application("closed-project"), "It should have ended a month ago.");
    plan.fault("broad-ci-trust", plan.application("preview-deployer"), "Any repository of the organisation gets in.");
    for name in ["tenant-automation", "terraform-platform"] {
        plan.fault("admin-equivalent-identity", plan.principal(name), "It can give itself any role.");
    }
    plan.healthy("long-lived-credential", plan.secret_node("fleet-old"), "It has expired by itself.");
    plan.healthy("long-lived-credential", plan.secret_node("saml"), "It protects a key for single sign-on.");
    plan.healthy("long-lived-credential", plan.secret_node("retired"), "Its application is switched off.");
    plan.healthy("never-used-credential", plan.secret_node("warehouse"), "It is older than the logs reach back.");
    plan.healthy("orphaned-owner", plan.principal("quote-agent"), "Its sponsor is there.");
    plan.healthy("unowned-identity", plan.principal("invoice-render"), "Its owner stands on its Azure resource.");
    plan.healthy("unowned-identity", plan.principal("Planboard"), "A foreign application with an owner here.");
    plan.healthy("broad-ci-trust", plan.application("deploy-bot"), "One environment of one repository gets in.");
    let hanna = whose_model::NodeId::new("azure", &plan.tenant.id, "user", &plan.guid("user/hanna.weiss"));
    plan.healthy("admin-equivalent-identity", hanna, "An administrator who is a person.");
}

/// Changes the object of a name.
fn edit(objects: &mut [Value], name: &str, change: impl FnOnce(&mut Value)) {
    if let Some(object) = objects.iter_mut().find(|object| object["displayName"] == name) {
        change(object);
    }
}

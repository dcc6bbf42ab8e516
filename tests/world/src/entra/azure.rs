//! The subscriptions, their roles and who holds them.

use super::plan::Plan;
use super::storage;
use super::tenant::Subscription;
use serde_json::{Value, json};

const PRODUCTION: &str = "subscription/production";
const SANDBOX: &str = "subscription/sandbox";

/// The address of the function that a managed identity belongs to.
pub(super) fn function(plan: &Plan) -> String {
    let subscription = plan.guid(PRODUCTION);
    format!("/subscriptions/{subscription}/resourcegroups/billing/providers/Microsoft.Web/sites/invoice-render")
}

pub(super) fn draw(plan: &mut Plan) {
    for (label, name) in [(PRODUCTION, "Tallowmere Production"), (SANDBOX, "Tallowmere Sandbox")] {
        let id = plan.guid(label);
        let production = label == PRODUCTION;
        let resources = if production { resources(plan, &id) } else { Vec::new() };
        let storage_accounts = if production { storage::draw(plan, &id) } else { Vec::new() };
        let subscription = Subscription {
            object: json!({
                "id": format!("/subscriptions/{id}"),
                "subscriptionId": id,
                "tenantId": plan.tenant.id,
                "displayName": name,
                "state": "Enabled",
                "authorizationSource": "RoleBased",
            }),
            role_definitions: definitions(plan, &id),
            role_assignments: assignments(plan, label, &id),
            resources,
            storage_accounts,
        };
        plan.tenant.subscriptions.push(subscription);
    }
}

fn definitions(plan: &Plan, subscription: &str) -> Vec<Value> {
    let role = |name: &str, kind: &str, actions: &[&str], except: &[&str]| {
        let id = plan.guid(&format!("role/{name}"));
        json!({
            "id": format!("/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{id}"),
            "type": "Microsoft.Authorization/roleDefinitions",
            "name": id,
            "properties": {
                "roleName": name,
                "type": kind,
                "description": "",
                "assignableScopes": ["/"],
                "permissions": [
                    {"actions": actions, "notActions": except, "dataActions": [], "notDataActions": []},
                ],
            },
        })
    };
    vec![
        role("Owner", "BuiltInRole", &["*"], &[]),
        role(
            "Contributor",
            "BuiltInRole",
            &["*"],
            &[
                "Microsoft.Authorization/*/Delete",
                "Microsoft.Authorization/*/Write",
                "Microsoft.Authorization/elevateAccess/Action",
            ],
        ),
        role("Reader", "BuiltInRole", &["*/read"], &[]),
    ]
}

fn assignments(plan: &Plan, label: &str, subscription: &str) -> Vec<Value> {
    let assignment = |name: &str, kind: &str, principal: String, role: &str, scope: String| {
        let id = plan.guid(&format!("assignment/{name}/{role}"));
        let above = if scope == "/" { String::new() } else { scope.clone() };
        json!({
            "id": format!("{above}/providers/Microsoft.Authorization/roleAssignments/{id}"),
            "type": "Microsoft.Authorization/roleAssignments",
            "name": id,
            "properties": {
                "roleDefinitionId": format!(
                    "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{}",
                    plan.guid(&format!("role/{role}"))
                ),
                "principalId": principal,
                "principalType": kind,
                "scope": scope,
                "condition": null,
                "createdOn": plan.ago(200),
            },
        })
    };
    let machine = "ServicePrincipal";
    let here = || format!("/subscriptions/{subscription}");
    let mut all = vec![assignment(
        "management",
        machine,
        plan.object_id("whose-scanner"),
        "Reader",
        "/providers/Microsoft.Management/managementGroups/tallowmere".into(),
    )];
    if label == PRODUCTION {
        let group = format!("{}/resourceGroups/billing", here());
        all.extend([
            assignment("terraform", machine, plan.object_id("terraform-platform"), "Owner", here()),
            assignment("settlement", machine, plan.object_id("settlement-sync"), "Contributor", here()),
            assignment("render", machine, plan.object_id("invoice-render"), "Owner", group),
            assignment("tomas", "User", plan.guid("user/tomas.lindqvist"), "Owner", here()),
        ]);
    } else {
        let group = plan.guid("group/platform-readers");
        all.push(assignment("sandbox", "Group", group, "Contributor", here()));
    }
    all
}

fn resources(plan: &Plan, subscription: &str) -> Vec<Value> {
    let tags = json!({
        "Owner": "ines.okafor@tallowmere.example",
        "Purpose": "Renders invoices",
        "Expires": plan.date(150),
    });
    vec![
        json!({
            "id": function(plan).replace("resourcegroups", "resourceGroups"),
            "name": "invoice-render",
            "type": "Microsoft.Web/sites",
            "location": "westeurope",
            "tags": tags,
            "createdTime": plan.ago(220),
        }),
        json!({
            "id": format!("/subscriptions/{subscription}/resourceGroups/billing/providers/Microsoft.Storage/storageAccounts/tlwinvoices"),
            "name": "tlwinvoices",
            "type": "Microsoft.Storage/storageAccounts",
            "location": "westeurope",
            "createdTime": plan.ago(500),
        }),
    ]
}

//! The draughtsman of the tenant: ids, dates, credentials and the objects that come in pairs, so that the tables hold
//! nothing but what makes each application different.

use super::tenant::{EntraLeak, EntraTenant, Scanner};
use super::{apps, azure, directory};
use crate::company::World;
use crate::draw::{BASE62, DIGITS, Draw, HEX};
use crate::truth::{Planted, Subject};
use jiff::SignedDuration;
use serde_json::{Value, json};
use whose_model::{NodeId, Timestamp};

/// What is shared while the tenant is drawn.
pub(super) struct Plan {
    pub(super) draw: Draw,
    pub(super) as_of: Timestamp,
    pub(super) tenant: EntraTenant,
}

impl World {
    /// Draws the company's Entra tenant and Azure subscriptions. Its people are those of the AWS account.
    pub fn entra(&self) -> EntraTenant {
        // One world has one tenant: what tells worlds apart is the account's number.
        let seed = self.account().number.parse().unwrap_or_default();
        let draw = Draw::new(seed);
        let id = guid(draw, "tenant");
        let tenant = EntraTenant {
            organization: json!({
                "id": id,
                "displayName": "Tallowmere Freight",
                "createdDateTime": self.as_of() - SignedDuration::from_hours(24 * 2_000),
                "countryLetterCode": "DE",
                "verifiedDomains": [
                    {"name": "tallowmere.onmicrosoft.com", "isInitial": true, "isDefault": false, "type": "Managed"},
                    {"name": "tallowmere.example", "isInitial": false, "isDefault": true, "type": "Managed"},
                ],
            }),
            id,
            applications: Vec::new(),
            service_principals: Vec::new(),
            users: Vec::new(),
            deleted_users: Vec::new(),
            groups: Vec::new(),
            app_role_assignments: Vec::new(),
            permission_grants: Vec::new(),
            role_definitions: Vec::new(),
            role_assignments: Vec::new(),
            principal_activities: Vec::new(),
            credential_activities: Vec::new(),
            subscriptions: Vec::new(),
            scanner: Scanner { app_id: String::new(), secret: String::new() },
            leak: EntraLeak {
                tenant: String::new(),
                app_id: String::new(),
                key_id: String::new(),
                secret: String::new(),
            },
            storage_leaks: Vec::new(),
            truth: Vec::new(),
            healthy: Vec::new(),
        };
        let mut plan = Plan { draw, as_of: self.as_of(), tenant };
        directory::people(&mut plan, self.account());
        directory::resources(&mut plan);
        apps::draw(&mut plan);
        directory::roles(&mut plan);
        azure::draw(&mut plan);
        plan.tenant
    }
}

/// An id in Microsoft's form.
pub(crate) fn guid(draw: Draw, label: &str) -> String {
    let digits = draw.text(&format!("guid/{label}"), HEX, 32);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

impl Plan {
    pub(super) fn guid(&self, label: &str) -> String {
        guid(self.draw, label)
    }

    /// Some days before `as_of`; after it, when negative.
    pub(super) fn ago(&self, days: i64) -> Timestamp {
        self.as_of - SignedDuration::from_hours(24 * days)
    }

    /// The date some days after `as_of`, as people write it.
    pub(super) fn date(&self, days: i64) -> String {
        self.ago(-days).strftime("%Y-%m-%d").to_string()
    }

    /// A secret in Entra's form: three characters, a digit, `Q~` and 34 characters.
    pub(super) fn secret_value(&self, label: &str) -> String {
        let part = |name: &str, alphabet, length| self.draw.text(&format!("{name}/{label}"), alphabet, length);
        [&part("head", BASE62, 3), &part("digit", DIGITS, 1), "Q~", &part("body", BASE62, 34)].concat()
    }

    /// A `passwordCredential` of so many days of age and of life.
    pub(super) fn secret(&self, label: &str, name: &str, age: i64, life: i64) -> Value {
        json!({
            "keyId": self.guid(&format!("key/{label}")),
            "displayName": name,
            "hint": &self.secret_value(label)[..3],
            "secretText": null,
            "customKeyIdentifier": null,
            "startDateTime": self.ago(age),
            "endDateTime": self.ago(age - life),
        })
    }

    /// A `keyCredential` of so many days of age and of life.
    pub(super) fn certificate(&self, label: &str, usage: &str, age: i64, life: i64) -> Value {
        let thumbprint: [u8; 20] = self.draw.bytes(&format!("thumbprint/{label}"));
        json!({
            "keyId": self.guid(&format!("certificate/{usage}/{label}")),
            "displayName": format!("CN={label}.tallowmere.example"),
            "type": "AsymmetricX509Cert",
            "usage": usage,
            "key": null,
            "customKeyIdentifier": data_encoding::BASE64.encode(&thumbprint),
            "startDateTime": self.ago(age),
            "endDateTime": self.ago(age - life),
        })
    }

    /// Notes when a secret was last used.
    pub(super) fn used(&mut self, app: &str, label: &str, days: i64) {
        let (key_id, app_id) = (self.guid(&format!("key/{label}")), self.app_id(app));
        let at = self.ago(days);
        self.tenant.credential_activities.push(json!({
            "id": self.guid(&format!("activity/{label}")),
            "keyId": key_id,
            "keyType": "clientSecret",
            "keyUsage": "sign",
            "appId": app_id,
            "appObjectId": self.guid(&format!("application/{app}")),
            "servicePrincipalObjectId": self.object_id(app),
            "resourceId": self.object_id("Microsoft Graph"),
            "credentialOrigin": "application",
            "signInActivity": {"lastSignInDateTime": at, "lastSignInRequestId": self.guid("request")},
        }));
        self.tenant.principal_activities.push(json!({
            "id": self.guid(&format!("principal-activity/{app}")),
            "appId": app_id,
            "applicationAuthenticationClientSignInActivity": {"lastSignInDateTime": at},
            "delegatedClientSignInActivity": null,
            "lastSignInActivity": {"lastSignInDateTime": self.ago(0)},
        }));
    }

    /// The client id of an application.
    pub(super) fn app_id(&self, name: &str) -> String {
        match name {
            "Microsoft Graph" => "00000003-0000-0000-c000-000000000000".into(),
            _ => self.guid(&format!("app/{name}")),
        }
    }

    /// The object id of a service principal.
    pub(super) fn object_id(&self, name: &str) -> String {
        self.guid(&format!("principal/{name}"))
    }

    /// Notes when an application last signed in, whatever it signed in with.
    pub(super) fn signed_in(&mut self, app: &str, days: i64) {
        let activity = json!({
            "id": self.guid(&format!("principal-activity/{app}")),
            "appId": self.app_id(app),
            "applicationAuthenticationClientSignInActivity": {"lastSignInDateTime": self.ago(days)},
            "delegatedClientSignInActivity": null,
            "lastSignInActivity": {"lastSignInDateTime": self.ago(days)},
        });
        self.tenant.principal_activities.push(activity);
    }

    /// A user as an owner or sponsor.
    pub(super) fn owner(&self, login: &str) -> Value {
        let guest = login == "auditor";
        let mail = if guest { directory::GUEST.into() } else { format!("{login}@tallowmere.example") };
        json!({
            "@odata.type": "#microsoft.graph.user",
            "id": self.guid(&format!("user/{login}")),
            "userPrincipalName": mail,
            "displayName": login,
            "mail": mail,
        })
    }

    /// The node of an application.
    pub(super) fn application(&self, name: &str) -> NodeId {
        NodeId::new("azure", "", "application", &self.app_id(name))
    }

    /// The node of a service principal.
    pub(super) fn principal(&self, name: &str) -> NodeId {
        NodeId::new("azure", &self.tenant.id, "service-principal", &self.object_id(name))
    }

    /// The node of a certificate that proves who signs in.
    pub(super) fn certificate_node(&self, label: &str) -> NodeId {
        NodeId::new("azure", &self.tenant.id, "certificate", &self.guid(&format!("certificate/Verify/{label}")))
    }

    /// The node of a consent in a person's name.
    pub(super) fn consent_node(&self, app: &str, person: &str) -> NodeId {
        let id = self.consent_id(app, Some(person)).to_lowercase();
        NodeId::new("azure", &self.tenant.id, "oauth2-permission-grant", &id)
    }

    /// The id of a consent in a person's name, or in everybody's.
    pub(super) fn consent_id(&self, app: &str, person: Option<&str>) -> String {
        self.draw.text(&format!("consent/{app}/{}", person.unwrap_or("everybody")), BASE62, 43)
    }

    /// The node of a secret.
    pub(super) fn secret_node(&self, label: &str) -> NodeId {
        NodeId::new("azure", &self.tenant.id, "client-secret", &self.guid(&format!("key/{label}")))
    }

    pub(super) fn fault(&mut self, rule: &'static str, subject: NodeId, story: &'static str) {
        self.tenant.truth.push(Planted { rule, subject: Subject::Node(subject), story });
    }

    pub(super) fn healthy(&mut self, rule: &'static str, subject: NodeId, story: &'static str) {
        self.tenant.healthy.push(Planted { rule, subject: Subject::Node(subject), story });
    }
}

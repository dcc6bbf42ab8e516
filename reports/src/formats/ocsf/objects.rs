//! The objects of OCSF that our events hold, with the attributes that we can fill. Moments are milliseconds since
//! 1970, and an attribute without a value is left out.

use serde::Serialize;
use serde_json::Value;

/// An object without the members that hold nothing.
pub(super) fn present(mut object: Value) -> Value {
    if let Value::Object(members) = &mut object {
        members.retain(|_, value| !value.is_null());
    }
    object
}

/// Who made the event.
#[derive(Serialize)]
pub(super) struct Metadata<'a> {
    pub(super) version: &'static str,
    pub(super) product: Product<'a>,
    pub(super) uid: String,
    pub(super) correlation_uid: &'a str,
    pub(super) processed_time: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) profiles: Vec<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Product<'a> {
    pub(super) name: &'static str,
    pub(super) vendor_name: &'static str,
    pub(super) version: &'a str,
}

/// What was found.
#[derive(Serialize)]
pub(super) struct FindingInfo<'a> {
    pub(super) uid: &'a str,
    pub(super) title: &'a str,
    pub(super) desc: String,
    pub(super) analytic: Analytic<'a>,
    pub(super) types: [&'a str; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) data_sources: Vec<&'a str>,
}

/// The rule that found it.
#[derive(Serialize)]
pub(super) struct Analytic<'a> {
    pub(super) uid: &'a str,
    pub(super) name: &'a str,
    pub(super) type_id: u8,
    pub(super) r#type: &'static str,
}

/// Which controls it speaks of.
#[derive(Serialize)]
pub(super) struct Compliance<'a> {
    pub(super) control: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) standards: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) requirements: Vec<String>,
    pub(super) status_id: u8,
    pub(super) status: &'static str,
}

/// A thing that it is about.
#[derive(Serialize)]
pub(super) struct Resource<'a> {
    pub(super) uid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uid_alt: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) r#type: &'a str,
    pub(super) role_id: u8,
    pub(super) role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<Owner<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<Value>,
}

/// Who answers for a resource: the attributes of a user that we know of an owner.
#[derive(Serialize)]
pub(super) struct Owner<'a> {
    pub(super) name: &'a str,
    pub(super) uid: &'a str,
}

/// What to do.
#[derive(Serialize)]
pub(super) struct Remediation<'a> {
    pub(super) desc: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<&'a str>,
}

/// One thing that shows it.
#[derive(Serialize)]
pub(super) struct Evidences<'a> {
    pub(super) data: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<File<'a>>,
}

#[derive(Serialize)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) path: &'a str,
    pub(super) type_id: u8,
    pub(super) r#type: &'static str,
}

/// The cloud in which it lies.
#[derive(Serialize)]
pub(super) struct Cloud<'a> {
    pub(super) provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cloud_partition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<Account<'a>>,
}

#[derive(Serialize)]
pub(super) struct Account<'a> {
    pub(super) uid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    pub(super) type_id: u8,
    pub(super) r#type: &'a str,
}

/// The identity of an IAM Analysis Finding.
#[derive(Clone, Serialize)]
pub(super) struct User<'a> {
    pub(super) uid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uid_alt: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) type_id: u8,
    pub(super) r#type: &'static str,
}

/// When the identity and its keys were used.
#[derive(Serialize)]
pub(super) struct Activity<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_seen_time: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) programmatic_credentials: Vec<Programmatic<'a>>,
}

#[derive(Serialize)]
pub(super) struct Programmatic<'a> {
    pub(super) uid: &'a str,
    pub(super) r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_used_time: Option<i64>,
}

/// One grant of the identity.
#[derive(Serialize)]
pub(super) struct Permissions<'a> {
    pub(super) policy: Policy<'a>,
}

#[derive(Serialize)]
pub(super) struct Policy<'a> {
    pub(super) uid: &'a str,
    pub(super) name: &'a str,
    pub(super) r#type: &'a str,
    pub(super) is_applied: bool,
}

/// How much the identity can do.
#[derive(Serialize)]
pub(super) struct Access<'a> {
    pub(super) accessors: [User<'a>; 1],
    pub(super) access_level: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) granted_privileges: Vec<&'a str>,
}

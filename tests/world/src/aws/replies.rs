//! From a call to its reply: which operations there are, and AWS's wording when one is refused.

use super::paging::Paging;
use super::request::Request;
use super::xml::{Xml, element};
use super::{details, listings, providers, report};
use crate::account::Account;
use whose_model::Timestamp;

/// The version and namespace of IAM.
pub(crate) const IAM: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
/// The version and namespace of STS.
pub(crate) const STS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// What an operation can look at.
pub(crate) struct Call<'a> {
    pub(crate) account: &'a Account,
    pub(crate) as_of: Timestamp,
    pub(crate) request: &'a Request,
    pub(crate) paging: Paging,
    pub(crate) report: &'a mut ReportState,
}

/// How far the credential report is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ReportState {
    #[default]
    Absent,
    Started,
    Complete,
}

/// The elements of a result, or the error instead.
pub(crate) type Reply = Result<Vec<Xml>, ApiError>;

/// An error in AWS's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    code: &'static str,
    message: String,
}

impl Call<'_> {
    /// Answers the call.
    pub(crate) fn answer(&mut self) -> Reply {
        match self.request.action.as_str() {
            "GetCallerIdentity" => Ok(self.caller_identity()),
            "GetAccountAuthorizationDetails" => details::authorization_details(self),
            "GenerateCredentialReport" => Ok(report::generate(self)),
            "GetCredentialReport" => report::get(self),
            "ListUsers" => listings::users(self),
            "ListRoles" => listings::roles(self),
            "ListAccessKeys" => listings::access_keys(self),
            "GetAccessKeyLastUsed" => listings::access_key_last_used(self),
            "ListAccountAliases" => listings::account_aliases(self),
            "GetAccountSummary" => Ok(listings::account_summary(self)),
            "ListVirtualMFADevices" => listings::virtual_mfa_devices(self),
            "ListSigningCertificates" => listings::signing_certificates(self),
            "ListSSHPublicKeys" => listings::ssh_public_keys(self),
            "ListServiceSpecificCredentials" => listings::service_specific_credentials(self),
            "ListServerCertificates" => listings::server_certificates(self),
            "ListOpenIDConnectProviders" => Ok(providers::oidc_providers(self)),
            "GetOpenIDConnectProvider" => providers::oidc_provider(self),
            "ListSAMLProviders" => Ok(providers::saml_providers(self)),
            "GetSAMLProvider" => providers::saml_provider(self),
            other => Err(ApiError::unknown_action(other, self.request.param("Version").unwrap_or_default())),
        }
    }

    fn caller_identity(&self) -> Vec<Xml> {
        let role = self.account.roles.iter().find(|role| role.name == self.account.scanner);
        let id = role.map(|role| role.id.as_str()).unwrap_or_default();
        vec![
            element("Arn", caller(&self.account.number, &self.account.scanner)),
            element("UserId", format!("{id}:whose")),
            element("Account", self.account.number.as_str()),
        ]
    }

    /// A field that the operation cannot do without.
    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.request.param(name).ok_or_else(|| {
            let lower = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
            ApiError::invalid(&format!(
                "1 validation error detected: Value null at '{lower}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }
}

/// The ARN as which the scanner acts.
fn caller(account: &str, role: &str) -> String {
    format!("arn:aws:sts::{account}:assumed-role/{role}/whose")
}

/// The verbs of IAM's operations that change something.
const WRITES: &[&str] = &[
    "Accept",
    "Add",
    "Associate",
    "Attach",
    "Change",
    "Create",
    "Deactivate",
    "Delete",
    "Detach",
    "Disable",
    "Enable",
    "Put",
    "Reject",
    "Remove",
    "Reset",
    "Resync",
    "Send",
    "Set",
    "Tag",
    "Untag",
    "Update",
    "Upload",
];

/// Whether an operation would change something, by the verb with which its name begins.
pub(crate) fn is_write(action: &str) -> bool {
    WRITES.iter().any(|verb| action.starts_with(verb))
}

/// The namespace of an operation's reply.
pub(crate) fn namespace(action: &str) -> &'static str {
    if action == "GetCallerIdentity" { STS } else { IAM }
}

impl ApiError {
    /// No permission.
    pub(crate) fn denied(action: &str) -> Self {
        let service = if action == "GetCallerIdentity" { "sts" } else { "iam" };
        Self {
            status: 403,
            code: "AccessDenied",
            message: format!(
                "User: CALLER is not authorized to perform: {service}:{action} on resource: * because no identity-based \
                 policy allows the {service}:{action} action"
            ),
        }
    }

    /// No signature at all.
    pub(crate) fn unsigned() -> Self {
        Self {
            status: 403,
            code: "MissingAuthenticationToken",
            message: "Request is missing Authentication Token".into(),
        }
    }

    /// A header that is no signature of version 4.
    pub(crate) fn badly_signed() -> Self {
        Self {
            status: 400,
            code: "IncompleteSignature",
            message: "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters.".into(),
        }
    }

    /// Too many calls.
    pub(crate) fn throttled() -> Self {
        Self { status: 400, code: "Throttling", message: "Rate exceeded".into() }
    }

    /// A fault of AWS.
    pub(crate) fn internal() -> Self {
        Self {
            status: 500,
            code: "InternalFailure",
            message: "The request processing has failed because of an unknown error, exception or failure.".into(),
        }
    }

    /// A parameter that makes no sense.
    pub(crate) fn invalid(message: &str) -> Self {
        Self { status: 400, code: "ValidationError", message: message.into() }
    }

    /// Something that is not there.
    pub(crate) fn absent(message: String) -> Self {
        Self { status: 404, code: "NoSuchEntity", message }
    }

    /// A user that is not there.
    pub(crate) fn no_user(name: &str) -> Self {
        Self::absent(format!("The user with name {name} cannot be found."))
    }

    /// No credential report was asked for.
    pub(crate) fn no_report() -> Self {
        Self { status: 410, code: "ReportNotPresent", message: "No report exists. Generate one first.".into() }
    }

    /// The credential report is being made.
    pub(crate) fn report_in_progress() -> Self {
        Self { status: 404, code: "ReportInProgress", message: "Report generation is in progress.".into() }
    }

    fn unknown_action(action: &str, version: &str) -> Self {
        Self {
            status: 400,
            code: "InvalidAction",
            message: format!("Could not find operation {action} for version {version}"),
        }
    }

    /// The error as a document.
    pub(crate) fn document(&self, account: &Account, namespace: &str, request_id: &str) -> String {
        let kind = if self.status >= 500 { "Receiver" } else { "Sender" };
        let message = self.message.replace("CALLER", &caller(&account.number, &account.scanner));
        let error = vec![element("Type", kind), element("Code", self.code), element("Message", message)];
        element("ErrorResponse", vec![element("Error", error), element("RequestId", request_id)])
            .render(Some(namespace))
    }
}

/// A result as a document.
pub(crate) fn document(action: &str, result: Vec<Xml>, request_id: &str) -> String {
    let mut body = String::new();
    for element in &result {
        body.push_str(&element.render(None));
    }
    let metadata = element("ResponseMetadata", vec![element("RequestId", request_id)]).render(None);
    let namespace = namespace(action);
    format!(
        "<{action}Response xmlns=\"{namespace}\"><{action}Result>{body}</{action}Result>{metadata}</{action}Response>"
    )
}

//! The listings of users and their credentials.

use super::details::identity;
use super::replies::{ApiError, Call, Reply};
use super::xml::{Content, Xml, element, list};
use crate::account::{Role, Uploaded, User};
use crate::draw::{BASE62, Draw};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html>
pub(crate) fn users(call: &Call<'_>) -> Reply {
    let prefix = call.request.param("PathPrefix").unwrap_or("/");
    let users: Vec<&User> = call.account.users.iter().filter(|user| user.path.starts_with(prefix)).collect();
    paged(call, "Users", &users, |user| described(call, user))
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>
pub(crate) fn roles(call: &Call<'_>) -> Reply {
    let prefix = call.request.param("PathPrefix").unwrap_or("/");
    let roles: Vec<&Role> = call.account.roles.iter().filter(|role| role.path.starts_with(prefix)).collect();
    paged(call, "Roles", &roles, |role| {
        let mut detail = identity(role, &call.account.number);
        detail.extend(role.description.as_deref().map(|description| element("Description", description)));
        detail.push(element("MaxSessionDuration", 3600));
        detail
    })
}

/// A user as listings show it: without tags.
fn described(call: &Call<'_>, user: &User) -> Vec<Xml> {
    let mut detail = vec![
        element("Path", user.path.as_str()),
        element("UserName", user.name.as_str()),
        element("UserId", user.id.as_str()),
        element("Arn", user.arn(&call.account.number)),
        element("CreateDate", user.created),
    ];
    detail.extend(user.password.and_then(|password| password.last_used).map(|at| element("PasswordLastUsed", at)));
    detail
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html>
pub(crate) fn access_keys(call: &Call<'_>) -> Reply {
    let user = named_user(call)?;
    paged(call, "AccessKeyMetadata", &user.keys, |key| {
        vec![
            element("UserName", user.name.as_str()),
            element("AccessKeyId", key.id.as_str()),
            element("Status", status(key.active)),
            element("CreateDate", key.created),
        ]
    })
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html>
pub(crate) fn access_key_last_used(call: &Call<'_>) -> Reply {
    let id = call.required("AccessKeyId")?;
    let found = call.account.keys().find(|(_, key)| key.id == id);
    let (user, key) = found.ok_or_else(|| ApiError::denied("GetAccessKeyLastUsed"))?;
    let used = match &key.last_used {
        Some(used) => vec![
            element("LastUsedDate", used.at),
            element("ServiceName", used.service.as_str()),
            element("Region", used.region.as_str()),
        ],
        None => vec![element("ServiceName", "N/A"), element("Region", "N/A")],
    };
    Ok(vec![element("UserName", user), element("AccessKeyLastUsed", used)])
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html>
pub(crate) fn account_aliases(call: &Call<'_>) -> Reply {
    paged(call, "AccountAliases", &call.account.aliases, |alias| alias.clone())
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>
pub(crate) fn account_summary(call: &Call<'_>) -> Vec<Xml> {
    let account = call.account;
    let with_mfa = account.users.iter().filter(|user| user.mfa.is_some()).count();
    let own = account.policies.iter().filter(|policy| !policy.is_of_aws());
    let counts = [
        ("Users", account.users.len()),
        ("UsersQuota", 5000),
        ("Groups", account.groups.len()),
        ("GroupsQuota", 300),
        ("Roles", account.roles.len()),
        ("RolesQuota", 1000),
        ("Policies", own.clone().count()),
        ("PoliciesQuota", 1500),
        ("PolicyVersionsInUse", own.map(|policy| policy.versions.len()).sum()),
        ("Providers", account.oidc_providers.len() + account.saml_providers.len()),
        ("InstanceProfiles", account.roles.iter().filter(|role| role.instance_profile).count()),
        ("ServerCertificates", account.server_certificates.len()),
        ("MFADevices", with_mfa + usize::from(account.root.mfa)),
        ("MFADevicesInUse", with_mfa + usize::from(account.root.mfa)),
        ("AccountMFAEnabled", usize::from(account.root.mfa)),
        ("AccountAccessKeysPresent", usize::from(account.root.key.is_some())),
        ("AccountPasswordPresent", 1),
        ("AccountSigningCertificatesPresent", 0),
        ("AccessKeysPerUserQuota", 2),
    ];
    let entry = |(key, value): (&str, usize)| element("entry", vec![element("key", key), element("value", value)]);
    vec![element("SummaryMap", counts.into_iter().map(entry).collect::<Vec<Xml>>())]
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html>
pub(crate) fn virtual_mfa_devices(call: &Call<'_>) -> Reply {
    let account = call.account;
    let mut devices: Vec<Vec<Xml>> = Vec::new();
    if call.request.param("AssignmentStatus") != Some("Unassigned") {
        for user in &account.users {
            devices.extend(user.mfa.map(|enabled| {
                vec![
                    element("SerialNumber", account.arn(&format!("mfa/{}", user.name))),
                    element("User", described(call, user)),
                    element("EnableDate", enabled),
                ]
            }));
        }
        if account.root.mfa {
            let root = vec![
                element("UserId", account.number.as_str()),
                element("Arn", account.arn("root")),
                element("CreateDate", account.created),
            ];
            devices.push(vec![
                element("SerialNumber", account.arn("mfa/root-account-mfa-device")),
                element("User", root),
                element("EnableDate", account.created),
            ]);
        }
    }
    let page = call.paging.page(call.request, devices.len())?;
    let devices = devices.into_iter().skip(page.items.start).take(page.items.len());
    let mut reply = vec![list("VirtualMFADevices", devices)];
    reply.extend(page.trailer);
    Ok(reply)
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html>
pub(crate) fn signing_certificates(call: &Call<'_>) -> Reply {
    let user = named_user(call)?;
    paged(call, "Certificates", &user.certificates, |certificate| {
        let mut detail = uploaded(user, certificate, "CertificateId");
        detail.push(element("CertificateBody", certificate_body(&certificate.id)));
        detail
    })
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html>
pub(crate) fn ssh_public_keys(call: &Call<'_>) -> Reply {
    let user = named_user(call)?;
    paged(call, "SSHPublicKeys", &user.ssh_keys, |key| uploaded(user, key, "SSHPublicKeyId"))
}

fn uploaded(user: &User, thing: &Uploaded, id: &'static str) -> Vec<Xml> {
    vec![
        element("UserName", user.name.as_str()),
        element(id, thing.id.as_str()),
        element("Status", status(thing.active)),
        element("UploadDate", thing.at),
    ]
}

/// A body with a certificate's outline; what it says inside, nobody needs.
fn certificate_body(id: &str) -> String {
    let text = Draw::new(0).text(id, BASE62, 320);
    let lines: Vec<&str> = (0..5).map(|line| &text[line * 64..(line + 1) * 64]).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----", lines.join("\n"))
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html>
pub(crate) fn service_specific_credentials(call: &Call<'_>) -> Reply {
    let all = call.request.param("AllUsers") == Some("true");
    let users: Vec<&User> = if all { call.account.users.iter().collect() } else { vec![named_user(call)?] };
    let service = call.request.param("ServiceName");
    let credentials: Vec<_> = users
        .into_iter()
        .flat_map(|user| user.service_credentials.iter().map(move |credential| (user, credential)))
        .filter(|(_, credential)| service.is_none_or(|service| service == credential.service))
        .collect();
    paged(call, "ServiceSpecificCredentials", &credentials, |(user, credential)| {
        let bedrock = credential.service.starts_with("bedrock");
        let name = if bedrock { "ServiceCredentialAlias" } else { "ServiceUserName" };
        let mut detail = vec![
            element("UserName", user.name.as_str()),
            element("Status", status(credential.active)),
            element(name, credential.user_name.as_str()),
            element("CreateDate", credential.created),
            element("ServiceSpecificCredentialId", credential.id.as_str()),
            element("ServiceName", credential.service.as_str()),
        ];
        detail.extend(credential.expires.map(|at| element("ExpirationDate", at)));
        detail
    })
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServerCertificates.html>
pub(crate) fn server_certificates(call: &Call<'_>) -> Reply {
    paged(call, "ServerCertificateMetadataList", &call.account.server_certificates, |certificate| {
        vec![
            element("Path", "/"),
            element("ServerCertificateName", certificate.name.as_str()),
            element("ServerCertificateId", certificate.id.as_str()),
            element("Arn", call.account.arn(&format!("server-certificate/{}", certificate.name))),
            element("UploadDate", certificate.uploaded),
            element("Expiration", certificate.expires),
        ]
    })
}

fn status(active: bool) -> &'static str {
    if active { "Active" } else { "Inactive" }
}

/// The user that the call names. Without a name AWS takes the caller, and the scanner is a role.
fn named_user<'a>(call: &Call<'a>) -> Result<&'a User, ApiError> {
    let name = call
        .request
        .param("UserName")
        .ok_or_else(|| ApiError::invalid("Must specify userName when calling with non-User credentials"))?;
    call.account.user(name).ok_or_else(|| ApiError::no_user(name))
}

/// One page of a listing.
fn paged<T, C: Into<Content>>(call: &Call<'_>, name: &'static str, items: &[T], show: impl Fn(&T) -> C) -> Reply {
    let page = call.paging.page(call.request, items.len())?;
    let mut reply = vec![list(name, items[page.items].iter().map(show))];
    reply.extend(page.trailer);
    Ok(reply)
}

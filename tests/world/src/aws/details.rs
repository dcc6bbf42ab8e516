//! `GetAccountAuthorizationDetails`: users, groups, roles and policies in one paged stream.

use super::replies::{Call, Reply};
use super::xml::{Xml, element, list};
use crate::account::{Grants, Group, Policy, Role, Tags, User};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Policy documents come percent-encoded as RFC 3986 says.
const DOCUMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One thing of the stream.
enum Item<'a> {
    User(&'a User),
    Group(&'a Group),
    Role(&'a Role),
    Policy(&'a Policy),
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>
pub(crate) fn authorization_details(call: &Call<'_>) -> Reply {
    let account = call.account;
    let filter = call.request.members("Filter");
    let wants = |kind: &str| filter.is_empty() || filter.contains(&kind);
    let mut items: Vec<Item<'_>> = Vec::new();
    if wants("User") {
        items.extend(account.users.iter().map(Item::User));
    }
    if wants("Group") {
        items.extend(account.groups.iter().map(Item::Group));
    }
    if wants("Role") {
        items.extend(account.roles.iter().map(Item::Role));
    }
    let kept = |policy: &&Policy| wants(if policy.is_of_aws() { "AWSManagedPolicy" } else { "LocalManagedPolicy" });
    items.extend(account.policies.iter().filter(kept).map(Item::Policy));

    let page = call.paging.page(call.request, items.len())?;
    let (mut users, mut groups, mut roles, mut policies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for item in &items[page.items] {
        match item {
            Item::User(user) => users.push(user_detail(call, user)),
            Item::Group(group) => groups.push(group_detail(call, group)),
            Item::Role(role) => roles.push(role_detail(call, role)),
            Item::Policy(policy) => policies.push(policy_detail(call, policy)),
        }
    }
    let mut reply = vec![
        list("UserDetailList", users),
        list("GroupDetailList", groups),
        list("RoleDetailList", roles),
        list("Policies", policies),
    ];
    reply.extend(page.trailer);
    Ok(reply)
}

fn user_detail(call: &Call<'_>, user: &User) -> Vec<Xml> {
    let mut detail = vec![
        element("Path", user.path.as_str()),
        element("UserName", user.name.as_str()),
        element("UserId", user.id.as_str()),
        element("Arn", user.arn(&call.account.number)),
        element("CreateDate", user.created),
        list("GroupList", user.groups.iter().map(String::as_str)),
        inline("UserPolicyList", &user.grants),
        attached(&user.grants),
    ];
    detail.extend(boundary(&user.grants));
    detail.extend(tags(&user.tags));
    detail
}

fn group_detail(call: &Call<'_>, group: &Group) -> Vec<Xml> {
    vec![
        element("Path", "/"),
        element("GroupName", group.name.as_str()),
        element("GroupId", group.id.as_str()),
        element("Arn", call.account.arn(&format!("group/{}", group.name))),
        element("CreateDate", group.created),
        inline("GroupPolicyList", &group.grants),
        attached(&group.grants),
    ]
}

fn role_detail(call: &Call<'_>, role: &Role) -> Vec<Xml> {
    let number = &call.account.number;
    let profile = |role: &Role| {
        vec![
            element("Path", "/"),
            element("InstanceProfileName", role.name.as_str()),
            element("InstanceProfileId", role.id.replacen("AROA", "AIPA", 1)),
            element("Arn", call.account.arn(&format!("instance-profile/{}", role.name))),
            element("CreateDate", role.created),
            list("Roles", [identity(role, number)]),
        ]
    };
    let profiles: Vec<Vec<Xml>> = if role.instance_profile { vec![profile(role)] } else { Vec::new() };
    let mut detail = identity(role, number);
    detail.push(list("InstanceProfileList", profiles));
    detail.push(inline("RolePolicyList", &role.grants));
    detail.push(attached(&role.grants));
    detail.extend(boundary(&role.grants));
    detail.extend(tags(&role.tags));
    let last_used = role
        .last_used
        .iter()
        .flat_map(|(at, region)| [element("LastUsedDate", *at), element("Region", region.as_str())]);
    detail.push(element("RoleLastUsed", last_used.collect::<Vec<Xml>>()));
    detail
}

/// What a role is called, and who may assume it: as every listing says it.
pub(crate) fn identity(role: &Role, number: &str) -> Vec<Xml> {
    vec![
        element("Path", role.path.as_str()),
        element("RoleName", role.name.as_str()),
        element("RoleId", role.id.as_str()),
        element("Arn", role.arn(number)),
        element("CreateDate", role.created),
        element("AssumeRolePolicyDocument", encoded(&role.trust)),
    ]
}

fn policy_detail(call: &Call<'_>, policy: &Policy) -> Vec<Xml> {
    let account = call.account;
    let holders = account.users.iter().map(|user| &user.grants);
    let holders = holders.chain(account.groups.iter().map(|group| &group.grants));
    let holders: Vec<&Grants> = holders.chain(account.roles.iter().map(|role| &role.grants)).collect();
    let attachments = holders.iter().filter(|grants| grants.attached.contains(&policy.arn)).count();
    let bounds = holders.iter().filter(|grants| grants.boundary.as_ref() == Some(&policy.arn)).count();
    let count = policy.versions.len();
    let versions = policy.versions.iter().enumerate().rev().map(|(index, document)| {
        vec![
            element("Document", encoded(document)),
            element("VersionId", format!("v{}", index + 1)),
            element("IsDefaultVersion", index + 1 == count),
            element("CreateDate", policy.created),
        ]
    });
    let above = policy.arn.split_once(":policy/").map_or("", |(_, rest)| rest);
    let path = above.rsplit_once('/').map_or("/".into(), |(folder, _)| format!("/{folder}/"));
    let mut detail = vec![
        element("PolicyName", policy.name()),
        element("PolicyId", policy.id.as_str()),
        element("Arn", policy.arn.as_str()),
        element("Path", path),
        element("DefaultVersionId", format!("v{count}")),
        element("AttachmentCount", attachments),
        element("PermissionsBoundaryUsageCount", bounds),
        element("IsAttachable", true),
        element("CreateDate", policy.created),
        element("UpdateDate", policy.created),
        list("PolicyVersionList", versions),
    ];
    detail.extend(policy.description.as_deref().map(|description| element("Description", description)));
    detail
}

fn inline(name: &'static str, grants: &Grants) -> Xml {
    list(
        name,
        grants.inline.iter().map(|(name, document)| {
            vec![element("PolicyName", name.as_str()), element("PolicyDocument", encoded(document))]
        }),
    )
}

fn attached(grants: &Grants) -> Xml {
    list(
        "AttachedManagedPolicies",
        grants.attached.iter().map(|arn| {
            let name = arn.rsplit('/').next().unwrap_or_default();
            vec![element("PolicyName", name), element("PolicyArn", arn.as_str())]
        }),
    )
}

fn boundary(grants: &Grants) -> Option<Xml> {
    let arn = grants.boundary.as_ref()?;
    Some(element(
        "PermissionsBoundary",
        vec![element("PermissionsBoundaryType", "Policy"), element("PermissionsBoundaryArn", arn.as_str())],
    ))
}

/// AWS leaves the element out where there is no tag.
pub(crate) fn tags(tags: &Tags) -> Option<Xml> {
    let pair = |(key, value): (&String, &String)| vec![element("Key", key.as_str()), element("Value", value.as_str())];
    (!tags.is_empty()).then(|| list("Tags", tags.iter().map(pair)))
}

fn encoded(document: &Value) -> String {
    utf8_percent_encode(&document.to_string(), DOCUMENT).to_string()
}

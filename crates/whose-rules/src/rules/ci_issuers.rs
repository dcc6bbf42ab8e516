//! The issuers of CI services with many tenants, and how their subjects name owner and project.

use whose_model::Condition;

/// How far the conditions of a trust narrow who gets in, the broadest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bound {
    /// No tenant is demanded.
    Nobody,
    /// One tenant is demanded, but none of its projects.
    Organisation,
    /// One project is demanded, or something within it.
    Project,
}

/// What a form of subject names, each with the mark that ends the name.
enum Names {
    /// The owner, then the project.
    Both(char, char),
    /// The owner alone.
    Owner(char),
    /// The project alone, by an id that nobody else can have.
    Project(char),
}

/// One form of subject: what it begins with, and what it names after that.
type Form = (&'static str, Names);

/// A CI service.
pub(super) struct Issuer {
    /// The issuer's address, or what it begins with when the rest names the tenant.
    address: &'static str,
    /// The address itself names the tenant, so that nobody else can get in.
    per_tenant: bool,
    forms: &'static [Form],
    /// Other claims that name a tenant.
    owner_claims: &'static [&'static str],
    /// Other claims that name a project.
    project_claims: &'static [&'static str],
}

/// The subjects: GitHub <https://docs.github.com/en/actions/reference/security/oidc>, GitLab
/// <https://docs.gitlab.com/ci/secrets/id_token_authentication/>, HCP Terraform
/// <https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials>, CircleCI
/// <https://circleci.com/docs/openid-connect-tokens/>, Buildkite <https://buildkite.com/docs/pipelines/security/oidc>,
/// Azure DevOps <https://learn.microsoft.com/en-us/azure/devops/pipelines/release/configure-workload-identity>.
const ISSUERS: &[Issuer] = &[
    Issuer {
        address: "token.actions.githubusercontent.com",
        per_tenant: false,
        forms: &[
            ("repo:", Names::Both('/', ':')),
            ("repository:", Names::Both('/', ':')),
            ("job_workflow_ref:", Names::Both('/', '/')),
            ("repository_owner:", Names::Owner(':')),
            ("repository_owner_id:", Names::Owner(':')),
            ("repository_id:", Names::Project(':')),
        ],
        owner_claims: &["repository_owner", "repository_owner_id", "enterprise", "enterprise_id"],
        project_claims: &["repository", "repository_id", "job_workflow_ref"],
    },
    Issuer {
        address: "gitlab.com",
        per_tenant: false,
        forms: &[("project_path:", Names::Both('/', ':'))],
        owner_claims: &["namespace_path", "namespace_id"],
        project_claims: &["project_path", "project_id"],
    },
    Issuer {
        address: "app.terraform.io",
        per_tenant: false,
        forms: &[("organization:", Names::Both(':', ':'))],
        owner_claims: &["terraform_organization_id", "terraform_organization_name"],
        project_claims: &["terraform_workspace_id", "terraform_project_id"],
    },
    Issuer {
        address: "agent.buildkite.com",
        per_tenant: false,
        forms: &[("organization:", Names::Both(':', ':'))],
        owner_claims: &["organization_slug", "organization_id"],
        project_claims: &["pipeline_slug", "pipeline_id"],
    },
    Issuer {
        address: "oidc.circleci.com/org/",
        per_tenant: true,
        forms: &[("org/", Names::Both('/', '/'))],
        owner_claims: &[],
        project_claims: &["oidc.circleci.com/project-id"],
    },
    Issuer {
        address: "vstoken.dev.azure.com/",
        per_tenant: true,
        forms: &[("sc://", Names::Both('/', '/'))],
        owner_claims: &[],
        project_claims: &[],
    },
    Issuer {
        address: "api.bitbucket.org/2.0/workspaces/",
        per_tenant: true,
        forms: &[("{", Names::Both('}', ':'))],
        owner_claims: &[],
        project_claims: &["repositoryuuid"],
    },
];

/// The CI service of an issuer's address, when it is one.
pub(super) fn issuer(address: &str) -> Option<&'static Issuer> {
    ISSUERS.iter().find(
        |issuer| {
            if issuer.per_tenant { address.starts_with(issuer.address) } else { address == issuer.address }
        },
    )
}

impl Issuer {
    /// How far these conditions narrow who gets in, and what says so. All conditions must hold, so the narrowest one
    /// counts; within one, any value will do, so the broadest counts.
    pub(super) fn bound(&self, address: &str, conditions: &[Condition]) -> (Bound, String) {
        let tenant = if self.per_tenant { Bound::Organisation } else { Bound::Nobody };
        let mut best = (tenant, "there is no condition on the subject".to_string());
        for condition in conditions.iter().filter(|condition| narrows(condition)) {
            let key = condition.key.to_ascii_lowercase();
            let Some(claim) = key.strip_prefix(address).and_then(|rest| rest.strip_prefix(':')) else { continue };
            let wildcards = condition.operator.to_ascii_lowercase().contains("like");
            let Some(bound) = condition.values.iter().map(|value| self.of_value(claim, value, wildcards)).min() else {
                continue;
            };
            let known = claim == "sub" || self.owner_claims.contains(&claim) || self.project_claims.contains(&claim);
            if known && (bound > best.0 || bound == tenant) {
                let why = format!("{} {} {}", condition.key, condition.operator, condition.values.join(" or "));
                best = (bound.max(tenant), why);
            }
        }
        best
    }

    fn of_value(&self, claim: &str, value: &str, wildcards: bool) -> Bound {
        let open = |text: &str| text.is_empty() || (wildcards && text.contains(['*', '?']));
        let fixed = |text: &str| !open(text);
        if claim == "sub" {
            return self.of_subject(value, fixed);
        }
        match (self.owner_claims.contains(&claim), self.project_claims.contains(&claim)) {
            (true, _) if fixed(value) => Bound::Organisation,
            (_, true) if fixed(value) => Bound::Project,
            // A wildcard behind the owner's name (`acme/*`) still names the owner.
            (_, true) if value.split_once('/').is_some_and(|(owner, _)| fixed(owner)) => Bound::Organisation,
            _ => Bound::Nobody,
        }
    }

    /// Only a subject whose owner is spelled out, up to the mark that ends it, binds an organisation: `repo:acme*`
    /// lets in everybody whose name begins with `acme`.
    fn of_subject(&self, subject: &str, fixed: impl Fn(&str) -> bool) -> Bound {
        let found = self.forms.iter().find_map(|(prefix, names)| Some((names, subject.strip_prefix(prefix)?)));
        let alone = |rest: &str, end: char, bound| {
            if fixed(rest.split(end).next().unwrap_or_default()) { bound } else { Bound::Nobody }
        };
        match found {
            None => Bound::Nobody,
            Some((Names::Owner(end), rest)) => alone(rest, *end, Bound::Organisation),
            Some((Names::Project(end), rest)) => alone(rest, *end, Bound::Project),
            Some((Names::Both(owner_end, project_end), rest)) => match rest.split_once(*owner_end) {
                Some((owner, project)) if fixed(owner) => {
                    if fixed(project_part(project, *project_end)) {
                        Bound::Project
                    } else {
                        Bound::Organisation
                    }
                }
                _ => Bound::Nobody,
            },
        }
    }
}

/// The project's own part: `web` of `web:ref:x`, and the value of `workspace` in `project:p:workspace:w:run_phase:x`.
fn project_part(rest: &str, end: char) -> &str {
    let mut parts = rest.split(end);
    let first = parts.next().unwrap_or_default();
    match first {
        "project" | "pipeline" => {
            let value = parts.next().unwrap_or_default();
            let workspace = parts.next().filter(|key| *key == "workspace").and_then(|_| parts.next());
            workspace.unwrap_or(value)
        }
        _ => first,
    }
}

/// Whether a condition keeps anybody out. Negated operators keep out only whom they name.
fn narrows(condition: &Condition) -> bool {
    let operator = condition.operator.to_ascii_lowercase();
    let compares = operator.contains("equals") || operator.contains("like");
    compares && !operator.contains("not") && !operator.ends_with("ifexists")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, operator: &str, claim: &str, values: &[&str], expected: Bound) {
        let condition = Condition {
            operator: operator.into(),
            key: format!("{address}:{claim}"),
            values: values.iter().map(|value| (*value).into()).collect(),
        };
        let (bound, why) = issuer(address).unwrap().bound(address, &[condition]);
        assert_eq!(bound, expected, "{address} {operator} {claim} {values:?}: {why}");
    }

    #[test]
    fn each_service_names_owner_and_project_in_its_own_way() {
        use Bound::{Nobody, Organisation, Project};
        for (address, subject, expected) in [
            ("gitlab.com", "project_path:acme/web:ref_type:branch:ref:main", Project),
            ("gitlab.com", "project_path:acme/*", Organisation),
            ("gitlab.com", "project_path:*", Nobody),
            ("app.terraform.io", "organization:acme:project:core:workspace:prod:run_phase:apply", Project),
            ("app.terraform.io", "organization:acme:project:*:workspace:prod:run_phase:*", Project),
            ("app.terraform.io", "organization:acme:project:core:workspace:*:run_phase:*", Organisation),
            ("app.terraform.io", "organization:acme:*", Organisation),
            ("app.terraform.io", "organization:*:project:core:workspace:prod:run_phase:apply", Nobody),
            ("agent.buildkite.com", "organization:acme:pipeline:web:ref:refs/heads/main:commit:*:step:*", Project),
            ("oidc.circleci.com/org/123", "org/123/project/456/user/*", Project),
            ("oidc.circleci.com/org/123", "org/123/project/*", Organisation),
            ("vstoken.dev.azure.com/123", "sc://acme/web/production", Project),
            ("vstoken.dev.azure.com/123", "sc://acme/*", Organisation),
            ("token.actions.githubusercontent.com", "repository_id:42:ref:*", Project),
            ("token.actions.githubusercontent.com", "job_workflow_ref:acme/ci/.github/workflows/x.yml@*", Project),
        ] {
            check(address, "StringLike", "sub", &[subject], expected);
        }
    }

    #[test]
    fn operators_and_other_claims_count_for_what_they_demand() {
        use Bound::{Nobody, Organisation, Project};
        let github = "token.actions.githubusercontent.com";
        check(github, "StringNotLike", "sub", &["repo:acme/web:*"], Nobody);
        check(github, "StringLikeIfExists", "sub", &["repo:acme/web:*"], Nobody);
        check(github, "ForAllValues:StringLike", "sub", &["repo:acme/web:*"], Project);
        check(github, "StringEquals", "repository_owner", &["acme"], Organisation);
        check(github, "StringEquals", "repository", &["acme/web"], Project);
        check(github, "StringLike", "repository", &["acme/*"], Organisation);
        check(github, "StringEquals", "actor", &["octocat"], Nobody);
        check("oidc.circleci.com/org/123", "StringEquals", "aud", &["123"], Organisation);
    }

    #[test]
    fn issuers_outside_the_table_are_private() {
        assert!(issuer("token.actions.githubusercontent.com/acme").is_none());
        assert!(issuer("gitlab.acme.example").is_none());
        assert!(issuer("gitlab.com.evil.example").is_none());
    }
}

//! What GitHub's permissions give by themselves: the vendor names them, so no policy needs to be evaluated.

use std::collections::BTreeMap;
use whose_model::{Power, Tier};

/// Permissions by name, with `read`, `write` or `admin`.
pub(crate) type Permissions = BTreeMap<String, String>;

/// Whoever may write these rules the organisation: its settings, its people, its roles.
const RULES_ORGANIZATION: [&str; 4] =
    ["members", "organization_administration", "organization_custom_org_roles", "organization_custom_roles"];

/// Whoever may write these changes code, pipelines, or the secrets and machines that pipelines use.
const CHANGES_CODE: [&str; 18] = [
    "actions",
    "actions_variables",
    "codespaces_secrets",
    "contents",
    "dependabot_secrets",
    "deployments",
    "environments",
    "organization_actions_variables",
    "organization_dependabot_secrets",
    "organization_hooks",
    "organization_packages",
    "organization_personal_access_token_requests",
    "organization_secrets",
    "organization_self_hosted_runners",
    "packages",
    "repository_hooks",
    "secrets",
    "workflows",
];

/// On how many repositories permissions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// On all, those of tomorrow included.
    All,
    /// On some.
    Selected,
    /// On none: permissions on the organisation alone.
    Nothing,
}

impl Extent {
    /// Reads `repository_selection`. A word that is not known is not taken for less than it may be.
    pub(crate) fn of(selection: &str) -> Self {
        match selection {
            "selected" | "subset" => Self::Selected,
            "none" => Self::Nothing,
            _ => Self::All,
        }
    }

    /// In words that fit behind a permission.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::All => "on all repositories",
            Self::Selected => "on selected repositories",
            Self::Nothing => "on no repository",
        }
    }
}

/// The strongest that permissions give, and which of them give it.
pub(crate) fn power(permissions: &Permissions, extent: Extent) -> Power {
    let tiers = permissions.iter().map(|(name, access)| (tier(name, access, extent), name, access));
    let strongest = tiers.clone().map(|(tier, ..)| tier).min().unwrap_or(Tier::T3);
    let giving = tiers.filter(|(tier, ..)| *tier == strongest);
    let giving: Vec<String> = giving.map(|(_, name, access)| format!("{access} of {name}")).collect();
    let why = if giving.is_empty() {
        "no permission at all".into()
    } else {
        format!("{} {}", giving.join(", "), extent.words())
    };
    Power { tier: strongest, why }
}

fn tier(name: &str, access: &str, extent: Extent) -> Tier {
    let writes = matches!(access, "write" | "admin");
    match name {
        _ if writes && RULES_ORGANIZATION.contains(&name) => Tier::T0,
        // Who administers a repository gives itself every other right in it.
        "administration" if writes && extent == Extent::All => Tier::T0,
        "administration" if writes => Tier::T1,
        _ if writes && CHANGES_CODE.contains(&name) => Tier::T1,
        // Everybody who can see a repository has it.
        "metadata" => Tier::T3,
        _ => Tier::T2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_permission_counts() {
        let check = |pairs: &[(&str, &str)], extent, tier, why: &str| {
            let permissions = pairs.iter().map(|(name, access)| ((*name).into(), (*access).into())).collect();
            let power = power(&permissions, extent);
            assert_eq!((power.tier, power.why.as_str()), (tier, why), "{pairs:?}");
        };
        check(
            &[("metadata", "read"), ("members", "write")],
            Extent::Selected,
            Tier::T0,
            "write of members on selected repositories",
        );
        check(&[("administration", "write")], Extent::All, Tier::T0, "write of administration on all repositories");
        check(
            &[("administration", "write")],
            Extent::Selected,
            Tier::T1,
            "write of administration on selected repositories",
        );
        check(
            &[("contents", "write"), ("workflows", "write"), ("issues", "write")],
            Extent::All,
            Tier::T1,
            "write of contents, write of workflows on all repositories",
        );
        check(
            &[("contents", "read"), ("members", "read")],
            Extent::All,
            Tier::T2,
            "read of contents, read of members on all repositories",
        );
        check(&[("metadata", "read")], Extent::All, Tier::T3, "read of metadata on all repositories");
        check(&[], Extent::Nothing, Tier::T3, "no permission at all");
    }

    #[test]
    fn an_unknown_extent_is_not_taken_for_less() {
        assert_eq!(Extent::of("everything-and-more"), Extent::All);
        assert_eq!((Extent::of("subset"), Extent::of("none")), (Extent::Selected, Extent::Nothing));
    }
}

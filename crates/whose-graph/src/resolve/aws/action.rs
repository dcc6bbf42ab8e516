//! The actions that decisions are made about, as numbers, so that a compiled statement is a word of bits.

use super::pattern;

macro_rules! actions {
    ($($variant:ident = $name:literal,)*) => {
        /// One action that matters to escalation or to becoming a role.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Action { $($variant,)* }

        impl Action {
            pub(super) const ALL: &[Self] = &[$(Self::$variant,)*];

            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

actions! {
    AddUserToGroup = "iam:AddUserToGroup",
    AttachGroupPolicy = "iam:AttachGroupPolicy",
    AttachRolePolicy = "iam:AttachRolePolicy",
    AttachUserPolicy = "iam:AttachUserPolicy",
    CreateAccessKey = "iam:CreateAccessKey",
    CreateLoginProfile = "iam:CreateLoginProfile",
    CreatePolicyVersion = "iam:CreatePolicyVersion",
    DeleteRolePermissionsBoundary = "iam:DeleteRolePermissionsBoundary",
    DeleteUserPermissionsBoundary = "iam:DeleteUserPermissionsBoundary",
    PutGroupPolicy = "iam:PutGroupPolicy",
    PutRolePolicy = "iam:PutRolePolicy",
    PutUserPolicy = "iam:PutUserPolicy",
    SetDefaultPolicyVersion = "iam:SetDefaultPolicyVersion",
    UpdateAssumeRolePolicy = "iam:UpdateAssumeRolePolicy",
    UpdateLoginProfile = "iam:UpdateLoginProfile",
    AttachManagedPolicyToPermissionSet = "sso:AttachManagedPolicyToPermissionSet",
    PutInlinePolicyToPermissionSet = "sso:PutInlinePolicyToPermissionSet",
    AssumeRole = "sts:AssumeRole",
}

const _: () = assert!(Action::ALL.len() <= 64, "a set of actions is one word");

/// A set of actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ActionSet(u64);

impl ActionSet {
    /// The actions that a statement speaks of; its patterns are in lower case.
    pub(super) fn of(actions: &[String], not_actions: &[String]) -> Self {
        let named = |patterns: &[String], action: Action| {
            let name = action.name().to_lowercase();
            patterns.iter().any(|pattern| pattern::matches(pattern, &name))
        };
        let speaks = |action: &Action| {
            if not_actions.is_empty() { named(actions, *action) } else { !named(not_actions, *action) }
        };
        Self(Action::ALL.iter().filter(|action| speaks(action)).fold(0, |bits, action| bits | Self::bit(*action)))
    }

    pub(super) fn has(self, action: Action) -> bool {
        self.0 & Self::bit(action) != 0
    }

    fn bit(action: Action) -> u64 {
        1 << action as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_speak_of_the_actions_that_they_match() {
        let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        for (actions, not_actions, action, expected) in [
            (vec!["*"], vec![], Action::AssumeRole, true),
            (vec!["iam:put*"], vec![], Action::PutUserPolicy, true),
            (vec!["iam:put*"], vec![], Action::AttachUserPolicy, false),
            (vec![], vec!["iam:*"], Action::PutUserPolicy, false),
            (vec![], vec!["iam:*"], Action::AssumeRole, true),
            (vec![], vec![], Action::AssumeRole, false),
        ] {
            assert_eq!(ActionSet::of(&own(&actions), &own(&not_actions)).has(action), expected, "{actions:?}");
        }
    }
}

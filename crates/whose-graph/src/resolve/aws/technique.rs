//! The catalogue of escalation techniques, as data. Each row says which actions on which target raise whoever may
//! take them; techniques that pass a role or chain several targets have no row yet.

use super::action::Action;

/// What the actions must be allowed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The user itself.
    OwnUser,
    /// The role itself.
    OwnRole,
    /// A group that the user is in.
    OwnGroup,
    /// A group whose policies make its members admin-equivalent.
    AdminGroup,
    /// A customer-managed policy that the identity holds.
    OwnPolicy,
    /// The permission set from which IAM Identity Center made the role.
    OwnPermissionSet,
    /// The boundary of the user itself.
    OwnUserBoundary,
    /// The boundary of the role itself.
    OwnRoleBoundary,
    /// Any user without a console password.
    UserWithoutPassword,
    /// Any user with a console password.
    UserWithPassword,
    /// Any user.
    OtherUser,
    /// Any role.
    OtherRole,
}

/// One technique.
#[derive(Clone, Copy, Debug)]
pub(super) struct Technique {
    /// Our id for it, stable across versions.
    pub(super) id: &'static str,
    /// Where the field describes it.
    pub(super) reference: &'static str,
    /// The actions, all of which are needed on the target.
    pub(super) actions: &'static [Action],
    /// What they must be allowed on.
    pub(super) target: Target,
}

const fn row(id: &'static str, reference: &'static str, actions: &'static [Action], target: Target) -> Technique {
    Technique { id, reference, actions, target }
}

/// The catalogue, by id.
pub(super) const TECHNIQUES: &[Technique] = &[
    row("aws-esc-001", "pathfinding:iam-013", &[Action::AddUserToGroup], Target::AdminGroup),
    row("aws-esc-002", "pathfinding:iam-010", &[Action::AttachGroupPolicy], Target::OwnGroup),
    row("aws-esc-003", "pathfinding:iam-009", &[Action::AttachRolePolicy], Target::OwnRole),
    row("aws-esc-004", "pathfinding:iam-008", &[Action::AttachUserPolicy], Target::OwnUser),
    row("aws-esc-005", "pathfinding:iam-001", &[Action::CreatePolicyVersion], Target::OwnPolicy),
    row("aws-esc-006", "pathfinding:iam-011", &[Action::PutGroupPolicy], Target::OwnGroup),
    row("aws-esc-007", "pathfinding:iam-005", &[Action::PutRolePolicy], Target::OwnRole),
    row("aws-esc-008", "pathfinding:iam-007", &[Action::PutUserPolicy], Target::OwnUser),
    row("aws-esc-009", "prowler:SetDefaultPolicyVersion", &[Action::SetDefaultPolicyVersion], Target::OwnPolicy),
    row(
        "aws-esc-010",
        "prowler:sso:AttachManagedPolicyToPermissionSet",
        &[Action::AttachManagedPolicyToPermissionSet],
        Target::OwnPermissionSet,
    ),
    row(
        "aws-esc-012",
        "prowler:sso:PutInlinePolicyToPermissionSet",
        &[Action::PutInlinePolicyToPermissionSet],
        Target::OwnPermissionSet,
    ),
    row(
        "aws-esc-013",
        "prowler:AssumeRole+DeleteRolePermissionsBoundary",
        &[Action::DeleteRolePermissionsBoundary],
        Target::OwnRoleBoundary,
    ),
    row(
        "aws-esc-014",
        "prowler:iam:DeleteUserPermissionsBoundary",
        &[Action::DeleteUserPermissionsBoundary],
        Target::OwnUserBoundary,
    ),
    row("aws-esc-018", "pathfinding:iam-002", &[Action::CreateAccessKey], Target::OtherUser),
    row("aws-esc-021", "pathfinding:iam-004", &[Action::CreateLoginProfile], Target::UserWithoutPassword),
    row("aws-esc-026", "pathfinding:iam-012", &[Action::UpdateAssumeRolePolicy], Target::OtherRole),
    row("aws-esc-028", "pathfinding:iam-006", &[Action::UpdateLoginProfile], Target::UserWithPassword),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_and_every_row_needs_something() {
        assert!(TECHNIQUES.is_sorted_by(|a, b| a.id < b.id));
        assert!(TECHNIQUES.iter().all(|technique| !technique.actions.is_empty()));
        assert!(TECHNIQUES.iter().all(|technique| technique.reference.contains(':')));
    }
}

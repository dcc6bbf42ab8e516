//! Declared calls: every request that a connector can make is a value of this type, and a value that
//! writes cannot be built.

/// One operation of a provider's API that only reads, with the permission that it needs.
///
/// The fields can be read by all and set only by [`ApiCall::read`], which refuses everything but reading verbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ApiCall {
    /// The vendor's name of it, with its service: `iam:ListAccessKeys`.
    pub name: &'static str,
    /// The permission that allows it, in the vendor's words. Mostly the same as the name.
    pub permission: &'static str,
    /// What the answer is needed for, as one sentence.
    pub why: &'static str,
    /// The vendor's page about it.
    pub docs: &'static str,
}

/// The verbs with which a reading operation may begin.
const READ_VERBS: &[&str] = &["Get", "List", "Describe", "Head", "Search", "Lookup", "BatchGet"];

/// Operations that read although their verb does not say so. Each has its reason.
const READS_BY_ANOTHER_NAME: &[&str] = &[
    // AWS classes it as access level "Read": it makes AWS collect facts that it holds already, and changes
    // nothing in the account.
    "GenerateCredentialReport",
    // GitHub's way for an app to sign in: it gives the caller a token for itself, which ends by itself within the hour,
    // and changes nothing in the organisation.
    "CreateInstallationAccessToken",
];

impl ApiCall {
    /// Declares an operation.
    ///
    /// # Panics
    /// When the operation's verb is not one that reads. In a `const` or `static`, where declarations belong, that is
    /// an error of compilation.
    pub const fn read(name: &'static str, permission: &'static str, why: &'static str, docs: &'static str) -> Self {
        assert!(reads(operation(name.as_bytes())), "an ApiCall may only be declared for an operation that reads");
        Self { name, permission, why, docs }
    }

    /// The operation without its service: `ListAccessKeys` of `iam:ListAccessKeys`.
    pub fn operation(&self) -> &'static str {
        self.name.rsplit(':').next().unwrap_or(self.name)
    }
}

/// The part after the last colon.
const fn operation(name: &[u8]) -> &[u8] {
    let mut at = name.len();
    while at > 0 {
        if name[at - 1] == b':' {
            return name.split_at(at).1;
        }
        at -= 1;
    }
    name
}

const fn reads(operation: &[u8]) -> bool {
    let mut index = 0;
    while index < READ_VERBS.len() {
        let verb = READ_VERBS[index].as_bytes();
        // The verb must end where a word ends: `Listen` or `Getaway` are no reading verbs.
        if begins_with(operation, verb) && operation.len() > verb.len() && operation[verb.len()].is_ascii_uppercase() {
            return true;
        }
        index += 1;
    }
    index = 0;
    while index < READS_BY_ANOTHER_NAME.len() {
        let name = READS_BY_ANOTHER_NAME[index].as_bytes();
        if operation.len() == name.len() && begins_with(operation, name) {
            return true;
        }
        index += 1;
    }
    false
}

const fn begins_with(text: &[u8], start: &[u8]) -> bool {
    if text.len() < start.len() {
        return false;
    }
    let mut index = 0;
    while index < start.len() {
        if text[index] != start[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(name: &'static str) -> bool {
        std::panic::catch_unwind(|| ApiCall::read(name, name, "why", "docs")).is_ok()
    }

    #[test]
    fn reading_operations_can_be_declared() {
        for name in [
            "iam:ListAccessKeys",
            "sts:GetCallerIdentity",
            "iam:GenerateCredentialReport",
            "github:CreateInstallationAccessToken",
            "DescribeKey",
        ] {
            assert!(declared(name), "{name}");
        }
    }

    #[test]
    fn writing_operations_cannot_be_declared() {
        for name in [
            "iam:DeleteAccessKey",
            "iam:CreateUser",
            "iam:GenerateServiceLastAccessedDetails",
            "sts:AssumeRole",
            "ec2:GetawayWith",
            "x:Listen",
            "iam:List",
            "iam:list",
            "",
            "iam:",
        ] {
            assert!(!declared(name), "{name}");
        }
    }

    #[test]
    fn the_operation_is_the_name_without_its_service() {
        assert_eq!(ApiCall::read("iam:ListUsers", "iam:ListUsers", "", "").operation(), "ListUsers");
    }
}

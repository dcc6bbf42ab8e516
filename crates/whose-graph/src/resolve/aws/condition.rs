//! Conditions, to three values. What the request or the network decides is unknown; what the inventory knows of
//! the caller (name, tags, account, boundary) is evaluated.

use super::pattern;
use std::collections::BTreeMap;
use whose_model::{Condition, ConditionClass, Timestamp};

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    /// It does not.
    False,
    /// Nothing here tells.
    Unknown,
    /// It does.
    True,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    fn negated(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

/// What is known of a caller before it calls.
pub(super) struct Caller<'a> {
    pub(super) arn: &'a str,
    pub(super) account: &'a str,
    /// The user's name; a role's sessions have none.
    pub(super) user: Option<&'a str>,
    pub(super) tags: &'a BTreeMap<String, String>,
    /// The address of its permissions boundary.
    pub(super) boundary: Option<&'a str>,
    pub(super) mfa: Option<bool>,
    pub(super) as_of: Timestamp,
}

/// What the inventory knows of a context key's value.
enum Known<'a> {
    Is(&'a str),
    Absent,
    Nothing,
}

/// All conditions together: all must hold.
pub(super) fn truth(conditions: &[Condition], caller: &Caller<'_>) -> Truth {
    conditions.iter().map(|condition| one(condition, caller)).min().unwrap_or(Truth::True)
}

fn one(condition: &Condition, caller: &Caller<'_>) -> Truth {
    let operator = condition.operator.to_lowercase();
    let (every, operator) = match operator.split_once(':') {
        Some(("forallvalues", rest)) => (true, rest),
        Some(("foranyvalue", rest)) => (false, rest),
        _ => (false, operator.as_str()),
    };
    let (if_exists, operator) = match operator.strip_suffix("ifexists") {
        Some(rest) => (true, rest),
        None => (false, operator),
    };
    let key = condition.key.to_lowercase();
    if key == "aws:currenttime" {
        return date(operator, &condition.values, caller.as_of);
    }
    let positive = operator.replace("not", "");
    let negative = positive.len() != operator.len();
    match known(&key, caller) {
        Known::Nothing => Truth::Unknown,
        Known::Absent if operator == "null" => Truth::of(condition.values.iter().any(|value| value == "true")),
        Known::Is(_) if operator == "null" => Truth::of(condition.values.iter().any(|value| value == "false")),
        Known::Absent => Truth::of(if_exists || every || negative),
        Known::Is(value) => {
            let any = condition.values.iter().map(|wanted| compare(&positive, wanted, value, caller)).max();
            let any = any.unwrap_or(Truth::False);
            if negative { any.negated() } else { any }
        }
    }
}

fn known<'a>(key: &str, caller: &Caller<'a>) -> Known<'a> {
    let optional = |value: Option<&'a str>| value.map_or(Known::Absent, Known::Is);
    match key {
        "aws:principalarn" => Known::Is(caller.arn),
        "aws:principalaccount" => Known::Is(caller.account),
        "aws:username" => optional(caller.user),
        "aws:principaltype" => Known::Is(if caller.user.is_some() { "User" } else { "AssumedRole" }),
        "aws:securetransport" => Known::Is("true"),
        "aws:viaawsservice" => Known::Is("false"),
        // Who escalates would attach the strongest policy there is, and acts on itself.
        "iam:policyarn" => Known::Is("arn:aws:iam::aws:policy/AdministratorAccess"),
        "iam:permissionsboundary" => optional(caller.boundary),
        _ => match key.strip_prefix("aws:principaltag/") {
            Some(tag) => {
                let found = caller.tags.iter().find(|(name, _)| name.to_lowercase() == tag);
                optional(found.map(|(_, value)| value.as_str()))
            }
            None => Known::Nothing,
        },
    }
}

fn compare(operator: &str, wanted: &str, value: &str, caller: &Caller<'_>) -> Truth {
    let Some(wanted) = substitute(wanted, caller).0 else { return Truth::Unknown };
    match operator {
        "stringequals" => Truth::of(wanted == value),
        "stringequalsignorecase" | "bool" => Truth::of(wanted.to_lowercase() == value.to_lowercase()),
        "stringlike" | "arnlike" | "arnequals" => Truth::of(pattern::matches(&wanted, value)),
        _ => Truth::Unknown,
    }
}

fn date(operator: &str, values: &[String], as_of: Timestamp) -> Truth {
    let holds = |value: &String| {
        let Ok(limit) = value.parse::<Timestamp>() else { return Truth::Unknown };
        match operator {
            "dategreaterthan" | "dategreaterthanequals" => Truth::of(as_of >= limit),
            "datelessthan" | "datelessthanequals" => Truth::of(as_of <= limit),
            _ => Truth::Unknown,
        }
    };
    values.iter().map(holds).max().unwrap_or(Truth::False)
}

/// Puts what is known into a text's `${variables}`. First: the text, unless the caller can never fill one. Second:
/// whether one could not be told, and stands as `*`.
pub(super) fn substitute(text: &str, caller: &Caller<'_>) -> (Option<String>, bool) {
    let (mut out, mut guessed, mut rest) = (String::new(), false, text);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, more)) = after.split_once('}') else { break };
        out.push_str(before);
        let (name, otherwise) = name.split_once(',').map_or((name, None), |(name, other)| (name, Some(other)));
        match known(&name.trim().to_lowercase(), caller) {
            Known::Is(value) => out.push_str(value),
            Known::Absent => match otherwise {
                Some(other) => out.push_str(other.trim().trim_matches('\'')),
                None => return (None, false),
            },
            Known::Nothing => {
                out.push('*');
                guessed = true;
            }
        }
        rest = more;
    }
    out.push_str(rest);
    (Some(out), guessed)
}

/// What kind of conditions an edge stands under. `None`: they can never hold for this caller.
pub(super) fn class(conditions: &[Condition], caller: Option<&Caller<'_>>) -> Option<ConditionClass> {
    let mut class = ConditionClass::None;
    let mut external = false;
    for condition in conditions {
        let truth = caller.map_or(Truth::Unknown, |caller| one(condition, caller));
        let key = condition.key.to_lowercase();
        let this = match truth {
            Truth::False => return None,
            Truth::True => ConditionClass::None,
            Truth::Unknown => of_key(&key, caller),
        };
        external |= this == ConditionClass::External;
        class = class.max(this);
    }
    // Another condition beside it cannot take away that a party outside has to play along.
    Some(if external { ConditionClass::External } else { class })
}

fn of_key(key: &str, caller: Option<&Caller<'_>>) -> ConditionClass {
    match key {
        "sts:externalid" | "aws:sourceaccount" | "aws:sourcearn" => ConditionClass::External,
        "sts:rolesessionname"
        | "sts:sourceidentity"
        | "sts:transitivetagkeys"
        | "aws:requestedregion"
        | "aws:tagkeys" => ConditionClass::Satisfiable,
        "aws:multifactorauthpresent" | "aws:multifactorauthage" if caller.and_then(|c| c.mfa) == Some(true) => {
            ConditionClass::Satisfiable
        }
        _ if key.starts_with("aws:requesttag/") => ConditionClass::Satisfiable,
        // Keys of another issuer, such as `token.actions.githubusercontent.com:sub`, name a host.
        _ if key.split(':').next().is_some_and(|issuer| issuer.contains('.')) => ConditionClass::External,
        _ => ConditionClass::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(operator: &str, key: &str, values: &[&str]) -> Condition {
        Condition {
            operator: operator.into(),
            key: key.into(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        }
    }

    fn with_caller<T>(check: impl Fn(&Caller<'_>) -> T) -> T {
        let tags = BTreeMap::from([("Team".to_owned(), "pay".to_owned())]);
        check(&Caller {
            arn: "arn:aws:iam::1:user/alice",
            account: "1",
            user: Some("alice"),
            tags: &tags,
            boundary: None,
            mfa: Some(true),
            as_of: crate::sample::as_of(),
        })
    }

    #[test]
    fn conditions_hold_fail_or_stay_open() {
        use Truth::{False, True, Unknown};
        for (operator, key, values, expected) in [
            ("StringEquals", "aws:PrincipalAccount", vec!["2", "1"], True),
            ("StringNotEquals", "aws:PrincipalAccount", vec!["2", "1"], False),
            ("ArnLike", "aws:PrincipalArn", vec!["arn:aws:iam::*:user/*"], True),
            ("StringEquals", "aws:PrincipalTag/team", vec!["pay"], True),
            ("StringEquals", "aws:PrincipalTag/stage", vec!["prod"], False),
            ("StringEqualsIfExists", "aws:PrincipalTag/stage", vec!["prod"], True),
            ("StringNotEquals", "aws:PrincipalTag/stage", vec!["prod"], True),
            ("ForAllValues:StringEquals", "aws:PrincipalTag/stage", vec!["prod"], True),
            ("Null", "aws:PrincipalTag/stage", vec!["true"], True),
            ("Null", "aws:PrincipalTag/team", vec!["true"], False),
            ("StringEquals", "aws:username", vec!["${aws:username}"], True),
            ("Bool", "aws:SecureTransport", vec!["true"], True),
            ("IpAddress", "aws:SourceIp", vec!["10.0.0.0/8"], Unknown),
            ("DateLessThan", "aws:CurrentTime", vec!["2020-01-01T00:00:00Z"], False),
            ("DateGreaterThan", "aws:CurrentTime", vec!["2020-01-01T00:00:00Z"], True),
            ("DateGreaterThan", "aws:CurrentTime", vec!["soon"], Unknown),
            ("ArnEquals", "iam:PolicyARN", vec!["arn:aws:iam::1:policy/safe"], False),
            ("StringEquals", "iam:PermissionsBoundary", vec!["arn:aws:iam::1:policy/bound"], False),
            ("Nonsense", "aws:PrincipalArn", vec!["x"], Unknown),
            ("StringEquals", "aws:PrincipalArn", vec![], False),
        ] {
            let found = with_caller(|caller| truth(&[condition(operator, key, &values)], caller));
            assert_eq!(found, expected, "{operator} {key} {values:?}");
        }
    }

    #[test]
    fn one_open_condition_leaves_all_open_and_one_failed_fails_all() {
        let open = condition("IpAddress", "aws:SourceIp", &["10.0.0.0/8"]);
        let holds = condition("Bool", "aws:SecureTransport", &["true"]);
        let fails = condition("Bool", "aws:SecureTransport", &["false"]);
        let truth_of = |list: &[Condition]| with_caller(|caller| truth(list, caller));
        assert_eq!(truth_of(&[]), Truth::True);
        assert_eq!(truth_of(&[holds.clone(), open.clone()]), Truth::Unknown);
        assert_eq!(truth_of(&[holds, open, fails]), Truth::False);
    }

    #[test]
    fn edges_get_the_class_of_their_conditions() {
        use ConditionClass::{External, None as Free, Satisfiable, Unknown};
        for (list, expected) in [
            (vec![], Some(Free)),
            (vec![condition("StringEquals", "sts:ExternalId", &["x"])], Some(External)),
            (
                vec![
                    condition("StringEquals", "sts:ExternalId", &["x"]),
                    condition("IpAddress", "aws:SourceIp", &["10.0.0.0/8"]),
                ],
                Some(External),
            ),
            (vec![condition("Bool", "aws:MultiFactorAuthPresent", &["true"])], Some(Satisfiable)),
            (vec![condition("StringLike", "sts:RoleSessionName", &["${aws:username}"])], Some(Satisfiable)),
            (vec![condition("IpAddress", "aws:SourceIp", &["10.0.0.0/8"])], Some(Unknown)),
            (vec![condition("StringLike", "token.actions.githubusercontent.com:sub", &["*"])], Some(External)),
            (vec![condition("StringEquals", "aws:PrincipalAccount", &["2"])], None),
        ] {
            assert_eq!(with_caller(|caller| class(&list, Some(caller))), expected, "{list:?}");
        }
    }

    #[test]
    fn variables_are_filled_guessed_or_refused() {
        for (text, expected) in [
            ("user/${aws:username}", (Some("user/alice".to_owned()), false)),
            ("user/${aws:PrincipalTag/stage}", (None, false)),
            ("user/${aws:PrincipalTag/stage, 'dev'}", (Some("user/dev".to_owned()), false)),
            ("user/${aws:SourceIdentity}/x", (Some("user/*/x".to_owned()), true)),
            ("user/${unclosed", (Some("user/${unclosed".to_owned()), false)),
        ] {
            assert_eq!(with_caller(|caller| substitute(text, caller)), expected, "{text}");
        }
    }
}

//! Policy documents: URL-encoded JSON whose elements are single values or lists, turned into statements.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>

use crate::ids::Account;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use whose_model::{Condition, Effect, Principal, Statement};

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DocumentError {
    /// It is not JSON.
    #[error("the policy document is not JSON")]
    NotJson,
    /// It is JSON of another shape.
    #[error("the policy document {0}")]
    Shape(&'static str),
}

/// Reads a document as the API returns it.
pub(crate) fn parse(encoded: &str, account: &Account) -> Result<Vec<Statement>, DocumentError> {
    let document: Value = match serde_json::from_str(encoded) {
        // Some servers forget to encode. A document begins with a brace, which encoding would have replaced.
        Ok(document @ Value::Object(_)) => document,
        _ => {
            let text = percent_decode_str(encoded).decode_utf8().map_err(|_| DocumentError::NotJson)?;
            serde_json::from_str(&text).map_err(|_| DocumentError::NotJson)?
        }
    };
    match document.get("Statement") {
        Some(Value::Array(list)) => list.iter().map(|value| statement(value, account)).collect(),
        Some(value @ Value::Object(_)) => Ok(vec![statement(value, account)?]),
        _ => Err(DocumentError::Shape("has no statements")),
    }
}

fn statement(value: &Value, account: &Account) -> Result<Statement, DocumentError> {
    let object = value.as_object().ok_or(DocumentError::Shape("holds a statement that is not an object"))?;
    let effect = match object.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(DocumentError::Shape("holds a statement that neither allows nor denies")),
    };
    Ok(Statement {
        sid: object.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty()).map(Into::into),
        effect,
        actions: texts(object.get("Action"))?,
        not_actions: texts(object.get("NotAction"))?,
        resources: texts(object.get("Resource"))?,
        not_resources: texts(object.get("NotResource"))?,
        principals: principals(object.get("Principal"), account)?,
        not_principals: principals(object.get("NotPrincipal"), account)?,
        conditions: conditions(object.get("Condition"))?,
    })
}

/// A text, or a list of them. Conditions may also hold numbers and truth values.
fn texts(value: Option<&Value>) -> Result<Vec<String>, DocumentError> {
    let one = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(DocumentError::Shape("holds an element that is neither a text nor a list of texts")),
    };
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(list)) => list.iter().map(one).collect(),
        Some(value) => Ok(vec![one(value)?]),
    }
}

fn principals(value: Option<&Value>, account: &Account) -> Result<Vec<Principal>, DocumentError> {
    let map = match value {
        None => return Ok(Vec::new()),
        Some(Value::String(text)) if text == "*" => return Ok(vec![Principal::Anyone]),
        Some(Value::Object(map)) => map,
        Some(_) => return Err(DocumentError::Shape("names a principal in an unknown form")),
    };
    let mut principals = Vec::new();
    for (kind, value) in map {
        principals.extend(texts(Some(value))?.into_iter().map(|text| match kind.as_str() {
            "AWS" => account.aws_principal(&text),
            "Service" => Principal::Service(text),
            "Federated" => account.federated_principal(&text),
            _ => Principal::Other(format!("{kind}:{text}")),
        }));
    }
    Ok(principals)
}

fn conditions(value: Option<&Value>) -> Result<Vec<Condition>, DocumentError> {
    let odd = DocumentError::Shape("holds a condition in an unknown form");
    let operators = match value {
        None => return Ok(Vec::new()),
        Some(value) => value.as_object().ok_or(odd.clone())?,
    };
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let keys: &Map<String, Value> = keys.as_object().ok_or(odd.clone())?;
        for (key, values) in keys {
            conditions.push(Condition { operator: operator.clone(), key: key.clone(), values: texts(Some(values))? });
        }
    }
    Ok(conditions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;
    use whose_model::NodeId;

    fn account() -> Account {
        Account { partition: "aws".into(), id: "111122223333".into() }
    }

    fn read(document: &str) -> Result<Vec<Statement>, DocumentError> {
        let encoded = utf8_percent_encode(document, NON_ALPHANUMERIC).to_string();
        let statements = parse(&encoded, &account());
        assert_eq!(statements, parse(document, &account()), "encoded or not, it says the same");
        statements
    }

    #[test]
    fn single_values_and_lists_say_the_same() {
        let single = read(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#);
        let listed = read(r#"{"Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["*"]}]}"#);
        assert_eq!(single, listed);
        assert_eq!(single.unwrap()[0].actions, ["s3:*"]);
    }

    #[test]
    fn every_element_is_kept() {
        let statements = read(
            r#"{"Statement":[{"Sid":"S","Effect":"Deny","NotAction":"iam:*","NotResource":"arn:aws:s3:::a",
                "NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/Ops"},
                "Condition":{"Bool":{"aws:MultiFactorAuthPresent":false},
                             "NumericLessThan":{"aws:MultiFactorAuthAge":3600},
                             "StringLike":{"aws:PrincipalTag/team":["a*","b"]}}}]}"#,
        )
        .unwrap();
        let statement = &statements[0];
        assert_eq!((statement.sid.as_deref(), statement.effect), (Some("S"), Effect::Deny));
        assert_eq!(statement.not_actions, ["iam:*"]);
        assert_eq!(statement.not_resources, ["arn:aws:s3:::a"]);
        let ops = NodeId::new("aws", "111122223333", "iam-role", "ops");
        assert_eq!(statement.not_principals, [Principal::Identity(ops)]);
        let conditions: Vec<_> =
            statement.conditions.iter().map(|c| (c.operator.as_str(), c.key.as_str(), c.values.join("|"))).collect();
        assert!(conditions.contains(&("Bool", "aws:MultiFactorAuthPresent", "false".into())));
        assert!(conditions.contains(&("NumericLessThan", "aws:MultiFactorAuthAge", "3600".into())));
        assert!(conditions.contains(&("StringLike", "aws:PrincipalTag/team", "a*|b".into())));
    }

    #[test]
    fn principals_of_all_kinds_are_kept() {
        let statements = read(
            r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["*","444455556666"],
                "Service":"ec2.amazonaws.com","Federated":"accounts.google.com","CanonicalUser":"abc"}},
                {"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}]}"#,
        )
        .unwrap();
        let principals = &statements[0].principals;
        assert_eq!(principals.len(), 5);
        assert!(principals.contains(&Principal::Anyone));
        assert!(principals.contains(&Principal::Service("ec2.amazonaws.com".into())));
        assert!(principals.contains(&Principal::Other("CanonicalUser:abc".into())));
        assert_eq!(statements[1].principals, [Principal::Anyone]);
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_never_an_empty_policy() {
        for document in [
            "",
            "%",
            "[]",
            "{}",
            r#"{"Statement":"x"}"#,
            r#"{"Statement":[1]}"#,
            r#"{"Statement":[{"Action":"*"}]}"#,
            r#"{"Statement":[{"Effect":"allow","Action":"*"}]}"#,
            r#"{"Statement":[{"Effect":"Allow","Action":{"a":1}}]}"#,
            r#"{"Statement":[{"Effect":"Allow","Principal":"someone"}]}"#,
            r#"{"Statement":[{"Effect":"Allow","Condition":{"Bool":"x"}}]}"#,
        ] {
            assert!(parse(document, &account()).is_err(), "{document}");
        }
        assert!(parse("%FF%FE", &account()).is_err());
    }

    #[test]
    fn a_plus_is_a_plus() {
        let statements = read(r#"{"Statement":{"Effect":"Allow","Action":"a:B","Resource":"x+y z%25"}}"#).unwrap();
        assert_eq!(statements[0].resources, ["x+y z%25"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".{0,200}") {
            let _ = parse(&text, &account());
        }
    }
}

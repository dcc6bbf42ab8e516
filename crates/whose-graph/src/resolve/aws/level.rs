//! How much an action pattern is worth to its holder: whether it writes data, secrets or pipelines, or only reads.

use super::pattern;

/// The worth of an action pattern, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Nothing that is known to matter.
    Other,
    /// Reads.
    Read,
    /// Writes data, secret stores or pipelines, or reads secrets.
    Sensitive,
}

/// Services in which a write changes data, secrets, running code or who may do what.
const SENSITIVE: [&str; 62] = [
    "amplify",
    "apigateway",
    "apprunner",
    "appsync",
    "athena",
    "backup",
    "batch",
    "bedrock",
    "bedrock-agentcore",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codedeploy",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "datasync",
    "dms",
    "docdb-elastic",
    "dynamodb",
    "ebs",
    "ec2",
    "ecr",
    "ecs",
    "eks",
    "elasticache",
    "elasticbeanstalk",
    "elasticfilesystem",
    "elasticmapreduce",
    "es",
    "events",
    "firehose",
    "fsx",
    "glue",
    "iam",
    "imagebuilder",
    "kinesis",
    "kms",
    "lakeformation",
    "lambda",
    "lightsail",
    "mq",
    "neptune-db",
    "organizations",
    "rds",
    "rds-data",
    "redshift",
    "redshift-data",
    "route53",
    "s3",
    "sagemaker",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "sso",
    "states",
    "timestream",
    "transfer",
];
/// Reads that hand out a secret or a session.
const SECRET_READS: [&str; 10] = [
    "secretsmanager:getsecretvalue",
    "secretsmanager:batchgetsecretvalue",
    "ssm:getparameter",
    "ssm:getparameters",
    "ssm:getparametersbypath",
    "ssm:getparameterhistory",
    "redshift:getclustercredentials",
    "rds-db:connect",
    "ec2:getpassworddata",
    "lightsail:downloaddefaultkeypair",
];
const READ_VERBS: [&str; 13] = [
    "get", "list", "describe", "view", "search", "query", "scan", "batchget", "head", "lookup", "read", "check",
    "simulate",
];
/// What every user needs to look after its own sign-in.
const SELF_SERVICE: [&str; 4] =
    ["iam:changepassword", "iam:createvirtualmfadevice", "iam:enablemfadevice", "iam:resyncmfadevice"];

/// The level of one action pattern (in lower case) on these resources.
pub(super) fn of(action: &str, resources: &[String]) -> Level {
    let Some((service, verb)) = action.split_once(':') else {
        return if action.contains('*') { Level::Sensitive } else { Level::Other };
    };
    if SECRET_READS.iter().any(|secret| pattern::matches(action, secret)) {
        return Level::Sensitive;
    }
    if READ_VERBS.iter().any(|read| verb.starts_with(read)) || action.starts_with("iam:generate") {
        return Level::Read;
    }
    let on_itself = !resources.is_empty() && resources.iter().all(|text| text.contains("${aws:username}"));
    if service == "iam" && (on_itself || SELF_SERVICE.contains(&action)) {
        return Level::Other;
    }
    let sensitive = SENSITIVE.iter().any(|known| pattern::matches(service, known));
    if sensitive { Level::Sensitive } else { Level::Other }
}

/// The level of everything but these patterns: something sensitive remains unless nothing remains.
pub(super) fn of_all_but(not_actions: &[String]) -> Level {
    if not_actions.iter().any(|pattern| pattern == "*" || pattern == "*:*") { Level::Other } else { Level::Sensitive }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_the_worth_of_the_most_that_they_match() {
        use Level::{Other, Read, Sensitive};
        for (action, expected) in [
            ("*", Sensitive),
            ("*:*", Sensitive),
            ("s3:*", Sensitive),
            ("s3:putobject", Sensitive),
            ("s3:getobject", Read),
            ("s3:list*", Read),
            ("s3:g*", Sensitive),
            ("secretsmanager:getsecretvalue", Sensitive),
            ("secretsmanager:get*", Sensitive),
            ("secretsmanager:describesecret", Read),
            ("*:get*", Sensitive),
            ("ec2:describe*", Read),
            ("iam:generatecredentialreport", Read),
            ("kms:generatedatakey", Sensitive),
            ("iam:changepassword", Other),
            ("iam:passrole", Sensitive),
            ("logs:putlogevents", Other),
            ("sts:assumerole", Other),
            ("nonsense", Other),
        ] {
            assert_eq!(of(action, &["*".into()]), expected, "{action}");
        }
        assert_eq!(of("iam:createaccesskey", &["arn:aws:iam::*:user/${aws:username}".into()]), Other);
    }

    #[test]
    fn every_service_and_verb_is_in_lower_case() {
        for text in SENSITIVE.iter().chain(&SECRET_READS).chain(&READ_VERBS).chain(&SELF_SERVICE) {
            assert_eq!(*text, text.to_lowercase());
        }
    }
}

//! Managed policies: the company's own, and those of AWS in a short form with the same weight.

use super::plan::{Plan, allow, own_policy};
use crate::account::Policy;
use serde_json::{Value, json};

/// The boundary that keeps a sandbox small.
pub(crate) const SANDBOX_BOUNDARY: &str = "sandbox-boundary";
/// What lets the payments deployer become the production deployer.
pub(crate) const ASSUME_DEPLOYER: &str = "assume-prod-deployer";

/// What the company attaches when it exercises a compromise. It borrows the name of AWS's own.
pub(crate) const QUARANTINE_DRILL: &str = "AWSCompromisedKeyQuarantine-drill";

/// The company's own policies.
pub(crate) fn own(plan: &Plan) -> Vec<Policy> {
    let deployer = format!("arn:aws:iam::{}:role/deploy/prod-deployer", plan.number);
    vec![
        policy(
            plan,
            own_policy(&plan.number, SANDBOX_BOUNDARY),
            "The most that anything in the sandbox may do",
            vec![
                allow(&[("s3:Get* s3:List*", "arn:aws:s3:::tallowmere-sandbox*")]),
                allow(&[("s3:*", "arn:aws:s3:::tallowmere-sandbox*"), ("logs:*", "*")]),
            ],
        ),
        policy(
            plan,
            own_policy(&plan.number, ASSUME_DEPLOYER),
            "Become the production deployer",
            vec![allow(&[("sts:AssumeRole", &deployer)])],
        ),
        policy(
            plan,
            own_policy(&plan.number, QUARANTINE_DRILL),
            "Marks users that take part in a drill",
            vec![json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Deny", "Action": ["iam:CreateUser"], "Resource": "*"}]})],
        ),
    ]
}

/// The policies of AWS among `arns`.
pub(crate) fn of_aws(plan: &Plan, arns: &[&str]) -> Vec<Policy> {
    let mut arns: Vec<&str> = arns.iter().copied().filter(|arn| arn.starts_with("arn:aws:iam::aws:")).collect();
    arns.sort_unstable();
    arns.dedup();
    arns.into_iter()
        .map(|arn| {
            let name = arn.rsplit('/').next().unwrap_or_default();
            policy(plan, arn.into(), "", vec![short_form(name)])
        })
        .collect()
}

fn policy(plan: &Plan, arn: String, description: &str, versions: Vec<Value>) -> Policy {
    Policy {
        id: plan.mint().unique_id("ANPA", &arn),
        created: plan.ago(&format!("policy/{arn}"), 900),
        description: (!description.is_empty()).then(|| description.into()),
        versions,
        arn,
    }
}

/// What a policy of AWS says, shortened to what decides its weight.
fn short_form(name: &str) -> Value {
    match name {
        "AdministratorAccess" => allow(&[("*", "*")]),
        "ReadOnlyAccess" => allow(&[(
            "cloudwatch:Describe* cloudwatch:Get* cloudwatch:List* dynamodb:Describe* dynamodb:Get* dynamodb:List* \
             ec2:Describe* ec2:Get* ecs:Describe* ecs:List* iam:Generate* iam:Get* iam:List* iam:Simulate* kms:Describe* \
             kms:List* lambda:Get* lambda:List* logs:Describe* logs:Get* s3:Get* s3:List* sns:Get* sns:List* sqs:Get* sqs:List*",
            "*",
        )]),
        "SecurityAudit" => allow(&[(
            "access-analyzer:List* cloudtrail:Describe* cloudtrail:Get* config:Describe* config:Get* ec2:Describe* \
             iam:GenerateCredentialReport iam:Get* iam:List* kms:Describe* kms:GetKeyPolicy kms:List* lambda:GetPolicy \
             lambda:List* organizations:Describe* organizations:List* s3:GetBucket* s3:ListAllMyBuckets",
            "*",
        )]),
        "AmazonS3ReadOnlyAccess" => allow(&[("s3:Get* s3:List* s3:Describe*", "*")]),
        "AmazonBedrockLimitedAccess" => allow(&[("bedrock:InvokeModel* bedrock:CallWithBearerToken", "*")]),
        "AWSCodeCommitPowerUser" => {
            allow(&[("codecommit:GitPull codecommit:GitPush codecommit:Get* codecommit:List*", "*")])
        }
        "AWSLambdaBasicExecutionRole" => allow(&[("logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents", "*")]),
        "AmazonECSTaskExecutionRolePolicy" => {
            allow(&[("ecr:GetAuthorizationToken ecr:BatchGetImage logs:CreateLogStream logs:PutLogEvents", "*")])
        }
        "AWSGlueServiceRole" => allow(&[("glue:* s3:GetBucketLocation s3:ListBucket cloudwatch:PutMetricData", "*")]),
        "AWSSupportServiceRolePolicy" => allow(&[("ec2:Describe* rds:Describe* s3:ListAllMyBuckets", "*")]),
        "AWSTrustedAdvisorServiceRolePolicy" => {
            allow(&[("ec2:Describe* iam:GenerateCredentialReport s3:GetBucketAcl", "*")])
        }
        "AWSCompromisedKeyQuarantineV3" => json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Action": ["iam:AttachUserPolicy", "iam:CreateAccessKey", "iam:CreateUser",
                "ec2:RunInstances", "lambda:CreateFunction", "organizations:CreateAccount"], "Resource": "*"}]}),
        "Billing" => json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["budgets:View*", "ce:Get*", "cur:Describe*"], "Resource": "*"}]}),
        _ => allow(&[("sts:GetCallerIdentity", "*")]),
    }
}

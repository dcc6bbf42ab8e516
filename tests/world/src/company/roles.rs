//! The roles: workloads, deployments, partners and what AWS itself made. Each is a few lines; what is
//! wrong with one, or only looks wrong, stands beside it.

use super::partners;
use super::people::{HANNA, INES, LUC, PRIYA, Person, TOMAS};
use super::plan::{Plan, REGION, allow, attached, aws_policy, own_policy};
use super::policies::SANDBOX_BOUNDARY;
use crate::account::{Grants, Role, Tags};
use serde_json::{Value, json};
use whose_model::NodeId;

/// All roles of the account.
pub(crate) fn roles(plan: &mut Plan) -> Vec<Role> {
    let mut roles = workloads(plan);
    roles.extend(administrators(plan));
    roles.extend(undeclared(plan));
    roles.extend(bound_to_what_is_gone(plan));
    roles.extend(partners::roles(plan));
    roles.extend(made_by_aws(plan));
    roles
}

/// A role with its tags and trust; its grants follow.
pub(crate) fn role(plan: &Plan, name: &str, path: &str, tags: Tags, trust: Value) -> Role {
    Role {
        name: name.into(),
        path: path.into(),
        id: plan.mint().unique_id("AROA", name),
        created: plan.ago(&format!("role/{name}"), 480),
        description: None,
        tags,
        trust,
        grants: Grants::default(),
        last_used: Some((plan.ago(&format!("assumed/{name}"), 0), REGION.into())),
        instance_profile: false,
    }
}

/// The node of a role.
pub(crate) fn node(plan: &Plan, role: &Role) -> NodeId {
    plan.node("iam-role", &role.name.to_lowercase())
}

/// A trust policy of one statement that lets a principal assume the role.
pub(crate) fn trusts(kind: &str, principal: impl Into<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {kind: principal.into()}, "Action": "sts:AssumeRole"}]})
}

fn workload(plan: &Plan, name: &str, owner: &Person, purpose: &str, service: &str, allows: (&str, &str)) -> Role {
    let mut role = role(plan, name, "/workload/", plan.declared(owner, purpose, 280), trusts("Service", service));
    role.description = Some(purpose.into());
    role.grants.inline = vec![("access".into(), allow(&[allows]))];
    role
}

fn workloads(plan: &mut Plan) -> Vec<Role> {
    let mut api = workload(
        plan,
        "payments-api-task",
        &INES,
        "Runs the payments API",
        "ecs-tasks.amazonaws.com",
        ("dynamodb:GetItem dynamodb:PutItem dynamodb:Query", "arn:aws:dynamodb:eu-central-1:*:table/payments"),
    );
    api.grants.attached.push("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy".into());
    let mut edge = workload(
        plan,
        "web-edge-lambda",
        &LUC,
        "Rewrites requests at the edge",
        "lambda.amazonaws.com",
        ("s3:GetObject", "arn:aws:s3:::tallowmere-web/*"),
    );
    edge.grants.attached.push("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole".into());
    let mut etl = workload(
        plan,
        "data-etl-glue",
        &PRIYA,
        "Builds the nightly shipment tables",
        "glue.amazonaws.com",
        ("s3:GetObject s3:PutObject", "arn:aws:s3:::tallowmere-lake/*"),
    );
    etl.grants.attached.push("arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole".into());
    let mut router = workload(
        plan,
        "route-planner-ec2",
        &TOMAS,
        "Plans the vans' routes",
        "ec2.amazonaws.com",
        ("s3:GetObject", "arn:aws:s3:::tallowmere-maps/*"),
    );
    router.instance_profile = true;
    let planner = node(plan, &router);
    plan.healthy("orphaned-workload", planner, "Trusts a service of AWS, which is there.");
    let owned = node(plan, &api);
    plan.healthy("unowned-identity", owned, "Owner and team are tagged.");
    vec![api, edge, etl, router]
}

fn administrators(plan: &mut Plan) -> Vec<Role> {
    let trusted = format!("arn:aws:iam::{}:user/service/svc-payments-deploy", plan.number);
    let tags = plan.declared(&TOMAS, "Deploys to production", 170);
    let mut deployer = role(plan, "prod-deployer", "/deploy/", tags, trusts("AWS", trusted));
    deployer.grants = attached(&[aws_policy("AdministratorAccess")]);
    let subject = node(plan, &deployer);
    plan.fault(
        "admin-equivalent-identity",
        subject,
        "Deployments run with AdministratorAccess, and a leaked key can become this role.",
    );

    let tags = plan.declared(&TOMAS, "Creates the stacks that all others need", 210);
    let mut bootstrap =
        role(plan, "infra-bootstrap", "/deploy/", tags, trusts("Service", "cloudformation.amazonaws.com"));
    bootstrap.grants.inline = vec![("everything".into(), allow(&[("*", "*")]))];
    let subject = node(plan, &bootstrap);
    plan.fault("admin-equivalent-identity", subject, "No managed policy, but an inline one that allows * on *.");

    let tags = plan.declared(&HANNA, "Lets developers try out services", 100);
    let mut sandbox = role(plan, "sandbox-runner", "/workload/", tags, trusts("Service", "lambda.amazonaws.com"));
    sandbox.grants = attached(&[aws_policy("AdministratorAccess")]);
    sandbox.grants.boundary = Some(own_policy(&plan.number, SANDBOX_BOUNDARY));
    let subject = node(plan, &sandbox);
    plan.healthy("admin-equivalent-identity", subject, "AdministratorAccess within a boundary of one bucket.");

    let tags = plan.declared(&PRIYA, "Keeps the catalogue bucket", 100);
    let mut keeper = role(plan, "catalogue-keeper", "/workload/", tags, trusts("Service", "lambda.amazonaws.com"));
    keeper.grants.inline = vec![("access".into(), allow(&[("*", "arn:aws:s3:::tallowmere-catalogue/*")]))];
    let subject = node(plan, &keeper);
    plan.healthy("admin-equivalent-identity", subject, "All actions, on one bucket's objects.");
    vec![deployer, bootstrap, sandbox, keeper]
}

fn undeclared(plan: &mut Plan) -> Vec<Role> {
    let mut tags = plan.declared(&TOMAS, "Rebuilds the search index", 75);
    tags.remove("Owner");
    tags.remove("Team");
    tags.insert("CostCenter".into(), "4711".into());
    let mut reindex = role(plan, "search-reindex", "/workload/", tags, trusts("Service", "batch.amazonaws.com"));
    reindex.grants.inline = vec![("access".into(), allow(&[("es:ESHttpPut", "*")]))];
    let subject = node(plan, &reindex);
    plan.fault("unowned-identity", subject.clone(), "A cost centre pays for it; nobody answers for it.");
    plan.healthy("undeclared-lifecycle", subject, "Purpose and expiry are tagged.");

    let mut tags = plan.declared(&LUC, "", 0);
    tags.remove("Purpose");
    tags.remove("Expires");
    let mut harness = role(plan, "load-test-harness", "/workload/", tags, trusts("Service", "ecs-tasks.amazonaws.com"));
    harness.grants.inline = vec![("access".into(), allow(&[("sqs:SendMessage", "*")]))];
    let subject = node(plan, &harness);
    plan.fault("undeclared-lifecycle", subject, "Owned, but without purpose and end.");
    vec![reindex, harness]
}

fn bound_to_what_is_gone(plan: &mut Plan) -> Vec<Role> {
    let cluster = plan.draw.text("eks/old-cluster", b"0123456789ABCDEF", 32);
    let issuer = format!("oidc.eks.{REGION}.amazonaws.com/id/{cluster}");
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::{}:oidc-provider/{issuer}", plan.number)},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {
            format!("{issuer}:aud"): "sts.amazonaws.com",
            format!("{issuer}:sub"): "system:serviceaccount:payments:worker"}}}]});
    let tags = plan.declared(&INES, "Runs the payments worker on the old cluster", 60);
    let mut worker = role(plan, "eks-payments-worker", "/workload/", tags, trust);
    worker.grants.inline = vec![("access".into(), allow(&[("sqs:ReceiveMessage", "*")]))];
    worker.last_used = Some((plan.ago("assumed/eks-payments-worker", 140), REGION.into()));
    let subject = node(plan, &worker);
    plan.fault("orphaned-workload", subject, "The cluster is gone, and its identity provider with it.");

    let deleted = plan.mint().unique_id("AIDA", "deleted/svc-batch-runner");
    let tags = plan.declared(&PRIYA, "Read by the batch runner", 45);
    let mut reader = role(plan, "batch-input-reader", "/workload/", tags, trusts("AWS", deleted));
    reader.grants.inline = vec![("access".into(), allow(&[("s3:GetObject", "arn:aws:s3:::tallowmere-batch/*")]))];
    reader.last_used = Some((plan.ago("assumed/batch-input-reader", 200), REGION.into()));
    let subject = node(plan, &reader);
    plan.fault("orphaned-workload", subject, "Trusts a user that was deleted: AWS shows its bare id.");
    vec![worker, reader]
}

fn made_by_aws(plan: &mut Plan) -> Vec<Role> {
    let linked = |plan: &Plan, service: &str, name: &str, policy: &str| {
        let path = format!("/aws-service-role/{service}/");
        let mut role = role(plan, name, &path, Tags::new(), trusts("Service", service));
        role.grants = attached(&[aws_policy(&format!("aws-service-role/{policy}"))]);
        role.description = Some("Made by AWS for one of its services".into());
        role
    };
    let support = linked(plan, "support.amazonaws.com", "AWSServiceRoleForSupport", "AWSSupportServiceRolePolicy");
    let advisor = linked(
        plan,
        "trustedadvisor.amazonaws.com",
        "AWSServiceRoleForTrustedAdvisor",
        "AWSTrustedAdvisorServiceRolePolicy",
    );
    let subject = node(plan, &support);
    plan.healthy("unowned-identity", subject.clone(), "AWS made it and keeps it: nobody else can own it.");
    plan.healthy("undeclared-lifecycle", subject, "AWS made it and keeps it: it takes no tags of purpose.");
    vec![support, advisor]
}

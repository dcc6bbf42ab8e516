//! The server over plain HTTP: what goes over the wire is what counts.

use super::{AwsServer, CREDENTIAL_REPORT_COLUMNS};
use crate::company::World;
use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use roxmltree::Document;
use std::collections::BTreeSet;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const IAM: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
const STS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

struct Reply {
    status: u16,
    promised: usize,
    body: String,
}

async fn serve() -> (World, AwsServer) {
    let world = World::new(11, "2026-03-01T09:30:00Z".parse().unwrap());
    let server = world.serve_aws().await.unwrap();
    (world, server)
}

/// A call in the form of a signed one.
async fn call(server: &AwsServer, form: &str) -> Reply {
    let signature = "0f".repeat(32);
    let header = format!(
        "Authorization: AWS4-HMAC-SHA256 Credential=KEY/20260301/us-east-1/iam/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature={signature}\r\n"
    );
    send(server, form, &header).await
}

async fn send(server: &AwsServer, form: &str, header: &str) -> Reply {
    let address = server.endpoint().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{header}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A connection that is cut may end in an error: what came until then counts.
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    Reply { status, promised: length.unwrap_or_default(), body: body.into() }
}

/// The texts of all elements of a name.
fn texts(body: &str, name: &str) -> Vec<String> {
    let document = Document::parse(body).unwrap();
    let found = document.descendants().filter(|node| node.tag_name().name() == name);
    found.map(|node| node.text().unwrap_or_default().to_string()).collect()
}

fn text(body: &str, name: &str) -> String {
    texts(body, name).first().cloned().unwrap_or_default()
}

#[tokio::test]
async fn every_operation_answers_in_awss_form() {
    let (world, server) = serve().await;
    let number = &world.account().number;
    let key = &world.account().user("svc-backup").unwrap().keys[0].id;
    let oidc = format!("arn:aws:iam::{number}:oidc-provider/token.actions.githubusercontent.com");
    let saml = format!("arn:aws:iam::{number}:saml-provider/tallowmere-directory");
    for (action, parameters, namespace) in [
        ("GetCallerIdentity", "", STS),
        ("GetAccountAuthorizationDetails", "", IAM),
        ("GenerateCredentialReport", "", IAM),
        ("ListUsers", "", IAM),
        ("ListRoles", "&PathPrefix=/ci/", IAM),
        ("ListAccessKeys", "&UserName=svc-backup", IAM),
        ("GetAccessKeyLastUsed", &format!("&AccessKeyId={key}"), IAM),
        ("ListAccountAliases", "", IAM),
        ("GetAccountSummary", "", IAM),
        ("ListVirtualMFADevices", "&AssignmentStatus=Assigned", IAM),
        ("ListOpenIDConnectProviders", "", IAM),
        ("GetOpenIDConnectProvider", &format!("&OpenIDConnectProviderArn={oidc}"), IAM),
        ("ListSAMLProviders", "", IAM),
        ("GetSAMLProvider", &format!("&SAMLProviderArn={saml}"), IAM),
        ("ListServiceSpecificCredentials", "&AllUsers=true", IAM),
        ("ListSigningCertificates", "&UserName=svc-backup", IAM),
        ("ListSSHPublicKeys", "&UserName=sven.aalto", IAM),
        ("ListServerCertificates", "", IAM),
    ] {
        let reply = call(&server, &format!("Action={action}&Version=2010-05-08{parameters}")).await;
        assert_eq!(reply.status, 200, "{action}: {}", reply.body);
        let document = Document::parse(&reply.body).unwrap();
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), format!("{action}Response"));
        assert_eq!(root.tag_name().namespace(), Some(namespace), "{action}");
        let names: Vec<&str> = root.children().map(|node| node.tag_name().name()).collect();
        assert_eq!(names, [format!("{action}Result").as_str(), "ResponseMetadata"]);
        assert!(!text(&reply.body, "RequestId").is_empty());
    }
    assert!(server.violations().is_empty());
}

#[tokio::test]
async fn pages_join_to_the_whole_whatever_their_size() {
    let (world, server) = serve().await;
    let account = world.account();
    let expected: BTreeSet<&str> = account.users.iter().map(|user| user.id.as_str()).collect();
    server.page_at_most(5);
    let (mut marker, mut ids, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let form = format!("Action=GetAccountAuthorizationDetails&MaxItems=1000{marker}");
        let reply = call(&server, &form).await;
        ids.extend(texts(&reply.body, "UserId"));
        pages += 1;
        if text(&reply.body, "IsTruncated") == "false" {
            break;
        }
        marker = format!("&Marker={}", text(&reply.body, "Marker"));
    }
    let items = account.users.len() + account.groups.len() + account.roles.len() + account.policies.len();
    assert_eq!(pages, items.div_ceil(5));
    assert_eq!(ids.len(), expected.len());
    assert_eq!(ids.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn a_filter_leaves_out_what_it_does_not_name() {
    let (world, server) = serve().await;
    let form =
        "Action=GetAccountAuthorizationDetails&MaxItems=1000&Filter.member.1=Group&Filter.member.2=LocalManagedPolicy";
    let reply = call(&server, form).await;
    assert!(texts(&reply.body, "UserId").is_empty() && texts(&reply.body, "RoleId").is_empty());
    assert_eq!(texts(&reply.body, "GroupId").len(), world.account().groups.len());
    let own = world.account().policies.iter().filter(|policy| !policy.is_of_aws()).count();
    assert_eq!(texts(&reply.body, "PolicyId").len(), own);
}

#[tokio::test]
async fn policy_documents_decode_to_what_was_planned() {
    let (world, server) = serve().await;
    let reply = call(&server, "Action=GetAccountAuthorizationDetails&MaxItems=1000").await;
    let decoded: Vec<serde_json::Value> = texts(&reply.body, "AssumeRolePolicyDocument")
        .iter()
        .map(|document| serde_json::from_str(&percent_decode_str(document).decode_utf8().unwrap()).unwrap())
        .collect();
    for role in &world.account().roles {
        assert!(decoded.contains(&role.trust), "{}", role.name);
    }
}

#[tokio::test]
async fn the_credential_report_takes_its_time_and_has_awss_columns() {
    let (world, server) = serve().await;
    let get = "Action=GetCredentialReport";
    let absent = call(&server, get).await;
    assert_eq!((absent.status, text(&absent.body, "Code").as_str()), (410, "ReportNotPresent"));
    assert_eq!(text(&call(&server, "Action=GenerateCredentialReport").await.body, "State"), "STARTED");
    assert_eq!(text(&call(&server, get).await.body, "Code"), "ReportInProgress");
    assert_eq!(text(&call(&server, "Action=GenerateCredentialReport").await.body, "State"), "COMPLETE");
    let content = BASE64.decode(text(&call(&server, get).await.body, "Content").as_bytes()).unwrap();
    let mut reader = csv::Reader::from_reader(content.as_slice());
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), CREDENTIAL_REPORT_COLUMNS);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), world.account().users.len() + 1);
    let row = |name: &str| rows.iter().find(|row| &row[0] == name).unwrap();
    let root = row("<root_account>");
    assert_eq!((&root[3], &root[5], &root[8]), ("not_supported", "not_supported", "true"));
    let printer = row("svc-label-printer");
    assert_eq!((&printer[3], &printer[8], &printer[10], &printer[13]), ("false", "true", "N/A", "false"));
    let old = world.account().user("svc-customs-feed").unwrap().keys[1].created;
    assert_eq!(row("svc-customs-feed")[14], old.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string());
}

#[tokio::test]
async fn faults_strike_the_action_that_they_name() {
    let (_, server) = serve().await;
    let form = "Action=ListUsers";
    let code = |reply: &Reply| (reply.status, text(&reply.body, "Code"));
    server.throttle("ListUsers", 1);
    assert_eq!(code(&call(&server, form).await), (400, "Throttling".into()));
    server.fail("ListUsers", 1);
    assert_eq!(code(&call(&server, form).await), (500, "InternalFailure".into()));
    assert_eq!(call(&server, form).await.status, 200);
    server.deny("ListUsers");
    let denied = call(&server, form).await;
    assert_eq!(code(&denied), (403, "AccessDenied".into()));
    assert!(text(&denied.body, "Message").contains("is not authorized to perform: iam:ListUsers"));
    assert_eq!(call(&server, "Action=ListAccountAliases").await.status, 200);
    server.heal();
    assert_eq!(call(&server, form).await.status, 200);
    let statuses: Vec<u16> = server.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [400, 500, 200, 403, 200, 200]);
}

#[tokio::test]
async fn spoilt_replies_are_broken_where_they_say() {
    let (_, server) = serve().await;
    let form = "Action=ListUsers";
    server.malform("ListUsers");
    let malformed = call(&server, form).await;
    assert_eq!((malformed.status, malformed.body.len()), (200, malformed.promised));
    assert!(Document::parse(&malformed.body).is_err());
    server.truncate("ListUsers");
    let truncated = call(&server, form).await;
    assert_eq!(truncated.status, 200);
    assert!(!truncated.body.is_empty() && truncated.body.len() < truncated.promised);
}

#[tokio::test]
async fn an_endless_listing_repeats_its_marker() {
    let (_, server) = serve().await;
    server.repeat_page("ListUsers");
    let first = call(&server, "Action=ListUsers&MaxItems=3").await;
    let marker = text(&first.body, "Marker");
    let second = call(&server, &format!("Action=ListUsers&MaxItems=3&Marker={marker}")).await;
    assert_eq!(texts(&first.body, "UserId"), texts(&second.body, "UserId"));
    assert_eq!((text(&second.body, "IsTruncated").as_str(), text(&second.body, "Marker")), ("true", marker));
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_awss_words() {
    let (_, server) = serve().await;
    for (form, status, code) in [
        ("Action=FrobnicateUser&Version=2010-05-08", 400, "InvalidAction"),
        ("Action=ListAccessKeys&UserName=nobody", 404, "NoSuchEntity"),
        ("Action=ListUsers&Marker=%21", 400, "ValidationError"),
        ("Action=ListUsers&MaxItems=1001", 400, "ValidationError"),
        ("Action=DeleteUser&UserName=svc-backup", 403, "AccessDenied"),
    ] {
        let reply = call(&server, form).await;
        assert_eq!((reply.status, text(&reply.body, "Code").as_str()), (status, code), "{form}");
    }
    let unsigned = send(&server, "Action=ListUsers", "").await;
    assert_eq!((unsigned.status, text(&unsigned.body, "Code").as_str()), (403, "MissingAuthenticationToken"));
    let badly = send(&server, "Action=ListUsers", "Authorization: Bearer x\r\n").await;
    assert_eq!((badly.status, text(&badly.body, "Code").as_str()), (400, "IncompleteSignature"));
    let writes: Vec<String> = server.violations().into_iter().map(|request| request.action).collect();
    assert_eq!(writes, ["DeleteUser"]);
}

#[tokio::test]
async fn a_change_shows_in_the_next_reply() {
    let (_, server) = serve().await;
    let before = texts(&call(&server, "Action=ListUsers").await.body, "UserName").len();
    server.change(|account| account.users.retain(|user| user.name != "svc-backup"));
    let after = texts(&call(&server, "Action=ListUsers").await.body, "UserName");
    assert_eq!(after.len(), before - 1);
    assert!(!after.contains(&"svc-backup".to_string()));
    server.stop().await;
}

#[tokio::test]
async fn a_stopped_server_answers_nobody() {
    let (_, server) = serve().await;
    let address = server.endpoint().replace("http://", "");
    server.stop().await;
    assert!(TcpStream::connect(&address).await.is_err());
}

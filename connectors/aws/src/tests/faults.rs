//! Answers that are late, broken, cut off or endless, and a user who loses patience.

use super::{estate, id, key, refusal, scan, scan_until};
use whose_connect::replay::Reply;
use whose_connect::{CancellationToken, ConnectError};
use whose_model::{CoverageState, NodeId};

const DETAILS: &str = "GetAccountAuthorizationDetails";
const PAGE_TWO: &str = "GetAccountAuthorizationDetails@page2";

fn fixture_text(name: &str) -> String {
    std::fs::read_to_string(format!("{}/fixtures/estate/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[tokio::test]
async fn throttling_is_waited_out() {
    // IAM says it with HTTP 400.
    let fine = Reply::xml(200, fixture_text("ListSAMLProviders.200.xml"));
    let throttled = || refusal(400, "Throttling");
    let server = estate().with("ListSAMLProviders", [throttled(), throttled(), fine]).serve().await;
    let scan = scan(&server, "").await;
    let coverage = scan.coverage("saml-providers");
    assert_eq!((coverage.state, coverage.calls), (CoverageState::Complete, 3));
}

#[tokio::test]
async fn a_page_that_is_not_xml_is_a_gap_and_earlier_pages_stay() {
    for (broken, word) in [("<html><body>Bad gateway", "cut off"), ("]]>", "cannot be read"), ("", "")] {
        let server = estate().with(PAGE_TWO, [Reply::xml(200, broken)]).serve().await;
        let scan = scan(&server, "").await;
        let coverage = scan.coverage("authorization-details");
        assert_eq!(coverage.state, CoverageState::Partial, "{broken}: {coverage:?}");
        assert!(coverage.gaps.iter().any(|gap| gap.subject.is_none() && gap.reason.contains(word)), "{coverage:?}");
        assert!(scan.sees(&id("iam-user", "alice")));
    }
}

#[tokio::test]
async fn a_page_that_was_cut_off_does_not_pass_for_a_shorter_one() {
    let whole = fixture_text("GetAccountAuthorizationDetails@page2.200.xml");
    for end in ["</RoleDetailList>", "<Policies>", "</GetAccountAuthorizationDetailsResult>"] {
        let cut = &whole[..whole.find(end).unwrap() + end.len()];
        let server = estate().with(PAGE_TWO, [Reply::xml(200, cut)]).serve().await;
        let scan = scan(&server, "").await;
        let coverage = scan.coverage("authorization-details");
        assert_eq!(coverage.state, CoverageState::Partial, "cut after {end}");
        assert!(coverage.gaps[0].reason.contains("cut off"), "{coverage:?}");
    }
}

#[tokio::test]
async fn a_marker_that_comes_back_ends_the_listing_with_a_gap() {
    let first = Reply::xml(200, fixture_text("GetAccountAuthorizationDetails.200.xml"));
    let server = estate().with(PAGE_TWO, [first]).serve().await;
    let scan = scan(&server, "").await;
    let coverage = scan.coverage("authorization-details");
    assert_eq!(coverage.state, CoverageState::Partial);
    assert!(coverage.gaps[0].reason.contains("given before"), "{coverage:?}");
    assert_eq!(coverage.calls, 2);
}

#[tokio::test]
async fn a_server_error_without_a_code_names_its_status() {
    let page = Reply { media_type: "text/html", ..Reply::xml(501, "<html>Not implemented</html>") };
    let server = estate().with("ListServiceSpecificCredentials", [page]).serve().await;
    let scan = scan(&server, "").await;
    let coverage = scan.coverage("service-specific-credentials");
    assert_ne!(coverage.state, CoverageState::Complete);
    assert!(coverage.gaps[0].reason.contains("501"), "{coverage:?}");
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_is_a_gap_for_that_policy() {
    let text = fixture_text("GetAccountAuthorizationDetails.200.xml");
    let start = text.find("<PolicyDocument>").unwrap() + "<PolicyDocument>".len();
    let end = text.find("</PolicyDocument>").unwrap();
    let broken = format!("{}%7Bnonsense{}", &text[..start], &text[end..]);
    let server = estate().with(DETAILS, [Reply::xml(200, broken)]).serve().await;
    let scan = scan(&server, "").await;
    let policy = id("iam-inline-policy", "user/ci-deploy/push-images");
    let coverage = scan.coverage("authorization-details");
    assert_eq!((coverage.state, coverage.gaps.len()), (CoverageState::Partial, 1));
    assert_eq!(coverage.gaps[0].subject, Some(policy.clone()));
    assert!(!scan.node(&policy).grant().unwrap().read);
}

#[tokio::test]
async fn a_policy_in_use_that_the_answer_lacks_is_a_gap_for_that_policy() {
    let text = fixture_text("GetAccountAuthorizationDetails@page2.200.xml");
    let other = text.replace("policy/AdministratorAccess", "policy/SomethingElse");
    let server = estate().with(PAGE_TWO, [Reply::xml(200, other)]).serve().await;
    let scan = scan(&server, "").await;
    let admin = NodeId::new("aws", "aws", "iam-policy", "AdministratorAccess");
    assert_eq!(scan.coverage("authorization-details").gaps[0].subject, Some(admin.clone()));
    assert!(!scan.node(&admin).grant().unwrap().read);
}

#[tokio::test]
async fn a_report_that_is_no_report_is_a_gap() {
    let text = "<GetCredentialReportResponse><GetCredentialReportResult><Content>bm90IGEgcmVwb3J0</Content>\
                </GetCredentialReportResult></GetCredentialReportResponse>";
    let fixture = estate().with("GetCredentialReport", [Reply::xml(200, text)]);
    let server = fixture.with("ListAccessKeys@legacy-signer", [refusal(404, "NoSuchEntity")]).serve().await;
    let scan = scan(&server, "").await;
    let coverage = scan.coverage("credential-report");
    assert_eq!(coverage.state, CoverageState::Failed);
    assert!(coverage.gaps[0].reason.contains("lacks the column"), "{coverage:?}");
}

#[tokio::test]
async fn a_user_that_was_deleted_meanwhile_is_no_gap() {
    let server = estate().with("ListAccessKeys@Alice", [refusal(404, "NoSuchEntity")]).serve().await;
    let scan = scan(&server, "").await;
    assert_eq!(scan.coverage("access-keys").state, CoverageState::Complete);
    assert!(!scan.sees(&key("EXAMPLEALICE001")));
}

#[tokio::test]
async fn a_scan_that_is_stopped_keeps_what_it_saw_and_says_so() {
    let still = Reply::xml(
        200,
        "<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>INPROGRESS</State>\
         </GenerateCredentialReportResult></GenerateCredentialReportResponse>",
    );
    let server = estate().with("GenerateCredentialReport", [still]).serve().await;
    let cancel = CancellationToken::new();
    let stop = async {
        while !server.calls().iter().any(|call| call == "GenerateCredentialReport") {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        cancel.cancel();
    };
    let (scan, ()) = tokio::join!(scan_until(&server, "", cancel.clone()), stop);
    assert!(scan.sees(&id("iam-user", "alice")));
    assert_eq!(scan.coverage("authorization-details").state, CoverageState::Complete);
    for collector in ["credential-report", "access-keys", "account"] {
        let coverage = scan.coverage(collector);
        assert_eq!(coverage.state, CoverageState::Partial, "{collector}");
        assert!(coverage.gaps[0].reason.contains("stopped by the user"), "{coverage:?}");
    }
}

#[tokio::test]
async fn a_scan_that_is_stopped_at_once_does_nothing() {
    let server = estate().serve().await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let scan = scan_until(&server, "", cancel).await;
    assert!(matches!(scan.outcome, Err(ConnectError::Stopped { .. })), "{:?}", scan.outcome);
    assert!(server.calls().is_empty());
}

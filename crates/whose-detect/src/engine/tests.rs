//! What the engine promises, over generated tokens: pairs, halves, overlaps, masks, and no fault on any bytes.

use super::*;
use crate::expand;
use proptest::prelude::*;
use std::sync::LazyLock;
use whose_model::{Join, JoinStrength, JoinTarget, NodeId};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().unwrap());

fn key() -> FingerprintKey {
    FingerprintKey::new([7; 32])
}

fn scan(text: &str) -> Vec<Detection> {
    ENGINE.scan(text.as_bytes(), &key())
}

fn sample(template: &str, seed: u64) -> String {
    expand(template, seed).unwrap()
}

fn revealed<'d>(detection: &'d Detection, what: &str) -> Option<&'d str> {
    detection.detail.reveals.iter().find(|reveal| reveal.what == what).map(|reveal| reveal.value.as_str())
}

/// The sample id of the account 123456789012, in pieces.
fn known_id() -> String {
    ["AKIARZPUZDIK", "AAAAAAAA"].concat()
}

#[test]
fn aws_pair_is_one_detection_with_the_fingerprint_of_its_id_alone() {
    let (id, secret) = (sample("AKIA{base32:16}", 1), sample("{base64:40}", 2));
    let alone = scan(&id);
    let pair = scan(&format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n"));
    assert_eq!((alone.len(), pair.len()), (1, 1));
    assert_eq!(alone[0].fingerprint, pair[0].fingerprint);
    assert!(!alone[0].detail.has_secret_half);
    assert!(pair[0].detail.has_secret_half);
}

#[test]
fn aws_key_id_reveals_itself_and_its_account_and_joins_by_exact_id() {
    let found = scan(&known_id()).remove(0);
    assert_eq!(revealed(&found, "key-id"), Some(known_id().as_str()));
    assert_eq!(revealed(&found, "account"), Some("123456789012"));
    assert_eq!(found.detail.hint, "AKIA…AAAA");
    let join = &found.detail.joins[0];
    assert_eq!(join.target.node(), Some(&NodeId::new("aws", "", "access-key", &known_id())));
    assert_eq!(join.scope, Some(NodeId::new("aws", "aws", "account", "123456789012")));
    assert_eq!(join.strength, JoinStrength::ExactId);
}

#[test]
fn each_profile_of_a_file_is_paired_in_either_order() {
    let ids: Vec<String> = (0..4).map(|seed| sample("AKIA{base32:16}", seed)).collect();
    let secrets: Vec<String> = (10..14).map(|seed| sample("{base64:40}", seed)).collect();
    let profiles = |line: fn(&str, &str) -> String| {
        ids.iter().zip(&secrets).map(|(id, secret)| line(id, secret)).collect::<String>()
    };
    for text in [
        profiles(|id, secret| format!("[p]\nid = {id}\nsecret = {secret}\n")),
        profiles(|id, secret| format!("[p]\nsecret = {secret}\nid = {id}\n")),
    ] {
        let found = scan(&text);
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found.iter().all(|found| found.detail.has_secret_half), "{found:?}");
        assert_eq!(found.iter().map(|found| found.line).collect::<Vec<_>>().len(), 4);
    }
}

#[test]
fn halves_far_away_or_unlike_secrets_are_not_paired() {
    let id = sample("AKIA{base32:16}", 1);
    for other in [sample("{hex:40}", 2), sample("\n\n\n\n\n\n\n{base64:40}", 3), sample("{base64:30}EXAMPLEKEY", 4)] {
        let found = scan(&format!("{id}\n{other}"));
        assert_eq!(found.len(), 1, "{other}");
        assert!(!found[0].detail.has_secret_half, "{other}");
    }
}

#[test]
fn unpaired_secret_half_is_kept() {
    let found = scan(&sample("AWS_SECRET_ACCESS_KEY={base64:40}", 5));
    assert_eq!(found[0].detail.detector, "aws.secret-access-key");
    assert!(found[0].detail.has_secret_half);
    assert!(revealed(&found[0], "key-id").is_none());
}

#[test]
fn documentation_examples_are_not_reported() {
    let pair = "aws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    assert_eq!(scan(pair), []);
}

fn service_account(seed: u64) -> String {
    let body = "{{\n  \"project_id\": \"acme-prod\",\n  \"private_key_id\": \"{hex:40}\",\n  \"private_key\": \"-----BEGIN \
                PRIVATE KEY-----\\n{base64:64}\\n{base64:64}\\n-----END PRIVATE KEY-----\\n\",\n  \"client_email\": \
                \"ci@acme-prod.iam.gserviceaccount.com\"\n}}";
    sample(body, seed)
}

#[test]
fn service_account_file_is_one_detection_that_names_account_and_project() {
    let found = scan(&service_account(3));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].detail.has_secret_half);
    assert_eq!(revealed(&found[0], "subject"), Some("ci@acme-prod.iam.gserviceaccount.com"));
    let key_id = revealed(&found[0], "key-id").unwrap();
    assert_eq!(found[0].detail.joins[0].target.node(), Some(&NodeId::new("gcp", "", "service-account-key", key_id)));
    assert_eq!(found[0].detail.joins[0].scope, Some(NodeId::new("gcp", "", "project", "acme-prod")));
    let lone = scan(&format!("\"private_key_id\": \"{key_id}\""));
    assert_eq!(lone[0].fingerprint, found[0].fingerprint);
    assert!(!lone[0].detail.has_secret_half);
}

#[test]
fn service_account_json_within_a_json_string_is_found_too() {
    let escaped = service_account(4).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let found = scan(&format!("{{\"GOOGLE_CREDENTIALS\": \"{escaped}\"}}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].detail.detector, "gcp.service-account-key");
    assert_eq!(revealed(&found[0], "project"), Some("acme-prod"));
}

#[test]
fn one_private_key_has_one_fingerprint_however_its_lines_end() {
    let key = sample("-----BEGIN RSA PRIVATE KEY-----\n{base64:64}\n{base64:64}\n-----END RSA PRIVATE KEY-----", 1);
    let forms = ["\n", "\r\n", "\\n", "\\r\\n", "\\\\n", "\n    "].map(|end| key.replace('\n', end));
    let prints: Vec<String> = forms.iter().map(|form| scan(form)[0].fingerprint.clone()).collect();
    assert!(prints.iter().all(|print| *print == prints[0]), "{prints:?}");
    assert_ne!(scan(&key.replacen('M', "N", 1).replacen('a', "b", 1))[0].fingerprint, prints[0]);
}

#[test]
fn encrypted_private_keys_with_one_header_are_two_secrets() {
    let template = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{hex:32}\n\n{base64:64}\n\
                    {base64:64}\n-----END RSA PRIVATE KEY-----";
    assert_ne!(scan(&sample(template, 1))[0].fingerprint, scan(&sample(template, 2))[0].fingerprint);
}

#[test]
fn token_of_a_vendor_wins_over_the_general_form_within_it() {
    let text =
        sample("ghs_{digit:6}_{b64url:{{\"alg\":\"RS256\"}}}.{b64url:{{\"iss\":\"x{hex:9}\"}}}.{base64url:86}", 1);
    let found: Vec<String> = scan(&text).into_iter().map(|found| found.detail.detector).collect();
    assert_eq!(found, ["github.app-installation-token"]);
}

#[test]
fn json_web_token_reveals_its_claims() {
    let claims = r#"{{"iss":"https://idp.test/","sub":"svc-{hex:6}","tid":"t1","appid":"a1","exp":1900000000}}"#;
    let token = format!("{{b64url:{{{{\"alg\":\"RS256\"}}}}}}.{{b64url:{claims}}}.{{base64url:86}}");
    let found = scan(&sample(&token, 1)).remove(0);
    assert_eq!(revealed(&found, "issuer"), Some("https://idp.test/"));
    assert_eq!(revealed(&found, "tenant"), Some("t1"));
    assert_eq!(revealed(&found, "application"), Some("a1"));
    assert_eq!(revealed(&found, "expiry"), Some("2030-03-17T17:46:40Z"));
}

fn guid(seed: u64) -> String {
    sample("{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", seed)
}

#[test]
fn entra_secret_joins_by_its_hint_within_what_stands_beside_it() {
    let (secret, app, tenant) = (sample("{base62:3}8Q~{base62:34}", 1), guid(2), guid(3));
    let found = scan(&format!("ARM_TENANT_ID={tenant}\nARM_CLIENT_ID={app}\nARM_CLIENT_SECRET={secret}\n")).remove(0);
    assert_eq!(revealed(&found, "application"), Some(app.as_str()));
    assert_eq!(revealed(&found, "tenant"), Some(tenant.as_str()));
    let (app, tenant) = (NodeId::new("azure", "", "application", &app), NodeId::new("azure", "", "tenant", &tenant));
    let hint =
        |within: Vec<NodeId>| JoinTarget::Hint { r#type: "client-secret".into(), hint: secret[..3].into(), within };
    let expected =
        Join { target: hint(vec![app, tenant.clone()]), scope: Some(tenant), strength: JoinStrength::HintInContext };
    assert_eq!(found.detail.joins, [expected]);
    let alone = scan(&secret).remove(0);
    let weak = Join { target: hint(Vec::new()), scope: None, strength: JoinStrength::SharedHint };
    assert_eq!(alone.detail.joins, [weak]);
    assert_eq!(alone.fingerprint, found.fingerprint);
}

#[test]
fn signature_joins_by_its_signer_and_names_its_account() {
    let (signer, tenant) = (guid(4), guid(5));
    let url = format!(
        "https://acmelogs.blob.core.windows.net/backup/2026/a.tar?sp=rw&se=2027-01-01T00:00Z&skoid={signer}&sktid={tenant}\
         &skv=2024-11-04&sr=c&sig={}%3D",
        sample("{base62:43}", 6)
    );
    let found = scan(&url).remove(0);
    assert_eq!(revealed(&found, "account"), Some("acmelogs"));
    assert_eq!(revealed(&found, "permissions"), Some("rw"));
    assert_eq!(found.detail.expires, Some("2027-01-01T00:00:00Z".parse().unwrap()));
    let nodes: Vec<NodeId> = found.detail.joins.iter().filter_map(|join| join.target.node().cloned()).collect();
    let of = |kind| NodeId::new("azure", &tenant, kind, &signer);
    assert_eq!(nodes, [of("service-principal"), of("user")]);
    // The signature is one secret, with its address or without.
    let query = url.split_once('?').unwrap().1;
    assert_eq!(scan(query)[0].fingerprint, found.fingerprint);
}

#[test]
fn storage_key_and_what_it_signed_join_by_the_account_beside_them() {
    let account = JoinTarget::Node(NodeId::new("azure", "", "storage-account", "acmelogs"));
    let by_account = [Join { target: account, scope: None, strength: JoinStrength::EmbeddedSubject }];
    let (key, signature) = (sample("{base64:86}==", 7), sample("{base62:43}", 8));
    let signed =
        format!("https://acmelogs.blob.core.windows.net/backup?sp=rw&se=2027-01-01T00:00Z&sr=c&sig={signature}%3D");
    for (text, expected) in [
        (format!("AccountName=acmelogs;AccountKey={key};EndpointSuffix=core.windows.net"), &by_account[..]),
        (format!("AccountKey={key}"), &[]),
        (signed.clone(), &by_account),
        (signed.split_once('?').unwrap().1.to_owned(), &[]),
    ] {
        assert_eq!(scan(&text)[0].detail.joins, expected, "{text}");
    }
}

#[test]
fn github_token_joins_by_what_the_organisation_is_shown_of_it() {
    for template in ["ghp_{crc62:30}", "gho_{crc62:30}", "github_pat_{base62:22}_{base62:59}"] {
        let token = sample(template, 3);
        let found = scan(&token).remove(0);
        let hint = format!("…{}", &token[token.len() - 8..]);
        let target = JoinTarget::Hint { r#type: "credential-authorization".into(), hint, within: Vec::new() };
        let expected = Join { target, scope: None, strength: JoinStrength::PrefixSuffix };
        assert_eq!(found.detail.joins, [expected], "{template}");
    }
}

#[test]
fn web_token_joins_with_whom_it_names_and_ends_when_it_says() {
    let claims =
        r#"{{"iss":"https://sts.windows.net/t1/","tid":"t1","oid":"o{hex:6}","idtyp":"app","exp":1900000000}}"#;
    let found = scan(&sample(&format!("{{b64url:{{{{\"alg\":\"RS256\"}}}}}}.{{b64url:{claims}}}.{{base64url:86}}"), 1));
    let object = revealed(&found[0], "object").unwrap();
    let node = NodeId::new("azure", "t1", "service-principal", object);
    assert_eq!(found[0].detail.joins[0].target.node(), Some(&node));
    assert_eq!(found[0].detail.expires, Some("2030-03-17T17:46:40Z".parse().unwrap()));
}

#[test]
fn private_key_joins_by_its_public_half_and_its_certificate() {
    let pair = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["pay.test".into()]).unwrap().self_signed(&pair).unwrap();
    let found = scan(&format!("{}{}", pair.serialize_pem(), certificate.pem()));
    assert_eq!(found.len(), 1, "{found:?}");
    let detail = &found[0].detail;
    let halves = detail.joins.iter().map(|join| (join.target.clone(), join.strength)).collect::<Vec<_>>();
    let expected = ["ssh-fingerprint", "public-key-sha256", "certificate-sha1"]
        .map(|what| (JoinTarget::PublicHalf(revealed(&found[0], what).unwrap().into()), JoinStrength::ExactId));
    assert_eq!(halves, expected);
    assert!(detail.has_secret_half && !detail.encrypted);
}

#[test]
fn encrypted_private_key_says_so() {
    let found =
        scan(&sample("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{base64:64}\n-----END ENCRYPTED PRIVATE KEY-----", 1));
    assert!(found[0].detail.encrypted && found[0].detail.has_secret_half);
    assert_eq!(revealed(&found[0], "encryption"), Some("PKCS #8"));
}

#[test]
fn what_a_value_joins_by_reads_back_as_it_was_written() {
    for detector in catalogue::detectors().unwrap() {
        for template in &detector.definition.matches {
            for found in scan(&sample(template, 11)) {
                let text = serde_json::to_string(&found.detail).unwrap();
                assert_eq!(serde_json::from_str::<SecretDetail>(&text).unwrap(), found.detail, "{text}");
            }
        }
    }
}

#[test]
fn value_behind_an_escape_sequence_is_whole() {
    for before in ["\\n", "%3D", "\\t"] {
        assert_eq!(scan(&format!("{before}{}", sample("AKIA{base32:16}", 9))).len(), 1, "{before}");
    }
}

#[test]
fn lines_are_counted_from_one() {
    let (first, second) = (sample("ghp_{crc62:30}", 1), sample("ghp_{crc62:30}", 2));
    let lines: Vec<u32> = scan(&format!("{first}\n\n\n{second} {first}")).iter().map(|found| found.line).collect();
    assert_eq!(lines, [1, 4, 4]);
}

#[test]
fn bare_values_are_identified_with_low_confidence() {
    let secret = ENGINE.identify(&sample("  {base64:40}\n", 3), &key());
    assert_eq!(secret[0].detail.detector, "aws.secret-access-key");
    assert_eq!(secret[0].detail.confidence, SecretConfidence::Low);
    let id = sample("{hex:40}", 3);
    let by_id = ENGINE.identify(&id, &key());
    let candidate = by_id.iter().find(|found| found.detail.detector == "gcp.service-account-key").unwrap();
    assert!(!candidate.detail.has_secret_half);
    assert_eq!(revealed(candidate, "key-id"), Some(id.as_str()));
    assert_eq!(ENGINE.identify("hello", &key()), []);
    assert_eq!(ENGINE.identify(&known_id(), &key())[0].detail.detector, "aws.access-key");
}

#[test]
fn no_secret_value_is_in_what_leaves_the_crate() {
    for detector in catalogue::detectors().unwrap() {
        for template in &detector.definition.matches {
            let text = sample(template, 11);
            for found in scan(&text) {
                let shown = format!("{found:?}");
                let secret = &text[found.span.clone()];
                assert!(detector.has_id || !shown.contains(secret), "{}", detector.definition.id);
                // Of every long run of token characters no more than a public part may be shown.
                let hidden = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '/');
                for run in hidden.filter(|run| run.len() >= 40 && !(detector.has_id && *run == secret)) {
                    assert!(!shown.contains(run), "{}: {run}", detector.definition.id);
                }
            }
        }
    }
}

#[test]
fn adversarial_repetition_stays_linear() {
    // Half a megabyte of keywords with no match; what is linear takes under a second, what is not takes minutes.
    let started = std::time::Instant::now();
    for unit in [
        "AKIA",
        "eyJ",
        "sig=",
        "secret_",
        "twilio ",
        "-----BEGIN PRIVATE KEY-----\n",
        "sp=r&sig=",
        "\"private_key_id\"",
    ] {
        assert_eq!(scan(&unit.repeat(500_000 / unit.len())), [], "{unit}");
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

/// How long starting takes: `cargo test --release -p whose-detect -- --ignored --nocapture starting`.
#[test]
#[ignore = "a measurement, which means something in a release build alone"]
fn starting_takes_less_than_fifty_milliseconds() {
    let started = std::time::Instant::now();
    for _ in 0..20 {
        std::hint::black_box(Engine::new().unwrap());
    }
    let each = started.elapsed() / 20;
    println!("{each:?} to start with {} detectors", ENGINE.detectors().count());
    assert!(each.as_millis() < 50, "{each:?}");
}

/// Every detector's first sample, by seed.
fn planted(index: usize, seed: u64) -> (String, String) {
    let definition = &ENGINE.search.detectors[index % ENGINE.search.detectors.len()].definition;
    (definition.id.clone(), sample(&definition.matches[0], seed))
}

proptest! {
    #[test]
    fn any_bytes_are_scanned_without_fault(data in proptest::collection::vec(any::<u8>(), 0..4000)) {
        for found in ENGINE.scan(&data, &key()) {
            prop_assert!(found.span.start < found.span.end && found.span.end <= data.len());
        }
    }

    #[test]
    fn keyword_rich_text_is_scanned_without_fault(
        pieces in proptest::collection::vec((0_usize..2000, 0_usize..60, any::<u64>()), 0..20),
    ) {
        // Samples cut off at any point, one behind the other.
        let mut text = String::new();
        for (index, length, seed) in pieces {
            text.extend(planted(index, seed).1.chars().take(length));
        }
        for found in scan(&text) {
            prop_assert!(found.span.start < found.span.end && found.span.end <= text.len());
            prop_assert!(found.line as usize <= text.matches('\n').count() + 1);
        }
    }

    #[test]
    fn planted_token_is_found_between_any_non_word_bytes(
        index in 0_usize..2000,
        seed in any::<u64>(),
        before in proptest::collection::vec(any::<u8>(), 0..300),
        after in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let quiet = |bytes: Vec<u8>| {
            let part_of_tokens = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/=.~&%\\".contains(byte);
            bytes.into_iter().filter(|byte| !part_of_tokens(byte)).collect::<Vec<u8>>()
        };
        let (id, token) = planted(index, seed);
        // What is only assigned has its place on a line.
        let is_assigned = ENGINE.search.detectors.iter().any(|found| found.definition.id == id && found.definition.claim.is_some());
        let token = if is_assigned { format!("\n{token}\n") } else { token };
        let data = [quiet(before), token.into_bytes(), quiet(after)].concat();
        let found = ENGINE.scan(&data, &key());
        prop_assert!(found.iter().any(|found| found.detail.detector == id), "{} not found", id);
    }
}

#[test]
fn secret_in_another_form_is_the_same_secret() {
    let token = sample("ghp_{crc62:30}", 1);
    let plain = scan(&token).remove(0);
    let utf16 = |order: fn(u16) -> [u8; 2]| format!("token = {token}\r\n").encode_utf16().flat_map(order).collect();
    let twice = data_encoding::BASE64.encode(format!("{{\"auth\": \"{token}\"}}").as_bytes());
    let cases: [(&str, Vec<u8>); 6] = [
        ("base64", format!("a: b\ndata:\n  token: {}\n", data_encoding::BASE64.encode(token.as_bytes())).into_bytes()),
        (
            "base64",
            format!("x {} y", data_encoding::BASE64URL_NOPAD.encode(format!("&{token}").as_bytes())).into_bytes(),
        ),
        ("base64", data_encoding::BASE64.encode(format!("<<{twice}>> {token}").as_bytes()).into_bytes()),
        ("hex", format!("0x{}", data_encoding::HEXUPPER.encode(format!("-{token}-").as_bytes())).into_bytes()),
        ("utf-16", [vec![0xff, 0xfe], utf16(u16::to_le_bytes)].concat()),
        ("utf-16", [vec![0xfe, 0xff], utf16(u16::to_be_bytes)].concat()),
    ];
    for (encoding, data) in cases {
        let found = ENGINE.scan(&data, &key());
        let found: Vec<_> = found.iter().filter(|found| found.fingerprint == plain.fingerprint).collect();
        assert!(!found.is_empty(), "{encoding}: {}", String::from_utf8_lossy(&data));
        assert!(found.iter().any(|found| revealed(found, "encoding") == Some(encoding)), "{found:?}");
        assert_eq!(found[0].detail.hint, plain.detail.hint);
    }
}

#[test]
fn layers_within_layers_end() {
    let mut text = sample("ghp_{crc62:30}", 1);
    for _ in 0..12 {
        text = data_encoding::BASE64.encode(format!("ghp_{text}").as_bytes());
    }
    scan(&text);
}

//! The claims of a JSON Web Token: read, never verified. They say who issued it, for whom, and until when.

use serde_json::Value;
use whose_model::{Join, JoinStrength, JoinTarget, NodeId, Timestamp};

/// The issuers of Microsoft Entra's tokens, in all its clouds.
const ENTRA: [&str; 5] = [
    "sts.windows.net",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "sts.chinacloudapi.cn",
];

/// What a token says of itself.
pub(crate) fn facts(claims: &Value) -> Vec<(&'static str, Option<String>)> {
    let audience = plain(&claims["aud"]).or_else(|| plain(&claims["aud"][0]));
    let (namespace, account) = kubernetes(claims).unzip();
    vec![
        ("issuer", plain(&claims["iss"])),
        ("subject", plain(&claims["sub"])),
        ("audience", audience),
        ("tenant", plain(&claims["tid"])),
        ("application", plain(&claims["appid"]).or_else(|| plain(&claims["azp"]))),
        ("object", plain(&claims["oid"])),
        ("namespace", namespace),
        ("service-account", account),
        ("repository", plain(&claims["repository"])),
        ("created", moment(&claims["iat"])),
        ("expiry", moment(&claims["exp"])),
    ]
}

/// The identities that the token names.
pub(crate) fn joins(claims: &Value) -> Vec<Join> {
    let by = |target, scope: Option<NodeId>| Join { target, scope, strength: JoinStrength::EmbeddedSubject };
    if let Some(tenant) = entra_tenant(claims) {
        let scope = NodeId::new("azure", "", "tenant", &tenant);
        let nodes = entra_identities(claims, &tenant).into_iter();
        return nodes.map(|node| by(JoinTarget::Node(node), Some(scope.clone()))).collect();
    }
    if let Some(email) = google_account(claims) {
        let project = email.split_once('@').and_then(|(_, host)| host.strip_suffix(".iam.gserviceaccount.com"));
        let scope = project.map(|project| NodeId::new("gcp", "", "project", project));
        return vec![by(JoinTarget::Node(NodeId::new("gcp", "", "service-account", &email)), scope)];
    }
    match (issuer(claims), plain(&claims["sub"])) {
        (Some(issuer), Some(subject)) => vec![by(JoinTarget::Subject { issuer, subject }, None)],
        _ => Vec::new(),
    }
}

/// The issuer as trusts are written: without scheme and last slash.
fn issuer(claims: &Value) -> Option<String> {
    let text = plain(&claims["iss"])?;
    Some(text.strip_prefix("https://").unwrap_or(&text).trim_end_matches('/').to_owned())
}

/// The tenant of a token that names Entra as its issuer.
fn entra_tenant(claims: &Value) -> Option<String> {
    let issuer = issuer(claims)?;
    let (host, _) = issuer.split_once('/')?;
    ENTRA.contains(&host).then(|| plain(&claims["tid"])).flatten().map(|tenant| tenant.to_ascii_lowercase())
}

/// Whom the token acts as: its object, which a token for a program calls a service principal, and else either that or a
/// person. A token without an object names its application alone.
fn entra_identities(claims: &Value, tenant: &str) -> Vec<NodeId> {
    let Some(object) = plain(&claims["oid"]).map(|id| id.to_ascii_lowercase()) else {
        let application = plain(&claims["appid"]).or_else(|| plain(&claims["azp"]));
        return application
            .map(|id| NodeId::new("azure", "", "application", &id.to_ascii_lowercase()))
            .into_iter()
            .collect();
    };
    let kinds: &[&str] = if claims["idtyp"] == "app" { &["service-principal"] } else { &["service-principal", "user"] };
    kinds.iter().map(|kind| NodeId::new("azure", tenant, kind, &object)).collect()
}

/// The service account that Google names, or that signed the token itself.
fn google_account(claims: &Value) -> Option<String> {
    let issuer = issuer(claims)?;
    let of_google = issuer == "accounts.google.com";
    let named = if of_google { plain(&claims["email"]) } else { Some(issuer) };
    named
        .filter(|email| email.ends_with(".gserviceaccount.com") && email.contains('@'))
        .map(|email| email.to_lowercase())
}

/// Namespace and name of a Kubernetes service account.
fn kubernetes(claims: &Value) -> Option<(String, String)> {
    let subject = plain(&claims["sub"])?;
    let (namespace, name) = subject.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    Some((namespace.to_owned(), name.to_owned()))
}

/// A short text or number of a token's own claims.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.chars().take(200).collect()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A moment in seconds since 1970.
pub(crate) fn moment(value: &Value) -> Option<String> {
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|number| number as i64))?;
    Timestamp::from_second(seconds).ok().map(|moment| moment.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(claims: &Value, targets: &[JoinTarget], scope: Option<NodeId>) {
        let found = joins(claims);
        assert_eq!(found.iter().map(|join| join.target.clone()).collect::<Vec<_>>(), targets, "{claims}");
        for join in &found {
            assert_eq!((join.strength, &join.scope), (JoinStrength::EmbeddedSubject, &scope), "{claims}");
        }
    }

    fn node(provider: &str, realm: &str, kind: &str, id: &str) -> JoinTarget {
        JoinTarget::Node(NodeId::new(provider, realm, kind, id))
    }

    #[test]
    fn entra_tokens_name_their_object_in_their_tenant() {
        let tenant = Some(NodeId::new("azure", "", "tenant", "t1"));
        let principal = || node("azure", "t1", "service-principal", "o1");
        let claims =
            json!({"iss": "https://sts.windows.net/t1/", "tid": "T1", "oid": "O1", "appid": "a1", "idtyp": "app"});
        check(&claims, &[principal()], tenant.clone());
        let claims = json!({"iss": "https://login.microsoftonline.com/t1/v2.0", "tid": "t1", "oid": "o1", "azp": "a1"});
        check(&claims, &[principal(), node("azure", "t1", "user", "o1")], tenant.clone());
        let claims = json!({"iss": "https://sts.windows.net/t1/", "tid": "t1", "appid": "A1"});
        check(&claims, &[node("azure", "", "application", "a1")], tenant);
    }

    #[test]
    fn only_entra_itself_names_entra_identities() {
        let claims = json!({"iss": "https://sts.windows.net.example/t1/", "tid": "t1", "oid": "o1", "sub": "s"});
        let target = JoinTarget::Subject { issuer: "sts.windows.net.example/t1".into(), subject: "s".into() };
        check(&claims, &[target], None);
    }

    #[test]
    fn google_tokens_name_their_service_account() {
        let email = "ci@acme-prod.iam.gserviceaccount.com";
        let account = node("gcp", "", "service-account", email);
        let project = Some(NodeId::new("gcp", "", "project", "acme-prod"));
        let own = json!({"iss": email, "sub": email, "aud": "https://pubsub.googleapis.com/"});
        check(&own, std::slice::from_ref(&account), project.clone());
        let issued =
            json!({"iss": "https://accounts.google.com", "sub": "1", "email": "CI@acme-prod.iam.gserviceaccount.com"});
        check(&issued, &[account], project);
        let person = json!({"iss": "https://accounts.google.com", "sub": "1", "email": "a@example.com"});
        check(&person, &[JoinTarget::Subject { issuer: "accounts.google.com".into(), subject: "1".into() }], None);
    }

    #[test]
    fn workloads_are_named_by_issuer_and_subject() {
        let of = |issuer: &str, subject: &str| JoinTarget::Subject { issuer: issuer.into(), subject: subject.into() };
        let (github, main) = ("token.actions.githubusercontent.com", "repo:acme/pay:ref:refs/heads/main");
        let claims = json!({"iss": format!("https://{github}"), "sub": main, "repository": "acme/pay"});
        check(&claims, &[of(github, main)], None);
        assert!(facts(&claims).contains(&("repository", Some("acme/pay".into()))));
        let claims = json!({"iss": "https://oidc.cluster.test/id/", "sub": "system:serviceaccount:shop:pay"});
        check(&claims, &[of("oidc.cluster.test/id", "system:serviceaccount:shop:pay")], None);
        assert!(facts(&claims).contains(&("namespace", Some("shop".into()))));
        assert!(facts(&claims).contains(&("service-account", Some("pay".into()))));
    }

    #[test]
    fn claims_of_other_forms_name_nobody() {
        for claims in
            [json!({}), json!({"sub": "x"}), json!({"iss": [7], "tid": ["t"]}), json!({"iss": "x", "sub": ""})]
        {
            let found = joins(&claims);
            assert!(found.iter().all(|join| matches!(join.target, JoinTarget::Subject { .. })), "{claims}");
        }
        assert_eq!(joins(&json!({"sub": "x"})), []);
        assert_eq!(moment(&json!(1e300)), None);
    }
}

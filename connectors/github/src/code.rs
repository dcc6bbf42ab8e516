//! The code of the organisation's repositories. It is not read here: each repository is handed to whoever reads
//! repositories, with the address of its clone and the sign-in. What the API says of that address is checked, since
//! the sign-in goes there: it must be this very repository, on the host of git that belongs to the API.

use crate::selection::Which;
use crate::session::Session;
use async_trait::async_trait;
use std::sync::Arc;
use url::Url;
use whose_connect::{ApiCall, Authorize, CallError, Collector, CollectorInfo, FailureKind, Handover, Recorder};
use whose_model::{Facet, Timestamp};

/// Not a call of the REST API but git's own protocol over HTTPS, which the reader of repositories speaks. An app needs
/// this permission for it.
///
/// <https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation#about-authentication-as-a-github-app-installation>
const GET_CODE: ApiCall = ApiCall::read(
    "github:GetRepositoryCode",
    "contents:read",
    "Clones each repository, to find the secrets in its files and in its history.",
    "https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "code",
    title: "code of the repositories",
    provides: &[],
    types: &["repository"],
    calls: &[GET_CODE],
    switched_on_by: None,
};

/// What is known of a repository's code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) name: String,
    /// Where the API says it can be cloned.
    pub(crate) clone_url: Option<String>,
    pub(crate) fork: bool,
    pub(crate) archived: bool,
    /// In kilobytes.
    pub(crate) size: u64,
    /// Whether anybody can see it.
    pub(crate) public: bool,
    /// When it was last pushed to.
    pub(crate) pushed: Option<Timestamp>,
}

/// The listing.
pub(crate) struct RepositoryCode;

#[async_trait]
impl Collector<Session> for RepositoryCode {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, session: &Session, out: &mut Recorder) -> Result<(), CallError> {
        let fault = |kind, reason: &str| CallError::new(GET_CODE, kind, reason);
        if session.selection.which == Which::Off {
            return Err(fault(FailureKind::NotEnabled, "left out, as the target says repositories=off"));
        }
        let Some(known) = session.repositories.get() else {
            return Err(fault(FailureKind::Other, "not read: the repositories were not listed"));
        };
        for code in &known.code {
            let repository = session.organization.repository(&code.name);
            if let Some((reason, remedy)) = session.selection.leaves_out(code) {
                out.left_out(repository, &[Facet::Secrets], &reason, remedy).await;
                continue;
            }
            let address = clone_address(&session.git, &session.organization.login, code);
            let handover = address.and_then(|url| {
                Handover::new(repository.clone(), url).map_err(|unfit| format!("{unfit}; not followed"))
            });
            match handover {
                Ok(handover) => {
                    let sign_in: Arc<dyn Authorize> = session.sign_in.clone();
                    if !out.hand_over(handover.signed_in_by(sign_in)).await {
                        return Err(fault(FailureKind::NotEnabled, "nothing here reads repositories"));
                    }
                }
                Err(reason) => {
                    let place = session.organization.repository_name(&code.name);
                    let reason = format!("the code of {place} was not read: its clone address is refused: {reason}");
                    out.failed_for(&fault(FailureKind::Malformed, &reason), repository);
                }
            }
        }
        if !known.complete {
            out.failed(&fault(FailureKind::Other, "not read for repositories that their own listing did not name"));
        }
        Ok(())
    }
}

/// The address at which a repository is cloned. It is built here; what the API says of it must agree.
fn clone_address(git: &Url, login: &str, code: &Code) -> Result<Url, String> {
    let path = format!("{login}/{}.git", code.name);
    let own = git.join(&path).map_err(|_| "it is not an address".to_owned())?;
    let Some(told) = &code.clone_url else { return Ok(own) };
    let told = Url::parse(told).map_err(|_| "it is not an address".to_owned())?;
    if told.origin() != own.origin() {
        let to = told.host_str().map_or_else(|| "no host".to_owned(), ToString::to_string);
        let (scheme, expected) = (told.scheme(), own.host_str().unwrap_or_default());
        return Err(format!("it leads to {to} by {scheme} and not to {expected}; not followed"));
    }
    let same = told.path().eq_ignore_ascii_case(own.path()) && told.query().is_none() && told.fragment().is_none();
    let bare = told.username().is_empty() && told.password().is_none();
    if same && bare { Ok(own) } else { Err("it leads to something else than this repository; not followed".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(git: &str, told: Option<&str>) -> Result<String, String> {
        let clone_url = told.map(String::from);
        let code =
            Code { name: "shop".into(), clone_url, fork: false, archived: false, size: 1, public: false, pushed: None };
        clone_address(&git.parse().unwrap(), "Acme", &code).map(String::from)
    }

    #[test]
    fn a_repository_is_cloned_from_the_host_of_the_api_alone() {
        let own = "https://github.com/Acme/shop.git";
        assert_eq!(address("https://github.com/", None).as_deref(), Ok(own));
        assert_eq!(address("https://github.com/", Some("https://GitHub.com/acme/shop.git")).as_deref(), Ok(own));
        let elsewhere = address("http://127.0.0.1:8000/", Some("http://127.0.0.1:8000/Acme/shop.git"));
        assert_eq!(elsewhere.as_deref(), Ok("http://127.0.0.1:8000/Acme/shop.git"));
        let with_user = "https://me@github.com/Acme/shop.git";
        for told in [
            "file:///etc/passwd",
            "file://github.com/Acme/shop.git",
            "ssh://github.com/Acme/shop.git",
            "http://github.com/Acme/shop.git",
            "https://github.com:8443/Acme/shop.git",
            "https://evil.test/Acme/shop.git",
            "https://github.com@evil.test/Acme/shop.git",
            "https://github.com/Acme/other.git",
            "https://github.com/Acme/x/../../evil/shop.git",
            "https://github.com/Acme/shop.git?x=1",
            "git@github.com:Acme/shop.git",
            "--upload-pack=touch /tmp/x",
            "",
            with_user,
        ] {
            assert!(address("https://github.com/", Some(told)).is_err(), "{told}");
        }
    }
}

//! The sign-in of one scan: the header for each request, to the API and to git. What the command line knows of it comes
//! in by [`GithubSignIn`].

use crate::app::{App, AppKey};
use crate::target::Target;
use crate::token::Token;
use async_trait::async_trait;
use http::HeaderValue;
use std::path::PathBuf;
use tokio::sync::Mutex;
use url::Url;
use whose_connect::{Authorize, CallError, Client, ConnectError};
use zeroize::Zeroizing;

/// What the command line knows about signing in: a token, or an app with its private key. Neither is printed.
#[derive(Clone, Default)]
pub struct GithubSignIn {
    token: Option<Token>,
    app: Option<String>,
    key: Option<Zeroizing<String>>,
    key_file: Option<PathBuf>,
}

impl std::fmt::Debug for GithubSignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GithubSignIn").field("app", &self.app).finish_non_exhaustive()
    }
}

impl From<Token> for GithubSignIn {
    fn from(token: Token) -> Self {
        Self { token: Some(token), ..Self::default() }
    }
}

impl GithubSignIn {
    /// Takes the variables of GitHub's own tools, and those that name an app, from wherever the caller keeps them. An
    /// app comes before a token: it was named for this.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        Self {
            token: ["GITHUB_TOKEN", "GH_TOKEN"].into_iter().find_map(set).and_then(|text| Token::new(&text)),
            app: set("GITHUB_APP_ID").map(|id| id.trim().to_owned()),
            key: set("GITHUB_APP_PRIVATE_KEY").map(Zeroizing::new),
            key_file: set("GITHUB_APP_PRIVATE_KEY_FILE").map(PathBuf::from),
        }
    }

    /// Prepares the sign-in to one organisation. Nothing is sent yet.
    pub(crate) fn open(&self, target: &Target, client: &Client, base: &Url) -> Result<SignIn, ConnectError> {
        if self.app.is_some() || self.key.is_some() || self.key_file.is_some() {
            return self.as_app(target, client, base);
        }
        let remedy = "Set GITHUB_TOKEN to a token of an app's installation, or to a personal one, that may read the \
                      organisation, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY_FILE to an app's; \
                      `whose permissions github` prints what it needs";
        let failed = |reason: &str| refused(target, reason, remedy);
        let token = self.token.as_ref().ok_or_else(|| failed("there is no token"))?;
        SignIn::with_token(token).ok_or_else(|| failed("the token holds characters that no token has"))
    }

    fn as_app(&self, target: &Target, client: &Client, base: &Url) -> Result<SignIn, ConnectError> {
        let remedy = "Set GITHUB_APP_ID to the id of the app, and GITHUB_APP_PRIVATE_KEY_FILE to the file of its \
                      private key, as GitHub gave it (or GITHUB_APP_PRIVATE_KEY to the key itself)";
        let failed = |reason: &str| refused(target, reason, remedy);
        let id = self.app.as_ref().ok_or_else(|| failed("an app's private key is set, and its id is not"))?;
        let read;
        let pem = match (&self.key, &self.key_file) {
            (Some(key), _) => key,
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path);
                read = Zeroizing::new(text.map_err(|source| ConnectError::File { path: path.clone(), source })?);
                &read
            }
            (None, None) => return Err(failed("an app's id is set, and its private key is not")),
        };
        let key = AppKey::read(pem).map_err(|reason| failed(&format!("the private key of the app: {reason}")))?;
        Ok(SignIn::App(Box::new(App {
            id: id.clone(),
            key,
            client: client.clone(),
            base: base.clone(),
            org: target.org.clone(),
            held: Mutex::new(None),
        })))
    }
}

fn refused(target: &Target, reason: &str, remedy: &str) -> ConnectError {
    ConnectError::SignIn {
        target: format!("the organisation {} on {}", target.org, target.host),
        reason: reason.into(),
        remedy: remedy.into(),
        source: None,
    }
}

/// The sign-in that the requests of one scan share.
pub(crate) enum SignIn {
    /// With a token, whose headers were made once.
    Token { bearer: HeaderValue, basic: HeaderValue },
    /// As an app.
    App(Box<App>),
}

impl SignIn {
    /// With a token. `None`: it holds what no header can carry.
    fn with_token(token: &Token) -> Option<Self> {
        Some(Self::Token { bearer: token.bearer()?, basic: token.basic()? })
    }

    /// The header for the API.
    pub(crate) async fn bearer(&self) -> Result<HeaderValue, CallError> {
        match self {
            Self::Token { bearer, .. } => Ok(bearer.clone()),
            Self::App(app) => app.header(Token::bearer).await,
        }
    }
}

#[async_trait]
impl Authorize for SignIn {
    async fn authorization(&self) -> Result<HeaderValue, ConnectError> {
        match self {
            Self::Token { basic, .. } => Ok(basic.clone()),
            Self::App(app) => app.header(Token::basic).await.map_err(|error| ConnectError::SignIn {
                target: format!("the organisation {}", app.org),
                reason: error.message.clone(),
                remedy: "Check the app, its key and its installation".into(),
                source: Some(Box::new(error)),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(variables: &[(&str, &str)]) -> Result<SignIn, ConnectError> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let target = Target::parse("acme").unwrap();
        let limits = crate::session::LIMITS;
        let client = Client::new(&whose_connect::NetworkSettings::default(), limits).unwrap();
        GithubSignIn::from_variables(variable).open(&target, &client, &target.api)
    }

    #[test]
    fn what_is_missing_is_named_without_what_is_there() {
        for (variables, reason) in [
            (&[][..], "there is no token"),
            (&[("GITHUB_TOKEN", " ")], "there is no token"),
            (&[("GITHUB_APP_ID", "12")], "its private key is not"),
            (&[("GITHUB_APP_PRIVATE_KEY", "quoted-nowhere")], "its id is not"),
            (&[("GITHUB_APP_ID", "12"), ("GITHUB_APP_PRIVATE_KEY", "quoted-nowhere")], "not a private key in PEM"),
            (&[("GITHUB_APP_ID", "12"), ("GITHUB_APP_PRIVATE_KEY_FILE", "/no/such/file")], "cannot read /no/such/file"),
        ] {
            let Err(error) = opened(variables) else { panic!("{variables:?} does not sign in") };
            let told = error.to_string();
            assert!(told.contains(reason) && !told.contains("quoted-nowhere"), "{told}");
        }
        assert!(matches!(opened(&[("GH_TOKEN", "x")]), Ok(SignIn::Token { .. })));
    }
}

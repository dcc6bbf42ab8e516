//! The sign-in of one scan: the header for each request, to the API and to git.

use crate::token::Token;
use async_trait::async_trait;
use http::HeaderValue;
use whose_connect::{Authorize, ConnectError};

/// The sign-in that the requests of one scan share.
pub(crate) struct SignIn {
    bearer: HeaderValue,
    basic: HeaderValue,
}

impl SignIn {
    /// With a token. `None`: it holds what no header can carry.
    pub(crate) fn with_token(token: &Token) -> Option<Self> {
        Some(Self { bearer: token.bearer()?, basic: token.basic()? })
    }

    /// The header for the API.
    pub(crate) fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }
}

#[async_trait]
impl Authorize for SignIn {
    async fn authorization(&self) -> Result<HeaderValue, ConnectError> {
        Ok(self.basic.clone())
    }
}

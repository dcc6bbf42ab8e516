//! A thin client for Microsoft Graph and Azure Resource Manager: declared calls, pages, and no link that leads to
//! another host than the one that was asked.

use crate::failure::{malformed, refused, unanswered};
use azure_core::credentials::TokenCredential;
use bytes::Bytes;
use http::header;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use url::Url;
use whose_connect::{ApiCall, CallError, Client, FailureKind, Pages};

/// The longest listing: at 100 to 999 things a page, more than any tenant may hold.
const MOST_PAGES: usize = 20_000;

/// One of the two services, as the signed-in identity.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(crate) client: Client,
    pub(crate) credential: Arc<dyn TokenCredential>,
    /// The service's address.
    pub(crate) base: Url,
    /// The scope of its tokens.
    pub(crate) scope: String,
}

/// One page as both services write it; the name of the link differs.
#[derive(Deserialize)]
struct Page<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    odata_next_link: Option<String>,
    #[serde(rename = "nextLink")]
    next_link: Option<String>,
}

impl Api {
    /// A listing from its first page on. `path` begins with `/`.
    pub(crate) fn list(&self, call: ApiCall, path: &str) -> Result<Listing<'_>, CallError> {
        let first = self.base.join(path);
        let first = first.map_err(|error| malformed(call, &format!("the address cannot be built: {error}")))?;
        Ok(Listing { api: self, call, next: Some(first), pages: Pages::new(MOST_PAGES), fault: None })
    }

    /// All things of a listing that is known to be short.
    pub(crate) async fn all<T: DeserializeOwned>(&self, call: ApiCall, path: &str) -> Result<Vec<T>, CallError> {
        let mut listing = self.list(call, path)?;
        let mut all = Vec::new();
        while let Some(page) = listing.page().await? {
            all.extend(page);
        }
        Ok(all)
    }

    async fn get(&self, call: ApiCall, url: &Url) -> Result<Bytes, CallError> {
        let token = self.credential.get_token(&[&self.scope], None).await.map_err(|error| {
            let text = error.to_string();
            let why = text.lines().next().unwrap_or_default().to_owned();
            CallError::new(call, FailureKind::Denied, &format!("no token for {}: {why}", self.base)).caused_by(error)
        })?;
        let mut bearer = header::HeaderValue::try_from(format!("Bearer {}", token.token.secret()))
            .map_err(|_| malformed(call, "the token is not one that fits into a header"))?;
        bearer.set_sensitive(true);
        let request = http::Request::get(url.as_str())
            .header(header::AUTHORIZATION, bearer)
            .header(header::ACCEPT, "application/json")
            .body(Bytes::new())
            .map_err(|error| malformed(call, &format!("the request cannot be built: {error}")))?;
        let answer = self.client.send(request).await.map_err(|error| unanswered(call, error))?;
        if answer.status().is_success() { Ok(answer.into_body()) } else { Err(refused(call, &answer)) }
    }
}

/// A listing that is being read.
pub(crate) struct Listing<'a> {
    api: &'a Api,
    call: ApiCall,
    next: Option<Url>,
    pages: Pages,
    /// Why the listing ends after the page that was just given out, when it ends too early.
    fault: Option<CallError>,
}

impl Listing<'_> {
    /// The next page, or `None` after the last. A page whose link cannot be followed is still given out; what is
    /// wrong with its link is the answer after it.
    pub(crate) async fn page<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<T>>, CallError> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let Some(url) = self.next.take() else { return Ok(None) };
        let body = self.api.get(self.call, &url).await?;
        let page: Page<T> = serde_json::from_slice(&body)
            .map_err(|error| malformed(self.call, &format!("the answer cannot be read: {error}")))?;
        match self.follow(page.odata_next_link.or(page.next_link)) {
            Ok(next) => self.next = next,
            Err(fault) => self.fault = Some(fault),
        }
        Ok(Some(page.value))
    }

    fn follow(&mut self, link: Option<String>) -> Result<Option<Url>, CallError> {
        let next = self.pages.turn(link.is_some(), link.as_deref());
        let next = next.map_err(|fault| malformed(self.call, &fault.to_string()))?;
        next.map(|link| self.same_host(&link)).transpose()
    }

    /// A link goes with our token, so it may only lead to where the token was meant for.
    fn same_host(&self, link: &str) -> Result<Url, CallError> {
        let base = &self.api.base;
        let link = Url::parse(link).map_err(|_| malformed(self.call, "the link to the next page is not an address"))?;
        if link.origin() == base.origin() {
            return Ok(link);
        }
        let host = link.host_str().unwrap_or("nowhere");
        Err(malformed(self.call, &format!("the link to the next page leads to {host} and was not followed")))
    }
}

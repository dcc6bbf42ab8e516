//! The sign-in library's way to the network: through the one client of the kit, so that proxy, certificates,
//! limits and the count of requests hold for it. A private endpoint takes the place of the authority here, since
//! the library itself refuses any that is not HTTPS.

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, Body, HttpClient, Method, Request, Url};
use azure_core::{Error, Result};
use whose_connect::Client;

/// The kit's client in the form that the sign-in library asks for.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    /// The client.
    pub(crate) client: Client,
    /// Where all requests go instead, when the settings name a place.
    pub(crate) instead: Option<Url>,
}

#[async_trait]
impl HttpClient for Transport {
    async fn execute_request(&self, request: &Request) -> Result<AsyncRawResponse> {
        let url = match &self.instead {
            Some(instead) => moved(request.url(), instead)?,
            None => request.url().clone(),
        };
        let Body::Bytes(body) = request.body().clone() else {
            return Err(Error::with_message(ErrorKind::Io, "a sign-in never streams its request"));
        };
        let method = match request.method() {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            other => return Err(Error::with_message(ErrorKind::Io, format!("a sign-in never uses {other}"))),
        };
        let mut sent = http::Request::builder().method(method).uri(url.as_str());
        for (name, value) in request.headers().iter() {
            sent = sent.header(name.as_str(), value.as_str());
        }
        let sent = sent.body(body).map_err(|error| Error::new(ErrorKind::Io, error))?;
        let answer = self.client.send_once(sent).await.map_err(|error| Error::new(ErrorKind::Io, error))?;
        let mut headers = Headers::new();
        for (name, value) in answer.headers() {
            if let Ok(value) = value.to_str() {
                headers.insert(name.as_str().to_owned(), value.to_owned());
            }
        }
        Ok(AsyncRawResponse::from_bytes(answer.status().as_u16().into(), headers, answer.into_body()))
    }
}

/// The same path and query at another place.
fn moved(url: &Url, instead: &Url) -> Result<Url> {
    let mut url = url.clone();
    let refused = || Error::with_message(ErrorKind::Other, "the endpoint cannot take the place of the authority");
    url.set_scheme(instead.scheme()).map_err(|()| refused())?;
    url.set_host(instead.host_str()).map_err(|_| refused())?;
    url.set_port(instead.port()).map_err(|()| refused())?;
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_moves_to_the_endpoint_with_its_path_and_query() {
        let url = Url::parse("https://login.microsoftonline.com/t/oauth2/v2.0/token?a=b").unwrap();
        for (instead, expected) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/t/oauth2/v2.0/token?a=b"),
            ("https://private.example", "https://private.example/t/oauth2/v2.0/token?a=b"),
        ] {
            assert_eq!(moved(&url, &Url::parse(instead).unwrap()).unwrap().as_str(), expected);
        }
    }
}

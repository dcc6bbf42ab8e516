//! The SDK's way to the network: through the one client of the kit, so that proxy, certificates, limits,
//! user agent and the count of requests hold for it, and one TLS stack serves all.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use std::time::Duration;
use whose_connect::{Client, TransportError};

/// The kit's client in the form that the SDK asks for.
#[derive(Clone, Debug)]
pub(crate) struct Transport(pub(crate) Client);

impl HttpClient for Transport {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        // The instance metadata service is asked with short limits of its own, which must be kept: on most
        // machines nobody answers.
        let limit = match (settings.connect_timeout(), settings.read_timeout()) {
            (Some(connect), Some(read)) => Some(connect + read),
            _ => None,
        };
        SharedHttpConnector::new(Connector { client: self.0.clone(), limit })
    }
}

#[derive(Clone, Debug)]
struct Connector {
    client: Client,
    limit: Option<Duration>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.send(request).await })
    }
}

impl Connector {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(Box::new(error)))?;
        let (parts, body) = request.into_parts();
        let body = body.bytes().map(Bytes::copy_from_slice);
        let body = body.ok_or_else(|| ConnectorError::user("a request with a streamed body is never made".into()))?;
        let sending = self.client.send_once(http::Request::from_parts(parts, body));
        let answer = match self.limit {
            Some(limit) => tokio::time::timeout(limit, sending)
                .await
                .map_err(|elapsed| ConnectorError::timeout(Box::new(elapsed)))?,
            None => sending.await,
        };
        let answer = answer.map_err(connector_error)?;
        if answer.status().is_success() && is_cut_off(answer.body()) {
            // The SDK's parser takes the end of the text for the end of the document, so that a page that was cut
            // off would pass for a shorter one.
            return Err(ConnectorError::other("the answer is XML that was cut off before its end".into(), None));
        }
        HttpResponse::try_from(answer.map(SdkBody::from)).map_err(|error| ConnectorError::other(Box::new(error), None))
    }
}

fn connector_error(error: TransportError) -> ConnectorError {
    match &error {
        TransportError::Timeout { .. } => ConnectorError::timeout(Box::new(error)),
        TransportError::Connect { .. } | TransportError::Broken { .. } => ConnectorError::io(Box::new(error)),
        _ => ConnectorError::user(Box::new(error)),
    }
}

/// Whether a text is XML whose root element is not closed.
fn is_cut_off(body: &[u8]) -> bool {
    let text = body.trim_ascii();
    let Some(start) = root_start(text) else { return false };
    let name = &text[start..];
    let end = name.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
    let Some(end) = end else { return true };
    let closing = [b"</", &name[..end], b">"].concat();
    !text.ends_with(&closing) && !text.ends_with(b"/>")
}

/// Where the name of the root element begins, when the text is XML.
fn root_start(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].iter().position(|byte| !byte.is_ascii_whitespace())?;
        if text[at] != b'<' {
            return None;
        }
        match text.get(at + 1)? {
            b'?' | b'!' => at += text[at..].iter().position(|byte| *byte == b'>')? + 1,
            _ => return Some(at + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_xml_that_lacks_its_end_is_cut_off() {
        for (text, expected) in [
            ("<A><B>x</B></A>\n", false),
            ("<?xml version=\"1.0\"?>\n<A xmlns=\"u\"><B/></A>", false),
            ("<!-- c --> <A/>", false),
            ("<A><B>x</B>", true),
            ("<?xml version=\"1.0\"?><A xmlns=\"u\"><B>", true),
            ("<A", true),
            ("", false),
            ("user,arn\n", false),
            ("{\"a\":1}", false),
        ] {
            assert_eq!(is_cut_off(text.as_bytes()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            is_cut_off(&bytes);
        }
    }
}

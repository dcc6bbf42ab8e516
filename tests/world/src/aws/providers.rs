//! The identity providers that roles can trust.

use super::details::tags;
use super::replies::{ApiError, Call, Reply};
use super::xml::{Xml, element, list};

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html>
pub(crate) fn oidc_providers(call: &Call<'_>) -> Vec<Xml> {
    let arns = call.account.oidc_providers.iter().map(|provider| vec![element("Arn", oidc_arn(call, &provider.url))]);
    vec![list("OpenIDConnectProviderList", arns)]
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html>
pub(crate) fn oidc_provider(call: &Call<'_>) -> Reply {
    let arn = call.required("OpenIDConnectProviderArn")?;
    let provider = call
        .account
        .oidc_providers
        .iter()
        .find(|provider| oidc_arn(call, &provider.url) == arn)
        .ok_or_else(|| ApiError::absent(format!("OpenIDConnect Provider not found for arn {arn}")))?;
    let mut reply = vec![
        element("Url", provider.url.as_str()),
        list("ClientIDList", provider.audiences.iter().map(String::as_str)),
        list("ThumbprintList", [provider.thumbprint.as_str()]),
        element("CreateDate", provider.created),
    ];
    reply.extend(tags(&provider.tags));
    Ok(reply)
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html>
pub(crate) fn saml_providers(call: &Call<'_>) -> Vec<Xml> {
    let providers = call.account.saml_providers.iter().map(|provider| {
        vec![
            element("Arn", saml_arn(call, &provider.name)),
            element("ValidUntil", provider.valid_until),
            element("CreateDate", provider.created),
        ]
    });
    vec![list("SAMLProviderList", providers)]
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html>
pub(crate) fn saml_provider(call: &Call<'_>) -> Reply {
    let arn = call.required("SAMLProviderArn")?;
    let provider = call
        .account
        .saml_providers
        .iter()
        .find(|provider| saml_arn(call, &provider.name) == arn)
        .ok_or_else(|| ApiError::absent(format!("Manifest not found for arn {arn}")))?;
    let metadata = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://{}.example/saml\"/>",
        provider.name
    );
    let mut reply = vec![
        element("SAMLMetadataDocument", metadata),
        element("CreateDate", provider.created),
        element("ValidUntil", provider.valid_until),
    ];
    reply.extend(tags(&provider.tags));
    Ok(reply)
}

fn oidc_arn(call: &Call<'_>, url: &str) -> String {
    call.account.arn(&format!("oidc-provider/{url}"))
}

fn saml_arn(call: &Call<'_>, name: &str) -> String {
    call.account.arn(&format!("saml-provider/{name}"))
}

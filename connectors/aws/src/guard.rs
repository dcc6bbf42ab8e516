//! The last gate before the wire: an operation that no collector declared is refused, so that the
//! permissions page is complete and the scanner cannot write.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Refuses what is not declared.
#[derive(Clone, Debug)]
pub(crate) struct DeclaredOnly;

/// An operation that nobody declared.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not a declared call of this connector and was not sent")]
struct Undeclared(String);

#[dyn_dispatch_hint]
impl Intercept for DeclaredOnly {
    fn name(&self) -> &'static str {
        "DeclaredOnly"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map(|operation| {
            let service = operation.service().to_lowercase();
            format!("{service}:{}", operation.name())
        });
        match operation {
            Some(name) if crate::AWS.calls().iter().any(|call| call.name == name) => Ok(()),
            Some(name) => Err(Box::new(Undeclared(name))),
            None => Err(Box::new(Undeclared("an operation without a name".into()))),
        }
    }
}

//! The published JSON Schemas (draft 2020-12), made from the types.

use crate::{Record, Report};
use schemars::{Schema, schema_for};

/// The schema of the report, published with each release.
pub fn report_schema() -> Schema {
    schema_for!(Report)
}

/// The schema of one line of an observations file.
pub fn record_schema() -> Schema {
    schema_for!(Record)
}

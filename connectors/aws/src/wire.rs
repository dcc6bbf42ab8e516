//! The few shapes that all of IAM's listings share: dates and tags.

use aws_sdk_iam::types::{StatusType, Tag};
use aws_smithy_types::DateTime;
use std::collections::BTreeMap;
use whose_model::{State, Timestamp};

/// A date of the SDK. One outside of what a calendar holds is as good as none.
pub(crate) fn timestamp(date: &DateTime) -> Option<Timestamp> {
    let nanoseconds = i32::try_from(date.subsec_nanos()).ok()?;
    Timestamp::new(date.secs(), nanoseconds).ok()
}

/// Tags as they are kept.
pub(crate) fn tags(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

/// The state of a credential.
pub(crate) fn state(status: &StatusType) -> State {
    match status {
        StatusType::Active => State::Enabled,
        StatusType::Inactive => State::Disabled,
        other if other.as_str() == "Expired" => State::Disabled,
        _ => State::Unknown,
    }
}

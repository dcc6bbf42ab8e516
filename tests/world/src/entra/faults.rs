//! Faults to inject, an action each: what a scanner meets on a bad day.

use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// The faults that are switched on.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) denied: HashSet<String>,
    pub(super) unlicensed: HashSet<String>,
    pub(super) throttled: HashMap<String, u32>,
    pub(super) malformed: HashSet<String>,
    pub(super) truncated: HashSet<String>,
    pub(super) repeated: HashSet<String>,
    pub(super) astray: HashSet<String>,
}

impl Faults {
    /// The status and error that stand in for the reply, when one does.
    pub(super) fn strike(&mut self, action: &str) -> Option<(u16, Value)> {
        if let Some(left) = self.throttled.get_mut(action).filter(|left| **left > 0) {
            *left -= 1;
            return Some((429, error("TooManyRequests", "Too many requests.")));
        }
        if self.unlicensed.contains(action) {
            let code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";
            return Some((403, error(code, "Neither tenant is B2C or tenant doesn't have premium license")));
        }
        let denied = self.denied.contains(action);
        denied
            .then(|| (403, error("Authorization_RequestDenied", "Insufficient privileges to complete the operation.")))
    }
}

/// An error as both services write it.
pub(super) fn error(code: &str, message: &str) -> Value {
    json!({"error": {"code": code, "message": message, "innerError": {"request-id": "0"}}})
}

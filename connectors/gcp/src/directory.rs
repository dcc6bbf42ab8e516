//! The way to the directory of Google Workspace, which only an administrator may read: there is one when the target
//! names whom, and otherwise every listing says what it would need.

use crate::api::Api;
use crate::delegation::{TOKENS, USERS};
use crate::session::Estate;
use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use whose_connect::{ApiCall, CallError, FailureKind, Recorder};

/// How the target switches these listings on.
pub(crate) const SWITCHED_ON_BY: &str = "subject=ADMIN";

/// The directory of an organisation.
pub(crate) struct Directory {
    /// The client in the administrator's name; `Err`: why there is none. `None`: no administrator is named.
    pub(crate) api: Option<Result<Api, String>>,
    /// The people, when these were listed to any extent.
    pub(crate) people: Mutex<People>,
}

/// The people who are there, suspended ones included.
#[derive(Default)]
pub(crate) struct People {
    /// Their e-mails by immutable id.
    pub(crate) by_id: BTreeMap<String, String>,
    /// Their e-mails.
    pub(crate) emails: HashSet<String>,
    /// Whether these are all.
    pub(crate) complete: bool,
}

/// The client. `None`: the target names no administrator, and what is needed was told.
pub(crate) fn client<'a>(estate: &'a Estate, call: ApiCall, out: &mut Recorder) -> Result<Option<&'a Api>, CallError> {
    match &estate.directory.api {
        Some(Ok(api)) => Ok(Some(api)),
        Some(Err(reason)) => Err(CallError::new(call, FailureKind::Other, reason)),
        None => {
            out.not_offered(
                "not asked: only an administrator may read the directory of Google Workspace, and the target names none",
                &format!(
                    "Name one in the target, as {SWITCHED_ON_BY}, and allow the client id of the scanning service \
                     account the scopes {USERS} and {TOKENS} in the Admin console, under Security, Access and data \
                     control, API controls, Domain-wide delegation."
                ),
            );
            Ok(None)
        }
    }
}

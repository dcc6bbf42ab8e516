//! The rules, one file each. `catalogue.rs` is the list.

pub(crate) mod admin_equivalent_identity;
pub(crate) mod broad_ci_trust;
mod ci_issuers;
pub(crate) mod console_password_on_nhi;
pub(crate) mod expired_identity_enabled;
pub(crate) mod external_trust_without_external_id;
pub(crate) mod leaked_dead_credential;
pub(crate) mod leaked_foreign_credential;
pub(crate) mod leaked_live_credential;
pub(crate) mod long_lived_credential;
pub(crate) mod never_used_credential;
pub(crate) mod orphaned_owner;
pub(crate) mod orphaned_workload;
pub(crate) mod root_access_key;
pub(crate) mod shared_secret;
pub(crate) mod stale_credential;
pub(crate) mod two_active_keys;
pub(crate) mod undeclared_lifecycle;
pub(crate) mod unowned_identity;

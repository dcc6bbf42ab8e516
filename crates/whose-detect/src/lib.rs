//! Secret detection over bytes. Detectors are data (`detectors/<vendor>.toml`); a secret's value leaves this
//! crate only as a keyed fingerprint, a masked hint and what its format gives away.

mod capture;
mod catalogue;
mod check;
mod checksum;
mod claims;
mod definition;
mod detector;
mod doubt;
mod engine;
mod entra;
mod error;
mod fingerprint;
mod found;
mod half;
mod hint;
mod join;
mod layer;
mod macaroon;
mod placeholder;
mod prefilter;
mod private_key;
mod random;
mod redact;
mod reveal;
mod sample;
mod search;
mod shape;
mod shared_access;
mod trace;
mod window;

pub use catalogue::DETECTOR_FILES;
pub use engine::{Detection, DetectorInfo, Engine};
pub use error::DetectError;
pub use fingerprint::FingerprintKey;
pub use sample::expand;
pub use trace::{Copied, Trace};

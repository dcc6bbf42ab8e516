//! Secret detection over bytes. Detectors are data (`detectors/<vendor>.toml`); a secret's value leaves this
//! crate only as a keyed fingerprint, a masked hint and what its format gives away.

mod capture;
mod catalogue;
mod check;
mod definition;
mod engine;
mod error;
mod fingerprint;
mod half;
mod hint;
mod join;
mod redact;
mod reveal;
mod sample;
mod window;

pub use catalogue::DETECTOR_FILES;
pub use engine::{Detection, DetectorInfo, Engine};
pub use error::DetectError;
pub use fingerprint::FingerprintKey;
pub use sample::expand;

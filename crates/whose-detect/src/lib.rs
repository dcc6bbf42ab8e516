//! Secret detection over bytes; the detectors are data.

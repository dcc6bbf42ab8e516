//! An invented company with planted faults, served on loopback.

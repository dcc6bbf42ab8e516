//! Posture rules, one file each, and the frameworks they map to.

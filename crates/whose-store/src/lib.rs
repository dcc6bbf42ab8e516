//! The inventory store with its history.

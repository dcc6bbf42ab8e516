//! The `whose` binary.

fn main() {}

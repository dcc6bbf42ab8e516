//! The project's own tasks: check, docs, new, tidy, bench.

fn main() {}

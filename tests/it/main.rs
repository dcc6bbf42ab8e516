//! The whole product, tested as users and attackers would: the real binary, real servers, real repositories.

#![expect(clippy::disallowed_methods, reason = "a test knows the clock and the environment")]

mod cli;
mod contracts;
mod demo;
mod denied;
mod diff;
mod faults;
mod handover;
mod joins;
mod kill;
mod moto;
mod people;
mod precision;
mod product;
mod providers;
mod schedule;
mod secrecy;
mod stories;

//! Files that people keep. One listing so far: the people of an organisation, as evidence of who is there and who
//! left.

mod connector;
mod people;

pub use connector::{FILES, Files};

//! How far the holder of a node gets: by which way (path), and how many identities and scopes (sweep over the
//! condensed graph). Nothing here recurses or walks the whole graph for each start, however tangled it is.

mod components;
mod path;
mod sweep;
mod table;
mod ways;

pub(crate) use path::shortest_path;
pub(crate) use table::ReachTable;

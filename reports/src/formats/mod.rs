//! One file a format.

mod csv;
mod html;
mod inventory_csv;
mod json;
mod jsonl;
mod markdown;
mod ocsf;
mod opengraph;
mod sarif;
mod terminal;

pub use csv::Csv;
pub use html::Html;
pub use inventory_csv::InventoryCsv;
pub use json::{Json, write_json};
pub use jsonl::JsonLines;
pub use markdown::Markdown;
pub use ocsf::{Ocsf, OcsfIam};
pub use opengraph::{OpenGraph, OpenGraphSchema, opengraph_extension};
pub use sarif::Sarif;
pub use terminal::Terminal;

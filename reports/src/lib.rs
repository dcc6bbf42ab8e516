//! Report formats: one [`whose_model::Report`] in, one document out; and the texts on one finding or one thing of
//! it. None sees the graph or a secret, and whatever a stranger can put into a name is inert in all of them.

mod blind_spots;
mod catalogue;
mod error;
mod explain;
mod formats;
mod headline;
mod inert;
mod kpi;
mod names;
mod story;
mod words;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod sample;

pub use catalogue::{FORMATS, FormatInfo, ReportFormat, format};
pub use error::FormatError;
pub use explain::{RuleWords, explain};
pub use formats::{
    Csv, Html, InventoryCsv, Json, JsonLines, Markdown, Ocsf, OcsfIam, OpenGraph, OpenGraphSchema, Sarif, Terminal,
    opengraph_extension, write_json,
};
pub use inert::visible;
pub use story::{Story, tell_format, tell_story};
pub use words::{plain, term};

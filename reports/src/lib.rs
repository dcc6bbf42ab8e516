//! Report formats: one [`whose_model::Report`] in, one document out. A format sees neither the graph nor a
//! secret, and whatever a stranger can put into a name is inert in all of them.

mod blind_spots;
mod catalogue;
mod error;
mod formats;
mod headline;
mod inert;
mod kpi;
mod names;
mod words;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod sample;

pub use catalogue::{FORMATS, FormatInfo, ReportFormat, format};
pub use error::FormatError;
pub use formats::{Csv, Html, InventoryCsv, Json, JsonLines, Markdown, Terminal};
pub use inert::visible;
pub use names::place;
pub use words::{last_used, plain, term};

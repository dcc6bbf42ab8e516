//! The report formats, one table.

use super::cell;
use whose_reports::FORMATS;

pub(super) fn page() -> String {
    let mut text = String::from(
        "# Report formats\n\n`--format ID` writes to stdout, `--format ID=FILE` to a file; the option can be repeated. Names that \
         strangers control are inert in every format.\n\n| id | what it is | extension |\n|---|---|---|\n",
    );
    for format in FORMATS {
        let info = format.info();
        text += &format!("| `{}` | {} | `.{}` |\n", info.id, cell(info.title), info.extension);
    }
    text
}

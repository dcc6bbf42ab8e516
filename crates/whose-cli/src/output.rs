//! Where reports go: formats to stdout or to files, and the exit code that a report leads to.

use crate::args::{ColorChoice, Global, OutputArgs};
use crate::console::{colour, say};
use crate::exit::{Exit, Failure};
use anyhow::{Context, anyhow};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use whose_model::{Report, ScanState, Severity};
use whose_reports::{FORMATS, ReportFormat, Terminal};

/// One `--format`.
pub(crate) struct Output {
    format: Choice,
    file: Option<PathBuf>,
}

enum Choice {
    Terminal(Terminal),
    Other(&'static dyn ReportFormat),
}

/// Reads the `--format` arguments; none means the terminal format on stdout.
pub(crate) fn outputs(global: &Global, args: &OutputArgs) -> Result<Vec<Output>, Failure> {
    let default = ["terminal".to_string()];
    let texts = if args.formats.is_empty() { &default[..] } else { &args.formats[..] };
    let outputs = texts.iter().map(|text| output(global, text)).collect::<Result<Vec<_>, _>>()?;
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err(Failure::request(anyhow!(
            "only one format can go to stdout; give the others a file, for example --format html=report.html"
        )));
    }
    Ok(outputs)
}

fn output(global: &Global, text: &str) -> Result<Output, Failure> {
    let (name, file) = match text.split_once('=') {
        Some((name, "" | "-")) => (name, None),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    if let Some(file) = &file {
        check_folder(file)?;
    }
    let format = FORMATS.iter().find(|format| format.info().id == name).ok_or_else(|| {
        let known: Vec<&str> = FORMATS.iter().map(|format| format.info().id).collect();
        Failure::request(anyhow!("there is no format `{name}`; there are {}", known.join(", ")))
    })?;
    let format = if format.info().id == "terminal" {
        let colour = match (&file, global.color) {
            (Some(_), ColorChoice::Auto) => false,
            (_, choice) => colour(choice),
        };
        Choice::Terminal(Terminal { colour, width: width(), ..Terminal::PLAIN })
    } else {
        Choice::Other(*format)
    };
    Ok(Output { format, file })
}

/// A mistyped folder is told before the scan, and not after it.
pub(crate) fn check_folder(file: &Path) -> Result<(), Failure> {
    let folder = folder_of(file);
    let why = match (file.is_dir(), folder.is_dir()) {
        (true, _) => "it is a folder".to_string(),
        (_, false) => format!("there is no folder {}", folder.display()),
        _ => return Ok(()),
    };
    Err(Failure::request(anyhow!("{} cannot be written: {why}", file.display())))
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The terminal's width, or that of a page when there is none.
fn width() -> usize {
    if io::stdout().is_terminal() {
        let (_, columns) = console::Term::stdout().size();
        usize::from(columns).clamp(60, 160)
    } else {
        100
    }
}

impl Output {
    /// Writes a report. Files appear whole or not at all.
    pub(crate) fn write(&self, report: &Report) -> anyhow::Result<()> {
        let format: &dyn ReportFormat = match &self.format {
            Choice::Terminal(terminal) => terminal,
            Choice::Other(format) => *format,
        };
        match &self.file {
            Some(path) => whole_file(path, |out| Ok(format.write(report, out)?)),
            None => {
                let mut out = BufWriter::new(io::stdout().lock());
                format.write(report, &mut out)?;
                Ok(out.flush()?)
            }
        }
    }
}

/// Writes a file beside its place and moves it there when it is whole.
pub(crate) fn whole_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let folder = folder_of(path);
    let failed = || format!("{} cannot be written", path.display());
    if path.exists() && !path.is_file() {
        // A device or pipe, for example /dev/stdout: there is nothing to move there.
        let mut out = BufWriter::new(std::fs::OpenOptions::new().write(true).open(path).with_context(failed)?);
        write(&mut out)?;
        return out.flush().with_context(failed);
    }
    let mut file = BufWriter::new(tempfile::NamedTempFile::new_in(folder).with_context(failed)?);
    write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error).with_context(failed)?;
    file.persist(path).map_err(|error| error.error).with_context(failed)?;
    Ok(())
}

/// The exit code of a report, and a closing remark on stderr when it is incomplete.
pub(crate) fn conclude(global: &Global, report: &Report, fail_on: Option<Severity>) -> Exit {
    if report.scan.state != ScanState::Complete && !global.quiet {
        let gaps: usize = report.coverage.iter().map(|row| row.gaps.len()).sum();
        let why = if report.scan.state == ScanState::Cancelled { "stopped" } else { "incomplete" };
        say(&format!("the scan is {why}: {gaps} gaps, listed in the report under coverage"));
    }
    let reached = fail_on.is_some_and(|level| report.findings.iter().any(|finding| finding.severity >= level));
    match (reached, report.scan.state) {
        (true, _) => Exit::Findings,
        (false, ScanState::Complete) => Exit::Complete,
        (false, ScanState::Incomplete | ScanState::Cancelled) => Exit::Incomplete,
    }
}

//! `whose diff`: what changed between two stored scans.

use super::stored;
use crate::args::{DiffArgs, Global};
use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use anyhow::anyhow;
use std::io::{self, Write};
use whose_reports::{plain, term, visible, write_json};
use whose_store::{Changes, FindingRef, InventoryStore, Subject, Widening};

/// Runs the command.
pub(crate) async fn run(global: &Global, args: DiffArgs) -> Outcome {
    let config = Config::load(global.config.as_deref())?;
    let store = stored::open(global, &config).await?;
    let to = args.to.as_deref().unwrap_or("latest");
    let from = match args.from {
        Some(from) => from,
        None => before(store.as_ref(), to).await?,
    };
    let changes = store.changes(&from, to).await.map_err(stored::failure)?;
    let mut out = io::stdout().lock();
    if args.json {
        write_json(&changes, &mut out)?;
    } else {
        print(&changes, &mut out)?;
    }
    Ok(Exit::Complete)
}

/// The scan with which the later one is compared when the user names none.
async fn before(store: &dyn InventoryStore, to: &str) -> Result<String, Failure> {
    store.previous(to).await.map_err(stored::failure)?.ok_or_else(|| {
        Failure::request(anyhow!(
            "there is no earlier scan of the same targets to compare with; `whose scans` lists all"
        ))
    })
}

fn print(changes: &Changes, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "from {} to {}", changes.from.id, changes.to.id)?;
    for (scopes, scan) in [(&changes.only_from, &changes.from.id), (&changes.only_to, &changes.to.id)] {
        for scope in scopes {
            writeln!(out, "not compared: {}, which {scan} alone read", visible(scope.as_str()))?;
        }
    }
    if changes.is_empty() {
        return writeln!(out, "nothing changed");
    }
    findings("new findings", '+', &changes.findings_new, out)?;
    findings("resolved findings", '-', &changes.findings_resolved, out)?;
    section("findings of another severity", changes.severity_changed.len(), out)?;
    for change in &changes.severity_changed {
        let FindingRef { id, severity, title, .. } = &change.finding;
        writeln!(out, "  ~ {} -> {}  {}  [{id}]", change.from.word(), severity.word(), visible(title))?;
    }
    section("widened", changes.widened.len(), out)?;
    for widened in &changes.widened {
        let by = match &widened.by {
            Widening::Tier { from, to } => format!("its tier rose from {} to {}", term(from), term(to)),
            Widening::Grants(grants) => {
                let names: Vec<String> = grants.iter().map(|grant| grant.local()).collect();
                format!("it gained {}", names.join(", "))
            }
            Widening::Edge { kind, to } => format!("it gained: {} {}", plain(kind), to.local()),
        };
        writeln!(out, "  ! {}: {}  ({})", visible(&widened.name), visible(&by), visible(widened.id.as_str()))?;
    }
    subjects("appeared", '+', changes.appeared.iter(), out)?;
    subjects("vanished", '-', changes.vanished.iter(), out)?;
    section("changed", changes.changed.len(), out)?;
    for changed in &changes.changed {
        let recreated = if changed.recreated { ", recreated under the same name" } else { "" };
        writeln!(out, "  ~ {}: {}{recreated}", visible(&words(&changed.subject)), changed.fields.join(", "))?;
    }
    section("undecided, since one scan could not see it", changes.undecided.len(), out)?;
    for undecided in &changes.undecided {
        writeln!(out, "  ? {}", visible(&words(&undecided.subject)))?;
    }
    Ok(())
}

fn section(title: &str, count: usize, out: &mut dyn Write) -> io::Result<()> {
    if count == 0 { Ok(()) } else { writeln!(out, "\n{title} ({count})") }
}

fn findings(title: &str, sign: char, findings: &[FindingRef], out: &mut dyn Write) -> io::Result<()> {
    section(title, findings.len(), out)?;
    for FindingRef { id, severity, title, .. } in findings {
        writeln!(out, "  {sign} {:<8}  {}  [{id}]", severity.word(), visible(title))?;
    }
    Ok(())
}

fn subjects<'a>(
    title: &str,
    sign: char,
    subjects: impl ExactSizeIterator<Item = &'a Subject>,
    out: &mut dyn Write,
) -> io::Result<()> {
    section(title, subjects.len(), out)?;
    for subject in subjects {
        writeln!(out, "  {sign} {}", visible(&words(subject)))?;
    }
    Ok(())
}

/// A subject as a reader names it.
fn words(subject: &Subject) -> String {
    match subject {
        Subject::Node { kind, id, name } => format!("{} {name} ({id})", kind.word()),
        Subject::Edge { from, kind, to, .. } => format!("edge {} {} {}", from.local(), plain(kind), to.local()),
        Subject::Finding(finding) => format!("finding {} ({})", finding.title, finding.id),
    }
}

//! Edits of source text: an entry more in a list, a line more among its kind. An edit that does not find its place
//! is an error, because a skeleton that is not listed would be silently dead.

use anyhow::{Context, Result, bail};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Adds an entry at the end of the const list `name`.
pub(super) fn append(text: &str, name: &str, entry: &str) -> Result<String> {
    let start = [format!("const {name}:"), format!("static {name}:")]
        .iter()
        .find_map(|head| text.find(head))
        .with_context(|| format!("there is no list {name}"))?;
    let assigned = start + text[start..].find('=').with_context(|| format!("{name} has no value"))?;
    let end = assigned + text[assigned..].find("];").with_context(|| format!("{name} is no list"))?;
    Ok(append_at(text, end, entry))
}

/// Adds an entry at the end of the list in the field `name` of a static value.
pub(super) fn append_field(text: &str, name: &str, entry: &str) -> Result<String> {
    let head = format!("{name}: &[");
    let start = text.find(&head).with_context(|| format!("there is no field {name} with a list"))? + head.len();
    let end = start + text[start..].find(']').with_context(|| format!("{name} is no list"))?;
    Ok(append_at(text, end, entry))
}

fn append_at(text: &str, end: usize, entry: &str) -> String {
    let before = text[..end].trim_end();
    let comma = if before.ends_with([',', '[']) { "" } else { "," };
    format!("{before}{comma} {entry}{}", &text[end..])
}

/// Adds a line before the first one that begins with `start`; rustfmt puts it in order.
pub(super) fn beside(text: &str, start: &str, line: &str) -> Result<String> {
    let at = text
        .lines()
        .position(|candidate| candidate.starts_with(start))
        .with_context(|| format!("no line begins with `{start}`"))?;
    let mut lines: Vec<&str> = text.lines().collect();
    lines.insert(at, line);
    Ok(lines.join("\n") + "\n")
}

/// Adds a line in alphabetical order among those that begin with `start`.
pub(super) fn sorted(text: &str, start: &str, line: &str) -> Result<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let of_kind = |candidate: &&str| candidate.starts_with(start);
    let first = lines.iter().position(of_kind).with_context(|| format!("no line begins with `{start}`"))?;
    let count = lines[first..].iter().take_while(|line| of_kind(line)).count();
    let at = first + lines[first..first + count].iter().take_while(|candidate| **candidate < line).count();
    lines.insert(at, line);
    Ok(lines.join("\n") + "\n")
}

/// The text as rustfmt lays it out with the project's settings.
pub(super) fn formatted(root: &Path, text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .arg("--config-path")
        .arg(root)
        .args(["--edition", "2024", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting rustfmt; `rustup component add rustfmt` installs it")?;
    let mut input = child.stdin.take().context("rustfmt's input is piped")?;
    let owned = text.to_owned();
    // The input is written beside the reading of the output, so that neither side waits for the other.
    let writer = std::thread::spawn(move || input.write_all(owned.as_bytes()));
    let output = child.wait_with_output().context("waiting for rustfmt")?;
    let written = writer.join().map_err(|_| anyhow::anyhow!("writing to rustfmt panicked"))?;
    written.context("writing to rustfmt")?;
    if !output.status.success() {
        bail!("rustfmt refuses the edited text: {}", output.status);
    }
    String::from_utf8(output.stdout).context("reading what rustfmt wrote")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_added_at_the_end_of_its_list() {
        for (list, expected) in [
            ("const A: &[&dyn T] = &[];", "const A: &[&dyn T] = &[ &X];"),
            ("const A: &[&dyn T] = &[&Y];", "const A: &[&dyn T] = &[&Y, &X];"),
            ("const A: &[&dyn T] =\n    &[\n        &Y,\n    ];", "const A: &[&dyn T] =\n    &[\n        &Y, &X];"),
        ] {
            assert_eq!(append(list, "A", "&X").unwrap(), expected);
        }
        assert!(append("const B: &[u8] = &[];", "A", "&X").is_err());
        assert_eq!(append_field("a: &[x::Y],", "a", "z::Y").unwrap(), "a: &[x::Y, z::Y],");
        assert!(append_field("b: &[x::Y],", "a", "z::Y").is_err());
    }

    #[test]
    fn a_line_is_added_among_its_kind() {
        assert_eq!(beside("//! x\n\nmod b;\nmod c;\n", "mod ", "mod a;").unwrap(), "//! x\n\nmod a;\nmod b;\nmod c;\n");
        assert_eq!(sorted("[x]\na.b\na.d\n\na.z\n", "a.", "a.c").unwrap(), "[x]\na.b\na.c\na.d\n\na.z\n");
        assert_eq!(sorted("a.b\na.d\n", "a.", "a.e").unwrap(), "a.b\na.d\na.e\n");
        assert!(beside("x\n", "mod ", "mod a;").is_err());
    }

    #[test]
    fn rustfmt_orders_what_was_added() {
        let root = crate::workspace::root().unwrap();
        assert_eq!(formatted(&root, "//! X.\nmod b;\nmod a;\n").unwrap(), "//! X.\nmod a;\nmod b;\n");
        assert!(formatted(&root, "fn (").is_err());
    }
}

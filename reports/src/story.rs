//! Whose is it? One thing of the inventory as text, with the neighbours that tell whose it is: credential,
//! identity, owner, reach, and the places where it leaked.

use crate::inert::visible;
use crate::names::place;
use crate::words::{count, last_used, plain};
use std::io::{self, Write};
use whose_model::{
    CredentialView, Finding, IdentityView, OwnerBand, Ownership, SecretDetail, SecretView, Timestamp, day,
};

/// What is known of one thing.
#[derive(Clone, Copy, Debug)]
pub struct Story<'a> {
    /// Its kind, in one word.
    pub kind: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The first scan that saw it.
    pub first_seen: Timestamp,
    /// The last scan that saw it.
    pub last_seen: Timestamp,
    /// The scan that no longer saw it, although it read all of its scope.
    pub gone: Option<Timestamp>,
    /// The credential, when the thing is one or is the value of one.
    pub credential: Option<&'a CredentialView>,
    /// The identity, when the thing is one or proves one.
    pub identity: Option<&'a IdentityView>,
    /// The leaked secret, when the thing is one.
    pub secret: Option<&'a SecretView>,
    /// The findings that concern it.
    pub findings: &'a [Finding],
}

/// Writes what the format of a value gives away by itself.
///
/// # Errors
/// When `out` does not take it.
pub fn tell_format(detail: &SecretDetail, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {} (by its format alone)", visible(&detail.hint), visible(&detail.title))?;
    for reveal in &detail.reveals {
        writeln!(out, "  {:<10} {}", visible(&reveal.what), visible(&reveal.value))?;
    }
    Ok(())
}

/// Writes what is known of one thing.
///
/// # Errors
/// When `out` does not take it.
pub fn tell_story(story: &Story<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{} {}", story.kind, visible(story.name))?;
    let gone = story.gone.map(|at| format!(", gone by {}", day(at))).unwrap_or_default();
    writeln!(out, "  seen       first {}, last {}{gone}", day(story.first_seen), day(story.last_seen))?;
    if let Some(view) = story.credential {
        credential(view, out)?;
    }
    if let Some(view) = story.identity {
        identity(view, out)?;
    }
    if let Some(link) = story.secret.and_then(|secret| secret.link.as_deref()) {
        writeln!(out, "  link       {}", visible(link))?;
    }
    for at in story.secret.iter().flat_map(|secret| &secret.places) {
        writeln!(out, "  leaked in  {}", visible(&place(at)))?;
    }
    for finding in story.findings {
        writeln!(out, "  {:<9}  {}  [{}]", finding.severity.word(), visible(&finding.title), finding.id)?;
    }
    Ok(())
}

fn credential(view: &CredentialView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  state      {} {}", plain(view.state), visible(&view.r#type))?;
    if let Some(created) = view.created {
        writeln!(out, "  created    {}", day(created))?;
    }
    writeln!(out, "  last used  {}", last_used(view.last_used.as_ref()))
}

fn identity(view: &IdentityView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  identity   {} ({})", visible(&view.name), visible(view.id.as_str()))?;
    writeln!(out, "  owner      {}", visible(&owner(view.ownership.as_ref())))?;
    for basis in &view.privilege.basis {
        writeln!(out, "  can        {}", visible(&basis.what))?;
    }
    let identities = count(view.reach.identities, "identity", "identities");
    writeln!(out, "  reaches    {identities} in {}", count(view.reach.scopes, "scope", "scopes"))?;
    for step in &view.reach.path {
        let (from, to) = (step.from.local(), step.to.local());
        writeln!(out, "             {} {} {}", visible(&from), plain(step.kind), visible(&to))?;
    }
    Ok(())
}

fn owner(ownership: Option<&Ownership>) -> String {
    let Some(ownership) = ownership else { return "not known: the sources of ownership were not read".into() };
    match (ownership.band, ownership.candidates.first()) {
        (OwnerBand::Unowned, _) | (_, None) => "nobody".into(),
        (band, Some(best)) => {
            let signals: Vec<&str> = best.signals.iter().map(|signal| signal.what.as_str()).collect();
            format!("{} ({}: {})", best.name, plain(band), signals.join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use whose_model::{Report, is_unseen};

    /// The stories of all identities, each with its first credential and the report's leaked secrets.
    fn told(report: &Report) -> String {
        let mut out = Vec::new();
        for identity in &report.identities {
            let story = Story {
                kind: "identity",
                name: &identity.name,
                first_seen: report.scan.as_of,
                last_seen: report.scan.as_of,
                gone: None,
                credential: report.credentials.iter().find(|view| view.identity.as_ref() == Some(&identity.id)),
                identity: Some(identity),
                secret: report.secrets.first(),
                findings: &report.findings,
            };
            tell_story(&story, &mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_story_names_owner_reach_place_and_findings() {
        let report = sample::report();
        let text = told(&report);
        for part in [
            "\nidentity ci-deployer\n",
            "state      enabled",
            "owner      team-payments (owned: ",
            "leaked in  acme/payments",
            "link       the leaked AWS access key carries the id of this credential (confidence 1.00)",
        ] {
            assert!(text.contains(part), "`{part}` is missing:\n{text}");
        }
        assert!(report.findings.iter().all(|finding| text.contains(finding.id.as_str())));
    }

    #[test]
    fn an_owner_that_was_not_read_is_not_nobody() {
        assert!(owner(None).starts_with("not known"));
        assert_eq!(owner(Some(&Ownership { band: OwnerBand::Unowned, candidates: Vec::new() })), "nobody");
    }

    #[test]
    fn hostile_names_send_nothing_to_the_terminal() {
        assert!(!told(&sample::hostile()).chars().any(|character| character != '\n' && is_unseen(character)));
    }
}

//! What stands after `gcp:` in a target: `project=P` or `organization=O`, in whose name the directory is read, and where
//! credentials lie.

use std::path::PathBuf;
use whose_connect::ConnectError;

/// How targets are written.
pub(crate) const SYNTAX: &str =
    "gcp:project=P[,credentials=FILE] | gcp:organization=O[,subject=ADMIN][,credentials=FILE]";

/// What is scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// One project, by its id.
    Project(String),
    /// An organisation with its folders and projects, by its number.
    Organization(String),
}

/// What is scanned, and how to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// What is scanned.
    pub(crate) root: Root,
    /// The administrator of Google Workspace in whose name its directory is read.
    pub(crate) subject: Option<String>,
    /// A credential file; `None`: application default credentials.
    pub(crate) credentials: Option<PathBuf>,
}

impl Target {
    /// Reads the text after `gcp:`.
    pub(crate) fn parse(text: &str) -> Result<Self, ConnectError> {
        let wrong = |reason: String| ConnectError::Target { target: format!("gcp:{text}"), reason, syntax: SYNTAX };
        let (mut root, mut subject, mut credentials) = (None, None, None);
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(wrong(format!("`{part}` is not of the form name=value")));
            };
            if value.is_empty() {
                return Err(wrong(format!("`{name}` has no value")));
            }
            let again = match name {
                "project" if is_project(value) => root.replace(Root::Project(value.into())).is_some(),
                "project" => return Err(wrong(format!("`{value}` is not the id of a project"))),
                "organization" => {
                    let number = value.trim_start_matches("organizations/");
                    if !is_number(number) {
                        return Err(wrong(format!("`{value}` is not the number of an organization")));
                    }
                    root.replace(Root::Organization(number.into())).is_some()
                }
                "subject" if value.contains('@') => subject.replace(value.to_owned()).is_some(),
                "subject" => return Err(wrong(format!("`{value}` is not the e-mail of an administrator"))),
                "credentials" => credentials.replace(PathBuf::from(value)).is_some(),
                _ => return Err(wrong(format!("`{name}` is not known"))),
            };
            if again {
                return Err(wrong(format!("`{name}` stands beside another of its kind")));
            }
        }
        let root = root.ok_or_else(|| wrong("it names neither a project nor an organization".into()))?;
        if subject.is_some() && matches!(root, Root::Project(_)) {
            return Err(wrong("`subject` stands beside a project, and only an organization has a directory".into()));
        }
        Ok(Self { root, subject, credentials })
    }

    /// The target in words, for messages.
    pub(crate) fn describe(&self) -> String {
        match &self.root {
            Root::Project(id) => format!("the Google Cloud project {id}"),
            Root::Organization(number) => format!("the Google Cloud organization {number}"),
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Ids of projects, the old ones of a domain (`example.com:shop`) too.
fn is_project(text: &str) -> bool {
    text.len() <= 100 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_or_an_organization_is_named() {
        let target = Target::parse("project=tallowmere-web, credentials=/a/b.json").unwrap();
        assert_eq!(target.root, Root::Project("tallowmere-web".into()));
        assert_eq!(target.credentials, Some(PathBuf::from("/a/b.json")));
        let target = Target::parse("organization=organizations/123,subject=hanna@tallowmere.example").unwrap();
        assert_eq!(target.subject.as_deref(), Some("hanna@tallowmere.example"));
        assert_eq!(target.root, Root::Organization("123".into()));
    }

    #[test]
    fn mistakes_are_named_with_the_syntax() {
        for (text, named) in [
            ("", "neither a project nor"),
            ("credentials=x", "neither a project nor"),
            ("web", "name=value"),
            ("project=", "no value"),
            ("project=../x", "not the id of a project"),
            ("organization=acme", "not the number"),
            ("project=a,organization=1", "beside another"),
            ("project=a,subject=a@b.example", "only an organization"),
            ("organization=1,subject=hanna", "not the e-mail"),
            ("projekt=a", "`projekt` is not known"),
        ] {
            let error = Target::parse(text).unwrap_err().to_string();
            assert!(error.contains(named) && error.contains(SYNTAX), "{text}: {error}");
        }
    }
}

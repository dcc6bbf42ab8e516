//! CODEOWNERS: who answers for a path, as the file at HEAD says. GitHub's rules: the first of three places counts, the
//! last line that matches wins, and a line without owners takes them away.
//! <https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>

use gix::bstr::ByteSlice;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Where the file may stand, the first first.
const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
/// GitHub loads no larger file.
const LARGEST: usize = 3 * 1024 * 1024;
/// The most lines that are kept, and the most owners of one line.
const MOST_LINES: usize = 20_000;
const MOST_OWNERS: usize = 50;
const LONGEST_PATTERN: usize = 1024;

/// The file of one repository.
#[derive(Debug, Default)]
pub(crate) struct CodeOwners {
    path: &'static str,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    number: usize,
    pattern: String,
    matcher: Gitignore,
    /// `docs/*` speaks of the files in the folder and not of those in the folders below.
    files_alone: bool,
    owners: Vec<String>,
}

/// Who answers for a path, and the line that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// As they are written: `@login`, `@org/team` or an e-mail address.
    pub(crate) owners: Vec<String>,
    /// `.github/CODEOWNERS line 14`.
    pub(crate) place: String,
    /// The pattern of that line.
    pub(crate) pattern: String,
}

impl CodeOwners {
    /// Reads the file at HEAD; empty where there is none.
    pub(crate) fn at_head(repo: &gix::Repository) -> Self {
        let Ok(tree) = repo.head_tree() else { return Self::default() };
        for path in PLACES {
            let Ok(Some(entry)) = tree.lookup_entry_by_path(path) else { continue };
            let is_small = repo.find_header(entry.object_id()).is_ok_and(|header| header.size() <= LARGEST as u64);
            if !entry.mode().is_blob() || !is_small {
                continue;
            }
            if let Ok(object) = entry.object() {
                return Self::read(path, &object.data.to_str_lossy());
            }
        }
        Self::default()
    }

    fn read(path: &'static str, text: &str) -> Self {
        let lines = text.lines().enumerate().filter_map(|(index, line)| Line::read(index + 1, line));
        Self { path, lines: lines.take(MOST_LINES).collect() }
    }

    /// Who answers for a path; `None` where no line speaks of it, or the last that does names nobody.
    pub(crate) fn of(&self, path: &str) -> Option<Answer> {
        let line = self.lines.iter().rev().find(|line| line.speaks_of(path))?;
        (!line.owners.is_empty()).then(|| Answer {
            owners: line.owners.clone(),
            place: format!("{} line {}", self.path, line.number),
            pattern: line.pattern.clone(),
        })
    }

    /// Who answers for the repository as a whole: for a file of which no other line speaks.
    pub(crate) fn of_all(&self) -> Option<Answer> {
        let line = self.lines.iter().rev().find(|line| matches!(line.pattern.as_str(), "*" | "/*" | "**" | "/**"))?;
        self.of(&format!("whose-{}", line.number))
    }
}

impl Line {
    fn read(number: usize, text: &str) -> Option<Self> {
        let mut words = text.split_whitespace().take_while(|word| !word.starts_with('#'));
        let pattern = words.next()?;
        // GitHub knows neither negation nor sets of characters, and skips such lines.
        if pattern.starts_with('!') || pattern.contains(['[', '\\']) || pattern.len() > LONGEST_PATTERN {
            return None;
        }
        let mut builder = GitignoreBuilder::new("");
        builder.add_line(None, pattern).ok()?;
        let matcher = builder.build().ok()?;
        let owners = words.filter(|word| word.contains('@')).take(MOST_OWNERS).map(String::from).collect();
        let files_alone = pattern.ends_with("/*");
        Some(Self { number, pattern: pattern.to_owned(), matcher, files_alone, owners })
    }

    fn speaks_of(&self, path: &str) -> bool {
        let path = path.trim_start_matches('/');
        if self.files_alone {
            self.matcher.matched(path, false).is_ignore()
        } else {
            self.matcher.matched_path_or_any_parents(path, false).is_ignore()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example of GitHub's documentation, in short.
    const EXAMPLE: &str = "\
# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner # inline
*.go docs@example.com
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/scripts/ @acme/ops
**/logs @log-team
/apps/github
!negated @nobody
[set] @nobody
unread
";

    #[test]
    fn the_last_line_that_matches_wins() {
        let file = CodeOwners::read("CODEOWNERS", EXAMPLE);
        for (path, owners) in [
            ("README.md", &["@global-owner1", "@global-owner2"][..]),
            ("src/a.js", &["@js-owner"]),
            ("src/a.go", &["docs@example.com"]),
            ("build/logs/x.txt", &["@log-team"]),
            ("docs/start.md", &["docs@example.com"]),
            ("docs/build-app/trouble.md", &["@global-owner1", "@global-owner2"]),
            ("web/apps/x.js", &["@octocat"]),
            ("scripts/deep/run.sh", &["@acme/ops"]),
            ("other/scripts/run.sh", &["@global-owner1", "@global-owner2"]),
            ("deeply/nested/logs/file", &["@log-team"]),
            ("negated", &["@global-owner1", "@global-owner2"]),
        ] {
            let found = file.of(path).unwrap_or_else(|| panic!("nobody for {path}"));
            assert_eq!(found.owners, owners, "{path}");
        }
        assert_eq!(file.of("apps/github/x.js"), None, "a line without owners takes them away");
        assert_eq!(file.of("unread"), None);
        assert_eq!(file.of("src/a.js").unwrap().place, "CODEOWNERS line 3");
        assert_eq!(file.of_all().unwrap().owners, ["@global-owner1", "@global-owner2"]);
        assert_eq!(CodeOwners::read("CODEOWNERS", "/a/ @x\n").of_all(), None);
        assert_eq!(CodeOwners::default().of("a"), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "(?s).{0,200}", path in "(?s).{0,60}") {
            let file = CodeOwners::read("CODEOWNERS", &text);
            let _ = (file.of(&path), file.of_all());
        }
    }
}

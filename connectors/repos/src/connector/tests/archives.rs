//! Secrets in archives, on the disk and in the history, and what is said of those that cannot be opened.

use super::*;
use crate::containers::tests::pack::{encrypted_zip, gzip, tar, zip};

/// Commits bytes, and returns the commit.
fn commit(git: &Git, path: &str, bytes: &[u8]) -> String {
    let file = git.path().join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
    git.run(&["add", "-f", "--", path]);
    git.run(&["commit", "-q", "-m", &format!("Change {path}")]);
    git.run(&["rev-parse", "HEAD"])
}

#[tokio::test]
async fn member_of_an_archive_has_a_place_and_a_story() {
    let git = Git::new();
    let config = format!("a: 1\nkey: {}\n", token(1));
    let jar = zip(&[("META-INF/MANIFEST.MF", b"x"), ("config/db.yml", config.as_bytes())]);
    let first = commit(&git, "lib/app.jar", &jar);
    let removed = git.remove("lib/app.jar");
    let backup = gzip(None, &tar(&[("./etc/token", token(2).as_bytes()), ("lib/app.jar", &jar)], false));
    commit(&git, "backup.tgz", &backup);
    let seen = scan(git.path()).await;
    assert_eq!(
        seen.paths(),
        ["backup.tgz!/etc/token", "backup.tgz!/lib/app.jar!/config/db.yml", "lib/app.jar!/config/db.yml"]
    );
    let place = seen.place("lib/app.jar!/config/db.yml");
    assert_eq!((place.line, place.commit.as_deref(), place.at_head), (Some(2), Some(first.as_str()), false));
    assert_eq!(place.removed_in.as_deref(), Some(removed.as_str()));
    assert!(seen.place("backup.tgz!/etc/token").at_head);
    assert_eq!(seen.coverage.state, CoverageState::Complete);
}

#[tokio::test]
async fn stored_member_is_told_once_and_what_stands_beside_the_members_too() {
    let git = Git::new();
    let stored = zip(&[("plain.txt", token(1).as_bytes())]);
    git.commit("clean.txt", "clean");
    std::fs::write(git.path().join("stored.zip"), [stored.as_slice(), token(2).as_bytes()].concat()).unwrap();
    std::fs::write(git.path().join("old.tar"), tar(&[("a", token(3).as_bytes())], true)).unwrap();
    let seen = scan(git.path()).await;
    assert_eq!(seen.paths(), ["old.tar!/a", "stored.zip", "stored.zip!/plain.txt"]);
    assert_eq!(seen.coverage.state, CoverageState::Complete);
}

#[tokio::test]
async fn archive_that_cannot_be_opened_is_a_gap_and_the_rest_is_read() {
    let git = Git::new();
    commit(&git, "locked.zip", &encrypted_zip(&[("a.txt", b"x")]));
    commit(&git, "clean.7z", b"7z\xbc\xaf\x27\x1c\0\x04");
    git.commit("b.txt", &token(1));
    let seen = scan(git.path()).await;
    assert_eq!((seen.paths(), seen.coverage.state), (vec!["b.txt"], CoverageState::Partial));
    let reasons: Vec<_> = seen.coverage.gaps.iter().map(|gap| gap.reason.as_str()).collect();
    assert!(reasons.iter().any(|reason| reason.contains("locked.zip!/a.txt (encrypted)")), "{reasons:?}");
    assert!(reasons.iter().any(|reason| reason.contains("clean.7z (7z is not opened)")), "{reasons:?}");
}

#[tokio::test]
async fn unstaged_archive_shares_its_place_with_the_committed_one() {
    let git = Git::new();
    let text = format!("{}\n", token(1));
    let first = commit(&git, "a.zip", &zip(&[("x", b"x"), ("a.txt", text.as_bytes())]));
    let seen = scan(git.path()).await;
    let place = seen.place("a.zip!/a.txt");
    assert_eq!((place.commit.as_deref(), place.at_head), (Some(first.as_str()), true));
}

//! Repositories that no git would make: forged objects, files that never end, settings that lead elsewhere, secrets
//! in names. None may hang the scan, end the process or cost what else was found.

use super::*;
use std::path::Path;
use std::process::Command;

const FORGED: &str = "abababababababababababababababababababab";

/// Stores an object under an id that is not its own, as only a forger can.
fn forge(git: &Git, id: &str, kind: &str, content: &[u8]) {
    let file = git.path().join("forged");
    std::fs::write(&file, content).unwrap();
    let real = git.run(&["hash-object", "-w", "--literally", "-t", kind, "forged"]);
    std::fs::remove_file(file).unwrap();
    let objects = git.path().join(".git/objects");
    std::fs::create_dir_all(objects.join(&id[..2])).unwrap();
    std::fs::rename(objects.join(&real[..2]).join(&real[2..]), objects.join(&id[..2]).join(&id[2..])).unwrap();
}

fn raw(id: &str) -> Vec<u8> {
    gix::ObjectId::from_hex(id.as_bytes()).unwrap().as_slice().to_vec()
}

fn signed_commit(lines: &str) -> Vec<u8> {
    format!("{lines}author A <a@x> 1700000000 +0000\ncommitter A <a@x> 1700000000 +0000\n\nx\n").into_bytes()
}

#[tokio::test]
async fn tree_that_holds_itself_is_read_once() {
    let git = Git::new();
    git.commit("a.txt", &token(1));
    let blob = git.run(&["rev-parse", "HEAD:a.txt"]);
    let tree = [b"100644 leak.txt\0".as_slice(), &raw(&blob), b"40000 sub\0", &raw(FORGED)].concat();
    forge(&git, FORGED, "tree", &tree);
    let commit = FORGED.replace("ab", "cd");
    forge(&git, &commit, "commit", &signed_commit(&format!("tree {FORGED}\n")));
    std::fs::write(git.path().join(".git/refs/heads/forged"), format!("{commit}\n")).unwrap();
    let seen = scan(git.path()).await;
    assert_eq!(seen.paths(), ["a.txt", "leak.txt"]);
}

#[tokio::test]
async fn commits_that_are_their_own_ancestors_are_read() {
    let git = Git::new();
    git.commit("a.txt", &token(1));
    let tree = git.run(&["rev-parse", "HEAD^{tree}"]);
    let other = FORGED.replace("ab", "cd");
    forge(&git, FORGED, "commit", &signed_commit(&format!("tree {tree}\nparent {other}\n")));
    forge(&git, &other, "commit", &signed_commit(&format!("tree {tree}\nparent {FORGED}\n")));
    std::fs::write(git.path().join(".git/HEAD"), format!("{FORGED}\n")).unwrap();
    let seen = scan(git.path()).await;
    assert_eq!(seen.coverage.state, CoverageState::Complete, "{:?}", seen.coverage);
    assert!(seen.place("a.txt").at_head);
}

#[tokio::test]
async fn tag_that_names_itself_is_a_gap() {
    let git = Git::new();
    git.commit("a.txt", &token(1));
    git.run(&["tag", "-a", "-m", "one", "one"]);
    git.run(&["tag", "-a", "-m", "two", "two", "one"]);
    let tag = format!("object {FORGED}\ntype tag\ntag round\ntagger A <a@x> 1700000000 +0000\n\nx\n");
    forge(&git, FORGED, "tag", tag.as_bytes());
    std::fs::write(git.path().join(".git/refs/tags/round"), format!("{FORGED}\n")).unwrap();
    let seen = scan(git.path()).await;
    assert_eq!(seen.paths(), ["a.txt"]);
    let reasons: Vec<_> = seen.coverage.gaps.iter().map(|gap| gap.reason.as_str()).collect();
    assert!(matches!(reasons.as_slice(), [reason] if reason.contains("refs/tags/round")), "{reasons:?}");
}

#[tokio::test]
async fn index_with_endlessly_nested_trees_still_names_what_is_staged() {
    let git = Git::new();
    git.commit("a.txt", "clean");
    for version in ["2", "4"] {
        git.write("kept/staged.txt", &token(1));
        git.run(&["add", "kept/staged.txt"]);
        // What is only intended has flags of its own.
        git.write("late.txt", "later");
        git.run(&["add", "-N", "late.txt"]);
        git.run(&["update-index", "--index-version", version]);
        git.write("kept/staged.txt", "clean again");
        let path = git.path().join(".git/index");
        let mut index = std::fs::read(&path).unwrap();
        let mut nested = b"\0-1 1\n".to_vec();
        nested.extend(b"d\0-1 1\n".repeat(500_000));
        let extension = [b"TREE".as_slice(), &u32::try_from(nested.len()).unwrap().to_be_bytes(), &nested].concat();
        let end = index.len() - 20;
        index.splice(end..end, extension);
        std::fs::write(&path, index).unwrap();
        let seen = scan(git.path()).await;
        assert_eq!(seen.paths(), ["kept/staged.txt"], "version {version}");
        std::fs::remove_file(path).unwrap();
    }
}

#[tokio::test]
async fn cut_index_gives_what_stands_before_the_cut() {
    let git = Git::new();
    for (name, seed) in [("a.txt", 1), ("b.txt", 2)] {
        git.write(name, &token(seed));
        git.run(&["add", name]);
        git.write(name, "clean again");
    }
    let path = git.path().join(".git/index");
    let index = std::fs::read(&path).unwrap();
    std::fs::write(&path, &index[..12 + 72 + 10]).unwrap();
    let seen = scan(git.path()).await;
    assert!(seen.paths().contains(&"a.txt") && !seen.paths().contains(&"b.txt"), "{:?}", seen.paths());
    assert_eq!(seen.places.len(), 2);
}

#[tokio::test]
async fn pipes_and_devices_in_the_git_folder_are_not_waited_for() {
    for name in ["HEAD", "index", "packed-refs", "config", "objects/pack/pack-0.idx", "objects/info/alternates"] {
        let git = Git::new();
        git.commit("a.txt", &token(1));
        let path = git.path().join(".git").join(name);
        let _ = std::fs::remove_file(&path);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let seen = scan(git.path()).await;
        assert_eq!(seen.paths(), ["a.txt"], "{name}");
        assert!(seen.coverage.gaps[0].reason.contains("pipe or a device"), "{:?}", seen.coverage);
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        assert_eq!(scan(git.path()).await.coverage.state, CoverageState::Partial, "{name}");
    }
}

#[tokio::test]
async fn configured_working_tree_elsewhere_is_not_read() {
    let elsewhere = TempDir::new().unwrap();
    std::fs::write(elsewhere.path().join("private.txt"), token(2)).unwrap();
    let git = Git::new();
    git.commit("a.txt", &token(1));
    git.run(&["config", "core.worktree", elsewhere.path().to_str().unwrap()]);
    assert_eq!(scan(git.path()).await.paths(), ["a.txt"]);
    let seen = scan(git.path().join(".git")).await;
    assert_eq!(seen.paths(), ["a.txt"]);
}

#[tokio::test]
async fn secrets_in_names_of_files_authors_tags_and_remotes_are_masked() {
    let git = Git::new();
    git.run(&["config", "user.name", &token(1)]);
    git.run(&["remote", "add", "origin", &format!("user:{}@git.test:shop", token(2))]);
    git.run(&["remote", "add", "other", &format!("https://git.test/{}/shop.git", token(3))]);
    git.write(&format!("keys/{}.txt", token(4)), &token(5));
    git.run(&["add", "-A"]);
    git.run(&["commit", "-q", "-m", "Keys", "--author", &format!("{} <a@x>", token(1))]);
    git.run(&["tag", "-a", "-m", &token(6), &token(7)]);
    let seen = scan(git.path()).await;
    // A message, a file, and three lines of the configuration.
    assert_eq!(seen.places.len(), 5, "{:?}", seen.places);
    for seed in 1..=7 {
        assert!(!seen.all.contains(&token(seed)), "{seed}: {}", seen.all);
    }
}

#[tokio::test]
async fn repository_in_a_repository_has_a_history_and_a_name_of_its_own() {
    let git = Git::new();
    git.commit("a.txt", "clean");
    let inner = git.path().join("lib/inner");
    git.run(&["init", "-q", "--object-format=sha256", inner.to_str().unwrap()]);
    let within = |arguments: &[&str]| git.run(&[&["-C", "lib/inner"], arguments].concat());
    std::fs::write(inner.join("gone.txt"), token(1)).unwrap();
    within(&["add", "-A"]);
    within(&["commit", "-q", "-m", "Leak"]);
    within(&["rm", "-q", "gone.txt"]);
    std::fs::create_dir_all(inner.join("now")).unwrap();
    std::fs::write(inner.join("now/here.txt"), token(2)).unwrap();
    let seen = scan(git.path()).await;
    let name = |path: &Path| path.to_str().unwrap().to_owned();
    assert_eq!(seen.repos, [name(&git.path()), name(&inner)]);
    assert_eq!(seen.paths(), ["gone.txt", "now/here.txt"]);
    assert_eq!(seen.coverage.state, CoverageState::Complete, "{:?}", seen.coverage);
    // A part of a repository is not the repository.
    let part = scan(inner.join("now")).await;
    assert_eq!(part.paths(), ["here.txt"]);
    assert!(part.coverage.gaps.iter().any(|gap| gap.reason.contains("lib/inner")), "{:?}", part.coverage);
}

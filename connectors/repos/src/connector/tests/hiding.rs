//! Every place where git keeps a secret that somebody believes gone: each is made by git itself, holds a token of its
//! own, and is found there.

use super::*;
use crate::containers::tests::pack;
use std::path::{Path, PathBuf};

/// One hiding place.
struct Hiding {
    name: &'static str,
    /// Puts the token there. What it returns is scanned.
    plant: fn(&Git, &str) -> PathBuf,
    /// All paths where it is found; `*` stands for an id.
    paths: &'static [&'static str],
}

const PLACES: &[Hiding] = &[
    Hiding { name: "HEAD", plant: |git, token| all(git, |git| drop(git.commit("a.env", token))), paths: &["a.env"] },
    Hiding {
        name: "another branch",
        plant: |git, token| {
            git.run(&["checkout", "-q", "-b", "feature"]);
            git.commit("a.env", token);
            back(git)
        },
        paths: &["a.env"],
    },
    Hiding {
        name: "a branch of packed references",
        plant: |git, token| {
            git.run(&["checkout", "-q", "-b", "feature"]);
            git.commit("a.env", token);
            git.run(&["checkout", "-q", "main"]);
            git.run(&["pack-refs", "--all"]);
            assert!(!git.path().join(".git/refs/heads/feature").exists());
            git.path()
        },
        paths: &["a.env"],
    },
    Hiding {
        name: "a tag",
        plant: |git, token| {
            git.run(&["checkout", "-q", "--detach"]);
            git.commit("a.env", token);
            git.run(&["tag", "v1"]);
            back(git)
        },
        paths: &["a.env"],
    },
    Hiding {
        name: "a deleted file",
        plant: |git, token| {
            git.commit("a.env", token);
            git.remove("a.env");
            git.path()
        },
        paths: &["a.env"],
    },
    Hiding {
        name: "a renamed file",
        plant: |git, token| {
            git.commit("a.env", token);
            git.run(&["mv", "a.env", "b.env"]);
            git.run(&["commit", "-q", "-m", "Rename"]);
            git.path()
        },
        paths: &["a.env", "b.env"],
    },
    Hiding {
        name: "a merge alone",
        plant: |git, token| {
            git.run(&["checkout", "-q", "-b", "side"]);
            git.commit("side.txt", "side");
            git.run(&["checkout", "-q", "main"]);
            git.run(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
            git.write("evil.env", token);
            git.run(&["add", "evil.env"]);
            git.run(&["commit", "-q", "-m", "Merge"]);
            git.remove("evil.env");
            git.path()
        },
        paths: &["evil.env"],
    },
    Hiding {
        name: "a stash, with what was not tracked",
        plant: |git, token| {
            git.write("clean.txt", token);
            git.write("new.env", token);
            git.run(&["stash", "-q", "-u"]);
            git.path()
        },
        paths: &["clean.txt", "new.env"],
    },
    Hiding {
        name: "a commit that the log of a reference alone names",
        plant: |git, token| {
            git.commit("a.env", token);
            git.run(&["reset", "-q", "--hard", "HEAD~1"]);
            git.path()
        },
        paths: &["a.env"],
    },
    Hiding {
        name: "a commit that nothing names",
        plant: |git, token| {
            git.commit("a.env", token);
            git.run(&["reset", "-q", "--hard", "HEAD~1"]);
            git.run(&["reflog", "expire", "--expire=now", "--all"]);
            git.path()
        },
        paths: &["a.env"],
    },
    Hiding {
        name: "a blob that nothing names",
        plant: |git, token| {
            git.write("a.env", token);
            git.run(&["hash-object", "-w", "a.env"]);
            std::fs::remove_file(git.path().join("a.env")).unwrap();
            git.path()
        },
        paths: &["(unreachable object *)"],
    },
    Hiding {
        name: "the message of a commit",
        plant: |git, token| {
            git.run(&["commit", "-q", "--allow-empty", "-m", &format!("Try\n\n{token}")]);
            git.commit("b.txt", "b");
            git.path()
        },
        paths: &["(commit message)"],
    },
    Hiding {
        name: "the message of a tag",
        plant: |git, token| all(git, |git| drop(git.run(&["tag", "-a", "v1", "-m", token]))),
        paths: &["(message of tag v1)"],
    },
    Hiding {
        name: "a note",
        plant: |git, token| all(git, |git| drop(git.run(&["notes", "add", "-m", token]))),
        paths: &["*"],
    },
    Hiding {
        name: "the log of a reference whose commit is gone",
        plant: |git, token| {
            git.run(&["commit", "-q", "--allow-empty", "-m", token]);
            git.run(&["commit", "-q", "--amend", "--allow-empty", "-m", "Clean"]);
            let gone = git.run(&["rev-parse", "HEAD@{1}"]);
            std::fs::remove_file(git.path().join(".git/objects").join(&gone[..2]).join(&gone[2..])).unwrap();
            git.path()
        },
        paths: &[".git/logs/HEAD", ".git/logs/refs/heads/main"],
    },
    Hiding {
        name: "the URL of a submodule",
        plant: |git, token| {
            git.commit(
                ".gitmodules",
                &format!("[submodule \"a\"]\n\tpath = a\n\turl = https://ci:{token}@git.test/a.git\n"),
            );
            git.path()
        },
        paths: &[".gitmodules"],
    },
    Hiding {
        name: "the URL of a remote, and what was fetched from it",
        plant: |git, token| {
            let url = format!("https://ci:{token}@git.test/a.git");
            git.run(&["remote", "add", "origin", &url]);
            git.write(".git/FETCH_HEAD", &format!("{}\t\tbranch 'main' of {url}\n", "1".repeat(40)));
            git.path()
        },
        paths: &[".git/FETCH_HEAD", ".git/config"],
    },
    Hiding {
        name: "a message that was begun",
        plant: |git, token| all(git, |git| git.write(".git/COMMIT_EDITMSG", token)),
        paths: &[".git/COMMIT_EDITMSG"],
    },
    Hiding {
        name: "a hook",
        plant: |git, token| {
            all(git, |git| git.write(".git/hooks/pre-push", &format!("#!/bin/sh\ncurl -H 'X: {token}' x\n")))
        },
        paths: &[".git/hooks/pre-push"],
    },
    Hiding {
        name: "the index alone",
        plant: |git, token| {
            git.write("a.env", token);
            git.run(&["add", "a.env"]);
            git.write("a.env", "clean");
            git.path()
        },
        paths: &["a.env"],
    },
    Hiding {
        name: "a change that was not added",
        plant: |git, token| all(git, |git| git.write("clean.txt", token)),
        paths: &["clean.txt"],
    },
    Hiding {
        name: "a file that is not tracked",
        plant: |git, token| all(git, |git| git.write("a", token)),
        paths: &["a"],
    },
    Hiding {
        name: "an ignored file",
        plant: |git, token| {
            git.commit(".gitignore", ".env\n");
            git.write(".env", token);
            git.path()
        },
        paths: &[".env"],
    },
    Hiding {
        name: "an archive that was deleted",
        plant: |git, token| {
            let inner = pack::zip(&[("x", b"x"), ("b.yml", token.as_bytes())]);
            let outer = pack::gzip(None, &pack::tar(&[("a.jar", &inner)], false));
            std::fs::write(git.path().join("old.tgz"), outer).unwrap();
            git.run(&["add", "old.tgz"]);
            git.run(&["commit", "-q", "-m", "Back up"]);
            git.remove("old.tgz");
            git.path()
        },
        paths: &["old.tgz!/a.jar!/b.yml"],
    },
    Hiding {
        name: "a notebook",
        plant: |git, token| {
            let cell = format!(r#"{{"cells":[{{"cell_type":"code","outputs":[{{"text":["key = '{token}'\n"]}}]}}]}}"#);
            git.commit("a.ipynb", &cell);
            git.path()
        },
        paths: &["a.ipynb"],
    },
    Hiding {
        name: "one endless line",
        plant: |git, token| {
            let noise = "var a=function(b){return b};".repeat(20_000);
            git.commit("app.min.js", &format!("{noise}k='{token}';{noise}"));
            git.path()
        },
        paths: &["app.min.js"],
    },
    Hiding {
        name: "a database, across two of its pages",
        plant: |git, token| {
            let file = git.path().join("a.db");
            let connection = rusqlite::Connection::open(&file).unwrap();
            connection.execute_batch("PRAGMA page_size=512; CREATE TABLE t (a TEXT)").unwrap();
            // Whatever page ends where, some token lies across its end.
            connection.execute("INSERT INTO t VALUES (?1)", [format!("{token} ").repeat(100)]).unwrap();
            drop(connection);
            git.run(&["add", "a.db"]);
            git.run(&["commit", "-q", "-m", "Keep"]);
            git.path()
        },
        paths: &["a.db!/(page 2, value 1)"],
    },
    Hiding {
        name: "a lock file",
        plant: |git, token| {
            let url = format!("https://ci:{token}@npm.test/a.tgz");
            git.commit("package-lock.json", &format!(r#"{{"packages":{{"a":{{"resolved":"{url}"}}}}}}"#));
            git.path()
        },
        paths: &["package-lock.json"],
    },
    Hiding {
        name: "a vendored folder",
        plant: |git, token| all(git, |git| drop(git.commit("vendor/lib/node_modules/x/.npmrc", token))),
        paths: &["vendor/lib/node_modules/x/.npmrc"],
    },
    Hiding {
        name: "the text of a link",
        plant: |git, token| {
            std::os::unix::fs::symlink(token, git.path().join("committed")).unwrap();
            git.run(&["add", "committed"]);
            git.run(&["commit", "-q", "-m", "Link"]);
            std::os::unix::fs::symlink(token, git.path().join("new")).unwrap();
            git.path()
        },
        paths: &["committed", "new"],
    },
    Hiding {
        name: "another working tree",
        plant: |git, token| {
            git.run(&["worktree", "add", "-q", "--detach", "../tree of whose"]);
            let tree = git.path().parent().unwrap().join("tree of whose");
            let kept = git.path().join("tree");
            // Git names it by its path; it is moved so that it goes with the test's folder.
            git.run(&["worktree", "move", tree.to_str().unwrap(), kept.to_str().unwrap()]);
            std::fs::write(kept.join("b.env"), token).unwrap();
            git.run(&["-C", "tree", "add", "b.env"]);
            git.run(&["-C", "tree", "commit", "-q", "-m", "Detached"]);
            std::fs::write(kept.join("c.env"), token).unwrap();
            kept
        },
        paths: &["b.env", "c.env"],
    },
    Hiding {
        name: "a submodule that was removed",
        plant: |git, token| {
            let other = git.path().join("other");
            git.run(&["clone", "-q", ".", "other"]);
            std::fs::write(other.join("a.env"), token).unwrap();
            git.run(&["-C", "other", "add", "a.env"]);
            git.run(&["-C", "other", "commit", "-q", "-m", "Leak"]);
            let url = other.to_str().unwrap();
            git.run(&["-c", "protocol.file.allow=always", "submodule", "-q", "add", url, "sub"]);
            git.run(&["commit", "-q", "-m", "Add sub"]);
            git.run(&["rm", "-q", "sub"]);
            std::fs::remove_dir_all(other).unwrap();
            assert!(git.path().join(".git/modules/sub/HEAD").exists());
            git.path()
        },
        paths: &["a.env"],
    },
    Hiding {
        name: "the objects of another repository",
        plant: |git, token| {
            git.commit("a.env", token);
            git.remove("a.env");
            git.run(&["clone", "-q", "--shared", ".", "borrower"]);
            git.path().join("borrower")
        },
        paths: &["a.env"],
    },
    Hiding {
        name: "a repository of SHA-256",
        plant: |git, token| {
            git.run(&["init", "-q", "--object-format=sha256", "long"]);
            git.write("long/a.env", token);
            git.run(&["-C", "long", "add", "a.env"]);
            git.run(&["-C", "long", "commit", "-q", "-m", "Leak"]);
            git.run(&["-C", "long", "rm", "-q", "a.env"]);
            git.path().join("long")
        },
        paths: &["a.env"],
    },
    Hiding {
        name: "a content that git LFS fetched",
        plant: |git, token| {
            let digest = "ab".repeat(32);
            git.commit("a.bin", &pointer(&digest));
            git.write(&format!(".git/lfs/objects/ab/ab/{digest}"), token);
            git.path()
        },
        paths: &[".git/lfs/objects/ab/ab/abababababababababababababababababababababababababababababababab"],
    },
    Hiding {
        name: "what a rewrite left in a bare clone",
        plant: |git, token| {
            git.commit("a.env", token);
            git.run(&["clone", "-q", "--mirror", ".", "copy.git"]);
            git.write("copy.git/packed-refs.old", token);
            git.path().join("copy.git")
        },
        paths: &["a.env", "packed-refs.old"],
    },
];

fn all(git: &Git, plant: impl FnOnce(&Git)) -> PathBuf {
    plant(git);
    git.path()
}

fn back(git: &Git) -> PathBuf {
    git.run(&["checkout", "-q", "main"]);
    git.path()
}

fn pointer(digest: &str) -> String {
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 40\n")
}

/// Whether a path is the expected one, of which `*` stands for an id.
fn fits(path: &str, expected: &str) -> bool {
    match expected.split_once('*') {
        None => path == expected,
        Some((before, after)) => path
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|id| id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit())),
    }
}

#[tokio::test]
async fn every_hiding_place_is_found() {
    for (seed, hiding) in PLACES.iter().enumerate() {
        let git = Git::new();
        git.commit("clean.txt", "clean");
        let secret = token(seed as u64 + 1);
        let folder = (hiding.plant)(&git, &secret);
        let seen = scan(folder).await;
        let paths = seen.paths();
        let fit = paths.len() == hiding.paths.len()
            && paths.iter().zip(hiding.paths).all(|(path, expected)| fits(path, expected));
        assert!(fit, "{}: {paths:?}", hiding.name);
        assert_eq!(seen.secrets.len(), 1, "{}", hiding.name);
        assert!(!seen.all.contains(&secret), "{}: the secret itself is told", hiding.name);
        // The commit of this log was taken away by hand.
        let is_gone = hiding.name.ends_with("is gone");
        assert!(is_gone || seen.coverage.state == CoverageState::Complete, "{}: {:?}", hiding.name, seen.coverage);
    }
}

/// What cannot be read is said, and everything else is found.
#[tokio::test]
async fn what_is_not_there_is_told_and_the_rest_is_found() {
    type Break = fn(&Git) -> PathBuf;
    let breaks: [(&str, Break, &str); 8] = [
        (
            "a missing object",
            |git| {
                let blob = git.run(&["rev-parse", "HEAD:clean.txt"]);
                std::fs::remove_file(loose(git, &blob)).unwrap();
                git.path()
            },
            "an object is missing",
        ),
        (
            "a stream that is damaged",
            |git| {
                let file = loose(git, &git.run(&["rev-parse", "HEAD:clean.txt"]));
                let bytes = std::fs::read(&file).unwrap();
                std::fs::remove_file(&file).unwrap();
                std::fs::write(&file, [&bytes[..6], &[0xff; 20]].concat()).unwrap();
                git.path()
            },
            "an object could not be read",
        ),
        (
            "a pack that was cut off",
            |git| {
                // Two packs: one is cut in its middle, the other keeps what is to be found.
                let (found, other) = ("a.env", "large.txt");
                git.run(&["repack", "-q", "-a", "-d"]);
                git.commit(other, &"some content \n".repeat(500));
                git.run(&["repack", "-q", "-d"]);
                git.run(&["prune-packed"]);
                let newest =
                    packs(git).into_iter().max_by_key(|path| path.metadata().unwrap().modified().unwrap()).unwrap();
                let bytes = std::fs::read(&newest).unwrap();
                std::fs::remove_file(&newest).unwrap();
                std::fs::write(&newest, &bytes[..bytes.len() / 2]).unwrap();
                assert!(git.path().join(found).exists());
                git.path()
            },
            "could not be read",
        ),
        (
            "a shallow clone",
            |git| {
                git.commit("later.txt", "later");
                let url = format!("file://{}", git.path().display());
                git.run(&["clone", "-q", "--depth", "1", &url, "copy"]);
                git.path().join("copy")
            },
            "the clone is shallow",
        ),
        (
            "a partial clone",
            |git| {
                git.commit("gone.txt", "gone");
                git.remove("gone.txt");
                git.run(&["config", "uploadpack.allowFilter", "true"]);
                let url = format!("file://{}", git.path().display());
                git.run(&["clone", "-q", "--filter=blob:none", &url, "copy"]);
                git.path().join("copy")
            },
            "the clone is partial: 1 objects were never fetched",
        ),
        (
            "objects of another repository that is gone",
            |git| {
                git.write(".git/objects/info/alternates", "/no/such/repository/objects\n");
                git.path()
            },
            "could not be read",
        ),
        (
            "a content in git LFS",
            |git| {
                git.commit("a.bin", &pointer(&"cd".repeat(32)));
                git.path()
            },
            "lies in git LFS",
        ),
        (
            "a bundle",
            |git| {
                git.run(&["bundle", "create", "-q", "backup.bundle", "--all"]);
                git.path()
            },
            "backup.bundle (git bundle is not opened)",
        ),
    ];
    for (name, damage, reason) in breaks {
        let git = Git::new();
        git.commit("clean.txt", "clean");
        git.commit("a.env", &token(1));
        let folder = damage(&git);
        let seen = scan(&folder).await;
        assert!(seen.paths().contains(&"a.env"), "{name}: {:?}", seen.coverage);
        assert_eq!(seen.coverage.state, CoverageState::Partial, "{name}");
        let reasons: Vec<&str> = seen.coverage.gaps.iter().map(|gap| gap.reason.as_str()).collect();
        assert!(reasons.iter().any(|said| said.contains(reason)), "{name}: {reasons:?}");
    }
}

fn loose(git: &Git, id: &str) -> PathBuf {
    git.path().join(".git/objects").join(&id[..2]).join(&id[2..])
}

fn packs(git: &Git) -> Vec<PathBuf> {
    let folder = git.path().join(".git/objects/pack");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "pack")).collect()
}

#[tokio::test]
async fn links_that_lead_out_of_the_tree_or_round_in_a_circle_are_not_followed() {
    let outside = TempDir::new().unwrap();
    std::fs::write(outside.path().join("private.env"), token(1)).unwrap();
    let git = Git::new();
    git.commit("a.env", &token(2));
    let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, git.path().join(name)).unwrap();
    link(outside.path(), "out");
    link(&outside.path().join("private.env"), "file");
    link(&git.path(), "circle");
    link(Path::new("self"), "self");
    link(outside.path(), ".git/logs/out");
    link(&outside.path().join("private.env"), ".git/private");
    let seen = scan(git.path()).await;
    assert_eq!((seen.paths(), seen.coverage.state), (vec!["a.env"], CoverageState::Complete));
}

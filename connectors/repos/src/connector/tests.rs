//! Real repositories, scanned through the connector: where secrets hide, how their story is told, and what a ruined
//! or hostile repository does.

mod archives;
mod differential;
mod git;
mod handover;
mod hiding;
mod hostile;
mod owners;

use super::*;
use git::{Git, serve};
use std::collections::{BTreeMap, HashSet};
use std::os::unix::ffi::OsStrExt;
use whose_connect::{CancellationToken, Event, NetworkSettings, Sink};
use whose_model::{CoverageState, EdgeKind, NodeKind, Observation, Place, SecretDetail};

/// What a scan gave, by secret's detector and path.
struct Seen {
    repo: whose_model::Node,
    /// The names of all repositories, in the order in which they were read.
    repos: Vec<String>,
    secrets: BTreeMap<String, SecretDetail>,
    places: Vec<Place>,
    coverage: Coverage,
    /// Who answers for what.
    owned: Vec<whose_model::Edge>,
    all: String,
}

impl Seen {
    fn place(&self, path: &str) -> &Place {
        let mut at = self.places.iter().filter(|place| place.path == path);
        let (Some(place), None) = (at.next(), at.next()) else { panic!("{path} in {:#?}", self.places) };
        place
    }

    fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = self.places.iter().map(|place| place.path.as_str()).collect();
        paths.sort_unstable();
        paths
    }
}

fn connector(options: ReposOptions) -> ReposConnector {
    ReposConnector::new(FingerprintKey::new([9; 32]), options)
}

async fn try_scan(target: &str, options: ReposOptions, cancel: CancellationToken) -> Result<Seen, ConnectError> {
    seen_by(cancel, async |context| connector(options).scan(target, context).await).await
}

/// Runs a part of the connector, and gathers what it sees.
async fn seen_by(
    cancel: CancellationToken,
    run: impl AsyncFnOnce(&ScanContext) -> Result<(), ConnectError>,
) -> Result<Seen, ConnectError> {
    let (sink, mut events) = Sink::channel(8);
    let context = ScanContext {
        as_of: "2026-11-24T22:00:00Z".parse().unwrap(),
        sink,
        cancel,
        network: NetworkSettings::default(),
    };
    let gather = async {
        let (mut nodes, mut edges, mut coverage) = (Vec::new(), Vec::new(), None);
        while let Some(event) = events.recv().await {
            match event {
                Event::Seen { observation: Observation::Node(node), .. } => nodes.push(*node),
                Event::Seen { observation: Observation::Edge(edge), .. } => edges.push(*edge),
                Event::Coverage(seen) => coverage = Some(seen),
                Event::Progress { .. } => {}
            }
        }
        (nodes, edges, coverage)
    };
    let scan = async {
        let result = run(&context).await;
        drop(context);
        result
    };
    let (result, (nodes, edges, coverage)) = tokio::join!(scan, gather);
    result?;
    let all = format!("{nodes:?}{edges:?}{coverage:?}");
    let of = |kind| nodes.iter().filter(move |node| node.kind() == kind);
    let repo = of(NodeKind::Repo).next().unwrap().clone();
    let repos: Vec<String> = of(NodeKind::Repo).map(|node| node.name.clone()).collect();
    let scopes: HashSet<_> = of(NodeKind::Repo).map(|node| Some(node.id.clone())).collect();
    let known: HashSet<_> = nodes.iter().map(|node| &node.id).collect();
    let leaks: HashSet<_> = edges.iter().filter(|edge| edge.kind == EdgeKind::LeakedIn).map(|edge| &edge.to).collect();
    for location in of(NodeKind::Location) {
        assert!(scopes.contains(&location.scope), "{location:?}");
        assert!(leaks.contains(&location.id), "no edge leads to {}", location.id);
    }
    for edge in &edges {
        assert!(known.contains(&edge.from) && known.contains(&edge.to), "{edge:?} leads nowhere");
    }
    let secrets = of(NodeKind::Secret).map(|node| (node.r#type.clone(), node.secret().unwrap().clone())).collect();
    let places = of(NodeKind::Location).map(|node| node.place().unwrap().clone()).collect();
    let owned = edges.into_iter().filter(|edge| edge.kind == EdgeKind::OwnedBy).collect();
    Ok(Seen { owned, repo, repos, secrets, places, coverage: coverage.unwrap(), all })
}

async fn scan(target: impl AsRef<std::path::Path>) -> Seen {
    let target = target.as_ref().to_str().unwrap();
    try_scan(target, ReposOptions::default(), CancellationToken::new()).await.unwrap()
}

fn token(seed: u64) -> String {
    whose_detect::expand("ghp_{crc62:30}", seed).unwrap()
}

#[tokio::test]
async fn leak_at_head_is_told_with_its_first_commit_and_author() {
    let git = Git::new();
    let (id, secret) =
        (whose_detect::expand("AKIA{base32:16}", 1).unwrap(), whose_detect::expand("{base64:40}", 1).unwrap());
    let first =
        git.commit("deploy/prod.env", &format!("# keys\nAWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"));
    for edit in 0..3 {
        git.commit("deploy/prod.env", &format!("# {edit}\n\nAWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"));
    }
    let seen = scan(git.path()).await;
    let place = seen.place("deploy/prod.env");
    assert_eq!(place.commit.as_deref(), Some(first.as_str()));
    assert_eq!(place.author.as_deref(), Some("Ada <ada@acme.test>"));
    assert_eq!(place.date.unwrap().as_second() / 1000, 1_700_000);
    assert_eq!((place.line, place.at_head), (Some(2), true));
    assert_eq!((&place.removed_in, &place.removed_at), (&None, &None));
    assert_eq!(place.repository.as_deref(), git.path().to_str());
    assert!(seen.secrets["aws.access-key"].has_secret_half);
    assert_eq!(seen.coverage.state, CoverageState::Complete);
    assert_eq!(seen.coverage.facets, [Facet::Secrets]);
    // Four commits, each with two trees and one blob, the file itself, and what git keeps beside its objects.
    let beside = ["config", "description", "HEAD", "COMMIT_EDITMSG", "logs/HEAD", "logs/refs/heads/main"];
    assert!(beside.iter().all(|file| git.path().join(".git").join(file).exists()));
    assert!(seen.coverage.seen >= 4 * 4 + 1 + beside.len() as u64, "{}", seen.coverage.seen);
    assert!(!seen.all.contains(&secret));
}

#[tokio::test]
async fn deleted_leak_is_told_with_the_commit_that_removed_it() {
    let git = Git::new();
    let first = git.commit("config.yml", &format!("token: {}\n", token(1)));
    git.commit("other.txt", "nothing");
    let removed = git.commit("config.yml", "token: from the environment\n");
    let second = git.commit("gone.txt", &token(2));
    let deleted = git.remove("gone.txt");
    let seen = scan(git.path()).await;
    for (path, first, removed) in [("config.yml", first, removed), ("gone.txt", second, deleted)] {
        let place = seen.place(path);
        assert_eq!(place.commit.as_deref(), Some(first.as_str()));
        assert_eq!(place.removed_in.as_deref(), Some(removed.as_str()));
        assert!(place.removed_at.unwrap() > place.date.unwrap());
        assert!(!place.at_head);
    }
    assert!(!seen.all.contains(&token(1)));
}

#[tokio::test]
async fn one_secret_at_two_paths_is_one_secret_with_two_places() {
    let git = Git::new();
    let first = git.commit("a.env", &token(1));
    git.run(&["mv", "a.env", "b.env"]);
    git.run(&["commit", "-q", "-m", "Rename"]);
    let renamed = git.run(&["rev-parse", "HEAD"]);
    let seen = scan(git.path()).await;
    assert_eq!((seen.secrets.len(), seen.paths()), (1, vec!["a.env", "b.env"]));
    assert_eq!(seen.place("a.env").commit.as_deref(), Some(first.as_str()));
    assert_eq!(seen.place("a.env").removed_in.as_deref(), Some(renamed.as_str()));
    assert_eq!(seen.place("b.env").commit.as_deref(), Some(renamed.as_str()));
    assert!(seen.place("b.env").at_head);
}

#[tokio::test]
async fn content_of_a_merge_alone_is_found_and_removal_on_a_side_line_is_told_once() {
    let git = Git::new();
    git.commit("base.txt", "base");
    git.commit("kept.txt", &token(1));
    git.run(&["checkout", "-q", "-b", "side"]);
    let removed = git.remove("kept.txt");
    git.run(&["checkout", "-q", "main"]);
    git.commit("main.txt", "main");
    git.run(&["merge", "-q", "--no-commit", "side"]);
    git.write("evil.txt", &token(2));
    git.run(&["add", "evil.txt"]);
    git.run(&["commit", "-q", "-m", "Merge side"]);
    let merge = git.run(&["rev-parse", "HEAD"]);
    let seen = scan(git.path()).await;
    assert_eq!(seen.place("evil.txt").commit.as_deref(), Some(merge.as_str()));
    assert_eq!(seen.place("kept.txt").removed_in.as_deref(), Some(removed.as_str()));
}

#[tokio::test]
async fn secret_on_another_branch_is_neither_at_head_nor_removed() {
    let git = Git::new();
    git.commit("base.txt", "base");
    git.run(&["checkout", "-q", "-b", "feature"]);
    git.commit("feature.txt", &token(1));
    git.run(&["checkout", "-q", "main"]);
    let seen = scan(git.path()).await;
    let place = seen.place("feature.txt");
    assert!(!place.at_head && place.removed_in.is_none(), "{place:?}");
}

#[tokio::test]
async fn removed_and_brought_back_is_at_head_from_its_first_commit() {
    let git = Git::new();
    let first = git.commit("a.txt", &token(1));
    git.commit("a.txt", "clean");
    git.commit("a.txt", &token(1));
    let seen = scan(git.path()).await;
    let place = seen.place("a.txt");
    assert_eq!((place.commit.as_deref(), place.at_head, &place.removed_in), (Some(first.as_str()), true, &None));
}

#[tokio::test]
async fn stashes_notes_tags_messages_and_dangling_commits_are_read() {
    let git = Git::new();
    git.commit("base.txt", "base");
    git.write("base.txt", &token(1));
    git.run(&["stash", "-q"]);
    git.run(&["notes", "add", "-m", &token(2)]);
    git.run(&["checkout", "-q", "--detach"]);
    git.commit("tagged.txt", &token(3));
    git.run(&["tag", "-a", "v1", "-m", &format!("Release with {}", token(4))]);
    git.run(&["commit", "-q", "--allow-empty", "-m", &format!("Oops\n\n{}", token(5))]);
    git.run(&["tag", "message"]);
    let dangling = git.commit("dangling.txt", &token(6));
    git.run(&["checkout", "-q", "main"]);
    let blob = {
        git.write("loose", &token(7));
        let id = git.run(&["hash-object", "-w", "loose"]);
        std::fs::remove_file(git.path().join("loose")).unwrap();
        id
    };
    let seen = scan(git.path()).await;
    assert_eq!(seen.places.len(), 7, "{:#?}", seen.places);
    assert!(!seen.place("base.txt").at_head);
    assert!(!seen.place("tagged.txt").at_head);
    assert_eq!(seen.place("(message of tag v1)").line, Some(1));
    assert_eq!(seen.place("(commit message)").line, Some(3));
    assert_eq!(seen.place("dangling.txt").commit.as_deref(), Some(dangling.as_str()));
    assert_eq!(seen.place(&format!("(unreachable object {blob})")).commit, None);
    for seed in 1..=7 {
        assert!(!seen.all.contains(&token(seed)));
    }
}

#[tokio::test]
async fn older_stash_and_packed_objects_are_read() {
    let git = Git::new();
    git.commit("base.txt", "base");
    for seed in [1, 2] {
        git.write("base.txt", &token(seed));
        git.run(&["stash", "-q"]);
    }
    git.run(&["gc", "-q"]);
    let seen = scan(git.path()).await;
    assert_eq!(seen.paths(), ["base.txt", "base.txt"]);
    assert_eq!(seen.coverage.state, CoverageState::Complete);
}

#[tokio::test]
async fn working_tree_is_read_with_ignored_hidden_and_staged_files() {
    let git = Git::new();
    git.commit(".gitignore", ".env\nbuild/\n");
    git.write(".env", &format!("A=1\nTOKEN={}\n", token(1)));
    git.write("build/out.js", &token(2));
    git.write("staged.txt", &token(3));
    git.run(&["add", "staged.txt"]);
    git.write("index-only.txt", &token(4));
    git.run(&["add", "index-only.txt"]);
    git.write("index-only.txt", "clean again");
    let seen = scan(git.path()).await;
    assert_eq!(seen.paths(), [".env", "build/out.js", "index-only.txt", "staged.txt"]);
    let env = seen.place(".env");
    assert_eq!((env.line, env.at_head, &env.commit), (Some(2), true, &None));
}

#[tokio::test]
async fn folder_without_git_is_read_as_files() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("a.txt"), token(1)).unwrap();
    let seen = scan(folder.path()).await;
    assert_eq!(seen.paths(), ["a.txt"]);
    assert_eq!(seen.coverage.state, CoverageState::Complete);
}

#[tokio::test]
async fn bare_repository_and_clones_by_file_and_http_see_the_same() {
    let git = Git::new();
    git.commit("a.txt", &token(1));
    git.remove("a.txt");
    git.commit("b.txt", &token(2));
    git.run(&["notes", "add", "-m", &token(3)]);
    git.run(&["update-ref", "refs/pull/7/head", "HEAD~1"]);
    let bare = TempDir::new().unwrap();
    let bare = bare.path().join("shop.git");
    git.run(&["clone", "-q", "--mirror", ".", bare.to_str().unwrap()]);
    let expected = scan(&bare).await;
    assert_eq!(expected.places.len(), 3);
    let address = serve(bare.clone());
    for url in [format!("file://{}", bare.display()), format!("http://{address}/acme/shop.git")] {
        let seen = try_scan(&url, ReposOptions::default(), CancellationToken::new()).await.unwrap();
        let bare_of = |seen: &Seen| {
            let mut places = seen.places.clone();
            places.iter_mut().for_each(|place| place.repository = None);
            places
        };
        assert_eq!(bare_of(&seen), bare_of(&expected), "{url}");
        assert_eq!(seen.coverage.state, CoverageState::Complete, "{:?}", seen.coverage);
    }
}

#[tokio::test]
async fn credentials_are_not_sent_in_clear_text_and_never_shown() {
    let git = Git::new();
    git.commit("a.txt", &token(1));
    let address = serve(git.path());
    let url = format!("http://user:hunter22-pass@{address}/acme/shop.git");
    let Err(refused) = try_scan(&url, ReposOptions::default(), CancellationToken::new()).await else {
        panic!("a password over plain http is refused");
    };
    assert!(refused.to_string().contains(&address), "{refused}");
    assert!(refused.to_string().contains("clear text"), "{refused}");
    assert!(!format!("{refused} {refused:?}").contains("hunter22"), "{refused:?}");
}

#[tokio::test]
async fn repository_is_named_by_its_remote() {
    let git = Git::new();
    git.commit("a.txt", "clean");
    git.run(&["remote", "add", "origin", "https://bot:hunter22@GitHub.com/acme/shop.git"]);
    let seen = scan(git.path()).await;
    assert_eq!(seen.repo.id.as_str(), "urn:nhi:git:-:repository:github.com/acme/shop");
    assert!(!seen.all.contains("hunter22"));
}

#[tokio::test]
async fn corrupt_pack_is_a_gap_and_other_finds_are_kept() {
    let git = Git::new();
    git.commit("packed.txt", &token(1));
    git.run(&["repack", "-q", "-a", "-d"]);
    git.commit("loose.txt", &token(2));
    let packs = git.path().join(".git/objects/pack");
    let damage = |extension: &str| {
        let path = std::fs::read_dir(&packs)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|found| found == extension))
            .unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let end = bytes.len();
        bytes[12..end - 20].fill(0xff);
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
    };
    std::fs::remove_file(git.path().join("packed.txt")).unwrap();
    damage("pack");
    let seen = scan(git.path()).await;
    assert!(seen.paths().contains(&"loose.txt"), "{:?}", seen.coverage);
    assert_eq!(seen.coverage.state, CoverageState::Partial);
    damage("idx");
    let seen = scan(git.path()).await;
    assert!(seen.paths().contains(&"loose.txt"), "{:?}", seen.coverage);
    assert_eq!(seen.coverage.state, CoverageState::Partial);
}

#[tokio::test]
async fn missing_object_and_dangling_reference_and_shallow_clone_are_gaps() {
    let git = Git::new();
    git.commit("a.txt", &token(1));
    git.commit("b.txt", "clean");
    let shallow = TempDir::new().unwrap();
    let url = format!("file://{}", git.path().display());
    git.run(&["clone", "-q", "--depth", "1", &url, shallow.path().join("s").to_str().unwrap()]);
    let seen = scan(shallow.path().join("s")).await;
    assert!(seen.coverage.gaps.iter().any(|gap| gap.reason.contains("shallow")), "{:?}", seen.coverage);
    assert!(seen.coverage.gaps.iter().all(|gap| !gap.reason.contains("missing")), "{:?}", seen.coverage);

    let blob = git.run(&["rev-parse", "HEAD:b.txt"]);
    std::fs::remove_file(git.path().join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    let unknown = "1".repeat(40);
    std::fs::write(git.path().join(".git/refs/heads/lost"), format!("{unknown}\n")).unwrap();
    let seen = scan(git.path()).await;
    assert!(seen.coverage.gaps.iter().any(|gap| gap.reason.contains(&blob)), "{:?}", seen.coverage);
    assert!(seen.coverage.gaps.iter().any(|gap| gap.reason.contains("refs/heads/lost")), "{:?}", seen.coverage);
    assert_eq!(seen.paths(), ["a.txt"]);
}

#[tokio::test]
async fn what_is_too_large_is_a_gap() {
    let git = Git::new();
    git.commit("big.txt", &format!("{}{}", "x".repeat(5000), token(1)));
    git.commit("small.txt", &token(2));
    let options = ReposOptions { max_bytes: 4096, ..ReposOptions::default() };
    let target = git.path();
    let seen = try_scan(target.to_str().unwrap(), options, CancellationToken::new()).await.unwrap();
    assert_eq!(seen.paths(), ["small.txt"]);
    let reasons: Vec<&str> = seen.coverage.gaps.iter().map(|gap| gap.reason.as_str()).collect();
    assert!(reasons.iter().any(|reason| reason.contains("big.txt")), "{reasons:?}");
    assert!(reasons.iter().any(|reason| reason.contains("object")), "{reasons:?}");
}

#[tokio::test]
async fn hostile_names_links_and_trees_are_harmless() {
    let git = Git::new();
    let outside = TempDir::new().unwrap();
    std::fs::write(outside.path().join("secret.txt"), token(1)).unwrap();
    std::os::unix::fs::symlink(outside.path(), git.path().join("out")).unwrap();
    std::os::unix::fs::symlink(git.path(), git.path().join("cycle")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"bad\xff\x1b[31m name");
    std::fs::write(git.path().join(name), token(2)).unwrap();
    git.run(&["add", "-A"]);
    git.run(&["commit", "-q", "-m", "Names"]);
    // A tree of trees of trees, each naming one child ten times over: ten thousand million paths to one blob.
    let blob = git.run(&["rev-parse", "HEAD:out"]);
    git.write("bomb", &token(3));
    let leaf = git.run(&["hash-object", "-w", "bomb"]);
    std::fs::remove_file(git.path().join("bomb")).unwrap();
    assert_ne!(blob, leaf);
    let mut child = format!("100644 blob {leaf}");
    for _ in 0..10 {
        let entries: String = (0..10).map(|number| format!("{child}\tn{number}\n")).collect();
        let listing = git.path().join("listing");
        std::fs::write(&listing, entries).unwrap();
        let script = format!("git mktree < '{}'", listing.display());
        let tree = git.run(&["-c", &format!("alias.make=!{script}"), "make"]);
        std::fs::remove_file(&listing).unwrap();
        child = format!("040000 tree {tree}");
    }
    let tree = child.rsplit(' ').next().unwrap();
    let commit = git.run(&["commit-tree", tree, "-m", "bomb"]);
    git.run(&["update-ref", "refs/heads/bomb", &commit]);
    let seen = scan(git.path()).await;
    assert!(seen.places.iter().all(|place| !place.path.contains("secret.txt")), "{:?}", seen.paths());
    assert!(seen.places.iter().any(|place| place.path.contains("name")), "{:?}", seen.paths());
    assert!(seen.coverage.gaps.iter().any(|gap| gap.reason.contains("not all places")), "{:?}", seen.coverage);
    assert_eq!(seen.secrets.len(), 1);
}

#[tokio::test]
async fn garbage_in_the_git_folder_never_panics() {
    let git = Git::new();
    git.commit("a.txt", &token(1));
    std::fs::write(git.path().join(".git/config"), b"[core\nbroken \xff").unwrap();
    let seen = scan(git.path()).await;
    assert_eq!(seen.coverage.state, CoverageState::Partial, "{:?}", seen.coverage);
    assert_eq!(seen.paths(), ["a.txt"], "the working tree is read all the same");
    std::fs::write(git.path().join(".git/config"), "").unwrap();
    for file in ["HEAD", "index", "packed-refs"] {
        std::fs::write(git.path().join(".git").join(file), b"\xff\x00garbage\n").unwrap();
        let seen = scan(git.path()).await;
        assert_eq!(seen.paths(), ["a.txt"], "{file}");
    }
}

#[tokio::test]
async fn stopped_scan_keeps_what_it_has_and_says_so() {
    let git = Git::new();
    git.commit("a.txt", &token(1));
    let cancel = CancellationToken::new();
    cancel.cancel();
    let target = git.path();
    let seen = try_scan(target.to_str().unwrap(), ReposOptions::default(), cancel.clone()).await.unwrap();
    assert_eq!(seen.coverage.state, CoverageState::Partial);
    assert!(seen.coverage.gaps.iter().all(|gap| gap.reason.contains("stopped by the user")), "{:?}", seen.coverage);
    let url = format!("file://{}", git.path().display());
    let stopped = try_scan(&url, ReposOptions::default(), cancel).await;
    assert!(matches!(stopped, Err(ConnectError::Stopped { .. })));
}

#[tokio::test]
async fn empty_repository_and_wrong_targets_are_told_apart() {
    let seen = scan(Git::new().path()).await;
    assert_eq!((seen.places.len(), seen.coverage.state), (0, CoverageState::Complete));
    let wrong = try_scan("/no/such/place", ReposOptions::default(), CancellationToken::new()).await;
    assert!(matches!(wrong, Err(ConnectError::Target { .. })));
    let unreachable = try_scan("http://127.0.0.1:1/x.git", ReposOptions::default(), CancellationToken::new()).await;
    assert!(matches!(unreachable, Err(ConnectError::SignIn { .. })));
}

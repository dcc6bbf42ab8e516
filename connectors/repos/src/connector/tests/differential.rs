//! Searching only what is new finds the same as searching every version whole.

use super::git::Git;
use super::*;

/// A repository of many versions of a file that is edited at random places, with tokens that come and go.
fn edited(seed: u64) -> Git {
    let git = Git::new();
    let mut random = fastrand::Rng::with_seed(seed);
    let mut lines: Vec<String> = (0..300).map(|line| format!("line {line} {}", random.u64(..))).collect();
    for version in 0..60 {
        for _ in 0..random.usize(1..6) {
            let at = random.usize(..lines.len());
            match random.u8(..5) {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, format!("key = {}", token(random.u64(..20)))),
                2 => lines[at] = format!("{}{}", lines[at], random.u32(..)),
                3 => lines.insert(at, format!("x {}", random.u64(..))),
                _ => lines[at] = lines[at].chars().take(30).collect(),
            }
        }
        let end = if random.bool() { "\n" } else { "" };
        git.commit("data.txt", &format!("version {version}\n{}{end}", lines.join("\n")));
    }
    git.run(&["gc", "--quiet"]);
    git
}

#[tokio::test]
async fn new_lines_alone_tell_what_whole_files_tell() {
    for seed in 0..3 {
        let git = edited(seed);
        let mut seen = Vec::new();
        for whole_blobs in [false, true] {
            let options = ReposOptions { whole_blobs, ..ReposOptions::default() };
            let target = git.path().to_string_lossy().into_owned();
            seen.push(try_scan(&target, options, CancellationToken::new()).await.unwrap());
        }
        let places = |seen: &Seen| format!("{:?} {:?}", seen.places, seen.secrets);
        assert!(seen[0].places.len() > 3, "{seed}");
        assert_eq!(places(&seen[0]), places(&seen[1]), "{seed}");
    }
}

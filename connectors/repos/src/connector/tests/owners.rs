//! Who answers for the places of secrets, by the CODEOWNERS at HEAD.

use super::git::Git;
use super::{scan, token};

#[tokio::test]
async fn code_owners_at_head_answer_for_the_places_of_secrets() {
    let git = Git::new();
    git.commit("deploy/a.txt", &token(1));
    git.commit("src/b.txt", &token(2));
    git.commit("CODEOWNERS", "* @nobody-asks\n");
    git.commit(".github/CODEOWNERS", "* @acme/all\n/deploy/ @Ada ops@acme.test\n");
    let seen = scan(git.path()).await;
    for (subject, owner, line) in [
        ("location:deploy/a.txt", "ada", 2),
        ("location:deploy/a.txt", "ops@acme.test", 2),
        ("location:src/b.txt", "acme/all", 1),
        ("repository:", "acme/all", 1),
    ] {
        let edge = seen.owned.iter().find(|edge| edge.from.as_str().contains(subject) && edge.to.local() == owner);
        let edge = edge.unwrap_or_else(|| panic!("{subject} by {owner} in {:?}", seen.owned));
        assert_eq!(edge.qualifier, format!(".github/CODEOWNERS line {line}"));
        assert!(edge.evidence[0].what.contains('@'), "{edge:?}");
    }
    assert_eq!(seen.owned.len(), 4, "the file in the second place does not count");
}

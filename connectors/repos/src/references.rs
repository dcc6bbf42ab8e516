//! References, followed to what they lead to. A stranger's tag may lead to itself.

use gix::ObjectId;
use gix::objs::Kind;
use whose_connect::with_causes;

/// The most tags of tags that are followed.
const LONGEST_CHAIN: usize = 64;

/// What HEAD leads to; none before the first commit, or when it cannot be followed.
pub(crate) fn head(repo: &gix::Repository) -> Option<ObjectId> {
    follow(repo, &mut repo.find_reference("HEAD").ok()?).ok()
}

/// What a reference leads to, through other references and tags.
pub(crate) fn follow(repo: &gix::Repository, reference: &mut gix::Reference<'_>) -> Result<ObjectId, String> {
    let told = |error: gix::Error| with_causes(&error);
    let mut id = reference.follow_to_object().map_err(told)?.detach();
    for _ in 0..LONGEST_CHAIN {
        if repo.find_header(id).map_err(told)?.kind() != Kind::Tag {
            return Ok(id);
        }
        id = repo.find_tag(id).and_then(|tag| Ok(tag.target_id()?.detach())).map_err(told)?;
    }
    Err(format!("more than {LONGEST_CHAIN} tags lead to one another"))
}

//! Git LFS: a pointer stands in the history for a content that lies elsewhere.
//! <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>

const FIRST_LINE: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";
/// No pointer is longer.
const LONGEST: usize = 1024;

/// The digest of the content for which a file stands; none when it is the content.
pub(crate) fn digest(file: &[u8]) -> Option<&str> {
    if file.len() > LONGEST {
        return None;
    }
    let lines = std::str::from_utf8(file.strip_prefix(FIRST_LINE)?).ok()?.lines();
    let digest = lines.filter_map(|line| line.strip_prefix("oid sha256:")).next()?;
    (digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digest)
}

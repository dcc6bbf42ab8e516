//! Git over HTTPS, as GitHub answers a clone: version 2 of git's protocol, with one pack that holds everything. It
//! needs no git program. The protocol: <https://git-scm.com/docs/protocol-v2> and
//! <https://git-scm.com/docs/pack-format>.

use crate::error::WorldError;
use crate::repository::Repository;
use crate::write::write_repository;
use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use gix::ObjectId;
use gix::objs::Kind;
use std::io::Write;

/// What a repository answers to those who clone it.
pub(super) struct Served {
    /// The commit of its one branch, `main`.
    head: Option<ObjectId>,
    pack: Vec<u8>,
}

/// A request of a client of git.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request<'a> {
    /// What the server can.
    Capabilities(&'a str),
    /// Everything else: the body says what.
    Command(&'a str),
}

impl<'a> Request<'a> {
    /// The request that a path below the organisation is, with the name of its repository.
    pub(super) fn of(login: &str, path: &'a str, query: &str) -> Option<Self> {
        let (owner, rest) = path.strip_prefix('/')?.split_once('/')?;
        let (name, service) = rest.split_once(".git/")?;
        if !owner.eq_ignore_ascii_case(login) || name.contains('/') {
            return None;
        }
        match service {
            "info/refs" if query == "service=git-upload-pack" => Some(Self::Capabilities(name)),
            "git-upload-pack" => Some(Self::Command(name)),
            _ => None,
        }
    }

    /// The repository's name.
    pub(super) fn repository(self) -> &'a str {
        match self {
            Self::Capabilities(name) | Self::Command(name) => name,
        }
    }

    /// The type of the answer.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Capabilities(_) => "application/x-git-upload-pack-advertisement",
            Self::Command(_) => "application/x-git-upload-pack-result",
        }
    }
}

/// The token in the header by which git signs in to GitHub: the password of the user `x-access-token`.
pub(super) fn token(authorization: &str) -> Option<String> {
    let pair = BASE64.decode(authorization.strip_prefix("Basic ")?.as_bytes()).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    pair.strip_prefix("x-access-token:").filter(|token| !token.is_empty()).map(String::from)
}

impl Served {
    /// Packs a repository.
    pub(super) fn new(repository: &Repository) -> Result<Self, WorldError> {
        let read = |source| WorldError::Write { path: repository.name.into(), source };
        let folder = tempfile::tempdir().map_err(read)?;
        write_repository(repository, folder.path())?;
        let fault = |source: Box<dyn std::error::Error + Send + Sync>| WorldError::Git {
            operation: "pack",
            path: repository.name.into(),
            source,
        };
        let git = gix::open(folder.path()).map_err(|source| fault(source.into()))?;
        let head = git.head_id().ok().map(gix::Id::detach);
        let mut ids = Vec::new();
        for id in git.objects.iter().map_err(|source| fault(source.into()))? {
            ids.push(id.map_err(|source| fault(source.into()))?);
        }
        ids.sort();
        let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let mut pack = [b"PACK".as_slice(), &2_u32.to_be_bytes(), &count.to_be_bytes()].concat();
        for id in ids {
            let object = git.find_object(id).map_err(|source| fault(source.into()))?;
            pack.extend(entry_head(object.kind, object.data.len()));
            let mut deflated = ZlibEncoder::new(&mut pack, Compression::fast());
            deflated.write_all(&object.data).and_then(|()| deflated.try_finish()).map_err(read)?;
        }
        let mut hasher = gix::hash::hasher(git.object_hash());
        hasher.update(&pack);
        let checksum = hasher.try_finalize().map_err(|source| fault(source.into()))?;
        pack.extend_from_slice(checksum.as_slice());
        Ok(Self { head, pack })
    }

    /// The answer to a request.
    pub(super) fn answer(&self, request: Request<'_>, body: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        let asks = |word: &[u8]| body.windows(word.len()).any(|window| window == word);
        match request {
            Request::Capabilities(_) => {
                line(&mut answer, b"# service=git-upload-pack\n");
                answer.extend(b"0000");
                for capability in ["version 2\n", "agent=whose-world\n", "ls-refs\n", "fetch\n", "object-format=sha1\n"]
                {
                    line(&mut answer, capability.as_bytes());
                }
            }
            Request::Command(_) if asks(b"command=ls-refs") => {
                for (name, attribute) in [("HEAD", " symref-target:refs/heads/main"), ("refs/heads/main", "")] {
                    if let Some(head) = self.head {
                        line(&mut answer, format!("{head} {name}{attribute}\n").as_bytes());
                    }
                }
            }
            Request::Command(_) => {
                line(&mut answer, b"packfile\n");
                // Band one carries the pack; a line holds 65,520 bytes at most.
                for part in self.pack.chunks(65_000) {
                    line(&mut answer, &[&[1], part].concat());
                }
            }
        }
        answer.extend(b"0000");
        answer
    }
}

/// A line in git's own framing: its length in hexadecimal digits, these four included.
fn line(answer: &mut Vec<u8>, text: &[u8]) {
    answer.extend(format!("{:04x}", text.len() + 4).bytes());
    answer.extend(text);
}

/// The type and the size of an object, as a pack begins each with.
fn entry_head(kind: Kind, size: usize) -> Vec<u8> {
    let number: u8 = match kind {
        Kind::Commit => 1,
        Kind::Tree => 2,
        Kind::Blob => 3,
        Kind::Tag => 4,
    };
    let mut rest = size >> 4;
    let mut head = vec![(number << 4) | (size & 15) as u8];
    while rest > 0 {
        if let Some(last) = head.last_mut() {
            *last |= 0x80;
        }
        head.push((rest & 127) as u8);
        rest >>= 7;
    }
    head
}

//! A large organisation on GitHub: members and tokens in proportion to its repositories, deploy keys on a quarter of
//! them. Each call is answered from a small organisation that holds no more than what the call asks for.

use super::answer::number;
use super::server::{Ask, LargeEstate, Reply};
use crate::company::World;
use crate::draw::BASE62;
use crate::github::{Answer, GithubDeployKey, GithubOrganization, GithubRepository, GithubToken, GithubUser, answer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;

/// The organisation's login.
pub(super) const LOGIN: &str = "large";

/// The organisation without people, tokens and repositories. What is not drawn here is as in the invented company.
pub(super) fn shell(company: &World) -> GithubOrganization {
    let mut shell = company.github();
    shell.login = LOGIN.into();
    (shell.members, shell.outside_collaborators, shell.tokens) = (Vec::new(), Vec::new(), Vec::new());
    shell.repositories = Vec::new();
    shell
}

/// The answer to a request.
pub(super) fn reply(estate: &LargeEstate, ask: &Ask<'_>) -> Option<Reply> {
    if ask.verb != "GET" {
        return None;
    }
    let size = number(ask.query, "per_page").unwrap_or(30).clamp(1, 100);
    let page = number(ask.query, "page").unwrap_or(1).max(1);
    let start = (page - 1).saturating_mul(size);
    let (small, total) = excerpt(estate, ask.path, start..start.saturating_add(size));
    let mut next = None;
    // Long listings were cut to the page by `excerpt`; short ones are all there.
    let mut cut = |items: Vec<Value>| {
        let all = total.unwrap_or(items.len());
        if start.saturating_add(size) < all {
            let kept = ask.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("page="));
            let kept: String = kept.map(|pair| format!("{pair}&")).collect();
            next = Some(format!("<{}{}?{kept}page={}>; rel=\"next\"", ask.endpoint, ask.path, page + 1));
        }
        let held = if total.is_some() { items } else { items.into_iter().skip(start).take(size).collect() };
        (all, held)
    };
    let body = match answer(&small, ask.path).1 {
        Answer::NotFound => return None,
        Answer::One(value) => value,
        Answer::List(items) => Value::Array(cut(items).1),
        Answer::Counted(name, items) => {
            let (all, held) = cut(items);
            json!({"total_count": all, name: held})
        }
    };
    Some(Reply { body, link: next })
}

/// As much of the organisation as a page asks for, and how long the listing is where it is not all there.
fn excerpt(estate: &LargeEstate, path: &str, page: Range<usize>) -> (GithubOrganization, Option<usize>) {
    let mut small = estate.github.clone();
    let of = |total: usize| page.start.min(total)..page.end.min(total);
    let (members, outside, tokens) = (estate.objects / 10 + 10, estate.objects / 100, estate.objects / 20);
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let total = match parts[..] {
        ["orgs", _, "members"] => {
            small.members = of(members).map(user).collect();
            Some(members)
        }
        ["orgs", _, "outside_collaborators"] => {
            small.outside_collaborators = of(outside).map(|one| user(members + one)).collect();
            Some(outside)
        }
        ["orgs", _, "personal-access-tokens"] => {
            small.tokens = of(tokens).map(|one| token(estate, one, members)).collect();
            Some(tokens)
        }
        ["orgs", _, "repos"] => {
            small.repositories = of(estate.objects).map(|one| repository(estate, one, members)).collect();
            Some(estate.objects)
        }
        ["repos", _, name, ..] => {
            let known = name.strip_prefix("repo-").and_then(|text| text.parse::<usize>().ok());
            let known = known.filter(|one| *one < estate.objects);
            small.repositories = known.map(|one| repository(estate, one, members)).into_iter().collect();
            None
        }
        _ => None,
    };
    (small, total)
}

fn user(number: usize) -> GithubUser {
    GithubUser { login: format!("person-{number}"), id: 1_000_000 + number as u64 }
}

fn repository(estate: &LargeEstate, number: usize, members: usize) -> GithubRepository {
    let keys = match number % 8 {
        0 => 2,
        4 => 1,
        _ => 0,
    };
    GithubRepository {
        name: format!("repo-{number}"),
        id: 50_000_000 + number as u64,
        created: estate.ago(&format!("repository/{number}"), 30, 2_000),
        archived: number % 10 == 9,
        fork: false,
        public: false,
        size: 100,
        clone_url: None,
        workflows_write: false,
        fork_approval: "first_time_contributors",
        deploy_keys: (0..keys).map(|which| deploy_key(estate, number, which, members)).collect(),
    }
}

fn deploy_key(estate: &LargeEstate, number: usize, which: usize, members: usize) -> GithubDeployKey {
    let label = |what: &str| format!("{what}/{number}/{which}");
    let mut blob = Vec::new();
    for part in [b"ssh-ed25519".as_slice(), &estate.draw.bytes::<32>(&label("deploy-key"))] {
        blob.extend_from_slice(&u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
        blob.extend_from_slice(part);
    }
    GithubDeployKey {
        id: 90_000_000 + (number * 2 + which) as u64,
        title: format!("key {which}"),
        key: format!("ssh-ed25519 {}", data_encoding::BASE64.encode(&blob)),
        created: estate.ago(&label("deploy-key-age"), 1, 1_500),
        read_only: which == 0,
        added_by: Some(user((number * 7) % (members + members / 20)).login),
        last_used: number.is_multiple_of(3).then(|| estate.ago(&label("deploy-key-use"), 0, 300)),
        enabled: true,
    }
}

fn token(estate: &LargeEstate, number: usize, members: usize) -> GithubToken {
    let label = |what: &str| format!("{what}/{number}");
    let permissions = [("contents", "read"), ("metadata", "read")].map(|(name, level)| (name.into(), level.into()));
    GithubToken {
        id: 20_000_000 + number as u64,
        token_id: 30_000_000 + number as u64,
        name: estate.draw.text(&label("token"), BASE62, 12),
        owner: user((number * 3) % members).login,
        repository_selection: "subset".into(),
        permissions: BTreeMap::from(permissions),
        granted: estate.ago(&label("token-age"), 1, 400),
        expires: None,
        expired: false,
        last_used: Some(estate.ago(&label("token-use"), 0, 200)),
    }
}

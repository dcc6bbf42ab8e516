//! A large organisation of Google Cloud: a hundred service accounts a project, a hundred projects a folder. Each call is
//! answered from a small organisation that holds no more than what the call asks for.

use super::answer::{field, number};
use super::server::{Ask, LargeEstate, Reply};
use crate::company::World;
use crate::error::WorldError;
use crate::google::{
    Answer, Binding, Folder, GoogleApiKey, GoogleEstate, Pool, Project, Route, ServiceAccount, ServiceAccountKey, route,
};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) const TOKEN_PATH: &str = "/v1/token";
const ORGANIZATION: &str = "100200300400";
/// Google lets a project have a hundred service accounts unless one asks for more.
const ACCOUNTS: usize = 100;
const PROJECTS: usize = 100;

/// The target of a scan, with a credential file in `folder` that leads here.
pub(super) fn target(endpoint: &str, folder: &Path) -> Result<String, WorldError> {
    let (subject, file) = (folder.join("subject-token"), folder.join("google-credentials.json"));
    let config = json!({
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/scanner",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": format!("{endpoint}{TOKEN_PATH}"),
        "credential_source": {"file": subject},
    });
    for (path, text) in [(&subject, "not checked".to_owned()), (&file, config.to_string())] {
        std::fs::write(path, text).map_err(|source| WorldError::Write { path: path.clone(), source })?;
    }
    Ok(format!("gcp:organization={ORGANIZATION},credentials={}", file.display()))
}

/// The organisation without folders and projects. What is not drawn here is as in the invented company.
pub(super) fn shell(company: &World) -> GoogleEstate {
    let mut shell = company.google().estate().clone();
    shell.organization = ORGANIZATION.into();
    shell.policy = vec![binding("roles/resourcemanager.organizationAdmin", vec!["user:root@large.example".into()])];
    (shell.folders, shell.projects) = (Vec::new(), Vec::new());
    shell
}

/// The answer to a request.
pub(super) fn reply(estate: &LargeEstate, ask: &Ask<'_>) -> Option<Reply> {
    let path = percent_encoding::percent_decode_str(ask.path).decode_utf8_lossy();
    let route = route(ask.verb, &path, ask.query)?;
    if route.method.starts_with("ListAsset") {
        return assets(estate, &route, ask.query);
    }
    let parent = field(ask.query, "parent").unwrap_or_default();
    let small = excerpt(estate, &route, &parent);
    let body = match small.answer(&route, &parent)? {
        Answer::One(value) => value,
        Answer::Many(name, items) => {
            let start = number(ask.query, "pageToken").unwrap_or_default();
            let size = number(ask.query, "pageSize").unwrap_or(100).clamp(1, 1000);
            let end = items.len().min(start.saturating_add(size));
            let mut page = json!({});
            if start < end {
                page[name] = items[start..end].iter().cloned().collect();
            }
            if end < items.len() {
                page["nextPageToken"] = json!(end.to_string());
            }
            page
        }
    };
    Some(Reply { body, link: None })
}

/// One page of the inventory: the assets of the accounts whose turn it is. A page of projects is one without accounts.
fn assets(estate: &LargeEstate, route: &Route, query: &str) -> Option<Reply> {
    let start = number(query, "pageToken").unwrap_or_default();
    let end = estate.objects.min(start.saturating_add(number(query, "pageSize").unwrap_or(100).clamp(1, 1000)));
    let mut small = estate.google.clone();
    for number in start / ACCOUNTS..end.div_ceil(ACCOUNTS) {
        let mut project = bare(estate, number);
        let own = number * ACCOUNTS..(number + 1) * ACCOUNTS;
        project.accounts =
            own.clone().filter(|one| (start..end).contains(one)).map(|one| service_account(estate, one)).collect();
        // A project that is on two pages tells its policy on the first.
        if own.start < start {
            project.policy.clear();
        }
        small.projects.push(project);
    }
    let Answer::Many(name, items) = small.answer(route, "")? else { return None };
    let mut body = json!({name: items});
    if end < estate.objects {
        body["nextPageToken"] = json!(end.to_string());
    }
    Some(Reply { body, link: None })
}

/// As much of the organisation as a call asks for.
fn excerpt(estate: &LargeEstate, route: &Route, parent: &str) -> GoogleEstate {
    let mut small = estate.google.clone();
    let projects = estate.objects.div_ceil(ACCOUNTS);
    match route.method {
        "ListFolders" | "GetFolder" | "GetFolderIamPolicy" => {
            small.folders = (0..projects.div_ceil(PROJECTS)).map(folder).collect();
        }
        "ListProjects" => {
            let number = parent.strip_prefix("folders/").and_then(|text| text.parse::<usize>().ok());
            if let Some(folder) = number.and_then(|number| number.checked_sub(FIRST_FOLDER)) {
                let held = folder * PROJECTS..projects.min((folder + 1) * PROJECTS);
                small.projects = held.map(|number| bare(estate, number)).collect();
            }
        }
        _ => {
            small.projects.extend(project_of(estate, route).filter(|(number, _)| *number < projects).map(|(_, it)| it))
        }
    }
    small
}

const FIRST_FOLDER: usize = 700_000;

fn folder(number: usize) -> Folder {
    let policy = vec![binding("roles/viewer", vec![format!("group:readers-{number}@large.example")])];
    Folder { number: (FIRST_FOLDER + number).to_string(), name: format!("folder {number}"), policy }
}

/// The project of a call: with the one account that the call names, or with all.
fn project_of(estate: &LargeEstate, route: &Route) -> Option<(usize, Project)> {
    let number: usize = route.resource.strip_prefix("large-")?.parse().ok()?;
    let mut project = bare(estate, number);
    let first = number * ACCOUNTS;
    let all = first..estate.objects.min(first + ACCOUNTS);
    let named = route.within.strip_prefix("svc-").and_then(|text| text.split('@').next());
    project.accounts = match named.and_then(|text| text.parse::<usize>().ok()) {
        Some(one) => all.filter(|account| *account == one).map(|account| service_account(estate, account)).collect(),
        None => all.map(|account| service_account(estate, account)).collect(),
    };
    Some((number, project))
}

fn bare(estate: &LargeEstate, number: usize) -> Project {
    let label = |what: &str| format!("{what}/{number}");
    let first = number * ACCOUNTS;
    let holders = |every: usize, most: usize| {
        (first..estate.objects.min(first + ACCOUNTS)).step_by(every).take(most).map(member).collect()
    };
    let mut policy = vec![
        binding("roles/storage.objectAdmin", holders(4, 25)),
        binding("roles/bigquery.dataViewer", holders(7, 10)),
        binding("roles/viewer", vec![format!("user:person-{}@large.example", number % 500)]),
    ];
    if number.is_multiple_of(20) {
        policy.push(binding("roles/editor", holders(50, 1)));
    }
    let pool = Pool { id: "ci".into(), provider: "github".into(), condition: None };
    let key = GoogleApiKey {
        uid: estate.draw.text(&label("api-key"), crate::draw::HEX, 32),
        name: format!("maps {number}"),
        created: estate.ago(&label("api-key-age"), 1, 900),
        limited_to: number.is_multiple_of(2).then(|| ("maps.googleapis.com".into(), "large.example/*".into())),
    };
    Project {
        id: format!("large-{number}"),
        number: (1_000_000_000_000 + number).to_string(),
        folder: Some((FIRST_FOLDER + number / PROJECTS).to_string()),
        created: estate.ago(&label("project"), 900, 1_800),
        labels: BTreeMap::from([("owner".into(), format!("team-{}", number % 200))]),
        policy,
        accounts: Vec::new(),
        pools: if number.is_multiple_of(10) { vec![pool] } else { Vec::new() },
        api_keys: if number.is_multiple_of(5) { vec![key] } else { Vec::new() },
    }
}

fn email(number: usize) -> String {
    format!("svc-{number}@large-{}.iam.gserviceaccount.com", number / ACCOUNTS)
}

fn member(number: usize) -> String {
    format!("serviceAccount:{}", email(number))
}

fn service_account(estate: &LargeEstate, number: usize) -> ServiceAccount {
    let label = |what: &str| format!("{what}/{number}");
    let keys = match number % 100 {
        0 => vec![key(estate, number, 0), key(estate, number, 1)],
        rest if rest % 10 == 0 => vec![key(estate, number, 0)],
        _ => Vec::new(),
    };
    let mut policy = Vec::new();
    if number % 20 == 3 {
        policy.push(binding("roles/iam.serviceAccountTokenCreator", vec![member(number - 3)]));
    }
    let owned = !number.is_multiple_of(9);
    ServiceAccount {
        email: email(number),
        unique_id: (100_000_000_000_000_000_000_u128 + number as u128).to_string(),
        display_name: format!("service {number}"),
        description: if owned { format!("Owner: person-{}@large.example", number % 5_000) } else { String::new() },
        disabled: number % 40 == 1,
        policy,
        keys,
        last_used: (!number.is_multiple_of(4)).then(|| estate.ago(&label("use"), 0, 300)),
    }
}

fn key(estate: &LargeEstate, number: usize, which: usize) -> ServiceAccountKey {
    let label = |what: &str| format!("{what}/{number}/{which}");
    ServiceAccountKey {
        id: estate.draw.text(&label("key"), crate::draw::HEX, 40),
        created: estate.ago(&label("key-age"), 1, 1_500),
        expires: None,
        exposed: false,
        last_used: (which == 0).then(|| estate.ago(&label("key-use"), 0, 300)),
    }
}

fn binding(role: &str, members: Vec<String>) -> Binding {
    Binding { role: role.into(), members, condition: None }
}

//! What stands beside an Entra client secret: the ids of its application and tenant. Only an id that its own label calls
//! so counts, because other values of the same form (a Heroku key, for example) are secrets themselves.

use crate::window;
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// How many lines away from the secret they may stand.
const LINES: usize = 40;
/// How far in front of an id its label may begin, in bytes.
const LABEL: usize = 64;
/// How many ids of each kind are told.
const MANY: usize = 4;

static GUID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i-u)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
        .expect("a pattern that never changes compiles, as the tests show")
});

/// Words of labels, and what they make of the id behind them. The word nearest to the id decides; those that make
/// nothing of it keep it from being taken for what an earlier word says (`client_secret_id`, `tenant_object_id`).
static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix-u)
        (?<tenant> tenant | directory | login\.microsoftonline\.(?:com|us) | login\.partner\.microsoftonline\.cn
            | sts\.windows\.net)
        | (?<application> client | app(?:lication)? | (?:\s|=)-u\b | --username )
        | secret | key | password | token | object | principal | subscription | group | resource | user | role",
    )
    .expect("a pattern that never changes compiles, as the tests show")
});

/// Ids of applications and tenants, each nearest first, in lower case.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) applications: Vec<String>,
    pub(crate) tenants: Vec<String>,
}

impl Beside {
    /// Looks round a secret.
    pub(crate) fn of(data: &[u8], secret: &Range<usize>) -> Self {
        let region = window::lines_around(data, secret, LINES);
        let mut ids: Vec<Range<usize>> = GUID
            .find_iter(&data[region.clone()])
            .map(|id| region.start + id.start()..region.start + id.end())
            .collect();
        ids.sort_by_key(|id| id.start.abs_diff(secret.start));
        let mut beside = Self::default();
        for id in ids {
            let list = match label(data, &id) {
                Some(Kind::Application) => &mut beside.applications,
                Some(Kind::Tenant) => &mut beside.tenants,
                None => continue,
            };
            let text = String::from_utf8_lossy(&data[id]).to_ascii_lowercase();
            if list.len() < MANY && !list.contains(&text) {
                list.push(text);
            }
        }
        beside
    }
}

enum Kind {
    Application,
    Tenant,
}

/// What the words in front of an id, on its line and behind any other id, call it.
fn label(data: &[u8], id: &Range<usize>) -> Option<Kind> {
    let floor = id.start.saturating_sub(LABEL);
    let line = data[floor..id.start].iter().rposition(|&byte| byte == b'\n').map_or(floor, |at| floor + at + 1);
    let head = &data[line..id.start];
    let head = &head[GUID.find_iter(head).last().map_or(0, |other| other.end())..];
    let word = WORD.captures_iter(head).last()?;
    if word.name("tenant").is_some() { Some(Kind::Tenant) } else { word.name("application").map(|_| Kind::Application) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand;
    use proptest::prelude::*;

    fn id(seed: u64) -> String {
        expand("{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", seed).unwrap()
    }

    fn check(template: &str, applications: &[u64], tenants: &[u64]) {
        let text = template.replace("ID1", &id(1)).replace("ID2", &id(2)).replace("ID3", &id(3));
        let at = text.find("SECRET").unwrap();
        let ids = |seeds: &[u64]| seeds.iter().map(|seed| id(*seed)).collect();
        let expected = Beside { applications: ids(applications), tenants: ids(tenants) };
        assert_eq!(Beside::of(text.as_bytes(), &(at..at + 6)), expected, "{template}");
    }

    #[test]
    fn ids_are_told_apart_by_their_labels() {
        check("AZURE_CLIENT_ID=ID1\nAZURE_TENANT_ID=ID2\nAZURE_CLIENT_SECRET=SECRET", &[1], &[2]);
        check(r#"{"appId": "ID1", "password": "SECRET", "tenant": "ID2"}"#, &[1], &[2]);
        check(r#"{"clientId":"ID1","clientSecret":"SECRET","subscriptionId":"ID3","tenantId":"ID2"}"#, &[1], &[2]);
        check("az login --service-principal -u ID1 -p SECRET --tenant ID2", &[1], &[2]);
        check("| Application (client) ID | ID1 |\n| Directory (tenant) ID | ID2 |\n| Value | SECRET |", &[1], &[2]);
        check("secret: SECRET\nurl: https://login.microsoftonline.com/ID2/oauth2/v2.0/token", &[], &[2]);
        check("app1: ID1 # and client_id: ID3\nSECRET", &[3, 1], &[]);
    }

    #[test]
    fn ids_without_a_label_and_those_of_other_things_stay_where_they_are() {
        for text in [
            "ID1 SECRET",
            "HEROKU_API_KEY=ID1\nSECRET",
            "app_secret: ID1\nSECRET",
            "client-secret-id: ID1\nSECRET",
            "tenant_object_id=ID1\nSECRET",
            "client_id=\nID1\nSECRET",
            "client_id=ID1x\nSECRET",
        ] {
            check(text, &[], &[]);
        }
        check(&format!("client_id=ID1{}SECRET", "\n".repeat(60)), &[], &[]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_fault(data in proptest::collection::vec(any::<u8>(), 0..600), at in 0_usize..600) {
            let at = at.min(data.len());
            let beside = Beside::of(&data, &(at..data.len()));
            prop_assert!(beside.applications.len() <= MANY && beside.tenants.len() <= MANY);
        }
    }
}

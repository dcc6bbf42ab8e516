//! Which OAuth scopes of Google reach what people wrote, the directory or the cloud.
//! <https://developers.google.com/identity/protocols/oauth2/scopes>

const PREFIX: &str = "https://www.googleapis.com/auth/";

/// What the names of such scopes begin with: mail, files, calendars, contacts, messages, notes, groups, the
/// administration of Workspace and of Google Cloud.
const SENSITIVE: &[&str] = &[
    "admin",
    "apps",
    "calendar",
    "chat",
    "cloud-identity",
    "cloud-platform",
    "contacts",
    "directory",
    "documents",
    "drive",
    "ediscovery",
    "gmail",
    "keep",
    "meetings",
    "presentations",
    "script",
    "spreadsheets",
    "tasks",
];
/// Scopes with such a name that reach no more than what the application itself made, or was handed.
const HARMLESS: &[&str] = &[
    "calendar.app.created",
    "calendar.settings.readonly",
    "drive.appdata",
    "drive.apps.readonly",
    "drive.file",
    "drive.install",
    "gmail.addons.current.action.compose",
    "gmail.addons.current.message.action",
    "script.external_request",
    "script.locale",
];
/// Scopes in the forms of old: mail, contacts, calendars and files.
const OF_OLD: &[&str] = &[
    "https://mail.google.com/",
    "https://www.google.com/m8/feeds",
    "https://www.google.com/calendar/feeds",
    "https://docs.google.com/feeds",
    "https://spreadsheets.google.com/feeds",
    "https://apps-apis.google.com/a/feeds",
];

/// Those of the scopes that reach what people wrote, the directory or the cloud.
pub(crate) fn sensitive(scopes: &[String]) -> Vec<String> {
    scopes.iter().filter(|scope| reaches(scope)).cloned().collect()
}

fn reaches(scope: &str) -> bool {
    let Some(name) = scope.strip_prefix(PREFIX) else {
        return OF_OLD.iter().any(|old| scope.starts_with(old.trim_end_matches('/')));
    };
    let first = name.split('.').next().unwrap_or_default();
    SENSITIVE.contains(&first) && !HARMLESS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_that_reach_what_others_wrote_are_told_from_the_rest() {
        for (scope, expected) in [
            ("https://mail.google.com/", true),
            ("https://www.googleapis.com/auth/gmail.readonly", true),
            ("https://www.googleapis.com/auth/drive", true),
            ("https://www.googleapis.com/auth/drive.file", false),
            ("https://www.googleapis.com/auth/admin.directory.user", true),
            ("https://www.googleapis.com/auth/cloud-platform", true),
            ("https://www.googleapis.com/auth/userinfo.email", false),
            ("https://www.googleapis.com/auth/drivers.readonly", false),
            ("https://docs.google.com/feeds/", true),
            ("openid", false),
            ("", false),
        ] {
            assert_eq!(reaches(scope), expected, "{scope}");
        }
    }
}

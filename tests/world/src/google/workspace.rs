//! The people of the company in Google Workspace, and the applications that they let act in their names.

use super::estate::{Directory, GoogleConsent, GoogleUser};
use super::plan::{PLATFORM, Plan, email};
use crate::draw::{DIGITS, HEX};
use whose_model::NodeId;

const CALENDARS: &str = "https://www.googleapis.com/auth/calendar.readonly";
const DRIVE: &str = "https://www.googleapis.com/auth/drive.readonly";
const MAIL: &str = "https://mail.google.com/";
const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.email";

/// The directory. `web` is the number of a project of the company.
pub(super) fn directory(plan: &mut Plan, web: &str) -> Directory {
    let registered = |plan: &Plan, number: &str, name: &str| {
        format!("{number}-{}.apps.googleusercontent.com", plan.draw.text(&format!("google/client/{name}"), HEX, 32))
    };
    let elsewhere = format!("4{}", plan.draw.text("google/slidecraft", DIGITS, 11));
    let slidecraft = registered(plan, &elsewhere, "slidecraft");
    let depots = registered(plan, web, "depots");
    let consent = |client_id: Option<&String>, name: &str, scopes: &[&str]| GoogleConsent {
        client_id: client_id.cloned(),
        name: name.into(),
        scopes: scopes.iter().map(|scope| (*scope).into()).collect(),
    };
    let slides = consent(Some(&slidecraft), "Slidecraft", &[DRIVE, PROFILE]);
    let importer = consent(None, "Old Mail Importer", &[MAIL]);
    let widget = consent(None, "Visitor Badge", &[PROFILE]);
    let own = consent(Some(&depots), "Depot calendar", &[CALENDARS]);
    let mut users: Vec<GoogleUser> = [
        ("hanna.weiss", vec![]),
        ("ines.okafor", vec![slides.clone()]),
        ("luc.marchetti", vec![widget]),
        ("owen.gallagher", vec![slides]),
        ("priya.raman", vec![importer]),
        ("tomas.lindqvist", vec![own]),
    ]
    .into_iter()
    .map(|(login, tokens)| user(plan, login, tokens))
    .collect();
    users[3].suspended = true;
    let mut trainee = user(plan, "noor.trainee", Vec::new());
    trainee.deleted = true;
    users.push(trainee);
    truth(plan, &slidecraft, &depots);
    let letters = plan.draw.text("google/customer", HEX, 8);
    Directory {
        customer: format!("C0{letters}"),
        admin: "hanna.weiss@tallowmere.example".into(),
        delegate: email(PLATFORM, "whose-scanner"),
        users,
    }
}

fn user(plan: &Plan, login: &str, tokens: Vec<GoogleConsent>) -> GoogleUser {
    GoogleUser {
        id: format!("1{}", plan.draw.text(&format!("google/user/{login}"), DIGITS, 20)),
        email: format!("{login}@tallowmere.example"),
        suspended: false,
        archived: false,
        deleted: false,
        tokens,
    }
}

fn truth(plan: &mut Plan, slidecraft: &str, depots: &str) {
    let client = |id: &str| NodeId::new("gcp", "", "oauth-client", id);
    let token =
        |login: &str, id: &str| NodeId::new("gcp", "", "oauth-token", &format!("{login}@tallowmere.example/{id}"));
    let gone = "consent-of-leaver";
    plan.fault(gone, token("owen.gallagher", slidecraft), "It may read the files of one who left.");
    plan.healthy(gone, token("ines.okafor", slidecraft), "She is there.");
    let consent = "sensitive-third-party-consent";
    plan.fault(consent, client("anonymous/Old Mail Importer"), "Nobody registered it, and it reads a person's mail.");
    plan.healthy(consent, client("anonymous/Visitor Badge"), "Nobody registered it, and it sees no more than a name.");
    plan.healthy(consent, client(slidecraft), "It is registered, and Google does not say that it is unverified.");
    plan.healthy(consent, client(depots), "An application of the company itself.");
    plan.healthy("unowned-identity", client(slidecraft), "Whoever lets it in answers for it.");
    plan.fault("unowned-identity", client(depots), "The company's own, and nobody wrote down whose.");
    plan.fault("undeclared-lifecycle", client(depots), "The company's own, and nobody wrote down what it is for.");
}

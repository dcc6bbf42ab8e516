//! The people and teams of Tallowmere Freight, an invented forwarder of parcels. Teams are IAM groups and
//! people are IAM users, so that an owner's name leads to somebody.

/// The company's domain, reserved for examples by RFC 2606.
const DOMAIN: &str = "tallowmere.example";

/// A person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// The sign-in name, which is the IAM user's name.
    pub(crate) login: &'static str,
    /// The full name.
    pub(crate) name: &'static str,
    /// The team, which is the IAM group's name.
    pub(crate) team: &'static str,
}

impl Person {
    pub(crate) fn email(&self) -> String {
        format!("{}@{DOMAIN}", self.login)
    }
}

const fn person(login: &'static str, name: &'static str, team: &'static str) -> Person {
    Person { login, name, team }
}

pub(crate) const INES: Person = person("ines.okafor", "Ines Okafor", "payments");
pub(crate) const TOMAS: Person = person("tomas.lindqvist", "Tomas Lindqvist", "platform");
pub(crate) const PRIYA: Person = person("priya.raman", "Priya Raman", "data");
pub(crate) const LUC: Person = person("luc.marchetti", "Luc Marchetti", "web");
pub(crate) const HANNA: Person = person("hanna.weiss", "Hanna Weiss", "security");
/// He holds an access key of his own beside his password: a look-alike for whoever takes keys for machines.
pub(crate) const SVEN: Person = person("sven.aalto", "Sven Aalto", "platform");
/// He left; his IAM user is switched off and says so.
pub(crate) const OWEN: Person = person("owen.gallagher", "Owen Gallagher", "data");

/// Everybody with an IAM user.
pub(crate) const PEOPLE: &[Person] = &[INES, TOMAS, PRIYA, LUC, HANNA, SVEN, OWEN];

/// The teams, each with what its group may do.
pub(crate) const TEAMS: &[(&str, &str)] = &[
    ("data", "ReadOnlyAccess"),
    ("payments", "ReadOnlyAccess"),
    ("platform", "AdministratorAccess"),
    ("security", "SecurityAudit"),
    ("web", "ReadOnlyAccess"),
];

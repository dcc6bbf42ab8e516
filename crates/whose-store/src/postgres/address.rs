//! A `postgres://` URL: who is asked, how the way there is protected, and a name of it without the password.

use percent_encoding::percent_decode_str;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// How long to wait for a server that does not answer, when the URL does not say.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What the URL says.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) proof: Proof,
}

/// What the server must show.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing: the way there is encrypted at most, as libpq's `prefer` and `require` have it.
    None,
    /// A certificate for the host name, by an authority of this file, or of the system.
    Certificate(Option<PathBuf>),
}

impl Address {
    /// Reads a URL. The error does not repeat it, since any part of it may belong to a password.
    pub(super) fn parse(url: &str) -> Result<Self, &'static str> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut authorities, mut rest) = (SslMode::Prefer, None, Vec::new());
        let (mut verify, mut system) = (false, false);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", word)) => {
                    verify = word == "verify-full";
                    mode = match word {
                        "disable" => SslMode::Disable,
                        "prefer" => SslMode::Prefer,
                        "require" | "verify-full" => SslMode::Require,
                        _ => return Err("sslmode can be disable, prefer, require or verify-full"),
                    };
                }
                Some(("sslrootcert", path)) => {
                    let path = percent_decode_str(path).decode_utf8().map_err(|_| "sslrootcert is no path")?;
                    system = path == "system";
                    authorities = (!system).then(|| PathBuf::from(path.into_owned()));
                }
                _ => rest.push(pair),
            }
        }
        verify |= system;
        if authorities.is_some() && !verify {
            return Err("sslrootcert needs sslmode=verify-full");
        }
        let text = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
        let unreadable = "it cannot be read as postgres://USER:PASSWORD@HOST:PORT/DATABASE; characters like @ : / ? # % \
                          in a password are written percent-encoded";
        let mut config: Config = text.parse().map_err(|_| unreadable)?;
        if config.get_hosts().is_empty() {
            return Err("it names no host");
        }
        config.ssl_mode(mode);
        if verify {
            config.ssl_mode(SslMode::Require);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("whose");
        }
        let proof = if verify { Proof::Certificate(authorities) } else { Proof::None };
        Ok(Self { config, proof })
    }

    /// The URL without user, password and parameters.
    pub(super) fn name(&self) -> String {
        let host = |host: &Host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        };
        let hosts: Vec<String> = self.config.get_hosts().iter().map(host).collect();
        let ports: Vec<String> = self.config.get_ports().iter().map(|port| format!(":{port}")).collect();
        let database = self.config.get_dbname().or(self.config.get_user()).unwrap_or_default();
        format!("postgres://{}{}/{database}", hosts.join(","), ports.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> String {
        ["hunter", "2"].concat()
    }

    #[test]
    fn sslmode_says_what_the_server_must_show() {
        for (query, mode, proof) in [
            ("", SslMode::Prefer, Proof::None),
            ("?sslmode=disable", SslMode::Disable, Proof::None),
            ("?sslmode=prefer", SslMode::Prefer, Proof::None),
            ("?sslmode=require&connect_timeout=3", SslMode::Require, Proof::None),
            ("?sslmode=verify-full", SslMode::Require, Proof::Certificate(None)),
            ("?sslrootcert=system", SslMode::Require, Proof::Certificate(None)),
            (
                "?connect_timeout=3&sslrootcert=/etc/a%20b.pem&sslmode=verify-full",
                SslMode::Require,
                Proof::Certificate(Some("/etc/a b.pem".into())),
            ),
        ] {
            let address = Address::parse(&format!("postgres://ann:{}@db.example:5433/inventory{query}", secret()));
            let address = address.unwrap();
            assert_eq!((address.config.get_ssl_mode(), &address.proof), (mode, &proof), "{query}");
            assert_eq!(address.name(), "postgres://db.example:5433/inventory");
        }
    }

    #[test]
    fn a_socket_and_a_default_database_have_a_name() {
        let address = Address::parse("postgresql://ann@%2Frun%2Fpostgresql").unwrap();
        assert_eq!(address.name(), "postgres:///run/postgresql:5432/ann");
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for url in [
            "postgres://ann:SECRET@host/whose?sslmode=verify-ca",
            "postgres://ann:SECRET@host/whose?sslmode",
            "postgres://ann:SECRET@host/whose?sslrootcert=/ca.pem",
            "postgres://ann:SECRET@host/whose?SECRET=1",
            "postgres://ann:SECRET@host:port/whose",
            "postgres://ann:SECRET%zz@host:port/whose",
            "postgres://",
        ] {
            let why = Address::parse(&url.replace("SECRET", &secret())).unwrap_err();
            assert!(!why.contains(&secret()), "{why}");
        }
    }
}

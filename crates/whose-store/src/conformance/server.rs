//! A PostgreSQL server that a test starts for itself: a folder, a socket and a port of its own, and gone with the
//! test, however that ends.

use std::fs::{File, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Names the folder of `initdb` and `postgres`, where Debian's is not the one.
const FOLDER: &str = "WHOSE_TEST_POSTGRES_BIN";

/// Where Debian has a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The server's only user.
const USER: &str = "whose";

/// `nobody`, who runs the server where the tests run as root: a PostgreSQL server refuses to run as root.
const NOBODY: u32 = 65534;

/// A running server. Its socket trusts everybody; over TCP it asks for [`PostgresServer::password`].
pub struct PostgresServer {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    keeper: Child,
}

impl PostgresServer {
    /// The server of all tests that run at the same time.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<PostgresServer>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start(None));
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Starts a server, which speaks TLS when it is given a certificate and its key, both PEM.
    pub fn start(certificate: Option<(&str, &str)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let programs = programs();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        give(folder.path());
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            private(&path);
            give(&path);
            path.display().to_string()
        };
        let password = write("password", &Self::password());
        let data = folder.path().join("data").display().to_string();
        let mut initdb = command(&programs.join("initdb"), folder.path());
        initdb.args(["--pgdata", &data, "--username", USER, "--pwfile", &password, "--no-sync"]);
        initdb.args(["--auth-local", "trust", "--auth-host", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"]);
        let made = initdb.output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));

        // The shell ends the server when its own input ends: when the test drops it, and when the test is killed.
        let mut keeper = command(Path::new("/bin/sh"), folder.path());
        keeper.args(["-c", "\"$@\" & server=$!; read -r _; kill -INT \"$server\"; wait \"$server\"", "sh"]);
        keeper.arg(programs.join("postgres")).args(["-D", &data, "-F", "-p", &port.to_string()]);
        keeper.args(["-k", &folder.path().display().to_string(), "-c", "listen_addresses=127.0.0.1"]);
        if let Some((certificate, key)) = certificate {
            let (certificate, key) = (write("server.pem", certificate), write("server.key", key));
            keeper.args(["-c", "ssl=on", "-c", &format!("ssl_cert_file={certificate}")]);
            keeper.args(["-c", &format!("ssl_key_file={key}")]);
        }
        let log = File::create(folder.path().join("log")).unwrap();
        let keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let server = Self { programs, folder, port, keeper };
        server.wait();
        server
    }

    /// What the server asks for over TCP; put together here, since no secret stands in the code.
    pub fn password() -> String {
        format!("open-{}", std::process::id())
    }

    /// The URL of a new database, through the socket.
    pub fn database(&self) -> String {
        let name = format!("test{}", next_number());
        let made = self.client("createdb").arg(&name).output().unwrap();
        assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
        let socket = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{socket}:{}/{name}", self.port)
    }

    /// The URL of a new database, over TCP at `host`, without a password.
    pub fn database_at(&self, host: &str) -> String {
        let url = self.database();
        let name = url.rsplit('/').next().unwrap_or_default();
        format!("postgres://{USER}@{host}:{}/{name}", self.port)
    }

    /// What `psql` prints for some SQL in the database of a URL.
    pub fn psql(&self, url: &str, sql: &str) -> String {
        let name = url.rsplit('/').next().unwrap_or_default();
        let mut psql = self.client("psql");
        let told =
            psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", name, "-c", sql]).output().unwrap();
        assert!(told.status.success(), "{sql}: {}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).unwrap()
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-h").arg(self.folder.path()).args(["-p", &self.port.to_string(), "-U", USER]);
        command
    }

    fn wait(&self) {
        let begun = Instant::now();
        while !self.client("pg_isready").arg("-q").status().unwrap().success() {
            let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(60), "PostgreSQL does not answer: {log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "the machine that runs the tests says where its server is")]
fn programs() -> PathBuf {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return PathBuf::from(folder);
    }
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let folders = versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("postgres").is_file());
    folders.max().unwrap_or_else(|| {
        panic!(
            "there is no PostgreSQL server below {DEBIAN}: install Debian's package postgresql, or name the folder of \
             initdb and postgres in {FOLDER}"
        )
    })
}

/// A number that no other database of this process has.
fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A command that runs as the one who owns `folder`.
fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    // Only root could give the folder away.
    if folder.metadata().unwrap().uid() == NOBODY {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Gives a file that root made to `nobody`.
fn give(path: &Path) {
    if path.metadata().unwrap().uid() == 0 {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

fn private(path: &Path) {
    std::fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

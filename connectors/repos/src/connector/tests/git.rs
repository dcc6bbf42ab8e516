//! Real repositories for tests, built by git itself, and a server that git's own upload-pack answers through.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// A repository in a temporary folder.
pub(super) struct Git {
    folder: TempDir,
    clock: std::cell::Cell<u32>,
}

impl Git {
    pub(super) fn new() -> Self {
        let git = Self { folder: TempDir::with_prefix("whose repo ").unwrap(), clock: 0.into() };
        git.run(&["init", "-q", "-b", "main"]);
        git
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    /// Runs git, one second later than before, and returns what it prints.
    pub(super) fn run(&self, arguments: &[&str]) -> String {
        self.clock.set(self.clock.get() + 1);
        let date = format!("{} +0000", 1_700_000_000 + self.clock.get());
        let output = command(&self.path())
            .args(arguments)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(super) fn write(&self, path: &str, content: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Writes a file, commits it, and returns the commit.
    pub(super) fn commit(&self, path: &str, content: &str) -> String {
        self.write(path, content);
        self.run(&["add", "-f", "--", path]);
        self.run(&["commit", "-q", "-m", &format!("Change {path}")]);
        self.run(&["rev-parse", "HEAD"])
    }

    pub(super) fn remove(&self, path: &str) -> String {
        self.run(&["rm", "-q", "--", path]);
        self.run(&["commit", "-q", "-m", &format!("Remove {path}")]);
        self.run(&["rev-parse", "HEAD"])
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder);
    // Set when the tests run within a git hook.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "Ada"),
        ("GIT_AUTHOR_EMAIL", "ada@acme.test"),
        ("GIT_COMMITTER_NAME", "Cy"),
        ("GIT_COMMITTER_EMAIL", "cy@acme.test"),
    ] {
        command.env(name, value);
    }
    command
}

/// Serves a repository over git's smart HTTP protocol on loopback until the process ends. Returns its address.
pub(super) fn serve(repository: PathBuf) -> String {
    serve_to(repository, None, None).0
}

/// The same to those alone who send this `Authorization`, or with a redirect for everybody. What was sent as
/// `Authorization` is kept.
pub(super) fn serve_to(
    repository: PathBuf,
    authorization: Option<String>,
    redirect: Option<String>,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let sent = Arc::new(Mutex::new(Vec::new()));
    let door = Door { repository, authorization, redirect, sent: Arc::clone(&sent) };
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let door = door.clone();
            // A client that goes away in the middle ends its own thread alone.
            std::thread::spawn(move || answer(stream, &door));
        }
    });
    (address, sent)
}

#[derive(Clone)]
struct Door {
    repository: PathBuf,
    authorization: Option<String>,
    redirect: Option<String>,
    sent: Arc<Mutex<Vec<String>>>,
}

fn answer(mut stream: TcpStream, door: &Door) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let header = |name: &str| {
        lines.iter().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let authorization = header("authorization");
    door.sent.lock().unwrap().extend(authorization.clone());
    if let Some(to) = &door.redirect {
        let path = lines[0].split(' ').nth(1).unwrap_or_default();
        return write!(stream, "HTTP/1.1 302 Found\r\nLocation: {to}{path}\r\nContent-Length: 0\r\n\r\n");
    }
    if door.authorization.is_some() && door.authorization != authorization {
        let refusal = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
        return stream.write_all(refusal.as_bytes());
    }
    let body = match header("content-length") {
        Some(length) => {
            let mut body = vec![0; length.parse().unwrap_or(0)];
            reader.read_exact(&mut body)?;
            body
        }
        None if header("transfer-encoding").is_some() => chunks(&mut reader)?,
        None => Vec::new(),
    };
    let advertise = lines.first().is_some_and(|line| line.starts_with("GET"));
    let mut upload = command(&door.repository);
    upload.args(["upload-pack", "--stateless-rpc"]);
    if advertise {
        upload.arg("--http-backend-info-refs");
    }
    if let Some(version) = header("git-protocol") {
        upload.env("GIT_PROTOCOL", version);
    }
    let mut child = upload.arg(".").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().unwrap().write_all(&body)?;
    let output = child.wait_with_output()?;
    let (kind, prefix) =
        if advertise { ("advertisement", "001e# service=git-upload-pack\n0000") } else { ("result", "") };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-{kind}\r\nContent-Length: {}\r\nConnection: \
         close\r\n\r\n{prefix}",
        prefix.len() + output.stdout.len()
    )?;
    stream.write_all(&output.stdout)
}

fn chunks(reader: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim(), 16).unwrap_or(0);
        let mut chunk = vec![0; length + 2];
        reader.read_exact(&mut chunk)?;
        if length == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&chunk[..length]);
    }
}

//! `docker-credential-NAME`, the programs in which Docker keeps logins.

use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use super::{Credentials, CredentialsError};

/// A helper that asks a person for a passphrase takes its time; one that hangs must not.
const PATIENCE: Duration = Duration::from_secs(30);
const ANSWER_LIMIT: u64 = 64 * 1024;

#[derive(Deserialize)]
struct Answer {
    #[serde(default, rename = "Username")]
    user: String,
    #[serde(default, rename = "Secret")]
    secret: String,
}

/// What the helper `name` has for `server`; nothing where it has none. What it prints is in no error: it may be a secret.
pub(super) async fn ask(name: &str, server: &str, path: Option<&std::ffi::OsStr>) -> Result<Option<Credentials>, CredentialsError> {
    let failed = |why: &str| CredentialsError::Helper {
        helper: format!("docker-credential-{name}"),
        server: server.to_owned(),
        why: why.to_owned(),
    };
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) {
        return Err(failed("that is no name of a helper"));
    }
    let (status, out) = match tokio::time::timeout(PATIENCE, run(name, server, path)).await {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => return Err(failed(&format!("it can't be run: {}", error.kind()))),
        Err(_) => return Err(failed(&format!("no answer within {PATIENCE:?}"))),
    };
    if !status.success() {
        let has_none = out.windows(9).any(|part| part.eq_ignore_ascii_case(b"not found")) || starts_with_no_credentials(&out);
        return if has_none { Ok(None) } else { Err(failed(&format!("it ended with {status}; run it by hand to see why"))) };
    }
    let answer: Answer = serde_json::from_slice(&out).map_err(|_| failed("its answer is not the JSON of a login"))?;
    Ok(match (answer.user.as_str(), answer.secret) {
        (_, secret) if secret.is_empty() => None,
        ("<token>", secret) => Some(Credentials::identity_token(secret)),
        (user, secret) => Some(Credentials::new(user, secret)),
    })
}

fn starts_with_no_credentials(out: &[u8]) -> bool {
    out.trim_ascii_start().starts_with(b"no credentials")
}

async fn run(name: &str, server: &str, path: Option<&std::ffi::OsStr>) -> std::io::Result<(std::process::ExitStatus, Vec<u8>)> {
    let mut command = Command::new(format!("docker-credential-{name}"));
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that has all it needs may close its side early.
        let _ = stdin.write_all(server.as_bytes()).await;
    }
    let mut out = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(ANSWER_LIMIT).read_to_end(&mut out).await?;
    }
    Ok((child.wait().await?, out))
}

//! How a target is reached, and as whom: what `survey`, `check` and `load` ask alike.

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::duration;
use super::exit::{Ended, Exit};
use super::target::TargetAddress;
use crate::client::credentials::{Credentials, Environment, Given, Secret, resolve};
use crate::client::{Client, Options};

/// The longest password that is read, in bytes.
const LONGEST_PASSWORD: u64 = 64 << 10;

/// Who asks.
#[derive(Debug, Args)]
pub(super) struct LoginArgs {
    /// The user name for the target (also `PLIMSOLL_USER`; else Docker's config file).
    #[arg(long, value_name = "USER", help_heading = "Login")]
    pub(super) user: Option<String>,
    /// Read the password from standard input (also `PLIMSOLL_PASSWORD`).
    #[arg(long, requires = "user", help_heading = "Login")]
    pub(super) password_stdin: bool,
    /// Send no credentials, whatever the environment and Docker's config hold.
    #[arg(long, conflicts_with_all = ["user", "password_stdin"], help_heading = "Login")]
    pub(super) anonymous: bool,
}

/// How the target is reached.
#[derive(Debug, Args)]
pub(super) struct ConnectionArgs {
    /// Trust this certificate authority (PEM) beside the system's; may be repeated.
    #[arg(long, value_name = "FILE", help_heading = "Connection")]
    ca_cert: Vec<PathBuf>,
    /// How long to try to connect.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration, help_heading = "Connection")]
    connect_timeout: Duration,
    /// How long one request may take; under load its head, and each silence in its body.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration, help_heading = "Connection")]
    timeout: Duration,
}

impl LoginArgs {
    /// What the parser lets through and nobody can log in with.
    pub(super) fn refuse_in_words(&self) -> Result<(), Ended> {
        // The text may hold a password: it is not repeated.
        if self.user.as_ref().is_some_and(|user| user.contains(':')) {
            let why = "--user takes the name alone: give the password with --password-stdin or in PLIMSOLL_PASSWORD, since the process list shows options";
            return Err(Ended::new(Exit::Usage, why));
        }
        Ok(())
    }

    /// The login for a target: given, of the environment, or of Docker's config.
    pub(super) async fn credentials(&self, password: Option<&Secret>, target: &TargetAddress) -> Result<Option<Credentials>, Ended> {
        if self.anonymous {
            return Ok(None);
        }
        let given = Given { user: self.user.clone(), password: password.cloned() };
        let found = resolve(given, &target.base, target.prefix.as_deref().unwrap_or_default(), &environment()).await;
        found.map_err(|why| Ended::new(Exit::Usage, why.to_string()))
    }
}

impl ConnectionArgs {
    /// A client for the target; `more` sets what a command knows beyond these options.
    pub(super) fn client(
        &self,
        target: &TargetAddress,
        credentials: Option<Credentials>,
        more: impl FnOnce(Options) -> Options,
    ) -> Result<Client, Ended> {
        let options = Options {
            target: Some(target.base.clone()),
            credentials,
            ca_certs: self.ca_cert.clone(),
            connect_timeout: self.connect_timeout,
            request_timeout: self.timeout,
            ..Options::default()
        };
        Client::new(more(options)).map_err(|why| Ended::new(Exit::BadInput, why.to_string()))
    }
}

/// One line of standard input, without its line end.
pub(super) fn read_password() -> Result<Secret, Ended> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LONGEST_PASSWORD).read_to_string(&mut text);
    read.map_err(|why| Ended::new(Exit::Usage, format!("the password could not be read from standard input: {why}")))?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        return Err(Ended::new(Exit::Usage, "--password-stdin was given, and standard input was empty"));
    }
    Ok(Secret::new(password))
}

/// The variables of this process whose names can be written at all.
fn environment() -> Environment {
    Environment::of(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect())
}

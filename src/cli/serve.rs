//! `plimsoll serve`: the reference registry, for anybody's tests.

use std::path::Path;

use super::args::ServeArgs;
use super::embedded::GITHUB_PACKAGES;
use super::exit::{Ended, Exit};
use super::output::Output;
use crate::registry::{Auth, Change, Config, Rules, Running, SigningKey, StartError, TokenAuth, User, faults, start, variants};
use crate::text::meant_tail;

pub(super) fn run(args: &ServeArgs, output: &Output) -> Result<Exit, Ended> {
    let config = config(args)?;
    let asks = match &config.auth {
        Auth::Open => "open to everybody",
        Auth::Basic { .. } => "Basic login",
        Auth::Token(_) => "token login, at /token",
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Ended::new(Exit::Bug, format!("no runtime could be made: {why}")))?;
    runtime.block_on(async {
        let running = start(config).await.map_err(|why| not_started(args, &why))?;
        output.remark(&format!("The reference registry listens on {} ({asks}). Ctrl-C ends it.", running.url()));
        until_told(running).await;
        Ok(Exit::Conforms)
    })
}

fn not_started(args: &ServeArgs, why: &StartError) -> Ended {
    Ended::new(
        Exit::NotJudged,
        format!("the registry could not be started on {}: {why}. --listen 127.0.0.1:0 takes a free port", args.listen),
    )
}

/// Serves until Ctrl-C or a termination signal.
async fn until_told(running: Running) {
    let terminated = async {
        #[cfg(unix)]
        if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            signal.recv().await;
            return;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    running.stop().await;
}

fn config(args: &ServeArgs) -> Result<Config, Ended> {
    let rules = match args.profile.as_str() {
        "standard" => Rules::Standard,
        GITHUB_PACKAGES => Rules::GithubPackages,
        other => {
            let hint = meant_tail(other, ["standard", GITHUB_PACKAGES]);
            let why = format!("serve has no profile `{other}`{hint}; it has standard (OCI 1.1 and Docker's API) and {GITHUB_PACKAGES}");
            return Err(Ended::new(Exit::Usage, why));
        }
    };
    let users = args.user.iter().map(|text| user(text)).collect::<Result<Vec<_>, _>>()?;
    if rules == Rules::GithubPackages && users.is_empty() {
        return Err(Ended::new(Exit::Usage, "the rules of github-packages want a login for pulls too: give --user NAME:PASSWORD"));
    }
    if args.token_life < TokenAuth::MIN_LIFE {
        return Err(Ended::new(Exit::Usage, "--token-life: clients count on tokens that live at least 60s"));
    }
    let key = args.token_key.as_deref().map(signing_key).transpose()?;
    let auth = match (users.is_empty(), args.token || key.is_some()) {
        (true, _) => Auth::Open,
        (false, false) => Auth::Basic { users },
        (false, true) => Auth::Token(TokenAuth {
            service: args.token_service.clone(),
            issuer: args.token_issuer.clone(),
            key,
            token_life: args.token_life,
            ..TokenAuth::new(users)
        }),
    };
    Ok(Config {
        listen: args.listen,
        auth,
        rules,
        max_storage: args.max_storage,
        pace: args.pace.clone(),
        changes: changes(args)?,
        ..Config::open()
    })
}

/// What it is asked to do otherwise.
fn changes(args: &ServeArgs) -> Result<Vec<Change>, Ended> {
    let (faults, variants) = (faults(), variants());
    let fault = |id: &String| faults.iter().find(|fault| fault.id == id).map(|fault| fault.change);
    let variant = |id: &String| variants.iter().find(|variant| variant.id == id).map(|variant| variant.change);
    let by_fault = args.fault.iter().map(|id| fault(id).ok_or_else(|| unknown("fault", id, faults.iter().map(|fault| fault.id))));
    let by_variant =
        args.variant.iter().map(|id| variant(id).ok_or_else(|| unknown("variant", id, variants.iter().map(|variant| variant.id))));
    by_fault.chain(by_variant).collect()
}

fn unknown<'a>(kind: &str, id: &str, known: impl Iterator<Item = &'a str>) -> Ended {
    Ended::new(Exit::Usage, format!("there is no {kind} `{id}`{}; `plimsoll prove --list` lists them", meant_tail(id, known)))
}

fn user(text: &str) -> Result<User, Ended> {
    match text.split_once(':') {
        Some((name, password)) if !name.is_empty() && !password.is_empty() => Ok(User::new(name, password)),
        // The text may be a password: it is not repeated.
        _ => Err(Ended::new(Exit::Usage, "--user takes NAME:PASSWORD, both not empty")),
    }
}

fn signing_key(path: &Path) -> Result<SigningKey, Ended> {
    let bad = |why: String| Ended::new(Exit::BadInput, format!("{}: {why}", path.display()));
    let pem = std::fs::read_to_string(path).map_err(|why| bad(format!("can't be read: {why}")))?;
    SigningKey::from_pem(&pem).map_err(|why| bad(why.to_string()))
}

//! Surveys of real registries: what they do wrong is known, clause by clause, and nothing else is found.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll::clause::Level;
use plimsoll::judge::Verdict;
use plimsoll::record::{Cause, Record};
use tempfile::TempDir;

use crate::support::configs::{self, Door, OlaregDoor, PASSWORD, USER};
use crate::support::peer::peer;
use crate::support::program;
use crate::support::server::Server;
use crate::support::tls::{server_certificate, token_signer};

/// Far above what a survey takes anywhere.
const LIMIT: Duration = Duration::from_mins(5);

/// What our token service keeps from both distribution registries: it grants nothing for names that are none.
const OVER_LONG_NAMES: &str = "over-long-names";

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn a_survey_of_docker_registry_finds_what_is_known() {
    survey_distribution("docker-registry", &["docker-registry", OVER_LONG_NAMES]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn a_survey_of_docker_registry_with_htpasswd_finds_what_is_known() {
    survey_distribution_with_htpasswd("docker-registry", &["docker-registry", OVER_LONG_NAMES]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn a_survey_of_docker_registry_with_our_token_service_finds_what_is_known() {
    survey_distribution_with_our_tokens("docker-registry", &["docker-registry"]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn a_survey_of_docker_registry_over_tls_with_an_authority_of_its_own_finds_what_is_known() {
    let Some(registry) = peer("docker-registry") else { return };
    let folder = TempDir::new().expect("a folder");
    let certificate = server_certificate(folder.path());
    let server = configs::distribution(&registry, folder.path(), &Door::Tls(&certificate));
    let target = format!("https://{}", server.host());
    let ca = certificate.ca.to_string_lossy().into_owned();
    Survey::run(&target, folder.path(), Login::None, &["--ca-cert", &ca]).finds_what_is_known_of(&["docker-registry", OVER_LONG_NAMES]);

    let untrusted = survey(&target, &folder.path().join("untrusted"), folder.path(), Login::None, &[]);
    assert_eq!(untrusted.code, Some(4), "an authority that nobody vouched for was trusted:\n{}", untrusted.stdout);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn a_survey_of_distribution_finds_what_is_known() {
    survey_distribution("distribution-registry", &["distribution", OVER_LONG_NAMES]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn a_survey_of_distribution_with_htpasswd_finds_what_is_known() {
    survey_distribution_with_htpasswd("distribution-registry", &["distribution", OVER_LONG_NAMES]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn a_survey_of_distribution_with_our_token_service_finds_what_is_known() {
    survey_distribution_with_our_tokens("distribution-registry", &["distribution"]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn a_survey_of_olareg_finds_what_is_known() {
    survey_olareg(&OlaregDoor::Open, Login::None, &["olareg"]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn a_survey_of_olareg_with_basic_login_finds_what_is_known() {
    survey_olareg(&OlaregDoor::Basic, Login::Environment, &["olareg"]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn a_survey_of_olareg_with_its_own_tokens_finds_what_is_known() {
    survey_olareg(&OlaregDoor::Token, Login::Environment, &["olareg", "olareg-token"]);
}

fn survey_distribution(program: &str, known: &[&str]) {
    let Some(registry) = peer(program) else { return };
    let folder = TempDir::new().expect("a folder");
    let server = configs::distribution(&registry, folder.path(), &Door::Open);
    Survey::of(&server, folder.path(), Login::None).finds_what_is_known_of(known);
}

fn survey_distribution_with_htpasswd(program: &str, known: &[&str]) {
    let Some(registry) = peer(program) else { return };
    let folder = TempDir::new().expect("a folder");
    let server = configs::distribution(&registry, folder.path(), &Door::Basic);
    Survey::of(&server, folder.path(), Login::DockerConfig).finds_what_is_known_of(known);
}

fn survey_distribution_with_our_tokens(program: &str, known: &[&str]) {
    let Some(registry) = peer(program) else { return };
    let folder = TempDir::new().expect("a folder");
    let signer = token_signer(folder.path());
    let tokens = configs::plimsoll(folder.path(), &["--user", &format!("{USER}:{PASSWORD}"), "--token-key", &signer.key.to_string_lossy()]);
    let door = Door::Token { realm: format!("http://{}/token", tokens.host()), signer: &signer };
    let server = configs::distribution(&registry, folder.path(), &door);
    Survey::of(&server, folder.path(), Login::Environment).finds_what_is_known_of(known);
}

fn survey_olareg(door: &OlaregDoor, login: Login, known: &[&str]) {
    let Some(registry) = peer("olareg") else { return };
    let folder = TempDir::new().expect("a folder");
    let server = configs::olareg(&registry, folder.path(), door);
    Survey::of(&server, folder.path(), login).finds_what_is_known_of(known);
}

/// Where plimsoll finds the credentials.
#[derive(Clone, Copy, PartialEq)]
enum Login {
    /// Nowhere: nobody asks for them.
    None,
    /// `PLIMSOLL_USER` and `PLIMSOLL_PASSWORD`.
    Environment,
    /// Docker's config file.
    DockerConfig,
}

/// One survey that was run, with its record.
struct Survey {
    code: Option<i32>,
    record: Record,
    reports: PathBuf,
    login: Login,
}

impl Survey {
    fn of(server: &Server, home: &Path, login: Login) -> Self {
        Self::run(&format!("http://{}", server.host()), home, login, &[])
    }

    fn run(target: &str, home: &Path, login: Login, options: &[&str]) -> Self {
        let reports = home.join("reports");
        let finished = survey(target, &reports, home, login, options);
        keeps_the_password_to_itself(&finished, &reports);
        let record = fs::read_to_string(reports.join("record.json"));
        let record = record.unwrap_or_else(|error| panic!("no record ({error}):\n{}\n{}", finished.stdout, finished.stderr));
        Self { code: finished.code, record: serde_json::from_str(&record).expect("the record has its format"), reports, login }
    }

    /// No verdict `error`, whole, logged in where there was a login, an exit code that fits, and exactly the failures of
    /// these lists in `tests/it/known/`.
    fn finds_what_is_known_of(&self, lists: &[&str]) {
        let record = &self.record;
        assert_eq!(record.cut_short, None);
        assert!(record.exchanges > 200, "only {} exchanges", record.exchanges);
        assert_eq!(record.target.credentials, self.login != Login::None);
        let errors = record.reasons(Verdict::Error);
        assert!(errors.is_empty(), "plimsoll itself failed: {errors:#?}");

        let known: BTreeSet<_> = lists.iter().flat_map(|list| known_failures(list)).collect();
        let accused: Vec<_> = record.causes.iter().filter(|cause| !known.contains(&cause.clause)).map(told).collect();
        let lost: Vec<_> = known.iter().filter(|clause| record.causes.iter().all(|cause| cause.clause != **clause)).collect();
        assert!(
            accused.is_empty() && lost.is_empty(),
            "not in {lists:?}; confirm each by hand before it is listed:\n{}\nlisted but no longer found: {lost:#?}",
            accused.join("\n")
        );

        for evidence in &record.evidence {
            self.has_the_body_of(&evidence.curl);
        }
        let breaks_a_must = record.causes.iter().any(|cause| cause.level == Level::Must && cause.known.is_none());
        assert_eq!(self.code, Some(i32::from(breaks_a_must)));
    }
}

impl Survey {
    /// The file that a curl line names is there, and is what its comment says.
    fn has_the_body_of(&self, curl: &str) {
        let Some((_, rest)) = curl.split_once("--data-binary @bodies/") else { return };
        let name = rest.split(' ').next().unwrap_or_default();
        let content = fs::read(self.reports.join("bodies").join(name)).unwrap_or_else(|error| panic!("{name} of {curl}: {error}"));
        assert!(curl.contains(&format!("# bodies/{name}: {} bytes, sha256:{}", content.len(), name.trim_end_matches(".bin"))), "{curl}");
    }
}

fn told(cause: &Cause) -> String {
    let Cause { clause, level, expected, came, scenario, step, .. } = cause;
    format!("{clause} ({level}): expected {expected}, came {came}; {step}, in {scenario}")
}

fn survey(target: &str, reports: &Path, home: &Path, login: Login, options: &[&str]) -> program::Finished {
    let mut command = program::plimsoll(home);
    command.args(["survey", target, "--no-load", "--report-dir"]).arg(reports).args(options);
    match login {
        Login::None => {}
        Login::Environment => {
            command.env("PLIMSOLL_USER", USER).env("PLIMSOLL_PASSWORD", PASSWORD);
        }
        Login::DockerConfig => write_docker_config(home, target),
    }
    program::run(&mut command, LIMIT)
}

fn write_docker_config(home: &Path, target: &str) {
    let host = target.trim_start_matches("http://");
    let config = serde_json::json!({ "auths": { host: { "auth": STANDARD.encode(format!("{USER}:{PASSWORD}")) } } });
    fs::create_dir_all(home.join(".docker")).expect("the folder can be made");
    fs::write(home.join(".docker/config.json"), config.to_string()).expect("the folder takes files");
}

/// Neither what was printed nor any report holds the password, in the clear or as Basic sends it.
fn keeps_the_password_to_itself(finished: &program::Finished, reports: &Path) {
    let basic = STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let holds = |text: &str| text.contains(PASSWORD) || text.contains(&basic);
    assert!(!holds(&finished.stdout) && !holds(&finished.stderr), "the password was printed");
    let inside = |folder: &Path| fs::read_dir(folder).expect("the reports were written").map(|entry| entry.expect("it is there").path());
    let (folders, files): (Vec<_>, Vec<_>) = inside(reports).partition(|path| path.is_dir());
    for file in files.into_iter().chain(folders.iter().flat_map(|folder| inside(folder))) {
        let text = String::from_utf8_lossy(&fs::read(&file).expect("a report can be read")).into_owned();
        assert!(!holds(&text), "the password is in {}", file.display());
    }
}

/// The clauses of `tests/it/known/<list>.txt`: one a line, followed by what was confirmed by hand; `#` begins a comment.
fn known_failures(list: &str) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/known").join(list).with_extension("txt");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let clauses = lines.map(|line| {
        let (clause, reason) = line.split_once(' ').unwrap_or((line, ""));
        assert!(!reason.trim().is_empty(), "{}: {clause} is listed without a reason", file.display());
        clause.to_owned()
    });
    clauses.collect()
}

//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::access::{ConnectionArgs, LoginArgs};
use super::explain::ExplainArgs;
use super::load_args::LoadArgs;
use super::scenario::ScenarioArgs;
use crate::clause::Level;
use crate::registry::PaceRule;
use crate::report::Format;

/// Surveys container registries: do they keep the rules of the specifications?
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, propagate_version = true, after_help = AFTER)]
pub(super) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
    /// Colour nothing (`NO_COLOR` does the same).
    #[arg(long, global = true, help_heading = "Output")]
    pub(super) no_color: bool,
    /// Say only what is wrong.
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(super) quiet: bool,
}

const AFTER: &str = "\
Exit codes: 0 conforms; 1 a clause fails; 2 wrong usage; 3 an input file is invalid; 4 could not be judged; 70 a bug of ours.

Examples:
  plimsoll survey                              survey the embedded reference registry
  plimsoll survey http://127.0.0.1:5000        survey a registry, and write reports
  plimsoll check https://registry.example --only 'push/*'
  plimsoll check http://127.0.0.1:5000 --scenario mine.yaml
  plimsoll explain push/session-status         what a clause says, and where it comes from";

const OF_SURVEY: &str = "\
Exit codes: 0 conforms; 1 a clause fails; 2 wrong usage; 3 an input file is invalid; 4 could not be judged; 70 a bug of ours.

Example:
  plimsoll survey http://127.0.0.1:5000 --profile oci-1.1 --report-dir out";

const OF_CHECK: &str = "\
Exit codes: 0 conforms; 1 a clause fails; 2 wrong usage; 3 an input file is invalid; 4 could not be judged; 70 a bug of ours.

Example:
  plimsoll check http://127.0.0.1:5000 --only 'push/*' --fail-on should";

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a registry against every scenario and write reports (the main job).
    #[command(after_help = OF_SURVEY)]
    Survey(RunArgs),
    /// Check a registry; reports only where asked for.
    #[command(after_help = OF_CHECK)]
    Check(RunArgs),
    /// Load a registry and measure what it carries.
    Load(LoadArgs),
    /// Render a stored record.
    Report(ReportArgs),
    /// Run the reference registry, for anybody's tests.
    Serve(ServeArgs),
    /// Prove the suite: every fault of the reference registry must be found, no lawful variant accused.
    Prove(ProveArgs),
    /// List, show and check scenarios; print their JSON Schema.
    Scenario(ScenarioArgs),
    /// Tell what a clause says, how strongly it binds, and what judges it.
    Explain(ExplainArgs),
}

/// Options of `survey` and `check`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(super) struct RunArgs {
    /// `http://HOST:PORT`, `https://HOST`, or `HOST[/REPOSITORY/PREFIX]` (https, except loopback). Left out: the embedded reference registry.
    #[arg(value_name = "TARGET")]
    pub(super) targets: Vec<String>,
    /// What the target is held to: oci-1.0, oci-1.1, oci-main, docker-v2, github-packages, pull-only; auto goes by what it offers;
    /// ./mine.yaml is a profile of your own (docs/writing-profiles.md).
    #[arg(long, default_value = "auto", value_name = "NAME|FILE", help_heading = "What is judged")]
    pub(super) profile: String,
    /// An image that is there, to be pulled and judged; may be repeated. The profile pull-only lives on these: it writes nothing.
    #[arg(long, value_name = "REPO:TAG|REPO@DIGEST", help_heading = "What is judged")]
    pub(super) image: Vec<String>,
    /// Only scenarios whose id matches (`push/*`; `plimsoll scenario list` lists them); may be repeated.
    #[arg(long, value_name = "GLOB", help_heading = "What is judged")]
    pub(super) only: Vec<String>,
    /// Which failures make the exit code 1. Those of level MAY and CLIENT never do.
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = FailOn::Must, help_heading = "What is judged")]
    pub(super) fail_on: FailOn,
    /// Read scenarios from this directory in place of the ones shipped.
    #[arg(long, value_name = "DIR", help_heading = "What is judged")]
    pub(super) scenarios: Option<PathBuf>,
    /// Run this scenario file of your own (with whatever --only names); may be repeated.
    #[arg(long = "scenario", value_name = "FILE", help_heading = "What is judged")]
    pub(super) own: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) login: LoginArgs,
    /// Wait for tokens to expire, where the target's clock can't be moved (a minute or more).
    #[arg(long, help_heading = "Login")]
    pub(super) wait_expiry: bool,
    #[command(flatten)]
    pub(super) connection: ConnectionArgs,
    /// How many scenarios run side by side.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Run")]
    pub(super) jobs: u16,
    /// How long the whole run may take; what was judged by then is reported.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration, help_heading = "Run")]
    pub(super) max_time: Duration,
    /// Content derives from this number.
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Run")]
    pub(super) seed: u64,
    /// Work in this one repository, for registries that need it, and write to no other. It must hold no tags. Nothing is deleted from it
    /// at the end. Implies --jobs 1; skips what needs an empty or second repository.
    #[arg(long, value_name = "NAME", help_heading = "Run")]
    pub(super) repository: Option<String>,
    /// Let --repository hold tags already; those named v1, latest and the like are overwritten.
    #[arg(long, requires = "repository", help_heading = "Run")]
    pub(super) overwrite_tags: bool,
    /// Leave in the registry what the curl lines of failures need.
    #[arg(long, help_heading = "Run")]
    pub(super) keep_failed: bool,
    /// Survey: add a short load, of three seconds, for a target that is not on this machine too.
    #[arg(long, conflicts_with = "no_load", help_heading = "Run")]
    pub(super) load: bool,
    /// Survey: add no short load (a target on this machine gets one otherwise).
    #[arg(long, help_heading = "Run")]
    pub(super) no_load: bool,
    /// Write the reports into this directory, taken literally [survey's default: reports/runs/TARGET/TIME].
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(super) report_dir: Option<PathBuf>,
}

/// Which levels count for the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// A MUST that fails.
    Must,
    /// A MUST or a SHOULD that fails.
    Should,
}

impl FailOn {
    /// The lowest level that counts.
    pub(super) fn level(self) -> Level {
        match self {
            Self::Must => Level::Must,
            Self::Should => Level::Should,
        }
    }
}

/// Options of `report`.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// A record.json that a run has written, or the folder that holds it; or what `prove --output` has written.
    #[arg(value_name = "RECORD")]
    pub(super) record: PathBuf,
    /// How it is shown.
    #[arg(long, short, default_value = "terminal", value_name = "FORMAT", help = formats())]
    pub(super) format: String,
    /// Write there in place of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Which failures JUnit shows as `failure`: what the run was given, so that it agrees with the exit code.
    #[arg(long, value_enum, default_value_t = FailOn::Must)]
    pub(super) fail_on: FailOn,
    /// Of a kill matrix, name every fault and every variant, those that went as they should too.
    #[arg(long, short)]
    pub(super) verbose: bool,
}

const PACE: &str = "Be as fast as told, to measure load tools with; may be repeated:
  pull: 20ms × 4           4 servers with one queue, which take 20 ms for each request (x and * will do for ×).
                           Classes: all, pull, manifest, blob (GET and HEAD), push, list; the last that fits is asked
  stall: 1s at 5s          nothing is served from 5 s to 6 s after the start; also `stall: 100ms every 10s`
  errors: 1% 503           every hundredth request is refused at once; also `errors: 1% 503 of pull`
Answers are on time to some 0.1 ms where a core is free; throughput is exact.";

/// Options of `serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:5000", value_name = "ADDRESS:PORT", value_parser = listen)]
    pub(super) listen: std::net::SocketAddr,
    /// Whose rules to follow: `standard`, or `github-packages` (manifest lists declined, login for pulls, OWNER/REPOSITORY/IMAGE names).
    #[arg(long, default_value = "standard", value_name = "NAME")]
    pub(super) profile: String,
    /// Ask for a login; USER:PASSWORD, may be repeated. Others on this machine can read it there: `PLIMSOLL_SERVE_USER` does the same unseen.
    #[arg(long, value_name = "USER:PASSWORD", env = "PLIMSOLL_SERVE_USER", hide_env_values = true)]
    pub(super) user: Vec<String>,
    /// Log in by tokens in place of Basic, from its own endpoint /token.
    #[arg(long, requires = "user")]
    pub(super) token: bool,
    /// Sign tokens with the key in this PEM file (PKCS#8, EC P-256 or RSA), so that another registry that knows its certificate takes them too; implies --token.
    #[arg(long, value_name = "FILE", requires = "user")]
    pub(super) token_key: Option<PathBuf>,
    /// The service that tokens are for.
    #[arg(long, value_name = "NAME", default_value = "plimsoll")]
    pub(super) token_service: String,
    /// Who says that it issued the tokens.
    #[arg(long, value_name = "NAME", default_value = "plimsoll")]
    pub(super) token_issuer: String,
    /// How long a token lives (at least 60s).
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration)]
    pub(super) token_life: Duration,
    /// Be as fast as told, to measure load tools with: `pull: 20ms × 4`, `stall: 1s at 5s` or `errors: 1% 503`; may be repeated.
    #[arg(long, value_name = "SPEC", long_help = PACE)]
    pub(super) pace: Vec<PaceRule>,
    /// Misbehave in this way; may be repeated. `prove --list` lists them.
    #[arg(long, value_name = "ID")]
    pub(super) fault: Vec<String>,
    /// Behave in this lawful but unusual way; may be repeated. `prove --list` lists them.
    #[arg(long, value_name = "ID")]
    pub(super) variant: Vec<String>,
    /// How much content to hold in memory.
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = size)]
    pub(super) max_storage: u64,
}

/// Options of `prove`.
#[derive(Debug, Args)]
pub(super) struct ProveArgs {
    /// Only faults whose id matches (`tag/*`); may be repeated. Variants are then left out, unless --variant is given too.
    #[arg(long, value_name = "GLOB")]
    pub(super) fault: Vec<String>,
    /// Only variants whose id matches; may be repeated. Faults are then left out, unless --fault is given too.
    #[arg(long, value_name = "GLOB")]
    pub(super) variant: Vec<String>,
    /// List what there is to prove, and try nothing.
    #[arg(long, conflicts_with_all = ["format", "output"])]
    pub(super) list: bool,
    /// terminal or json.
    #[arg(long, default_value = "terminal", value_name = "FORMAT")]
    pub(super) format: String,
    /// Write the matrix there, as JSON.
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Name every fault and every variant, those that went as they should too.
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// How many registries are surveyed side by side [default: as many as there are cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Read scenarios from this directory in place of the ones shipped.
    #[arg(long, value_name = "DIR")]
    pub(super) scenarios: Option<PathBuf>,
}

/// What `--format` takes, and what each is for.
fn formats() -> String {
    let told: Vec<String> = Format::all().iter().map(|format| format!("{}: {}", format.name, format.says)).collect();
    told.join("; ")
}

/// `90s`, `10m`, `1h`, `250ms`: a time in words of a command line.
///
/// # Errors
/// What is wrong, with the forms that are taken.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let number: u64 = number.parse().map_err(|_| format!("`{text}` is no time: write 30s, 10m or 250ms"))?;
    let ms = match unit {
        "ms" => Some(number),
        "s" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        "" => return Err(format!("`{text}` has no unit: write {text}s for seconds, or 10m, 250ms")),
        _ => return Err(format!("`{unit}` is no unit of time: write 30s, 10m or 250ms")),
    };
    match ms {
        Some(0) => Err("it must be longer than nothing".into()),
        Some(ms) if ms <= 30 * 86_400_000 => Ok(Duration::from_millis(ms)),
        _ => Err(format!("`{text}` is too long: 30 days at most")),
    }
}

/// `127.0.0.1:5000`: where to listen.
///
/// # Errors
/// What is wrong, with an example.
pub(super) fn listen(text: &str) -> Result<std::net::SocketAddr, String> {
    text.parse().map_err(|_| match text.parse::<std::net::IpAddr>() {
        Ok(address) => format!("`{text}` has no port: write {}", std::net::SocketAddr::new(address, 5000)),
        Err(_) => format!("`{text}` is no IP address with a port: write 127.0.0.1:5000, or [::1]:5000"),
    })
}

/// `500/s`, `3000/m`: journeys per second.
///
/// # Errors
/// What is wrong, with the forms that are taken.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    text.parse::<crate::scenario::workload::Rate>().map(|rate| rate.0).map_err(|help| format!("`{text}` is no rate: {help}"))
}

/// `64MiB`, `4GiB`, `1000`: a number of bytes.
///
/// # Errors
/// What is wrong, with the forms that are taken.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let bad = || format!("`{text}` is no size: write 512MiB, 4GiB or a number of bytes");
    let number: u64 = number.parse().map_err(|_| bad())?;
    let factor: u64 = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return Err(bad()),
    };
    number.checked_mul(factor).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_address_without_a_port_is_told_with_one() {
        assert!(listen("127.0.0.1:0").is_ok() && listen("[::1]:5000").is_ok());
        assert!(listen("127.0.0.1").unwrap_err().ends_with("write 127.0.0.1:5000"));
        assert!(listen("::1").unwrap_err().ends_with("write [::1]:5000"));
        assert!(listen("localhost:5000").unwrap_err().contains("no IP address"));
    }

    #[test]
    fn times_are_read_with_their_unit() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("10m"), Ok(Duration::from_mins(10)));
        for bad in ["10", "s", "10x", "0s", "-1s", "99999999999999999999h", "900000h", ""] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes_are_read_with_their_unit() {
        assert_eq!(size("4GiB"), Ok(4 << 30));
        assert_eq!(size("1000"), Ok(1000));
        for bad in ["4gib", "GiB", "-1", "99999999999999999999", "99999999999GiB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}

//! The types of the record. Times are RFC 3339 in UTC, durations milliseconds unless a name says otherwise.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Load, ProfileUsed};
use crate::clause::Level;
use crate::judge::Verdict;

/// The format that this version writes.
pub const FORMAT: &str = "plimsoll.record/1";

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// `plimsoll.record/1`; later formats have a higher number.
    #[schemars(extend("const" = FORMAT))]
    pub format: String,
    /// What was run.
    pub kind: Kind,
    /// plimsoll's own version.
    pub version: String,
    /// SHA-256 (hex) over all scenario and catalogue files of the run: equal sets have equal hashes.
    pub scenario_set: String,
    /// The registry under survey.
    pub target: Target,
    /// What it was held to.
    pub profile: ProfileUsed,
    /// What the probes found, by capability.
    pub facts: IndexMap<String, Fact>,
    /// Patterns of the scenarios that were chosen (`--only`, `--scenario`); none: all that the profile asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Whether content that failures need was to stay in the registry (`--keep-failed`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub keep_failed: bool,
    /// The seed that content derives from.
    pub seed: u64,
    /// The nonce of the run, part of every repository's name.
    pub run: String,
    /// Where plimsoll ran.
    pub machine: Machine,
    /// When the run began.
    pub started: String,
    /// How long it took.
    pub wall_ms: u64,
    /// Requests sent, those of probes, logins and clean-up included.
    pub exchanges: u64,
    /// Why the run ended before its plan did (`--max-time`, Ctrl-C); absent where it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_short: Option<String>,
    /// The rounds; a plain survey has one.
    pub rounds: Vec<Round>,
    /// Each clause that the plan judges, with what came of it.
    pub clauses: IndexMap<String, JudgedClause>,
    /// What is wrong, each told once.
    pub causes: Vec<Cause>,
    /// What supports the verdicts.
    pub evidence: Vec<Evidence>,
    /// What a load measured, where one was run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Box<Load>>,
    /// What the run has left in the registry: a line per repository, with the reason where that is on purpose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_behind: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What kind of run a record tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A survey or check of one target.
    Survey,
    /// A load of one target.
    Load,
    /// Several targets side by side.
    Comparison,
    /// The suite against its mutants and variants.
    KillMatrix,
}

/// The registry under survey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Base URL without credentials or trailing slash.
    pub url: String,
    /// What the names of the run's repositories begin with: `team/area`. Absent where one repository was pinned, and in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The one repository that the run was pinned to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Whether it is the reference registry in plimsoll's own process.
    pub embedded: bool,
    /// The `Server` header of the ping, if any, made printable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The `Docker-Distribution-API-Version` header of the ping, if any, made printable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// How it asks for a login: `none`, `basic`, `bearer`, or `unreadable` where it asks in no way that plimsoll can follow.
    pub login: String,
    /// Whether credentials were at hand.
    pub credentials: bool,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What came.
    pub state: FactState,
    /// What the profile expects: `accepted`, `declined` or `either`.
    pub expected: String,
    /// What was observed, in words: `201`, `404 NAME_UNKNOWN`.
    pub observed: String,
    /// Whether it is something that the run has or lacks (a login, a clock), or what the run kept from being tried: nothing is said of the target.
    #[serde(default, skip_serializing_if = "is_false")]
    pub of_the_run: bool,
}

/// What became of a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FactState {
    /// It works.
    Accepted,
    /// It was refused cleanly.
    Declined,
    /// It was accepted and is wrong, or answered with something that no outcome has.
    Broken,
    /// The probe could not be judged.
    Unknown,
}

/// Where plimsoll ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// `linux`.
    pub os: String,
    /// `x86_64`.
    pub arch: String,
    /// Processors that this process may use.
    pub cores: usize,
}

impl Machine {
    /// The machine that this runs on.
    #[must_use]
    pub fn here() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { os: std::env::consts::OS.to_owned(), arch: std::env::consts::ARCH.to_owned(), cores }
    }
}

/// One walk through the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// How long it took.
    pub wall_ms: u64,
    /// Requests sent in it.
    pub exchanges: u64,
    /// Its scenarios, in the plan's order.
    pub scenarios: Vec<ScenarioResult>,
}

/// What came of one scenario, or one item of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioResult {
    /// `push/blob-post-put`.
    pub id: String,
    /// The row of the report: the id's first segment.
    pub area: String,
    /// Its title.
    pub title: String,
    /// The value of its `each`, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The worst of its expectations.
    pub verdict: Verdict,
    /// Why it was skipped or is inconclusive as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How long it took.
    pub wall_ms: u64,
    /// Requests sent in it.
    pub exchanges: u64,
    /// Each of its expectations, in the order of the file; `always` ones last.
    pub expectations: Vec<ExpectationResult>,
}

/// What came of one expectation of one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectationResult {
    /// The clause that it judges.
    pub clause: String,
    /// Title of the step.
    pub step: String,
    /// `scenarios/push/blob-post-put.yaml:12:7`; empty where it stands in no file, since plimsoll's greeting judged it.
    pub position: String,
    /// What came of it.
    pub verdict: Verdict,
    /// The step's outcome that it belongs to, where the step has outcomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Why it is declined, skipped, inconclusive or an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many exchanges it judged (`each`, `walk`).
    pub exchanges: u64,
    /// Index into `causes`: of a fail its own; of an inconclusive or skipped one that which took it down, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<usize>,
    /// Index into `evidence`, for a fail or an error. Fails of one cause keep a few and share the first from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<usize>,
}

/// A clause and what came of it over the whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgedClause {
    /// What it requires, in plimsoll's words.
    pub says: String,
    /// How strongly it binds under the profile.
    pub level: Level,
    /// The document and section that bind, or the client that breaks.
    pub source: String,
    /// The worst over all expectations (fail > error > inconclusive > pass > declined > skipped).
    pub verdict: Verdict,
    /// How many expectations came to each verdict.
    pub counts: IndexMap<Verdict, u64>,
}

/// One failing clause with one observed outcome; equal ones are one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// The clause.
    pub clause: String,
    /// Its level under the profile.
    pub level: Level,
    /// What it requires, in plimsoll's words.
    pub says: String,
    /// The document and section that bind, or the client that breaks.
    pub source: String,
    /// What was expected: `status 416`.
    pub expected: String,
    /// What came: `status 202`.
    pub came: String,
    /// The first scenario that showed it, and its item: `naming/valid [a.b]`.
    pub scenario: String,
    /// Title of the step.
    pub step: String,
    /// Where the expectation stands: `scenarios/push/chunk-order.yaml:31:7`; empty where it stands in no file.
    pub position: String,
    /// Index of the first evidence.
    pub evidence: usize,
    /// How many expectations showed it.
    pub seen: u64,
    /// How many expectations could not be judged, or were skipped, because of it.
    pub took_down: u64,
    /// The profile's reason, where it is a known deviation: told apart, and no failure of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
}

/// What supports a verdict. Secrets are redacted, text is printable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The clause that was judged.
    pub clause: String,
    /// Scenario id.
    pub scenario: String,
    /// Item, where the scenario has `each`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Title of the step.
    pub step: String,
    /// Where the expectation stands.
    pub position: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
    /// A command line that sends the request again; credentials stand in it as `$PLIMSOLL_USER` and the like. A body that is long or no
    /// text is the file `bodies/…` beside the record.
    pub curl: String,
    /// What was sent.
    pub request: RequestSeen,
    /// What came back; absent where nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseSeen>,
    /// Why nothing (whole) came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Phase times in microseconds.
    pub timings_us: TimingsSeen,
}

/// A request as evidence keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestSeen {
    /// GET, PUT, …
    pub method: String,
    /// Absolute.
    pub url: String,
    /// Name and value, as sent.
    pub headers: Vec<(String, String)>,
    /// Length of the body.
    pub body_bytes: u64,
    /// The body, where it is text; cut at 16 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// A response as evidence keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseSeen {
    /// The status code.
    pub status: u16,
    /// Name and value, as received.
    pub headers: Vec<(String, String)>,
    /// Bytes received.
    pub body_bytes: u64,
    /// SHA-256 (hex) of the bytes received.
    pub body_sha256: String,
    /// The body, where it is text; cut at 16 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Whether `body` was cut.
    #[serde(default)]
    pub cut: bool,
}

/// Phase times in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimingsSeen {
    /// Opening the connection; zero where one was reused.
    pub connect: u64,
    /// The TLS handshake.
    pub tls: u64,
    /// To the head of the response.
    pub first_byte: u64,
    /// To the last byte.
    pub total: u64,
}

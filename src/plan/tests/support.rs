//! A small set of files, and plans of scenarios written in a test.

use crate::plan::{Contents, Facts, Item, Plan, Setting, State, Step, plan};
use crate::scenario::Suite;
use crate::text::{Files, SourceFile};

/// All clauses that scenarios of tests may judge, with what is special of each.
const CLAUSES: [(&str, &str); 15] = [
    ("a/one", "{ oci-1.1: { level: MUST, section: S } }"),
    ("a/two", "{ oci-1.1: { level: MUST, section: S } }"),
    ("a/three", "{ oci-1.1: { level: MUST, section: S } }"),
    ("a/should", "{ oci-1.1: { level: SHOULD, section: S } }"),
    ("a/elsewhere", "{ docker-v2: { level: MUST, section: S } }"),
    ("a/needs-one", "{ oci-1.1: { level: MUST, section: S } }\n  requires: [a/one]"),
    ("a/needs-digest", "{ oci-1.1: { level: MUST, section: S } }\n  requires: [http/digest]"),
    ("http/server-error", "{ oci-1.1: { level: MUST, section: S } }"),
    ("http/digest", "{ oci-1.1: { level: MUST, section: S } }"),
    ("http/digest-again", "{ oci-1.1: { level: MUST, section: S } }\n  requires: [http/digest]"),
    ("o/pull", "{ oci-1.1: { level: MUST, section: S } }"),
    ("o/push", "{ oci-1.1: { level: MUST, section: S } }"),
    ("o/lists", "{ oci-1.1: { level: MUST, section: S } }"),
    ("o/lists-answer", "{ oci-1.1: { level: MUST, section: S } }"),
    ("o/extra", "{ oci-1.1: { level: MAY, section: S } }"),
];
const CAPABILITIES: &str = "
login: { says: It asks for a login., from: driver }
own-repositories: { says: Repositories are empty., from: driver }
pull: { says: It answers., probe: probes/pull }
push: { says: It takes pushes., probe: probes/push, needs: [pull] }
lists: { says: It takes lists., probe: probes/lists, needs: [push] }
extra: { says: It does more., probe: probes/extra, needs: [push] }
";
const ALWAYS: &str = "
- on: { status: [2xx, 3xx, 4xx, 5xx] }
  expect: { http/server-error: { status: [2xx, 3xx, 4xx, 501, 502, 503, 504] } }
- on: { method: [GET], status: 200, header: { Docker-Content-Digest: present } }
  expect:
    http/digest: { header: { Docker-Content-Digest: { digest_of: body } } }
    http/digest-again: { header: { Docker-Content-Digest: { digest_of: body } } }
";
const PROFILES: [(&str, &str); 4] = [
    ("auto", "title: By facts\nchoose: [{ profile: oci, when: [push] }, { profile: old, when: [pull] }]\n"),
    ("oci", "title: OCI\ndocuments: [oci-1.1]\ndeviations: [{ clause: a/three, reason: known of old }]\n"),
    ("old", "title: Docker\ndocuments: [docker-v2]\nrepository: <prefix>/of/<run>.<slug>\n"),
    ("strict", "title: Strict\ndocuments: [oci-1.1, docker-v2]\nexpects: { lists: declined, extra: accepted }\n"),
];

/// A set with these scenarios (id → text) beside the probes.
pub(crate) fn suite(scenarios: &[(&str, &str)]) -> Suite {
    let mut suite = Suite::read(&files(scenarios)).unwrap_or_else(|wrong| panic!("{wrong}"));
    suite.scenarios.shift_remove("z/all");
    suite
}

/// The files of such a set; `z/all` judges every clause, so that none is left over.
pub(crate) fn files(scenarios: &[(&str, &str)]) -> Files {
    let mut files = Files::default();
    let mut add = |name: &str, text: String| files.insert(name, SourceFile::new(format!("scenarios/{name}"), text));
    for area in ["a", "http", "o"] {
        let here = CLAUSES.iter().filter(|(id, _)| id.starts_with(&format!("{area}/")));
        let text =
            here.map(|(id, documents)| format!("{id}:\n  says: What {id} says.\n  documents: {documents}\n")).collect::<Vec<_>>().concat();
        add(&format!("clauses/{area}.yaml"), text);
    }
    add("capabilities.yaml", CAPABILITIES.to_owned());
    add("always.yaml", ALWAYS.to_owned());
    for (name, text) in PROFILES {
        add(&format!("profiles/{name}.yaml"), text.to_owned());
    }
    for (name, request) in
        [("pull", "GET /v2/"), ("push", "POST /v2/<repo>/blobs/uploads/"), ("lists", "GET /lists"), ("extra", "GET /extra")]
    {
        let outcomes = format!("accepted: {{ o/{name}: {{ status: 2xx }} }}, declined: {{ o/{name}: {{ status: 4xx }} }}");
        let step = format!("  - request: {request}\n    capability: {name}\n    outcomes: {{ {outcomes} }}\n");
        add(&format!("probes/{name}.yaml"), format!("title: The probe of {name}\nsteps:\n{step}"));
    }
    let all: String = CLAUSES.iter().map(|(id, _)| format!("      {id}: {{ status: 200 }}\n")).collect::<Vec<_>>().concat();
    add("z/all.yaml", format!("title: All clauses\nsteps:\n  - request: GET /v2/\n    expect:\n{all}"));
    for (id, text) in scenarios {
        add(&format!("{id}.yaml"), (*text).to_owned());
    }
    files
}

/// Where tests work.
pub(crate) fn setting() -> Setting {
    Setting {
        registry: "http://127.0.0.1:5000".into(),
        host: "127.0.0.1:5000".into(),
        prefix: "plim/soll".into(),
        run: "r1".into(),
        seed: 1,
        repository: None,
        login: None,
        only: Vec::new(),
        images: Vec::new(),
    }
}

/// Facts, as probes would note them.
pub(crate) fn facts(noted: &[(&str, State)]) -> Facts {
    let mut facts = Facts::default();
    for (capability, state) in noted {
        facts.note(capability, *state, format!("{capability} seen"));
    }
    facts
}

/// The plan of one scenario `a/x` under a profile, by these facts.
pub(crate) fn planned(text: &str, profile: &str, facts: &Facts, setting: &Setting) -> Plan {
    let suite = suite(&[("a/x", text)]);
    plan(&suite, &suite.catalogue.profiles[profile], facts, setting)
}

/// The items of one scenario `a/x` under the profile `oci`.
pub(crate) fn items(text: &str) -> Vec<Item> {
    planned(text, "oci", &Facts::default(), &setting()).items
}

/// The only item of a scenario.
pub(crate) fn item(text: &str) -> Item {
    let mut items = items(text);
    assert_eq!(items.len(), 1);
    items.remove(0)
}

/// The content of a scenario that has these data.
pub(crate) fn contents(data: &str) -> Contents {
    item(&with_data(data)).contents().unwrap()
}

/// A scenario that has these data and uses each of `names` in a body.
pub(super) fn with_data(data: &str) -> String {
    let names = data.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name);
    let steps: String = names
        .map(|name| format!("  - {{ request: POST /v2/, body: {name}, expect: {{ a/one: {{ status: 200 }} }} }}\n"))
        .collect::<Vec<_>>()
        .concat();
    format!("title: t\ndata:\n{data}\nsteps:\n{steps}")
}

/// Titles of steps.
pub(super) fn titles(steps: &[Step]) -> Vec<&str> {
    steps.iter().map(|step| step.title.as_str()).collect()
}

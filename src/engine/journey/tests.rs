//! Journeys against the reference registry: what is sent, in which order, and what is told of it.
//!
//! The orders are those that real clients were seen to keep (docker 20.10.24, containerd 1.6.20, skopeo 1.9.3, recorded on loopback in
//! November 2026): what is sent for one blob, one after the other, and which blobs are done before the manifest goes.

use std::sync::{Arc, Mutex};

use http::Uri;

use super::*;
use crate::client::credentials::Credentials;
use crate::client::{Client, Options, Origin};
use crate::clock;
use crate::data::{Counts, New, Set, Sizes, Spec};
use crate::plan::Always;
use crate::registry::{Auth, Config, Running, TokenAuth, User};
use crate::scenario::Suite;
use crate::seed::Seed;
use crate::text::Files;

/// What was told, as `METHOD kind status`, with the blob or manifest that it was about.
#[derive(Default)]
struct Log(Mutex<Vec<(String, String)>>);

impl Meter for Log {
    fn measured(&self, measured: &Measured<'_>) {
        let exchange = (measured.exchange)();
        let url = exchange.request.url.to_string();
        let kind = match &url {
            url if url.contains("/token") => "token",
            url if url.contains("mount=") => "mount",
            url if url.ends_with("/blobs/uploads/") => "open",
            url if url.contains("/blobs/uploads/") => "upload",
            url if url.contains("/blobs/") => "blob",
            url if url.contains("/manifests/sha256:") => "manifest-digest",
            url if url.contains("/manifests/") => "manifest-tag",
            url if url.contains("/tags/") => "tags",
            url if url.contains("/referrers/") => "referrers",
            _ => "ping",
        };
        let status = exchange.status().unwrap_or_default();
        let line = format!("{} {kind} {status}", exchange.request.method);
        let digest = url.find("sha256").map(|at| url[at + 7..].trim_start_matches("3A").chars().take(64).collect());
        let mut note = digest.unwrap_or_default();
        if let Some(trouble) = measured.trouble {
            note = format!("{note} {}", trouble.cause());
        }
        self.0.lock().unwrap().push((line, note));
    }
}

impl Log {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(line, _)| line.clone()).filter(|line| !line.ends_with("token 200")).collect()
    }
}

struct Bench {
    registry: Running,
    setup: Setup,
    client: Client,
}

fn spec() -> Spec {
    Spec {
        repositories: 2,
        images: 2,
        layers: Counts::Fixed(3),
        sizes: Sizes::Fixed(70_000),
        shared: 1,
        bases: 1,
        indexes: 1,
        platforms: 2,
        repository_skew: 0.0,
        image_skew: 0.0,
        docker: false,
    }
}

async fn bench(journeys: &[&str], auth: Auth) -> Bench {
    let suite = Suite::read(&Files::shipped().unwrap()).unwrap();
    let registry = crate::registry::start(Config { auth, ..Config::open() }).await.unwrap();
    let base: Uri = registry.url().parse().unwrap();
    let credentials = Some(Credentials::new("user", "a-password-for-tests"));
    let client = Client::new(Options { target: Some(base.clone()), credentials, ..Options::default() }).unwrap();
    let read: Vec<_> = journeys.iter().chain(&["prepare-image", "prepare-index"]).map(|id| &suite.journeys[*id]).collect();
    let profile = &suite.catalogue.profiles["oci-1.1"];
    let always: Vec<Always> = Vec::new();
    let bound = Bound { catalogue: &suite.catalogue, profile, always: &always, base: &base };
    let program = compile(&read, bound).unwrap();
    let set = Set::new(&spec(), &["a/one".into(), "a/two".into()], &Seed::new(1), 7);
    let setup = Setup { program, set, origin: Origin::of(&base).unwrap(), base, body_cap: 1 << 30 };
    let bench = Bench { registry, setup, client };
    let caller = Caller::new(&bench.client, Manner::default());
    for repository in 0..2 {
        for image in bench.setup.set.repositories[repository].images.clone() {
            let task = Task { script: journeys.len(), repository, image: Some(image), ..bench.task(0) };
            assert_eq!(bench.setup.run(&task, &caller, &Log::default()).await.failed, None);
        }
        let index = bench.setup.set.repositories[repository].indexes[0].clone();
        let task = Task { script: journeys.len() + 1, repository, index: Some(index), ..bench.task(0) };
        assert_eq!(bench.setup.run(&task, &caller, &Log::default()).await.failed, None);
    }
    bench
}

impl Bench {
    fn task(&self, number: u64) -> Task {
        let image = self.setup.set.repositories[0].images[0].clone();
        let index = self.setup.set.repositories[0].indexes[0].clone();
        let (image, index) = (Some(image), Some(index));
        Task { script: 0, repository: 0, source: 1, image, index, tag: "build-1".into(), number, intended: clock::instant() }
    }

    fn fresh(&self, new: New, number: u64) -> Task {
        let like = self.setup.set.repositories[0].images[0].clone();
        Task { image: Some(Arc::new(self.setup.set.fresh(&like, new, number))), ..self.task(number) }
    }

    async fn run(&self, task: &Task, caller: &Caller) -> (Ended, Log) {
        let log = Log::default();
        (self.setup.run(task, caller, &log).await, log)
    }

    fn caller(&self) -> Caller {
        Caller::new(&self.client, Manner::default())
    }
}

fn basic() -> Auth {
    Auth::Basic { users: vec![User::new("user", "a-password-for-tests")] }
}

/// What was sent for each blob that was uploaded: the session belongs to the digest that its PUT names.
fn uploads(log: &Log) -> usize {
    log.lines().iter().filter(|line| *line == "PUT upload 201").count()
}

#[tokio::test]
async fn docker_pulls_in_the_order_in_which_it_was_recorded() {
    let bench = bench(&["docker/pull"], basic()).await;
    let (ended, log) = bench.run(&bench.task(1), &bench.caller()).await;
    assert_eq!(ended.failed, None);
    let mut lines = log.lines();
    // The recording sends Basic at once; a client that has learnt nothing is challenged once more.
    lines.retain(|line| line != "HEAD manifest-tag 401" && line != "GET manifest-digest 401");
    assert_eq!(
        lines,
        [
            "GET ping 401",
            "HEAD manifest-tag 200",
            "GET manifest-digest 200",
            "GET blob 200",
            "GET blob 200",
            "GET blob 200",
            "GET blob 200"
        ]
    );
    let image = bench.task(1).image.unwrap();
    let first_blob = log.0.lock().unwrap().iter().find(|(line, _)| line == "GET blob 200").unwrap().1.clone();
    assert_eq!(first_blob, image.config.hex(), "the config comes before the layers");
    assert_eq!(ended.verified, image.bytes());
    bench.registry.stop().await;
}

#[tokio::test]
async fn containerd_pulls_config_and_layers_side_by_side_after_the_manifest() {
    let bench = bench(&["containerd/pull"], Auth::Open).await;
    let (ended, log) = bench.run(&bench.task(1), &bench.caller()).await;
    assert_eq!(ended.failed, None);
    let blobs = ["GET blob 200"; 4];
    assert_eq!(log.lines(), [&["HEAD manifest-tag 200", "GET manifest-digest 200"][..], &blobs].concat());
    bench.registry.stop().await;
}

#[tokio::test]
async fn skopeo_pulls_by_the_tag_alone_and_the_config_last() {
    let bench = bench(&["skopeo/pull"], Auth::Open).await;
    let (ended, log) = bench.run(&bench.task(1), &bench.caller()).await;
    assert_eq!(ended.failed, None);
    assert_eq!(log.lines(), [&["GET ping 200", "GET manifest-tag 200"][..], &["GET blob 200"; 4]].concat());
    let last = log.0.lock().unwrap().last().unwrap().1.clone();
    assert_eq!(last, bench.task(1).image.unwrap().config.hex());
    bench.registry.stop().await;
}

#[tokio::test]
async fn docker_sends_each_layer_as_post_patch_put_head_and_the_manifest_after_all_blobs() {
    let bench = bench(&["docker/push"], Auth::Open).await;
    let (ended, log) = bench.run(&bench.fresh(New::Layers, 3), &bench.caller()).await;
    assert_eq!(ended.failed, None);
    let lines = log.lines();
    assert_eq!(lines.first().map(String::as_str), Some("GET ping 200"));
    assert_eq!(lines.last().map(String::as_str), Some("PUT manifest-tag 201"));
    // Two layers are new, one is the base's; the config is looked for once the layers are there, and sent as they are.
    assert_eq!(uploads(&log), 3);
    let config = ["HEAD blob 404", "POST open 202", "PATCH upload 202", "PUT upload 201", "HEAD blob 200", "PUT manifest-tag 201"];
    assert_eq!(lines[lines.len() - 6..], config);
    for (line, count) in [("POST open 202", 3), ("PATCH upload 202", 3), ("HEAD blob 200", 4), ("HEAD blob 404", 3)] {
        assert_eq!(lines.iter().filter(|known| *known == line).count(), count, "{line}");
    }
    bench.registry.stop().await;
}

#[tokio::test]
async fn docker_looks_for_known_layers_and_sends_none_of_them() {
    let bench = bench(&["docker/push-known"], Auth::Open).await;
    let (ended, log) = bench.run(&bench.fresh(New::Config, 4), &bench.caller()).await;
    assert_eq!(ended.failed, None);
    let lines = log.lines();
    assert_eq!(lines[..4], ["GET ping 200", "HEAD blob 200", "HEAD blob 200", "HEAD blob 200"]);
    assert_eq!(uploads(&log), 1, "the config alone");
    bench.registry.stop().await;
}

#[tokio::test]
async fn containerd_looks_for_the_tag_between_the_blobs_and_the_manifest() {
    let bench = bench(&["containerd/push"], Auth::Open).await;
    let (ended, log) = bench.run(&bench.fresh(New::Layers, 5), &bench.caller()).await;
    assert_eq!(ended.failed, None);
    let lines = log.lines();
    assert_eq!(lines[lines.len() - 2..], ["HEAD manifest-tag 404", "PUT manifest-tag 201"]);
    assert_eq!(uploads(&log), 3);
    bench.registry.stop().await;
}

#[tokio::test]
async fn skopeo_puts_manifests_by_digest_before_the_index_by_tag() {
    let bench = bench(&["skopeo/push-index"], Auth::Open).await;
    let like = bench.setup.set.repositories[0].indexes[0].clone();
    let task = Task { index: Some(Arc::new(bench.setup.set.fresh_index(&like, 6))), ..bench.task(6) };
    let (ended, log) = bench.run(&task, &bench.caller()).await;
    assert_eq!(ended.failed, None);
    let puts: Vec<String> = log.lines().into_iter().filter(|line| line.starts_with("PUT manifest")).collect();
    assert_eq!(puts, ["PUT manifest-digest 201", "PUT manifest-digest 201", "PUT manifest-tag 201"]);
    bench.registry.stop().await;
}

#[tokio::test]
async fn every_shipped_journey_works_on_the_reference_registry() {
    let suite = Suite::read(&Files::shipped().unwrap()).unwrap();
    let ids: Vec<&str> = suite.journeys.keys().map(String::as_str).filter(|id| !id.starts_with("prepare")).collect();
    let auth = Auth::Token(TokenAuth::new(vec![User::new("user", "a-password-for-tests")]));
    let bench = bench(&ids, auth).await;
    for (at, id) in ids.iter().enumerate() {
        let like = bench.setup.set.repositories[0].indexes[0].clone();
        let number = 100 + at as u64;
        let task = match suite.journeys[*id].takes {
            crate::scenario::journey::Takes::NewImage => bench.fresh(New::Layers, number),
            crate::scenario::journey::Takes::NewTop => bench.fresh(New::Top, number),
            crate::scenario::journey::Takes::NewConfig => bench.fresh(New::Config, number),
            crate::scenario::journey::Takes::NewIndex => {
                Task { index: Some(Arc::new(bench.setup.set.fresh_index(&like, number))), ..bench.task(number) }
            }
            _ => bench.task(number),
        };
        let (ended, log) = bench.run(&Task { script: at, ..task }, &bench.caller()).await;
        assert_eq!(ended.failed, None, "{id}\n{:#?}", log.0.lock().unwrap());
    }
    bench.registry.stop().await;
}

#[tokio::test]
async fn a_client_that_keeps_layers_pulls_none_of_them_twice() {
    let bench = bench(&["containerd/pull"], Auth::Open).await;
    let caller = Caller::new(&bench.client, Manner { keeps_layers: true, ..Manner::default() });
    let (first, _) = bench.run(&bench.task(1), &caller).await;
    let (second, log) = bench.run(&bench.task(2), &caller).await;
    assert_eq!((first.failed, second.failed), (None, None));
    assert_eq!(log.lines(), ["HEAD manifest-tag 200", "GET manifest-digest 200"]);
    bench.registry.stop().await;
}

#[tokio::test]
async fn wrong_bytes_are_found_and_named() {
    let bench = bench(&["containerd/pull"], Auth::Open).await;
    // The registry is honest, so it is the expectation that is bent: a layer that should have one byte more.
    let mut image = (*bench.task(1).image.unwrap()).clone();
    let mut longer = (*image.layers[2]).clone();
    longer.size += 1;
    image.layers[2] = Arc::new(longer);
    let task = Task { image: Some(Arc::new(image)), ..bench.task(1) };
    let (ended, log) = bench.run(&task, &bench.caller()).await;
    let told = ended.failed.unwrap();
    assert!(told.starts_with("corrupt (pull/blob-body)"), "{told}");
    assert_eq!(log.0.lock().unwrap().iter().filter(|(_, note)| note.contains("corrupt")).count(), 1);
    bench.registry.stop().await;
}

#[tokio::test]
async fn a_slow_client_takes_its_time_and_one_that_hangs_up_is_no_failure() {
    let bench = bench(&["skopeo/pull"], Auth::Open).await;
    let slow = Manner { speed: Some(1_000_000.0), ..Manner::default() };
    let (ended, _) = bench.run(&bench.task(1), &Caller::new(&bench.client, slow)).await;
    assert_eq!(ended.failed, None);
    // Layers of 70 kB side by side at 1 MB/s each.
    assert!((ended.end - ended.began).as_millis() >= 55, "{:?}", ended.end - ended.began);
    let leaves = Manner { abort: 1.0, ..Manner::default() };
    let (ended, _) = bench.run(&bench.task(2), &Caller::new(&bench.client, leaves)).await;
    assert_eq!(ended.failed, None);
    assert!(ended.verified < bench.task(2).image.unwrap().bytes());
    bench.registry.stop().await;
}

#[tokio::test]
async fn a_target_that_is_gone_is_a_failure_with_its_cause() {
    let bench = bench(&["poll/tag"], Auth::Open).await;
    let caller = bench.caller();
    let (ended, _) = bench.run(&bench.task(1), &caller).await;
    assert_eq!(ended.failed, None);
    bench.registry.stop().await;
    let log = Log::default();
    let image = bench.setup.set.repositories[0].images[0].clone();
    let now = clock::instant();
    let task = Task { script: 0, repository: 0, source: 1, image: Some(image), index: None, tag: String::new(), number: 2, intended: now };
    let ended = bench.setup.run(&task, &caller, &log).await;
    assert_eq!(ended.failed.as_deref(), Some("no connection: connection refused"));
}

//! Real clients carry images in and out: skopeo and crane.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::configs::{self, Door, PASSWORD, USER};
use crate::support::image::{Layout, digest_of_layout};
use crate::support::peer::peer;
use crate::support::program::{self, Finished};

const LIMIT: Duration = Duration::from_mins(1);

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn skopeo_carries_images_in_and_out_of_the_open_reference_registry() {
    skopeo_round_trip(&[]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn skopeo_carries_images_in_and_out_with_basic_login() {
    skopeo_round_trip(&["--user", &format!("{USER}:{PASSWORD}")]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn skopeo_carries_images_in_and_out_with_tokens() {
    skopeo_round_trip(&["--user", &format!("{USER}:{PASSWORD}"), "--token"]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn crane_carries_images_in_and_out_of_the_open_reference_registry() {
    crane_round_trip(&[]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn crane_carries_images_in_and_out_with_basic_login() {
    crane_round_trip(&["--user", &format!("{USER}:{PASSWORD}")]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn crane_carries_images_in_and_out_with_tokens() {
    crane_round_trip(&["--user", &format!("{USER}:{PASSWORD}"), "--token"]);
}

fn skopeo_round_trip(options: &[&str]) {
    let Some(program) = peer("skopeo") else { return };
    let folder = TempDir::new().expect("a folder");
    let server = configs::plimsoll(folder.path(), options);
    let skopeo = Skopeo { program, host: server.host(), folder: folder.path() };
    skopeo.round_trip();
    if !options.is_empty() {
        skopeo.is_refused_with_a_wrong_password();
    }
}

fn crane_round_trip(options: &[&str]) {
    let Some(program) = peer("crane") else { return };
    let folder = TempDir::new().expect("a folder");
    let server = configs::plimsoll(folder.path(), options);
    let crane = Crane { program, host: server.host(), folder: folder.path() };
    crane.round_trip();
    if !options.is_empty() {
        crane.is_refused_without_the_password();
    }
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn the_round_trip_of_skopeo_works_on_docker_registry_so_it_may_be_asked_of_us() {
    let Some((skopeo, registry)) = peer("skopeo").zip(peer("docker-registry")) else { return };
    let folder = TempDir::new().expect("a folder");
    let server = configs::distribution(&registry, folder.path(), &Door::Basic);
    let skopeo = Skopeo { program: skopeo, host: server.host(), folder: folder.path() };
    skopeo.round_trip();
    skopeo.is_refused_with_a_wrong_password();
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn the_round_trip_of_crane_works_on_docker_registry_so_it_may_be_asked_of_us() {
    let Some((crane, registry)) = peer("crane").zip(peer("docker-registry")) else { return };
    let folder = TempDir::new().expect("a folder");
    let server = configs::distribution(&registry, folder.path(), &Door::Basic);
    let crane = Crane { program: crane, host: server.host(), folder: folder.path() };
    crane.round_trip();
    crane.is_refused_without_the_password();
}

/// skopeo against one registry.
struct Skopeo<'a> {
    program: PathBuf,
    host: String,
    folder: &'a Path,
}

impl Skopeo<'_> {
    /// An image and an index are copied in, looked at, listed, copied out whole, and the image is deleted.
    fn round_trip(&self) {
        let one = Layout::of_one_image(self.folder.join("one"));
        let multi = Layout::of_two_platforms(self.folder.join("multi"));
        self.copy_in(&one, "v1", &[]);
        self.copy_in(&multi, "multi", &["--all"]);

        assert_eq!(self.tags(), ["multi", "v1"]);
        let seen: Value = serde_json::from_str(&self.remote("inspect", "v1", &[])).expect("skopeo prints JSON");
        assert_eq!(seen["Digest"], one.digest());
        assert_eq!(seen["Architecture"], "amd64");
        assert_eq!(seen["Layers"].as_array().map(Vec::len), Some(2));
        let index: Value = serde_json::from_str(&self.remote("inspect", "multi", &["--raw"])).expect("skopeo prints JSON");
        assert_eq!(index["manifests"].as_array().map(Vec::len), Some(2));

        assert_eq!(self.copy_out("v1", &[]), one.digest());
        assert_eq!(self.copy_out("multi", &["--all"]), multi.digest());

        self.remote("delete", "v1", &[]);
        assert_eq!(self.tags(), ["multi"]);
        let gone = run(&mut self.asking("inspect", "v1", &[], PASSWORD));
        assert_ne!(gone.code, Some(0), "what was deleted is still there:\n{}", gone.stdout);
    }

    /// A wrong password opens nothing.
    fn is_refused_with_a_wrong_password(&self) {
        let refused = run(&mut self.asking("list-tags", "", &[], "wrong"));
        assert_ne!(refused.code, Some(0), "a wrong password was taken:\n{}", refused.stdout);
    }

    fn copy_in(&self, layout: &Layout, tag: &str, options: &[&str]) {
        let mut copy = self.skopeo("copy");
        copy.args(["--quiet", "--dest-tls-verify=false", "--dest-creds", &format!("{USER}:{PASSWORD}")]).args(options);
        copy.arg(format!("oci:{}:{tag}", layout.folder().display())).arg(self.reference(tag));
        run(&mut copy).expect_success("skopeo copies an image in");
    }

    /// Gives the digest of what came.
    fn copy_out(&self, tag: &str, options: &[&str]) -> String {
        let back = self.folder.join(format!("back-{tag}"));
        let mut copy = self.skopeo("copy");
        copy.args(["--quiet", "--src-tls-verify=false", "--src-creds", &format!("{USER}:{PASSWORD}")]).args(options);
        copy.arg(self.reference(tag)).arg(format!("oci:{}:{tag}", back.display()));
        run(&mut copy).expect_success("skopeo copies an image out");
        digest_of_layout(&back)
    }

    fn tags(&self) -> Vec<String> {
        let listed: Value = serde_json::from_str(&self.remote("list-tags", "", &[])).expect("skopeo prints JSON");
        let mut tags: Vec<String> = serde_json::from_value(listed["Tags"].clone()).expect("skopeo prints a list of tags");
        tags.sort();
        tags
    }

    fn remote(&self, verb: &str, tag: &str, options: &[&str]) -> String {
        run(&mut self.asking(verb, tag, options, PASSWORD)).expect_success(verb)
    }

    fn asking(&self, verb: &str, tag: &str, options: &[&str], password: &str) -> Command {
        let mut command = self.skopeo(verb);
        command.args(["--tls-verify=false", "--creds", &format!("{USER}:{password}")]).args(options).arg(self.reference(tag));
        command
    }

    fn reference(&self, tag: &str) -> String {
        let separator = if tag.is_empty() { "" } else { ":" };
        format!("docker://{}/peers/skopeo{separator}{tag}", self.host)
    }

    fn skopeo(&self, verb: &str) -> Command {
        let mut command = program::command(&self.program, self.folder);
        command.args(["--insecure-policy", verb]);
        command
    }
}

/// crane against one registry. It takes credentials from Docker's config file alone.
struct Crane<'a> {
    program: PathBuf,
    host: String,
    folder: &'a Path,
}

impl Crane<'_> {
    /// An image and an index are pushed, looked at, listed, tagged, copied, pulled whole, gathered in a new index, and deleted.
    fn round_trip(&self) {
        let one = Layout::of_one_image(self.folder.join("one"));
        let multi = Layout::of_two_platforms(self.folder.join("multi"));
        self.log_in(PASSWORD);
        let (first, second, third) = (self.reference("a:v1"), self.reference("b:v1"), self.reference("a:both"));
        self.crane(&["push", &one.folder().to_string_lossy(), &first]);
        self.crane(&["push", "--index", &multi.folder().to_string_lossy(), &self.reference("a:multi")]);

        assert_eq!(self.crane(&["digest", &first]).trim(), one.digest());
        let manifest: Value = serde_json::from_str(&self.crane(&["manifest", &first])).expect("crane prints a manifest");
        assert_eq!(manifest["layers"].as_array().map(Vec::len), Some(2));
        let config: Value = serde_json::from_str(&self.crane(&["config", &first])).expect("crane prints a config");
        assert_eq!(config["history"].as_array().map(Vec::len), Some(3));

        self.crane(&["tag", &first, "v2"]);
        assert_eq!(self.tags("a"), ["multi", "v1", "v2"]);
        self.crane(&["copy", &first, &second]);
        self.crane(&["index", "append", "--manifest", &first, "--manifest", &second, "--tag", &third]);
        self.crane(&["validate", "--remote", &second]);
        assert_eq!(sorted(&self.crane(&["catalog", &self.host])), ["peers/crane/a", "peers/crane/b"]);

        assert_eq!(self.pull("b:v1"), one.digest());
        self.crane(&["delete", &self.reference(&format!("b@{}", one.digest()))]);
        assert_ne!(self.run(&["digest", &second]).code, Some(0), "what was deleted is still there");
        assert_eq!(self.crane(&["digest", &first]).trim(), one.digest(), "a sibling repository lost its image");
    }

    /// Neither no password nor a wrong one opens anything.
    fn is_refused_without_the_password(&self) {
        fs::remove_file(self.folder.join(".docker/config.json")).expect("the credentials are there");
        assert_ne!(self.run(&["ls", &self.reference("a")]).code, Some(0), "nobody was let in");
        self.log_in("wrong");
        assert_ne!(self.run(&["ls", &self.reference("a")]).code, Some(0), "a wrong password was taken");
    }

    fn log_in(&self, password: &str) {
        let auth = STANDARD.encode(format!("{USER}:{password}"));
        let config = serde_json::json!({ "auths": { self.host.as_str(): { "auth": auth } } });
        fs::create_dir_all(self.folder.join(".docker")).expect("the folder can be made");
        fs::write(self.folder.join(".docker/config.json"), config.to_string()).expect("the folder takes files");
    }

    /// Gives the digest of what came.
    fn pull(&self, reference: &str) -> String {
        let back = self.folder.join("back");
        self.crane(&["pull", "--format", "oci", &self.reference(reference), &back.to_string_lossy()]);
        digest_of_layout(&back)
    }

    fn tags(&self, repository: &str) -> Vec<String> {
        sorted(&self.crane(&["ls", &self.reference(repository)]))
    }

    fn reference(&self, rest: &str) -> String {
        format!("{}/peers/crane/{rest}", self.host)
    }

    fn crane(&self, arguments: &[&str]) -> String {
        self.run(arguments).expect_success(&format!("crane {}", arguments.join(" ")))
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        run(program::command(&self.program, self.folder).args(arguments))
    }
}

fn run(command: &mut Command) -> Finished {
    program::run(command, LIMIT)
}

fn sorted(lines: &str) -> Vec<String> {
    let mut lines: Vec<_> = lines.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

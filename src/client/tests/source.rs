use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use crate::client::credentials::{Credentials, CredentialsError, Environment, Given, Secret, resolve};

/// A home directory with files in it, and the environment that goes with it.
struct Home {
    root: TempDir,
    variables: HashMap<String, OsString>,
}

impl Home {
    fn new() -> Self {
        let root = TempDir::new().unwrap();
        let variables = HashMap::from([("HOME".to_owned(), root.path().as_os_str().to_owned())]);
        Self { root, variables }
    }

    fn with(mut self, variable: &str, value: &str) -> Self {
        self.variables.insert(variable.to_owned(), value.into());
        self
    }

    fn file(self, path: &str, content: &str) -> Self {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// A credential helper that is a shell script.
    fn helper(self, name: &str, script: &str) -> Self {
        let path = self.root.path().join("bin");
        fs::create_dir_all(&path).unwrap();
        // Written by another process: one that another test starts just now could hold our own handle, and the script be "busy".
        let write = r#"printf '#!/bin/sh\n%s\n' "$1" > "$0" && chmod +x "$0""#;
        let file = path.join(format!("docker-credential-{name}"));
        let done = std::process::Command::new("sh").arg("-c").arg(write).arg(file).arg(script).status().unwrap();
        assert!(done.success());
        let search = format!("{}:/usr/bin:/bin", path.display());
        self.with("PATH", &search)
    }

    fn path(&self, path: &str) -> String {
        self.root.path().join(path).display().to_string()
    }

    async fn find(&self, given: Given, target: &str, prefix: &str) -> Result<Option<Credentials>, CredentialsError> {
        resolve(given, &target.parse().unwrap(), prefix, &Environment::of(self.variables.clone())).await
    }

    async fn at(&self, target: &str) -> Result<Option<Credentials>, CredentialsError> {
        self.find(Given::default(), target, "").await
    }
}

fn auth(user: &str) -> String {
    format!(r#"{{"auth":"{}"}}"#, STANDARD.encode(format!("{user}:p:{user}")))
}

fn auths(entries: &[(&str, &str)]) -> String {
    let entries: Vec<_> = entries.iter().map(|(key, user)| format!(r#""{key}":{}"#, auth(user))).collect();
    format!(r#"{{"auths":{{{}}},"HttpHeaders":{{"x":"y"}}}}"#, entries.join(","))
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what is found, which may be nothing")]
fn login(user: &str) -> Option<Credentials> {
    Some(Credentials::new(user, format!("p:{user}")))
}

#[tokio::test]
async fn the_command_line_comes_first_then_the_environment_then_files() {
    let home = Home::new().file(".docker/config.json", &auths(&[("r.example", "file")]));
    let target = "https://r.example";
    assert_eq!(home.at(target).await.unwrap(), login("file"));
    let home = home.with("PLIMSOLL_USER", "env").with("PLIMSOLL_PASSWORD", "e");
    assert_eq!(home.at(target).await.unwrap(), Some(Credentials::new("env", "e")));
    let given = |user: Option<&str>, password: Option<&str>| Given { user: user.map(str::to_owned), password: password.map(Secret::new) };
    let both = home.find(given(Some("flag"), Some("f")), target, "").await;
    assert_eq!(both.unwrap(), Some(Credentials::new("flag", "f")));
    let mixed = home.find(given(Some("flag"), None), target, "").await;
    assert_eq!(mixed.unwrap(), Some(Credentials::new("flag", "e")));
    let half = Home::new().find(given(Some("flag"), None), target, "").await.unwrap_err();
    assert_eq!(half.to_string(), "--user is given, but --password-stdin or PLIMSOLL_PASSWORD is not");
    let half = Home::new().with("PLIMSOLL_PASSWORD", "e").at(target).await.unwrap_err();
    assert_eq!(half.to_string(), "PLIMSOLL_PASSWORD is given, but PLIMSOLL_USER is not");
    assert_eq!(Home::new().at(target).await.unwrap(), None);
}

#[tokio::test]
async fn a_host_is_found_however_its_key_is_written() {
    let keys = ["r.example", "https://r.example", "https://r.example/v1/", "http://r.example/v2/", "R.Example", "r.example:443"];
    for key in keys {
        let home = Home::new().file(".docker/config.json", &auths(&[("other", "no"), (key, "yes")]));
        assert_eq!(home.at("https://r.example").await.unwrap(), login("yes"), "{key}");
        assert_eq!(home.at("https://r.example:5000").await.unwrap(), None, "{key}");
    }
    let home = Home::new().file(".docker/config.json", &auths(&[("127.0.0.1:5000", "port"), ("127.0.0.1", "bare")]));
    assert_eq!(home.at("http://127.0.0.1:5000").await.unwrap(), login("port"));
    assert_eq!(home.at("http://127.0.0.1").await.unwrap(), login("bare"));
    let home = Home::new().file(".docker/config.json", &auths(&[("https://index.docker.io/v1/", "hub")]));
    assert_eq!(home.at("https://registry-1.docker.io").await.unwrap(), login("hub"));
}

#[tokio::test]
async fn the_longest_repository_prefix_wins() {
    let home = Home::new().file("auth.json", &auths(&[("r.example", "host"), ("r.example/a", "a"), ("r.example/a/b", "ab")]));
    let file = home.path("auth.json");
    let home = home.with("REGISTRY_AUTH_FILE", &file);
    for (prefix, want) in [("", "host"), ("a", "a"), ("a/b", "ab"), ("a/b/c", "ab"), ("a/x", "a"), ("ab", "host")] {
        let found = home.find(Given::default(), "https://r.example", prefix).await;
        assert_eq!(found.unwrap(), login(want), "{prefix}");
    }
}

#[tokio::test]
async fn files_are_read_in_order_and_missing_or_empty_ones_are_no_matter() {
    let home = Home::new()
        .file("docker/config.json", &auths(&[("a", "docker")]))
        .file("run/containers/auth.json", &auths(&[("a", "run"), ("b", "run")]))
        .file(".config/containers/auth.json", &auths(&[("c", "home")]))
        .file("empty.json", " \n");
    let (docker, run, empty) = (home.path("docker"), home.path("run"), home.path("empty.json"));
    let home = home.with("DOCKER_CONFIG", &docker).with("XDG_RUNTIME_DIR", &run).with("REGISTRY_AUTH_FILE", &empty);
    for (host, want) in [("a", login("docker")), ("b", login("run")), ("c", login("home")), ("d", None)] {
        assert_eq!(home.at(&format!("https://{host}")).await.unwrap(), want, "{host}");
    }
    let home = home.with("REGISTRY_AUTH_FILE", "/no/such/file");
    assert_eq!(home.at("https://a").await.unwrap(), login("docker"));
}

#[tokio::test]
async fn entries_of_every_form_are_read() {
    let entry = |entry: &str| Home::new().file(".docker/config.json", &format!(r#"{{"auths":{{"r":{entry}}}}}"#));
    let unpadded = auth("user").replace('=', "");
    assert_eq!(entry(&unpadded).at("https://r").await.unwrap(), login("user"));
    assert_eq!(entry(r#"{"username":"u","password":"p"}"#).at("https://r").await.unwrap(), Some(Credentials::new("u", "p")));
    assert_eq!(entry(r#"{"identitytoken":"tok"}"#).at("https://r").await.unwrap(), Some(Credentials::identity_token("tok")));
    assert_eq!(entry("{}").at("https://r").await.unwrap(), None);
    let named = entry(&format!(r#"{{"auth":"{}","identitytoken":"tok"}}"#, STANDARD.encode("user:"))).at("https://r").await.unwrap();
    assert_eq!(named, Some(Credentials { user: "user".into(), ..Credentials::identity_token("tok") }));
}

#[tokio::test]
async fn a_broken_file_is_named_and_its_content_is_not() {
    let secret = "hunter2hunter2";
    for (content, want) in [
        (format!("{{\"auths\": {secret}"), "at line 1 column"),
        (format!(r#"{{"auths":"{secret}"}}"#), "no valid config, at line 1"),
        (format!(r#"{{"auths":{{"r":"{secret}"}}}}"#), "no valid config"),
        (format!(r#"{{"auths":{{"r":{{"auth":"{secret}!"}}}}}}"#), "`auth` of r is not the Base64"),
        (format!(r#"{{"auths":{{"r":{{"auth":"{}"}}}}}}"#, STANDARD.encode(secret)), "`auth` of r is not the Base64"),
    ] {
        let home = Home::new().file(".docker/config.json", &content);
        let error = home.at("https://r").await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(told.contains(&home.path(".docker/config.json")) && told.contains(want) && !told.contains("hunter"), "{told}");
    }
    let home = Home::new().file(".docker/config.json/is-a-directory", "");
    assert!(home.at("https://r").await.unwrap_err().to_string().contains("config.json: "));
}

const ANSWERS: &str = r#"read server; printf '{"ServerURL":"%s","Username":"u","Secret":"for %s"}' "$server" "$server""#;

#[tokio::test]
async fn helpers_are_asked_for_the_host() {
    let home = Home::new().helper("own", ANSWERS).helper("all", ANSWERS);
    let config = format!(r#"{{"credsStore":"all","credHelpers":{{"r:5000":"own"}},"auths":{{"r":{}}}}}"#, auth("file"));
    let home = home.file(".docker/config.json", &config);
    assert_eq!(home.at("http://r:5000").await.unwrap(), Some(Credentials::new("u", "for r:5000")));
    assert_eq!(home.at("https://r").await.unwrap(), Some(Credentials::new("u", "for r")));
    assert_eq!(home.at("https://docker.io").await.unwrap(), Some(Credentials::new("u", "for https://index.docker.io/v1/")));
    let home = home.helper("own", r#"echo '{"Username":"<token>","Secret":"tok"}'"#);
    assert_eq!(home.at("http://r:5000").await.unwrap(), Some(Credentials::identity_token("tok")));
}

#[tokio::test]
async fn a_helper_without_an_entry_leaves_it_to_the_file() {
    let home = Home::new().helper("all", "echo credentials not found in native keychain; exit 1");
    let home = home.file(".docker/config.json", &format!(r#"{{"credsStore":"all","auths":{{"r":{}}}}}"#, auth("file")));
    assert_eq!(home.at("https://r").await.unwrap(), login("file"));
    assert_eq!(home.at("https://other").await.unwrap(), None);
}

#[tokio::test]
async fn a_helper_that_does_not_work_is_named_and_what_it_printed_is_not() {
    for (script, want) in
        [("echo hunter2hunter2; exit 3", "exit status: 3"), ("echo hunter2hunter2", "not the JSON of a login"), ("kill -9 $$", "signal: 9")]
    {
        let home = Home::new().helper("all", script).file(".docker/config.json", r#"{"credsStore":"all"}"#);
        let error = home.at("https://r").await.unwrap_err().to_string();
        assert!(error.starts_with("docker-credential-all, asked for the login of r: ") && error.contains(want), "{error}");
        assert!(!error.contains("hunter"), "{error}");
    }
    let home = Home::new().with("PATH", "/nowhere").file(".docker/config.json", r#"{"credsStore":"gone"}"#);
    assert!(home.at("https://r").await.unwrap_err().to_string().contains("can't be run: entity not found"));
    let home = Home::new().file(".docker/config.json", r#"{"credsStore":"../../bin/sh"}"#);
    assert!(home.at("https://r").await.unwrap_err().to_string().contains("no name of a helper"));
}

#[test]
fn secrets_are_never_printed() {
    let credentials = Credentials { identity_token: Some(Secret::new("tok-tok")), ..Credentials::new("u", "hunter2") };
    let shown = format!("{credentials:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("tok-tok"), "{shown}");
}

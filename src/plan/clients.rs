//! The headers by which named clients are told apart, as recorded on loopback in November 2026 (docker 20.10.24, containerd 1.6.20,
//! skopeo 1.9.3) and, for crane, as its source of v0.22.1 has them. `Accept-Encoding` is left out: a coded body could not be held
//! against its digest.

use http::Method;

use crate::scenario::Client;

const OCI: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const DOCKER: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const SCHEMA1: &str = "application/vnd.docker.distribution.manifest.v1+json";
const SCHEMA1_SIGNED: &str = "application/vnd.docker.distribution.manifest.v1+prettyjws";

/// What a client calls itself.
pub(super) fn user_agent(client: Client) -> &'static str {
    match client {
        Client::Docker => "docker/20.10.24 go/go1.19.8 os/linux arch/amd64 UpstreamClient(Docker-Client/28.2.2 \\(linux\\))",
        Client::Containerd => "containerd/1.6.20",
        Client::Skopeo => "skopeo/1.9.3",
        Client::Crane => "crane/v0.22.1 go-containerregistry/v0.22.1",
    }
}

/// Whether a request is for a manifest.
pub(super) fn asks_for_manifest(method: &Method, target: &str) -> bool {
    (method == Method::GET || method == Method::HEAD) && target.contains("/manifests/")
}

/// The Accept lines with which a client asks for a manifest by tag; none for other requests.
pub(super) fn accept(client: Client, method: &Method, target: &str) -> Vec<String> {
    if !asks_for_manifest(method, target) {
        return Vec::new();
    }
    let lines = |types: &[&str]| types.iter().map(|&line| line.to_owned()).collect();
    match client {
        Client::Docker => lines(&["application/json", OCI, DOCKER, DOCKER_LIST, OCI_INDEX, SCHEMA1_SIGNED]),
        Client::Containerd => vec![[DOCKER, DOCKER_LIST, OCI, OCI_INDEX, "*/*"].join(", ")],
        Client::Skopeo => lines(&[OCI, DOCKER, SCHEMA1_SIGNED, SCHEMA1, DOCKER_LIST, OCI_INDEX]),
        Client::Crane => vec![[SCHEMA1, SCHEMA1_SIGNED, DOCKER, OCI, DOCKER_LIST, OCI_INDEX].join(",")],
    }
}

/// The headers by which a client is told, and the Accept lines of a request for a manifest: as planned requests have them.
#[must_use]
pub fn client_headers(client: Option<Client>, method: &Method, target: &str) -> Vec<(&'static str, String)> {
    let own = concat!("plimsoll/", env!("CARGO_PKG_VERSION"));
    let lines = match client {
        Some(client) => accept(client, method, target),
        None if asks_for_manifest(method, target) => vec![any_manifest()],
        None => Vec::new(),
    };
    let agent = ("user-agent", client.map_or(own, user_agent).to_owned());
    std::iter::once(agent).chain(lines.into_iter().map(|line| ("accept", line))).collect()
}

/// All manifest types, for requests that say nothing of their own: what is stored must not be converted for us.
pub(super) fn any_manifest() -> String {
    [OCI_INDEX, OCI, DOCKER_LIST, DOCKER].join(", ")
}

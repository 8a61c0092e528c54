//! Images that the user has named: what they are made of.

use http::header::ACCEPT;
use http::{HeaderValue, Method};

use super::greet::address;
use super::options::{CheckError, Options};
use crate::client::{Ask, Call, Client};
use crate::judge::observed;
use crate::oci::{Descriptor, Digest, Document, Index, MediaType, Reference, RepositoryName};
use crate::plan::GivenImage;

/// How many bytes of configs and layers are pulled at most, of all images together, for each time that they are pulled in whole.
pub const MOST_BYTES: u64 = 256 << 20;

/// Asks for the manifest of each image; of an index, for that of one platform.
///
/// # Errors
/// One that is not there, or can't be read.
pub(super) async fn resolve(client: &Client, options: &Options) -> Result<Vec<GivenImage>, CheckError> {
    let mut left = MOST_BYTES;
    let mut found = Vec::new();
    for (repo, reference) in &options.images.images {
        let named = |why: String| CheckError::NoImage { image: shown(repo, reference), why };
        let (bytes, document) = manifest(client, options, repo, reference).await.map_err(named)?;
        let (bytes, document) = match document {
            Document::Index(index) => {
                let child = platform(&index).ok_or_else(|| named("its index names no image".to_owned()))?;
                manifest(client, options, repo, &Reference::Digest(child.digest)).await.map_err(named)?
            }
            Document::Manifest(_) => (bytes, document),
        };
        let blobs = document.blobs().into_iter().filter(|blob| !blob.is_elsewhere());
        let within = blobs.filter(|blob| {
            let fits = blob.size <= left;
            left -= if fits { blob.size } else { 0 };
            fits
        });
        let blobs = within.map(|blob| (blob.digest.to_string(), blob.size)).collect();
        let manifest = Digest::sha256(&bytes).to_string();
        found.push(GivenImage { repo: repo.to_string(), reference: reference.to_string(), manifest, size: bytes.len() as u64, blobs });
    }
    Ok(found)
}

/// `team/app:v1`, `team/app@sha256:…`.
fn shown(repo: &RepositoryName, reference: &Reference) -> String {
    let joint = if matches!(reference, Reference::Tag(_)) { ':' } else { '@' };
    format!("{repo}{joint}{reference}")
}

/// The image for the machine that most images are for, else the first that is one: attestations are for no machine.
fn platform(index: &Index) -> Option<&Descriptor> {
    let is = |entry: &&Descriptor, os: &str, architecture: &str| {
        entry.platform.as_ref().is_some_and(|platform| platform.os == os && platform.architecture == architecture)
    };
    let images = || index.manifests.iter().filter(|entry| entry.media_type.is_manifest());
    images().find(|entry| is(entry, "linux", "amd64")).or_else(|| images().find(|entry| !is(entry, "unknown", "unknown")))
}

async fn manifest(client: &Client, options: &Options, repo: &RepositoryName, reference: &Reference) -> Result<(Vec<u8>, Document), String> {
    let kinds = [MediaType::OCI_INDEX, MediaType::OCI_MANIFEST, MediaType::DOCKER_LIST, MediaType::DOCKER_MANIFEST];
    let accept = kinds.map(|kind| kind.as_str().to_owned()).join(", ");
    let call = Call::new(Method::GET, address(options, &format!("/v2/{repo}/manifests/{reference}")));
    let call = HeaderValue::from_str(&accept).map_or_else(|_| call.clone(), |accept| call.clone().header(ACCEPT, accept));
    let asked = client.ask_patiently(Ask::new(call), |_| {}).await.exchange;
    let told = || format!("GET of its manifest is answered with {}", observed(&asked));
    let response = asked.response().filter(|response| response.status == 200 && !response.body.truncated).ok_or_else(told)?;
    let kind = response.headers.get("content-type").map(|value| MediaType::parse(&String::from_utf8_lossy(value.as_bytes())));
    let kind = kind.ok_or("its manifest comes without a Content-Type")?;
    let document = Document::read(&kind, &response.body.bytes).map_err(|why| format!("its manifest can't be read: {why}"))?;
    Ok((response.body.bytes.to_vec(), document))
}

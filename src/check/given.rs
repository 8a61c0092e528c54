//! Images that the user has named: what they are made of.

use std::collections::HashSet;

use http::header::ACCEPT;
use http::{HeaderValue, Method};

use super::greet::address;
use super::options::{CheckError, Options};
use crate::client::{Ask, Call, Client};
use crate::exchange::evidence::printable;
use crate::judge::observed;
use crate::oci::{Descriptor, Digest, Document, Index, MediaType, Reference, RepositoryName};
use crate::plan::{GivenBlob, GivenImage, image_name};

/// How many bytes of configs and layers are pulled at most, of all images together, for each time that they are pulled in whole.
pub const MOST_BYTES: u64 = 256 << 20;

/// How many of an index's other images are told one by one.
const MOST_TOLD: usize = 100;
const TOO_MUCH: &str = "configs and layers are pulled up to 256 MiB of all images together, and with this one it would be more";

/// Asks for the manifest of each image; of an index, for that of one platform.
///
/// # Errors
/// One that is not there, or can't be read.
pub(super) async fn resolve(client: &Client, options: &Options) -> Result<Vec<GivenImage>, CheckError> {
    let mut room = Room { left: MOST_BYTES, within: HashSet::new() };
    let mut found = Vec::new();
    for named in &options.images.images {
        let (repo, reference) = named;
        let told = |why: String| CheckError::NoImage { image: image_name(repo.as_str(), &reference.to_string()), why };
        found.push(image(client, options, named, &mut room).await.map_err(told)?);
    }
    Ok(found)
}

async fn image(
    client: &Client,
    options: &Options,
    (repo, reference): &(RepositoryName, Reference),
    room: &mut Room,
) -> Result<GivenImage, String> {
    let (mut bytes, mut document) = manifest(client, options, repo, reference).await?;
    let mut digest = if let Reference::Digest(digest) = reference { *digest } else { Digest::sha256(&bytes) };
    let (mut followed, mut others) = (None, Vec::new());
    if let Document::Index(index) = &document {
        let child = platform(index).ok_or("its index names no image")?.clone();
        others = not_followed(index, &child, repo, &options.images.images);
        followed = Some(platform_of(&child));
        digest = child.digest;
        (bytes, document) = manifest(client, options, repo, &Reference::Digest(digest)).await?;
    }
    let blobs = document.blobs().into_iter().filter(|blob| !blob.is_elsewhere());
    let blobs = blobs.map(|blob| GivenBlob {
        digest: blob.digest.to_string(),
        size: blob.size,
        remark: None,
        left_out: (!room.takes(repo, blob)).then(|| TOO_MUCH.to_owned()),
    });
    Ok(GivenImage {
        repo: repo.to_string(),
        reference: reference.to_string(),
        platform: followed,
        manifest: digest.to_string(),
        size: bytes.len() as u64,
        blobs: blobs.chain(others).collect(),
    })
}

/// What may be pulled yet.
struct Room {
    left: u64,
    /// What is counted already: it is pulled once, however many images have it.
    within: HashSet<String>,
}

impl Room {
    fn takes(&mut self, repo: &RepositoryName, blob: &Descriptor) -> bool {
        let name = image_name(repo.as_str(), &blob.digest.to_string());
        if self.within.contains(&name) {
            return true;
        }
        let Some(left) = self.left.checked_sub(blob.size) else { return false };
        self.left = left;
        self.within.insert(name)
    }
}

/// The index's other images, but those that are named themselves.
fn not_followed(index: &Index, child: &Descriptor, repo: &RepositoryName, named: &[(RepositoryName, Reference)]) -> Vec<GivenBlob> {
    let is_named = |entry: &Descriptor| {
        named.iter().any(|(of, reference)| of == repo && matches!(reference, Reference::Digest(digest) if *digest == entry.digest))
    };
    let others: Vec<&Descriptor> = index.manifests.iter().filter(|entry| entry.digest != child.digest && !is_named(entry)).collect();
    let followed = platform_of(child);
    let why = format!("of an index one platform's image is pulled, here {followed}; --image REPOSITORY@DIGEST names another");
    let left_out = |(n, entry): (usize, &&Descriptor)| {
        let more = others.len() - n - 1;
        let last = (n + 1 == MOST_TOLD && more > 0).then(|| format!(", and {more} more"));
        GivenBlob {
            digest: entry.digest.to_string(),
            size: entry.size,
            remark: Some(platform_of(entry) + &last.unwrap_or_default()),
            left_out: Some(why.clone()),
        }
    };
    others.iter().enumerate().take(MOST_TOLD).map(left_out).collect()
}

/// `linux/arm64/v8`, as an index says it.
fn platform_of(entry: &Descriptor) -> String {
    let Some(platform) = &entry.platform else { return "no platform told".to_owned() };
    let parts = [Some(&platform.os), Some(&platform.architecture), platform.variant.as_ref()];
    let told: Vec<String> = parts.into_iter().flatten().map(|part| printable(part.as_bytes())).collect();
    told.join("/")
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

//! Faults of manifests, indexes and fields that a registry does not know, and of pushes that are rare.

use serde_json::Value;

use super::change::{Fault, Made, fault};
use super::hooks::{Kind, after, failure, is, json, manifest, push, reply, status};
use super::manifest::{document, field};
use super::upload::says;
use crate::oci::{ErrorCode, MediaType, Reference};
use crate::registry::operations::{Push, Stored};

/// Refuses manifests that `fits` with 400.
fn refused(fits: fn(&Push, &Value) -> bool) -> Made {
    push(
        move |inner, name, push| {
            if fits(&push, &document(&push)) { Err(failure(400, ErrorCode::MANIFEST_INVALID)) } else { inner.push_manifest(name, push) }
        },
    )
}

/// Stores a document as it is after `change`, where that changes anything.
fn stored_as(change: fn(&mut Value)) -> Made {
    push(move |inner, name, push| {
        let before = document(&push);
        let mut value = before.clone();
        change(&mut value);
        if value == before || matches!(push.reference, Reference::Digest(_)) {
            return inner.push_manifest(name, push);
        }
        inner.push_manifest(name, Push { bytes: value.to_string().into(), ..push })
    })
}

/// Leaves an object these fields alone.
fn only(value: Option<&mut Value>, known: &[&str]) {
    if let Some(object) = value.and_then(Value::as_object_mut) {
        object.retain(|key, _| known.contains(&key.as_str()));
    }
}

/// The entries of a list in a document; none where it has no such list.
fn entries_of<'a>(value: &'a mut Value, list: &str) -> impl Iterator<Item = &'a mut Value> {
    value.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten()
}

fn layers(value: &Value) -> Vec<Value> {
    value["layers"].as_array().cloned().unwrap_or_default()
}

const DESCRIPTOR: &[&str] = &["mediaType", "digest", "size", "urls", "annotations", "data", "artifactType", "platform"];
const PLATFORM: &[&str] = &["architecture", "os", "os.version", "os.features", "variant", "features"];

pub(super) const FAULTS: &[Fault] = &[
    // Indexes
    fault("index/artifact-type-refused", "An index with an artifactType of its own is refused with 400.", &["lists/artifact-type"], || {
        refused(|push, value| push.media_type.is_index() && value.get("artifactType").is_some() && value.get("subject").is_none())
    }),
    fault(
        "index/entry-type-refused",
        "An index with an entry of a type that nobody knows is refused with 400.",
        &["lists/entry-type-unknown"],
        || {
            refused(|_, value| {
                let known = |kind: &str| ["vnd.oci.", "vnd.docker.", "vnd.buildkit."].iter().any(|owner| kind.contains(owner));
                let entries = value["manifests"].as_array().cloned().unwrap_or_default();
                entries.iter().any(|entry| !known(field(entry, "/mediaType")))
            })
        },
    )
    .seen("oras-project/oras: indexes of things that are no images"),
    fault("index/platform-trimmed", "What a registry does not know of a platform is left out of an index.", &["lists/fields-kept"], || {
        stored_as(|value| {
            for entry in entries_of(value, "manifests") {
                only(entry.get_mut("platform"), PLATFORM);
            }
        })
    }),
    // Manifests
    fault(
        "manifest/config-trimmed",
        "What a registry does not know of a config's descriptor is left out.",
        &["pull/manifest-status", "push/fields-kept", "push/manifest-exact"],
        || stored_as(|value| only(value.get_mut("config"), DESCRIPTOR)),
    ),
    fault("manifest/urls-dropped", "A layer that is kept elsewhere is served without its urls.", &["push/layer-elsewhere"], || {
        stored_as(|value| {
            for layer in entries_of(value, "layers") {
                only(Some(layer), &["mediaType", "digest", "size", "annotations", "unheard", "data"]);
            }
        })
    }),
    fault(
        "manifest/annotation-name-refused",
        "An annotation whose name has a blank in it is refused with 400.",
        &["push/annotation-unknown"],
        || refused(|_, value| value["annotations"].as_object().is_some_and(|all| all.keys().any(|name| name.contains(' ')))),
    ),
    fault("manifest/data-refused", "A manifest whose config carries its content is refused with 400.", &["push/data-field"], || {
        refused(|_, value| value["config"].get("data").is_some())
    }),
    fault(
        "manifest/tar-refused",
        "A manifest of layers of plain tar alone is refused with 400.",
        &["push/layer-type-known", "push/manifest-created", "push/property-unknown"],
        || {
            refused(|_, value| {
                let layers = layers(value);
                !layers.is_empty() && layers.iter().all(|layer| field(layer, "/mediaType") == "application/vnd.oci.image.layer.v1.tar")
            })
        },
    ),
    fault(
        "manifest/digest-malformed-error",
        "A manifest pushed under a digest that cannot be read is answered 500.",
        &["push/manifest-digest-malformed"],
        || {
            after(|request, reply| {
                let malformed = is(request, "PUT", Kind::Nowhere) && request.uri.path().contains("/manifests/sha256:");
                if malformed && reply.status() == 400 {
                    status(reply, 500);
                }
            })
        },
    )
    .seen("distribution#4945"),
    fault("manifest/huge-error", "A manifest above the limit is answered 500.", &["push/manifest-huge"], || {
        reply("PUT", Kind::Manifest, 413, |_, reply| status(reply, 500))
    }),
    fault(
        "manifest/wrong-digest-conflict",
        "A manifest pushed under a digest that is not its own is refused with 409.",
        &["push/manifest-wrong-digest-400"],
        || {
            reply("PUT", Kind::Manifest, 400, |_, reply| {
                if says(reply, "the content is") {
                    status(reply, 409);
                }
            })
        },
    ),
    fault("manifest/missing-first", "Of several missing blobs the first alone is told of.", &["docker/missing-blob-each"], || {
        reply("PUT", Kind::Manifest, 404, |request, reply| {
            json(request, reply, |value| value["errors"].as_array_mut().into_iter().for_each(|errors| errors.truncate(1)));
        })
    }),
    // Tags in the query
    fault(
        "manifest/tag-parameter-rewritten",
        "The first tag in the query of a push gives the manifest as a parser would write it again.",
        &["push/tag-parameter", "push/tag-parameter-made"],
        || {
            push(|inner, name, push| {
                let first = push.tags.first().cloned();
                let again = Push { bytes: [&push.bytes[..], b"\n"].concat().into(), tags: Vec::new(), ..push.clone() };
                let pushed = inner.push_manifest(name, push)?;
                if let Some(tag) = first {
                    inner.push_manifest(name, Push { reference: Reference::Tag(tag), ..again })?;
                }
                Ok(pushed)
            })
        },
    ),
    fault("manifest/tag-parameter-nine", "Of the tags in the query of a push nine are made.", &["push/tag-parameter-ten"], || {
        push(|inner, name, mut push| {
            push.tags.truncate(9);
            inner.push_manifest(name, push)
        })
    }),
    // The referrers tag
    fault(
        "referrer/tag-schema-made-up",
        "A referrers tag gives a list of the registry's own, whatever a client pushed there.",
        &["referrers/tag-schema-kept", "tags/holds"],
        || {
            manifest(|inner, name, reference| {
                let stored = inner.manifest(name, reference)?;
                let Reference::Tag(tag) = reference else { return Ok(stored) };
                if !(tag.as_str().starts_with("sha256-") && tag.as_str().len() == 71) {
                    return Ok(stored);
                }
                let list = format!(r#"{{"schemaVersion":2,"mediaType":"{}","manifests":[]}}"#, MediaType::OCI_INDEX.as_str());
                let digest = crate::oci::Digest::sha256(list.as_bytes());
                Ok(Stored { media_type: MediaType::OCI_INDEX, digest, bytes: list.into() })
            })
        },
    ),
];

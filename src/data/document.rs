//! Configs, manifests and indexes as JSON (image-spec manifest.md, config.md, image-index.md; Docker's manifest v2 schema 2).

use std::fmt::Write as _;
use std::sync::Arc;

use super::image::{Blob, Image, descriptor};

/// The media types of one family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Types {
    pub(super) manifest: &'static str,
    pub(super) index: &'static str,
    pub(super) config: &'static str,
    pub(super) layer: &'static str,
}

pub(super) const OCI: Types = Types {
    manifest: "application/vnd.oci.image.manifest.v1+json",
    index: "application/vnd.oci.image.index.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};

pub(super) const DOCKER: Types = Types {
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    index: "application/vnd.docker.distribution.manifest.list.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
};

const PLATFORMS: [(&str, &str); 6] =
    [("linux", "amd64"), ("linux", "arm64"), ("linux", "s390x"), ("linux", "ppc64le"), ("linux", "riscv64"), ("linux", "386")];

/// The most platforms that an index can have.
pub(super) const MOST_PLATFORMS: usize = PLATFORMS.len();

impl Types {
    /// A config that no other image has: `run` and `number` stand in it.
    pub(super) fn config(&self, layers: &[Arc<Blob>], (run, number): (u64, u64)) -> Blob {
        let mut json = String::with_capacity(300 + layers.len() * 76);
        // Writing to a String cannot fail.
        let _ = write!(
            json,
            r#"{{"architecture":"amd64","os":"linux","created":"2026-01-01T00:00:00Z","config":{{"Env":["PATH=/usr/bin:/bin"],"Cmd":["/bin/true"],"Labels":{{"plimsoll":"{run:016x}-{number}"}}}},"rootfs":{{"type":"layers","diff_ids":["#
        );
        for (n, layer) in layers.iter().enumerate() {
            let _ = write!(json, "{}\"{}\"", if n == 0 { "" } else { "," }, layer.digest);
        }
        json.push_str("]}}");
        Blob::whole(json.into(), self.config)
    }

    /// The manifest of a config and layers.
    pub(super) fn manifest(&self, config: &Blob, layers: &[Arc<Blob>]) -> Blob {
        let mut json = String::with_capacity(300 + layers.len() * 180);
        let _ = write!(json, r#"{{"schemaVersion":2,"mediaType":"{}","config":"#, self.manifest);
        descriptor(config, &mut json);
        json.push_str(r#","layers":["#);
        for (n, layer) in layers.iter().enumerate() {
            json.push_str(if n == 0 { "" } else { "," });
            descriptor(layer, &mut json);
        }
        json.push_str("]}");
        Blob::whole(json.into(), self.manifest)
    }

    /// The index of images, each of a platform of its own.
    pub(super) fn index(&self, images: &[Arc<Image>]) -> Blob {
        let mut json = format!(r#"{{"schemaVersion":2,"mediaType":"{}","manifests":["#, self.index);
        for (n, (image, (os, architecture))) in images.iter().zip(PLATFORMS).enumerate() {
            json.push_str(if n == 0 { "" } else { "," });
            descriptor(&image.manifest, &mut json);
            json.pop();
            let _ = write!(json, r#","platform":{{"os":"{os}","architecture":"{architecture}"}}}}"#);
        }
        json.push_str("]}");
        Blob::whole(json.into(), self.index)
    }
}

//! Layers and configs as `docker build` makes them: a gzipped tar of one file each, and a config that tells how they came about
//! (image-spec, config.md: `rootfs.diff_ids` are digests of the uncompressed layers).

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::oci::Digest;
use crate::seed::Seed;

/// A layer: what is pushed, and the digest of what is inside.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// The gzip stream.
    pub(super) blob: Bytes,
    /// Digest of the tar inside.
    pub(super) diff_id: Digest,
}

/// A layer with one file of `len` seeded bytes.
#[must_use]
pub(super) fn layer(seed: &Seed, number: usize, len: usize) -> Layer {
    let tar = tar(&format!("layer-{number}.bin"), &seed.bytes(len));
    let diff_id = Digest::sha256(&tar);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory cannot fail; were it to, the layer would be a shorter stream, still true to its own digest.
    let blob = gzip.write_all(&tar).and_then(|()| gzip.finish()).unwrap_or_default();
    Layer { blob: blob.into(), diff_id }
}

/// The config of an image of these layers.
#[must_use]
pub(super) fn config(seed: &Seed, layers: &[Layer]) -> Bytes {
    let history: Vec<_> = (1..=layers.len())
        .map(|n| json!({"created": "2026-01-01T00:00:00Z", "created_by": format!("COPY layer-{n}.bin / # buildkit"), "comment": "buildkit.dockerfile.v0"}))
        .collect();
    let marker = Digest::sha256(&seed.bytes(16)).hex();
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "created": "2026-01-01T00:00:00Z",
        "config": {"Env": ["PATH=/usr/bin:/bin"], "Cmd": ["/bin/true"], "Labels": {"plimsoll": marker}},
        "rootfs": {"type": "layers", "diff_ids": layers.iter().map(|layer| layer.diff_id.to_string()).collect::<Vec<_>>()},
        "history": history,
    });
    config.to_string().into()
}

/// A POSIX ustar archive of one regular file.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut head = [0_u8; 512];
    let mut put = |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{:011o}\0", content.len()));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\0");
    put(263, "00");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut out = head.to_vec();
    out.extend_from_slice(content);
    out.resize(out.len().next_multiple_of(512) + 1024, 0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    #[test]
    fn a_layer_is_a_gzipped_tar_whose_inside_has_the_diff_id() {
        let layer = layer(&Seed::new(1), 1, 1000);
        let mut tar = Vec::new();
        GzDecoder::new(&layer.blob[..]).read_to_end(&mut tar).unwrap();
        assert_eq!(Digest::sha256(&tar), layer.diff_id);
        assert_eq!(&tar[257..262], b"ustar");
        assert_eq!(&tar[512..1512], &Seed::new(1).bytes(1000)[..]);
    }

    #[test]
    fn a_config_names_each_layer_and_its_history() {
        let seed = Seed::new(1);
        let layers = [layer(&seed.child("1"), 1, 10), layer(&seed.child("2"), 2, 10)];
        let config: serde_json::Value = serde_json::from_slice(&config(&seed, &layers)).unwrap();
        assert_eq!(config["rootfs"]["diff_ids"].as_array().unwrap().len(), 2);
        assert_eq!(config["history"].as_array().unwrap().len(), 2);
        assert_ne!(config["rootfs"]["diff_ids"][0], config["rootfs"]["diff_ids"][1]);
    }
}

//! Images on disk, as an OCI layout: made here, since nothing can be fetched.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// A folder in OCI layout, with whatever was put into it.
pub(crate) struct Layout {
    folder: PathBuf,
}

impl Layout {
    /// A layout with one image of two layers, named `v1`.
    pub(crate) fn of_one_image(folder: PathBuf) -> Self {
        let layout = Self::new(folder);
        let image = layout.image("amd64");
        layout.list(image, "v1");
        layout
    }

    /// A layout with one index of two platforms, named `multi`.
    pub(crate) fn of_two_platforms(folder: PathBuf) -> Self {
        let layout = Self::new(folder);
        let platforms = [layout.image("amd64"), layout.image("arm64")];
        let index = layout.json(INDEX, &json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": platforms }));
        layout.list(index, "multi");
        layout
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The digest of the manifest or index that it was made for.
    pub(crate) fn digest(&self) -> String {
        digest_of_layout(&self.folder)
    }

    fn new(folder: PathBuf) -> Self {
        fs::create_dir_all(folder.join("blobs/sha256")).expect("the folder can be made");
        fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).expect("the folder takes files");
        Self { folder }
    }

    fn list(&self, mut descriptor: Value, name: &str) {
        descriptor["annotations"] = json!({ "org.opencontainers.image.ref.name": name });
        let index = json!({ "schemaVersion": 2, "manifests": [descriptor] });
        fs::write(self.folder.join("index.json"), index.to_string()).expect("the folder takes files");
    }

    /// An image as `docker build` makes it: two gzipped layers, and a config with history.
    fn image(&self, architecture: &str) -> Value {
        let layers = ["etc/motd", "usr/share/doc/cargo"].map(|path| self.layer(path, architecture));
        let config = json!({
            "architecture": architecture,
            "os": "linux",
            "created": "2026-01-02T03:04:05Z",
            "config": { "Cmd": ["/bin/true"], "Env": ["PATH=/bin"] },
            "rootfs": { "type": "layers", "diff_ids": layers.each_ref().map(|layer| &layer.diff_id) },
            "history": [
                { "created": "2026-01-02T03:04:05Z", "created_by": "COPY motd /etc/motd" },
                { "created": "2026-01-02T03:04:05Z", "created_by": "ENV PATH=/bin", "empty_layer": true },
                { "created": "2026-01-02T03:04:05Z", "created_by": "COPY cargo /usr/share/doc/cargo" },
            ],
        });
        let config = self.json(CONFIG, &config);
        let layers = layers.map(|layer| layer.descriptor);
        let mut image = self.json(MANIFEST, &json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers }));
        image["platform"] = json!({ "os": "linux", "architecture": architecture });
        image
    }

    fn layer(&self, path: &str, text: &str) -> Layer {
        let tar = tar(path, format!("{path} of {text}\n").repeat(1000).as_bytes());
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&tar).expect("memory takes bytes");
        let descriptor = self.blob(LAYER, &gzip.finish().expect("memory takes bytes"));
        Layer { diff_id: digest(&tar), descriptor }
    }

    fn json(&self, media_type: &str, value: &Value) -> Value {
        self.blob(media_type, value.to_string().as_bytes())
    }

    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = digest(bytes);
        fs::write(self.folder.join("blobs").join(digest.replace(':', "/")), bytes).expect("the folder takes files");
        json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    }
}

struct Layer {
    diff_id: String,
    descriptor: Value,
}

/// The digest that a layout of one entry lists; a client may have written the layout. Every blob in it is held to its own name.
pub(crate) fn digest_of_layout(folder: &Path) -> String {
    let blobs = fs::read_dir(folder.join("blobs/sha256")).expect("a layout has blobs");
    for blob in blobs {
        let file = blob.expect("the folder can be read").path();
        let name = file.file_name().and_then(|name| name.to_str()).expect("a blob has a name");
        assert_eq!(digest(&fs::read(&file).expect("a blob can be read")), format!("sha256:{name}"), "a blob that came back is damaged");
    }
    let index = fs::read(folder.join("index.json")).expect("a layout has an index");
    let index: Value = serde_json::from_slice(&index).expect("the index is JSON");
    let entries = index["manifests"].as_array().expect("the index lists manifests");
    assert_eq!(entries.len(), 1, "one entry was copied");
    entries[0]["digest"].as_str().expect("an entry has a digest").to_owned()
}

fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().fold(String::from("sha256:"), |text, byte| format!("{text}{byte:02x}"))
}

/// A tar archive (ustar) of one file.
fn tar(path: &str, content: &[u8]) -> Vec<u8> {
    let mut head = [0_u8; 512];
    let mut put = |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, path);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{:011o}\0", content.len()));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());

    let mut tar = head.to_vec();
    tar.extend_from_slice(content);
    // The file is padded to whole blocks; two empty ones end the archive.
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    tar
}

//! The bytes of data.

use std::sync::Arc;

use serde_json::{Value, json};

use super::support::{contents, facts, item, items, planned, setting, with_data};
use crate::judge::Content;
use crate::oci::Digest;
use crate::plan::{Contents, Setting, State};
use crate::scenario::read_scenario;
use crate::text::SourceFile;

fn json_of(contents: &Contents, name: &str) -> Value {
    serde_json::from_slice(&contents.get(name).unwrap().bytes).unwrap()
}

fn get<'a>(contents: &'a Contents, name: &str) -> &'a Content {
    contents.get(name).unwrap_or_else(|| panic!("there is no {name}"))
}

const EVERYTHING: &str = "  b: { blob: 100B }
  t: { text: \"<repo> has <b.size>\" }
  j: { json: { of: <b.digest>, n: 1 } }
  m: { manifest: { config: b, layers: [t, img.layer1] } }
  img: { image: { layers: 2 } }
  list: { index: { manifests: [m, img] } }";

#[test]
fn equal_seed_run_scenario_and_item_give_equal_content() {
    let names = ["b", "t", "j", "m", "img", "img.config", "img.layer1", "img.layer2", "list"];
    let (a, b) = (contents(EVERYTHING), contents(EVERYTHING));
    for name in names {
        assert_eq!(get(&a, name).bytes, get(&b, name).bytes, "{name}");
    }
}

#[test]
fn another_seed_run_scenario_or_item_gives_other_content() {
    let text = with_data("  b: { blob: 100B }\n  img: { image: { layers: 1 } }");
    let of = |setting: &Setting, text: &str| planned(text, "oci", &facts(&[]), setting).items[0].contents().unwrap();
    let plain = of(&setting(), &text);
    let mut seen = vec![plain];
    seen.push(of(&Setting { seed: 2, ..setting() }, &text));
    seen.push(of(&Setting { run: "r2".into(), ..setting() }, &text));
    let suite = super::support::suite(&[("a/y", &text)]);
    let other = crate::plan::plan(&suite, &suite.catalogue.profiles["oci"], &facts(&[]), &setting());
    seen.push(other.items[0].contents().unwrap());
    let each = items(&text.replace("title: t", "title: t\neach: { v: [p, q] }").replace("/v2/", "/v2/<v>"));
    seen.extend(each.iter().map(|item| item.contents().unwrap()));
    for name in ["b", "img", "img.config", "img.layer1"] {
        let mut digests: Vec<String> = seen.iter().map(|contents| get(contents, name).digest.to_string()).collect();
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), seen.len(), "{name}");
    }
}

#[test]
fn two_data_of_one_scenario_share_nothing() {
    let made = contents("  b: { blob: 64B }\n  c: { blob: 64B }\n  i: { image: { layers: 2 } }\n  k: { image: { layers: 2 } }");
    let names = ["b", "c", "i.config", "i.layer1", "i.layer2", "k.config", "k.layer1", "k.layer2"];
    let digests: std::collections::HashSet<String> = names.iter().map(|name| get(&made, name).digest.to_string()).collect();
    assert_eq!(digests.len(), names.len());
}

#[test]
fn every_digest_is_true_and_of_the_algorithm_that_is_asked_for() {
    let made = contents(
        "  b: { blob: 10B }\n  s: { blob: 10B, algorithm: sha512 }\n  m: { manifest: {}, algorithm: sha512 }\n  i: { image: {}, algorithm: sha512 }",
    );
    for (name, algorithm) in
        [("b", "sha256"), ("s", "sha512"), ("m", "sha512"), ("m.config", "sha512"), ("i.layer1", "sha512"), ("i.config", "sha512")]
    {
        let content = get(&made, name);
        assert!(content.digest.to_string().starts_with(&format!("{algorithm}:")), "{name}: {}", content.digest);
        assert_eq!(content.digest, Digest::of(content.digest.algorithm(), &content.bytes), "{name}");
    }
    assert_eq!(json_of(&made, "i")["layers"][0]["digest"], get(&made, "i.layer1").digest.to_string());
}

#[test]
fn a_document_refers_to_the_true_digest_size_and_type_of_its_parts() {
    let made = contents(EVERYTHING);
    let descriptor = |name: &str, kind: &str| json!({"mediaType": kind, "digest": get(&made, name).digest.to_string(), "size": get(&made, name).bytes.len()});
    let (config, layer) = ("application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar+gzip");
    let manifest = json_of(&made, "m");
    assert_eq!(manifest["config"], descriptor("b", config));
    assert_eq!(manifest["layers"], json!([descriptor("t", layer), descriptor("img.layer1", layer)]));
    assert_eq!(manifest["mediaType"], "application/vnd.oci.image.manifest.v1+json");
    let image = json_of(&made, "img");
    assert_eq!(image["config"], descriptor("img.config", config));
    assert_eq!(image["layers"], json!([descriptor("img.layer1", layer), descriptor("img.layer2", layer)]));
    let mut children = json_of(&made, "list")["manifests"].clone();
    let mut platforms = Vec::new();
    for child in children.as_array_mut().unwrap() {
        platforms.push(child.as_object_mut().unwrap().remove("platform").unwrap());
    }
    let kind = "application/vnd.oci.image.manifest.v1+json";
    assert_eq!(children, json!([descriptor("m", kind), descriptor("img", kind)]));
    assert_ne!(platforms[0], platforms[1]);
    assert_eq!(get(&made, "list").media_type, "application/vnd.oci.image.index.v1+json");
    assert_eq!(json_of(&made, "j"), json!({"of": get(&made, "b").digest.to_string(), "n": 1}));
    assert_eq!(get(&made, "t").bytes, "plim/soll/r1/a-x has 100");
}

#[test]
fn what_a_manifest_says_of_itself_is_as_it_is_written() {
    let made = contents(
        "  b: { blob: 10B, type: text/plain }
  base: { manifest: {} }
  m: { manifest: { layers: [b], subject: base, artifact_type: application/x, annotations: { who: \"<run>\" }, media_type: false } }
  typed: { manifest: { config: b, layers: [b], config_type: a/c, layer_type: a/l } }
  other: { manifest: {}, type: application/odd }
  list: { index: { manifests: [m], subject: base, artifact_type: application/y, annotations: { k: v } } }",
    );
    let manifest = json_of(&made, "m");
    assert_eq!(manifest["subject"]["digest"], get(&made, "base").digest.to_string());
    assert_eq!((&manifest["artifactType"], &manifest["annotations"]), (&json!("application/x"), &json!({"who": "r1"})));
    assert_eq!(manifest.get("mediaType"), None);
    assert_eq!(manifest["layers"][0]["mediaType"], "text/plain");
    assert_eq!(manifest["config"]["mediaType"], "application/vnd.oci.empty.v1+json");
    assert_eq!(get(&made, "m.config").bytes, "{}");
    let typed = json_of(&made, "typed");
    assert_eq!((&typed["config"]["mediaType"], &typed["layers"][0]["mediaType"]), (&json!("a/c"), &json!("a/l")));
    assert_eq!(get(&made, "other").media_type, "application/odd");
    let list = json_of(&made, "list");
    assert_eq!((&list["artifactType"], &list["annotations"]), (&json!("application/y"), &json!({"k": "v"})));
    assert_eq!(list["subject"]["mediaType"], "application/vnd.oci.image.manifest.v1+json");
}

#[test]
fn a_padded_manifest_has_exactly_the_size_asked_for_and_one_too_small_is_told() {
    for size in [600, 1024, 4_000_000] {
        let made = contents(&format!("  m: {{ manifest: {{ pad: {size}B, annotations: {{ a: b }} }} }}"));
        assert_eq!(get(&made, "m").bytes.len(), size);
        assert_eq!(json_of(&made, "m")["annotations"]["a"], "b");
    }
    let why = item(&with_data("  m: { manifest: { pad: 20B } }")).contents().unwrap_err();
    assert!(why.contains("more than its pad of 20"), "{why}");
}

#[test]
fn an_image_tells_of_each_layer_and_shares_those_of_another() {
    let made =
        contents("  base: { image: { layers: 2 } }\n  top: { image: { layers: 1, shares: base } }\n  same: { image: { shares: base } }");
    for (name, layers) in [("base", 2), ("top", 3), ("same", 2)] {
        let config = json_of(&made, &format!("{name}.config"));
        assert_eq!(config["history"].as_array().unwrap().len(), layers, "{name}");
        let diff_ids = config["rootfs"]["diff_ids"].as_array().unwrap();
        assert_eq!(diff_ids.len(), layers, "{name}");
        for (n, diff_id) in diff_ids.iter().enumerate() {
            let mut inside = Vec::new();
            let blob = &get(&made, &format!("{name}.layer{}", n + 1)).bytes;
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&blob[..]), &mut inside).unwrap();
            assert_eq!(*diff_id, Digest::sha256(&inside).to_string(), "{name} {n}");
        }
        assert_eq!(json_of(&made, name)["layers"].as_array().unwrap().len(), layers);
    }
    for layer in ["layer1", "layer2"] {
        assert_eq!(get(&made, &format!("top.{layer}")).digest, get(&made, &format!("base.{layer}")).digest);
    }
    assert_ne!(get(&made, "same.config").digest, get(&made, "base.config").digest);
}

#[test]
fn the_flavour_of_a_datum_goes_by_its_word_and_else_by_what_the_target_takes() {
    let data = with_data(
        "  i: { image: {} }\n  d: { manifest: { flavour: docker } }\n  o: { index: { manifests: [i], flavour: oci } }\n  l: { index: { manifests: [i] } }",
    );
    let both = [("oci-manifest", State::Accepted), ("docker-manifest", State::Accepted)];
    let docker = [("oci-manifest", State::Declined), ("docker-manifest", State::Accepted)];
    let neither = [("oci-manifest", State::Declined), ("docker-manifest", State::Declined)];
    let unknown = [("oci-manifest", State::Unknown), ("docker-manifest", State::Accepted)];
    for (noted, is_docker) in [(both, false), (docker, true), (neither, false), (unknown, false)] {
        let made = planned(&data, "oci", &facts(&noted), &setting()).items[0].contents().unwrap();
        let (manifest, list, layer) = if is_docker {
            (
                "application/vnd.docker.distribution.manifest.v2+json",
                "application/vnd.docker.distribution.manifest.list.v2+json",
                "application/vnd.docker.image.rootfs.diff.tar.gzip",
            )
        } else {
            (
                "application/vnd.oci.image.manifest.v1+json",
                "application/vnd.oci.image.index.v1+json",
                "application/vnd.oci.image.layer.v1.tar+gzip",
            )
        };
        assert_eq!((get(&made, "i").media_type.as_str(), get(&made, "l").media_type.as_str()), (manifest, list), "{noted:?}");
        assert_eq!(get(&made, "i.layer1").media_type, layer);
        assert_eq!(get(&made, "d").media_type, "application/vnd.docker.distribution.manifest.v2+json");
        assert_eq!(get(&made, "o").media_type, "application/vnd.oci.image.index.v1+json");
    }
}

#[test]
fn the_fields_of_a_datum_can_be_named() {
    let made = contents("  b: { blob: 10B, type: a/b }\n  i: { image: {} }");
    let variable = |path: &str| made.variable(&path.split('.').map(str::to_owned).collect::<Vec<_>>());
    let digest = get(&made, "b").digest.to_string();
    assert_eq!(variable("b.digest").as_deref(), Some(digest.as_str()));
    assert_eq!(variable("b.hex").as_deref(), digest.split_once(':').map(|(_, hex)| hex));
    assert_eq!(
        (variable("b.size").as_deref(), variable("b.last").as_deref(), variable("b.type").as_deref()),
        (Some("10"), Some("9"), Some("a/b"))
    );
    assert_eq!(variable("i.layer1.size"), Some(get(&made, "i.layer1").bytes.len().to_string()));
    for nothing in ["b", "b.colour", "x.size", "i.layer2.size"] {
        assert_eq!(variable(nothing), None, "{nothing}");
    }
}

#[test]
fn data_that_refer_to_each_other_in_a_circle_are_refused_twice_over() {
    let suite = super::support::suite(&[]);
    let step = "steps:\n  - { request: PUT /v2/, body: a, expect: { a/one: { status: 200 } } }\n";
    for data in [
        "  a: { index: { manifests: [a] } }",
        "  a: { index: { manifests: [b] } }\n  b: { manifest: { subject: a } }",
        "  a: { text: \"<b.digest>\" }\n  b: { json: [\"<a.size>\"] }",
    ] {
        let text = format!("title: t\ndata:\n{data}\n{step}");
        assert!(read_scenario(&SourceFile::new("x", text.as_str()), "a/x", &suite.catalogue).is_err(), "{data}");
    }
    // What the reader let through would not be made without end either.
    let mut item = item(&with_data("  a: { manifest: { subject: b } }\n  b: { manifest: {} }"));
    let mut data = (*item.recipe.data).clone();
    let (a, b) = (data["a"].clone(), data.keys().find(|key| key.as_str() == "b").cloned().unwrap());
    data.insert(b, a);
    item.recipe.data = Arc::new(data);
    assert_eq!(item.contents().unwrap_err(), "the datum b refers to itself");
}

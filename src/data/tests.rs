//! What a data set holds.

use sha2::{Digest, Sha256};

use super::*;
use crate::seed::Seed;

fn spec() -> Spec {
    Spec {
        repositories: 2,
        images: 3,
        layers: Counts::LogNormal { median: 4.0, sigma: 0.5, least: 2, most: 9 },
        sizes: Sizes::LogNormal { median: 20_000, sigma: 1.5, tail: Some(Tail { share: 0.1, alpha: 1.1, from: 100_000 }), most: 400_000 },
        shared: 2,
        bases: 1,
        indexes: 1,
        platforms: 2,
        repository_skew: 1.0,
        image_skew: 0.8,
        docker: false,
    }
}

fn set(seed: u64, run: u64) -> Set {
    Set::new(&spec(), &["a/one".into(), "a/two".into()], &Seed::new(seed), run)
}

fn whole(blob: &Blob, set: &Set) -> Vec<u8> {
    let mut out = blob.bytes().map(|bytes| bytes.to_vec()).unwrap_or_default();
    if let Some(mut flow) = blob.flow(set.source()) {
        assert_eq!(flow.left(), blob.size);
        while let Some(piece) = flow.piece() {
            out.extend_from_slice(&piece);
        }
        assert_eq!(flow.left(), 0);
    }
    out
}

#[test]
fn every_digest_and_size_is_that_of_the_bytes() {
    let set = set(1, 7);
    let mut seen = 0;
    for repository in &set.repositories {
        for image in repository.all_images() {
            for blob in image.layers.iter().chain([&image.config, &image.manifest]) {
                let bytes = whole(blob, &set);
                assert_eq!(bytes.len() as u64, blob.size);
                assert_eq!(<[u8; 32]>::from(Sha256::digest(&bytes)), blob.sha256);
                seen += 1;
            }
        }
    }
    assert!(seen > 20);
}

#[test]
fn the_same_seed_and_run_give_the_same_set_and_another_run_gives_other_digests_of_equal_sizes() {
    let digests = |set: &Set| -> Vec<(String, u64)> {
        let images = set.repositories.iter().flat_map(Repository::all_images);
        images.flat_map(|image| image.layers.iter().map(|layer| (layer.digest.to_string(), layer.size)).collect::<Vec<_>>()).collect()
    };
    let (first, again, other) = (digests(&set(1, 7)), digests(&set(1, 7)), digests(&set(1, 8)));
    assert_eq!(first, again);
    assert!(first.iter().zip(&other).all(|(a, b)| a.0 != b.0 && a.1 == b.1));
}

#[test]
fn what_is_pushed_afresh_is_new_where_it_should_be_and_true_to_its_digest() {
    let set = set(1, 7);
    let like = &set.repositories[0].images[0];
    for (new, known) in [(New::Layers, like.shared), (New::Top, like.layers.len() - 1), (New::Config, like.layers.len())] {
        let (a, b) = (set.fresh(like, new, 1), set.fresh(like, new, 2));
        assert_ne!(a.manifest.digest, b.manifest.digest);
        for (at, layer) in a.layers.iter().enumerate() {
            assert_eq!(layer.digest == like.layers[at].digest, at < known, "{new:?} {at}");
            assert_eq!(layer.digest == b.layers[at].digest, at < known);
            assert_eq!(<[u8; 32]>::from(Sha256::digest(whole(layer, &set))), layer.sha256);
        }
    }
    let index = &set.repositories[0].indexes[0];
    assert_ne!(set.fresh_index(index, 1).manifest.digest, index.manifest.digest);
}

#[test]
fn manifests_and_indexes_are_json_that_names_their_parts() {
    let set = set(1, 7);
    let image = &set.repositories[1].images[2];
    let manifest: serde_json::Value = serde_json::from_slice(image.manifest.bytes().unwrap()).unwrap();
    assert_eq!(manifest["config"]["digest"], image.config.digest.as_ref());
    assert_eq!(manifest["layers"][0]["size"], image.layers[0].size);
    assert_eq!(manifest["layers"].as_array().unwrap().len(), image.layers.len());
    let config: serde_json::Value = serde_json::from_slice(image.config.bytes().unwrap()).unwrap();
    assert_eq!(config["rootfs"]["diff_ids"].as_array().unwrap().len(), image.layers.len());
    let index = &set.repositories[0].indexes[0];
    let json: serde_json::Value = serde_json::from_slice(index.manifest.bytes().unwrap()).unwrap();
    assert_eq!(json["manifests"][1]["digest"], index.images[1].manifest.digest.as_ref());
    assert_eq!(json["manifests"][1]["platform"]["architecture"], "arm64");
}

#[test]
fn images_share_their_base_layers_and_nothing_else() {
    let set = set(1, 7);
    let images = &set.repositories[0].images;
    assert_eq!(images[0].layers[0].digest, images[1].layers[0].digest);
    assert_eq!(images[0].shared.min(images[1].shared), 1.max(images[0].shared.min(images[1].shared)));
    let last = |n: usize| images[n].layers.last().unwrap().digest.clone();
    assert_ne!(last(0), last(1));
    let (all, distinct) = set.bytes();
    assert!(distinct < all);
}

#[test]
fn sizes_have_the_median_asked_for_and_never_pass_their_cap() {
    let sizes = Sizes::LogNormal { median: 1_000_000, sigma: 2.0, tail: None, most: 50_000_000 };
    let mut draws = Seed::new(3).draws();
    let mut found: Vec<u64> = (0..10_000).map(|_| sizes.draw(&mut draws)).collect();
    found.sort_unstable();
    assert!((900_000..1_100_000).contains(&found[5000]), "{}", found[5000]);
    assert!(*found.last().unwrap() <= 50_000_000);
    assert_eq!(Sizes::Fixed(0).draw(&mut draws), 64);
    assert_eq!(Counts::Fixed(8).draw(&mut draws), 8);
}

#[test]
fn a_pareto_tail_is_as_heavy_as_its_exponent_says() {
    let tail = Tail { share: 1.0, alpha: 1.5, from: 1000 };
    let sizes = Sizes::LogNormal { median: 1, sigma: 1.0, tail: Some(tail), most: u64::MAX };
    let mut draws = Seed::new(4).draws();
    let n = 20_000;
    let beyond = (0..n).filter(|_| sizes.draw(&mut draws) > 4000).count();
    // P(X > 4 · from) = 4^-1.5 = 1/8
    assert!((f64::from(u32::try_from(beyond).unwrap()) / f64::from(n) - 0.125).abs() < 0.01, "{beyond}");
}

#[test]
fn popularity_follows_zipf_and_an_exponent_of_zero_is_even() {
    let zipf = Popularity::zipf(100, 1.0);
    let mut draws = Seed::new(5).draws();
    let n = 50_000;
    let first = (0..n).filter(|_| zipf.draw(&mut draws) == 0).count();
    // 1 / H(100) = 0.1928
    assert!((f64::from(u32::try_from(first).unwrap()) / f64::from(n) - 0.1928).abs() < 0.01, "{first}");
    assert!((zipf.share_of_first(1) - 0.1928).abs() < 0.001 && zipf.share_of_first(0) == 0.0);
    assert!((Popularity::zipf(4, 0.0).share_of_first(1) - 0.25).abs() < 1e-9);
    assert_eq!(Popularity::zipf(0, 1.0).draw(&mut draws), 0);
}

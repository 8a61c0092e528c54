//! The store by itself, where its count can be read.

use std::sync::Arc;

use crate::clock::Clock;
use crate::oci::{Algorithm, Digest, MediaType, Reference, RepositoryName, Tag};
use crate::registry::Limits;
use crate::registry::operations::{Cut, Opening, Operations, Push};
use crate::registry::store::{Store, Writer};

use super::support::{image, sha256};

fn store() -> Store {
    Store::new(1 << 30, Clock::system(), Limits::default())
}

fn name(text: &str) -> RepositoryName {
    text.parse().unwrap()
}

fn writer(store: &Store, id: &str, content: &[u8]) -> Writer {
    let mut writer = store.open_upload(&name("a"), id, Opening::default()).unwrap();
    writer.write(content).unwrap();
    writer
}

fn blob(store: &Store, content: &[u8]) -> Digest {
    let id = store.begin_upload(&name("a"), Algorithm::Sha256).unwrap();
    store.close_upload(writer(store, &id, content), &Digest::sha256(content)).unwrap();
    Digest::sha256(content)
}

fn push(text: &str, tags: Vec<Tag>) -> Push {
    let (digest, bytes) = (sha256(text), text.to_owned().into());
    Push { reference: Reference::Digest(digest), tags, media_type: MediaType::OCI_MANIFEST, bytes }
}

#[test]
fn the_count_goes_back_to_nothing_when_everything_is_deleted() {
    let store = store();
    let config = blob(&store, b"{}");
    assert!(store.mount(&name("b"), &name("a"), &config).unwrap());
    let text = image("x", Some(sha256("subject")));
    let tags: Vec<Tag> = ["v1", "v2", "v2"].map(|tag| tag.parse().unwrap()).to_vec();
    for _ in 0..3 {
        store.push_manifest(&name("a"), push(&text, tags.clone())).unwrap();
    }
    let once = store.used();
    store.push_manifest(&name("a"), push(&text, tags)).unwrap();
    assert_eq!(store.used(), once);
    store.delete_manifest(&name("a"), &Reference::Tag("v1".parse().unwrap())).unwrap();
    store.delete_manifest(&name("a"), &Reference::Digest(sha256(&text))).unwrap();
    store.delete_blob(&name("a"), &config).unwrap();
    store.delete_blob(&name("b"), &config).unwrap();
    assert_eq!(store.used(), 0);
}

#[test]
fn a_dropped_writer_leaves_bytes_hash_and_count_as_they_were() {
    let store = store();
    let id = store.begin_upload(&name("a"), Algorithm::Sha256).unwrap();
    assert_eq!(store.keep_chunk(writer(&store, &id, b"abc")).unwrap(), 3);
    let before = store.used();
    let mut dropped = writer(&store, &id, b"lost");
    dropped.expect(1 << 20).unwrap();
    assert!(store.used() > before + (1 << 20));
    drop(dropped);
    assert_eq!((store.used(), store.upload_offset(&name("a"), &id).unwrap()), (before, 3));
    store.close_upload(writer(&store, &id, b"def"), &Digest::sha256(b"abcdef")).unwrap();
    assert_eq!(store.blob(&name("a"), &Digest::sha256(b"abcdef")).unwrap(), "abcdef");
}

#[test]
fn a_session_has_one_writer_at_a_time() {
    let store = store();
    let id = store.begin_upload(&name("a"), Algorithm::Sha256).unwrap();
    let first = writer(&store, &id, b"first");
    assert_eq!(store.open_upload(&name("a"), &id, Opening::default()).unwrap_err().status, 416);
    store.keep_chunk(first).unwrap();
    assert_eq!(writer(&store, &id, b"").written(), 0);
}

#[test]
fn a_writer_whose_session_was_cancelled_keeps_nothing() {
    let store = store();
    for close in [false, true] {
        let id = store.begin_upload(&name("a"), Algorithm::Sha256).unwrap();
        let writer = writer(&store, &id, b"content");
        store.cancel_upload(&name("a"), &id).unwrap();
        let refused = if close { store.close_upload(writer, &Digest::sha256(b"content")) } else { store.keep_chunk(writer).map(|_| ()) };
        assert_eq!(refused.unwrap_err().status, 404);
        assert_eq!(store.used(), 0);
    }
}

#[test]
fn a_writer_outlives_its_store() {
    let store = store();
    let id = store.begin_upload(&name("a"), Algorithm::Sha256).unwrap();
    let writer = writer(&store, &id, b"content");
    drop(store);
    assert_eq!(writer.written(), 7);
}

#[test]
fn content_that_is_being_sent_is_counted_until_it_is_let_go() {
    let store = store();
    let digest = blob(&store, &[7; 1000]);
    let sent = store.blob(&name("a"), &digest).unwrap().slice(10..20);
    store.delete_blob(&name("a"), &digest).unwrap();
    assert_eq!(store.used(), 1000);
    drop(sent);
    assert_eq!(store.used(), 0);
}

#[test]
fn a_hundred_thousand_tags_are_listed_in_pages_and_deleted_with_their_manifest() {
    let store = store();
    blob(&store, b"{}");
    let tags: Vec<Tag> = (0..100_000).map(|n| format!("v{n:06}").parse().unwrap()).collect();
    let text = image("x", None);
    for tags in tags.chunks(1000) {
        store.push_manifest(&name("a"), push(&text, tags.to_vec())).unwrap();
    }
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = store.tags(&name("a"), &Cut { after, limit: 9999 }).unwrap();
        after = page.items.last().map(|tag| tag.as_str().to_owned());
        listed.extend(page.items);
        if !page.more {
            break;
        }
    }
    assert_eq!(listed, tags);
    store.delete_manifest(&name("a"), &Reference::Digest(sha256(&text))).unwrap();
    assert!(store.tags(&name("a"), &Cut { after: None, limit: 1 }).unwrap().items.is_empty());
}

#[test]
fn tags_without_end_come_to_the_limit() {
    let store = Store::new(100_000, Clock::system(), Limits::default());
    blob(&store, b"{}");
    let text = image("x", None);
    let taken =
        (0..1000).take_while(|n| store.push_manifest(&name("a"), push(&text, vec![format!("v{n}").parse().unwrap()])).is_ok()).count();
    assert!((100..500).contains(&taken), "{taken}");
    assert!(store.used() <= 100_000);
}

#[test]
fn threads_that_push_and_delete_at_once_leave_a_true_count() {
    let store = Arc::new(store());
    std::thread::scope(|scope| {
        for thread in 0..4_u8 {
            let store = Arc::clone(&store);
            scope.spawn(move || {
                for round in 0..200_u8 {
                    let content = [round % 3; 100];
                    let id = store.begin_upload(&name("a"), Algorithm::Sha256).unwrap();
                    store.close_upload(writer(&store, &id, &content), &Digest::sha256(&content)).unwrap();
                    if (round + thread) % 2 == 0 {
                        // Another thread may have been quicker.
                        let _ = store.delete_blob(&name("a"), &Digest::sha256(&content));
                    }
                }
            });
        }
    });
    for filler in 0..3 {
        let _ = store.delete_blob(&name("a"), &Digest::sha256(&[filler; 100]));
    }
    assert_eq!(store.used(), 0);
}

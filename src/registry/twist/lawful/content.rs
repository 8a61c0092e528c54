//! What is found where.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::change::{ALWAYS, OCI, Variant, variant};
use super::super::hooks::{Kind, ask_for, before, blob, delete, is, push, referrers};
use crate::oci::{Digest, Document, Reference};
use crate::registry::operations::Cut;

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(
        24,
        "content/platform-served",
        "Who asks for a list by its tag and accepts images alone is served its first image.",
        &["docker-v2"],
        || {
            let children: Arc<Mutex<BTreeMap<String, Digest>>> = Arc::default();
            let noted = Arc::clone(&children);
            [
                push(move |inner, name, push| {
                    let (key, list) = (format!("/v2/{name}/manifests/{}", push.reference), push.media_type.is_index());
                    let document = Document::read(&push.media_type, &push.bytes).ok();
                    let first = document.and_then(|document| document.children().first().map(|child| child.digest));
                    let pushed = inner.push_manifest(name, push)?;
                    let mut children = noted.lock().unwrap_or_else(PoisonError::into_inner);
                    match first.filter(|digest| list && inner.manifest(name, &Reference::Digest(*digest)).is_ok()) {
                        Some(digest) => children.insert(key, digest),
                        None => children.remove(&key),
                    };
                    Ok(pushed)
                }),
                before(move |request| {
                    let accept: Vec<String> = request
                        .headers
                        .get_all("accept")
                        .iter()
                        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                        .collect();
                    let lists = accept.is_empty()
                        || accept.iter().any(|line| line.contains("index") || line.contains("list") || line.contains("*/*"));
                    let path = request.uri.path().to_owned();
                    let child = children.lock().unwrap_or_else(PoisonError::into_inner).get(&path).copied();
                    if let Some(child) = child.filter(|_| !lists && is(request, "GET HEAD", Kind::Manifest))
                        && let Some((before, _)) = path.rsplit_once('/')
                    {
                        ask_for(request, &format!("{before}/{child}"));
                    }
                    None
                }),
            ]
            .concat()
        },
    ),
    variant(39, "content/blobs-shared", "A blob is found in every repository.", &["oci-1.0"], || {
        blob(|inner, name, digest| {
            inner
                .blob(name, digest)
                .or_else(|refused| inner.holders(digest).iter().find_map(|other| inner.blob(other, digest).ok()).ok_or(refused))
        })
    }),
    variant(40, "content/last-tag-takes-all", "With its last tag a manifest is deleted.", ALWAYS, || {
        delete(|inner, name, reference| {
            let digest = inner.manifest(name, reference)?.digest;
            inner.delete_manifest(name, reference)?;
            let tags = inner.tags(name, &Cut { after: None, limit: 10_000 }).map(|page| page.items).unwrap_or_default();
            let held = tags.into_iter().any(|tag| inner.manifest(name, &Reference::Tag(tag)).is_ok_and(|stored| stored.digest == digest));
            if !held {
                let _ = inner.delete_manifest(name, &Reference::Digest(digest));
            }
            Ok(())
        })
    }),
    variant(40, "content/moved-tag-collects", "A manifest whose only tag has moved is collected.", ALWAYS, || {
        push(|inner, name, push| {
            let Reference::Tag(_) = &push.reference else { return inner.push_manifest(name, push) };
            let old = inner.manifest(name, &push.reference).ok();
            let pushed = inner.push_manifest(name, push)?;
            let Some(old) = old.filter(|old| old.digest != pushed.digest) else { return Ok(pushed) };
            let tags = inner.tags(name, &Cut { after: None, limit: 10_000 }).map(|page| page.items).unwrap_or_default();
            let stored = tags.into_iter().filter_map(|tag| inner.manifest(name, &Reference::Tag(tag)).ok());
            let held = stored.into_iter().any(|stored| {
                let document = Document::read(&stored.media_type, &stored.bytes).ok();
                stored.digest == old.digest
                    || document.is_some_and(|document| document.children().iter().any(|child| child.digest == old.digest))
            });
            if !held {
                let _ = inner.delete_manifest(name, &Reference::Digest(old.digest));
            }
            Ok(pushed)
        })
    }),
    variant(46, "referrer/unknown-repository", "The referrers in a repository that is not there are answered 404.", OCI, || {
        referrers(|inner, name, asked| {
            inner.tags(name, &Cut { after: None, limit: 1 })?;
            inner.referrers(name, asked.to, asked.of, asked.cut)
        })
    }),
];

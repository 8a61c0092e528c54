//! Where the pages of a scenario's packages are.

use indexmap::IndexMap;

use super::build::Source;
use crate::text::{At, Template};

/// The variables `<pages.…>` of the first repository, where the profile knows of pages.
pub(super) fn pages(source: Source<'_>, repos: &IndexMap<String, String>) -> Vec<(String, String)> {
    let (Some(urls), Some(first)) = (&source.profile.pages, repos.values().next()) else { return Vec::new() };
    let (owner, repository, image) = parts(first);
    let url = |url: &At<Template>| {
        let filled = url.fill(|path| match path.join(".").as_str() {
            "registry" => Some(source.setting.registry.clone()),
            "owner" => Some(owner.to_owned()),
            "repository" => Some(repository.to_owned()),
            "image" => Some(image.to_owned()),
            _ => None,
        });
        filled.unwrap_or_default()
    };
    let known = [
        ("page", url(&urls.page)),
        ("list", url(&urls.list)),
        ("graphql", url(&urls.graphql)),
        ("owner", owner.to_owned()),
        ("repository", repository.to_owned()),
        ("image", image.to_owned()),
        ("sibling", repos.values().nth(1).map_or("", |second| parts(second).2).to_owned()),
    ];
    known.into_iter().map(|(name, value)| (format!("pages.{name}"), value)).collect()
}

/// OWNER, REPOSITORY and IMAGE; of a longer name the last is the image, the first the owner.
fn parts(name: &str) -> (&str, &str, &str) {
    let (rest, image) = name.rsplit_once('/').unwrap_or(("", name));
    let (owner, repository) = rest.split_once('/').unwrap_or((rest, ""));
    (owner, repository, image)
}

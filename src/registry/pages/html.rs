//! Pages for people.

use std::fmt::Write;

use super::book::{Package, Version};

/// The packages of a repository, each with a link to its page.
pub(super) fn list<'a>(repository: &str, packages: impl Iterator<Item = (&'a str, &'a Package)>) -> String {
    let mut body = format!("<h1>Packages of {}</h1>\n<ul>\n", escaped(repository));
    for (image, package) in packages {
        let path = format!("/{repository}/packages/{image}");
        let _ = writeln!(body, "<li><a href=\"{0}\">{1}</a> ({2} downloads)</li>", escaped(&path), escaped(image), package.downloads);
    }
    body.push_str("</ul>\n");
    page(&format!("Packages of {repository}"), &body)
}

/// One image. `host` is the registry as its clients name it.
pub(super) fn package(host: &str, name: &str, package: &Package) -> String {
    let latest = package.history.back();
    let mut body = format!("<h1>{}</h1>\n", escaped(name));
    if let Some(latest) = latest {
        let joint = if latest.version.contains(':') { '@' } else { ':' };
        let reference = escaped(&format!("{host}/{name}{joint}{}", latest.version));
        let _ = writeln!(body, "<h2>Pull image from the command line</h2>\n<pre>$ docker pull {reference}</pre>");
        let _ = writeln!(body, "<h2>Use as base image in Dockerfile</h2>\n<pre>FROM {reference}</pre>");
        if let Some(version) = package.versions.get(&latest.version) {
            details(&mut body, &latest.version, version);
        }
    }
    let _ = writeln!(body, "<h2>Download statistics</h2>\n<p>Total downloads: <b>{}</b></p>", package.downloads);
    versions(&mut body, package);
    body.push_str("<h2>History</h2>\n<ol reversed>\n");
    for event in package.history.iter().rev() {
        let (when, version) = (escaped(&event.when), escaped(&event.version));
        let _ = writeln!(body, "<li><time>{when}</time> {version} <code>{}</code></li>", event.digest);
    }
    body.push_str("</ol>\n");
    page(name, &body)
}

fn details(body: &mut String, label: &str, version: &Version) {
    let (files, label, pushed) = (version.files.len(), escaped(label), escaped(&version.pushed));
    let _ = writeln!(
        body,
        "<h2>Details</h2>\n<p>Docker image, version {label}, {} bytes in {files} files, pushed <time>{pushed}</time>, <code>{}</code></p>",
        version.size, version.digest
    );
}

fn versions(body: &mut String, package: &Package) {
    body.push_str("<h2>Versions</h2>\n<ul>\n");
    for (label, version) in &package.versions {
        let label = escaped(label);
        let _ = writeln!(body, "<li>{label} <code>{}</code>, {} downloads</li>", version.digest, version.downloads);
    }
    body.push_str("</ul>\n");
}

fn page(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// Names are checked before they come here, but a page that escapes everything needs no such promise.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_html_is_escaped() {
        let page = package("a\"b", "<script>&'", &Package::default());
        assert!(page.contains("&lt;script&gt;&amp;&#39;") && !page.contains("<script>"), "{page}");
    }
}

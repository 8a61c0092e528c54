//! Which scenarios a run takes: those shipped or a directory's, files of the user's own, and patterns.

use std::path::{Path, PathBuf};

use super::exit::{Ended, Exit};
use super::output::Output;
use super::suite::{files, unsent};
use super::target;
use crate::check::Named;
use crate::clause::AUTO;
use crate::plan::glob;
use crate::scenario::{Scenario, Suite, read_scenario};
use crate::text::{Diagnostics, Files, SourceFile, did_you_mean};

/// What a command works with: the set, with the profile that `--profile` names.
pub(super) struct Chosen {
    pub(super) files: Files,
    pub(super) suite: Suite,
    /// The profile's name; for a file, the one that it goes by.
    pub(super) profile: String,
}

/// The set, and the profile. Where a file of the user's own is named, the set has it from now on, and its hash tells so.
pub(super) fn chosen(directory: Option<&Path>, profile: &str, output: &Output) -> Result<Chosen, Ended> {
    let mut files = files(directory).map_err(|mistakes| unsent(&mistakes, output))?;
    let mut suite = Suite::read(&files).map_err(|mistakes| unsent(&mistakes, output))?;
    if !profile.contains('/') && !is_file(profile) {
        if profile != AUTO && !suite.catalogue.profiles.contains_key(profile) {
            return Err(no_profile(&suite, profile));
        }
        return Ok(Chosen { files, suite, profile: profile.to_owned() });
    }
    let file = SourceFile::open(Path::new(profile)).map_err(|wrong| unsent(&wrong.into(), output))?;
    let own = suite.catalogue.own_profile(&file).map_err(|mistakes| unsent(&mistakes, output))?;
    let name = own.name.clone();
    files.insert(&format!("profiles/{name}.yaml"), file);
    suite.catalogue.profiles.insert(name.clone(), own);
    Ok(Chosen { files, suite, profile: name })
}

fn no_profile(suite: &Suite, name: &str) -> Ended {
    let beside = [format!("{name}.yaml"), format!("{name}.yml")].into_iter().find(|path| Path::new(path).is_file());
    let hint = beside.map_or_else(String::new, |path| format!("; for the file beside you: --profile {path}"));
    Ended::new(Exit::Usage, format!("{}{hint}", crate::check::no_profile(suite, name)))
}

/// A suite with what of it is to be run.
pub(super) struct Choice {
    pub(super) suite: Suite,
    /// The hash over all files, those of the user included.
    pub(super) hash: String,
    /// Patterns of ids; none: all.
    pub(super) only: Vec<String>,
    /// The profile's name.
    pub(super) profile: String,
}

/// The suite with the user's own files in it. Where there are such files they are run, and else only what `only` names.
pub(super) fn choice(chosen: Chosen, own: &[PathBuf], only: &[String], output: &Output) -> Result<Choice, Ended> {
    let Chosen { mut files, mut suite, profile } = chosen;
    let read = with_own(&mut suite, own).map_err(|mistakes| unsent(&mistakes, output))?;
    let mut chosen = only.to_vec();
    for (id, file) in read {
        files.insert(&format!("{id}.yaml"), file);
        chosen.push(id);
    }
    if let Some(pattern) = only.iter().find(|pattern| !suite.scenarios.keys().any(|id| glob(pattern, id))) {
        return Err(Ended::new(Exit::Usage, nothing_matches(pattern, &suite)));
    }
    Ok(Choice { suite, hash: files.hash(), only: chosen, profile })
}

/// What `--image` names; a profile that only reads wants one.
pub(super) fn images(texts: &[String], choice: &Choice) -> Result<Named, Ended> {
    let images = texts.iter().map(|text| target::image(text)).collect::<Result<Vec<_>, _>>();
    let images = images.map_err(|why| Ended::new(Exit::Usage, why))?;
    let alone = choice.suite.catalogue.profiles.get(&choice.profile).is_some_and(|profile| profile.read_only);
    if alone && images.is_empty() {
        let why = "this profile pushes nothing, so it wants images that are there: --image REPOSITORY:TAG or --image REPOSITORY@sha256:…, which may be repeated";
        return Err(Ended::new(Exit::Usage, why));
    }
    Ok(Named { images, alone })
}

/// Adds files of the user's own to a suite; gives their ids.
fn with_own(suite: &mut Suite, paths: &[PathBuf]) -> Result<Vec<(String, SourceFile)>, Diagnostics> {
    let mut wrong = Diagnostics::default();
    let mut read = Vec::new();
    for path in paths {
        match own(path, suite) {
            Ok((scenario, file)) => {
                read.push((scenario.id.clone(), file));
                suite.scenarios.insert(scenario.id.clone(), scenario);
            }
            Err(mistakes) => wrong.extend(mistakes),
        }
    }
    suite.scenarios.sort_keys();
    wrong.or(read)
}

/// One file of the user's own, held against the suite's clauses and capabilities.
pub(super) fn own(path: &Path, suite: &Suite) -> Result<(Scenario, SourceFile), Diagnostics> {
    let file = SourceFile::open(path)?;
    let scenario = read_scenario(&file, &id_of(path, suite), &suite.catalogue)?;
    Ok((scenario, file))
}

/// Its folder and name, where the set has a scenario of that id: the file takes its place. Else `own/NAME`, whatever the folder is called.
fn id_of(path: &Path, suite: &Suite) -> String {
    let part = |name: Option<&std::ffi::OsStr>| name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = part(path.file_stem());
    let id = format!("{}/{name}", part(path.parent().and_then(Path::file_name)));
    if suite.scenarios.contains_key(&id) {
        return id;
    }
    let plain: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let base = format!("own/{}", if plain.is_empty() { "scenario" } else { &plain });
    let numbered = |n: usize| if n == 1 { base.clone() } else { format!("{base}-{n}") };
    (1..=suite.scenarios.len() + 1).map(numbered).find(|id| !suite.scenarios.contains_key(id)).unwrap_or_else(|| numbered(1))
}

/// Whether an argument that names a scenario is meant for a file.
pub(super) fn is_file(text: &str) -> bool {
    Path::new(text).extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
}

fn nothing_matches(pattern: &str, suite: &Suite) -> String {
    if is_file(pattern) {
        return format!("--only takes ids, and `{pattern}` looks like a file: `--scenario {pattern}` runs it");
    }
    let near = meant_pattern(pattern, &suite.scenarios.keys().map(String::as_str));
    let hint = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    format!("no scenario matches `{pattern}`: {hint}`plimsoll scenario list` lists them")
}

/// The id, or the pattern of an area, that a pattern without a match is most likely a slip of.
pub(super) fn meant_pattern<'a>(pattern: &str, ids: &(impl Iterator<Item = &'a str> + Clone)) -> Option<String> {
    let fits = |pattern: &str| ids.clone().any(|id| glob(pattern, id));
    let area = format!("{}/*", pattern.trim_end_matches('/'));
    if fits(&area) {
        return Some(area);
    }
    if !pattern.contains('*') {
        return did_you_mean(pattern, ids.clone()).map(str::to_owned);
    }
    let (head, tail) = pattern.split_once('/').unwrap_or((pattern.trim_end_matches('*'), "*"));
    let near = did_you_mean(head, ids.clone().filter_map(|id| Some(id.split_once('/')?.0)))?;
    [format!("{near}/{tail}"), format!("{near}/*")].into_iter().find(|pattern| fits(pattern))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_a_pattern_is_mended_to_one_that_matches() {
        let meant = |pattern| meant_pattern(pattern, &["push/blob-post-put", "pull/blob", "tags/list"].into_iter());
        for (slip, near) in [
            ("psh/*", Some("push/*")),
            ("psh/blob-*", Some("push/blob-*")),
            ("psh/x-*", Some("push/*")),
            ("psh*", Some("push/*")),
            ("push", Some("push/*")),
            ("push/blob-pots-put", Some("push/blob-post-put")),
            ("zzzzz/*", None),
        ] {
            assert_eq!(meant(slip).as_deref(), near, "{slip}");
        }
    }
}

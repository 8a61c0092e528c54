//! A profile of the user's own: a file beside the set.

use super::profile::Written;
use super::{AUTO, Catalogue, OwnFile, Profile};
use crate::text::{Diagnostics, Files, SourceFile, read};

/// What tells a scenario from a profile.
const OF_SCENARIOS: [&str; 6] = ["steps", "needs", "data", "repos", "each", "lists"];

impl Catalogue {
    /// Reads a profile of the user's own against the set's clauses, capabilities and profiles. It is called as its file is; where a
    /// profile of the set has that name, `own/NAME`.
    ///
    /// # Errors
    /// The first mistake of syntax or shape, or all of meaning.
    pub fn own_profile(&self, file: &SourceFile) -> Result<Profile, Diagnostics> {
        let name = self.own_name(&file.path);
        let written: Written = read(file)?;
        let made = Profile { file: Some(OwnFile::of(file)), ..self.made(&name, file, written)? };
        let mut files = Files::default();
        files.insert(&format!("profiles/{name}.yaml"), file.clone());
        let mut wrong = Diagnostics::default();
        self.mistakes_of_profile(&files, &made, &mut wrong);
        wrong.or(made)
    }

    fn own_name(&self, path: &str) -> String {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let stem = file.trim_end_matches(".yaml").trim_end_matches(".yml");
        if stem == AUTO || self.profiles.contains_key(stem) { format!("own/{stem}") } else { stem.to_owned() }
    }
}

/// Whether a file is meant for a profile: it has keys, and none that a scenario alone has. One that can't be read is none.
#[must_use]
pub fn is_profile(file: &SourceFile) -> bool {
    let Ok(keys) = read::<indexmap::IndexMap<String, serde::de::IgnoredAny>>(file) else { return false };
    !keys.is_empty() && !OF_SCENARIOS.iter().any(|key| keys.contains_key(*key))
}

//! What a query is answered: the book, walked along what was selected and no further.

use serde_json::{Map, Value};

use super::book::{Book, Package, Version};
use super::graphql::Field;
use crate::oci::Digest;

/// About how many bytes an answer may have; what is looked at for it counts as well.
const LARGEST: usize = 8 << 20;
/// What each value costs beside its texts.
const EACH: usize = 32;

/// Something that has fields.
#[derive(Clone, Copy)]
enum Thing<'b> {
    /// With all of OWNER/REPOSITORY, and REPOSITORY alone.
    Repository(&'b Book, &'b str, &'b str),
    Package(&'b str, &'b Package),
    Version(&'b str, &'b Version),
    File(&'b (Digest, u64)),
    Statistics(u64),
}

/// What a field has.
enum Found<'b> {
    Value(Value),
    Thing(Option<Thing<'b>>),
    /// The things of a connection.
    Things(Box<dyn Iterator<Item = Thing<'b>> + 'b>),
}

/// The answer to these fields.
///
/// # Errors
/// A field that is not there or is not asked for as it must be, and an answer that would be too large.
pub(super) fn answer(book: &Book, fields: &[Field]) -> Result<Value, String> {
    let mut left = Left(LARGEST);
    let mut data = Map::new();
    for field in fields {
        if field.name != "repository" {
            return Err(format!("there is no field `{}`", field.name));
        }
        let (owner, name) = field.text("owner").zip(field.text("name")).ok_or("a repository has `owner` and `name`")?;
        let told = left.thing(Thing::Repository(book, &format!("{owner}/{name}"), name), field)?;
        data.insert(field.key().to_owned(), told);
    }
    Ok(Value::Object(data))
}

impl<'b> Thing<'b> {
    fn field(self, name: &str) -> Option<Found<'b>> {
        let text = |text: &str| Found::Value(Value::from(text));
        Some(match (self, name) {
            (Thing::Repository(_, _, own), "name") | (Thing::Package(own, _), "id" | "name") => text(own),
            (Thing::Repository(book, whole, _), "packages") => {
                Found::Things(Box::new(book.of(whole).map(|(image, package)| Thing::Package(image, package))))
            }
            (Thing::Package(..), "packageType") => text("DOCKER"),
            (Thing::Package(_, Package { downloads, .. }) | Thing::Version(_, Version { downloads, .. }), "statistics") => {
                Found::Thing(Some(Thing::Statistics(*downloads)))
            }
            (Thing::Package(_, package), "latestVersion") => Found::Thing(latest(package)),
            (Thing::Package(_, package), "versions") => {
                Found::Things(Box::new(package.versions.iter().map(|(label, version)| Thing::Version(label, version))))
            }
            (Thing::Version(_, version), "id") => text(&version.digest.to_string()),
            (Thing::Version(label, _), "version") => text(label),
            (Thing::Version(_, version), "updatedAt") => text(&version.pushed),
            (Thing::Version(_, version), "files") => Found::Things(Box::new(version.files.iter().map(Thing::File))),
            (Thing::File((digest, _)), "name") => text(&digest.to_string()),
            (Thing::File((_, size)), "size") => Found::Value(Value::from(*size)),
            (Thing::Statistics(count), "downloadsTotalCount") => Found::Value(Value::from(count)),
            _ => return None,
        })
    }

    fn is_one_of(self, names: &[Value]) -> bool {
        matches!(self, Thing::Package(own, _) if names.iter().any(|name| name == own))
    }
}

fn latest(package: &Package) -> Option<Thing<'_>> {
    let (label, version) = package.versions.get_key_value(&package.history.back()?.version)?;
    Some(Thing::Version(label, version))
}

/// How much an answer may still cost.
struct Left(usize);

impl Left {
    fn spend(&mut self, bytes: usize) -> Result<(), String> {
        let left = self.0.checked_sub(EACH + bytes);
        self.0 = left.ok_or("the answer would be too large: ask for less, with `first` or `last`")?;
        Ok(())
    }

    /// The fields of a thing that were selected.
    fn thing(&mut self, thing: Thing<'_>, asked: &Field) -> Result<Value, String> {
        if asked.fields.is_empty() {
            return Err(format!("`{}` is told by its fields, and none is named", asked.name));
        }
        let mut told = Map::new();
        for field in &asked.fields {
            let found = thing.field(&field.name).ok_or_else(|| format!("there is no field `{}`", field.name))?;
            self.spend(field.key().len())?;
            told.insert(field.key().to_owned(), self.found(found, field)?);
        }
        Ok(Value::Object(told))
    }

    fn found(&mut self, found: Found<'_>, field: &Field) -> Result<Value, String> {
        match found {
            Found::Value(_) if !field.fields.is_empty() => Err(format!("`{}` has no fields", field.name)),
            Found::Value(value) => {
                self.spend(value.as_str().map_or(0, str::len))?;
                Ok(value)
            }
            Found::Thing(thing) => thing.map_or(Ok(Value::Null), |thing| self.thing(thing, field)),
            Found::Things(things) => self.connection(things, field),
        }
    }

    /// Heeds `first` and `last`, and `names` of packages. `totalCount` is of all.
    fn connection<'b>(&mut self, things: impl Iterator<Item = Thing<'b>>, field: &Field) -> Result<Value, String> {
        let (mut count, mut chosen) = (0_u64, Vec::new());
        let names = field.names();
        let first = field.count("first").unwrap_or(usize::MAX);
        for thing in things {
            count += 1;
            self.spend(names.map_or(0, <[Value]>::len))?;
            if chosen.len() < first && names.is_none_or(|names| thing.is_one_of(names)) {
                chosen.push(thing);
            }
        }
        let last = field.count("last").unwrap_or(usize::MAX);
        let chosen = &chosen[chosen.len().saturating_sub(last)..];
        let mut told = Map::new();
        for field in &field.fields {
            self.spend(field.key().len())?;
            let value = match field.name.as_str() {
                "totalCount" => Value::from(count),
                "nodes" => chosen.iter().map(|thing| self.thing(*thing, field)).collect::<Result<_, _>>()?,
                other => return Err(format!("there is no field `{other}`")),
            };
            told.insert(field.key().to_owned(), value);
        }
        Ok(Value::Object(told))
    }
}

//! Data among themselves: their parts, and which is made of which.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Content, Datum, datum_and_part};
use crate::text::At;

/// Data by name.
pub type Data = IndexMap<At<String>, Datum>;

/// What is known of a datum, and of each part of an image.
const FIELDS: [&str; 5] = ["digest", "size", "last", "type", "hex"];
/// How long a chain of data that are made of each other may be.
const LONGEST_CHAIN: usize = 64;

/// The parts of an image: `config`, `layer1`, …; none where the datum is no image.
pub(super) fn parts(name: &str, data: &Data) -> Vec<String> {
    match data.get(name).map(|datum| &datum.content) {
        Some(Content::Image(_)) => {
            let layers = (1..=layers(name, data, LONGEST_CHAIN)).map(|n| format!("layer{n}"));
            std::iter::once("config".to_owned()).chain(layers).collect()
        }
        _ => Vec::new(),
    }
}

fn layers(name: &str, data: &Data, depth: usize) -> u32 {
    let Some(Content::Image(image)) = data.get(name).map(|datum| &datum.content) else { return 0 };
    let shared = image.shares.as_ref().filter(|_| depth > 0).map_or(0, |other| layers(other, data, depth - 1));
    shared.saturating_add(image.own_layers()).min(super::datum::MOST_LAYERS)
}

/// Whether `<datum.…>` is something: a field, or a part's field.
pub(super) fn is_field(rest: &[&str], parts: &[String]) -> bool {
    match rest {
        [field] => FIELDS.contains(field),
        [part, field] => parts.iter().any(|known| known == part) && FIELDS.contains(field),
        _ => false,
    }
}

/// How the fields of a datum are written.
pub(super) fn fields_help(name: &str, parts: &[String]) -> String {
    let fields: Vec<String> = FIELDS.iter().map(|field| format!("<{name}.{field}>")).collect();
    let fields = fields.iter().map(String::as_str).collect::<Vec<_>>();
    match parts {
        [] => format!("there are {}", listed(&fields)),
        parts => format!("there are {}; and those of its parts: {}", listed(&fields), part_names(parts)),
    }
}

/// Which parts there are.
pub(super) fn parts_help(name: &str, parts: &[String]) -> String {
    match parts {
        [] => format!("`{name}` is no image: only an image has parts"),
        parts => format!("its parts are {}", part_names(parts)),
    }
}

fn part_names(parts: &[String]) -> String {
    listed(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// "`a`, `b`, `c`", of the first few.
pub(super) fn listed(words: &[&str]) -> String {
    let some: Vec<String> = words.iter().take(12).map(|word| format!("`{word}`")).collect();
    if some.is_empty() {
        return "nothing".to_owned();
    }
    format!("{}{}", some.join(", "), if words.len() > some.len() { " …" } else { "" })
}

/// A datum that can't be made, and why.
type Broken = (At<String>, &'static str);

/// An order in which each datum comes after all that it is made of, by position; or one that can't be made.
pub(super) fn order(data: &Data) -> Result<HashMap<String, usize>, Broken> {
    let mut order = HashMap::new();
    for name in data.keys() {
        visit(name, data, &mut order, &mut Vec::new())?;
    }
    Ok(order)
}

fn visit<'a>(name: &'a str, data: &'a Data, order: &mut HashMap<String, usize>, path: &mut Vec<&'a str>) -> Result<(), Broken> {
    let Some((key, datum)) = data.get_key_value(name) else { return Ok(()) };
    if order.contains_key(name) {
        return Ok(());
    }
    if path.contains(&name) {
        return Err((key.clone(), "is made of itself"));
    }
    if path.len() >= LONGEST_CHAIN {
        return Err((key.clone(), "ends a chain of more than 64 data that are made of each other"));
    }
    path.push(key);
    for other in datum.refers_to() {
        visit(datum_and_part(other).0, data, order, path)?;
    }
    let variables: Vec<String> =
        datum.templates().iter().flat_map(|text| text.variables().map(|path| path[0].clone()).collect::<Vec<_>>()).collect();
    for variable in variables {
        if let Some((other, _)) = data.get_key_value(variable.as_str()) {
            visit(other, data, order, path)?;
        }
    }
    path.pop();
    order.insert(name.to_owned(), order.len());
    Ok(())
}

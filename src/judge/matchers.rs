//! The list of matchers: a new one is a file beside these and a line in this table.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Error, MapAccess};

use super::any::Any;
use super::body::Body;
use super::challenge::ChallengeMatcher;
use super::elsewhere::Elsewhere;
use super::error::ErrorMatcher;
use super::header::Header;
use super::json::Json;
use super::parts::Parts;
use super::same_as::SameAs;
use super::status::StatusSet;
use super::text::Text;
use super::view::{Pull, View};
use super::walk::Walk;
use super::{Mismatch, Uses};
use crate::exchange::Exchange;
use crate::text::{At, Place};

/// What every matcher does.
pub(super) trait Judge {
    /// Holds the exchange against it.
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch>;
    /// What it expects, in words.
    fn wording(&self) -> String;
    /// Tells what it names; `place` is its own.
    fn uses(&self, place: Place, uses: &mut Uses);
    /// What must be fetched before it can be judged.
    fn pulls(&self, _exchange: &Exchange) -> Vec<Pull> {
        Vec::new()
    }
}

macro_rules! matchers {
    ($($name:ident: $variant:ident($kind:ty),)+) => {
        /// One of an expectation's matchers, where it stands.
        #[derive(Clone, Debug, PartialEq)]
        pub(super) enum Matcher {
            $($variant(At<$kind>),)+
        }

        /// The keys of an expectation, in the order in which they are judged.
        pub(super) const NAMES: &[&str] = &[$(stringify!($name),)+];
        /// The keys of a condition.
        const CONDITIONS: &[&str] = &["method", $(stringify!($name),)+];

        impl Matcher {
            /// Reads the value of a key that was just read.
            pub(super) fn read<'de, A: MapAccess<'de>>(name: &str, map: &mut A, is_condition: bool) -> Result<Self, A::Error> {
                match name {
                    $(stringify!($name) => map.next_value().map(Self::$variant),)+
                    _ => Err(A::Error::unknown_field(name, if is_condition { CONDITIONS } else { NAMES })),
                }
            }

            /// Its place in [`NAMES`].
            pub(super) fn rank(&self) -> usize {
                let name = match self {
                    $(Self::$variant(_) => stringify!($name),)+
                };
                NAMES.iter().position(|known| *known == name).unwrap_or(NAMES.len())
            }

            pub(super) fn inner(&self) -> (&dyn Judge, Place) {
                match self {
                    $(Self::$variant(at) => (&at.value, at.place),)+
                }
            }
        }

        /// The JSON Schemas of all matchers, by key.
        pub(super) fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
            vec![$((stringify!($name), <$kind as JsonSchema>::json_schema(generator)),)+]
        }
    };
}

matchers! {
    status: Status(StatusSet),
    header: Header(Header),
    challenge: Challenge(ChallengeMatcher),
    error: Error(ErrorMatcher),
    body: Body(Body),
    parts: Parts(Parts),
    json: Json(Json),
    text: Text(Text),
    same_as: SameAs(SameAs),
    walk: Walk(Walk),
    elsewhere: Elsewhere(Elsewhere),
    any: Any(Any),
}

//! Figures with their units: rates, speeds, shares.

use std::borrow::Cow;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::text::mistake;

/// Arrivals per second: `50/s`, `0.5/s`, `3000/m`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate(pub f64);

/// Bytes per second, written in bits: `1Mbit`, `512Kbit` (of a second).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Speed(pub f64);

/// A part of all: `0.1` or `10%`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(pub f64);

const RATE_HELP: &str = "write a number with /s, /m or /h: `50/s`; more than 0, at most 1000000/s";
const SPEED_HELP: &str = "write a number with Kbit, Mbit or Gbit, of a second: `8Mbit`";
const SHARE_HELP: &str = "write a part of all: `0.1` or `10%`";

/// The highest rate that is taken, per second.
const MOST_PER_SECOND: f64 = 1_000_000.0;

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = text.split_once('/').ok_or(RATE_HELP)?;
        let per: f64 = match unit {
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return Err(RATE_HELP),
        };
        let rate = plain(number).ok_or(RATE_HELP)? / per;
        if rate > 0.0 && rate <= MOST_PER_SECOND { Ok(Self(rate)) } else { Err(RATE_HELP) }
    }
}

impl FromStr for Speed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let at = text.find(|c: char| c.is_ascii_alphabetic()).ok_or(SPEED_HELP)?;
        let bits = match &text[at..] {
            "Kbit" => 1e3,
            "Mbit" => 1e6,
            "Gbit" => 1e9,
            _ => return Err(SPEED_HELP),
        };
        let speed = plain(&text[..at]).ok_or(SPEED_HELP)? * bits / 8.0;
        if speed >= 1000.0 { Ok(Self(speed)) } else { Err(SPEED_HELP) }
    }
}

impl FromStr for Share {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let share = match text.strip_suffix('%') {
            Some(percent) => plain(percent).map(|percent| percent / 100.0),
            None => plain(text),
        };
        share.filter(|share| (0.0..=1.0).contains(share)).map(Self).ok_or(SHARE_HELP)
    }
}

/// Digits with at most one point.
fn plain(text: &str) -> Option<f64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.bytes().any(|b| b.is_ascii_digit());
    text.parse().ok().filter(|number: &f64| digits && number.is_finite())
}

macro_rules! written {
    ($($kind:ident, $name:literal, $help:expr, $pattern:literal;)+) => {
        $(impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|help| mistake(format_args!("`{text}` is no {}", $name), "", Some(help)))
            }
        }

        impl JsonSchema for $kind {
            fn schema_name() -> Cow<'static, str> {
                stringify!($kind).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"description": $help, "type": ["string", "number"], "pattern": $pattern})
            }
        })+
    };
}

written! {
    Rate, "rate", RATE_HELP, r"^[0-9.]+/(s|m|min|h)$";
    Speed, "speed", SPEED_HELP, r"^[0-9.]+(K|M|G)bit$";
    Share, "share", SHARE_HELP, r"^[0-9.]+%?$";
}

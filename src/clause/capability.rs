//! Capabilities: what a registry may or may not offer, and how that is found out.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::text::{At, Place};

/// A thing that a registry may or may not offer.
#[derive(Clone, Debug)]
pub struct Capability {
    /// Its name: `manifest-lists`.
    pub id: String,
    /// Where it stands in `capabilities.yaml`.
    pub place: Place,
    /// What a registry that offers it does.
    pub says: String,
    /// The scenario with the step that decides it.
    pub probe: Option<At<String>>,
    /// Whether the driver itself finds out, when it greets the target.
    pub from_driver: bool,
    /// Capabilities without which it can't be there.
    pub needs: Vec<At<String>>,
    /// What the user may do where the target does not show whether it offers this: its probe's outcome `withheld`.
    pub hint: Option<String>,
}

/// A capability as it is written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    says: String,
    probe: Option<At<String>>,
    from: Option<From>,
    #[serde(default)]
    needs: Vec<At<String>>,
    hint: Option<String>,
}

/// Who finds out, where no probe does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum From {
    Driver,
}

impl Capability {
    pub(super) fn new(id: At<String>, written: Written) -> Self {
        let Written { says, probe, from, needs, hint } = written;
        Self { id: id.value, place: id.place, says, probe, from_driver: from.is_some(), needs, hint }
    }

    /// What is wrong with it taken alone.
    pub(super) fn mistake(&self) -> Option<String> {
        match (self.from_driver, &self.probe) {
            (false, None) => Some(format!("nothing finds out whether `{}` is offered: it has neither `probe` nor `from: driver`", self.id)),
            (true, Some(_)) => Some(format!("`{}` has both `probe` and `from`", self.id)),
            _ => None,
        }
    }
}

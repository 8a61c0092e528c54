//! `elsewhere: true`: the answer is that of another host, to which the registry redirected.
//!
//! A store or a CDN knows nothing of the registry's own headers (OCI distribution asks for them of the registry alone).

use schemars::JsonSchema;
use serde::Deserialize;

use super::matchers::Judge;
use super::view::View;
use super::{Mismatch, Uses};
use crate::text::Place;

/// Whether the answer came from another host (name and port) than the registry's.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Elsewhere(bool);

impl Judge for Elsewhere {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        view.response(|| self.wording())?;
        let registry = view.values.variable(&["host".to_owned()]).ok_or_else(|| Mismatch::lacking("no value for `<host>`"))?;
        let host = view.exchange.request.url.authority().map(ToString::to_string).unwrap_or_default();
        let same = host.eq_ignore_ascii_case(&registry);
        if same == self.0 { Err(Mismatch::fail(self.wording(), format!("an answer of {host}"))) } else { Ok(()) }
    }

    fn wording(&self) -> String {
        if self.0 { "an answer of another host" } else { "an answer of the registry itself" }.to_owned()
    }

    fn uses(&self, _: Place, _: &mut Uses) {}
}

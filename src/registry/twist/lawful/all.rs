//! All of them, by the number of their freedom.

use super::super::change::Variant;
use super::{auth, content, deletes, errors, lists, manifests, names, policy, transfer, uploads, wire};

pub(in super::super) fn all() -> Vec<Variant> {
    let parts = [
        names::VARIANTS,
        errors::VARIANTS,
        auth::VARIANTS,
        transfer::VARIANTS,
        content::VARIANTS,
        uploads::VARIANTS,
        manifests::VARIANTS,
        lists::VARIANTS,
        deletes::VARIANTS,
        policy::VARIANTS,
        wire::VARIANTS,
    ];
    let mut all = parts.concat();
    all.sort_by_key(|variant| variant.freedom);
    all
}

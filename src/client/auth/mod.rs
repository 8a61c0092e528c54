//! Login as real clients do it: nothing until the registry asks, then Basic, or a token that is fetched once and used while it lives.
//!
//! Rules on where secrets go. Credentials go to the target's origin, and to the token service that it names if that is https, on this
//! machine, or on the very host that the user named with `http://` himself. A token goes to the origin whose challenge it answers. Neither
//! goes along with a redirect to another origin.

mod ask;
mod authorize;
mod flight;
mod known;
mod scope;
mod service;

pub use ask::{Ask, Asked, Identity};
pub use authorize::{Login, Wanted};
pub(super) use known::Logins;

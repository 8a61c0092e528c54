//! Entries: what a twist is called, what it does, and what it proves.

use std::fmt;
use std::sync::Arc;

use super::seams::Twist;
use super::twisted::Twists;
use crate::registry::config::Config;

/// A twist that a registry can be started with.
#[derive(Clone, Copy)]
pub struct Change(fn() -> Made);

/// What an entry makes: a twist, or several that belong together.
pub(in crate::registry::twist) type Made = Vec<Arc<dyn Twist>>;

/// On what kind of registry a twist shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// Open to everybody.
    #[default]
    Open,
    /// With Basic login.
    Basic,
    /// With login by tokens of its own.
    Token,
    /// Under the rules of GitHub Package Registry, with Basic login.
    GithubPackages,
}

/// A misbehaviour that the suite must find.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// `tag/list-unsorted`: its area, then what is wrong.
    pub id: &'static str,
    /// What the registry does, in one sentence.
    pub says: &'static str,
    /// The clauses that it breaks: these and no others.
    pub breaks: &'static [&'static str],
    /// The registry or the thread where it was seen.
    pub seen: Option<&'static str>,
    /// Where it shows.
    pub ground: Ground,
    /// The twist itself.
    pub change: Change,
}

/// A lawful behaviour that the suite must not accuse.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// `manifest/no-digest-header`
    pub id: &'static str,
    /// What the registry does, in one sentence.
    pub says: &'static str,
    /// The number of the freedom that allows it (`docs/proof.md` lists them).
    pub freedom: u8,
    /// The SHOULD clauses that it leaves undone, where the freedom says so: these and no others fail.
    pub undone: &'static [&'static str],
    /// The documents under which it is lawful, as profiles are named: `oci-1.1`.
    pub lawful: &'static [&'static str],
    /// Where it shows.
    pub ground: Ground,
    /// Why a survey passes less than half of what it passes on the clean registry, where it does.
    pub settles_little: Option<&'static str>,
    /// The twist itself.
    pub change: Change,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Change")
    }
}

impl Twists {
    /// Makes each twist, and lets it change what the registry is started with.
    pub(crate) fn of(config: &mut Config) -> Self {
        let twists: Vec<Arc<dyn Twist>> = config.changes.iter().flat_map(|change| (change.0)()).collect();
        for twist in &twists {
            twist.configure(config);
        }
        Self(twists)
    }
}

/// A fault on an open registry, seen nowhere yet.
pub(in crate::registry::twist) const fn fault(
    id: &'static str,
    says: &'static str,
    breaks: &'static [&'static str],
    make: fn() -> Made,
) -> Fault {
    Fault { id, says, breaks, seen: None, ground: Ground::Open, change: Change(make) }
}

impl Fault {
    /// Where it was seen.
    pub(in crate::registry::twist) const fn seen(self, seen: &'static str) -> Self {
        Self { seen: Some(seen), ..self }
    }

    /// On this ground in place of an open registry.
    pub(in crate::registry::twist) const fn on(self, ground: Ground) -> Self {
        Self { ground, ..self }
    }
}

/// Lawful everywhere.
pub(in crate::registry::twist) const ALWAYS: &[&str] = &["oci-1.0", "oci-1.1", "oci-main", "docker-v2"];
/// Lawful by OCI's documents.
pub(in crate::registry::twist) const OCI: &[&str] = &["oci-1.0", "oci-1.1", "oci-main"];

/// A variant on an open registry.
pub(in crate::registry::twist) const fn variant(
    freedom: u8,
    id: &'static str,
    says: &'static str,
    lawful: &'static [&'static str],
    make: fn() -> Made,
) -> Variant {
    Variant { id, says, freedom, undone: &[], lawful, ground: Ground::Open, settles_little: None, change: Change(make) }
}

impl Variant {
    /// A survey has little to pass here, for this reason.
    pub(in crate::registry::twist) const fn settles_little(self, why: &'static str) -> Self {
        Self { settles_little: Some(why), ..self }
    }

    /// These SHOULDs are left undone.
    pub(in crate::registry::twist) const fn undone(self, undone: &'static [&'static str]) -> Self {
        Self { undone, ..self }
    }

    /// On this ground in place of an open registry.
    pub(in crate::registry::twist) const fn on(self, ground: Ground) -> Self {
        Self { ground, ..self }
    }
}

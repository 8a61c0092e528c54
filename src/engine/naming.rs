//! Whether the target takes a repository's name at all.
//!
//! A registry may have a policy on names, or have repositories made first: it then takes the probe's repository and refuses another (OCI
//! obliges nobody to take a name, and end-4a and end-7 list 404 for a repository that is not there). A refusal in a repository that took
//! nothing yet is therefore held against nobody, as long as an upload session, the first thing of all, is refused there as well.

use http::{Method, Uri};

use super::act::send;
use super::observer::{Judgement, Observer};
use super::run::Env;
use super::session::Session;
use crate::client::{Call, Identity};
use crate::exchange::Exchange;
use crate::plan::Step;

/// What the user may do about it.
const HINT: &str =
    "where the policy of the registry is on names, or repositories have to be made first, name one that it takes with --repository";

/// Keeps in mind which repositories took something.
pub(super) fn note(session: &mut Session<'_>, exchange: &Exchange) {
    if let Some(name) = written_to(&exchange.request.method, &exchange.request.url)
        && exchange.status().is_some_and(|status| status < 300)
    {
        session.taken.insert(name.to_owned());
    }
}

/// Why what an exchange shows can't be held against the target: its repository's name was not taken.
pub(super) async fn refused<O: Observer>(
    (step, identity): (&Step, &Identity),
    exchange: &Exchange,
    session: &Session<'_>,
    env: &Env,
    observer: &O,
) -> Option<String> {
    let url = &exchange.request.url;
    let name = written_to(&exchange.request.method, url)?;
    let own = session.item.own && *identity == Identity::Auto && url.authority() == env.base.authority();
    if !own || session.taken.contains(name) || !is_refusal(exchange) {
        return None;
    }
    let uploads = format!("{}/v2/{name}/blobs/uploads/", env.base.to_string().trim_end_matches('/'));
    let call = Call::new(Method::POST, uploads.parse().ok()?);
    let opened = send(step, (&call, identity, false), session, env, observer).await;
    is_refusal(&opened).then(|| format!("the registry did not take this repository name ({}): {HINT}", crate::judge::observed(&opened)))
}

/// The repository that a request begins to write to: by an upload session, a mount, or a manifest.
fn written_to<'u>(method: &Method, url: &'u Uri) -> Option<&'u str> {
    let path = url.path().strip_prefix("/v2/")?;
    let name = match *method {
        Method::POST => path.strip_suffix('/').unwrap_or(path).strip_suffix("/blobs/uploads")?,
        Method::PUT => path.rsplit_once("/manifests/")?.0,
        _ => return None,
    };
    Some(name)
}

/// Whether an answer may be a word about the repository: nobody may push there, it is not there, or its name is not taken.
fn is_refusal(exchange: &Exchange) -> bool {
    match exchange.status() {
        Some(401 | 403 | 404) => true,
        Some(400) => told_of_name(exchange).unwrap_or_default(),
        _ => false,
    }
}

fn told_of_name(exchange: &Exchange) -> Option<bool> {
    let json: serde_json::Value = serde_json::from_slice(&exchange.response()?.body.bytes).ok()?;
    Some(matches!(json.pointer("/errors/0/code")?.as_str()?, "NAME_INVALID" | "NAME_UNKNOWN" | "DENIED"))
}

/// Whether a judgement would be held against the target: a failure, or the refusal of what a step decides on. Where that is the upload
/// session itself, its refusal is the answer.
pub(super) fn is_held(step: &Step, exchange: &Exchange, judgement: &Judgement) -> bool {
    let session = || exchange.request.method == Method::POST && exchange.request.url.query().is_none();
    matches!(judgement, Judgement::Fail(_)) || (step.capability.is_some() && matches!(judgement, Judgement::Declined(_)) && !session())
}

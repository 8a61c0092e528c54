//! One iteration of a planned item: send, capture, judge, tell the observer.
//!
//! Takes an [`Item`](crate::plan::Item) and a client; gives an [`Observer`] what was exchanged and judged. Never changes a plan. May use
//! `client`, `plan`, `judge`, `exchange` and the rooms above.

mod act;
mod call;
mod capture;
pub mod journey;
mod judging;
mod naming;
mod observer;
mod run;
mod session;
mod walk;
#[cfg(test)]
pub(crate) mod tests;

pub use observer::{Because, Judgement, Observer};
pub use run::{Env, Passing, run};

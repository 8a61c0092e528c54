//! Requests at the speed of a load: one connection, one exchange after the other, bodies that stream out and into a sink.
//!
//! The same connections, tap and words for failures as [`Client::send`](super::Client::send); what differs is that nothing is kept
//! but what the caller asks for: heads are built once by the caller, a body to send is made piece by piece ([`Flow`]), and a body that
//! comes goes to one [`Sink`] (hash, bounded buffer, or nothing).

mod flow;
mod open;
mod sink;
mod speak;

pub use flow::{Flow, Outflow};
pub use sink::{Arrived, Keep, Sink, Slow};
pub use speak::{Line, Reply, Stamps};

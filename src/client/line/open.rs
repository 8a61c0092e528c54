//! New connections, and clients that share how they connect but not what they have learnt.

use super::Line;
use crate::client::send::Client;
use crate::client::wire::{Origin, open};
use crate::exchange::Failure;

impl Client {
    /// A connection of its own.
    ///
    /// # Errors
    /// It could not be opened.
    pub async fn line(&self, origin: &Origin) -> Result<Line, Failure> {
        let limits = self.limits();
        let opened = open(origin, self.tls(), &limits).await?;
        Line::new(opened, origin.clone(), limits).await
    }
}

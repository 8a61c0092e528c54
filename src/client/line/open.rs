//! New connections, and clients that share how they connect but not what they have learnt.

use super::Line;
use crate::client::send::Client;
use crate::client::wire::Origin;
use crate::exchange::Failure;

impl Client {
    /// A connection of its own.
    ///
    /// # Errors
    /// It could not be opened.
    pub async fn line(&self, origin: &Origin) -> Result<Line, Failure> {
        let limits = self.limits();
        let opened = self.open(origin, &limits).await?;
        Line::new(opened, origin.clone(), limits).await
    }
}

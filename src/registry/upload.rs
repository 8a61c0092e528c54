//! `/v2/<name>/blobs/uploads/`: sessions, chunks, mounts.

use http::header::{CONTENT_RANGE, LOCATION, RANGE};
use http::{HeaderMap, HeaderName, StatusCode};

use super::failure::Failure;
use super::intake::Intake;
use super::operations::{Opening, Operations};
use super::query::Query;
use super::range::Chunk;
use super::reply::{Reply, created, empty, set};
use super::store::Writer;
use crate::oci::{Algorithm, Digest, NameGrammar, RepositoryName};

const UPLOAD_UUID: HeaderName = HeaderName::from_static("docker-upload-uuid");

/// A request about a session that is there, or to be.
pub(crate) struct Upload<'a> {
    pub(crate) operations: &'a dyn Operations,
    pub(crate) name: &'a RepositoryName,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) query: &'a Query,
}

impl Upload<'_> {
    /// POST: a mount where that can be done, a whole blob where one comes, else a new session. `may_pull` tells of which repositories the
    /// client may have blobs.
    pub(crate) async fn begin(&self, mut body: Intake, may_pull: impl Fn(&RepositoryName) -> bool + Send) -> Result<Reply, Failure> {
        if let Some(digest) = self.query.get("mount") {
            let digest = read_digest(digest)?;
            if self.mount(&digest, may_pull)? {
                return Ok(created(&blob_location(self.name, &digest), &digest));
            }
        }
        let Some(digest) = self.query.get("digest") else {
            let id = self.operations.begin_upload(self.name, self.algorithm()?)?;
            return Ok(self.state(StatusCode::ACCEPTED, &id, 0));
        };
        let digest = read_digest(digest)?;
        let session = Untold { upload: self, id: self.operations.begin_upload(self.name, digest.algorithm())? };
        let writer = self.write(&session.id, &mut body, Opening::default()).await?;
        self.operations.close_upload(writer, &digest)?;
        Ok(created(&blob_location(self.name, &digest), &digest))
    }

    fn mount(&self, digest: &Digest, may_pull: impl Fn(&RepositoryName) -> bool) -> Result<bool, Failure> {
        let sources = match self.query.get("from") {
            Some(from) => RepositoryName::parse(from, NameGrammar::V1_1).into_iter().collect(),
            None => self.operations.holders(digest),
        };
        for from in sources.iter().filter(|from| may_pull(from)) {
            if self.operations.mount(self.name, from, digest)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The algorithm that the client says it will name the blob by; SHA-256 where it does not say.
    fn algorithm(&self) -> Result<Algorithm, Failure> {
        let name = self.query.get("digest-algorithm").unwrap_or(Algorithm::Sha256.name());
        name.parse().map_err(|error| Failure::digest_malformed(&error))
    }

    /// PATCH: one more chunk, or a stream of unknown length.
    pub(crate) async fn patch(&self, id: &str, mut body: Intake) -> Result<Reply, Failure> {
        let writer = self.write(id, &mut body, Opening::default()).await?;
        let offset = self.operations.keep_chunk(writer)?;
        Ok(self.state(StatusCode::ACCEPTED, id, offset))
    }

    /// PUT: the end of a session, with its last bytes or none.
    pub(crate) async fn close(&self, id: &str, mut body: Intake) -> Result<Reply, Failure> {
        // The session must be there before anything is said of the digest.
        self.operations.upload_offset(self.name, id)?;
        let digest = read_digest(self.query.get("digest").ok_or_else(Failure::digest_missing)?)?;
        let opening = Opening { algorithm: Some(digest.algorithm()), ..Opening::default() };
        let writer = self.write(id, &mut body, opening).await?;
        self.operations.close_upload(writer, &digest)?;
        Ok(created(&blob_location(self.name, &digest), &digest))
    }

    pub(crate) fn status(&self, id: &str) -> Result<Reply, Failure> {
        let offset = self.operations.upload_offset(self.name, id)?;
        Ok(self.state(StatusCode::NO_CONTENT, id, offset))
    }

    pub(crate) fn cancel(&self, id: &str) -> Result<Reply, Failure> {
        self.operations.cancel_upload(self.name, id)?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    /// Writes a body where it belongs. What does not arrive whole, or not as announced, leaves the session as it was.
    async fn write(&self, id: &str, body: &mut Intake, opening: Opening) -> Result<Writer, Failure> {
        let chunk = self.chunk(body)?;
        let opening = Opening { at: chunk.map(|chunk| chunk.start), ..opening };
        let opened = self.operations.open_upload(self.name, id, opening);
        let mut writer = opened.map_err(|failure| self.with_state(failure, id))?;
        if let Some(len) = body.declared() {
            writer.expect(len)?;
        }
        while let Some(piece) = body.next().await? {
            writer.write(&piece)?;
        }
        match chunk {
            Some(chunk) if chunk.len != writer.written() => Err(Failure::size_invalid(chunk.len, writer.written())),
            _ => Ok(writer),
        }
    }

    /// Where the chunk belongs, if the client says so.
    fn chunk(&self, body: &Intake) -> Result<Option<Chunk>, Failure> {
        let Some(header) = self.headers.get(CONTENT_RANGE) else { return Ok(None) };
        let chunk = header.to_str().ok().and_then(Chunk::read);
        let chunk = chunk.ok_or_else(|| Failure::upload_invalid("Content-Range of a chunk is FIRST-LAST, both digits alone"))?;
        match body.declared() {
            Some(len) if len != chunk.len => Err(Failure::size_invalid(chunk.len, len)),
            _ => Ok(Some(chunk)),
        }
    }

    /// A refused chunk's answer says where the session stands, as the specification wants it.
    fn with_state(&self, failure: Failure, id: &str) -> Failure {
        match self.operations.upload_offset(self.name, id) {
            Ok(offset) if failure.status == StatusCode::RANGE_NOT_SATISFIABLE => {
                failure.with(LOCATION, &session_location(self.name, id)).with(RANGE, &range(offset)).with(UPLOAD_UUID, id)
            }
            _ => failure,
        }
    }

    fn state(&self, status: StatusCode, id: &str, offset: u64) -> Reply {
        let mut reply = empty(status);
        set(&mut reply, LOCATION, &session_location(self.name, id));
        set(&mut reply, RANGE, &range(offset));
        set(&mut reply, UPLOAD_UUID, id);
        reply
    }
}

/// A session that its client was never told of: whatever becomes of the request, the session ends with it.
struct Untold<'a> {
    upload: &'a Upload<'a>,
    id: String,
}

impl Drop for Untold<'_> {
    fn drop(&mut self) {
        // Closed, it is gone already.
        let _ = self.upload.operations.cancel_upload(self.upload.name, &self.id);
    }
}

/// `0-N`, without a unit: Docker reads it so. An empty session has no last byte; `0-0` is what clients have always been told.
fn range(offset: u64) -> String {
    format!("0-{}", offset.saturating_sub(1))
}

fn session_location(name: &RepositoryName, id: &str) -> String {
    format!("/v2/{name}/blobs/uploads/{id}")
}

fn blob_location(name: &RepositoryName, digest: &Digest) -> String {
    format!("/v2/{name}/blobs/{digest}")
}

fn read_digest(text: &str) -> Result<Digest, Failure> {
    text.parse().map_err(|error| Failure::digest_malformed(&error))
}

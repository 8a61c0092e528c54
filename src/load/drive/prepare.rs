//! The data set pushed, before anything is measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;

use super::live::{Live, Watch};
use super::order::LoadError;
use crate::client::Client;
use crate::clock;
use crate::data::{Image, Index};
use crate::engine::journey::{Caller, Manner, Measured, Meter, Setup, Task};

/// How many images are pushed side by side.
const AT_ONCE: usize = 8;

/// What preparation took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    /// Time.
    pub took: Duration,
    /// Requests.
    pub requests: u64,
    /// Bytes of request bodies.
    pub sent: u64,
}

#[derive(Default)]
struct Count {
    requests: AtomicU64,
    sent: AtomicU64,
    done: AtomicU64,
}

impl Meter for Count {
    fn measured(&self, measured: &Measured<'_>) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.sent.fetch_add(measured.sent, Ordering::Relaxed);
    }
}

/// One thing to push.
enum Piece {
    Image(Arc<Image>),
    Index(Arc<Index>),
}

/// Pushes every image and index of the set by the journeys `image` and `index` (their places in the program).
///
/// # Errors
/// The first push that fails.
pub async fn prepare(setup: &Setup, client: &Client, (image, index): (usize, usize), watch: &dyn Watch) -> Result<Prepared, LoadError> {
    let began = clock::instant();
    let count = Count::default();
    let tasks = tasks(setup, (image, index), began);
    let whole = tasks.len() as u64;
    let manner = Manner { retries: 3, ..Manner::default() };
    // A client works on one image at a time, and layers that images share are sent by whoever comes first.
    let one = |tasks: Vec<Task>| {
        let caller = Caller::new(client, manner);
        let count = &count;
        async move {
            for task in tasks {
                let ended = setup.run(&task, &caller, count).await;
                if let Some(why) = ended.failed {
                    return Err(why);
                }
                let done = count.done.fetch_add(1, Ordering::Relaxed) + 1;
                watch.glance(&Live { stage: "preparing", elapsed: began.elapsed(), done: Some((done, whole)), ..Live::default() });
            }
            Ok(())
        }
    };
    let mut hands: Vec<Vec<Task>> = (0..AT_ONCE).map(|_| Vec::new()).collect();
    for (n, task) in tasks.into_iter().enumerate() {
        hands[n % AT_ONCE].push(task);
    }
    let mut running = futures_util::stream::iter(hands.into_iter().map(one)).buffer_unordered(AT_ONCE);
    while let Some(done) = running.next().await {
        done.map_err(LoadError::Unprepared)?;
    }
    drop(running);
    let (requests, sent) = (count.requests.into_inner(), count.sent.into_inner());
    Ok(Prepared { took: began.elapsed(), requests, sent })
}

fn tasks(setup: &Setup, (image, index): (usize, usize), now: Instant) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (repository, at) in setup.set.repositories.iter().zip(0..) {
        let images = repository.images.iter().map(|one| Piece::Image(Arc::clone(one)));
        let indexes = repository.indexes.iter().map(|one| Piece::Index(Arc::clone(one)));
        for piece in images.chain(indexes) {
            let number = tasks.len() as u64;
            let (script, image, index) = match piece {
                Piece::Image(piece) => (image, Some(piece), None),
                Piece::Index(piece) => (index, None, Some(piece)),
            };
            tasks.push(Task { script, repository: at, source: at, image, index, tag: String::new(), number, intended: now });
        }
    }
    tasks
}

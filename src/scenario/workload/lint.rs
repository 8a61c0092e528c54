//! From the shape of a file to a workload, and what is wrong on the way.

use std::time::Duration;

use indexmap::IndexMap;

use super::file::WorkloadFile;
use super::types::{ArrivalFile, LawFile, OpenFile, StageFile};
use super::{Arrival, Clients, Counts, DataSet, Law, Open, Sizes, Stage, Workload};
use crate::clause::Catalogue;
use crate::scenario::journey::Journey;
use crate::scenario::reader::Reader;
use crate::text::{At, Diagnostics, Place, SourceFile, did_you_mean, read};

/// The most repositories, images and so on: the set's description is held in memory.
const MOST_IMAGES: u64 = 100_000;
const MOST_LAYERS: u32 = 1000;
const MOST_CLIENTS: u32 = 100_000;

/// One workload; `id` is its path under `workloads/`, without the ending.
///
/// # Errors
/// The first mistake of syntax or shape, or all of meaning.
pub fn read_workload(
    file: &SourceFile,
    id: &str,
    catalogue: &Catalogue,
    journeys: &IndexMap<String, Journey>,
) -> Result<Workload, Diagnostics> {
    let written: WorkloadFile = read(file)?;
    let mut reader = Reader::new(file, catalogue);
    let workload = reader.workload(id, written, journeys);
    reader.wrong.or(workload)
}

impl Reader<'_> {
    fn workload(&mut self, id: &str, written: WorkloadFile, known: &IndexMap<String, Journey>) -> Workload {
        if written.title.trim().is_empty() {
            self.mistake(written.title.place, "the title is empty", "", Some("say in one sentence what it imitates".into()));
        }
        self.lint_data_set(&written.data.value, written.data.place);
        self.lint_clients(&written.clients);
        self.lint_weights(&written.journeys, known);
        self.lint_needs(&written, known);
        if written.duration.0.is_zero() {
            self.mistake(written.title.place, "the duration is zero", "", Some("measure for some seconds: `duration: 10s`".into()));
        }
        if written.iterations == Some(0) {
            self.mistake(written.title.place, "zero iterations measure nothing", "", None);
        }
        let arrival = self.arrival(&written.arrival);
        Workload {
            id: id.to_owned(),
            file: self.file.clone(),
            title: written.title,
            data: written.data.value,
            clients: written.clients,
            journeys: written.journeys.value,
            arrival,
            duration: written.duration.0,
            iterations: written.iterations,
            warm_up: written.warm_up.0,
            thresholds: written.thresholds,
        }
    }

    fn lint_data_set(&mut self, data: &DataSet, place: Place) {
        let images = u64::from(data.images) + u64::from(data.indexes) * u64::from(data.platforms);
        let all = u64::from(data.repositories) * images;
        if all == 0 || all > MOST_IMAGES {
            self.mistake(place, format!("a data set has 1 to {MOST_IMAGES} images, and this has {all}"), "", None);
        }
        if data.indexes > 0 && !(1..=6).contains(&data.platforms) {
            self.mistake(place, "an index has 1 to 6 platforms", "", None);
        }
        if data.source.trim().is_empty() {
            let help = "name the study, or say that it is a guess".to_owned();
            self.mistake(data.source.place, "the source of the figures is empty", "", Some(help));
        }
        for (s, what) in [(data.popularity.repositories, "repositories"), (data.popularity.images, "images")] {
            if !(0.0..=10.0).contains(&s) {
                self.mistake(place, format!("the popularity of {what} has an exponent from 0 to 10"), "", None);
            }
        }
        self.lint_counts(&data.layers);
        self.lint_sizes(&data.sizes);
    }

    fn lint_counts(&mut self, counts: &At<Counts>) {
        let wrong = match &counts.value {
            Counts { fixed: Some(n), median: None, sigma: None, most: None, .. } => *n == 0 || *n > MOST_LAYERS,
            Counts { fixed: None, median: Some(median), sigma: Some(sigma), most: Some(most), least } => {
                !(*median >= 1.0 && (0.0..=5.0).contains(sigma) && *least >= 1 && least <= most && *most <= MOST_LAYERS)
            }
            _ => true,
        };
        if wrong {
            let help = "write `{ fixed: 6 }` or `{ median: 8, sigma: 0.6, most: 40 }`; at most 1000 layers".to_owned();
            self.mistake(counts.place, "this is no number of layers", "", Some(help));
        }
    }

    fn lint_sizes(&mut self, sizes: &At<Sizes>) {
        let wrong = match &sizes.value {
            Sizes { fixed: Some(_), median: None, sigma: None, most: None, tail: None } => false,
            Sizes { fixed: None, median: Some(median), sigma: Some(sigma), most: Some(most), tail } => {
                let tail_fits = tail.is_none_or(|tail| tail.alpha > 0.0 && tail.alpha <= 10.0 && tail.from <= *most);
                !(median <= most && (0.0..=6.0).contains(sigma) && tail_fits)
            }
            _ => true,
        };
        if wrong {
            let help = "write `{ fixed: 4KiB }` or `{ median: 1MiB, sigma: 2, most: 64MiB }`, perhaps with `tail: { share: 5%, alpha: 1.2, from: 10MiB }`".to_owned();
            self.mistake(sizes.place, "this is no size of layers", "", Some(help));
        }
    }

    fn lint_clients(&mut self, clients: &Clients) {
        if clients.count.value == 0 || clients.count.value > MOST_CLIENTS {
            self.mistake(clients.count.place, format!("there are 1 to {MOST_CLIENTS} clients"), "", None);
        }
        if let Some(speed) = clients.speed.filter(|speed| speed.value.from > speed.value.to) {
            self.mistake(speed.place, "the slowest client is faster than the fastest", "", Some("swap `from` and `to`".into()));
        }
    }

    fn lint_weights(&mut self, weights: &At<IndexMap<At<String>, f64>>, known: &IndexMap<String, Journey>) {
        for (name, weight) in &weights.value {
            if !known.contains_key(name.as_str()) {
                let near = did_you_mean(name, known.keys().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
                let help = near.unwrap_or_else(|| "`plimsoll scenario list 'journeys/*'` lists them".to_owned());
                self.mistake(name.place, format!("there is no journey `{}`", name.value), "", Some(help));
            }
            if !weight.is_finite() || *weight < 0.0 {
                self.mistake(name.place, format!("the weight of `{}` is no number from 0 on", name.value), "", None);
            }
        }
        if weights.value.values().all(|weight| *weight <= 0.0) {
            let help = "give at least one journey a weight: `docker/pull: 1`".to_owned();
            self.mistake(weights.place, "all weights are zero, so nothing would be done", "", Some(help));
        }
    }

    /// What journeys take must be in the set.
    fn lint_needs(&mut self, written: &WorkloadFile, known: &IndexMap<String, Journey>) {
        for (name, _) in written.journeys.value.iter().filter(|(_, weight)| **weight > 0.0) {
            let Some(takes) = known.get(name.as_str()).map(|journey| journey.takes) else { continue };
            if takes.is_index() && written.data.indexes == 0 {
                let title = format!("`{}` wants an index, and the data set has none", name.value);
                self.mistake(name.place, title, "", Some("add `indexes: 1` to the data".into()));
            }
            if takes.is_image() && written.data.images == 0 {
                let title = format!("`{}` wants an image, and the data set has none", name.value);
                self.mistake(name.place, title, "", Some("add `images: 1` to the data".into()));
            }
        }
    }

    fn arrival(&mut self, written: &At<ArrivalFile>) -> Arrival {
        match (&written.open, &written.closed) {
            (Some(open), None) => Arrival::Open(self.open_model(open)),
            (None, Some(closed)) => {
                if closed.workers.value == 0 || closed.workers.value > MOST_CLIENTS {
                    self.mistake(closed.workers.place, format!("1 to {MOST_CLIENTS} workers work"), "", None);
                }
                Arrival::Closed { workers: closed.workers.value.max(1), think: closed.think.0 }
            }
            _ => {
                let help = "write `open: { rate: 50/s }` or `closed: { workers: 16 }`".to_owned();
                self.mistake(written.place, "an arrival is exactly one of `open` and `closed`", "", Some(help));
                Arrival::Closed { workers: 1, think: Duration::ZERO }
            }
        }
    }

    fn open_model(&mut self, open: &At<OpenFile>) -> Open {
        let law = match (open.law, &open.batch) {
            (LawFile::Constant, None) => Law::Constant,
            (LawFile::Poisson, None) => Law::Poisson,
            (LawFile::Batches, Some(batch)) if (1..=100_000).contains(&batch.value) => Law::Batches(batch.value, open.within.0),
            (LawFile::Batches, _) => {
                let help = "say how many come at once: `batch: 50`".to_owned();
                self.mistake(open.place, "batches have a size from 1 to 100000", "", Some(help));
                Law::Batches(1, Duration::ZERO)
            }
            (_, Some(batch)) => {
                self.mistake(batch.place, "`batch` goes with `law: batches`", "", None);
                Law::Poisson
            }
        };
        let stages = match (&open.rate, &open.stages) {
            (Some(rate), None) => vec![Stage { from: rate.value.0, to: rate.value.0, lasts: Duration::MAX }],
            (None, Some(stages)) if !stages.is_empty() => stages.iter().map(|stage| self.stage(stage)).collect(),
            _ => {
                let help =
                    "write `rate: 50/s`, or `stages: [{ ramp: { from: 10/s, to: 50/s }, for: 5s }, { hold: 50/s, for: 30s }]`".to_owned();
                self.mistake(open.place, "the open model has exactly one of `rate` and `stages`", "", Some(help));
                Vec::new()
            }
        };
        Open { law, stages }
    }

    fn stage(&mut self, stage: &At<StageFile>) -> Stage {
        let lasts = stage.lasts.0;
        if lasts.is_zero() {
            self.mistake(stage.place, "this stage lasts no time", "", None);
        }
        match (stage.hold, stage.ramp) {
            (Some(rate), None) => Stage { from: rate.0, to: rate.0, lasts },
            (None, Some(ramp)) => {
                if ramp.from > ramp.to {
                    let help = "swap `from` and `to`; to come down, begin a new stage with `hold`".to_owned();
                    self.mistake(stage.place, "this ramp runs backwards: it ends lower than it begins", "", Some(help));
                }
                Stage { from: ramp.from.0, to: ramp.to.0, lasts }
            }
            _ => {
                self.mistake(stage.place, "a stage is exactly one of `hold` and `ramp`", "", None);
                Stage { from: 1.0, to: 1.0, lasts }
            }
        }
    }
}

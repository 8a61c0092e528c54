//! What no schedule can be made of.

/// Why there is no such schedule. Stages are counted from 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScheduleError {
    /// No stage at all.
    #[error("there is no stage")]
    NoStage,
    /// A stage that takes no time.
    #[error("stage {stage} takes no time")]
    NoLength {
        /// Which.
        stage: usize,
    },
    /// All stages together are longer than any run.
    #[error("the stages take more than 30 days together")]
    TooLong,
    /// A rate below zero, above what a machine can send, or no number.
    #[error("stage {stage} has a rate of {rate}/s: it must be between 0 and {most}/s", most = super::curve::HIGHEST_RATE)]
    Rate {
        /// Which.
        stage: usize,
        /// Its rate, per second.
        rate: f64,
    },
    /// Every rate is zero, or the stages are too short for one arrival.
    #[error("nothing arrives: the rates are zero, or too low for the time that they are given")]
    Nothing,
    /// A batch of nothing, or of too much.
    #[error("a batch has between 1 and {most} arrivals, not {size}", most = super::pattern::LARGEST_BATCH)]
    Batch {
        /// The size that was asked for, or the mean.
        size: f64,
    },
}

//! All twists, side by side on as many threads as there are cores.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::ground;
use super::profile::{with_everything, with_together};
use super::trial::{Trial, survey};
use crate::clause::Level;
use crate::clock::{self, Clock};
use crate::record::{CleanTrial, FORMAT, Failed, FaultTrial, Kind, Machine, Matrix, VariantTrial};
use crate::registry::{Change, Fault, Ground, Variant};
use crate::scenario::Suite;

/// What is to be proven.
#[derive(Clone, Debug)]
pub struct Proof<'a> {
    /// The suite on trial.
    pub suite: &'a Suite,
    /// Hash of its files.
    pub scenario_set: String,
    /// The faults that it must find.
    pub faults: Vec<Fault>,
    /// The variants that it must not accuse.
    pub variants: Vec<Variant>,
    /// How many are tried side by side.
    pub threads: usize,
}

/// Told as a proof goes on.
pub trait Progress: Sync {
    /// So many registries have been surveyed, of so many; the last one was this.
    fn done(&self, done: usize, total: usize, id: &str);
}

/// One registry to survey: a job is its own witness of what is meant.
struct Job<'a> {
    name: String,
    suite: &'a Suite,
    ground: Ground,
    changes: Vec<Change>,
}

/// Surveys the clean registry on each ground, every fault and every variant.
///
/// # Errors
/// The system has no thread or no runtime to give.
pub fn prove(proof: &Proof<'_>, progress: &dyn Progress) -> std::io::Result<Matrix> {
    let (began, started) = (clock::instant(), Clock::system().now());
    let grounds = grounds(proof);
    let everything: Vec<Suite> = grounds.iter().map(|ground| with_everything(proof.suite, *ground)).collect();
    let beside = beside(proof);
    let together: HashMap<&[&str], Suite> = beside.iter().map(|(names, _)| (*names, with_together(proof.suite, names))).collect();
    let held = |ground: Ground| grounds.iter().position(|known| *known == ground).and_then(|at| everything.get(at)).unwrap_or(proof.suite);
    let clean = grounds.iter().map(|ground| job(ground::name(*ground), held(*ground), *ground, &[]));
    let lawful = beside.iter().map(|(names, ground)| {
        let name = format!("{} under {}", ground::name(*ground), names.join(", "));
        job(&name, together.get(names).unwrap_or(proof.suite), *ground, &[])
    });
    let faults = proof.faults.iter().map(|fault| job(fault.id, held(fault.ground), fault.ground, &[fault.change]));
    let variants = proof
        .variants
        .iter()
        .map(|variant| job(variant.id, together.get(variant.lawful).unwrap_or(proof.suite), variant.ground, &[variant.change]));
    let jobs: Vec<Job<'_>> = clean.chain(lawful).chain(faults).chain(variants).collect();
    let mut trials = side_by_side(&jobs, proof.threads, progress)?.into_iter();
    let stood: Vec<Stood> = grounds.iter().map(|ground| (&[][..], *ground)).chain(beside).collect();
    let clean: Vec<CleanTrial> = stood.iter().zip(trials.by_ref()).map(|(stood, trial)| clean_trial(*stood, trial)).collect();
    let passed = |variant: &Variant| {
        let at = stood.iter().position(|stood| *stood == (variant.lawful, variant.ground));
        at.and_then(|at| clean.get(at)?.judged).map_or(0, |judged| judged.passed)
    };
    let faults = proof.faults.iter().zip(trials.by_ref()).map(|(fault, trial)| fault_trial(fault, trial)).collect();
    let variants = proof.variants.iter().zip(trials).map(|(variant, trial)| variant_trial(variant, trial, passed(variant))).collect();
    Ok(Matrix {
        format: FORMAT.to_owned(),
        kind: Kind::KillMatrix,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario_set: proof.scenario_set.clone(),
        machine: Machine::here(),
        started: clock::rfc3339(started),
        wall_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        clean,
        faults,
        variants,
    })
}

fn job<'a>(name: &str, suite: &'a Suite, ground: Ground, changes: &[Change]) -> Job<'a> {
    Job { name: name.to_owned(), suite, ground, changes: changes.to_vec() }
}

/// The grounds that the chosen twists stand on.
fn grounds(proof: &Proof<'_>) -> Vec<Ground> {
    let all = [Ground::Open, Ground::Basic, Ground::Token, Ground::GithubPackages];
    let used = |ground: Ground| {
        proof.faults.iter().any(|fault| fault.ground == ground) || proof.variants.iter().any(|variant| variant.ground == ground)
    };
    all.into_iter().filter(|ground| used(*ground)).collect()
}

/// Where a clean registry stands: the profiles that it is held to together (none: every document), and its ground.
type Stood = (&'static [&'static str], Ground);

/// Where the chosen variants stand, so that a clean registry can stand beside each: it shows how much there is to judge.
fn beside(proof: &Proof<'_>) -> Vec<Stood> {
    let mut all: Vec<Stood> = Vec::new();
    for variant in &proof.variants {
        if !all.contains(&(variant.lawful, variant.ground)) {
            all.push((variant.lawful, variant.ground));
        }
    }
    all
}

/// Every job's trial, in the jobs' order.
fn side_by_side(jobs: &[Job<'_>], threads: usize, progress: &dyn Progress) -> std::io::Result<Vec<Trial>> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let trials: Mutex<Vec<Option<Trial>>> = Mutex::new(vec![None; jobs.len()]);
    let work = || -> std::io::Result<()> {
        // Everything is in this process, so where nothing is left to do but wait, the wait is over: a time-out costs no time, and none
        // comes early because the machine is busy.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
        while let Some((at, job)) = Some(next.fetch_add(1, Ordering::SeqCst)).and_then(|at| Some((at, jobs.get(at)?))) {
            let began = clock::instant();
            let mut trial = runtime.block_on(survey(job.suite, job.ground, job.changes.clone()));
            trial.wall_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            trials.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(trial);
            progress.done(done.fetch_add(1, Ordering::SeqCst) + 1, jobs.len(), &job.name);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(std::io::Error::other("a trial panicked"))))
    })?;
    let lost = || Trial { trouble: Some("it was not tried".into()), ..Trial::default() };
    let trials = trials.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(trials.into_iter().map(|trial| trial.unwrap_or_else(lost)).collect())
}

fn clean_trial((lawful, ground): Stood, trial: Trial) -> CleanTrial {
    let judged = trial.judged.unwrap_or_default();
    let open = trial.open.map(|why| format!("{} expectations could not be judged, most of them since {why}", judged.inconclusive));
    let idle = (judged.passed == 0).then(|| "nothing passed".to_owned());
    CleanTrial {
        ground: ground::name(ground).to_owned(),
        lawful: lawful.iter().map(|&name| name.to_owned()).collect(),
        failed: trial.failed.into_values().collect(),
        trouble: trial.trouble.or(open).or(idle),
        judged: trial.judged,
        exchanges: trial.exchanges,
        wall_ms: trial.wall_ms,
    }
}

fn fault_trial(fault: &Fault, trial: Trial) -> FaultTrial {
    let breaks: Vec<String> = fault.breaks.iter().map(|&clause| clause.to_owned()).collect();
    FaultTrial {
        id: fault.id.to_owned(),
        says: fault.says.to_owned(),
        seen: fault.seen.map(str::to_owned),
        ground: ground::name(fault.ground).to_owned(),
        survived: breaks.iter().filter(|clause| !trial.failed.contains_key(*clause)).cloned().collect(),
        beyond: trial.failed.keys().filter(|clause| !breaks.contains(clause)).cloned().collect(),
        breaks,
        failed: trial.failed.into_values().collect(),
        trouble: trial.trouble,
        judged: trial.judged,
        exchanges: trial.exchanges,
        wall_ms: trial.wall_ms,
    }
}

/// What is wrong with how much was judged of a variant, where the clean registry beside it passes `clean` expectations.
fn unsettled(variant: &Variant, trial: &Trial, clean: u64) -> Option<String> {
    let passed = trial.judged?.passed;
    match (passed < clean.div_ceil(2), variant.settles_little) {
        (true, None) => Some(format!("{passed} expectations passed, of {clean} on the clean registry: that settles too little")),
        (false, Some(why)) => Some(format!("it is said to settle little ({why}), but {passed} of {clean} expectations passed")),
        _ => None,
    }
}

fn variant_trial(variant: &Variant, trial: Trial, clean: u64) -> VariantTrial {
    let unsettled = unsettled(variant, &trial, clean);
    let undone = |failed: &Failed| variant.undone.contains(&failed.clause.as_str());
    let idle = variant.undone.iter().find(|clause| !trial.failed.contains_key(**clause));
    let idle = idle.map(|clause| format!("it is said to leave {clause} undone, and does not"));
    // What only a client leans on is told, but a registry may well do without that client.
    let (accused, lesser): (Vec<Failed>, Vec<Failed>) =
        trial.failed.into_values().partition(|failed| failed.level == Level::Must || (failed.level == Level::Should && !undone(failed)));
    VariantTrial {
        id: variant.id.to_owned(),
        says: variant.says.to_owned(),
        freedom: variant.freedom,
        lawful: variant.lawful.iter().map(|&name| name.to_owned()).collect(),
        ground: ground::name(variant.ground).to_owned(),
        accused,
        lesser,
        settles_little: variant.settles_little.map(str::to_owned),
        trouble: trial.trouble.or(idle).or(unsettled),
        judged: trial.judged,
        exchanges: trial.exchanges,
        wall_ms: trial.wall_ms,
    }
}

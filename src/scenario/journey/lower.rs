//! From the shape of a file to a journey.

use super::file::{JourneyFile, StepFile};
use super::names::Scope;
use super::{Act, Exchange, Journey, Loop, Step};
use crate::clause::Catalogue;
use crate::scenario::reader::Reader;
use crate::text::{At, Diagnostics, Place, SourceFile, Template, read};

/// Methods that a request line may have.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// The most rounds of a loop that run side by side.
const MOST_AT_ONCE: u64 = 64;

/// One journey; `id` is its path under `journeys/`, without the ending.
///
/// # Errors
/// The first mistake of syntax or shape, or all of meaning.
pub fn read_journey(file: &SourceFile, id: &str, catalogue: &Catalogue) -> Result<Journey, Diagnostics> {
    let written: JourneyFile = read(file)?;
    let mut reader = Reader::new(file, catalogue);
    let journey = reader.journey(id, written);
    reader.wrong.or(journey)
}

impl Reader<'_> {
    fn journey(&mut self, id: &str, written: JourneyFile) -> Journey {
        let mut scope = Scope::open(written.takes);
        let title = written.title;
        if written.steps.is_empty() {
            self.mistake(title.place, "this journey has no step", "", None);
        }
        let steps = self.journey_steps(written.steps, &mut scope);
        let journey =
            Journey { id: id.to_owned(), path: self.file.path.clone(), title, client: written.client, takes: written.takes, steps };
        self.lint_journey(&journey);
        journey
    }

    fn journey_steps(&mut self, written: Vec<At<StepFile>>, scope: &mut Scope) -> Vec<Step> {
        let mut steps = Vec::new();
        for At { value: file, place } in written {
            if self.has_too_many_steps(place) {
                break;
            }
            self.next_number();
            steps.extend(self.journey_step(file, place, scope));
        }
        steps
    }

    fn journey_step(&mut self, mut file: StepFile, place: Place, scope: &mut Scope) -> Option<Step> {
        let when = file.when.take();
        if let Some(when) = when.as_ref().filter(|when| !scope.outcomes.contains(&when.value)) {
            let help = if scope.outcomes.is_empty() {
                "no step before it has `outcomes`".to_owned()
            } else {
                format!("the outcomes so far are {}", scope.outcomes.join(", "))
            };
            self.mistake(when.place, format!("there is no outcome `{}`", when.value), "", Some(help));
        }
        let title = file.title.take().map(|title| title.value);
        let (title, act) = match (&file.request, &file.each) {
            (Some(_), None) => {
                let exchange = self.exchange(file, place, scope)?;
                (title.unwrap_or_else(|| format!("{} {}", exchange.method, exchange.target.source())), Act::Send(Box::new(exchange)))
            }
            (None, Some(_)) => {
                let each = self.journey_loop(file, place, scope)?;
                (title.unwrap_or_else(|| "for each".to_owned()), Act::Each(each))
            }
            _ => {
                let help = "write `request: GET /v2/…`, or `for: layers` with `steps`".to_owned();
                self.mistake(place, "a step is exactly one of `request` and `for`", "", Some(help));
                return None;
            }
        };
        Some(Step { place, title, when, act })
    }

    fn journey_loop(&mut self, file: StepFile, place: Place, scope: &mut Scope) -> Option<Loop> {
        let over = file.each?;
        let at_once = file.at_once.map_or(1, |many| {
            if many.value == 0 || many.value > MOST_AT_ONCE {
                self.mistake(many.place, format!("1 to {MOST_AT_ONCE} rounds run side by side"), "", None);
            }
            many.value.clamp(1, MOST_AT_ONCE)
        });
        let Some(mut inside) = scope.inside(over.value) else {
            let help = "`takes: image` brings layers and blobs, `takes: index` brings images".to_owned();
            self.mistake(over.place, "the journey takes nothing that has these", "", Some(help));
            return None;
        };
        let Some(written) = file.steps.filter(|steps| !steps.is_empty()) else {
            self.mistake(place, "this loop has no steps", "", None);
            return None;
        };
        let steps = self.journey_steps(written.value, &mut inside);
        let at_once = usize::try_from(at_once).unwrap_or(1);
        Some(Loop { over: over.value, at_once, unless_held: file.unless.is_some(), steps })
    }

    fn exchange(&mut self, file: StepFile, place: Place, scope: &mut Scope) -> Option<Exchange> {
        for (is_there, key) in [(file.at_once.is_some(), "at_once"), (file.unless.is_some(), "unless"), (file.steps.is_some(), "steps")] {
            if is_there {
                self.mistake(place, format!("`{key}` goes with `for`, not with `request`"), "", None);
            }
        }
        let line = file.request?;
        let Some(operation) = file.operation else {
            let help = "name the row of the report in which it counts: `operation: manifest`".to_owned();
            self.mistake(place, "this request has no `operation`", "", Some(help));
            return None;
        };
        let Some((method, target)) = split(&line.value) else {
            let help = format!("write one of {} and a path, or a saved URL: `GET /v2/<repo>/tags/list`", METHODS.join(", "));
            self.mistake(line.place, "this is no request line", "", Some(help));
            return None;
        };
        let exchange = Exchange {
            operation,
            method,
            target: At::new(target, line.place),
            query: file.query.map(|query| query.value).unwrap_or_default(),
            headers: file.headers.map(|headers| headers.value).unwrap_or_default(),
            body: file.body,
            chunked: file.chunked.is_some_and(|chunked| chunked.value),
            anonymous: file.anonymous.is_some_and(|anonymous| anonymous.value),
            expect: file.expect.map(|expect| expect.value).unwrap_or_default(),
            outcomes: file.outcomes.map(|outcomes| outcomes.value).unwrap_or_default(),
            save: file.save.map(|save| save.value).unwrap_or_default(),
        };
        self.lint_exchange(&exchange, scope);
        scope.saves.extend(exchange.save.keys().map(|name| name.value.clone()));
        scope.outcomes.extend(exchange.outcomes.keys().map(|name| name.value.clone()));
        Some(exchange)
    }
}

/// `GET /v2/<repo>/tags/list` in its two parts.
fn split(line: &Template) -> Option<(String, Template)> {
    let (method, target) = line.source().split_once(' ')?;
    let target = Template::parse(target.trim()).ok()?;
    let is_path = target.source().starts_with("/v2/");
    let is_saved = target.only_variable().is_some_and(|path| path.len() == 1);
    (METHODS.contains(&method) && (is_path || is_saved)).then(|| (method.to_owned(), target))
}

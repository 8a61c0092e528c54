//! From the shape of a file to a scenario: every step is given its act, its number and its links to earlier steps.

use super::data::Data;
use super::file::{DatumFile, ScenarioFile, StepFile};
use super::names::Scope;
use super::reader::Reader;
use super::{Act, Auth, Datum, Push, Request, Scenario, Step, Target};
use crate::text::{At, Diagnostic, Place, Template};

/// Methods that a request line may have.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

impl Reader<'_> {
    /// The scenario of a file; what is wrong in it is noted, and replaced by something harmless.
    pub(super) fn scenario(&mut self, id: &str, written: ScenarioFile) -> Scenario {
        let mut written = written;
        self.limit_data(&mut written);
        let lists = self.lists(written.lists);
        let mut scenario = Scenario {
            id: id.to_owned(),
            path: self.file.path.clone(),
            title: written.title,
            needs: written.needs,
            repos: written.repos,
            each: written.each,
            alone: written.alone,
            data: written.data.into_iter().map(|(name, datum)| (name, self.datum(datum))).collect::<Data>().into(),
            lists,
            steps: Vec::new(),
        };
        self.saved = super::reader::saves(&written.steps);
        let mut scope = self.open(&scenario);
        scenario.steps = self.script(written.steps, &mut scope);
        self.close(&scenario);
        self.lint(&scenario);
        super::lint::sort_data(&mut scenario);
        scenario
    }

    fn datum(&mut self, written: At<DatumFile>) -> Datum {
        if written.kinds() != 1 {
            let (place, kinds) = (written.place, written.kinds());
            self.wrong.push(
                Diagnostic::new(self.file, place, "a datum is exactly one kind of content")
                    .label(if kinds == 0 { "none of them is here".to_owned() } else { format!("{kinds} of them are here") })
                    .help(Some("write one of `blob`, `text`, `json`, `manifest`, `index`, `image`")),
            );
        }
        written.value.datum().unwrap_or_else(Datum::nothing)
    }

    fn script(&mut self, steps: Vec<At<StepFile>>, scope: &mut Scope) -> Vec<Step> {
        let mut script = Vec::new();
        for step in steps {
            if self.has_too_many_steps(step.place) {
                break;
            }
            script.push(self.step(step, scope));
        }
        script
    }

    fn step(&mut self, written: At<StepFile>, scope: &mut Scope) -> Step {
        let number = self.next_number();
        let At { value: mut file, place } = written;
        self.check_keys(&file, place);
        let (title, name) = (file.title.take(), file.name.take());
        let when = file.when.take().and_then(|when| self.outcome(when, scope));
        let mut depends: Vec<usize> = file.after.take().iter().flat_map(|after| self.named(after, scope)).collect();
        depends.extend(scope.pushes());
        let act = self.act(file, place, scope);
        depends.extend(self.reads(&act, scope));
        depends.sort_unstable();
        depends.dedup();
        let title = title.map_or_else(|| act.in_short(), |title| title.value);
        let step = Step { number, place, title, name, when, depends, act };
        self.done(&step, scope);
        step
    }

    fn act(&mut self, file: StepFile, place: Place, scope: &mut Scope) -> Act {
        if let Some(scripts) = file.together {
            return Act::Together(self.side_by_side(scripts.value, scope));
        }
        if let Some(datum) = file.push {
            let to = file.to.unwrap_or_else(|| At::new(repo_variable(), place));
            return Act::Push(Push { datum, to, tag: file.tag });
        }
        if let Some(advance) = file.advance {
            return Act::Advance(advance);
        }
        Act::Request(Box::new(self.request(file, place)))
    }

    /// Each script sees what was there before, not what its neighbours do; what comes after sees all.
    fn side_by_side(&mut self, scripts: Vec<Vec<At<StepFile>>>, scope: &mut Scope) -> Vec<Vec<Step>> {
        let before = scope.clone();
        let run = |script| {
            let mut own = before.clone();
            let steps = self.script(script, &mut own);
            scope.join(&before, own);
            steps
        };
        scripts.into_iter().map(run).collect()
    }

    fn request(&mut self, file: StepFile, place: Place) -> Request {
        let (method, target) = file.request.map_or_else(|| (String::new(), nowhere(place)), |line| self.request_line(&line));
        Request {
            method,
            target,
            query: file.query.map(|query| query.value).unwrap_or_default(),
            headers: file.headers.map(|headers| headers.value).unwrap_or_default(),
            body: file.body,
            chunked: file.chunked.is_some_and(|chunked| chunked.value),
            auth: file.auth.unwrap_or_else(|| At::new(Auth::Auto, place)),
            client: file.client.map(|client| client.value),
            follow: file.follow.is_none_or(|follow| follow.value),
            expect: file.expect.map(|expect| expect.value).unwrap_or_default(),
            outcomes: file.outcomes.map(|outcomes| outcomes.value).unwrap_or_default(),
            capability: file.capability,
            save: file.save.map(|save| save.value).unwrap_or_default(),
            each: file.each.map(|each| each.value),
            walk: file.walk,
            until: file.until,
        }
    }

    fn request_line(&mut self, line: &At<Template>) -> (String, At<Target>) {
        let help = "write `METHOD /path` or `METHOD <url>`: `GET /v2/<repo>/tags/list`";
        let Some((method, rest)) = line.source().split_once(' ') else {
            self.wrong.push(Diagnostic::new(self.file, line.place, "a request line is a method and a path").help(Some(help)));
            return (String::new(), nowhere(line.place));
        };
        if !METHODS.contains(&method) {
            let near = crate::text::expected_one_of(method, &METHODS);
            self.mistake(self.narrow(line.place, method), format!("`{method}` is no method"), "", near);
        }
        let target = target(rest).map(|target| At::new(target, line.place));
        if target.is_none() {
            let title = format!("`{rest}` is no place to send a request to");
            self.mistake(
                self.narrow(line.place, rest),
                title,
                "a path begins with `/`, a URL with `<`, neither has blanks",
                Some(help.to_owned()),
            );
        }
        (method.to_owned(), target.unwrap_or_else(|| nowhere(line.place)))
    }
}

fn target(written: &str) -> Option<Target> {
    let text = Template::parse(written).ok().filter(|_| !written.contains(char::is_whitespace))?;
    match written.chars().next()? {
        '/' => Some(Target::Path(text)),
        '<' => Some(Target::Url(text)),
        _ => None,
    }
}

fn nowhere(place: Place) -> At<Target> {
    At::new(Target::Path(Template::literal("/")), place)
}

fn repo_variable() -> Template {
    Template::variable("repo")
}

impl Act {
    /// What a step without a title is called.
    fn in_short(&self) -> String {
        match self {
            Self::Request(request) => match &request.target.value {
                Target::Path(text) | Target::Url(text) => format!("{} {text}", request.method),
            },
            Self::Push(push) => format!("push {}", push.datum),
            Self::Together(scripts) => format!("{} scripts side by side", scripts.len()),
            Self::Advance(period) => format!("advance the clock by {period}"),
        }
    }
}

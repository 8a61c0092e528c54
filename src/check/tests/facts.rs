//! From probes to facts.

use crate::check::probe::{beyond_reach, note};
use crate::check::recorder::{Decision, Heard};
use crate::plan::tests::support::{facts, setting, suite};
use crate::plan::{Fact, Facts, State, probes};

#[test]
fn a_probe_notes_what_its_deciding_step_came_to() {
    let suite = suite(&[]);
    let plan = probes(&suite, &suite.catalogue.profiles["oci"], &Facts::default(), &setting());
    let at = plan.items.iter().position(|item| item.scenario == "probes/lists").unwrap();
    let decided = |outcome: Option<&str>| Heard {
        decisions: vec![Decision { capability: "lists".into(), outcome: outcome.map(str::to_owned), observed: "seen".into() }],
        ..Heard::default()
    };
    let unprepared = Heard { unprepared: Some((1, "push d: status 500".into())), ..Heard::default() };
    for (heard, state, observed) in [
        (decided(Some("accepted")), State::Accepted, "seen"),
        (decided(Some("declined")), State::Declined, "seen"),
        (decided(Some("withheld")), State::Declined, "seen"),
        (decided(None), State::Broken, "seen"),
        (unprepared, State::Unknown, "push d: status 500"),
        (Heard::default(), State::Unknown, "its probe did not come to it"),
    ] {
        let mut noted = Facts::default();
        note(&suite, &plan, &[(at, heard)], &mut noted);
        assert_eq!(noted.capabilities.len(), 1);
        assert_eq!((noted.state("lists"), noted.capabilities["lists"].observed.as_str()), (state, observed));
    }
}

#[test]
fn a_probe_is_beyond_reach_where_something_that_it_needs_is_not_there() {
    let suite = suite(&[]);
    for (push, expected) in [
        (Some(State::Accepted), None),
        (Some(State::Declined), Some(State::Declined)),
        (Some(State::Broken), Some(State::Unknown)),
        (Some(State::Unknown), Some(State::Unknown)),
        (None, Some(State::Unknown)),
    ] {
        let noted = push.map_or_else(Facts::default, |state| facts(&[("push", state)]));
        let found = beyond_reach(&suite, &noted, "probes/lists");
        let fact = |state| Fact { state, observed: "it needs push".into(), of_the_run: false };
        assert_eq!(found, expected.map(|state| ("lists".to_owned(), fact(state))), "{push:?}");
    }
    assert_eq!(beyond_reach(&suite, &Facts::default(), "probes/pull"), None);
    assert_eq!(beyond_reach(&suite, &Facts::default(), "a/x"), None);
}

#[test]
fn what_the_run_kept_from_being_tried_says_nothing_of_what_stands_on_it() {
    let mut noted = Facts::default();
    noted.capabilities.insert("push".into(), Fact { state: State::Declined, observed: "pinned".into(), of_the_run: true });
    let (_, lists) = beyond_reach(&suite(&[]), &noted, "probes/lists").unwrap();
    assert!(lists.of_the_run && lists.state == State::Declined);
}

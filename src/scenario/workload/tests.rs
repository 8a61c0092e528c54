//! What workloads may say.

use indexmap::IndexMap;

use super::*;
use crate::clause::Catalogue;
use crate::scenario::journey::read_journey;
use crate::text::{Files, SourceFile};

const HEAD: &str = "title: x\ndata: { layers: { fixed: 2 }, sizes: { fixed: 1KiB }, source: guess }\n";

fn read(text: &str) -> Result<Workload, String> {
    let catalogue = Catalogue::read(&Files::shipped().unwrap()).unwrap();
    let ping = "title: x\nsteps:\n- request: GET /v2/\n  operation: ping\n  expect: { auth/ping-let-in: { status: 200 } }\n";
    let index = "title: x\ntakes: index\nsteps:\n- request: GET /v2/\n  operation: ping\n  expect: { auth/ping-let-in: { status: 200 } }\n";
    let journey = |text: &str, id: &str| read_journey(&SourceFile::new("x.yaml", text), id, &catalogue).unwrap();
    let journeys: IndexMap<_, _> = [("ping".to_owned(), journey(ping, "ping")), ("index".to_owned(), journey(index, "index"))].into();
    read_workload(&SourceFile::new("workloads/x.yaml", text), "x", &catalogue, &journeys).map_err(|mistakes| mistakes.render(false))
}

#[test]
fn a_workload_is_read_with_its_stages() {
    let text = format!(
        "{HEAD}journeys: {{ ping: 3 }}\narrival: {{ open: {{ law: constant, stages: [{{ ramp: {{ from: 1/s, to: 10/s }}, for: 5s }}, {{ hold: 600/m, for: 1m }}] }} }}\nduration: 30s\nthresholds: ['ping.p99 < 1s']\n"
    );
    let workload = read(&text).unwrap();
    let Arrival::Open(open) = &workload.arrival else { panic!("open") };
    assert_eq!((open.law, open.stages.len()), (Law::Constant, 2));
    assert!((open.stages[1].from - 10.0).abs() < 1e-9);
    assert_eq!(workload.clients.count.value, 64);
}

#[test]
fn workloads_that_cannot_be_are_refused_in_words() {
    for (rest, words) in [
        ("journeys: { ping: 0 }\narrival: { open: { rate: 1/s } }\n", "all weights are zero"),
        ("journeys: { pong: 1 }\narrival: { open: { rate: 1/s } }\n", "did you mean `ping`"),
        ("journeys: { ping: -1 }\narrival: { open: { rate: 1/s } }\n", "no number from 0"),
        ("journeys: { ping: 1 }\narrival: { open: { rate: 0/s } }\n", "no rate"),
        ("journeys: { ping: 1 }\narrival: { open: { rate: fast } }\n", "no rate"),
        ("journeys: { ping: 1 }\narrival: { open: { stages: [{ ramp: { from: 9/s, to: 1/s }, for: 1s }] } }\n", "runs backwards"),
        ("journeys: { ping: 1 }\narrival: { open: { stages: [{ hold: 9/s, for: 0s }] } }\n", "no time"),
        ("journeys: { ping: 1 }\narrival: { open: { law: batches, rate: 1/s } }\n", "batches have a size"),
        ("journeys: { ping: 1 }\narrival: { }\n", "exactly one of `open` and `closed`"),
        ("journeys: { ping: 1 }\narrival: { closed: { workers: 0 } }\n", "workers work"),
        ("journeys: { index: 1 }\narrival: { closed: { workers: 1 } }\n", "wants an index"),
        ("journeys: { ping: 1 }\narrival: { closed: { workers: 1 } }\nduration: 0s\n", "duration is zero"),
        (
            "journeys: { ping: 1 }\narrival: { closed: { workers: 1 } }\nclients: { speed: { from: 9Mbit, to: 1Mbit } }\n",
            "faster than the fastest",
        ),
    ] {
        let told = read(&format!("{HEAD}{rest}")).map(|_| ()).unwrap_err();
        assert!(told.contains(words), "{rest}\n{told}");
    }
    for (data, words) in [
        ("{ layers: { fixed: 0 }, sizes: { fixed: 1KiB }, source: guess }", "no number of layers"),
        ("{ layers: { median: 4 }, sizes: { fixed: 1KiB }, source: guess }", "no number of layers"),
        ("{ layers: { fixed: 1 }, sizes: { median: 9MiB, sigma: 1, most: 1MiB }, source: guess }", "no size of layers"),
        ("{ layers: { fixed: 1 }, sizes: { fixed: 1KiB }, images: 0, source: guess }", "and this has 0"),
        ("{ layers: { fixed: 1 }, sizes: { fixed: 1KiB }, source: '' }", "source of the figures is empty"),
    ] {
        let told = read(&format!("title: x\ndata: {data}\njourneys: {{ ping: 1 }}\narrival: {{ closed: {{ workers: 1 }} }}\n")).map(|_| ());
        assert!(told.as_ref().is_err_and(|told| told.contains(words)), "{data}\n{told:?}");
    }
}

#[test]
fn figures_are_read_with_their_units() {
    assert_eq!("50/s".parse(), Ok(Rate(50.0)));
    assert_eq!("30/m".parse(), Ok(Rate(0.5)));
    assert_eq!("8Mbit".parse(), Ok(Speed(1e6)));
    assert_eq!("10%".parse(), Ok(Share(0.1)));
    for bad in ["0/s", "50", "-1/s", "1e3/s", "2000000/s", "/s", "50/d"] {
        assert!(bad.parse::<Rate>().is_err(), "{bad}");
    }
    assert!("8MB".parse::<Speed>().is_err() && "1bit".parse::<Speed>().is_err() && "101%".parse::<Share>().is_err());
}

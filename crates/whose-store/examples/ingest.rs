//! How long a store takes for a big estate: a first scan, the same again, one with changes, and reading them back.
//! `cargo run --release -p whose-store --features conformance --example ingest -- [IDENTITIES] [EDGES] [STORE]`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement for its author's eyes"
)]

use std::time::Instant;
use whose_model::{Edge, EdgeKind};
use whose_store::conformance::{Draw, Estate};
use whose_store::open;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().map_or(default, |text| text.parse().unwrap());
    let (identities, edges) = (number(100_000), number(300_000));
    let url = arguments.next().unwrap_or_else(|| "ingest.db".to_owned());
    let mut draw = Draw::new(7);
    let mut estate = Estate::default();
    let accounts: Vec<_> = (0..100).map(|account| Estate::account(&format!("{account:012}"))).collect();
    for index in 0..identities {
        let account = &accounts[(index % 100) as usize];
        let id = estate.read(account).identity(account, &format!("service-account-{index}"));
        estate.used(&id, draw.below(90) as i64);
    }
    let ids: Vec<_> = estate.identities.keys().cloned().collect();
    for _ in 0..edges {
        let mut end = || ids[draw.below(identities) as usize].clone();
        let mut edge = Edge::stated(end(), EdgeKind::CanAssume, end());
        edge.qualifier = draw.below(u64::MAX).to_string();
        estate.edges.push(edge);
    }
    let store = open(&url).await.unwrap();
    let unchanged = estate.report(101);
    timed("first scan", store.save(&estate.report(100))).await;
    timed("the same again", store.save(&unchanged)).await;
    for index in 0..identities / 100 {
        let id = &ids[(index * 100) as usize];
        estate.identity_mut(id).description = Some("changed".into());
        let mut edge = Edge::stated(id.clone(), EdgeKind::CanAssume, ids[index as usize].clone());
        edge.qualifier = "new".into();
        estate.edges[(index * 300 % edges) as usize] = edge;
    }
    timed("1 % other", store.save(&estate.report(102))).await;
    for id in &ids {
        estate.used(id, 99);
    }
    timed("every use date other", store.save(&estate.report(103))).await;
    timed("load the last", store.load("latest")).await;
    timed("load the first", store.load(&unchanged.scan.id)).await;
    timed("compare two scans", store.changes(&unchanged.scan.id, "latest")).await;
    timed("search for a name", store.find("service-account-4711", 10)).await;
    timed("the life of one", store.history(ids[4711].as_str())).await;
    println!("{:>24} {:>8} MiB", "size", std::fs::metadata(&url).unwrap().len() >> 20);
}

async fn timed<T>(what: &str, work: impl Future<Output = Result<T, whose_store::StoreError>>) {
    let (start, cpu) = (Instant::now(), cpu_seconds());
    work.await.unwrap();
    println!("{what:>24} {:>8.2} s {:>8.2} s CPU", start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
}

/// The processor time of this process, on Linux: on a busy machine it says more than the clock.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The fields after the name in parentheses begin with the third; user and system time are the 14th and 15th, in
    // hundredths of a second.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

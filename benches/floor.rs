//! What a record costs at least: the parse floors beside our own steps, all on the same 50,000 records in memory.
//!
//! `cargo bench --bench floor`. Each figure is for all records, so records a second are 50,000 divided by it; the
//! whole process is compared with others by `bench/compare.py`.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use opsbook::read::jsonl::{self, Line};
use opsbook::read::tape::Tape;
use opsbook::schema::Schema;

const RECORDS: usize = 50_000;

fn main() {
    divan::main();
}

/// Roadmap-like records of about 400 bytes, some text beyond ASCII, always the same.
fn records() -> Vec<u8> {
    const WORDS: [&str; 12] = [
        "cache", "index", "schema", "merge", "weekly", "drift", "café", "naïve", "release", "notes", "owner",
        "review",
    ];
    let mut seed = 7u64;
    let mut next = move |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % limit
    };
    let mut text = String::new();
    for id in 0..RECORDS {
        let words: Vec<&str> = (0..16).map(|_| WORDS[next(WORDS.len())]).collect();
        text.push_str(&format!(
            "{{\"id\":\"RM-{id:07}\",\"title\":\"{}\",\"status\":\"{}\",\"priority\":\"P{}\",\"owner\":\"@ana\",\
             \"created\":\"2025-0{}-1{}T09:30:00Z\",\"updated\":\"2026-0{}-1{}T10:00:00Z\",\"due\":\"2026-12-0{}\",\
             \"tags\":[\"cli\",\"docs\"],\"depends_on\":[\"RM-{:07}\"],\"verification\":\"{}\",\
             \"links\":[\"https://git.example.com/ops/book/issues/{}\"]}}\n",
            words[..6].join(" "),
            ["planned", "in-progress", "done"][next(3)],
            next(4),
            1 + next(9),
            next(10),
            1 + next(9),
            next(10),
            1 + next(9),
            next(id + 1),
            words[6..].join(" "),
            next(9999),
        ));
    }
    text.into_bytes()
}

fn bench<T>(bencher: Bencher<'_, '_>, mut work: impl FnMut(&[u8]) -> T) {
    let bytes = records();
    bencher
        .counter(ItemsCount::new(RECORDS))
        .counter(BytesCount::new(bytes.len()))
        .bench_local(|| work(black_box(&bytes)));
}

#[divan::bench]
fn floor_find_lines(bencher: Bencher<'_, '_>) {
    bench(bencher, |bytes| memchr::memchr_iter(b'\n', bytes).count());
}

#[divan::bench]
fn floor_utf8(bencher: Bencher<'_, '_>) {
    bench(bencher, |bytes| simdutf8::basic::from_utf8(bytes).is_ok());
}

#[divan::bench]
fn floor_serde_json_value(bencher: Bencher<'_, '_>) {
    bench(bencher, |bytes| {
        let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        lines.filter(|line| serde_json::from_slice::<serde_json::Value>(line).is_ok()).count()
    });
}

#[divan::bench]
fn tape(bencher: Bencher<'_, '_>) {
    bench(bencher, |bytes| read(bytes, |_| true));
}

#[divan::bench]
fn tape_and_quick_check(bencher: Bencher<'_, '_>) {
    let schema = schema();
    bench(bencher, |bytes| read(bytes, |record| schema.accepts_quickly(record)));
}

#[divan::bench]
fn tape_and_full_validator(bencher: Bencher<'_, '_>) {
    let schema = schema();
    bench(bencher, |bytes| read(bytes, |record| schema.all_violations(record).is_empty()));
}

/// How many records `accept` accepts.
fn read(bytes: &[u8], accept: impl Fn(opsbook::read::tape::Value<'_>) -> bool) -> usize {
    let (mut tape, mut problems, mut accepted) = (Tape::new(), Vec::new(), 0);
    jsonl::read(bytes, 0, &mut tape, None, &mut problems, |_, _, line| {
        if let Line::Record(record) = line {
            accepted += usize::from(accept(record));
        }
    });
    assert_eq!(accepted, RECORDS);
    accepted
}

fn schema() -> Schema {
    Schema::new(include_str!("../bench/roadmap.schema.json")).expect("the benchmark's schema compiles")
}

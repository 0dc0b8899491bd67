//! Any text as Markdown: its regions, its front matter, conflict markers outside both, its lines, labels and links, and
//! the records that each reader of documents finds in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::extract::{self, Extract, Source, actions, adr, minutes, registers, shapes};
use opsbook::read::tape::Tape;
use opsbook::read::{conflict, markdown};

const EXTRACTIONS: [Extract; 10] = [
    shapes::DOCUMENT,
    shapes::ROWS,
    shapes::TASKS,
    shapes::SECTIONS,
    adr::extract,
    minutes::extract,
    actions::extract,
    registers::spec,
    registers::assessment,
    registers::releases,
];

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    let regions = markdown::regions(source);
    let mut spans: Vec<_> = regions.fences.iter().chain(&regions.comments).copied().collect();
    spans.extend(regions.front_matter.map(|found| found.whole));
    spans.sort();
    spans.iter().for_each(|span| invariants::span(source, *span));
    assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{spans:?}");
    if let Some(found) = regions.front_matter {
        invariants::span(source, found.inner);
        assert!(found.whole.start <= found.inner.start && found.inner.end < found.whole.end);
    }
    let mut last = 0;
    for conflict in conflict::conflict_markers(source, &spans) {
        let markers = [Some(conflict.ours), conflict.base, Some(conflict.separator), Some(conflict.theirs)];
        for marker in markers.into_iter().flatten() {
            invariants::span(source, marker);
            assert!(last <= marker.start && marker.end - marker.start >= 7);
            assert!(!spans.iter().any(|span| span.start <= marker.start && marker.start < span.end));
            last = marker.end;
        }
    }
    records(source);
});

fn records(source: &str) {
    let document = markdown::Document::read(source);
    let spans = document.lines.iter().map(|line| line.span).chain(document.links.iter().map(|link| link.span));
    spans.for_each(|span| invariants::span(source, span));
    for label in document.labels() {
        invariants::span(source, label.name_span);
        invariants::span(source, label.value_span);
    }
    let mut front_matter = Tape::new();
    extract::front_matter(source, &document, &mut front_matter);
    for path in ["docs/adr/0001-x.md", "meetings/2026-11-20.md", "ops/operations/weekly/2026-47/actions.md"] {
        let from = Source::new(path, source, &document, front_matter.root(source));
        for extraction in EXTRACTIONS {
            for object in extraction(&from).unwrap_or_default() {
                let mut tape = Tape::new();
                object.write(source, &mut tape);
                invariants::value(source, tape.root(source).expect("an object was written"));
            }
        }
    }
}

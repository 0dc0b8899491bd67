//! Any text as Markdown: its regions, its front matter, and conflict markers outside both.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::read::{conflict, markdown};

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
});

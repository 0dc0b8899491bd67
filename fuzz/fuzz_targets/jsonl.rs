//! Any bytes as JSON lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::read::{jsonl, tape::Tape};

fuzz_target!(|bytes: &[u8]| {
    let (mut tape, mut problems, mut last) = (Tape::new(), Vec::new(), 0);
    jsonl::read(bytes, 0, &mut tape, None, &mut problems, |span, _, _| {
        assert!(last <= span.start && span.end as usize <= bytes.len(), "{span:?} after {last}");
        last = span.end;
    });
    if let Ok(source) = std::str::from_utf8(bytes) {
        invariants::problems(source, &problems);
    }
});

//! Any text as JSON lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::read::{jsonl, tape::Tape};
use opsbook::text::Span;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    let mut tape = Tape::new();
    invariants::problems(source, &jsonl::read(source, Span::of(0, source.len()), &mut tape));
    if let Some(root) = tape.root(source) {
        invariants::bounded(source, root);
        invariants::nested(root);
    }
    invariants::moves(source, jsonl::read);
});

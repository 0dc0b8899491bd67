//! Any text as JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::read::{json, tape::Tape};
use opsbook::text::Span;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    let mut tape = Tape::new();
    invariants::problems(source, &json::read(source, Span::of(0, source.len()), &mut tape));
    if let Some(root) = tape.root(source) {
        invariants::bounded(source, root);
        invariants::nested(root);
    }
    invariants::moves(source, json::read);
});

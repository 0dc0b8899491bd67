//! Any text as TOML.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::read::{tape::Tape, toml};
use opsbook::text::Span;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    let mut tape = Tape::new();
    let problems = toml::read(source, Span::of(0, source.len()), &mut tape);
    invariants::problems(source, &problems);
    invariants::few(&problems);
    let root = tape.root(source).expect("a document is always pushed");
    invariants::bounded(source, root);
    invariants::moves(source, toml::read);
});

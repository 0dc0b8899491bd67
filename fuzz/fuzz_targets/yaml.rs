//! Any text as YAML.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::read::{tape::Tape, yaml};
use opsbook::text::Span;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    let mut tape = Tape::new();
    let problems = yaml::read(source, Span::of(0, source.len()), &mut tape);
    invariants::problems(source, &problems);
    invariants::few(&problems);
    if let Some(root) = tape.root(source) {
        invariants::bounded(source, root);
        invariants::nested(root);
    }
    invariants::moves(source, yaml::read);
});

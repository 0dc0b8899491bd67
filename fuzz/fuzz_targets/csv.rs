//! Any text as CSV.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::read::{csv, tape::Tape};

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    let (mut tape, mut rows) = (Tape::new(), Vec::new());
    let problems = csv::read(source, &mut tape, &mut rows);
    invariants::problems(source, &problems);
    invariants::few(&problems);
    let mut last = 0;
    for row in rows {
        let row = tape.value(source, row as usize);
        invariants::bounded(source, row);
        assert!(last <= row.span().start);
        last = row.span().start;
        for (_, value) in row.members() {
            assert!(last <= value.span().start, "fields follow one another");
            last = value.span().end;
        }
        assert!(last <= row.span().end);
        last = row.span().end;
    }
});

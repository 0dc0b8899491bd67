//! Any text as a .mailmap.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::read::mailmap;

fuzz_target!(|bytes: &[u8]| invariants::people(bytes, mailmap::read));

//! Any text as a CODEOWNERS file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opsbook::read::codeowners;

fuzz_target!(|bytes: &[u8]| invariants::people(bytes, codeowners::read));

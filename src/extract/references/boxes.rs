//! Boxes of text that site generators draw: `!!! note`, `??? tip`, `=== "Tab"`, with indented text below. To Markdown that
//! text is code; a reader sees prose with links.

use crate::read::markdown::{Document, Fence};

/// What begins a line above such a box.
const MARKS: [&str; 4] = ["!!!", "???", "???+", "==="];

/// The text of the boxes alone, each byte where it is in `text` and everything else blank; `None` when there is none.
///
/// An indentation of four would make code of it again. All of it but three spaces becomes line ends, which keeps the
/// places of all bytes.
pub(super) fn unfolded(text: &str, parsed: &Document) -> Option<String> {
    let is_box = |fence: &&Fence| {
        let own = &text[fence.span.range()];
        let above = text[..fence.span.start as usize].trim_end().rsplit('\n').next().unwrap_or_default();
        let mark = above.trim_start().split(' ').next().unwrap_or_default();
        fence.info.is_empty() && !own.starts_with(['`', '~']) && MARKS.contains(&mark)
    };
    let boxes: Vec<&Fence> = parsed.fences.iter().filter(is_box).collect();
    let first = boxes.first()?;
    let mut bytes: Vec<u8> = text.bytes().map(|byte| if byte == b'\n' { byte } else { b' ' }).collect();
    debug_assert!(first.span.end as usize <= bytes.len());
    for one in boxes {
        let mut at = one.span.start as usize;
        for line in text[one.span.range()].split_inclusive('\n') {
            let indentation = line.bytes().take_while(|byte| *byte == b' ').count();
            bytes[at..at + line.len()].copy_from_slice(line.as_bytes());
            bytes[at..at + indentation.saturating_sub(3)].fill(b'\n');
            at += line.len();
        }
    }
    String::from_utf8(bytes).ok()
}

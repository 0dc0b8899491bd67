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
        fence.info.is_empty()
            && !own.starts_with(['`', '~'])
            && is_below_mark(&text[..fence.span.start as usize])
    };
    let boxes: Vec<&Fence> = parsed.fences.iter().filter(is_box).collect();
    let first = boxes.first()?;
    let mut bytes: Vec<u8> = text.bytes().map(|byte| if byte == b'\n' { byte } else { b' ' }).collect();
    debug_assert!(first.span.end as usize <= bytes.len());
    for one in boxes {
        // With the indentation of its first line.
        let mut at = text[..one.span.start as usize].rfind('\n').map_or(0, |end| end + 1);
        for line in text[at..one.span.end as usize].split_inclusive('\n') {
            let indentation = line.bytes().take_while(|byte| *byte == b' ').count();
            bytes[at..at + line.len()].copy_from_slice(line.as_bytes());
            bytes[at..at + indentation.saturating_sub(3)].fill(b'\n');
            at += line.len();
        }
    }
    String::from_utf8(bytes).ok()
}

/// Whether the nearest line above that is neither blank nor indented begins a box.
fn is_below_mark(above: &str) -> bool {
    /// Lines that are looked at.
    const MOST: usize = 200;
    let lines = above.rsplit('\n').skip(1).take(MOST);
    let head = lines
        .into_iter()
        .find(|line| !line.trim().is_empty() && !line.starts_with(['\t']) && !line.starts_with("    "));
    head.is_some_and(|line| line.split(' ').next().is_some_and(|mark| MARKS.contains(&mark)))
}

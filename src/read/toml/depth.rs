//! How deep a TOML document would nest, told before its tree is built.
//!
//! The parser bounds brackets and the parts of one dotted name at 80 each, but not their product: inline tables with
//! dotted names make a tree of 6,400 levels, and dropping it takes more stack than a thread has. The parser's own
//! events are counted here, so that no text can be read in two ways.

use toml_parser::parser::{EventReceiver, RecursionGuard, parse_document};
use toml_parser::{ErrorSink, Source, Span};

/// Brackets the parser lets nest.
const BRACKETS: u32 = 80;

/// The byte at which the values of `text` nest deeper than `limit`, headers and top-level names not counted.
pub(super) fn exceeds(text: &str, limit: usize) -> Option<usize> {
    memchr::memchr(b'{', text.as_bytes())?;
    let mut depth = Depth { limit, open: Vec::new(), outer: 0, name: 0, longest: 0, found: None };
    let tokens = Source::new(text).lex().into_vec();
    parse_document(&tokens, &mut RecursionGuard::new(&mut depth, BRACKETS), &mut ());
    depth.found
}

/// The depth at the event reached.
struct Depth {
    limit: usize,
    /// Levels that each open bracket added, and the longest name of the table around it.
    open: Vec<(usize, usize)>,
    /// Their sum.
    outer: usize,
    /// Dots of the name being read.
    name: usize,
    /// The longest name of the innermost open table: the value that follows may belong to any.
    longest: usize,
    found: Option<usize>,
}

impl Depth {
    fn open(&mut self, at: Span, levels: usize) {
        self.open.push((levels, self.longest));
        self.outer += levels;
        if self.outer > self.limit && self.found.is_none() {
            self.found = Some(at.start());
        }
        (self.name, self.longest) = (0, 0);
    }

    fn close(&mut self) {
        if let Some((levels, longest)) = self.open.pop() {
            self.outer -= levels;
            (self.name, self.longest) = (0, longest);
        }
    }
}

impl EventReceiver for Depth {
    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        // Each part of the longest name before the bracket is a level; those of the top level are not counted.
        let names = if self.open.is_empty() { 0 } else { self.longest };
        self.open(span, names + 1);
        true
    }

    fn inline_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.close();
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        let names = if self.open.is_empty() { 0 } else { self.longest };
        self.open(span, names + 1);
        true
    }

    fn array_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.close();
    }

    fn key_sep(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.name += 1;
        self.longest = self.longest.max(self.name);
    }

    fn key_val_sep(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.name = 0;
    }

    fn value_sep(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.name = 0;
    }

    fn newline(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.name = 0;
    }
}

//! Templates, rendered so that no template of a repository can do more than print: no file, no clock, little time and
//! little memory.
//!
//! Steps are bounded by fuel. Memory is not, because a few steps can double a text many times over; so what a template
//! does is looked at before it runs, and everything that builds larger values out of values is refused: operators on
//! texts, captured blocks, lists and maps. Filters stop at a length. This module does not know what is rendered.

use std::io::{self, Write};

use minijinja::machinery::{Instruction, Token, get_compiled_template, tokenize};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, ValueKind};
use minijinja::{Environment, ErrorKind, Value, filters};
use serde_json::Value as Json;

use crate::error::{Error, Result};
use crate::text::escape;

/// Bytes of a template.
const SOURCE: usize = 64 << 10;

/// Bytes that a filter may give.
const TEXT: usize = 256 << 10;

/// Bytes that a template may write.
const OUTPUT: usize = 4 << 20;

/// Steps that a template may take.
const FUEL: u64 = 100_000;

/// The text that the template `source`, called `name` in messages, makes of `context`, an object with its variables.
///
/// # Errors
/// Configuration, with the line, when it is no template, uses what is not there, does something that is refused, or goes
/// beyond its bounds.
pub(super) fn render(name: &str, source: &str, context: &Json) -> Result<String> {
    let fault = |error: &minijinja::Error| of_template(name, error);
    if source.len() > SOURCE {
        return Err(Error::configuration(format!("{name} is larger than {} KiB", SOURCE >> 10)));
    }
    let refused = |line: usize, what: &str| {
        Error::configuration(format!("{}:{line}: {what} cannot be used here", escape(name)))
            .hint("write values one after another, such as {{ a }}{{ b }}")
    };
    // Before anything else, because operators on what stands in the template itself are worked out while it is read.
    for (token, span) in tokenize(source, false, SyntaxConfig::default()).map_while(std::result::Result::ok) {
        if matches!(token, Token::Tilde | Token::Plus | Token::Mul | Token::Pow | Token::Mod) {
            return Err(refused(span.start_line.into(), "an operator that joins, multiplies or formats"));
        }
    }
    let environment = environment();
    let template = environment.template_from_named_str(name, source).map_err(|error| fault(&error))?;
    let instructions = &get_compiled_template(&template).instructions;
    for (at, instruction) in (0..).map_while(|at| Some((at, instructions.get(at)?))) {
        if let Some(what) = refusal(instruction) {
            return Err(refused(instructions.get_line(at).unwrap_or(1), what));
        }
    }
    let mut out = Bounded(Vec::new());
    template.render_captured_to(Value::from(Serde(context)), &mut out).map_err(|error| fault(&error))?;
    Ok(String::from_utf8_lossy(&out.0).into_owned())
}

/// What a step does that no template may, in words; `None` for one that only reads, compares, loops or prints.
const fn refusal(instruction: &Instruction<'_>) -> Option<&'static str> {
    use Instruction as Step;
    match instruction {
        Step::BuildList(_) | Step::BuildTuple(_) | Step::BuildMap(_) | Step::SetAttr(_) => {
            Some("a list or map of variables")
        }
        Step::BeginCapture(_) | Step::EndCapture => Some("a block whose text is kept"),
        Step::CallFunction(..) | Step::CallMethod(..) | Step::CallObject(_) | Step::FastRecurse => {
            Some("a call")
        }
        Step::EmitRaw(_)
        | Step::StoreLocal(_)
        | Step::Lookup(_)
        | Step::GetAttr(_)
        | Step::GetItem
        | Step::Slice
        | Step::LoadConst(_)
        | Step::BuildKwargs(_)
        | Step::Sub
        | Step::Div
        | Step::IntDiv
        | Step::Neg
        | Step::Eq
        | Step::Ne
        | Step::Gt
        | Step::Gte
        | Step::Lt
        | Step::Lte
        | Step::Not
        | Step::In
        | Step::CompareAndPreserve(_)
        | Step::ApplyFilter(..)
        | Step::PerformTest(..)
        | Step::Emit
        | Step::PushLoop(_)
        | Step::PushWith
        | Step::Iterate(_)
        | Step::PushDidNotIterate
        | Step::PopFrame
        | Step::PopLoopFrame
        | Step::Jump(_)
        | Step::JumpIfFalse(_)
        | Step::JumpIfFalseOrPop(_)
        | Step::JumpIfTrueOrPop(_)
        | Step::DupTop
        | Step::DiscardTop
        | Step::UnpackList(_)
        | Step::Swap => None,
        // What another version may add, too.
        _ => Some("this"),
    }
}

/// What templates can name beside their variables.
fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(50);
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("items", filters::items);
    environment.add_filter("join", join);
    environment.add_filter("label", |name: String| bounded(label(&name)));
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", |text: String| bounded(text.to_lowercase()));
    environment.add_filter("replace", replace);
    environment.add_filter("sort", filters::sort);
    environment
        .add_filter("tojson", |value: &Value| filters::tojson(value, None, no_options()).and_then(plain));
    environment.add_filter("trim", |text: String| bounded(text.trim().to_owned()));
    environment.add_filter("upper", |text: String| bounded(text.to_uppercase()));
    environment.add_test("defined", minijinja::tests::is_defined);
    environment.add_test("none", minijinja::tests::is_none);
    environment.add_test("number", minijinja::tests::is_number);
    environment.add_test("sequence", minijinja::tests::is_sequence);
    environment.add_test("string", minijinja::tests::is_string);
    environment
}

/// The name of a field as people write it in a document: `review_by` is `Review by`.
fn label(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn no_options() -> Kwargs {
    std::iter::empty::<(&str, Value)>().collect()
}

/// JSON as `tojson` gives it, without the escapes that HTML needs.
fn plain(value: Value) -> std::result::Result<String, minijinja::Error> {
    let text = value.to_string();
    let escapes = [("\\u003c", "<"), ("\\u003e", ">"), ("\\u0026", "&"), ("\\u0027", "'")];
    bounded(escapes.iter().fold(text, |text, (from, to)| unescaped(&text, from, to)))
}

/// `text` with each `from` as `to`, except where the backslash in front of it is itself escaped.
fn unescaped(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let slashes = rest[..at].bytes().rev().take_while(|&byte| byte == b'\\').count();
        out.push_str(&rest[..at]);
        out.push_str(if slashes % 2 == 0 { to } else { from });
        rest = &rest[at + from.len()..];
    }
    out.push_str(rest);
    out
}

fn join(list: &Value, between: Option<String>) -> std::result::Result<String, minijinja::Error> {
    let between = between.unwrap_or_default();
    let mut out = String::new();
    for (at, item) in list.try_iter()?.enumerate() {
        // A list in a list may be any length when it is written out.
        if matches!(item.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::Iterable) {
            return Err(minijinja::Error::new(ErrorKind::InvalidOperation, "only texts can be joined"));
        }
        if at > 0 {
            out.push_str(&between);
        }
        out.push_str(&item.to_string());
        if out.len() > TEXT {
            return Err(too_long());
        }
    }
    Ok(out)
}

fn replace(text: String, from: String, to: String) -> std::result::Result<String, minijinja::Error> {
    let places = if from.is_empty() { text.len() + 1 } else { text.matches(&*from).count() };
    match places.saturating_mul(to.len()).saturating_add(text.len()) > TEXT {
        true => Err(too_long()),
        false => Ok(text.replace(&*from, &to)),
    }
}

fn bounded(text: String) -> std::result::Result<String, minijinja::Error> {
    if text.len() > TEXT { Err(too_long()) } else { Ok(text) }
}

fn too_long() -> minijinja::Error {
    minijinja::Error::new(ErrorKind::InvalidOperation, format!("a text of more than {} KiB", TEXT >> 10))
}

/// Output that ends at its bound.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT {
            return Err(io::Error::other(format!("it writes more than {} MiB", OUTPUT >> 20)));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn of_template(name: &str, error: &minijinja::Error) -> Error {
    let line = error.line().map(|line| format!(":{line}")).unwrap_or_default();
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let said = match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => format!("it takes more than {FUEL} steps"),
        (ErrorKind::WriteFailure, _) => cause.unwrap_or_default(),
        (_, Some(detail)) => detail.to_owned(),
        (kind, None) => cause.unwrap_or_else(|| kind.to_string()),
    };
    Error::configuration(format!("{}{line}: {}", escape(name), escape(&said)))
        .hint("templates print variables with {{ }}, choose with {% if %} and repeat with {% for %}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rendered(source: &str) -> std::result::Result<String, String> {
        let context = json!({
            "title": "A \"title\" <&'>",
            "list": ["b", "a"],
            "map": {"x": 1},
            "ten": "aaaaaaaaaa",
            "deep": [["a"]],
        });
        super::render("t.j2", source, &context).map_err(|error| error.message)
    }

    #[test]
    fn templates_print_choose_and_repeat() {
        for (source, expect) in [
            ("{{ title|tojson }}", r#""A \"title\" <&'>""#),
            ("{{ '\\\\u003c'|tojson }}", r#""\\u003c""#),
            ("{% for x in list|sort %}{{ loop.index }}{{ x }}{% else %}-{% endfor %}", "1a2b"),
            ("{% if nothing %}x{% else %}{{ nothing|default('y') }}{% endif %}", "y"),
            ("{% for k, v in map|items %}{{ k }}={{ v }}{% endfor %}", "x=1"),
            (
                "{{ list|join(', ') }}{{ list|length }}{{ ten|upper|lower|replace('a', 'b')|trim }}",
                "b, a2bbbbbbbbbb",
            ),
            ("{% set x = list[0] %}{% with y = x %}{{ y }}{% endwith %}", "b"),
            ("{{ 'review_by'|label }}", "Review by"),
            ("{{ title is defined and 'a' in list }}", "True"),
        ] {
            assert_eq!(
                rendered(source).map(|text| text.to_lowercase()),
                Ok(expect.to_lowercase()),
                "{source}"
            );
        }
    }

    #[test]
    fn a_template_can_use_neither_much_time_nor_much_memory() {
        let double = "{% for x in list %}".repeat(20) + "{{ ten }}" + &"{% endfor %}".repeat(20);
        let grow = "{{ ten".to_owned() + &"|replace('a', 'aaaaaaaaaa')".repeat(30) + " }}";
        let quote = "{{ title".to_owned() + &"|tojson".repeat(40) + " }}";
        let nest = "{% set a = list %}".to_owned() + &"{% set a = [a, a] %}".repeat(60) + "{{ a|tojson }}";
        for (source, says) in [
            (&*double, "steps"),
            (&*grow, "more than 256 KiB"),
            (&*quote, "more than 256 KiB"),
            (&*nest, "a list or map of variables cannot be used"),
            ("{{ ten * 1000000000 }}", "an operator"),
            ("{% set a = ten ~ ten %}", "an operator"),
            ("{% set a = ten + ten %}", "an operator"),
            ("{% set a %}{{ ten }}{{ ten }}{% endset %}", "a block whose text is kept"),
            ("{% filter upper %}{{ ten }}{% endfilter %}", "a block whose text is kept"),
            ("{% for x in deep recursive %}{{ loop(x) }}{% endfor %}", "cannot be used"),
            ("{{ range(1000000)|length }}", "a call"),
            ("{{ deep|join }}", "only texts"),
            ("{{ title.upper() }}", "a call"),
            ("{% include 'x' %}", "t.j2:1: "),
            ("{% macro m() %}{% endmacro %}", "t.j2:1: "),
            ("a\n{{ x|nothing }}", "t.j2:2: "),
            ("{% if %}", "t.j2:1: "),
            (&*"x".repeat(SOURCE + 1), "larger than 64 KiB"),
        ] {
            let found = rendered(source);
            assert!(found.as_ref().is_err_and(|why| why.contains(says)), "{source:.60}: {found:?}");
        }
    }

    #[test]
    fn what_is_written_ends_at_its_bound() {
        let text = "x".repeat(1000);
        let source = format!("{{% for a in list %}}{{% for b in list %}}{text}{{% endfor %}}{{% endfor %}}");
        let list = json!({"list": vec![0; 90]});
        let found = super::render("t.j2", &source, &list);
        assert!(found.as_ref().is_err_and(|error| error.message.contains("4 MiB")), "{found:?}");
    }
}

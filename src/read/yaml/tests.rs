use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::read::tape::Value;

/// The value and the problems, one a line: `kind start..end message; note`.
fn check(source: &str, value: &Json, problems: &str) {
    check_range(source, Span::of(0, source.len()), value, problems);
}

fn check_range(source: &str, range: Span, value: &Json, problems: &str) {
    let mut tape = Tape::new();
    let found = read(source, range, &mut tape);
    assert_eq!(tape.root(source).map_or(Json::Null, |root| root.to_json()), *value, "{source:?}");
    assert_eq!(told(&found), problems, "{source:?}");
    if let Some(root) = tape.root(source) {
        assert_nested(source, root, root.span());
    }
}

fn told(problems: &[Problem]) -> String {
    let line = |p: &Problem| {
        let note = p.note.as_deref().map_or(String::new(), |note| format!("; {note}"));
        format!("{:?} {}..{} {}{note}", p.kind, p.span.start, p.span.end, p.message)
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The bytes of each node, parents first.
fn check_spans(source: &str, expect: &[&str]) {
    fn walk<'a>(source: &'a str, value: Value<'_>, out: &mut Vec<&'a str>) {
        out.push(&source[value.span().range()]);
        value.items().for_each(|item| walk(source, item, out));
        value.members().for_each(|(name, value)| {
            walk(source, name, out);
            walk(source, value, out);
        });
    }
    let (mut tape, mut found) = (Tape::new(), Vec::new());
    assert_eq!(told(&read(source, Span::of(0, source.len()), &mut tape)), "");
    walk(source, tape.root(source).expect("the source has a value"), &mut found);
    assert_eq!(found, expect, "{source:?}");
}

/// Spans lie at character boundaries, and within those of their parents.
fn assert_nested(source: &str, value: Value<'_>, parent: Span) {
    let span = value.span();
    assert!(source.get(span.range()).is_some(), "{span:?} in {source:?}");
    assert!(parent.start <= span.start && span.end <= parent.end, "{span:?} in {parent:?} of {source:?}");
    value.items().for_each(|item| assert_nested(source, item, span));
    value.members().for_each(|(name, value)| {
        assert_nested(source, name, span);
        assert_nested(source, value, span);
    });
}

#[test]
fn plain_words_follow_the_core_schema() {
    for (text, value) in [
        ("null", Json::Null),
        ("~", Json::Null),
        ("True", json!(true)),
        ("FALSE", json!(false)),
        ("12", json!(12)),
        ("-12", json!(-12)),
        ("+12", json!(12)),
        ("007", json!(7)),
        ("0x1F", json!(31)),
        ("0o17", json!(15)),
        ("1.50", json!(1.5)),
        (".5", json!(0.5)),
        ("1e3", json!(1e3)),
        ("1e999999", json!(f64::MAX)),
        ("0xffffffffffffffffffffffffffffffffff", json!("0xffffffffffffffffffffffffffffffffff")),
        (".inf", json!(".inf")),
        (".nan", json!(".nan")),
        ("yes", json!("yes")),
        ("1_000", json!("1_000")),
        ("2024-01-01", json!("2024-01-01")),
        ("0b1", json!("0b1")),
        ("tRue", json!("tRue")),
        ("'12'", json!("12")),
        ("\"true\"", json!("true")),
        ("|-\n  12", json!("12")),
        ("!!str 12", json!("12")),
        ("! 12", json!("12")),
        ("!!str", json!("")),
        ("!!int 12", json!(12)),
        ("!other 12", json!(12)),
        ("&anchor 12", json!(12)),
        ("", Json::Null),
    ] {
        check(&format!("a: {text}\n"), &json!({ "a": value }), "");
    }
}

#[test]
fn numbers_keep_all_their_digits() {
    let mut tape = Tape::new();
    let source = "[123456789012345678901234567890.10, +0099]";
    assert!(read(source, Span::of(0, source.len()), &mut tape).is_empty());
    let numbers: Vec<_> = tape
        .root(source)
        .expect("the source has a value")
        .items()
        .filter_map(|item| item.as_number())
        .collect();
    assert_eq!(numbers, ["123456789012345678901234567890.10", "99"]);
}

#[test]
fn collections_nest_in_both_styles() {
    check(
        "a:\n- 1\n-\n- {b: [x, 'y'], c: }\nd:\n  e:\n    f: |\n      g\n\n      h\ni: >-\n  j\n  k\n",
        &json!({"a": [1, null, {"b": ["x", "y"], "c": null}], "d": {"e": {"f": "g\n\nh\n"}}, "i": "j k"}),
        "",
    );
    check("? a\n: b\n1: x\nnull: y\n\"\": z\n", &json!({"a": "b", "1": "x", "null": "y", "": "z"}), "");
    check("? a\n:b: c\n", &json!({"a": null, ":b": "c"}), "");
    check("[a: b, c]", &json!([{"a": "b"}, "c"]), "");
}

#[test]
fn a_source_without_a_document_gives_nothing() {
    for source in ["", "\n", "# only a comment\n", "---\n", "---\n...\n", "\u{feff}", "...\n"] {
        let mut tape = Tape::new();
        assert_eq!(told(&read(source, Span::of(0, source.len()), &mut tape)), "");
        assert!(tape.is_empty(), "{source:?}");
    }
}

#[test]
fn markers_byte_order_mark_and_line_endings_change_nothing() {
    for source in [
        "a: é\nb: 1\n",
        "---\na: é\nb: 1\n...\n",
        "\u{feff}a: é\nb: 1",
        "a: é\r\nb: 1\r\n",
        "a: é\rb: 1\r",
        "%YAML 1.2\n---\na: é # comment\n\nb: 1\n# comment\n",
    ] {
        check(source, &json!({"a": "é", "b": 1}), "");
    }
}

#[test]
fn spans_are_bytes_and_enclose_what_was_written() {
    check_spans(
        "é: 'ü''x'\nb:\n- \"1\"\n-\n  - 2\n\n# end\n",
        &["é: 'ü''x'\nb:\n- \"1\"\n-\n  - 2", "é", "'ü''x'", "b", "- \"1\"\n-\n  - 2", "\"1\"", "- 2", "2"],
    );
    check_spans(
        "a: {b: 1, c: } \nd:\n",
        &["a: {b: 1, c: } \nd:", "a", "{b: 1, c: }", "b", "1", "c", "", "d", ""],
    );
    check_spans(
        "a: | # x |\n  é\n\n\nb: >2-\n   é\n",
        &["a: | # x |\n  é\n\n\nb: >2-\n   é", "a", "| # x |\n  é", "b", ">2-\n   é"],
    );
    check_spans("a: b\n  é\nc: &x !!str 1\n", &["a: b\n  é\nc: &x !!str 1", "a", "b\n  é", "c", "1"]);
}

#[test]
fn a_part_of_a_file_has_spans_of_the_file() {
    let source = "---\né: ü\né: x\n---\nbody: [\n";
    let inner = Span::new(4, source.find("\n---\nbody").expect("the end is there") as u32 + 1);
    check_range(
        source,
        inner,
        &json!({"é": "x"}),
        "DuplicateKey 11..13 `é` is given twice; first given on line 2",
    );
    let mut tape = Tape::new();
    let _ = read(source, inner, &mut tape);
    let value = tape.root(source).and_then(|root| root.get("é")).expect("the name is there");
    assert_eq!(&source[value.span().range()], "x");
    check_range("a\na: \0", Span::new(2, 6), &Json::Null, "Syntax 5..6 a NUL byte cannot stand in YAML");
    check_range(source, Span::new(5, 9), &Json::Null, "");
    check_range(source, Span::new(900, 9), &Json::Null, "");
}

#[test]
fn aliases_and_merge_keys_are_not_followed() {
    let refused = "aliases are not followed: write the value out";
    check(
        "a: &x {b: 1}\nc: *x\nd: *y\n",
        &json!({"a": {"b": 1}, "c": null, "d": null}),
        &format!("Syntax 16..18 {refused}\nSyntax 22..24 {refused}"),
    );
    check(
        "a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n",
        &json!({"a": {"b": 1}, "c": {"d": 1}}),
        &format!("Syntax 22..24 {refused}"),
    );
    check("a: &x 1\n*x : 2\nb: 3\n", &json!({"a": 1, "b": 3}), &format!("Syntax 8..10 {refused}"));
    check("<<: {a: 1}\n", &json!({"<<": {"a": 1}}), "");
}

#[test]
fn names_must_be_scalars_given_once() {
    check(
        "a: 1\nb: 2\n'a': 3\n",
        &json!({"a": 3, "b": 2}),
        "DuplicateKey 10..13 `a` is given twice; first given on line 1",
    );
    check("{a: 1, a: 2}", &json!({"a": 2}), "DuplicateKey 7..8 `a` is given twice; first given on line 1");
    let list = "a name must be a single word or text, not a list or an object";
    check("? [a, b]\n: 1\nc: {d: 1}\n", &json!({"c": {"d": 1}}), &format!("Syntax 2..3 {list}"));
    check("{a: 1}: 2\nb: 3\n", &json!({"b": 3}), &format!("Syntax 0..1 {list}"));
    check(": 1\nb: 3\n", &json!({"b": 3}), "Syntax 0..0 the name before the colon is missing");
}

#[test]
fn a_second_document_is_told_and_not_read() {
    let told = "one document expected: this starts another";
    check("a: 1\n---\nb: 2\n", &json!({"a": 1}), &format!("Syntax 5..8 {told}"));
    check("a\n...\nb\n", &json!("a"), &format!("Syntax 6..7 {told}"));
    check("---\n---\n", &Json::Null, &format!("Syntax 4..7 {told}"));
}

#[test]
fn a_syntax_error_is_told_at_its_byte_with_the_way_out() {
    for (source, problem) in [
        (
            "é: b: c\n",
            "Syntax 5..6 a second `:` in one value; quote the value, or give the inner name a line of its own",
        ),
        ("é: [a\n", "Syntax 4..5 unclosed bracket '['"),
        ("a: @b\n", "Syntax 3..4 text cannot start with this character; quote the text"),
        ("a:\n  - b\n\t- c\n", "Syntax 9..10 a tab cannot indent YAML; indent with spaces"),
        ("a: b\n\tc: d\n", "Syntax 5..6 a tab cannot indent YAML; indent with spaces"),
        ("a: \"é\0\"\n", "Syntax 6..7 a NUL byte cannot stand in YAML"),
        ("a: \u{1b}\n", "Syntax 3..4 unexpected character: `\\u{1b}'"),
        (
            "a:\n  - x\n y: 1\n",
            "Syntax 10..11 this line fits no level above it; align it with the lines it belongs to",
        ),
        ("a: 1\n\u{feff}b: 2\n", "Syntax 5..8 a byte order mark inside the document; remove it"),
        (
            "a: \"\\q\"\n",
            "Syntax 3..4 unknown escape in double-quoted text; write `\\\\` for a backslash, or use single quotes",
        ),
        (
            "a: 'x\nb: 1\n",
            "Syntax 6..7 quoted text goes on in a line that is not indented; add the closing quote, or indent the \
             line more than the name",
        ),
    ] {
        check(source, &Json::Null, problem);
    }
}

#[test]
fn the_end_of_a_bad_document_takes_back_only_what_it_pushed() {
    let mut tape = Tape::new();
    tape.push_literal(Kind::True, Span::new(0, 1));
    assert_eq!(read("a: [", Span::new(0, 4), &mut tape).len(), 1);
    assert_eq!(tape.len(), 1);
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let mut tape = Tape::new();
    let source = nested(MAX_DEPTH);
    assert!(read(&source, Span::of(0, source.len()), &mut tape).is_empty());
    for source in [
        nested(MAX_DEPTH + 1),
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        (0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect(),
    ] {
        let mut tape = Tape::new();
        let problems = read(&source, Span::of(0, source.len()), &mut tape);
        let last = problems.last().expect("the depth is told");
        assert!(last.message.contains("deep") && problems.len() <= MAX_DEPTH + 1, "{last:?}");
        assert!(tape.is_empty());
    }
}

/// At these sizes a cost that grows with the square of the input would keep the tests from ending: that it is seen needs
/// no clock. What fails faster is a panic, a stack that runs out, or memory that does.
#[test]
fn hostile_documents_come_to_an_end() {
    let bomb = (1..40).fold("a0: &a0 x\n".to_owned(), |mut text, n| {
        text += &format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1);
        text
    });
    let names =
        |unique: bool| (0..100_000).map(|n| format!("k{}: 1\n", if unique { n } else { 0 })).collect();
    let long = "é".repeat(5 << 20);
    for (source, problems) in [
        (bomb, 117),
        (names(true), 0),
        (names(false), super::super::MAX_PROBLEMS + 1),
        (format!("a: {long}\nb: '{long}'\nc: |\n  {long}\n"), 0),
        (format!("a: {}\n", "9".repeat(1 << 20)), 0),
        (format!("a: 0x{}\n", "9".repeat(1 << 20)), 0),
        ("a: |\n".to_owned() + &"\n".repeat(1 << 20), 0),
        ("#\n".repeat(1 << 20), 0),
        (format!("[{}]", "*a,".repeat(100_000)), super::super::MAX_PROBLEMS + 1),
        (format!("[{}]", ",".repeat(2)), 1),
        (format!("a: {}\n", "&a ".repeat(100_000)), 1),
    ] {
        let mut tape = Tape::new();
        assert_eq!(read(&source, Span::of(0, source.len()), &mut tape).len(), problems, "{:.60}", source);
    }
}

/// Values that a YAML flow collection can hold.
fn any_json() -> impl Strategy<Value = Json> {
    let text = prop_oneof!["[a-zé:#,\\[\\]{}'\"\\\\ \n\t-]{0,8}", "(true|null|~|12|0x1|1e3|-|<<)"];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e6..1e6f64).prop_map(Json::from),
        text.clone().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::btree_map(text.clone(), inner, 0..5)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// `value` in block style, with single-quoted text.
fn block(value: &Json, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let quote = |text: &str| match text.contains(['\n', '\t']) {
        true => json!(text).to_string(),
        false => format!("'{}'", text.replace('\'', "''")),
    };
    match value {
        Json::Array(items) if !items.is_empty() => items.iter().for_each(|item| {
            *out += &format!("\n{pad}-");
            block(item, indent + 1, out);
        }),
        Json::Object(members) if !members.is_empty() => members.iter().for_each(|(name, value)| {
            *out += &format!("\n{pad}{}:", quote(name));
            block(value, indent + 1, out);
        }),
        Json::String(text) => *out += &format!(" {}", quote(text)),
        other => *out += &format!(" {other}"),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(value in any_json()) {
        let mut written = String::new();
        block(&value, 0, &mut written);
        for source in [value.to_string(), format!("# é\n---{written}\n")] {
            let mut tape = Tape::new();
            let problems = read(&source, Span::of(0, source.len()), &mut tape);
            prop_assert_eq!(told(&problems), "", "{}", source);
            let root = tape.root(&source).map_or(Json::Null, |root| root.to_json());
            prop_assert_eq!(&root, &value, "{}", source);
            if let Some(root) = tape.root(&source) {
                assert_nested(&source, root, root.span());
            }
        }
    }

    #[test]
    fn any_text_gives_spans_within_it(
        source in "(a|é|: |\n|  |- |\\[|\\]|\\{|\\}|, |'|\"|&a |\\*a|!!str |\\||>|#|\\? |\t|\r|---|<<|\u{feff}|1){0,24}"
    ) {
        let mut tape = Tape::new();
        let problems = read(&source, Span::of(0, source.len()), &mut tape);
        for problem in problems {
            prop_assert!(source.get(problem.span.range()).is_some());
        }
        if let Some(root) = tape.root(&source) {
            assert_nested(&source, root, root.span());
        }
    }
}

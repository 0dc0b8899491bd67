use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::read::tape::Value;

/// The value and the problems, one a line: `kind start..end message`.
fn check(source: &str, value: &Json, problems: &str) {
    let mut tape = Tape::new();
    let found = read(source, Span::of(0, source.len()), &mut tape);
    let root = tape.root(source).expect("something is always pushed");
    assert_eq!(root.to_json(), *value, "{source:?}");
    assert_eq!(told(&found), problems, "{source:?}");
    assert_bounded(source, root);
}

fn told(problems: &[Problem]) -> String {
    let line = |p: &Problem| format!("{:?} {}..{} {}", p.kind, p.span.start, p.span.end, p.message);
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The bytes of each name and value, in order; the whole document left out.
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
    walk(source, tape.root(source).expect("something is always pushed"), &mut found);
    assert_eq!(found[1..], *expect, "{source:?}");
}

/// All spans lie in the source at character boundaries.
fn assert_bounded(source: &str, value: Value<'_>) {
    assert!(source.get(value.span().range()).is_some(), "{:?} in {source:?}", value.span());
    value.items().for_each(|item| assert_bounded(source, item));
    value.members().for_each(|(name, value)| {
        assert_bounded(source, name);
        assert_bounded(source, value);
    });
}

#[test]
fn scalars_become_what_json_has() {
    for (text, value) in [
        ("12", json!(12)),
        ("+1_000", json!(1000)),
        ("-0", json!(-0.0)),
        ("0xFf", json!(255)),
        ("0o17", json!(15)),
        ("0b1_01", json!(5)),
        ("1.5", json!(1.5)),
        ("+1_0.2_5e+0_2", json!(1025.0)),
        ("1e999999", json!(f64::MAX)),
        ("-inf", json!("-inf")),
        ("nan", json!("nan")),
        ("true", json!(true)),
        ("1979-05-27", json!("1979-05-27")),
        ("1979-05-27 07:32:00.5+01:00", json!("1979-05-27 07:32:00.5+01:00")),
        ("07:32:00", json!("07:32:00")),
        ("\"é\\n\"", json!("é\n")),
        ("'é\\n'", json!("é\\n")),
        ("\"\"\"\na\\\n  b\"\"\"", json!("ab")),
        ("'''a'b'''", json!("a'b")),
        ("[1, [\"x\"], {y = 2}]", json!([1, ["x"], {"y": 2}])),
    ] {
        check(&format!("a = {text}\n"), &json!({ "a": value }), "");
    }
}

#[test]
fn members_keep_the_order_of_the_file() {
    let source = "z = 1\na.y = 2\na.b = 3\n[t.x]\nq = 1\n[t]\nc = 2\n[[l]]\nv = 1\n[[l]]\nv = 2\n";
    let value =
        json!({"z": 1, "a": {"y": 2, "b": 3}, "t": {"x": {"q": 1}, "c": 2}, "l": [{"v": 1}, {"v": 2}]});
    check(source, &value, "");
    check_spans(
        source,
        &[
            "z", "1", "a", "a", "y", "2", "b", "3", "t", "[t]", "x", "[t.x]", "q", "1", "c", "2", "l",
            "[[l]]", "[[l]]", "v", "1", "[[l]]", "v", "2",
        ],
    );
}

#[test]
fn spans_are_bytes_with_quotes() {
    check_spans(
        "\"é\" = 'ü'\nb = { c = [1, \"x\"] } # é\r\n",
        &["\"é\"", "'ü'", "b", "{ c = [1, \"x\"] }", "c", "[1, \"x\"]", "1", "\"x\""],
    );
    check_spans("\u{feff}é = 1\n".replace("é", "\"é\"").as_str(), &["\"é\"", "1"]);
}

#[test]
fn a_part_of_a_file_has_spans_of_the_file() {
    let source = "+++\né = 'ü'\n".replace("é", "'é'") + "b = \n+++\n";
    let end = source.find("+++\n\n").unwrap_or(source.len() - 4);
    let mut tape = Tape::new();
    let problems = read(&source, Span::of(4, end), &mut tape);
    let root = tape.root(&source).expect("something is always pushed");
    let value = root.get("é").expect("the name is there");
    assert_eq!((&source[value.span().range()], root.len()), ("'ü'", 1));
    assert_eq!(problems.len(), 1);
    assert_eq!(&source[problems[0].span.start as usize - 4..][..4], "b = ");
}

#[test]
fn all_mistakes_are_told_and_the_rest_is_read() {
    check(
        "a = 1\nb = \nc = 3\nd = yes\na = 2\n[t]\nx = 1\n[t]\ny = 2\n",
        &json!({"a": 1, "c": 3, "d": "yes", "t": {"x": 1, "y": 2}}),
        "Syntax 10..10 a value is missing\n\
         Syntax 21..24 text must be in quotes\n\
         DuplicateKey 25..26 `a` is given twice\n\
         DuplicateKey 42..43 `t` is given twice",
    );
    check("a = \"x\n", &json!({"a": "x"}), "Syntax 6..6 invalid basic string, expected `\"`");
    check(
        "a = 1 b = 2\n",
        &json!({"a": "1 b"}),
        "Syntax 4..7 text must be in quotes\nSyntax 8..8 unexpected key or value, expected newline, `#`",
    );
    check(
        "x = 01\n= 2\n",
        &json!({"x": "01"}),
        "Syntax 4..5 unexpected leading zero\nSyntax 7..7 unquoted keys cannot be empty, expected letters, numbers, `-`, `_`",
    );
    check(
        "a = 1\n[a]\nb = [1,\n",
        &json!({"a": {"b": [1]}}),
        "DuplicateKey 7..8 `a` is given twice\nSyntax 17..17 unclosed array, expected `]`",
    );
    check("", &json!({}), "");
    check(
        "\0",
        &json!({}),
        "Syntax 0..1 invalid unquoted key, expected letters, numbers, `-`, `_`\n\
         Syntax 1..1 key with no value, expected `=`",
    );
}

#[test]
fn nesting_is_bounded() {
    let key = |n: usize| vec!["a"; n].join(".");
    for source in [
        "a = ".to_owned() + &"[".repeat(100_000),
        "a = ".to_owned() + &"{a=".repeat(100_000),
        format!("{} = 1", key(100_000)),
        format!("[{}]", key(100_000)),
        format!("[{0}]\n{0} = 1\n", key(80)),
        format!("[{0}]\n{0} = {1}1{2}\n", key(80), format!("{{{} = ", key(80)).repeat(79), "}".repeat(79)),
    ] {
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
            let mut tape = Tape::new();
            let problems = read(&source, Span::of(0, source.len()), &mut tape);
            assert!(!problems.is_empty(), "{source:.60}");
            assert!(tape.root(&source).is_some());
        });
        thread.expect("a thread starts").join().expect("the read ends");
    }
}

#[test]
fn only_real_depth_is_refused() {
    let nested = |levels: usize| format!("a.b.c = {}1{}\n", "{a.b.c = ".repeat(levels), "}".repeat(levels));
    let told = |source: &str| told(&read(source, Span::of(0, source.len()), &mut Tape::new()));
    assert_eq!(told(&nested(40)), "");
    assert_eq!(told(&nested(60)), "Syntax 395..395 values nest more than 128 deep");
    assert_eq!(told(&"a = {b.c.d = {x = [1]}}\n[[t]]\n".replace('a', "a.a.a")), "");
    assert_eq!(told(&format!("l = [{}]\n", "{a.b.c = {d = '{{{{'}}, ".repeat(1000))), "");
}

#[test]
fn a_document_beyond_the_bound_is_told_and_not_read() {
    let source = format!("#{}\na = 1\n", "x".repeat(MAX_BYTES));
    check(&source, &json!({}), "Syntax 0..0 a TOML document of more than 8 MiB is not read");
}

/// At these sizes a cost that grows with the square of the input would keep the tests from ending: that it is seen needs
/// no clock. What fails faster is a panic, a stack that runs out, or memory that does.
#[test]
fn hostile_documents_come_to_an_end() {
    for source in [
        (0..100_000).map(|n| format!("k{n} = 1\n")).collect(),
        "k = 1\n".repeat(100_000),
        "[k]\n".repeat(100_000),
        "[[k]]\n".repeat(100_000),
        "[[k.k]]\n".repeat(100_000),
        "= \n".repeat(100_000),
        "\r".repeat(1 << 20),
        "\0".repeat(1 << 20),
        "\"".repeat(1 << 20),
        "a = [\n".repeat(100_000),
        "a = '''\n".repeat(100_000),
        format!("a = '{}'\n", "é".repeat(5 << 20)),
        format!("a = {}\n", "9".repeat(1 << 20)),
        format!("a = 0x{}\n", "f".repeat(1 << 20)),
        format!("a = [{}]\n", "1,".repeat(1 << 20)),
    ] {
        let mut tape = Tape::new();
        let problems = read(&source, Span::of(0, source.len()), &mut tape);
        assert!(problems.len() <= super::super::MAX_PROBLEMS + 1, "{source:.60}");
    }
}

/// Values that TOML can hold.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e6..1e6f64).prop_map(Json::from),
        "[a-zé\"'\\\\\n\t ]{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map("[a-cé. \"]{0,3}", inner, 0..4)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// `value` as an inline value.
fn inline(value: &Json) -> String {
    match value {
        Json::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{} = {}", json!(name), inline(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Json::Number(number) if number.is_f64() => {
            let number = number.to_string();
            if number.contains(['.', 'e']) { number } else { format!("{number}.0") }
        }
        other => other.to_string(),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(members in prop::collection::btree_map("[a-cé. \"]{0,3}", any_json(), 0..5)) {
        let (mut source, mut tables) = (String::new(), String::new());
        for (name, value) in &members {
            match value {
                Json::Object(inner) => {
                    tables += &format!("[{}]\n", json!(name));
                    inner.iter().for_each(|(name, value)| tables += &format!("{} = {}\n", json!(name), inline(value)));
                }
                other => source += &format!("{} = {}\n", json!(name), inline(other)),
            }
        }
        source += &tables;
        let mut tape = Tape::new();
        prop_assert_eq!(told(&read(&source, Span::of(0, source.len()), &mut tape)), "", "{}", source);
        let root = tape.root(&source).expect("something is always pushed");
        prop_assert_eq!(root.to_json(), Json::Object(members.into_iter().collect()), "{}", source);
        assert_bounded(&source, root);
    }

    #[test]
    fn any_text_gives_spans_within_it(
        source in "(a|é|=|\n|\\.|\\[|\\]|\\[\\[|\\]\\]|\\{|\\}|,|'|\"|\"\"\"|#|\t|\r|\u{feff}|1|-|0x|\\\\| ){0,24}"
    ) {
        let mut tape = Tape::new();
        for problem in read(&source, Span::of(0, source.len()), &mut tape) {
            prop_assert!(source.get(problem.span.range()).is_some());
        }
        assert_bounded(&source, tape.root(&source).expect("something is always pushed"));
    }
}

//! A hostile repository can at worst be reported: it ends, it is answered, and nothing of it reaches the terminal or a
//! file outside.

use std::fmt::Write;

use opsbook::repo::builder::Repo;

use crate::support::{ITEMS, Output, faulty, item, items, run};

fn check(repo: &Repo) -> Output {
    run(repo, &["check", "--format", "json"])
}

/// A repository with one collection of records with a schema of their own.
fn with_schema(schema: &str, records: &str) -> Repo {
    let repo = Repo::new();
    let config = "[collections.own]\nfiles = [\"own.jsonl\"]\nkey = \"id\"\nschema = \"own.json\"\n";
    repo.write("opsbook.toml", config).write("own.json", schema).write("own.jsonl", records);
    repo
}

#[test]
fn many_faults_on_one_line_and_many_equal_keys_end() {
    const MANY: usize = 200_000;
    let list = |one: &dyn Fn(usize) -> String| (0..MANY).map(one).collect::<Vec<_>>().join(",");
    let equal = format!("{{{}}}\n", list(&|number| format!("\"a\":{number}")));
    let distinct = format!(
        "{{{},{}}}\n",
        list(&|number| format!("\"k{number}\":1")),
        list(&|number| format!("\"k{number}\":2"))
    );
    let keys: String = (0..MANY).map(|number| format!("{{\"id\":\"same\",\"n\":{number}}}\n")).collect();
    let any = "{\"type\":\"object\"}";
    for (records, rule, count) in [
        (equal, "duplicate-json-key", MANY - 1),
        (distinct, "duplicate-json-key", MANY),
        (keys, "duplicate-key", MANY - 1),
    ] {
        let repo = with_schema(any, &records);
        let report: serde_json::Value = serde_json::from_str(&check(&repo).exits(1).stdout).expect("JSON");
        let found = report["findings"].as_array().expect("a list");
        assert_eq!(found.iter().filter(|one| one["rule"] == rule).count(), count);
        let text = run(&repo, &["check"]).exits(1).stdout;
        assert!(text.len() < 20_000, "text is capped, and has {} bytes", text.len());
    }
}

#[test]
fn many_wrong_values_in_one_record_end() {
    const MANY: usize = 30_000;
    let list = |one: &dyn Fn(usize) -> String| (0..MANY).map(one).collect::<Vec<_>>().join(",");
    let items = list(&|number| if number % 2 == 0 { "1".to_owned() } else { "\"\"".to_owned() });
    let members = list(&|number| format!("\"x{number}\":{{}}"));
    let schema = "{\"properties\":{\"tags\":{\"items\":{\"type\":\"string\",\"minLength\":1}}},\"additionalProperties\":{\"type\":\"string\"}}";
    let repo = with_schema(schema, &format!("{{\"tags\":[{items}],{members}}}\n"));
    assert_eq!(check(&repo).exits(1).stdout.matches("\"rule\":\"schema-violation\"").count(), 2 * MANY);
    let closed = "{\"properties\":{\"id\":{}},\"additionalProperties\":false}";
    let repo = with_schema(closed, &format!("{{{members}}}\n"));
    assert_eq!(check(&repo).exits(1).stdout.matches("\"rule\":\"schema-violation\"").count(), MANY);

    let references = list(&|number| format!("\"to-{number}\""));
    let repo = crate::support::items(&format!(
        "{{\"id\":\"A\",\"title\":\"t\",\"status\":\"done\",\"depends_on\":[{references}]}}\n"
    ));
    assert_eq!(check(&repo).exits(1).stdout.matches("\"rule\":\"dangling-reference\"").count(), MANY);
}

#[test]
fn references_to_nowhere_in_many_files_make_no_report_of_all_files_for_each() {
    let repo = items(&item("A"));
    for number in 0..1_000 {
        let path = format!("more/{number}.jsonl");
        repo.write(&path, crate::support::dependent(&format!("I-{number}"), &format!("none-{number}")));
    }
    let output = check(&repo).exits(1);
    assert_eq!(output.report()["findings"].as_array().map(Vec::len), Some(1_000));
    let sarif = run(&repo, &["check", "--format", "sarif"]).exits(1);
    for (format, text) in [("json", output.stdout), ("sarif", sarif.stdout)] {
        assert!(text.len() < 10_000_000, "{format} has {} bytes", text.len());
    }
}

#[test]
fn a_line_of_megabytes_is_read_and_shown_in_part() {
    let long = "ü".repeat(3 << 20);
    let repo = items(&format!("{{\"id\":\"A\",\"title\":\"{long}\",\"status\":\"{long}\"}}\n"));
    let report = check(&repo).exits(1);
    let column = "{\"id\":\"A\",\"title\":\"\",\"status\":".len() + (3 << 20) + 1;
    assert_eq!(report.places(), [format!("items.jsonl:1:{column} schema-violation")]);
    for format in opsbook::report::FORMATS {
        let output = run(&repo, &["check", "--format", format.name]).exits(1);
        // SARIF carries the pages of the rules.
        let room = if format.name == "sarif" { 200_000 } else { 20_000 };
        assert!(output.stdout.len() < room, "{} prints {} bytes", format.name, output.stdout.len());
    }
}

#[test]
fn deep_nesting_is_a_finding_in_every_file_format() {
    const DEEP: usize = 100_000;
    let json = format!("{{\"id\":\"A\",\"x\":{}{}}}\n", "[".repeat(DEEP), "]".repeat(DEEP));
    let open = format!("{}\n", "{\"a\":".repeat(DEEP));
    let yaml = format!("a: {}{}\n", "[".repeat(DEEP), "]".repeat(DEEP));
    let indented: String = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let toml = format!("a = {}{}\n", "[".repeat(DEEP), "]".repeat(DEEP));
    let dotted = format!("{}a = 1\n", "a.".repeat(DEEP));
    let files = [
        ("a.jsonl", &json),
        ("b.jsonl", &open),
        ("a.json", &json),
        ("a.yaml", &yaml),
        ("b.yaml", &indented),
        ("a.toml", &toml),
        ("b.toml", &dotted),
    ];
    for (name, bytes) in files {
        let repo = Repo::new();
        repo.write("opsbook.toml", format!("[collections.x]\nfiles = [\"{name}\"]\n")).write(name, bytes);
        assert_eq!(check(&repo).exits(1).rules(), ["invalid-syntax"], "{name}");
    }
    let repo = items(&item("A"));
    repo.write("opsbook.toml", &toml);
    assert_eq!(check(&repo).exits(1).rules(), ["invalid-config"]);
    let repo = with_schema(&format!("{}1{}", "[".repeat(DEEP), "]".repeat(DEEP)), "{}\n");
    assert_eq!(check(&repo).exits(1).rules(), ["invalid-config"]);
    let quotes = Repo::new();
    quotes
        .write("deep.md", "> ".repeat(20_000) + "\n<<<<<<< a\n")
        .write("list.md", "- ".repeat(20_000) + "opsbook-ignore\n");
    check(&quotes).exits(0);
}

#[test]
fn a_yaml_alias_bomb_is_answered() {
    let mut bomb = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..30 {
        let before = level - 1;
        let _ = writeln!(bomb, "a{level}: &a{level} [{}]", vec![format!("*a{before}"); 9].join(", "));
    }
    let repo = Repo::new();
    let config = "[collections.x]\nfiles = [\"x.yaml\"]\nkey = \"a29\"\nschema = \"own.json\"\n";
    repo.write("opsbook.toml", config).write("x.yaml", bomb);
    repo.write("own.json", "{\"properties\":{\"a29\":{\"type\":\"string\"}},\"uniqueItems\":true}");
    let output = check(&repo);
    assert!(output.status < 2, "{output:#?}");
    run(&repo, &["records", "--format", "jsonl"]).exits(0);
}

#[test]
fn odd_bytes_and_numbers_are_told_at_their_place_and_hide_nothing_else() {
    let record =
        |value: &str| format!("{{\"id\":\"A\",\"title\":\"t\",\"status\":\"planned\",\"x\":{value}}}\n");
    let huge = "9".repeat(100_000);
    for (bytes, expected) in [
        (record("\"a\u{0}b\"").into_bytes(), vec!["items.jsonl:1:48 invalid-syntax"]),
        ([b"\xef\xbb\xbf", record("1").as_bytes()].concat(), vec![]),
        (record("1").replace('\n', "\r\n").into_bytes(), vec![]),
        (record("\"\\ud800\"").into_bytes(), vec!["items.jsonl:1:47 invalid-syntax"]),
        (record("\"\u{202e}evil\u{2066}\"").into_bytes(), vec![]),
        (record(&huge).into_bytes(), vec![]),
        (record("1e999999999").into_bytes(), vec![]),
        (record("-0.000e-99999999999999999999").into_bytes(), vec![]),
        ([b"{\"id\":\"\xff\"}\n", record("1").as_bytes()].concat(), vec!["items.jsonl:1:8 not-utf8"]),
    ] {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        let mut all = bytes;
        let before = all.iter().filter(|&&byte| byte == b'\n').count();
        all.extend_from_slice(faulty("Z").as_bytes());
        let repo = items("");
        repo.write("items.jsonl", all);
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        expected.push(format!("items.jsonl:{}:32 schema-violation", before + 1));
        let found = check(&repo).exits(1).places();
        let found: Vec<String> = found.into_iter().filter(|place| !is_byte_order_mark(place)).collect();
        assert_eq!(found, expected, "{shown}");
    }
}

/// A byte order mark is itself worth a word.
fn is_byte_order_mark(place: &str) -> bool {
    place == "items.jsonl:1:1 invalid-syntax"
}

#[test]
fn record_text_cannot_command_a_terminal_or_a_ci_system() {
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\\n::error::pwned\\r\\n##vso[task.setvariable]x</script><img src=x onerror=y>|`a`\u{202e}\u{9b}31m%0A::stop-commands::x";
    let records =
        format!("{{\"id\":\"{evil}\",\"title\":\"t\",\"status\":\"{evil}\",\"depends_on\":[\"{evil}x\"]}}\n")
            .replace('\u{1b}', "\\u001b")
            .replace('\u{7}', "\\u0007")
            .replace('\u{9b}', "\\u009b");
    let repo = items(&records);
    repo.write("more/\u{1b}[2J::error::.jsonl", faulty("\u{202e}A"));
    let raw = items("");
    raw.write("items.jsonl", records.replace("\\u001b", "\u{1b}").replace("\\u0007", "\u{7}"));
    for repo in [&repo, &raw] {
        let mut runs: Vec<Vec<&str>> = opsbook::report::FORMATS
            .iter()
            .map(|format| vec!["check", "--all", "--format", format.name])
            .collect();
        runs.extend([
            vec!["records"],
            vec!["records", "--format", "jsonl"],
            vec!["check", "--diff", "--unsafe-fixes"],
        ]);
        for arguments in runs {
            let output = run(repo, &arguments);
            let json =
                ["json", "jsonl", "sarif", "gitlab", "rdjson"].iter().any(|name| arguments.contains(name));
            for text in [&output.stdout, &output.stderr] {
                let control = text
                    .chars()
                    .find(|&c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c));
                // JSON may hold the reordering characters as they are; programs read it.
                let control = control.filter(|c| !json || c.is_control());
                // A diff shows the bytes of the file.
                if !arguments.contains(&"--diff") {
                    assert_eq!(control, None, "{arguments:?}: {text}");
                }
                let commands =
                    text.lines().filter(|line| line.starts_with("::") || line.starts_with("##vso"));
                let own =
                    |line: &&str| line.starts_with("::error file=") || line.starts_with("::error title=");
                let foreign: Vec<&str> =
                    commands.filter(|line| !(arguments.contains(&"github") && own(line))).collect();
                assert!(foreign.is_empty(), "{arguments:?}: {foreign:#?}");
                if arguments.contains(&"markdown") || arguments.contains(&"junit") {
                    assert!(!text.contains("<img"), "{arguments:?}: {text}");
                }
            }
        }
    }
}

#[test]
fn a_schema_of_the_repository_cannot_hang_the_run_or_reach_out() {
    let any = |depth: usize| {
        let mut defs = String::from("\"d0\":{\"type\":\"string\"}");
        for level in 1..=depth {
            let before = level - 1;
            let _ = write!(
                defs,
                ",\"d{level}\":{{\"anyOf\":[{{\"$ref\":\"#/$defs/d{before}\"}},{{\"$ref\":\"#/$defs/d{before}\"}}]}}"
            );
        }
        format!("{{\"properties\":{{\"x\":{{\"$ref\":\"#/$defs/d{depth}\"}}}},\"$defs\":{{{defs}}}}}")
    };
    let slow = format!("{{\"id\":\"a\",\"x\":\"{}!\"}}\n", "a".repeat(50_000));
    for (schema, records, rules) in [
        (any(12), "{\"x\":1}\n", &["schema-violation"][..]),
        ("{\"$ref\":\"#\"}".to_owned(), "{\"x\":1}\n", &[]),
        (
            "{\"properties\":{\"x\":{\"$ref\":\"#\"}},\"required\":[\"id\"]}".to_owned(),
            "{\"id\":1,\"x\":{\"id\":1,\"x\":{}}}\n",
            &["schema-violation"],
        ),
        ("{\"properties\":{\"x\":{\"pattern\":\"^(a+)+$\"}}}".to_owned(), &*slow, &["schema-violation"]),
        ("{\"properties\":{\"x\":{\"pattern\":\"^(a|a)*b(a{1,900}){1,900}$\"}}}".to_owned(), &*slow, &["*"]),
        ("{\"properties\":{\"x\":{\"pattern\":\"(\"}}}".to_owned(), &*slow, &["invalid-config"]),
        ("{\"$ref\":\"http://127.0.0.1:1/x.json\"}".to_owned(), "{}\n", &["invalid-config"]),
        ("{\"$ref\":\"file:///etc/passwd\"}".to_owned(), "{}\n", &["invalid-config"]),
        ("{\"$ref\":\"../../etc/passwd\"}".to_owned(), "{}\n", &["invalid-config"]),
        ("{\"$ref\":\"#/$defs/none\"}".to_owned(), "{}\n", &["invalid-config"]),
    ] {
        let repo = with_schema(&schema, records);
        let output = check(&repo);
        assert!(output.status < 2, "{schema:.80}: {output:#?}");
        if rules != ["*"] {
            assert_eq!(output.rules(), rules, "{schema:.80}");
        }
    }
}

#[test]
fn a_configuration_of_ten_thousand_collections_or_of_bad_patterns_is_answered() {
    let many: String = (0..10_000)
        .map(|number| format!("[collections.c{number}]\nfiles = [\"c{number}.jsonl\"]\n"))
        .collect();
    let repo = items(&item("A"));
    repo.write("opsbook.toml", many);
    let report = check(&repo).exits(1);
    assert_eq!(report.stdout.matches("\"rule\":\"unmatched-collection\"").count(), 10_000);
    for pattern in ["[", "{a", "a\\\\", "[z-a]", "{{{{{{{{a,b},c},d},e},f},g},h},i}"] {
        repo.write("opsbook.toml", format!("[collections.c]\nfiles = [\"{pattern}\"]\n"));
        let rules = check(&repo).exits(1).rules();
        assert!(rules == ["invalid-config"] || rules == ["unmatched-collection"], "{pattern}: {rules:?}");
    }
}

#[test]
fn a_configured_path_out_of_the_repository_reads_nothing() {
    let outside = Repo::plain();
    outside.write("secret.jsonl", faulty("S")).write("secret.json", "{\"required\":[\"secret\"]}");
    let up = format!("../{}", outside.top().file_name().expect("a name").to_string_lossy());
    for path in [up.as_str(), outside.top().to_str().expect("UTF-8")] {
        let repo = items(&item("A"));
        repo.write("opsbook.toml", format!("[collections.x]\nfiles = [\"{path}/secret.jsonl\"]\n"));
        assert_eq!(check(&repo).exits(1).rules(), ["unmatched-collection"], "{path}");
        let config = format!("[collections.x]\nfiles = [\"items.jsonl\"]\nschema = \"{path}/secret.json\"\n");
        repo.write("opsbook.toml", config);
        assert_eq!(check(&repo).exits(1).rules(), ["invalid-config"], "{path}");
        repo.write("opsbook.toml", format!("{ITEMS}[baseline]\nfile = \"{path}/secret.json\"\n"));
        check(&repo).exits(0);
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_repository_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = Repo::plain();
    outside.write("items.jsonl", faulty("SECRET")).write("more/x.jsonl", faulty("SECRET"));
    let repo = items(&item("A"));
    repo.remove("items.jsonl");
    symlink(outside.path().join("items.jsonl"), repo.path().join("items.jsonl")).expect("allowed");
    symlink(outside.path().join("more"), repo.path().join("more")).expect("allowed");
    symlink("/dev/zero", repo.path().join("zero.md")).expect("allowed");
    symlink(".", repo.path().join("loop")).expect("allowed");
    let output = check(&repo);
    assert!(output.status != 0 && !output.stdout.contains("SECRET"), "{output:#?}");
    let repo = items(&item("A"));
    symlink(outside.path().join("items.jsonl"), repo.path().join("opsbook.json")).expect("allowed");
    repo.remove("opsbook.toml");
    symlink(outside.path().join("items.jsonl"), repo.path().join("opsbook.toml")).expect("allowed");
    let output = check(&repo).exits(2);
    assert!(!output.stdout.contains("SECRET") && output.stderr.contains("opsbook.toml"), "{output:#?}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_where_one_is_expected_is_answered() {
    let repo = items(&item("A"));
    repo.stage_all().commit("feat: an item");
    repo.remove("items.jsonl")
        .write("items.jsonl/README.md", "# A folder now\n")
        .write("more/b.jsonl", item("B"));
    let output = check(&repo);
    assert!(output.status < 3, "{output:#?}");
    repo.write("more/c.jsonl", item("C"));
    std::process::Command::new("mkfifo").arg(repo.path().join("more/pipe.jsonl")).status().map_or_else(
        |_| eprintln!("skipped: there is no mkfifo on this machine"),
        |_| assert!(check(&repo).status < 3),
    );
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_or_differ_only_in_case_are_told_apart() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let repo = items(&item("A"));
    repo.write("more/x.jsonl", item("B")).write("more/X.jsonl", faulty("C"));
    assert_eq!(check(&repo).exits(1).places(), ["more/X.jsonl:1:32 schema-violation"]);
    std::fs::write(repo.path().join(OsStr::from_bytes(b"more/\xff\x1b.jsonl")), faulty("D"))
        .expect("allowed");
    let report = check(&repo).exits(1).report();
    assert_eq!(report["scope"]["unread"][0]["path"], "more/\\xff\\u{1b}.jsonl", "{report:#}");
    assert_eq!(report["scope"]["complete"], false);
    repo.remove("more/X.jsonl");
    check(&repo).exits(2);
}

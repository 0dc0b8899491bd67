//! Writes what would otherwise be listed twice: from the rule pages in `src/rules/<group>/<rule-id>.md` come the
//! registry, each group's `mod.rs`, `docs/rules.md`, and the rule names in `schemas/opsbook.schema.json`; from the
//! folder `examples/operations` the list of its files, which the tour embeds.
//!
//! The files are committed. This test fails when one is stale; `UPDATE=1 cargo test --test codegen` rewrites them. It
//! uses the standard library only: when the registry names a module that is gone, so that cargo cannot build the library
//! before the test, `CARGO_MANIFEST_DIR=. rustc --edition 2024 --test tests/codegen.rs -o target/codegen` builds it alone,
//! and `UPDATE=1 target/codegen` writes the registry anew.
//!
//! The names go into the configuration's schema itself, not into a file that it refers to: editors complete from one
//! file, and a schema that is handed out must not need a second one. The place is found by walking the JSON, so no
//! marker has to survive there; nothing outside `properties.rules.properties.severity.properties` is touched.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

const COMMAND: &str = "UPDATE=1 cargo test --test codegen";

/// The groups in the order in which people meet them.
const GROUPS: &[&str] = &[
    "syntax",
    "schema",
    "reference",
    "roadmap",
    "adr",
    "meeting",
    "action",
    "risk",
    "checklist",
    "metric",
    "security",
    "drift",
    "release",
    "config",
];

/// The example that the tour walks through, and the list of its files.
const EXAMPLE: &str = "examples/operations";
const EXAMPLE_FILES: &str = "src/setup/tour/files.rs";

const SCHEMA: &str = "schemas/opsbook.schema.json";
/// Where the configuration's schema describes the severities.
const SEVERITY: &[&str] = &["properties", "rules", "properties", "severity"];

#[test]
fn generated_files_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wanted = generate(root).unwrap_or_else(|problem| panic!("{problem}"));
    wanted.push(example_files(root).unwrap_or_else(|problem| panic!("{problem}")));
    let stale: Vec<Generated> = wanted.into_iter().filter(|file| !file.is_fresh(root)).collect();
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        stale.iter().for_each(|file| file.write(root));
        return;
    }
    let names: Vec<&str> = stale.iter().map(|file| file.path.as_str()).collect();
    assert!(stale.is_empty(), "stale: {}\nrun: {COMMAND}", names.join(", "));
}

/// A file and what it must say; `None`: it must not be there.
struct Generated {
    path: String,
    text: Option<String>,
}

impl Generated {
    fn is_fresh(&self, root: &Path) -> bool {
        fs::read_to_string(root.join(&self.path)).ok() == self.text
    }

    fn write(&self, root: &Path) {
        let path = root.join(&self.path);
        let done = match &self.text {
            Some(text) => fs::create_dir_all(path.parent().expect("a file stands in a folder"))
                .and_then(|()| fs::write(&path, text)),
            None => fs::remove_file(&path),
        };
        done.unwrap_or_else(|error| panic!("{}: {error}", self.path));
    }
}

/// One page's front matter, and whether Rust stands beside it.
#[derive(Debug, PartialEq, Eq)]
struct Rule {
    id: String,
    group: String,
    severity: String,
    on: bool,
    since: String,
    fix: String,
    summary: String,
    native: bool,
}

impl Rule {
    fn module(&self) -> String {
        self.id.replace('-', "_")
    }
}

/// Everything that follows from the pages below `root`; nothing when there are none.
fn generate(root: &Path) -> Result<Vec<Generated>, String> {
    let rules = rules(root)?;
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let schema = fs::read_to_string(root.join(SCHEMA)).map_err(|error| format!("{SCHEMA}: {error}"))?;
    let schema = with_rule_names(&schema, &rules).map_err(|problem| format!("{SCHEMA}: {problem}"))?;
    let mut files = vec![
        Generated { path: "src/rules/registry.rs".into(), text: Some(registry(&rules)) },
        Generated { path: "docs/rules.md".into(), text: Some(page(&rules)) },
        Generated { path: SCHEMA.into(), text: Some(schema) },
    ];
    for group in GROUPS {
        let path = format!("src/rules/{group}/mod.rs");
        if root.join("src/rules").join(group).is_dir() {
            files.push(Generated { path, text: group_module(group, &rules) });
        }
    }
    Ok(files)
}

/// The rules of all pages, by group in the order of `GROUPS`, then by id.
fn rules(root: &Path) -> Result<Vec<Rule>, String> {
    let folder = root.join("src/rules");
    let mut found = Vec::new();
    for group in entries(&folder)?.into_iter().filter(|path| path.is_dir()) {
        let group_name = name_of(&group);
        let files = entries(&group)?;
        let pages: Vec<&PathBuf> = files.iter().filter(|path| has_extension(path, "md")).collect();
        if !pages.is_empty() && !GROUPS.contains(&group_name.as_str()) {
            return Err(format!(
                "src/rules/{group_name}: no such group; the groups are {}",
                GROUPS.join(", ")
            ));
        }
        for page in &pages {
            let path = format!("src/rules/{group_name}/{}", name_of(page));
            let text = fs::read_to_string(page).map_err(|error| format!("{path}: {error}"))?;
            let mut rule = front_matter(&path, &text)?;
            rule.native = group.join(format!("{}.rs", rule.module())).is_file();
            found.push(rule);
        }
        // A misspelt file name would otherwise be a rule that never runs.
        if !pages.is_empty() {
            for code in files.iter().filter(|path| has_extension(path, "rs") && name_of(path) != "mod.rs") {
                let stem = name_of(code).replace(".rs", "");
                if !found.iter().any(|rule| rule.group == group_name && rule.module() == stem) {
                    let page = stem.replace('_', "-");
                    return Err(format!(
                        "src/rules/{group_name}/{stem}.rs: no page {page}.md beside it; code that several rules share \
                         belongs in src/rules/"
                    ));
                }
            }
        }
    }
    let rank = |rule: &Rule| (GROUPS.iter().position(|group| *group == rule.group), rule.id.clone());
    found.sort_by_key(rank);
    let mut seen = BTreeMap::new();
    for rule in &found {
        if let Some(other) = seen.insert(&rule.id, &rule.group) {
            return Err(format!("src/rules/{}/{}.md: {other} has a rule of this id", rule.group, rule.id));
        }
    }
    Ok(found)
}

/// Reads the lines between the first two `---`; everything is required and nothing else is allowed.
fn front_matter(path: &str, text: &str) -> Result<Rule, String> {
    let wrong = |line: usize, what: String| format!("{path}:{line}: {what}");
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    if lines.next().map(|(_, line)| line) != Some("---") {
        return Err(wrong(1, "a rule page starts with front matter between lines of ---".into()));
    }
    let mut values: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    let mut closed = false;
    for (number, line) in lines.by_ref() {
        if line == "---" {
            closed = true;
            break;
        }
        let (key, value) =
            line.split_once(": ").ok_or_else(|| wrong(number, "expected `key: value`".into()))?;
        let value = plain(value).map_err(|what| wrong(number, what))?;
        if !["id", "group", "severity", "default", "since", "fix", "summary"].contains(&key) {
            return Err(wrong(number, format!("unknown key {key}")));
        }
        if values.insert(key, (number, value)).is_some() {
            return Err(wrong(number, format!("{key} is given twice")));
        }
    }
    if !closed {
        return Err(wrong(1, "the front matter does not end".into()));
    }
    if lines.all(|(_, line)| line.trim().is_empty()) {
        return Err(wrong(1, "the page says nothing below its front matter".into()));
    }
    let mut take = |key: &str| values.remove(key).ok_or_else(|| wrong(1, format!("{key} is missing")));
    let one_of = |(line, value): (usize, String), allowed: &[&str]| {
        let known = allowed.contains(&value.as_str());
        known
            .then(|| value.clone())
            .ok_or_else(|| wrong(line, format!("{value} is none of {}", allowed.join(", "))))
    };

    let mut parts = path.rsplit('/');
    let (file, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let stem = file.strip_suffix(".md").unwrap_or(file);
    let id = take("id")?;
    let kebab = id.1.split('-').all(|word| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    if !kebab || !id.1.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Err(wrong(id.0, format!("{} is not in kebab-case", id.1)));
    }
    let since = take("since")?;
    let numbers: Vec<_> = since.1.split('.').map(str::parse::<u32>).collect();
    if numbers.len() != 3 || numbers.iter().any(Result::is_err) {
        return Err(wrong(since.0, format!("{} is not a version such as 0.1.0", since.1)));
    }
    let summary = take("summary")?;
    if summary.1.ends_with('.') || summary.1.chars().count() > 100 {
        return Err(wrong(summary.0, "a summary has at most 100 characters and no final period".into()));
    }
    Ok(Rule {
        id: one_of(id, &[stem]).map_err(|problem| format!("{problem}: the id is the file's name"))?,
        group: one_of(take("group")?, &[folder])
            .map_err(|problem| format!("{problem}: the group is the folder"))?,
        severity: one_of(take("severity")?, &["error", "warning", "info"])?,
        on: one_of(take("default")?, &["on", "off"])? == "on",
        since: since.1,
        fix: one_of(take("fix")?, &["never", "sometimes", "always"])?,
        summary: summary.1,
        native: false,
    })
}

/// A YAML scalar on one line: quoted, or plain without what YAML would read as something else.
fn plain(value: &str) -> Result<String, String> {
    let value = value.trim();
    let quoted = value.strip_prefix('"').and_then(|rest| rest.split_once('"'));
    let (value, rest) = match quoted {
        Some((inside, rest)) => (inside, rest.trim()),
        None => value.find(" #").map_or((value, ""), |at| (value[..at].trim(), &value[at + 1..])),
    };
    if value.is_empty() || !(rest.is_empty() || rest.starts_with('#')) {
        Err("expected one value".to_owned())
    } else if value.contains('\\')
        || (quoted.is_none() && (value.contains(": ") || value.starts_with(YAML_MARKS)))
    {
        Err("put the value in double quotes, without backslashes".to_owned())
    } else {
        Ok(value.to_owned())
    }
}

/// What a plain YAML scalar does not start with.
const YAML_MARKS: [char; 15] = ['"', '\'', '[', ']', '{', '}', '>', '|', '*', '&', '!', '%', '#', '@', '`'];

fn registry(rules: &[Rule]) -> String {
    let mut text = format!(
        "//! Generated by `{COMMAND}` from the pages in this folder; do not edit.\n//!\n//! The rules that ship with \
         opsbook, in the order of groups and ids.\n\nuse super::{{FixKind, Rule}};\nuse \
         crate::finding::Severity;\n\n/// Every built-in rule.\npub static RULES: &[Rule] = &[\n"
    );
    for rule in rules {
        let Rule { id, group, on, since, summary, .. } = rule;
        let native = match rule.native {
            true => format!("Some(super::{group}::{}::CHECK)", rule.module()),
            false => "None".to_owned(),
        };
        let fields = [
            ("id", format!("{id:?}")),
            ("group", format!("{group:?}")),
            ("severity", format!("Severity::{}", capital(&rule.severity))),
            ("on", on.to_string()),
            ("since", format!("{since:?}")),
            ("fix", format!("FixKind::{}", capital(&rule.fix))),
            ("summary", format!("{summary:?}")),
            ("page", format!("include_str!(\"{group}/{id}.md\")")),
            ("check", native),
        ];
        text.push_str("    Rule {\n");
        for (name, value) in fields {
            let _ = writeln!(text, "        {name}: {value},");
        }
        text.push_str("    },\n");
    }
    text + "];\n"
}

fn group_module(group: &str, rules: &[Rule]) -> Option<String> {
    let native = rules.iter().filter(|rule| rule.group == group && rule.native);
    let mut modules: Vec<String> = native.map(Rule::module).collect();
    modules.sort();
    let lines: String = modules.iter().map(|module| format!("pub(super) mod {module};\n")).collect();
    let head = format!("//! Generated by `{COMMAND}`; do not edit. The `{group}` rules that are Rust.\n\n");
    (!lines.is_empty()).then(|| head + &lines)
}

fn page(rules: &[Rule]) -> String {
    let mut text = format!(
        "<!-- Generated by `{COMMAND}` from the pages in src/rules; do not edit. -->\n\n# Rules\n\n\
         A rule that is *always* on runs wherever opsbook finds something it is about. One that is on when *named*\n\
         runs once `[rules.severity]` in `opsbook.toml` gives it, or its group, a severity; `\"off\"` there switches any\n\
         rule off. `opsbook explain RULE` prints a rule's page.\n"
    );
    for group in GROUPS {
        let of_group: Vec<&Rule> = rules.iter().filter(|rule| rule.group == *group).collect();
        if of_group.is_empty() {
            continue;
        }
        let _ = write!(
            text,
            "\n## {group}\n\n| id | severity | on when | fix | summary |\n|---|---|---|---|---|\n"
        );
        for Rule { id, group, severity, on, fix, summary, .. } in of_group {
            let on = if *on { "always" } else { "named" };
            let summary = summary.replace('|', "\\|");
            let _ = writeln!(
                text,
                "| [`{id}`](../src/rules/{group}/{id}.md) | {severity} | {on} | {fix} | {summary} |"
            );
        }
    }
    text
}

/// The module that embeds the files of the example.
fn example_files(root: &Path) -> Result<Generated, String> {
    let mut lines = String::new();
    for path in files_below(&root.join(EXAMPLE))? {
        let path: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let _ = writeln!(lines, "    {:?},", path.join("/"));
    }
    let text = format!(
        "//! Generated by `{COMMAND}` from `{EXAMPLE}`; do not edit. What the tour embeds.\n\n\
         macro_rules! files {{\n    \
             ($($path:literal),* $(,)?) => {{\n        \
                 /// Every file of the example with its text, by path.\n        \
                 pub(super) const FILES: &[(&str, &str)] =\n            \
                     &[$(($path, include_str!(concat!(\"../../../{EXAMPLE}/\", $path)))),*];\n    \
             }};\n}}\n\nfiles![\n{lines}];\n"
    );
    Ok(Generated { path: EXAMPLE_FILES.into(), text: Some(text) })
}

/// The files below `folder`, by their paths from there, sorted.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        let name = PathBuf::from(name_of(&path));
        if path.is_dir() {
            found.extend(files_below(&path)?.into_iter().map(|below| name.join(below)));
        } else {
            found.push(name);
        }
    }
    Ok(found)
}

/// `schema` with the names of groups and rules as the properties of `SEVERITY`.
fn with_rule_names(schema: &str, rules: &[Rule]) -> Result<String, String> {
    let place = SEVERITY.join(".");
    let object = json::find(schema, SEVERITY)?.ok_or_else(|| format!("there is no {place}"))?;
    let indent = indent_at(schema, object.end - 1);
    let mut names: Vec<(&str, &str)> = Vec::new();
    for group in GROUPS.iter().filter(|group| rules.iter().any(|rule| rule.group == **group)) {
        names.push((group, "All rules of this group."));
        names
            .extend(rules.iter().filter(|rule| rule.group == *group).map(|rule| (&*rule.id, &*rule.summary)));
    }
    let lines: Vec<String> = names
        .iter()
        .map(|(name, text)| {
            let text = text.replace('"', "\\\"");
            format!("{indent}    \"{name}\": {{\n{indent}      \"description\": \"{text}\"\n{indent}    }}")
        })
        .collect();
    let value = format!("{{\n{}\n{indent}  }}", lines.join(",\n"));
    let properties: Vec<&str> = SEVERITY.iter().copied().chain(["properties"]).collect();
    let (place, text) = match json::find(schema, &properties)? {
        Some(old) => (old, value),
        None => {
            let inside = object.start + 1;
            let empty = schema[inside..object.end - 1].trim().is_empty();
            let comma = if empty { "" } else { "," };
            (inside..inside, format!("\n{indent}  \"properties\": {value}{comma}"))
        }
    };
    Ok([&schema[..place.start], &text, &schema[place.end..]].concat())
}

/// The blanks at the start of the line that holds the byte at `at`.
fn indent_at(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches(' ').len()]
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + rest
}

/// The entries of a folder, sorted; none when there is no such folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let read: Result<Vec<_>, _> = fs::read_dir(folder).map_err(wrong)?.collect();
    let mut paths: Vec<PathBuf> = read.map_err(wrong)?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|extension| extension == wanted)
}

mod json {
    //! Finds a value in JSON text by the keys that lead to it. Enough for a file that other tests validate.

    use super::Range;

    /// The bytes of the value under `keys`, or `None` when a key is not there.
    pub(super) fn find(text: &str, keys: &[&str]) -> Result<Option<Range<usize>>, String> {
        let bytes = text.as_bytes();
        let mut at = blank(bytes, 0);
        for key in keys {
            match member(bytes, at, key)? {
                Some(value) => at = value,
                None => return Ok(None),
            }
        }
        Ok(Some(at..value(bytes, at)?))
    }

    /// The start of the value under `key` in the object that starts at `at`.
    fn member(bytes: &[u8], at: usize, key: &str) -> Result<Option<usize>, String> {
        expect(bytes, at, b'{')?;
        let mut at = blank(bytes, at + 1);
        while bytes.get(at) == Some(&b'"') {
            let end = string(bytes, at)?;
            let colon = blank(bytes, end);
            expect(bytes, colon, b':')?;
            let start = blank(bytes, colon + 1);
            if &bytes[at + 1..end - 1] == key.as_bytes() {
                return Ok(Some(start));
            }
            at = blank(bytes, value(bytes, start)?);
            if bytes.get(at) == Some(&b',') {
                at = blank(bytes, at + 1);
            }
        }
        expect(bytes, at, b'}')?;
        Ok(None)
    }

    /// The end of the value that starts at `at`.
    fn value(bytes: &[u8], at: usize) -> Result<usize, String> {
        let mut depth = 0usize;
        let mut at = at;
        loop {
            match bytes.get(at) {
                Some(b'"') => at = string(bytes, at)?,
                Some(b'{' | b'[') => {
                    depth += 1;
                    at += 1;
                }
                Some(b'}' | b']') if depth > 0 => {
                    depth -= 1;
                    at += 1;
                }
                Some(byte) if depth == 0 && !matches!(byte, b',' | b'}' | b']' | b':') => {
                    return Ok(
                        at + bytes[at..].iter().take_while(|byte| !b",}] \t\r\n".contains(byte)).count()
                    );
                }
                Some(_) if depth > 0 => at += 1,
                _ => return Err(format!("not JSON at byte {at}")),
            }
            if depth == 0 {
                return Ok(at);
            }
        }
    }

    fn string(bytes: &[u8], at: usize) -> Result<usize, String> {
        let mut end = at + 1;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'"' => return Ok(end + 1),
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        Err(format!("the string at byte {at} does not end"))
    }

    fn blank(bytes: &[u8], at: usize) -> usize {
        at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
    }

    fn expect(bytes: &[u8], at: usize, wanted: u8) -> Result<(), String> {
        let found = bytes.get(at) == Some(&wanted);
        found.then_some(()).ok_or_else(|| format!("expected {} at byte {at}", char::from(wanted)))
    }
}

mod samples {
    //! The generator itself, on sample pages in a temporary folder.

    use super::*;

    /// A folder that is removed with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let path = std::env::temp_dir().join(format!("opsbook-codegen-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            let folder = Self(path);
            for (file, text) in files {
                Generated { path: (*file).into(), text: Some((*text).into()) }.write(&folder.0);
            }
            folder
        }

        fn generated(&self) -> BTreeMap<String, Option<String>> {
            let files = generate(&self.0).unwrap_or_else(|problem| panic!("{problem}"));
            files.into_iter().map(|file| (file.path, file.text)).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const VIOLATION: &str = "\
---
id: schema-violation
group: schema
severity: error
default: on
since: 0.1.0
fix: sometimes        # never | sometimes | always
summary: a record breaks its collection's schema
---
# schema-violation

Why it matters.
";
    const UNKNOWN: &str = "\
---
id: unknown-field
group: schema
severity: info
default: off
since: 0.1.0
fix: never
summary: \"a field that no schema knows: \u{2018}x|y\u{2019}\"
---
Text.
";
    const MARKER: &str = "\
---
id: conflict-marker
group: syntax
severity: error
default: on
since: 0.2.0
fix: always
summary: a merge conflict was committed
---
Text.
";
    const CONFIG: &str = "\
{
  \"type\": \"object\",
  \"properties\": {
    \"project\": { \"properties\": { \"severity\": {} }, \"x\": [\"}\", 1, null] },
    \"rules\": {
      \"properties\": {
        \"severity\": {
          \"description\": \"say \\\"off\\\"\",
          \"additionalProperties\": false
        }
      }
    }
  }
}
";

    fn sample(name: &str) -> Folder {
        Folder::new(
            name,
            &[
                ("src/rules/mod.rs", ""),
                ("src/rules/schema/schema-violation.md", VIOLATION),
                ("src/rules/schema/schema_violation.rs", ""),
                ("src/rules/schema/unknown-field.md", UNKNOWN),
                ("src/rules/syntax/conflict-marker.md", MARKER),
                (SCHEMA, CONFIG),
            ],
        )
    }

    #[test]
    fn no_pages_need_no_files() {
        assert!(Folder::new("none", &[("src/lib.rs", "")]).generated().is_empty());
        assert!(Folder::new("empty", &[("src/rules/mod.rs", "")]).generated().is_empty());
    }

    #[test]
    fn the_registry_lists_rules_by_group_and_id() {
        let folder = sample("registry");
        let text = folder.generated().remove("src/rules/registry.rs").flatten().expect("a registry");
        let schema_violation = "    Rule {
        id: \"schema-violation\",
        group: \"schema\",
        severity: Severity::Error,
        on: true,
        since: \"0.1.0\",
        fix: FixKind::Sometimes,
        summary: \"a record breaks its collection's schema\",
        page: include_str!(\"schema/schema-violation.md\"),
        check: Some(super::schema::schema_violation::CHECK),
    },
";
        assert!(text.contains(schema_violation), "{text}");
        let places: Vec<_> = ["\"conflict-marker\"", "\"schema-violation\"", "\"unknown-field\""]
            .map(|id| text.find(&format!("id: {id}")).expect("each rule is there"))
            .into();
        assert!(places.is_sorted(), "{text}");
        assert!(text.contains("on: false") && text.contains("check: None"), "{text}");
    }

    #[test]
    fn a_group_module_names_its_rust_files_and_goes_with_them() {
        let folder = sample("module");
        let files = folder.generated();
        let schema = files["src/rules/schema/mod.rs"].as_deref().expect("a module");
        assert!(schema.ends_with("\n\npub(super) mod schema_violation;\n"), "{schema}");
        assert_eq!(files["src/rules/syntax/mod.rs"], None);
        let left_over = Generated { path: "src/rules/syntax/mod.rs".into(), text: None };
        assert!(left_over.is_fresh(&folder.0));
        fs::write(folder.0.join(&left_over.path), "").expect("a writable temporary folder");
        assert!(!left_over.is_fresh(&folder.0));
        left_over.write(&folder.0);
        assert!(left_over.is_fresh(&folder.0));
    }

    #[test]
    fn the_page_has_a_table_for_each_group() {
        let text = sample("page").generated().remove("docs/rules.md").flatten().expect("a page");
        let rows: Vec<&str> =
            text.lines().filter(|line| line.starts_with("## ") || line.starts_with("| [")).collect();
        assert_eq!(
            rows,
            [
                "## syntax",
                "| [`conflict-marker`](../src/rules/syntax/conflict-marker.md) | error | always | always | a merge \
                 conflict was committed |",
                "## schema",
                "| [`schema-violation`](../src/rules/schema/schema-violation.md) | error | always | sometimes | a record \
                 breaks its collection's schema |",
                "| [`unknown-field`](../src/rules/schema/unknown-field.md) | info | named | never | a field that no \
                 schema knows: \u{2018}x\\|y\u{2019} |",
            ]
        );
    }

    #[test]
    fn the_schema_gains_the_names_and_keeps_every_other_byte() {
        let folder = sample("schema");
        let first = folder.generated().remove(SCHEMA).flatten().expect("a schema");
        let names = first.replace(CONFIG, "");
        assert!(
            names.contains("            \"schema\": {\n              \"description\": \"All rules of"),
            "{first}"
        );
        assert!(names.contains("            \"unknown-field\": {\n"), "{first}");
        // Taking the new lines out again leaves the old text.
        let start = first.find("\n          \"properties\": {\n            \"syntax\"").expect("the new key");
        let end = start + first[start..].find("\n          },").expect("its end") + "\n          },".len();
        assert_eq!([&first[..start], &first[end..]].concat(), CONFIG);

        fs::write(folder.0.join(SCHEMA), &first).expect("a writable temporary folder");
        assert_eq!(folder.generated().remove(SCHEMA).flatten().as_deref(), Some(&*first));
        fs::remove_file(folder.0.join("src/rules/syntax/conflict-marker.md")).expect("the page");
        let second = folder.generated().remove(SCHEMA).flatten().expect("a schema");
        assert!(!second.contains("syntax") && second.contains("unknown-field"), "{second}");
    }

    #[test]
    fn a_schema_without_the_place_is_an_error() {
        for (text, problem) in [
            ("{}", "there is no properties.rules.properties.severity"),
            ("[]", "expected { at byte 0"),
            ("{\"properties\": {\"other\": \"x", "does not end"),
        ] {
            let error = with_rule_names(text, &[]).expect_err(text);
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    #[test]
    fn front_matter_is_read_strictly() {
        let path = "src/rules/schema/schema-violation.md";
        let rule = front_matter(path, VIOLATION).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!((rule.fix.as_str(), rule.on, rule.since.as_str()), ("sometimes", true, "0.1.0"));
        for (from, to, problem) in [
            ("---\nid", "id", ":1: a rule page starts with front matter"),
            ("---\n#", "#", ":9: expected `key: value`"),
            ("since", "sinse", ":6: unknown key sinse"),
            ("since: 0.1.0\n", "", ":1: since is missing"),
            ("since: 0.1.0", "group: schema", ":6: group is given twice"),
            ("since: 0.1.0", "since: 0.1", ":6: 0.1 is not a version"),
            ("since: 0.1.0", "since:", ":6: expected `key: value`"),
            ("since: 0.1.0", "since:  # soon", ":6: put the value in double quotes"),
            (
                "id: schema-violation",
                "id: schema-violations",
                ":2: schema-violations is none of schema-violation: the id",
            ),
            ("id: schema-violation", "id: Schema", ":2: Schema is not in kebab-case"),
            ("group: schema", "group: syntax", ":3: syntax is none of schema: the group"),
            ("severity: error", "severity: fatal", ":4: fatal is none of error, warning, info"),
            ("default: on", "default: true", ":5: true is none of on, off"),
            ("fix: sometimes", "fix: maybe", ":7: maybe is none of never, sometimes, always"),
            ("schema\n---", "schema.\n---", ":8: a summary has at most"),
            ("summary: a", "summary: this: a", ":8: put the value in double quotes"),
            ("summary: a", "summary: [a", ":8: put the value in double quotes"),
            ("# schema-violation\n\nWhy it matters.\n", "\n", ":1: the page says nothing"),
        ] {
            let text = VIOLATION.replacen(from, to, 1);
            assert_ne!(text, VIOLATION, "{from}");
            let error = front_matter(path, &text).expect_err(to);
            assert!(error.starts_with(&format!("{path}{problem}")), "{to}: {error}");
        }
    }

    #[test]
    fn files_that_do_not_fit_are_named() {
        let page = ("src/rules/schema/schema-violation.md", VIOLATION);
        for (file, text, problem) in [
            ("src/rules/schema/schema_violations.rs", "", "src/rules/schema/schema_violations.rs: no page"),
            ("src/rules/shape/x.md", VIOLATION, "src/rules/shape: no such group"),
            (
                "src/rules/syntax/schema-violation.md",
                &VIOLATION.replace(": schema\n", ": syntax\n"),
                "has a rule of this id",
            ),
            ("src/rules/shared/span.rs", "", "schemas/opsbook.schema.json: "),
        ] {
            let folder = Folder::new(&format!("misfit-{}", file.replace('/', "-")), &[page, (file, text)]);
            let error = generate(&folder.0).err().expect(file);
            assert!(error.contains(problem), "{file}: {error}");
        }
    }
}

//! What `[project]` says, read as a user writes it.

use super::Config;

#[test]
fn a_language_is_a_code_of_iso_639_with_or_without_a_region() {
    let of = |tag: &str| Config::read(None, "", &format!("[project]\nlanguage = \"{tag}\"\n"));
    let english = of("en-GB");
    assert_eq!(
        english.project.language.map(|language| language.name().to_owned()).as_deref(),
        Some("English")
    );
    assert!(english.mistakes.is_empty());
    for tag in ["english", "xx", "eng"] {
        let wrong = of(tag);
        assert!(wrong.project.language.is_none());
        let [mistake] = &wrong.mistakes[..] else { panic!("{tag}: {:?}", wrong.mistakes) };
        assert_eq!(mistake.message, format!("\"{tag}\" does not begin with a code of ISO 639-1"));
    }
}

#[test]
fn each_limit_is_the_one_that_is_written() {
    let source = "[limits]\nfile_bytes = 11\nline_bytes = 12\nsql_steps = 1013\nsql_bytes = 14000000\nsql_rows = 15\n\
                  sql_seconds = 16\noccurrences = 17\n";
    let config = Config::read(None, "", source);
    assert!(config.mistakes.is_empty(), "{:?}", config.mistakes);
    let limits = config.limits;
    assert_eq!((limits.file_bytes, limits.line_bytes), (11, 12));
    assert_eq!((limits.sql_steps, limits.sql_bytes, limits.sql_rows), (1_013, 14_000_000, 15));
    assert_eq!((limits.sql_seconds, limits.occurrences), (16, 17));
    // Places in a file are counted in 32 bits.
    let large = Config::read(None, "", "[limits]\nfile_bytes = 9000000000\n").limits;
    assert_eq!(large.file_bytes, u64::from(u32::MAX));
}

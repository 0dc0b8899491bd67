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

//! Languages: which one a team writes in, and whether a text is certainly written in another.
//!
//! A word or a quotation shows nothing, so short texts, names and identifiers are never judged. What is told is that a
//! text is not in the language it should be in; which one it is in instead is the detector's best guess.

use std::collections::HashSet;

use whatlang::{Detector, Lang, Script};

/// All codes of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
                     dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id \
                     ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu \
                     lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu \
                     rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr \
                     ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// The languages that can be told from others, by their codes.
const TOLD: &[(&str, Lang)] = &[
    ("af", Lang::Afr),
    ("ak", Lang::Aka),
    ("am", Lang::Amh),
    ("ar", Lang::Ara),
    ("az", Lang::Aze),
    ("be", Lang::Bel),
    ("bg", Lang::Bul),
    ("bn", Lang::Ben),
    ("ca", Lang::Cat),
    ("cs", Lang::Ces),
    ("cy", Lang::Cym),
    ("da", Lang::Dan),
    ("de", Lang::Deu),
    ("el", Lang::Ell),
    ("en", Lang::Eng),
    ("eo", Lang::Epo),
    ("es", Lang::Spa),
    ("et", Lang::Est),
    ("fa", Lang::Pes),
    ("fi", Lang::Fin),
    ("fr", Lang::Fra),
    ("gu", Lang::Guj),
    ("he", Lang::Heb),
    ("hi", Lang::Hin),
    ("hr", Lang::Hrv),
    ("hu", Lang::Hun),
    ("hy", Lang::Hye),
    ("id", Lang::Ind),
    ("it", Lang::Ita),
    ("ja", Lang::Jpn),
    ("jv", Lang::Jav),
    ("ka", Lang::Kat),
    ("km", Lang::Khm),
    ("kn", Lang::Kan),
    ("ko", Lang::Kor),
    ("la", Lang::Lat),
    ("lt", Lang::Lit),
    ("lv", Lang::Lav),
    ("mk", Lang::Mkd),
    ("ml", Lang::Mal),
    ("mr", Lang::Mar),
    ("my", Lang::Mya),
    ("nb", Lang::Nob),
    ("ne", Lang::Nep),
    ("nl", Lang::Nld),
    ("no", Lang::Nob),
    ("or", Lang::Ori),
    ("pa", Lang::Pan),
    ("pl", Lang::Pol),
    ("pt", Lang::Por),
    ("ro", Lang::Ron),
    ("ru", Lang::Rus),
    ("si", Lang::Sin),
    ("sk", Lang::Slk),
    ("sl", Lang::Slv),
    ("sn", Lang::Sna),
    ("sr", Lang::Srp),
    ("sv", Lang::Swe),
    ("ta", Lang::Tam),
    ("te", Lang::Tel),
    ("th", Lang::Tha),
    ("tk", Lang::Tuk),
    ("tl", Lang::Tgl),
    ("tr", Lang::Tur),
    ("uk", Lang::Ukr),
    ("ur", Lang::Urd),
    ("uz", Lang::Uzb),
    ("vi", Lang::Vie),
    ("yi", Lang::Yid),
    ("zh", Lang::Cmn),
    ("zu", Lang::Zul),
];

/// Languages so near to each other that a paragraph does not tell them apart.
const NEAR: &[&[Lang]] = &[
    &[Lang::Dan, Lang::Nob, Lang::Swe],
    &[Lang::Hrv, Lang::Slv, Lang::Srp],
    &[Lang::Ces, Lang::Slk],
    &[Lang::Ind, Lang::Jav],
    &[Lang::Afr, Lang::Nld],
    &[Lang::Cat, Lang::Por, Lang::Spa],
    &[Lang::Bul, Lang::Mkd],
    &[Lang::Hin, Lang::Mar, Lang::Nep],
    &[Lang::Cmn, Lang::Jpn],
    &[Lang::Aze, Lang::Tuk, Lang::Tur, Lang::Uzb],
];

/// Further scripts in which languages are written, and by which the detector does not know them.
const ALSO: &[(Lang, Script)] = &[
    (Lang::Aze, Script::Cyrillic),
    (Lang::Pan, Script::Arabic),
    (Lang::Srp, Script::Latin),
    (Lang::Tuk, Script::Cyrillic),
    (Lang::Uzb, Script::Cyrillic),
];

/// The fewest words that show a language.
const WORDS: usize = 12;

/// How sure the detector has to be of a text, of at most 1.
const SURE: f64 = 0.9;

/// How sure it has to be of each half of it.
const SURE_OF_HALF: f64 = 0.8;

/// A language by its code, as in `en`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    code: String,
}

impl Language {
    /// The language of a tag as BCP 47 writes it, such as `en` or `pt-BR`; `None` when its first part is no code of ISO
    /// 639-1.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let code = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        CODES.split(' ').any(|known| known == code).then_some(Self { code })
    }

    /// What it is called in English; its code where it is not told from others.
    #[must_use]
    pub fn name(&self) -> &str {
        match self.told() {
            Some(lang) => name(lang),
            None => &self.code,
        }
    }

    /// The name of the language that `text` reads as, when that is certainly not this one.
    #[must_use]
    pub fn other_than(&self, text: &str) -> Option<&'static str> {
        let own = self.told()?;
        let words = prose(text)?;
        let found = Detector::new().detect(&words.join(" "))?;
        let (lang, script) = (found.lang(), found.script());
        let is_near = lang == own
            || ALSO.contains(&(own, script))
            || NEAR.iter().any(|near| near.contains(&lang) && near.contains(&own));
        let is_other = match scripts(own).contains(&script) {
            true => is_nearer(lang, own, &words),
            // Terms and names are often written in Latin letters where everything else is not.
            false => script != Script::Latin || !words.iter().any(|word| has_letters_of(own, word)),
        };
        (!is_near && is_other).then(|| name(lang))
    }

    fn told(&self) -> Option<Lang> {
        TOLD.iter().find(|(code, _)| *code == self.code).map(|(_, lang)| *lang)
    }
}

fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::Cmn => "Chinese",
        lang => lang.eng_name(),
    }
}

fn scripts(lang: Lang) -> Vec<Script> {
    Script::all().iter().copied().filter(|script| script.langs().contains(&lang)).collect()
}

/// Whether `words` are certainly in `lang` rather than in `own`: together, and each half for itself, so that no few words
/// decide alone.
fn is_nearer(lang: Lang, own: Lang, words: &[&str]) -> bool {
    let detector = Detector::with_allowlist(vec![own, lang]);
    let is_told = |words: &[&str], sure: f64| {
        let told = detector.detect(&words.join(" "));
        told.is_some_and(|told| told.lang() == lang && told.confidence() >= sure)
    };
    let (one, two) = words.split_at(words.len() / 2);
    is_told(words, SURE) && is_told(one, SURE_OF_HALF) && is_told(two, SURE_OF_HALF)
}

/// Whether a letter in `text` is of a script in which `lang` is written.
fn has_letters_of(lang: Lang, text: &str) -> bool {
    let own = scripts(lang);
    let mut bytes = [0; 4];
    let mut found = text.chars().filter_map(|c| whatlang::detect_script(c.encode_utf8(&mut bytes)));
    found.any(|script| own.contains(&script))
}

/// The words of `text` that can show its language, when there are enough and it is no list of names or identifiers, no
/// table and no output of a program. A word that is said again shows nothing more.
fn prose(text: &str) -> Option<Vec<&str>> {
    let (mut words, mut tokens, mut capitals, mut count) = (Vec::new(), 0, 0, 0);
    let mut known = HashSet::new();
    for token in text.lines().filter(|line| !is_in_columns(line)).flat_map(|line| line.split(is_between)) {
        let token = token.trim_matches(|c: char| !c.is_alphanumeric());
        tokens += usize::from(!token.is_empty());
        if token.is_empty() || !is_word(token) {
            continue;
        }
        if known.insert(token.to_lowercase()) {
            // Where words stand without spaces, two letters count as one.
            count += token.chars().filter(|&c| is_unspaced(c)).count().div_ceil(2).max(1);
        }
        capitals += usize::from(token.starts_with(char::is_uppercase));
        words.push(token);
    }
    (count >= WORDS && words.len() * 3 >= tokens * 2 && capitals * 2 < words.len()).then_some(words)
}

/// Whether the parts of a line are set apart by spaces, and not sentences.
fn is_in_columns(line: &str) -> bool {
    let line = line.trim();
    line.match_indices("  ").any(|(at, _)| !line[..at].ends_with(['.', '!', '?', ':', ' ']))
}

/// Whether words end at `c`: at a space, or at what stands for one in East Asian texts.
fn is_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{2013}' | '\u{2014}' | '\u{2026}' | '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff20}')
}

/// Whether a token is a word as people write it, and no identifier, number, path or abbreviation.
fn is_word(token: &str) -> bool {
    let is_part =
        |c: char| c.is_ascii_alphabetic() || matches!(c, '\'' | '-') || (!c.is_ascii() && !c.is_numeric());
    token.chars().all(is_part) && !token.chars().skip(1).any(char::is_uppercase)
}

/// Whether `c` is of a script whose words stand without spaces between them.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(expected: &str, text: &str) -> Option<&'static str> {
        Language::from_tag(expected).expect("a language").other_than(text)
    }

    #[test]
    fn a_tag_begins_with_two_letters_of_iso_639() {
        for tag in ["en", "EN", "pt-BR", "zh_Hant", "ga"] {
            assert!(Language::from_tag(tag).is_some(), "{tag}");
        }
        for tag in ["", "e", "xx", "english", "eng", "-en"] {
            assert!(Language::from_tag(tag).is_none(), "{tag}");
        }
        let known: Vec<&str> = CODES.split(' ').collect();
        assert!(known.is_sorted() && known.iter().all(|code| code.len() == 2), "{known:?}");
        assert!(TOLD.iter().all(|(code, _)| known.contains(code)));
        assert!(Lang::all().iter().all(|lang| TOLD.iter().any(|(_, told)| told == lang)));
    }

    const GERMAN: &str =
        "Die Sicherung der Daten läuft jede Nacht, und am Morgen sieht jemand nach, ob sie vollständig ist.";
    const RUSSIAN: &str =
        "Резервная копия создаётся каждую ночь, а утром кто-то из команды проверяет, полна ли она.";
    const CHINESE: &str = "数据每天晚上备份一次，早上由团队中的一位成员检查备份是否完整，然后记录结果。";
    const ENGLISH: &str =
        "The data is backed up every night, and in the morning somebody looks whether it is complete.";

    #[test]
    fn a_paragraph_in_another_language_is_told() {
        assert_eq!(other("en", GERMAN), Some("German"));
        assert_eq!(other("en-GB", RUSSIAN), Some("Russian"));
        assert_eq!(other("en", CHINESE), Some("Chinese"));
        assert_eq!(other("de", ENGLISH), Some("English"));
        assert_eq!(other("ru", ENGLISH), Some("English"));
        assert_eq!(other("zh", GERMAN), Some("German"));
        for (own, text) in
            [("en", ENGLISH), ("de", GERMAN), ("ru", RUSSIAN), ("zh", CHINESE), ("ja", CHINESE)]
        {
            assert_eq!(other(own, text), None, "{own}");
        }
    }

    #[test]
    fn what_is_short_or_no_prose_is_not_judged() {
        for text in [
            "Wir sehen am Morgen nach, ob die Sicherung der Daten läuft.",
            "Иван Петров, Мария Сидорова, Алексей Смирнов, Ольга Кузнецова, Дмитрий Попов, Анна Волкова",
            "Jean-Pierre Dubois, María García López, José Fernández, Ana Martínez, Luis Hernández, Íñigo Pérez, Marta Ruiz",
            "app_der_die ui/und/das von_und_zu ein_haus der.die.das wir_sind im_haus bei_dem und_wir auf_dem zur_uhr am_tag",
            "ship the parts to the pier\n  parts    Die Teile der Sicherung\n  zeit     Wann sie das letzte Mal lief und wie lange\n",
            "die Sicherung der Daten und die Sicherung der Daten und die Sicherung der Daten und die Sicherung",
            "ABC DEF GHI JKL MNO PQR STU VWX YZA BCD EFG HIJ KLM NOP",
            "",
        ] {
            assert_eq!(other("en", text), None, "{text}");
        }
    }

    #[test]
    fn terms_of_english_in_another_script_and_near_relatives_are_no_matter() {
        let mixed = "Мы делаем deploy через pipeline and then the rollback is done by the release manager of the team";
        assert_eq!(other("ru", mixed), None);
        let danish = "Dataene bliver sikkerhedskopieret hver nat, og om morgenen ser en af os efter, om kopien er hel.";
        assert_eq!((other("nb", danish), other("en", danish).is_some()), (None, true));
        assert_eq!(other("ga", GERMAN), None, "Irish is not told from others");
        assert_eq!(other("uz", RUSSIAN), None, "Uzbek is written in Cyrillic letters, too");
    }
}

//! Text of a repository within Markdown: no markup, no HTML, no link, and nobody is mentioned. What is plainly words
//! stays as it is; every other word becomes code, in which forges look for neither names nor issues nor addresses.
//! Knows nothing of findings or of the page around the text.
//!
//! Sources: <https://github.github.com/gfm/> for the markup and the addresses that become links by themselves,
//! <https://docs.gitlab.com/user/markdown/#gitlab-specific-references> for what else forges look for.

use super::plain::shown;

/// `text` for a place that is read as Markdown and as plain text: code stands in backticks.
pub(super) fn ticked(text: &str) -> String {
    inline(text, in_backticks)
}

/// `text` for a place that is read as Markdown only: code is an element, in which no character has a meaning.
pub(super) fn marked_up(text: &str) -> String {
    inline(text, code)
}

/// All of `text` as a code element for Markdown and HTML. Before an at sign stands a place to break the line, which is
/// not seen: renderers make links of addresses after they have resolved character references.
pub(super) fn code(text: &str) -> String {
    let text = shown(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    for c in text.chars() {
        if c == '@' && before != ' ' {
            out.push_str("<wbr>");
        }
        // The dot of `www.` is what makes a link of it.
        let is_link = c == '.' && matches!(before, 'w' | 'W');
        if is_link || r#"&<>"'`*_~[]|\$:@#!"#.contains(c) {
            out.push_str(&format!("&#{};", u32::from(c)));
        } else {
            out.push(c);
        }
        before = c;
    }
    format!("<code>{out}</code>")
}

/// `text`, whose lines are our own, within an HTML element that keeps them.
pub(super) fn preformatted(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A code span whose fence is longer than any run of backticks in it.
fn in_backticks(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let (fence, pad) = ("`".repeat(longest + 1), if longest > 0 { " " } else { "" });
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// `text` word by word, with each run of words that are not plain as code, but for the signs of a sentence around it.
fn inline(text: &str, code: fn(&str) -> String) -> String {
    let text = shown(text);
    let words: Vec<&str> = text.split(' ').collect();
    let runs = words.chunk_by(|a, b| is_plain(a) == is_plain(b));
    let runs = runs.map(|run| {
        let text = run.join(" ");
        if is_plain(run[0]) {
            return text;
        }
        let bare = bare(&text);
        let (before, after) = text.split_once(bare).unwrap_or_default();
        format!("{before}{}{after}", code(bare))
    });
    runs.collect::<Vec<_>>().join(" ")
}

/// `text` without the signs of a sentence before and behind it.
fn bare(text: &str) -> &str {
    let text = text.trim_start_matches(['"', '\'', '(']);
    text.trim_end_matches(['"', '\'', ')', ',', '.', ';', ':', '?'])
}

/// Whether `word` means nothing but itself: letters, some with a hyphen, or a number, between the signs of a sentence.
/// A word of hexadecimal digits may be the name of a commit.
fn is_plain(word: &str) -> bool {
    let bare = bare(word);
    let is_name = bare.len() >= 7 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_number = || bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
    let is_word = |part: &str| part.chars().all(|c| c.is_alphabetic() || "–—…’".contains(c));
    let is_hyphened = || !bare.starts_with('-') && !bare.ends_with('-') && bare.split('-').all(is_word);
    !is_name && (is_hyphened() || is_number())
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    /// Everything but what replaces characters by nicer ones.
    const OPTIONS: Options = Options::all().difference(Options::ENABLE_SMART_PUNCTUATION);

    /// What could mean more than it says, alone and beside other text.
    const HOSTILE: &[&str] = &[
        "@ana",
        "(@ana)",
        "@org/team,",
        "mara@example.org",
        "#1",
        "GH-7",
        "org/repo#12",
        "!4",
        "~bug",
        "%v1",
        "1a2b3c4d5e",
        "https://example.org/x",
        "www.example.org",
        "WWW.example.org",
        "[x](https://example.org)",
        "![x](y.png)",
        "<https://example.org>",
        "<img src=x onerror=y>",
        "</details>",
        "</code></pre>",
        "<!-- x",
        "&lt;b&gt;",
        "*a*",
        "__a__",
        "~~a~~",
        "`",
        "``",
        "a`b``c",
        "\\",
        "\\`",
        "|",
        "a|b",
        "$x$",
        ":tada:",
        "[^1]",
        "\n\n# Title",
        "\r\n- x",
        "\u{202e}x",
        "]]>",
        "```",
    ];

    /// The text of inline Markdown outside code, or what should not be there.
    fn read(markdown: &str) -> Result<String, String> {
        let (mut plain, mut depth) = (String::new(), 0);
        for event in Parser::new_ext(&format!("x {markdown}"), OPTIONS) {
            match event {
                Event::Text(text) if depth == 0 => plain.push_str(&text),
                Event::Text(_) | Event::Code(_) | Event::Start(Tag::Paragraph) | Event::End(_) => {}
                Event::InlineHtml(html) if &*html == "<code>" => depth += 1,
                Event::InlineHtml(html) if &*html == "</code>" => depth -= 1,
                Event::InlineHtml(html) if &*html == "<wbr>" => assert!(depth > 0),
                other => return Err(format!("{other:?} in {markdown}")),
            }
        }
        if depth == 0 { Ok(plain) } else { Err(format!("open code in {markdown}")) }
    }

    #[test]
    fn hostile_words_are_code_wherever_they_stand() {
        for &a in HOSTILE {
            for b in HOSTILE.iter().copied().chain(["words", ""]) {
                for text in [format!("{a} {b}"), format!("{a}{b}"), format!("some {b} words {a}")] {
                    for written in [ticked(&text), marked_up(&text)] {
                        let plain = read(&written).expect("only text and code");
                        let is_word =
                            |c: char| c.is_alphabetic() || " …".contains(c) || "\"'(),.;?:-".contains(c);
                        assert!(plain.chars().all(is_word), "{text:?} became {written:?}");
                        assert!(!plain.contains("www.") && !plain.contains("://"), "{written}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_element_of_code_says_what_the_text_said() {
        for &text in HOSTILE {
            let mut said = String::new();
            for event in Parser::new_ext(&code(text), OPTIONS) {
                if let Event::Text(text) = event {
                    said.push_str(&text);
                }
            }
            assert_eq!(said, shown(text));
            assert!(!code(text).contains('@') && !code(text).contains("://"), "{}", code(text));
        }
    }

    #[test]
    fn sentences_stay_sentences() {
        let text = "\"In Progress\" is not a value of status: 1,204 are, and naïve ones";
        assert_eq!((ticked(text), marked_up(text)), (text.to_owned(), text.to_owned()));
        assert_eq!(ticked("owner @ana of T-1 is unknown"), "owner `@ana` of `T-1` is unknown");
        assert_eq!(ticked("in a.md, (see #1): done"), "in `a.md`, (see `#1`): done");
        assert_eq!(marked_up("owner @ana is unknown"), "owner <code>&#64;ana</code> is unknown");
        assert_eq!(ticked("since defaced or 12345678, a face"), "since `defaced` or `12345678`, a face");
        assert_eq!(ticked("write a`b"), "write `` a`b ``");
        assert_eq!(marked_up("x.y <b> is"), "<code>x.y &#60;b&#62;</code> is");
        assert_eq!(marked_up("a@example.org"), "<code>a<wbr>&#64;example.org</code>");
    }
}

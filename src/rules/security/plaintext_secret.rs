//! A secret in the open, recognised by the fixed prefix its issuer gave it. No guessing by entropy.

use std::sync::LazyLock;

use regex_automata::meta::Regex;

use crate::database::{FileView, Role};
use crate::finding::Finding;
use crate::rules::Check;
use crate::text::Span;

pub(crate) const CHECK: Check = Check::File(check);

/// What issues a secret, and its format as published by the issuer. Each starts with letters that are searched for
/// at memory speed; what stands before them is looked at by hand.
const FORMATS: &[(&str, &str)] = &[
    ("AWS access key id", r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    ("GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    ("GitHub fine-grained token", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    ("GitLab token", r"glpat-[A-Za-z0-9_-]{20,}"),
    ("Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{20,}"),
    ("Slack webhook", r"hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}"),
    ("Stripe live key", r"[sr]k_live_[A-Za-z0-9]{20,}"),
    ("Google API key", r"AIza[A-Za-z0-9_-]{35}"),
    ("OpenAI key", r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}"),
    ("Anthropic key", r"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{60,}"),
    ("npm token", r"npm_[A-Za-z0-9]{36}"),
    ("PyPI token", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    ("SendGrid key", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    (TELEGRAM, r":AA[A-Za-z0-9_-]{33}"),
    ("DigitalOcean token", r"do[por]_v1_[a-f0-9]{64}"),
    ("Hugging Face token", r"hf_[A-Za-z]{34}"),
    ("Shopify token", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    (PRIVATE_KEY, r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
];

/// The line that opens its block; the key follows.
const PRIVATE_KEY: &str = "private key";

/// How many different characters a secret has at least.
const VARIED: usize = 8;

/// A bot's number, a colon, its secret.
const TELEGRAM: &str = "Telegram bot token";

static PATTERNS: LazyLock<Regex> = LazyLock::new(|| {
    let patterns: Vec<&str> = FORMATS.iter().map(|(_, pattern)| *pattern).collect();
    let syntax = regex_automata::util::syntax::Config::new().unicode(false).utf8(false);
    Regex::builder()
        .syntax(syntax)
        .configure(Regex::config().utf8_empty(false))
        .build_many(&patterns)
        .expect("the patterns are constant and a test compiles them")
});

fn check(file: &FileView<'_>, findings: &mut Vec<Finding>) {
    for found in PATTERNS.find_iter(file.bytes) {
        let (issuer, _) = FORMATS[found.pattern().as_usize()];
        let start = match issuer {
            TELEGRAM => found.start() - digits_before(file.bytes, found.start()),
            _ => found.start(),
        };
        let text = &file.bytes[start..found.end()];
        let before = start.checked_sub(1).map(|at| file.bytes[at]);
        let after = file.bytes.get(found.end()).copied();
        let is_word =
            |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_sample = match issuer {
            PRIVATE_KEY => !holds_key(&file.bytes[found.end()..]),
            _ => is_sample(text) || is_word(after),
        };
        if is_word(before) || is_sample {
            continue;
        }
        if issuer == TELEGRAM && !(8..=10).contains(&(found.start() - start)) {
            continue;
        }
        let span = Span::of(start, found.end()).shifted(file.base);
        let mut finding =
            Finding::new("plaintext-secret", file.path, span, format!("this looks like a {issuer}"))
                .quoted(issuer)
                .note("revoke it first: everyone who can read the repository's history has it")
                .note("then keep it outside the repository, and record only its name, owner and rotation")
                .hidden(span);
        if let Role::Records(table) = file.role {
            finding.collection = Some(table.name().clone());
        }
        findings.push(finding);
    }
}

/// How many digits stand before `end`.
fn digits_before(bytes: &[u8], end: usize) -> usize {
    bytes[..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether a match is a sample from documentation: it says so, counts, or hardly varies.
fn is_sample(text: &[u8]) -> bool {
    let contains = |needle: &[u8]| memchr::memmem::find(text, needle).is_some();
    let is_marked = contains(b"EXAMPLE") || contains(b"example") || contains(b"1234567890");
    is_marked || !varies(text.get(4..).unwrap_or_default())
}

/// Whether what stands `behind` the line that opens the block of a private key may be a key. Manuals have dots, a blank
/// to fill in or a word there.
fn holds_key(behind: &[u8]) -> bool {
    const LONG: usize = 32;
    const NEAR: usize = 1024;
    let near = &behind[..behind.len().min(NEAR)];
    let ends = |byte: &u8| matches!(byte, b'"' | b'`' | b'<');
    let block = near.split(ends).next().unwrap_or_default();
    let block = memchr::memmem::find(block, b"-----").map_or(block, |end| &block[..end]);
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    block.split(|&byte| !is_key(byte)).any(|run| run.len() >= LONG && varies(run))
}

/// Whether `text` has as many different bytes as a secret.
fn varies(text: &[u8]) -> bool {
    let mut seen = [false; 256];
    text.iter().for_each(|&byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|&&seen| seen).count() >= VARIED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuers(text: &str) -> Vec<String> {
        let path = "notes.md".into();
        let file = FileView {
            path: &path,
            bytes: text.as_bytes(),
            base: 0,
            role: Role::Document,
            problems: &[],
            conflicts: &[],
            code: &[],
            faults: &[],
        };
        let mut findings = Vec::new();
        check(&file, &mut findings);
        for finding in &findings {
            assert_eq!(finding.hidden, [finding.span], "{finding:?}");
        }
        findings.into_iter().filter_map(|finding| finding.quoted).collect()
    }

    /// A made-up secret: `prefix` and `length` varied characters of `alphabet`.
    fn made_up(prefix: &str, alphabet: &str, length: usize) -> String {
        prefix.chars().chain(alphabet.chars().cycle().take(length)).collect()
    }

    #[test]
    fn each_format_is_recognised_and_named() {
        let letters = "q7Rt2WmZk9Lx4VbN";
        assert_eq!(issuers(&made_up("id AKIA", "Q7RT2WMZK9LX4VBN", 16)), ["AWS access key id"]);
        assert_eq!(issuers(&made_up("ghp_", letters, 36)), ["GitHub token"]);
        assert_eq!(issuers(&made_up("glpat-", letters, 20)), ["GitLab token"]);
        assert_eq!(issuers(&made_up("key=sk_live_", letters, 24)), ["Stripe live key"]);
        assert_eq!(issuers(&made_up("hf_", "qRtWmZkLxVbN", 34)), ["Hugging Face token"]);
        assert_eq!(issuers(&made_up("123456789:AA", letters, 33)), ["Telegram bot token"]);
        let key = made_up("MII", letters, 64);
        for between in ["\n", "\\n", "\n  > ", "\nProc-Type: 4,ENCRYPTED\n\n"] {
            let text = ["-----BEGIN RSA PRIVATE", " KEY-----", between, &key].concat();
            assert_eq!(issuers(&text), ["private key"], "{between:?}");
        }
    }

    #[test]
    fn samples_and_parts_of_longer_words_are_left_alone() {
        assert!(issuers("AKIAIOSFODNN7EXAMPLE").is_empty());
        assert!(issuers(&format!("ghp_{}", "x".repeat(36))).is_empty());
        assert!(issuers(&made_up("wordAKIA", "Q7RT2WMZK9LX4VBN", 16)).is_empty());
        assert!(issuers(&made_up("AKIA", "Q7RT2WMZK9LX4VBN", 30)).is_empty());
        assert!(issuers("-----BEGIN PUBLIC KEY-----").is_empty());
        assert!(issuers(&["xoxb-", "1234567890-5n38u5ed63fgzqlvuyxv"].concat()).is_empty());
        for behind in ["", "\n(snip)\n-----END", "xxxx\"}", "\n<the key>\n", "\nMII...\n"] {
            let text = ["-----BEGIN PRIVATE", " KEY-----", behind].concat();
            assert!(issuers(&text).is_empty(), "{behind:?}");
        }
    }
}

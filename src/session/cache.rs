//! What was found in a snapshot before, so that the next commit need not look at its base again.
//!
//! An entry is the identities of the findings of a whole snapshot, named by a hash of everything they depend on: the
//! blobs of all files that are read, the configuration, the rules, the day, the version. It is derived, may be deleted
//! at any time, and never changes an answer: an entry that cannot be read is as if it were not there.

use std::collections::HashMap;

use super::Session;
use super::plan::Plan;
use crate::config::SchemaSource;
use crate::finding::{Finding, fingerprint};
use crate::repo::Snapshot;
use crate::text::RepoPath;

/// How often each identity occurs, by a hash of it: an identity may quote a file, which is not to be kept.
pub(super) type Identities = HashMap<String, usize>;

/// The first line of every entry.
const FORMAT: &str = "opsbook cache 1";

/// The identities of `findings`.
pub(super) fn identities<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Identities {
    let mut identities = Identities::new();
    for finding in findings {
        *identities.entry(identity(finding)).or_default() += 1;
    }
    identities
}

/// The hash of a finding's identity and of what it says: another wrong value in the same field is another mistake.
pub(super) fn identity(finding: &Finding) -> String {
    fingerprint(&format!("{}\u{1f}{}", finding.identity(), finding.message), 0)
}

impl Session {
    /// What was found in `snapshot` before, when it is remembered.
    pub(super) fn recall(&self, snapshot: &Snapshot, plan: &Plan) -> Option<Identities> {
        let name = self.cache_name(snapshot, plan)?;
        let text = String::from_utf8(self.workspace.read_cache(&name)?).ok()?;
        let mut lines = text.lines();
        if lines.next() != Some(FORMAT) {
            return None;
        }
        let count: usize = lines.next()?.parse().ok()?;
        let mut identities = Identities::with_capacity(count);
        for line in lines {
            let (times, identity) = line.split_once(' ')?;
            identities.insert(identity.to_owned(), times.parse().ok()?);
        }
        (identities.len() == count).then_some(identities)
    }

    /// Remembers what was found in `snapshot`. That it cannot be remembered is no failure.
    pub(super) fn remember(&self, snapshot: &Snapshot, plan: &Plan, identities: &Identities) {
        let Some(name) = self.cache_name(snapshot, plan) else { return };
        let mut lines: Vec<String> =
            identities.iter().map(|(identity, times)| format!("{times} {identity}")).collect();
        lines.sort();
        let mut text = format!("{FORMAT}\n{}\n", identities.len());
        text.extend(lines.iter().flat_map(|line| [line.as_str(), "\n"]));
        self.workspace.write_cache(&name, text.as_bytes());
    }

    /// The name of the entry for `snapshot`; `None` when caching is off, or the content of a file that is read is not
    /// known by its blob.
    fn cache_name(&self, snapshot: &Snapshot, plan: &Plan) -> Option<String> {
        if !self.request.cache {
            return None;
        }
        let mut hash = xxhash_rust::xxh3::Xxh3::new();
        let mut add = |part: &[u8]| {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        };
        add(super::VERSION.as_bytes());
        add(self.config.root.as_bytes());
        add(&self.config_source);
        add(self.today().to_string().as_bytes());
        let now = self.request.now.to_string();
        for (rule, severity) in plan.all() {
            add(rule.id.as_bytes());
            add(severity.name().as_bytes());
            add(if rule.since.is_empty() { rule.page.as_bytes() } else { b"" });
            if let Some((sql, _)) = rule.sql() {
                add(snapshot.commit().unwrap_or_default().as_bytes());
                add(if sees_the_moment(sql) { now.as_bytes() } else { b"" });
            }
        }
        for collection in &self.config.collections {
            if let Some(SchemaSource::Path(path)) = &collection.schema {
                add(path.as_bytes());
                add(&self.bytes(&self.snapshot, &RepoPath::new(path)).unwrap_or_default());
            }
        }
        for entry in snapshot.entries() {
            if crate::database::may_read(&self.config, &entry.path) {
                add(entry.path.as_str().as_bytes());
                add(&snapshot.blob(entry)?);
            }
        }
        for unread in snapshot.unread() {
            add(unread.path.as_bytes());
        }
        Some(format!("{:032x}", hash.digest128()))
    }
}

/// Whether a statement can answer otherwise later on the same day. That it seems so and is not costs time, and nothing
/// else.
fn sees_the_moment(sql: &str) -> bool {
    const WORDS: &[&str] = &["now", "current_time", "current_timestamp", "occurrences", "clocks"];
    let mut words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

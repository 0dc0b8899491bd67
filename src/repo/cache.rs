//! Small files below git's folder that may be deleted at any time. Runs side by side may read and write the same entry:
//! each is written beside its place and renamed, so that it is whole or not there.

use super::Workspace;

/// How many entries are kept; the oldest go first.
const KEPT: usize = 64;

impl Workspace {
    /// The bytes of the cache entry `name`, when it is there and can be read.
    #[must_use]
    pub fn read_cache(&self, name: &str) -> Option<Vec<u8>> {
        std::fs::read(self.cache_dir()?.join(name)).ok()
    }

    /// Writes the cache entry `name`. Failing to is silent: a cache is never needed.
    pub fn write_cache(&self, name: &str, bytes: &[u8]) {
        let Some(folder) = self.cache_dir() else { return };
        if std::fs::create_dir_all(&folder).is_err() {
            return;
        }
        let written =
            tempfile::Builder::new().prefix(".new-").tempfile_in(&folder).ok().and_then(|temporary| {
                std::fs::write(temporary.path(), bytes).ok()?;
                temporary.persist(folder.join(name)).ok()
            });
        if written.is_some() {
            prune(&folder);
        }
    }
}

fn prune(folder: &std::path::Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut aged: Vec<_> = entries
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    aged.sort();
    let surplus = aged.len().saturating_sub(KEPT);
    for (_, path) in aged.into_iter().take(surplus) {
        let _ = std::fs::remove_file(path);
    }
}

//! Rituals that ship, one for each ritual of the handbooks opsbook was made for: files under `templates/rituals/` in
//! exactly the form of a user's `[[rituals]]`, so that none needs code.

use super::layers::{Origin, Settings};
use crate::read::tape::Tape;
use crate::read::toml;
use crate::text::{LineIndex, Span};

/// A ritual that ships.
#[derive(Debug, Clone, Copy)]
pub struct RitualPreset {
    /// The name in `preset`, and the id of its ritual.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

macro_rules! embed {
    ($($name:literal),* $(,)?) => {
        /// All of them, sorted by name.
        pub const RITUAL_PRESETS: &[RitualPreset] = &[$(RitualPreset {
            name: $name,
            text: include_str!(concat!("../../templates/rituals/", $name, ".toml")),
        }),*];
    };
}

embed![
    "alerts-review",
    "annual-compliance-review",
    "audit-and-roadmap-review",
    "executive-summary",
    "expansion-review",
    "issue-review",
    "monthly-performance-review",
    "monthly-risk-review",
    "plan-assessment",
    "plan-updates",
    "product-review",
    "quarterly-optimisation-review",
    "repository-sync",
    "research-retrospective",
    "security-review",
    "strategy-session",
    "team-retrospective",
    "weekly-kpi-review",
    "weekly-ops-review",
];

/// The preset called `name`.
pub(super) fn preset(name: &str) -> Option<RitualPreset> {
    RITUAL_PRESETS.iter().find(|preset| preset.name == name).copied()
}

/// The names of all presets.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    RITUAL_PRESETS.iter().map(|preset| preset.name)
}

impl RitualPreset {
    /// Adds what it says of its ritual.
    pub(super) fn add_to(self, settings: &mut Settings) {
        let mut tape = Tape::new();
        let problems = toml::read(self.text, Span::of(0, self.text.len()), &mut tape);
        debug_assert!(problems.is_empty(), "{problems:?}");
        let list = tape.root(self.text).and_then(|root| root.get("rituals"));
        if let Some(ritual) = list.and_then(|list| list.items().next()) {
            settings.add_table(ritual, "", Origin::Preset(self.name), &LineIndex::new(self.text.as_bytes()));
        }
    }
}

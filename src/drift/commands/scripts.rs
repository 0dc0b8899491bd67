//! Scripts of `package.json`.

use super::Defined;

/// The scripts of a package, and the programs that its dependencies may bring.
pub(super) fn read(text: &str) -> Defined {
    let Ok(package) = serde_json::from_str::<serde_json::Value>(text) else {
        return Defined { is_open: true, ..Defined::default() };
    };
    let keys = |name: &str| package.get(name).and_then(serde_json::Value::as_object);
    let scripts = keys("scripts").into_iter().flat_map(serde_json::Map::keys);
    let bins = keys("bin").into_iter().flat_map(serde_json::Map::keys);
    let brought =
        ["dependencies", "devDependencies"].into_iter().filter_map(keys).flat_map(serde_json::Map::keys);
    // A program is mostly called as its package, or as the last part of that name.
    let programs =
        brought.flat_map(|name| [name.clone(), name.rsplit('/').next().unwrap_or_default().to_owned()]);
    Defined {
        names: scripts.cloned().collect(),
        words: programs.chain(bins.cloned()).collect(),
        ..Defined::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_names_and_programs_are_known() {
        let found = read(r#"{"scripts":{"a:b":"x"},"devDependencies":{"@x/tool":"1"}}"#);
        assert!(found.has("a:b") && found.has("tool") && !found.has("x"));
        assert!(read("{").is_open);
    }
}

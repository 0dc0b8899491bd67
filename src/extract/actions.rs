//! In the making.

use super::{Object, Source};

/// In the making.
pub fn extract(_source: &Source<'_>) -> Result<Vec<Object>, String> {
    Err("in the making".to_owned())
}

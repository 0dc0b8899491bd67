//! The bytes of a file in memory, however they came there.

use std::io::{ErrorKind, Read};
use std::ops::Deref;

/// The bytes of one file.
#[derive(Clone, Default)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// The first `size` bytes of `source`, or all when there are fewer.
    pub(super) fn read(source: &mut impl Read, size: usize) -> std::io::Result<Self> {
        let mut bytes = vec![0; size];
        let mut filled = 0;
        while filled < size {
            match source.read(&mut bytes[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        bytes.truncate(filled);
        Ok(Self(bytes))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        bytes.0
    }
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_read_whole_or_as_far_as_it_goes() {
        for len in [0, 1, 4097] {
            let source: Vec<u8> = (0..len).map(|n| (n % 251) as u8).collect();
            let read = |size| Bytes::read(&mut source.as_slice(), size).expect("memory can be read");
            assert!(*read(len) == *source, "{len}");
            assert!(*read(len + 9) == *source, "{len} with more room");
        }
    }
}

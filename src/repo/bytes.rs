//! The bytes of a file in memory. Large ones lie in huge pages where the system has them: a file of 400 MB then costs
//! two hundred page faults instead of a hundred thousand, and its readers miss the address cache less.

use std::io::{ErrorKind, Read};
use std::ops::Deref;

use memmap2::MmapMut;

/// The bytes of one file.
pub struct Bytes(Memory);

enum Memory {
    Heap(Vec<u8>),
    /// Anonymous memory, of which the first bytes are the file.
    Pages(MmapMut, usize),
}

/// From this size on, huge pages pay.
const LARGE: usize = 8 << 20;

impl Bytes {
    /// The first `size` bytes of `source`, or all when there are fewer.
    pub(super) fn read(source: &mut impl Read, size: usize) -> std::io::Result<Self> {
        let mut memory = Memory::new(size)?;
        let room = memory.room();
        let mut filled = 0;
        while filled < size {
            match source.read(&mut room[filled..size]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        memory.truncate(filled);
        Ok(Self(memory))
    }
}

impl Memory {
    fn new(size: usize) -> std::io::Result<Self> {
        if size < LARGE {
            return Ok(Self::Heap(vec![0; size]));
        }
        let pages = MmapMut::map_anon(size)?;
        // A wish: without huge pages it is only slower.
        #[cfg(target_os = "linux")]
        let _ = pages.advise(memmap2::Advice::HugePage);
        Ok(Self::Pages(pages, size))
    }

    fn room(&mut self) -> &mut [u8] {
        match self {
            Self::Heap(bytes) => bytes,
            Self::Pages(pages, _) => pages,
        }
    }

    fn truncate(&mut self, len: usize) {
        match self {
            Self::Heap(bytes) => bytes.truncate(len),
            Self::Pages(_, length) => *length = len,
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Memory::Heap(bytes) => bytes,
            Memory::Pages(pages, len) => &pages[..*len],
        }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Memory::Heap(bytes))
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Vec::new().into()
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
    fn small_and_large_sources_are_read_whole_or_as_far_as_they_go() {
        for len in [0, 1, LARGE - 1, LARGE, LARGE + 4097] {
            let source: Vec<u8> = (0..len).map(|n| (n % 251) as u8).collect();
            let read = |size| Bytes::read(&mut source.as_slice(), size).expect("memory can be read");
            assert!(*read(len) == *source, "{len}");
            assert!(*read(len + LARGE) == *source, "{len} with more room");
        }
    }
}

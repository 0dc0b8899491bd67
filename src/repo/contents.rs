//! The bytes of a file, in memory or left on disk until a part of them is asked for: a file of hundreds of megabytes
//! is looked at piece by piece, and its pieces are forgotten.

use std::borrow::Cow;
use std::fs::File;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::SystemTime;

use super::bytes::Bytes;
use crate::text::Span;

/// The bytes of one file of a snapshot. Offsets beyond its end are left out.
#[derive(Debug)]
pub struct Contents(Kind);

#[derive(Debug)]
enum Kind {
    Memory(Bytes),
    Disk(OnDisk),
}

/// A file on disk, as long as it was when it was opened.
#[derive(Debug)]
struct OnDisk {
    file: File,
    len: usize,
    written: Option<SystemTime>,
    /// Counted by the snapshot, which keeps only so many files open.
    _open: Arc<()>,
}

impl Contents {
    /// Leaves `file`, of `len` bytes, on disk.
    pub(super) fn on_disk(file: File, len: usize, open: Arc<()>) -> Self {
        let written = file.metadata().and_then(|file| file.modified()).ok();
        Self(Kind::Disk(OnDisk { file, len, written, _open: open }))
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Kind::Memory(bytes) => bytes.len(),
            Kind::Disk(disk) => disk.len,
        }
    }

    /// Whether there is no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All bytes.
    #[must_use]
    pub fn all(&self) -> Cow<'_, [u8]> {
        self.slice(Span::of(0, self.len()))
    }

    pub(super) fn into_bytes(self) -> Bytes {
        match self.0 {
            Kind::Memory(bytes) => bytes,
            Kind::Disk(_) => self.all().into_owned().into(),
        }
    }

    /// The bytes of `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> Cow<'_, [u8]> {
        match &self.0 {
            Kind::Memory(bytes) => Cow::Borrowed(span.slice(bytes)),
            Kind::Disk(_) => {
                let mut bytes = Vec::new();
                let read = self.read(span, &mut bytes).len();
                bytes.truncate(read);
                Cow::Owned(bytes)
            }
        }
    }

    /// The bytes of `span`, in `buffer` when they are not in memory. The buffer only grows, so that one that is used
    /// again costs nothing.
    pub fn read<'a>(&'a self, span: Span, buffer: &'a mut Vec<u8>) -> &'a [u8] {
        match &self.0 {
            Kind::Memory(bytes) => span.slice(bytes),
            Kind::Disk(disk) => {
                let end = (span.end as usize).min(disk.len);
                let wanted = end.saturating_sub(span.start as usize);
                if buffer.len() < wanted {
                    buffer.resize(wanted, 0);
                }
                let read = disk.read(span.start.into(), &mut buffer[..wanted]);
                &buffer[..read]
            }
        }
    }

    /// Whether the file on disk was written since it was opened, so that what was read may be of two minds.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        let Kind::Disk(disk) = &self.0 else { return false };
        let now = disk.file.metadata();
        now.is_err()
            || now.is_ok_and(|now| now.len() != disk.len as u64 || now.modified().ok() != disk.written)
    }
}

impl OnDisk {
    /// Fills `buffer` from byte `at` on and says how far that went; less than all where the file was cut short or the
    /// disk refuses, which [`Contents::has_changed`] and the parsers notice.
    fn read(&self, at: u64, buffer: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < buffer.len() {
            match read_at(&self.file, &mut buffer[filled..], at + filled as u64) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        filled
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> std::io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

impl From<Bytes> for Contents {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Memory(bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn on_disk(source: &[u8]) -> (tempfile::NamedTempFile, Contents) {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        file.write_all(source).expect("it can be written");
        let opened = file.reopen().expect("it can be opened");
        (file, Contents::on_disk(opened, source.len(), Arc::default()))
    }

    #[test]
    fn a_file_on_disk_gives_the_same_bytes_as_one_in_memory() {
        let source: Vec<u8> = (0..10_000).map(|n| (n % 251) as u8).collect();
        let memory = Contents::from(Bytes::from(source.clone()));
        let (_file, disk) = on_disk(&source);
        let mut buffer = Vec::new();
        for (start, end) in [(0, 0), (0, 10_000), (17, 4_000), (9_990, 20_000), (30_000, 40_000)] {
            let span = Span::new(start, end);
            assert_eq!(memory.slice(span), disk.slice(span), "{span:?}");
            assert_eq!(disk.read(span, &mut buffer), &*memory.slice(span), "{span:?}");
        }
        assert_eq!((memory.len(), disk.len(), &*disk.all()), (10_000, 10_000, &source[..]));
        assert!(!memory.has_changed() && !disk.has_changed());
    }

    #[test]
    fn a_file_written_meanwhile_is_noticed() {
        let (mut file, disk) = on_disk(b"before");
        file.write_all(b" and after").expect("it can be written");
        assert!(disk.has_changed());
        assert_eq!(&*disk.all(), b"before", "no more than was there is read");
        let (file, disk) = on_disk(b"long enough");
        file.as_file().set_len(4).expect("it can be cut");
        assert!(disk.has_changed());
        assert_eq!(&*disk.all(), b"long");
    }
}

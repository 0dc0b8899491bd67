//! The bytes of a cache entry: numbers and texts one after the other, and a sum over all of them.
//!
//! It knows how they are written and nothing of what they mean. Reading never fails with more than `None`.

/// The first bytes of every entry.
const FORMAT: &[u8] = b"opsbook history 3\n";

/// Writes an entry.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn numbers(&mut self, numbers: impl ExactSizeIterator<Item = u64>) {
        self.number(numbers.len() as u64);
        numbers.for_each(|number| self.number(number));
    }

    /// A text as what it is other than `base`: how much of the start and the end they share, and what is between.
    pub(super) fn beside(&mut self, base: &[u8], text: &[u8]) {
        let start = shared(base, text);
        let end = shared_end(&base[start..], &text[start..]);
        self.number(start as u64);
        self.number(end as u64);
        self.bytes(&text[start..text.len() - end]);
    }

    /// Everything that another one wrote.
    pub(super) fn append(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// The whole entry.
    pub(super) fn sealed(&self) -> Vec<u8> {
        let sum = xxhash_rust::xxh3::xxh3_64(&self.0).to_le_bytes();
        [FORMAT, &sum, &self.0].concat()
    }
}

/// Reads an entry.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// `None` when `entry` is not what was written.
    pub(super) fn open(entry: &'a [u8]) -> Option<Self> {
        let (sum, rest) = entry.strip_prefix(FORMAT)?.split_first_chunk()?;
        (xxhash_rust::xxh3::xxh3_64(rest) == u64::from_le_bytes(*sum)).then_some(Self(rest))
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A number that counts things of which each takes a byte or more.
    pub(super) fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.0.len()).then_some(count)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.count()?;
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn numbers(&mut self) -> Option<Vec<u64>> {
        (0..self.count()?).map(|_| self.number()).collect()
    }

    /// What [`Writer::beside`] wrote, for the same `base`.
    pub(super) fn beside(&mut self, base: &[u8]) -> Option<Vec<u8>> {
        let (start, end) = (usize::try_from(self.number()?).ok()?, usize::try_from(self.number()?).ok()?);
        let (head, tail) = (base.get(..start)?, base.get(base.len().checked_sub(end)?..)?);
        Some([head, self.bytes()?, tail].concat())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Bytes that are compared at once.
const STRIDE: usize = 32;

/// How many of the first bytes of two texts are the same.
fn shared(a: &[u8], b: &[u8]) -> usize {
    let strides = a.chunks_exact(STRIDE).zip(b.chunks_exact(STRIDE));
    let start = strides.take_while(|(a, b)| a == b).count() * STRIDE;
    start + a[start..].iter().zip(&b[start..]).take_while(|(a, b)| a == b).count()
}

/// How many of the last bytes of two texts are the same.
fn shared_end(a: &[u8], b: &[u8]) -> usize {
    let strides = a.rchunks_exact(STRIDE).zip(b.rchunks_exact(STRIDE));
    let end = strides.take_while(|(a, b)| a == b).count() * STRIDE;
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    end + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

/// An entry in which `from` stands as `to`, of the same length, as if it had been written so.
#[cfg(test)]
pub(super) fn resealed(entry: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut writer = Writer(Reader::open(entry).expect("an entry").0.to_vec());
    let at = writer.0.windows(from.len()).position(|window| window == from).expect("it is there");
    writer.0[at..at + to.len()].copy_from_slice(to);
    writer.sealed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_written_as_what_differs() {
        let base = "0123456789".repeat(50);
        for at in [0, 1, 31, 32, 33, 250, 467, 468, 499] {
            let text = format!("{}new{}", &base[..at], &base[at + 1..]);
            let mut writer = Writer::default();
            writer.beside(base.as_bytes(), text.as_bytes());
            let entry = writer.sealed();
            assert!(entry.len() < FORMAT.len() + 8 + 10, "{at}: {} bytes", entry.len());
            let read = Reader::open(&entry).expect("whole").beside(base.as_bytes());
            assert_eq!(read.as_deref(), Some(text.as_bytes()), "{at}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut writer = Writer::default();
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
        writer.numbers(numbers.into_iter());
        writer.bytes(b"text");
        let (base, texts) = (
            b"{\"a\":1,\"b\":2}",
            [&b"{\"a\":1,\"b\":3}"[..], b"", b"{\"a\":1}", b"x", b"{\"a\":1,\"b\":2}"],
        );
        texts.iter().for_each(|text| writer.beside(base, text));
        let entry = writer.sealed();
        let mut reader = Reader::open(&entry).expect("it was not damaged");
        assert_eq!(reader.numbers().as_deref(), Some(&numbers[..]));
        assert_eq!(reader.bytes(), Some(&b"text"[..]));
        for text in texts {
            assert_eq!(reader.beside(base).as_deref(), Some(text));
        }
        assert!(reader.is_empty());
        for at in 0..entry.len() {
            let mut damaged = entry.clone();
            damaged[at] ^= 1;
            assert!(Reader::open(&damaged).is_none() && Reader::open(&entry[..at]).is_none(), "byte {at}");
        }
    }

    #[test]
    fn a_foreign_entry_is_read_to_its_end_at_most() {
        for body in [&[0xff; 40][..], &[5, 1], &[0x80], &[200, 1, 0, 0]] {
            let mut reader = Reader(body);
            assert!(reader.numbers().is_none() || reader.bytes().is_none(), "{body:?}");
            let mut reader = Reader(body);
            assert_eq!(reader.beside(b"ab"), None, "{body:?}");
        }
    }
}

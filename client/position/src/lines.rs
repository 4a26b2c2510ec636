//! Lines out of a stream of bytes, in bounded memory: what is too long to be a line is dropped, not kept.

/// Longest line that is looked at, in bytes. A sentence has 82 and a report of gpsd some hundreds; one on all
/// satellites in sight stays below this, too.
pub(crate) const LINE_BYTES_MAX: usize = 16 * 1024;

/// The part of a line that has come so far.
#[derive(Default)]
pub(crate) struct Lines {
    part: Vec<u8>,
    is_too_long: bool,
}

impl Lines {
    /// These bytes came; `each` gets every line that ends in them, without its end (CR, LF or both).
    pub(crate) fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8])) {
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            let (text, is_end) = match piece.split_last() {
                Some((b'\n' | b'\r', text)) => (text, true),
                _ => (piece, false),
            };
            self.keep(text);
            if is_end {
                if !self.is_too_long && !self.part.is_empty() {
                    each(&self.part);
                }
                self.part.clear();
                self.is_too_long = false;
            }
        }
    }

    fn keep(&mut self, text: &[u8]) {
        self.is_too_long |= self.part.len() + text.len() > LINE_BYTES_MAX;
        match self.is_too_long {
            true => self.part.clear(),
            false => self.part.extend_from_slice(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fed(pieces: &[&[u8]]) -> (Vec<Vec<u8>>, Lines) {
        let (mut lines, mut whole) = (Lines::default(), Vec::new());
        pieces.iter().for_each(|piece| lines.feed(piece, |line| whole.push(line.to_vec())));
        (whole, lines)
    }

    #[test]
    fn a_line_comes_whole_however_it_was_cut() {
        let (whole, _) = fed(&[b"on", b"e\r", b"\n\n\rtw", b"o\nthr"]);
        assert_eq!(whole, [b"one".to_vec(), b"two".to_vec()], "the third has not ended");
    }

    #[test]
    fn a_line_without_an_end_takes_no_memory_and_the_next_one_counts_again() {
        let (mut whole, mut lines) = fed(&[b"first\n"]);
        for _ in 0..1_000 {
            lines.feed(&[b'x'; 4_096], |line| whole.push(line.to_vec()));
            assert!(lines.part.capacity() <= 2 * LINE_BYTES_MAX);
        }
        lines.feed(b"the end of it\nnext\n", |line| whole.push(line.to_vec()));
        assert_eq!(whole, [b"first".to_vec(), b"next".to_vec()]);
    }

    proptest! {
        #[test]
        fn cuts_change_nothing(bytes: Vec<u8>, cut in 1..50usize) {
            let pieces: Vec<&[u8]> = bytes.chunks(cut).collect();
            prop_assert_eq!(fed(&pieces).0, fed(&[&bytes]).0);
        }
    }
}

//! Takes an input apart into numbers and pieces. What is missing at its end reads as zero, so that
//! every input means something.

/// Numbers at which things break: the ends of the types in which they are kept.
const EDGES: [u64; 8] = [
    0,
    1,
    u32::MAX as u64 - 1,
    u32::MAX as u64,
    i64::MAX as u64 - 1,
    i64::MAX as u64,
    1 << 63,
    u64::MAX,
];

/// An input that is read from its front.
pub struct Feed<'a>(pub &'a [u8]);

impl<'a> Feed<'a> {
    /// Whether all is read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    /// Any number: small, at an edge, or eight bytes of the input.
    pub fn number(&mut self) -> u64 {
        match self.byte() {
            small @ 0..=0x7F => u64::from(small),
            edge @ 0x80..=0xBF => EDGES[usize::from(edge) % EDGES.len()],
            _ => u64::from_be_bytes(std::array::from_fn(|_| self.byte())),
        }
    }

    /// Any number with a sign.
    pub fn signed(&mut self) -> i64 {
        self.number().cast_signed()
    }

    /// The next bytes, as many as the byte before them says, at most these.
    pub fn piece(&mut self, bytes_max: usize) -> &'a [u8] {
        let length = (usize::from(self.byte()) % (bytes_max + 1)).min(self.0.len());
        let (piece, rest) = self.0.split_at(length);
        self.0 = rest;
        piece
    }

    /// The same as a text.
    pub fn text(&mut self, bytes_max: usize) -> String {
        String::from_utf8_lossy(self.piece(bytes_max)).into_owned()
    }
}

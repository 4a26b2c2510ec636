//! The canonical bytes of a leaf. `golden/leaves.json` holds vectors for other languages.

use minicbor::{Encode, Encoder};
use sha2::{Digest as _, Sha256};
use waypost_protocol::{Content, Millis, Sequence};

use super::tree::Hash;

/// The version of the leaf format, its first element.
const LEAF_VERSION: u8 = 1;

/// What a leaf says. Its bytes are one CBOR array of the fields in this order, after the version,
/// in the shortest form of RFC 8949 section 4.2.1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeafFields {
    /// `epoch` and `n`, as two elements.
    pub sequence: Sequence,
    /// The id of the fact.
    pub id: [u8; 16],
    /// The kind of its content.
    pub kind: u16,
    /// The author's pseudonym; zeros for the server.
    pub author: [u8; 16],
    /// The enrolment, or null.
    pub enrolment: Option<[u8; 16]>,
    /// Who reads it.
    pub audience: LeafAudience,
    /// When it happened by the author's clock, or null if the id does not say.
    pub occurred_at: Option<Millis>,
    /// The author's offset from UTC in minutes.
    pub offset_minutes: i16,
    /// The author's estimate of the skew, or null.
    pub skew_ms: Option<i64>,
    /// When it was committed.
    pub recorded_at: Millis,
    /// See [`commitment`].
    pub commitment: Hash,
}

/// Who reads a fact, without naming anyone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LeafAudience {
    /// Two people: an array of their two pseudonyms, in the order of their numbers.
    Pair([u8; 16], [u8; 16]),
    /// A group or stream: its text form.
    Named(String),
    /// The authors concerned (receipts): null.
    Concerned,
}

/// SHA-256 over the salt, the kind (two bytes, big endian) and the bytes of the content.
pub fn commitment(salt: &[u8; 16], content: &Content) -> Hash {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(content.kind.to_be_bytes());
    hash.update(&content.bytes);
    hash.finalize().into()
}

impl LeafFields {
    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).unwrap_or_default() // writing to memory cannot fail
    }
}

impl<C> Encode<C> for LeafFields {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(13)?.u8(LEAF_VERSION)?.u32(self.sequence.epoch)?.u64(self.sequence.n)?;
        e.bytes(&self.id)?.u16(self.kind)?.bytes(&self.author)?;
        match &self.enrolment {
            Some(enrolment) => e.bytes(enrolment)?,
            None => e.null()?,
        };
        match &self.audience {
            LeafAudience::Pair(low, high) => e.array(2)?.bytes(low)?.bytes(high)?,
            LeafAudience::Named(name) => e.str(name)?,
            LeafAudience::Concerned => e.null()?,
        };
        e.encode(self.occurred_at)?.i16(self.offset_minutes)?.encode(self.skew_ms)?;
        e.i64(self.recorded_at)?.bytes(&self.commitment)?.ok()
    }
}

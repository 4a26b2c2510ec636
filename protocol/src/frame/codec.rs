//! How frames become bytes and bytes become frames, with the bounds that hold for all of them.

use minicbor::{Decode, Encode};

use crate::{FRAME_BYTES_MAX, ProblemCode};

/// A frame that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FrameError {
    /// Larger than [`FRAME_BYTES_MAX`], or a list in it longer than its bound.
    TooLarge,
    /// A type of frame that this version does not know.
    UnknownFrame,
    /// Not a frame of its type; the text says where it stopped making sense.
    Malformed(String),
}

impl FrameError {
    /// The code to answer with.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::TooLarge => ProblemCode::TooLarge,
            Self::UnknownFrame => ProblemCode::UnknownFrame,
            Self::Malformed(_) => ProblemCode::Malformed,
        }
    }
}

impl std::fmt::Display for FrameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge => write!(f, "the frame exceeds a bound"),
            Self::UnknownFrame => write!(f, "the frame is of no known type"),
            Self::Malformed(what) => write!(f, "the frame cannot be read: {what}"),
        }
    }
}

impl std::error::Error for FrameError {}

pub(super) fn encode<T: Encode<()>>(frame: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    match minicbor::encode(frame, &mut bytes) {
        Ok(()) => bytes,
        Err(error) => unreachable!("writing to memory cannot fail: {error}"),
    }
}

/// Reads one frame. `known` are the numbers of the types that there are.
pub(super) fn decode<'b, T: Decode<'b, ()>>(
    bytes: &'b [u8],
    known: std::ops::RangeInclusive<u32>,
) -> Result<T, FrameError> {
    if bytes.len() > FRAME_BYTES_MAX {
        return Err(FrameError::TooLarge);
    }
    let malformed = |error: minicbor::decode::Error| FrameError::Malformed(error.to_string());
    let mut tag = minicbor::Decoder::new(bytes);
    tag.array().map_err(malformed)?;
    if !known.contains(&tag.u32().map_err(malformed)?) {
        return Err(FrameError::UnknownFrame);
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let frame = decoder.decode().map_err(malformed)?;
    if decoder.position() == bytes.len() {
        Ok(frame)
    } else {
        Err(FrameError::Malformed("bytes follow the frame".into()))
    }
}

pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

pub(super) fn is_nought(value: &u32) -> bool {
    *value == 0
}

pub(super) fn is_zero(value: &i16) -> bool {
    *value == 0
}

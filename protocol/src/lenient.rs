//! How an older reader takes what a newer writer put into a list: it leaves out single items of a
//! variant that it does not know, and reads the rest.
//!
//! Nothing is lost by that: [`crate::Content`] keeps the bytes as they came. Malformed items are
//! still errors. (Unknown *fields* need no care: the derived readers skip them.)

use minicbor::data::Type;
use minicbor::{Decode, Decoder, decode::Error};

/// Reads one item; `None`, with the item skipped, if it is of a variant that is not known.
pub(crate) fn known<'b, C, T: Decode<'b, C>>(
    d: &mut Decoder<'b>,
    ctx: &mut C,
) -> Result<Option<T>, Error> {
    let start = d.position();
    match T::decode(d, ctx) {
        Ok(item) => Ok(Some(item)),
        Err(error) if error.is_unknown_variant() => {
            d.set_position(start);
            d.skip()?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Reads a list without the items of variants that are not known.
pub(crate) fn known_list<'b, C, T: Decode<'b, C>>(
    d: &mut Decoder<'b>,
    ctx: &mut C,
) -> Result<Vec<T>, Error> {
    let mut items = Vec::new();
    let mut left = d.array()?;
    while more(d, &mut left)? {
        items.extend(known(d, ctx)?);
    }
    Ok(items)
}

/// Whether another item of a list or map follows. `left` is its declared length, `None` if that
/// is not declared and a break ends it.
pub(crate) fn more(d: &mut Decoder<'_>, left: &mut Option<u64>) -> Result<bool, Error> {
    match left {
        Some(0) => Ok(false),
        Some(left) => {
            *left -= 1;
            Ok(true)
        }
        None if d.datatype()? == Type::Break => {
            d.skip()?;
            Ok(false)
        }
        None => Ok(true),
    }
}

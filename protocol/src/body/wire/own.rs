//! The binary forms of what people choose for themselves.

use minicbor::{Decode, Decoder, Encode, decode::Error};

use super::super::{BreaksThrough, Hearing, QuietHours};
use crate::lenient::known;
use crate::{ConversationId, PersonId};

#[derive(Encode, Decode)]
pub(super) struct NotifyWire {
    #[n(0)]
    pub(super) conversation: Option<ConversationId>,
    #[n(1)]
    pub(super) hearing: Option<Hearing>,
}

#[derive(Encode, Decode)]
pub(super) struct QuietHoursWire {
    #[n(0)]
    pub(super) hours: Option<QuietHours>,
    #[n(1)]
    #[cbor(decode_with = "read_breaks_through", skip_if = "BreaksThrough::is_urgent")]
    pub(super) breaks_through: BreaksThrough,
}

#[derive(Encode, Decode)]
pub(super) struct BlockedWire {
    #[n(0)]
    pub(super) person: PersonId,
}

/// Of two sorts of what breaks through, one that is not known is taken for the louder one.
fn read_breaks_through<C>(d: &mut Decoder<'_>, ctx: &mut C) -> Result<BreaksThrough, Error> {
    Ok(known(d, ctx)?.unwrap_or_default())
}

//! The frames that travel between a device and the server, over MQTT or `POST /v1/sync`.

mod codec;
mod downlink;
mod presence;
mod uplink;

pub use codec::FrameError;
pub(crate) use codec::is_false;
pub use downlink::{Answer, Downlink, Earlier, Event, Events, OwnRun};
pub use presence::{Activity, Here, Presence, PresenceOf, TypingIn};
pub use uplink::{Entry, History, Pull, Submit, Uplink};

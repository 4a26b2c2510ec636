//! The delivery certificate: what proves how it went at a stop, as pages for people and as a bundle for machines.
//!
//! The bundle holds all that is needed to check it without this server; the pages hold the bundle.

mod bundle;
mod drawing;
mod layout;
mod pages;
mod pictures;
mod verify;
mod words;

pub use bundle::{BUNDLE_FORMAT, Bundle, BundleFile, DeviceKey, Told, VouchedRecord};
pub use pages::{PagesError, Picture, Sheet, draw};
pub use verify::{Finding, Verified, bundle_in, verify};

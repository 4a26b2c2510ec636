//! One adapter for each global of the screens, named like it.

pub(crate) mod conversation;
pub(crate) mod day;
pub(crate) mod enrolment;
pub(crate) mod link;
pub(crate) mod looks;
pub(crate) mod refused;
pub(crate) mod roster;
pub(crate) mod templates;
pub(crate) mod urgent;

use slint::{Model as _, ModelRc, SharedString, VecModel};

/// Makes the list of a global hold these rows, changing only what differs.
fn update<T: Clone + PartialEq + 'static>(
    model: &ModelRc<T>,
    rows: Vec<T>,
    key: impl Fn(&T) -> SharedString,
) {
    if let Some(model) = model.as_any().downcast_ref::<VecModel<T>>() {
        waypost_ui_kit::update(model, rows, key);
    }
}

//! Keeps a list on the screen equal to new rows, changing only what differs: no flicker, and a
//! scrolled list stays where it is.

use slint::{Model as _, VecModel};

/// Makes `model` hold `rows`. Rows with equal keys are the same row with other words.
pub fn update<T, K>(model: &VecModel<T>, rows: Vec<T>, key: impl Fn(&T) -> K)
where
    T: Clone + PartialEq + 'static,
    K: PartialEq,
{
    let count = rows.len();
    for (at, row) in rows.into_iter().enumerate() {
        remove_until(model, at, &key(&row), &key);
        match model.row_data(at) {
            Some(there) if key(&there) == key(&row) => {
                if there != row {
                    model.set_row_data(at, row);
                }
            }
            _ => model.insert(at, row),
        }
    }
    while model.row_count() > count {
        model.remove(model.row_count() - 1);
    }
}

/// If the wanted row stands further down, what stands before it has left.
fn remove_until<T, K>(model: &VecModel<T>, at: usize, wanted: &K, key: &impl Fn(&T) -> K)
where
    T: Clone + 'static,
    K: PartialEq,
{
    let stands = (at..model.row_count())
        .find(|place| model.row_data(*place).is_some_and(|row| key(&row) == *wanted));
    for _ in at..stands.unwrap_or(at) {
        model.remove(at);
    }
}

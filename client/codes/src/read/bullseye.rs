//! Where the middle of an Aztec code may be: squares within squares, each ring as wide as a module.

use rxing::common::BitMatrix;

/// Runs of black and white across a bull's-eye: those of a compact code, which the larger one has as well.
const RUNS: usize = 9;

/// Every so many rows are looked at; the middle square of what can be decoded is no lower.
const ROW_STEP: usize = 2;

/// Most places that are named: each costs a look of its own.
const EYES_MAX: usize = 8;

/// Pixels of the narrowest module that can be decoded.
const MODULE_MIN: f32 = 1.5;

/// A place that looks like a bull's-eye.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Eye {
    pub(super) x: usize,
    pub(super) y: usize,
    /// How wide a module is, in pixels.
    pub(super) module: f32,
}

/// Places that look like bull's-eyes, from the top.
pub(super) fn bullseyes(black: &BitMatrix) -> Vec<Eye> {
    let (width, height) = (black.width() as usize, black.height() as usize);
    let mut eyes: Vec<Eye> = Vec::new();
    for y in (0..height).step_by(ROW_STEP) {
        let mut window = [0_usize; RUNS];
        let (mut start, mut runs) = (0, 0);
        for x in 1..=width {
            if x < width && is_black(black, x, y) == is_black(black, x - 1, y) {
                continue;
            }
            window.rotate_left(1);
            window[RUNS - 1] = x - start;
            (start, runs) = (x, runs + 1);
            // The row's first run is of the colour of its first pixel; all of an eye's ends are black.
            if runs < RUNS || !is_black(black, x - 1, y) {
                continue;
            }
            let Some(module) = module_of(&window) else { continue };
            // Not of all runs: the outer ones may go on beyond the rings.
            let middle = x - window[RUNS - 1] - window[1..RUNS - 1].iter().sum::<usize>() / 2;
            let Some(eye) = seen_upright(black, middle, y, module) else { continue };
            let reach = 5.0 * module;
            let is_near = |other: &Eye| {
                (other.x.abs_diff(eye.x) as f32) < reach && (other.y.abs_diff(eye.y) as f32) < reach
            };
            if !eyes.iter().any(is_near) {
                eyes.push(eye);
            }
            if eyes.len() >= EYES_MAX {
                return eyes;
            }
        }
    }
    eyes
}

/// The width of a module, if all runs are about as long; the outer ones may run on into what is beside them.
fn module_of(runs: &[usize]) -> Option<f32> {
    let inner = &runs[1..runs.len() - 1];
    let module = inner.iter().sum::<usize>() as f32 / inner.len() as f32;
    let is_one = |run: &usize| (*run as f32) > module * 0.5 && (*run as f32) < module * 1.6;
    let is_end = |run: &usize| *run as f32 > module * 0.5;
    let fits = module >= MODULE_MIN
        && inner.iter().all(is_one)
        && is_end(&runs[0])
        && is_end(&runs[runs.len() - 1]);
    fits.then_some(module)
}

/// The same from top to bottom: the middle of the eye, if there are rings of about that width above and below.
fn seen_upright(black: &BitMatrix, x: usize, y: usize, module: f32) -> Option<Eye> {
    let height = black.height() as usize;
    if !is_black(black, x, y) {
        return None;
    }
    let above = runs_from((0..=y).rev().map(|y| is_black(black, x, y)))?;
    let below = runs_from((y..height).map(|y| is_black(black, x, y)))?;
    // Both begin in the middle square, which counts the row itself twice.
    let middle = above[0] + below[0] - 1;
    let runs =
        [above[4], above[3], above[2], above[1], middle, below[1], below[2], below[3], below[4]];
    let upright = module_of(&runs)?;
    let is_square = upright > module * 0.6 && upright < module * 1.6;
    is_square.then_some(Eye { x, y: y + 1 - above[0] + middle / 2, module })
}

/// The first five runs of a line that begins in black.
fn runs_from(line: impl Iterator<Item = bool>) -> Option<[usize; 5]> {
    let mut runs = [0; 5];
    let mut at = 0;
    for is_black in line {
        if is_black != (at % 2 == 0) {
            at += 1;
        }
        match runs.get_mut(at) {
            Some(run) => *run += 1,
            None => return Some(runs),
        }
        // What is beside the outermost ring may be black as well: its first pixels are enough.
        if runs[4] > runs[3] {
            return Some(runs);
        }
    }
    (at == 4).then_some(runs)
}

fn is_black(black: &BitMatrix, x: usize, y: usize) -> bool {
    black.get(x as u32, y as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rings of three pixels around (40, 30).
    fn rings() -> BitMatrix {
        let mut black = BitMatrix::new(90, 70).unwrap();
        for y in 0..70_u32 {
            for x in 0..90_u32 {
                let away = x.abs_diff(40).max(y.abs_diff(30)) + 1;
                if away <= 14 && (away / 3).is_multiple_of(2) {
                    black.set(x, y);
                }
            }
        }
        black
    }

    #[test]
    fn rings_are_seen_once_and_in_their_middle() {
        let eyes = bullseyes(&rings());
        assert_eq!(eyes.len(), 1, "{eyes:?}");
        assert!(eyes[0].x.abs_diff(40) <= 1 && eyes[0].y.abs_diff(30) <= 1, "{eyes:?}");
        assert!((eyes[0].module - 3.0).abs() < 0.5, "{eyes:?}");
    }

    #[test]
    fn bars_are_no_rings() {
        let mut black = BitMatrix::new(90, 70).unwrap();
        for x in (0..90).filter(|x| x / 3 % 2 == 0) {
            (0..70).for_each(|y| black.set(x, y));
        }
        assert!(bullseyes(&black).is_empty());
    }
}

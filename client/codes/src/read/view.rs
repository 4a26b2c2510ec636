//! A picture as it is looked at: scaled down, turned, and the way back to the picture that was given.

use crate::code::Corner;
use crate::picture::Picture;

/// A picture that is looked at.
#[derive(Clone)]
pub(super) struct View {
    pub(super) picture: Picture,
    pub(super) way: Way,
}

/// From a point of a view to that of the picture that was given.
#[derive(Clone, Copy)]
pub(super) struct Way {
    /// How many pixels of the picture that was given are one of the view.
    scale: f32,
    sin: f32,
    cos: f32,
    /// Around which point of the view it is turned, and which one that is before.
    around: (f32, f32),
    middle: (f32, f32),
}

impl View {
    /// The picture with this longer edge; as it is if its own is not longer.
    pub(super) fn scaled(picture: &Picture, edge: u32) -> Self {
        let smaller = picture.smaller(edge).unwrap_or_else(|| picture.clone());
        let scale = picture.size().0 as f32 / smaller.size().0.max(1) as f32;
        let origin = (0.0, 0.0);
        let way = Way { scale, sin: 0.0, cos: 1.0, around: origin, middle: origin };
        Self { picture: smaller, way }
    }

    /// An upright view turned to the right, with white around it.
    pub(super) fn turned(&self, degrees: f32) -> Self {
        let (width, height) = self.picture.size();
        let (width, height) = (width as f32, height as f32);
        let (sin, cos) = degrees.to_radians().sin_cos();
        let wide = width * cos.abs() + height * sin.abs();
        let high = width * sin.abs() + height * cos.abs();
        let around = (wide / 2.0, high / 2.0);
        let way = Way { sin, cos, around, middle: (width / 2.0, height / 2.0), ..self.way };
        let pixel = |x: u32, y: u32| {
            let (x, y) = way.before((x as f32, y as f32));
            self.picture.grey_between(x, y)
        };
        Self { picture: Picture::drawn(wide as u32, high as u32, pixel), way }
    }
}

impl Way {
    pub(super) fn back(&self, point: (f32, f32)) -> Corner {
        let (x, y) = self.before(point);
        Corner { x: x * self.scale, y: y * self.scale }
    }

    /// Where a point was before the view was turned.
    fn before(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (x, y) = (x - self.around.0, y - self.around.1);
        let (sin, cos) = (self.sin, self.cos);
        (cos * x + sin * y + self.middle.0, cos * y - sin * x + self.middle.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_turned_finds_its_way_back() {
        let mut bytes = vec![255; 200 * 100];
        bytes[30 * 200 + 40] = 0;
        let picture = Picture::from_grey(200, 100, bytes).unwrap();
        for degrees in [15.0, 30.0, 75.0] {
            let turned = View::scaled(&picture, 1_000).turned(degrees);
            let width = turned.picture.size().0 as usize;
            let darkest = turned.picture.bytes().iter().enumerate().min_by_key(|(_, grey)| **grey);
            let at = darkest.unwrap().0;
            let back = turned.way.back(((at % width) as f32, (at / width) as f32));
            assert!(
                (back.x - 40.0).abs() < 1.0 && (back.y - 30.0).abs() < 1.0,
                "{degrees}: {back:?}"
            );
        }
    }
}

//! Draws every screen of the driver's app to a folder of PNG files, without a window:
//! `cargo run -p waypost-field --example field-pictures -- FOLDER`.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use i_slint_backend_testing::{ElementHandle, TestingBackend, TestingBackendOptions};
use slint::{ComponentHandle as _, PhysicalSize};
use waypost_client::View;
use waypost_field::ui::Theme;
use waypost_field::{Port, Screen};
use waypost_locales::Locale;
use waypost_ui_kit::samples;

const TABLET: (u32, u32) = (1280, 800);
const PHONE: (u32, u32) = (480, 900);

fn main() -> anyhow::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).context("name a folder for the pictures")?);
    std::fs::create_dir_all(&folder)?;
    let options = TestingBackendOptions {
        mock_time: true,
        threading: false,
        renderer_name: Some("software".into()),
    };
    slint::platform::set_platform(Box::new(TestingBackend::new(options)))
        .map_err(anyhow::Error::msg)?;
    for (device, size) in [("tablet", TABLET), ("phone", PHONE)] {
        for (locale, night) in Locale::ALL.into_iter().zip([false, true].into_iter().cycle()) {
            let shade = if night { "night" } else { "day" };
            let name = format!("{device}-{}-{shade}", locale.tag());
            for (what, view) in [
                ("day", samples::dana_on_her_way()),
                ("there", samples::dana_at_the_bakery()),
                ("free", samples::dana()),
            ] {
                draw(&folder, &format!("{name}-{what}"), size, locale, night, Some(view), "")?;
            }
            let (file, view) = (format!("{name}-sure"), Some(samples::dana_at_the_bakery()));
            draw(&folder, &file, size, locale, night, view, "template-delivered")?;
            if device == "phone" {
                let (file, view) = (format!("{name}-messages"), Some(samples::dana()));
                draw(&folder, &file, size, locale, night, view, "page-messages")?;
            }
            draw(
                &folder,
                &format!("{name}-trouble"),
                size,
                locale,
                night,
                Some(samples::dana_in_trouble()),
                "notice-show",
            )?;
            draw(
                &folder,
                &format!("{name}-offline"),
                size,
                locale,
                night,
                Some(samples::dana_in_trouble()),
                "template-running-late",
            )?;
            draw(&folder, &format!("{name}-enrol"), size, locale, night, None, "")?;
            let (file, view) = (format!("{name}-languages"), Some(samples::dana()));
            draw(&folder, &file, size, locale, night, view, "switch-language")?;
        }
    }
    Ok(())
}

/// Draws one screen, after a tap on the element with the label of this key.
fn draw(
    folder: &Path,
    name: &str,
    (width, height): (u32, u32),
    locale: Locale,
    night: bool,
    view: Option<View>,
    tapped: &str,
) -> anyhow::Result<()> {
    let port = Port { send: Box::new(|_| ()), enrol: Box::new(|_, _| ()), open: Box::new(|_| ()) };
    let screen = Screen::new(locale, true, samples::here(), None, port)?;
    screen.window().global::<Theme>().set_night(night);
    screen.window().window().set_size(PhysicalSize::new(width, height));
    screen.window().show()?;
    match view {
        Some(view) => screen.show(Arc::new(view)),
        None => {
            screen.ask_for_enrolment("Tablet Van 12", None);
            let text = screen.reader().texts().message("enrol-bad-link", &[]);
            screen.enrolment_failed(&text, "");
        }
    }
    screen.window().window().take_snapshot()?;
    if !tapped.is_empty() {
        let label = match tapped.strip_prefix("template-") {
            Some(id) => screen.reader().texts().template_label(id),
            None => screen.reader().texts().message(tapped, &[]),
        };
        let found = ElementHandle::find_by_accessible_label(screen.window(), &label).next();
        found
            .with_context(|| format!("nothing is called {label}"))?
            .invoke_accessible_default_action();
    }
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_secs(2));
    screen.window().window().take_snapshot()?;
    let picture = screen.window().window().take_snapshot()?;
    let file = BufWriter::new(File::create(folder.join(format!("{name}.png")))?);
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(picture.as_bytes())?;
    Ok(screen.window().hide()?)
}

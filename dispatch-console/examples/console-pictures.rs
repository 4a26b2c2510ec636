//! Draws every screen of the dispatcher's console to a folder of PNG files, without a window:
//! `cargo run -p waypost-console --example console-pictures -- FOLDER`.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use i_slint_backend_testing::{ElementHandle, TestingBackend, TestingBackendOptions};
use slint::{ComponentHandle as _, PhysicalSize};
use waypost_client::View;
use waypost_client::view::LinkView;
use waypost_console::ui::Theme;
use waypost_console::{Port, Screen};
use waypost_locales::Locale;
use waypost_ui_kit::samples;

const DESK: (u32, u32) = (1360, 820);

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
    let trouble = || View {
        wedged: samples::dana_in_trouble().wedged,
        link: LinkView::Connecting,
        ..samples::omar()
    };
    for (locale, night) in Locale::ALL.into_iter().zip([false, true].into_iter().cycle()) {
        let shade = if night { "night" } else { "day" };
        let name = format!("desk-{}-{shade}", locale.tag());
        draw(&folder, &format!("{name}-work"), DESK, locale, night, Some(samples::omar()), "")?;
        draw(
            &folder,
            &format!("{name}-trouble"),
            DESK,
            locale,
            night,
            Some(trouble()),
            "notice-show",
        )?;
        draw(
            &folder,
            &format!("{name}-templates"),
            DESK,
            locale,
            night,
            Some(samples::omar()),
            "templates",
        )?;
        draw(&folder, &format!("{name}-enrol"), DESK, locale, night, None, "")?;
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
    let port = Port { send: Box::new(|_| ()), enrol: Box::new(|_, _| ()) };
    let screen = Screen::new(locale, true, samples::here(), port)?;
    screen.window().global::<Theme>().set_night(night);
    screen.window().window().set_size(PhysicalSize::new(width, height));
    screen.window().show()?;
    match view {
        Some(view) => screen.show(Arc::new(view)),
        None => {
            screen.ask_for_enrolment("Desk 2", None);
            let text = screen.reader().texts().message("enrol-bad-link", &[]);
            screen.enrolment_failed(&text, "");
        }
    }
    screen.window().window().take_snapshot()?;
    if !tapped.is_empty() {
        let label = screen.reader().texts().message(tapped, &[]);
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

//! Joins the window and the client: requests one way, reports and views the other.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use slint::{ComponentHandle as _, Timer, TimerMode};
use time::UtcOffset;
use tokio::sync::{mpsc, watch};
use waypost_client::View;
use waypost_console::ui::Theme;
use waypost_console::{Port, Screen};
use waypost_ui_kit::{self as kit, Arguments, Here, Report, Session};

/// How often a window that may have come into sight is asked what it shows, in seconds.
const LOOK_EVERY_SECONDS: u64 = 2;

/// Runs the app until its window is closed.
pub(crate) fn run(arguments: &Arguments, offset: UtcOffset) -> anyhow::Result<()> {
    let (session, reports) = Session::start(arguments.store_path("console"))?;
    let (sending, enrolling) = (session.requests(), session.requests());
    let port = Port {
        send: Box::new(move |command| sending.send(command)),
        enrol: Box::new(move |link, device| enrolling.enrol(link, device)),
    };
    let chosen = arguments.lang.is_some();
    let screen =
        Rc::new(Screen::new(arguments.first_language(), chosen, Here::device(offset), port)?);
    screen.window().global::<Theme>().set_night(arguments.theme == kit::Theme::Night);
    slint::spawn_local(follow(screen.clone(), reports, arguments.clone()))?;
    let looking = Timer::default();
    let seen = screen.clone();
    looking.start(TimerMode::Repeated, Duration::from_secs(LOOK_EVERY_SECONDS), move || {
        seen.mark_read()
    });
    screen.window().run()?;
    drop(looking);
    session.close();
    Ok(())
}

async fn follow(screen: Rc<Screen>, mut reports: mpsc::Receiver<Report>, arguments: Arguments) {
    while let Some(report) = reports.recv().await {
        match report {
            Report::NotEnrolled => {
                screen.ask_for_enrolment(&arguments.device_name(), arguments.enrol.as_deref())
            }
            Report::EnrolFailed(error) => {
                let trouble = kit::enrolment_trouble(&error, screen.reader().texts());
                screen.enrolment_failed(&trouble.happened, &trouble.remedy);
            }
            Report::Broken(cause) => screen.broken(&cause),
            // What goes out stands in the conversation.
            Report::Kept(..) => {}
            Report::NotTaken(command, error) => {
                let cause = kit::not_taken(&error, screen.reader().texts());
                screen.not_taken(&command, &cause);
            }
            Report::Running(views) => {
                if let Err(error) = slint::spawn_local(watch_views(screen.clone(), views)) {
                    tracing::error!(%error, "the window cannot follow the client");
                }
            }
        }
    }
}

async fn watch_views(screen: Rc<Screen>, mut views: watch::Receiver<Arc<View>>) {
    loop {
        let view = views.borrow_and_update().clone();
        screen.show(view);
        if views.changed().await.is_err() {
            break;
        }
    }
}

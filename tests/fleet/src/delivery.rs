//! A delivery without a network: two photos and a signature, and the certificate that proves it.

use std::path::Path;

use anyhow::Context as _;
use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use waypost_client::view::UploadEnd;
use waypost_client::{Capture, Captured, Command, Evidence, StopDone, TripCommand, View};
use waypost_protocol::{
    Count, EvidenceItem, EvidenceKind, GeoStamp, Place, ReceivedBy, StopId, StopPlan, StopState,
    TripId, TripPlan,
};

use crate::depot::Depot;
use crate::tablet::Tablet;

/// Far enough for every clock.
const DAY: &str = "2090-03-01";

/// The dispatcher plans one stop for a driver.
///
/// # Errors
/// If it cannot be planned, or the driver does not see it.
pub async fn planned(omar: &Tablet, driver: &Tablet) -> anyhow::Result<StopId> {
    let plans = async |command| {
        let made = omar.does(Command::OfTrips(command)).await?;
        anyhow::Ok(made.context("a plan makes a fact")?.0)
    };
    let plan = TripPlan { name: "North".into(), day: DAY.into(), ..TripPlan::default() };
    let (trip, plan, theirs) = (None, Box::new(plan), Some(driver.id()));
    let trip = TripId(plans(TripCommand::PlanTrip { trip, plan, driver: theirs }).await?);
    let address = "Gartenstraße 12, 10115 Berlin".into();
    let plan = Box::new(StopPlan { address, ..StopPlan::of(trip, "Bakery Blum") });
    let stop = StopId(plans(TripCommand::PlanStop { stop: None, plan }).await?);
    let known = |view: &View| view.trips.iter().flat_map(|it| &it.stops).any(|it| it.0 == stop);
    driver.sees("the stop", known).await?;
    Ok(stop)
}

/// The driver completes it, with or without a network, with two photos and a signature.
///
/// # Errors
/// If something is not kept.
pub async fn completed(driver: &Tablet, stop: StopId) -> anyhow::Result<()> {
    let mut items = Vec::new();
    for (kind, picture) in [
        (EvidenceKind::Photo, photo([180, 120, 60])?),
        (EvidenceKind::Photo, photo([60, 120, 180])?),
        (EvidenceKind::Signature, signature()?),
    ] {
        items.push(captured(driver, stop, kind, picture).await?);
    }
    let evidence = Evidence {
        items,
        received_by: Some(ReceivedBy { name: "Ada Blum".into(), role: "Consignee".into() }),
        counts: vec![Count { reference: "SO-1001".into(), delivered: 12, refused: 0, damaged: 1 }],
        note: "One crate was wet".into(),
    };
    let at = Some(GeoStamp::of(Place::at(52.5363, 13.3938), 1_000, 1_000));
    let done = Box::new(StopDone { at, evidence: Some(evidence.into()), ..StopDone::default() });
    let moves = TripCommand::MoveStop { stop, to: StopState::Completed, done };
    driver.does(Command::OfTrips(moves)).await?;
    Ok(())
}

/// Waits until the server has every file, and checks the certificate; how much of it is proved.
///
/// # Errors
/// If a file does not come, or the certificate does not hold.
pub async fn proved(
    depot: &Depot,
    driver: &Tablet,
    stop: StopId,
    folder: &Path,
) -> anyhow::Result<usize> {
    let brought = |view: &View| {
        let files = &view.uploads.files;
        files.len() == 6 && files.iter().all(|file| file.ended == Some(UploadEnd::Done))
    };
    driver.sees("that all files are brought", brought).await?;
    let (mut proved, key) = (0, depot.asks(&["audit", "key"]).await?);
    for name in ["certificate.pdf", "certificate.json"] {
        let file = folder.join(name).display().to_string();
        depot.asks(&["certificate", "write", &stop.to_string(), &file]).await?;
        let told = depot.asks(&["certificate", "verify", &file, "--key", key.trim()]).await?;
        anyhow::ensure!(told.contains("The certificate holds."), "{name}: {told}");
        proved = told.matches("PROVED  ").count() - told.matches("NOT PROVED").count();
    }
    Ok(proved)
}

async fn captured(
    driver: &Tablet,
    stop: StopId,
    kind: EvidenceKind,
    picture: Vec<u8>,
) -> anyhow::Result<EvidenceItem> {
    let at = Some(GeoStamp::of(Place::at(52.5363, 13.3938), 1_000, 1_000));
    let bytes = Captured::Picture(picture);
    let capture = Capture { stop, kind, bytes, text: String::new(), at };
    Ok(driver.client().capture(capture).await?)
}

/// Something like a crate in front of a door.
fn photo([red, green, blue]: [u8; 3]) -> anyhow::Result<Vec<u8>> {
    let picture = RgbImage::from_fn(1_600, 1_200, |x, y| {
        let is_crate = (500..1_100).contains(&x) && (500..1_100).contains(&y);
        let is_plank = is_crate && (y / 60) % 2 == 0;
        match (is_plank, is_crate) {
            (true, _) => Rgb([red, green, blue]),
            (_, true) => Rgb([red / 2, green / 2, blue / 2]),
            _ => Rgb([200, 205, (y / 8) as u8]),
        }
    });
    let mut bytes = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), ImageFormat::Png)?;
    Ok(bytes)
}

/// A line as a finger draws it, on nothing.
fn signature() -> anyhow::Result<Vec<u8>> {
    let mut picture = RgbaImage::new(600, 200);
    for step in 0..6_000_u32 {
        let along = f64::from(step) / 6_000.0;
        let x = 40.0 + along * 520.0 + (along * 40.0).cos() * 18.0;
        let y = 100.0 + (along * 37.0).sin() * 55.0 * (1.0 - along * 0.6);
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1), (2, 1), (1, 2)] {
            picture.put_pixel(x as u32 + dx, y as u32 + dy, Rgba([20, 30, 90, 255]));
        }
    }
    let mut bytes = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), ImageFormat::Png)?;
    Ok(bytes)
}

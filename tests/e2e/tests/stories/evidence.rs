//! What Dana captures at a stop: it belongs to that stop, it waits on her device as long as it has to, and it comes
//! to the server whole, however she is interrupted.

use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};
use sha2::{Digest as _, Sha256};
use waypost_client::codes::names;
use waypost_client::view::{LinkView, UploadClass, UploadEnd, UploadState};
use waypost_client::{
    Capture, CaptureError, Captured, Command, CommandError, Evidence, StopDone, TripCommand, View,
    codes_in,
};
use waypost_protocol::StopState::*;
use waypost_protocol::{EvidenceItem, EvidenceKind, Fix, GeoStamp, Sha256Hash, StopId};
use waypost_world::{On, Person, World};

use crate::trips::{does, on_the_board, plans, sees_stop};
use crate::venv::{script, system, tool};

crate::on_both! {
    pictures_taken_at_two_doors_without_a_network_end_at_the_right_ones
    what_was_captured_before_the_app_fell_is_there_and_goes_with_the_delivery
    a_device_that_is_revoked_keeps_what_it_captured_and_says_that_it_goes_nowhere
    a_picture_that_the_disk_has_damaged_is_told_and_holds_up_no_other
    a_label_is_read_and_where_it_was_scanned_goes_along
}

/// A picture of some colour, as a camera makes it.
fn photo(red: u8) -> Captured {
    let picture =
        RgbImage::from_fn(640, 480, |x, y| Rgb([red, (x % 251) as u8, ((x * y) % 241) as u8]));
    let mut bytes = Vec::new();
    let to = &mut std::io::Cursor::new(&mut bytes);
    picture.write_to(to, ImageFormat::Png).expect("a picture");
    Captured::Picture(bytes)
}

async fn captures(dana: &Person, stop: StopId, bytes: Captured) -> EvidenceItem {
    let at = Some(GeoStamp::without(Fix::None));
    let capture = Capture { stop, kind: EvidenceKind::Photo, bytes, text: String::new(), at };
    dana.client().capture(capture).await.expect("it is kept")
}

fn completes(stop: StopId, items: Vec<EvidenceItem>) -> TripCommand {
    let evidence = Some(Box::new(Evidence { items, ..Evidence::default() }));
    let done = Box::new(StopDone { evidence, ..StopDone::default() });
    TripCommand::MoveStop { stop, to: Completed, done }
}

fn all_is_brought(view: &View) -> bool {
    let mut files = view.uploads.files.iter();
    view.uploads.bytes_left == 0 && files.all(|file| file.ended == Some(UploadEnd::Done))
}

/// Where the server keeps a file.
fn kept(world: &World, sha256: Sha256Hash) -> PathBuf {
    let name = sha256.to_string();
    world.server.data().join("files").join(&name[..2]).join(&name)
}

fn assert_kept(world: &World, item: &EvidenceItem) {
    for file in item.original.iter().chain(&item.preview) {
        let bytes = std::fs::read(kept(world, file.sha256)).expect("the server has it");
        assert_eq!(Sha256Hash(Sha256::digest(&bytes).into()), file.sha256, "it is what it was");
    }
}

/// Pain 7, with pictures: taken in turn at two doors, sent in another order.
async fn pictures_taken_at_two_doors_without_a_network_end_at_the_right_ones(mut world: World) {
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let (_, stops) = plans(&omar, Some(&dana), &["Bakery Blum", "Harbour"]).await;
    sees_stop(&dana, stops[1], "her stops", |_| true).await;
    dana.goes_offline().await;
    let blum = captures(&dana, stops[0], photo(10)).await;
    let harbour = captures(&dana, stops[1], photo(20)).await;
    let blum_again = captures(&dana, stops[0], photo(30)).await;
    let wrong = completes(stops[1], vec![harbour.clone(), blum.clone()]);
    let refused = dana.client().send(Command::OfTrips(wrong)).await;
    assert_eq!(refused.err(), Some(CommandError::NotCapturedHere), "it is of another door");
    let at_blum = dana.client().captured(stops[0]).await.expect("what waits");
    assert_eq!(at_blum, [blum.clone(), blum_again.clone()]);
    does(&dana, completes(stops[1], vec![harbour.clone()])).await;
    does(&dana, completes(stops[0], at_blum)).await;
    assert_eq!(dana.client().captured(stops[0]).await.expect("nothing"), [], "it was said");
    let waits = |view: &View| view.uploads.files.len() == 6 && view.uploads.bytes_left > 0;
    let view = dana.sees("what is still to come", waits).await;
    let of = |stop| view.uploads.files.iter().filter(move |file| file.stop == Some(stop));
    assert_eq!((of(stops[0]).count(), of(stops[1]).count()), (4, 2));
    let in_small = |file: &&_| {
        matches!(file, &waypost_client::view::UploadView { class: UploadClass::Preview, .. })
    };
    assert!(view.uploads.files.iter().take(3).all(|file| in_small(&file)), "in small first");

    dana.goes_online().await;
    for stop in [stops[0], stops[1]] {
        on_the_board(&omar, stop, "that it is done", |it| it.state == Completed).await;
    }
    dana.sees("that all is brought", all_is_brought).await;
    for item in [&blum, &harbour, &blum_again] {
        assert_kept(&world, item);
    }
    world.ends([dana, omar]).await;
}

/// Pain 9: a photo that dies with the app or the network.
async fn what_was_captured_before_the_app_fell_is_there_and_goes_with_the_delivery(
    mut world: World,
) {
    let (mut dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let (_, stops) = plans(&omar, Some(&dana), &["Bakery Blum"]).await;
    sees_stop(&dana, stops[0], "her stop", |_| true).await;
    dana.goes_offline().await;
    let picture = captures(&dana, stops[0], photo(10)).await;
    let thrown_away = captures(&dana, stops[0], photo(20)).await;
    dana.client().throw_away(stops[0], thrown_away.clone()).await.expect("it is gone");
    let no_picture = Capture {
        stop: stops[0],
        kind: EvidenceKind::Photo,
        bytes: Captured::Picture(b"no picture at all".to_vec()),
        text: String::new(),
        at: None,
    };
    let refused = dana.client().capture(no_picture).await;
    assert!(matches!(refused, Err(CaptureError::NoPicture(_))), "{refused:?}");
    dana.is_killed();
    dana.starts_again().await;
    dana.goes_offline().await;
    let waiting = dana.client().captured(stops[0]).await.expect("what waits");
    assert_eq!(waiting, std::slice::from_ref(&picture));
    let sha256 = picture.original.as_ref().expect("bytes").sha256;
    let bytes = dana.client().file(sha256).await.expect("it opens").expect("it is here");
    assert_eq!(Sha256Hash(Sha256::digest(&bytes).into()), sha256);
    let gone = thrown_away.original.expect("bytes").sha256;
    assert_eq!(dana.client().file(gone).await.expect("it can look"), None, "thrown away");

    does(&dana, completes(stops[0], waiting)).await;
    dana.is_killed();
    world.server.kill().await;
    dana.starts_again().await;
    let waits = |view: &View| view.uploads.files.len() == 2 && view.uploads.bytes_left > 0;
    dana.sees("what is still to come", waits).await;
    world.server.start().await;
    dana.sees("that all is brought", all_is_brought).await;
    on_the_board(&omar, stops[0], "that it is done", |it| it.state == Completed).await;
    assert_kept(&world, &picture);
    world.ends([dana, omar]).await;
}

async fn a_device_that_is_revoked_keeps_what_it_captured_and_says_that_it_goes_nowhere(
    mut world: World,
) {
    let (mut dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let (_, stops) = plans(&omar, Some(&dana), &["Bakery Blum"]).await;
    sees_stop(&dana, stops[0], "her stop", |_| true).await;
    dana.goes_offline().await;
    let picture = captures(&dana, stops[0], photo(10)).await;
    does(&dana, completes(stops[0], vec![picture.clone()])).await;
    let enrolment = dana.view().me.enrolment.to_string();
    world.server.cli(&["revoke", &enrolment]).await.expect("her device is revoked");
    dana.does(Command::SetOnline { online: true }).await;
    let told = |view: &View| {
        let waits = view.uploads.bytes_left > 0 && view.uploads.state == UploadState::Waiting;
        view.link == LinkView::Revoked && view.waiting == 1 && waits
    };
    dana.sees("that it is revoked, and what did not go", told).await;
    let path = kept(&world, picture.original.as_ref().expect("bytes").sha256);
    assert!(!path.exists(), "the server takes nothing from a device that it does not know");
    dana.is_killed();
    dana.starts_again().await;
    let sha256 = picture.original.expect("bytes").sha256;
    assert!(dana.client().file(sha256).await.expect("it opens").is_some(), "nothing true is lost");
    dana.closes().await;
    world.ends([omar]).await;
}

async fn a_picture_that_the_disk_has_damaged_is_told_and_holds_up_no_other(mut world: World) {
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let (_, stops) = plans(&omar, Some(&dana), &["Bakery Blum"]).await;
    sees_stop(&dana, stops[0], "her stop", |_| true).await;
    dana.goes_offline().await;
    let bytes = |byte: u8| Captured::Bytes {
        bytes: vec![byte; 5_000],
        media_type: "application/octet-stream".into(),
    };
    let damaged = captures(&dana, stops[0], bytes(1)).await;
    let paths = |folder: &std::path::Path| {
        let found = std::fs::read_dir(folder).expect("a folder").flatten();
        found.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let beside = |path: &PathBuf| path.extension().is_some_and(|it| it == "files");
    let folder = paths(world.folder()).into_iter().find(beside).expect("her files");
    let first = paths(&folder).pop().expect("one file");
    let whole = captures(&dana, stops[0], bytes(2)).await;
    let mut shut = std::fs::read(&first).expect("a file");
    shut[17] ^= 1;
    std::fs::write(&first, shut).expect("a damaged file");
    does(&dana, completes(stops[0], vec![damaged.clone(), whole.clone()])).await;
    dana.goes_online().await;
    let ended = |view: &View, item: &EvidenceItem, end: UploadEnd| {
        let sha256 = item.original.as_ref().map(|file| file.sha256);
        let mut files = view.uploads.files.iter();
        files.any(|file| Some(file.sha256) == sha256 && file.ended == Some(end))
    };
    let both = |view: &View| {
        ended(view, &damaged, UploadEnd::Unreadable) && ended(view, &whole, UploadEnd::Done)
    };
    dana.sees("which of the two is damaged", both).await;
    on_the_board(&omar, stops[0], "that it is done", |it| it.state == Completed).await;
    assert_kept(&world, &whole);
    world.ends([dana, omar]).await;
}

/// A label as a printer makes it, and not as our reader would draw it.
fn label(world: &World, sscc: &str) -> Vec<u8> {
    let file = world.folder().join("label.png");
    let drawn = std::process::Command::new("zint")
        .args(["--barcode=GS1_128", "--gs1", "--scale=2", "--data", sscc, "--output"])
        .arg(&file)
        .status();
    assert!(drawn.is_ok_and(|status| status.success()), "no zint: run scripts/setup");
    std::fs::read(file).expect("a picture")
}

async fn a_label_is_read_and_where_it_was_scanned_goes_along(mut world: World) {
    let (mut dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let (_, stops) = plans(&omar, Some(&dana), &["Bakery Blum", "Harbour"]).await;
    sees_stop(&dana, stops[1], "her stops", |_| true).await;
    let sscc = "[00]340123450000000017";
    let read = codes_in(label(&world, sscc)).await.expect("a picture");
    assert!(matches!(&read[..], [code] if names(code, "340123450000000017")), "{read:?}");
    let none = codes_in(b"no picture at all".to_vec()).await;
    assert!(matches!(none, Err(CaptureError::NoPicture(_))), "{none:?}");

    // Nothing is noted where nobody has said that it should be.
    let scan = |stop| Capture {
        stop,
        kind: EvidenceKind::Scan,
        bytes: Captured::Nothing,
        text: read[0].text.clone(),
        at: None,
    };
    let kept = dana.client().capture(scan(stops[0])).await.expect("it is kept");
    assert_eq!(kept.at, None);
    dana.is_located_by("manual:52.52,13.405").await;
    let kept = dana.client().capture(scan(stops[0])).await.expect("it is kept");
    let stamp = kept.at.clone().expect("where it was");
    assert_eq!(stamp.fix, Fix::Current);
    let place = stamp.place.expect("a place");
    assert_eq!((place.latitude.0, place.longitude.0), (525_200_000, 134_050_000));
    does(&dana, completes(stops[0], vec![kept])).await;
    dana.is_located_by("nmea:/nowhere/at/all").await;
    let kept = dana.client().capture(scan(stops[1])).await.expect("it is kept");
    assert_eq!(kept.at.map(|it| it.fix), Some(Fix::None), "it looked, and did not know");
    dana.is_located_by("off").await;
    let kept = dana.client().capture(scan(stops[1])).await.expect("it is kept");
    assert_eq!(kept.at.map(|it| it.fix), Some(Fix::Denied), "she does not want it");
    on_the_board(&omar, stops[0], "that it is done", |it| it.state == Completed).await;
    world.ends([dana, omar]).await;
}

/// A delivery note that someone has photographed: what is printed on it in nine points can still be read.
#[tokio::test(flavor = "multi_thread")]
async fn small_print_on_a_photographed_page_stays_legible() {
    let mut world = World::new(On::Sqlite).await;
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let (_, stops) = plans(&omar, Some(&dana), &["Bakery Blum", "Harbour"]).await;
    sees_stop(&dana, stops[1], "her stops", |_| true).await;
    let shown = captures(&dana, stops[0], photo(10)).await;
    does(&dana, completes(stops[0], vec![shown])).await;
    on_the_board(&omar, stops[0], "that it is done", |it| it.state == Completed).await;
    dana.sees("that all is brought", all_is_brought).await;
    let file = |name: &str| world.folder().join(name);
    let (pages, picture, kept) = (file("note.pdf"), file("note.png"), file("kept.jpg"));
    let written = ["certificate", "write", &stops[0].to_string(), &pages.display().to_string()];
    world.server.cli(&written).await.expect("a printed page");
    runs(tool("python"), &[&script("photo_of_page.py"), &pages, &picture]);

    let photographed = Captured::Picture(std::fs::read(&picture).expect("a picture"));
    let item = captures(&dana, stops[1], photographed).await;
    let sha256 = item.original.expect("a file").sha256;
    let bytes = dana.client().file(sha256).await.expect("readable").expect("it is here");
    assert!(bytes.len() < 2_000_000, "{} bytes go over the air", bytes.len());
    std::fs::write(&kept, &bytes).expect("written");
    let read = runs(system("tesseract"), &[&kept, Path::new("-")]);
    for words in ["since the server has signed that record", "Names are what was", "Bakery Blum"] {
        assert!(read.contains(words), "`{words}` is not legible any more: {read}");
    }
    world.ends([dana, omar]).await;
}

/// What a program prints.
fn runs(program: PathBuf, arguments: &[&Path]) -> String {
    let output = std::process::Command::new(&program).args(arguments).output().expect("it starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", program.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

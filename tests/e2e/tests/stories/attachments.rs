//! Files that messages bring: sent without a network, read by those who want them, and gone with their message.

use std::time::Duration;

use image::{ImageFormat, Rgb, RgbImage};
use waypost_client::{Attachment, CaptureError, Captured, Command, FileCommand};
use waypost_protocol::{Body, ConversationId, FactId, File, Header};
use waypost_world::{Person, World};

crate::on_both! {
    a_picture_that_dana_sends_without_a_network_comes_to_omar_when_he_wants_it
    a_file_goes_on_coming_after_a_kill_and_goes_with_its_message
}

/// A picture that says more than fits into a message.
fn photo() -> Vec<u8> {
    let dots = |x: u32, y: u32| Rgb([(x * y % 251) as u8, (x ^ y) as u8, (y * 7 % 239) as u8]);
    let mut bytes = std::io::Cursor::new(Vec::new());
    RgbImage::from_fn(900, 700, dots).write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

fn brings(conversation: ConversationId, name: &str, bytes: Captured) -> Attachment {
    Attachment {
        conversation,
        name: name.into(),
        bytes,
        text: String::new(),
        answers: None,
        header: Header::default(),
    }
}

async fn sends(who: &Person, attachment: Attachment) -> FactId {
    let sent = who.client().attach(attachment).await.expect("it is kept");
    sent.id.expect("it makes a fact")
}

/// The file of a message, as it stands in a conversation.
async fn sees_file(who: &Person, conversation: ConversationId, message: FactId) -> File {
    who.opens(conversation).await;
    let message = who.sees_message(message, "a file", |_| true).await;
    match &message.body {
        Body::File { file, .. } => (**file).clone(),
        other => panic!("it brings a file, and not {other:?}"),
    }
}

async fn fetches(who: &Person, message: FactId) {
    let wanted = FileCommand::Fetch { message };
    who.client().send(Command::OfFiles(wanted)).await.expect("it is wanted");
}

/// The bytes of a file, once they are all here.
async fn has(who: &Person, file: &File) -> Vec<u8> {
    let mut views = who.client().view();
    let comes = async {
        loop {
            if let Some(bytes) = who.client().file(file.sha256).await.expect("readable") {
                return bytes;
            }
            views.changed().await.expect("the app runs");
        }
    };
    let comes = tokio::time::timeout(Duration::from_secs(60), comes).await;
    comes.unwrap_or_else(|_| panic!("{} does not come; {:?}", file.name, who.view().fetches))
}

async fn a_picture_that_dana_sends_without_a_network_comes_to_omar_when_he_wants_it(
    mut world: World,
) {
    let (dana, omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let chat = dana.with(&omar);
    dana.goes_offline().await;
    let sent = sends(&dana, brings(chat, "gate 5.png", Captured::Picture(photo()))).await;
    let hers = sees_file(&dana, chat, sent).await;
    assert_eq!((hers.name.as_str(), hers.media_type.as_str()), ("gate 5.jpg", "image/jpeg"));
    assert!(hers.travels() && hers.size > 24_576, "{} bytes", hers.size);
    let picture = dana.client().file(hers.sha256).await.expect("readable").expect("it is hers");
    let note = Captured::Bytes { bytes: b"Use gate 6".to_vec(), media_type: "text/plain".into() };
    let note = sends(&dana, brings(chat, "gate.txt", note)).await;
    let none = dana.client().attach(brings(chat, "x.png", Captured::Picture(vec![1]))).await;
    assert!(matches!(none, Err(CaptureError::NoPicture(_))), "{none:?}");

    dana.goes_online().await;
    let his = sees_file(&omar, chat, sent).await;
    assert_eq!(his, hers);
    assert_eq!(sees_file(&omar, chat, note).await.bytes.0, b"Use gate 6", "at once");
    assert_eq!(omar.client().file(his.sha256).await.expect("readable"), None, "nobody asked yet");
    fetches(&omar, sent).await;
    assert_eq!(has(&omar, &his).await, picture);
    dana.sees("that it is with the server", |view| view.uploads.bytes_left == 0).await;
    assert_eq!(dana.client().file(hers.sha256).await.expect("readable"), Some(picture), "stays");
    world.ends([dana, omar]).await;
}

async fn a_file_goes_on_coming_after_a_kill_and_goes_with_its_message(mut world: World) {
    let (dana, mut omar) = (world.driver("dana").await, world.dispatcher("omar").await);
    let chat = dana.with(&omar);
    let papers: Vec<u8> = (0..3_000_000_u32).map(|at| (at * 31 % 251) as u8).collect();
    let bytes = Captured::Bytes { bytes: papers.clone(), media_type: "application/pdf".into() };
    // He asks before she has brought it.
    dana.goes_offline().await;
    let sent = sends(&dana, brings(chat, "papers.pdf", bytes)).await;
    dana.goes_online().await;
    let file = sees_file(&omar, chat, sent).await;
    fetches(&omar, sent).await;
    omar.is_killed();
    omar.starts_again().await;
    assert_eq!(has(&omar, &file).await, papers);
    omar.is_killed();
    omar.starts_again().await;
    assert_eq!(has(&omar, &file).await, papers, "it stays");

    let let_go = Command::OfFiles(FileCommand::LetGo { message: sent });
    omar.client().send(let_go).await.expect("it is gone");
    assert_eq!(omar.client().file(file.sha256).await.expect("readable"), None, "he wanted it so");
    fetches(&omar, sent).await;
    assert_eq!(has(&omar, &file).await, papers, "and back");
    dana.does(Command::Delete { message: sent }).await;
    omar.opens(chat).await;
    let is_gone =
        |message: &waypost_client::view::MessageView| matches!(message.body, Body::Erased { .. });
    omar.sees_message(sent, "that it is deleted", is_gone).await;
    omar.is_killed();
    omar.starts_again().await;
    assert_eq!(omar.client().file(file.sha256).await.expect("readable"), None, "gone with it");
    world.ends([dana, omar]).await;
}

//! Each fleet words its own templates, and everyone reads them in their own language, also those who
//! were away when they were published.

use waypost_client::{Command, View};
use waypost_locales::{Catalogue, Locale, Template, Texts};
use waypost_protocol::{
    Argument, ArgumentType, Body, Contact, ConversationId, File, Header, Place, Role,
    TemplateArgument, TemplateDefinition, TemplateText,
};
use waypost_world::{Person, World};

crate::on_both! {
    who_was_offline_reads_a_new_template_in_their_own_language
    a_picture_made_offline_arrives_whole
}

fn ferry() -> TemplateDefinition {
    let text = |label: &str, text: &str| TemplateText {
        label: label.into(),
        text: text.into(),
        ..TemplateText::default()
    };
    TemplateDefinition {
        arguments: vec![TemplateArgument {
            name: "until".into(),
            holds: ArgumentType::TimeOfDay,
            options: Vec::new(),
        }],
        texts: [
            ("en".to_owned(), text("Ferry", "On the ferry until { $until }.")),
            ("pl".to_owned(), text("Prom", "Na promie do { $until }.")),
        ]
        .into(),
        used_by: vec![Role::Driver],
        ..TemplateDefinition::default()
    }
}

/// What a screen in this language makes of the last message.
fn reads(view: &View, locale: Locale) -> String {
    let published = view.templates.iter().map(|it| Template {
        id: it.template.clone(),
        version: it.version,
        definition: it.definition.clone(),
    });
    let texts = Texts::with(locale, Catalogue::with(published).into());
    let last = view.timeline.iter().flat_map(|open| &open.messages).last();
    match last.map(|message| &message.body) {
        Some(Body::Template { template, version, arguments, .. }) => {
            texts.render_template(template, *version, arguments)
        }
        other => format!("{other:?}"),
    }
}

async fn opens(person: &Person, chat: ConversationId) {
    person.opens(chat).await;
}

async fn who_was_offline_reads_a_new_template_in_their_own_language(mut world: World) {
    let dana = world.driver("dana").await;
    let mut omar = world.dispatcher("omar").await;
    let chat = dana.with(&omar);
    opens(&omar, chat).await;
    omar.goes_offline().await;

    world.publishes("ferry", &ferry()).await;
    dana.sees("the new template", |view| view.templates.len() == 1).await;
    dana.goes_offline().await;
    let message = Body::Template {
        template: "ferry".into(),
        version: 1,
        arguments: [("until".to_owned(), Argument::TimeOfDay(14 * 60 + 5))].into(),
        answers: None,
        header: Header::default(),
    };
    dana.does(Command::send(chat, message)).await;
    dana.goes_online().await;
    dana.is_level().await;

    omar.goes_online().await;
    omar.sees("what she says", |view| reads(view, Locale::Pl) == "Na promie do 14:05.").await;
    omar.is_killed();
    omar.starts_again().await;
    opens(&omar, chat).await;
    let view = omar.sees("the same", |view| view.timeline.is_some()).await;
    assert_eq!(reads(&view, Locale::En), "On the ferry until 14:05.");

    let mut newer = ferry();
    newer.texts.values_mut().for_each(|text| text.text = "Ferry: { $until }".into());
    world.publishes("ferry", &newer).await;
    let view = omar.sees("another version", |view| view.templates.len() == 2).await;
    assert_eq!(reads(&view, Locale::En), "On the ferry until 14:05.", "as she meant it");
    world.ends([dana, omar]).await;
}

async fn a_picture_made_offline_arrives_whole(mut world: World) {
    let mut dana = world.driver("dana").await;
    let omar = world.dispatcher("omar").await;
    let chat = dana.with(&omar);
    opens(&omar, chat).await;
    dana.goes_offline().await;
    let photo = File::of("damage.jpg", "image/jpeg", (0..24_000).map(|at| at as u8).collect());
    let (answers, header) = (None, Header::default());
    let message =
        Body::File { file: photo.into(), text: "Torn".into(), answers, header: header.clone() };
    let sent = dana.does(Command::send(chat, message.clone())).await.expect("it has an id");
    let place = Body::Location { place: Place::at(52.52, 13.405), answers, header: header.clone() };
    dana.does(Command::send(chat, place)).await;
    let phone = Some("+48 22 555 01 00".into());
    let ewa = Contact { name: "Ewa".into(), phone, ..Contact::default() };
    dana.does(Command::send(chat, Body::Contact { contact: ewa.into(), answers, header })).await;
    dana.is_killed();
    dana.starts_again().await;

    let shown = omar.sees_message(sent, "her picture", |message| message.n.is_some()).await;
    assert_eq!(shown.body, message);
    omar.sees("all three", |view| {
        let talk = view.conversations.iter().find(|it| it.id == chat);
        talk.is_some_and(|it| it.unread == 3)
    })
    .await;
    omar.reads(chat).await;
    opens(&dana, chat).await;
    dana.sees_message(sent, "that he has read it", |message| {
        message.receipts.iter().any(|row| row.read_at.is_some())
    })
    .await;
    world.ends([dana, omar]).await;
}

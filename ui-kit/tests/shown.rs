//! What Dana and Omar are told, from the same record.

use expect_test::{Expect, expect};
use slint::{Model as _, VecModel};
use waypost_client::View;
use waypost_client::view::{LinkPath, LinkView};
use waypost_locales::{Locale, Texts};
use waypost_protocol::{Body, ReceiptState};
use waypost_ui_kit::samples::{self, at};
use waypost_ui_kit::{
    Filter, ReadMarks, banner, bubbles, key_file, notices, receipts, refused, roster, update,
};

fn banner_says(view: View, expected: Expect) {
    let said = Locale::ALL.map(|locale| {
        let banner = banner(&view, &Texts::of(locale), samples::here().clock());
        let said =
            format!("{:?} {:?} {} | {}", banner.sign, banner.tone, banner.title, banner.detail);
        // The marks around words of another direction cannot be seen.
        said.replace(['\u{2068}', '\u{2069}'], "")
    });
    expected.assert_eq(&said.join("\n"));
}

fn linked(link: LinkView) -> View {
    View { link, waiting: 2, ..samples::dana() }
}

#[test]
fn the_banner_tells_each_state_of_the_link_and_what_comes_next() {
    let online = |path, catching_up| linked(LinkView::Online { path, catching_up });
    banner_says(
        online(LinkPath::Mqtt, true),
        expect![[r#"
            Live Plain Online | 2 messages waiting · Fetching what you missed…
            Live Plain Online | 2 Nachrichten warten · Verpasstes wird geholt…
            Live Plain Połączono | 2 wiadomości czekają · Pobieranie zaległych wiadomości…
            Live Plain Online | 2 mesaje în așteptare · Se preia ce a venit între timp…
            Live Plain Çevrimiçi | 2 mesaj bekliyor · Kaçırdıklarınız alınıyor…
            Live Plain Онлайн | 2 повідомлення в черзі · Завантаження пропущеного…
            Live Plain En línea | 2 mensajes en espera · Poniéndose al día…
            Live Plain En ligne | 2 messages en attente · Récupération des messages manqués…
            Live Plain متصل | رسالتان في الانتظار · جارٍ جلب ما فاتك…"#]],
    );
    banner_says(
        online(LinkPath::Https, false),
        expect![[r#"
            Slow Plain Online, slower | 2 messages waiting · Only HTTPS gets through: news comes at intervals.
            Slow Plain Online, langsamer | 2 Nachrichten warten · Nur HTTPS kommt durch: Neues kommt in Abständen.
            Slow Plain Połączono, wolniej | 2 wiadomości czekają · Przechodzi tylko HTTPS: nowości przychodzą co pewien czas.
            Slow Plain Online, mai lent | 2 mesaje în așteptare · Trece doar HTTPS: noutățile vin la intervale.
            Slow Plain Çevrimiçi, daha yavaş | 2 mesaj bekliyor · Yalnızca HTTPS çalışıyor: yenilikler aralıklarla gelir.
            Slow Plain Онлайн, повільніше | 2 повідомлення в черзі · Проходить лише HTTPS: нові повідомлення надходять періодично.
            Slow Plain En línea, más lento | 2 mensajes en espera · Solo funciona HTTPS: lo nuevo llega cada cierto tiempo.
            Slow Plain En ligne, plus lent | 2 messages en attente · Seul HTTPS passe : les nouveautés arrivent par intervalles.
            Slow Plain متصل، لكن أبطأ | رسالتان في الانتظار · لا يعمل سوى HTTPS: تصل المستجدات على فترات."#]],
    );
    banner_says(
        linked(LinkView::Offline { retry_at: Some(at(0) + 5_000) }),
        expect![[r#"
            Off Warn Offline | 2 messages waiting · Next try 08:00:05
            Off Warn Offline | 2 Nachrichten warten · Nächster Versuch 08:00:05
            Off Warn Brak sieci | 2 wiadomości czekają · Następna próba 08:00:05
            Off Warn Offline | 2 mesaje în așteptare · Se reîncearcă la 08:00:05
            Off Warn Çevrimdışı | 2 mesaj bekliyor · Sonraki deneme: 08:00:05
            Off Warn Офлайн | 2 повідомлення в черзі · Наступна спроба: 08:00:05
            Off Warn Sin conexión | 2 mensajes en espera · Próximo intento: 08:00:05
            Off Warn Hors ligne | 2 messages en attente · Prochain essai : 08:00:05
            Off Warn غير متصل | رسالتان في الانتظار · المحاولة التالية: 08:00:05"#]],
    );
    banner_says(
        linked(LinkView::Revoked),
        expect![[r#"
            Revoked Bad This device is signed off | 2 messages waiting · It can no longer send or receive. Ask dispatch for a new link.
            Revoked Bad Dieses Gerät ist abgemeldet | 2 Nachrichten warten · Es kann nicht mehr senden oder empfangen. Bitten Sie die Disposition um einen neuen Link.
            Revoked Bad To urządzenie jest wyrejestrowane | 2 wiadomości czekają · Nie może już wysyłać ani odbierać. Poproś dyspozytora o nowy link.
            Revoked Bad Acest dispozitiv nu mai este înregistrat | 2 mesaje în așteptare · Nu mai poate trimite și nici primi mesaje. Cereți dispeceratului un link nou.
            Revoked Bad Bu cihazın kaydı silindi | 2 mesaj bekliyor · Artık mesaj gönderemez ve alamaz. Sevk merkezinden yeni bir link isteyin.
            Revoked Bad Реєстрацію пристрою скасовано | 2 повідомлення в черзі · Пристрій більше не може надсилати й приймати повідомлення. Попросіть у диспетчера нове посилання.
            Revoked Bad Este dispositivo está dado de baja | 2 mensajes en espera · Ya no puede enviar ni recibir. Pida un enlace nuevo a la central.
            Revoked Bad Cet appareil est désactivé | 2 messages en attente · Il ne peut plus rien envoyer ni recevoir. Demandez un nouveau lien à l’exploitation.
            Revoked Bad أُلغي تفعيل هذا الجهاز | رسالتان في الانتظار · لم يعد بإمكانه الإرسال أو الاستقبال. يُرجى طلب رابط جديد من مركز العمليات."#]],
    );
}

#[test]
fn a_device_that_cannot_keep_what_is_tapped_says_so() {
    let view =
        View { store_trouble: Some("disk full".into()), outbox_full: true, ..samples::dana() };
    let told = notices(&view, &Texts::of(Locale::En));
    assert!(told.store_detail.contains("not kept") && told.store_detail.contains("disk full"));
    assert!(!told.full.is_empty());
    assert_eq!(notices(&samples::dana(), &Texts::of(Locale::En)), Default::default());
}

fn lines(view: &View, limit: usize) -> String {
    let shown = bubbles(view, &Texts::of(Locale::En), samples::here().clock(), limit);
    let line = |row: waypost_ui_kit::Bubble| {
        let who = if row.mine { "me".into() } else { row.author };
        let more = if row.can_acknowledge { " [Acknowledge]" } else { "" };
        format!(
            "{}{who}: {} {} {}{}{more}",
            row.day, row.text, row.time, row.state_text, row.warning
        )
    };
    shown.rows.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn dana_sees_how_far_each_of_her_messages_has_come() {
    expect![[r#"
        Today: Good morning Dana. Eight stops today, dock 3 first. 06:58  [Acknowledge]
        me: On my way 07:00 Acknowledged 07:02
        : Your route has changed: the bridge on Route 9 is closed, take the A4. 07:19 
        me: I have arrived. 07:27 Read 07:28
        me: Delivered. 07:39 Delivered 07:39
        : Nordkai asks for you before 10:15. The gate code is now 4471#. 07:48  [Acknowledge]
        me: I am running 15 minutes late. 07:54 Sent
        me: The customer is not here. 07:58 Waiting"#]]
    .assert_eq(&lines(&samples::dana(), 60));
}

#[test]
fn omar_sees_how_many_have_it_and_whose_clock_was_wrong() {
    expect![[r#"
        Todayme: Good morning all. The first dock opens at 08:30 today. 06:55 Acknowledged 2 of 3
        Dana Kowalska: Good, I start with Nordkai then. 07:00  [Acknowledge]
        Ayo Balogun: I am running 10 minutes late. 07:08  [Acknowledge]
        me: Your route has changed: the bridge on Route 9 is closed, take the A4. 07:19 Acknowledged 1 of 3
        Marek Wójcik: Already past it, thank you. 07:30 Clock was wrong, recorded 07:31 [Acknowledge]
        me: Please confirm that you have read this. 07:56 Delivered 2 of 3"#]]
    .assert_eq(&lines(&samples::omar(), 60));
}

#[test]
fn a_long_conversation_shows_its_newest_part_and_offers_the_rest() {
    let shown = bubbles(&samples::dana(), &Texts::of(Locale::En), samples::here().clock(), 3);
    assert!(shown.has_earlier);
    assert_eq!(shown.rows.len(), 3);
    assert_eq!(shown.rows[0].day, "Today", "the first line shown has no day above it");
}

#[test]
fn the_receipts_of_a_message_name_each_recipient_with_times() {
    let view = samples::omar();
    let message = &view.timeline.as_ref().unwrap().messages[3];
    let rows = receipts(message, &Texts::of(Locale::De), samples::here().clock());
    let row = |at: usize| (rows[at].name.as_str(), rows[at].state, rows[at].state_text.as_str());
    assert_eq!(row(0), ("Dana Kowalska", ReceiptState::Acknowledged, "Bestätigt 07:21"));
    assert_eq!(row(1), ("Ayo Balogun", ReceiptState::Read, "Gelesen 07:20"));
    assert_eq!(row(2), ("Marek Wójcik", ReceiptState::Accepted, "Gesendet"));
    assert_eq!((&*rows[1].delivered, &*rows[1].acknowledged), ("07:19", ""));
}

#[test]
fn omar_finds_everyone_and_dana_finds_dispatch() {
    let texts = Texts::of(Locale::En);
    let clock = samples::here().clock();
    let titles = |view: &View, filter| {
        let list = roster(view, &texts, clock, filter);
        list.into_iter().map(|partner| partner.title).collect::<Vec<_>>()
    };
    let omar = samples::omar();
    let everyone = ["Early shift", "Dana Kowalska", "Ayo Balogun", "Ines Fischer", "Marek Wójcik"];
    assert_eq!(titles(&omar, Filter::Staff("")), everyone);
    assert_eq!(titles(&omar, Filter::Staff(" WÓJ")), ["Marek Wójcik"]);
    assert_eq!(
        titles(&samples::dana(), Filter::Driver),
        ["Omar Haddad", "Early shift", "Ines Fischer"]
    );
    let marek = roster(&omar, &texts, clock, Filter::Staff("Marek")).remove(0);
    assert_eq!((marek.online, marek.since.as_str()), (Some(false), "Last seen 06:41"));
}

#[test]
fn a_refusal_says_where_to_why_and_what_now() {
    let rows = refused(&samples::dana_in_trouble(), &Texts::of(Locale::Pl));
    assert_eq!(rows[1].to, "Do: Early shift");
    assert_eq!(rows[1].text, "Jestem na miejscu.");
    assert_eq!(rows[1].happened, "To, czego dotyczy wiadomość, już nie istnieje.");
    assert!(!rows[1].remedy.is_empty());
}

#[test]
fn nothing_is_marked_as_read_that_has_no_number_or_was_not_seen() {
    let mut view = samples::dana();
    view.conversations[0].unread = 1;
    let mut marks = ReadMarks::default();
    assert_eq!(marks.due(&view, false), None);
    assert!(marks.due(&view, true).is_some());
    assert_eq!(marks.due(&view, true), None);
    view.timeline = None;
    assert_eq!(ReadMarks::default().due(&view, true), None);
}

#[test]
fn a_fact_of_a_newer_version_is_shown_as_one() {
    let body = Body::Unknown { number: 99, bytes: String::new() };
    let text = waypost_ui_kit::body_text(&body, &Texts::of(Locale::En));
    assert!(text.contains("newer version"));
}

#[test]
fn a_list_changes_only_where_it_differs() {
    let model = VecModel::from(vec![(1, 'a'), (2, 'b'), (3, 'c')]);
    for rows in [
        vec![(1, 'a'), (2, 'x'), (3, 'c'), (4, 'd')],
        vec![(3, 'c'), (1, 'a')],
        vec![],
        vec![(5, 'e'), (6, 'f')],
        vec![(6, 'f'), (7, 'g'), (5, 'e')],
    ] {
        update(&model, rows.clone(), |row| row.0);
        assert_eq!(model.iter().collect::<Vec<_>>(), rows);
    }
}

#[test]
fn the_key_of_a_store_is_made_once_and_only_its_owner_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("new").join("field.db");
    let key = key_file::open(&store).unwrap();
    assert_eq!(key_file::open(&store).unwrap(), key, "a new key locks the driver out of the store");
    assert_ne!(key, [0; key_file::KEY_BYTES]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = key_file::path_of(&store).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::write(key_file::path_of(&store), b"short").unwrap();
    assert!(key_file::open(&store).is_err(), "a damaged key was replaced: the store is lost");
}

use std::sync::Mutex;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use waypost_protocol::Fix;

use super::*;

const QUICK: Pace = Pace {
    silence: Duration::from_millis(100),
    first_pause: Duration::from_millis(1),
    last_pause: Duration::from_millis(10),
};

const FIX: &[u8] = b"{\"class\":\"TPV\",\"mode\":3,\"lat\":52.52,\"lon\":13.405}\n";
const NO_FIX: &[u8] = b"{\"class\":\"TPV\",\"mode\":1}\n";

async fn soon<T>(what: &str, it: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(30), it).await.unwrap_or_else(|_| panic!("never came: {what}"))
}

async fn becomes(positions: &Positions, state: State) -> Known {
    let mut watch = positions.watch();
    let known = soon(&format!("{state:?}"), watch.wait_for(|known| known.state == state)).await;
    known.unwrap().clone()
}

/// A gpsd of which the test is the mind, and positions that follow it.
async fn gpsd(pace: Pace) -> (TcpListener, Positions) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let source = format!("gpsd://{address}").parse().unwrap();
    (listener, Positions::start_at(source, || 5_000, pace))
}

/// The next connection, which is asked to tell.
async fn client(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = soon("a connection", listener.accept()).await.unwrap();
    hears(&mut stream, "?WATCH={\"enable\":true,\"json\":true};\n").await;
    stream
}

async fn hears(stream: &mut TcpStream, text: &str) {
    let mut heard = vec![0; text.len()];
    soon(text, stream.read_exact(&mut heard)).await.unwrap();
    assert_eq!(String::from_utf8(heard).unwrap(), text);
}

#[tokio::test]
async fn a_refused_device_is_told_from_one_that_is_not_there_and_both_are_tried_again() {
    let publisher = Publisher::new(Known::default(), || 5_000);
    let fix = Heard::At(Reading::default());
    publisher.hears(fix);
    let seen = Mutex::new(Vec::new());
    let open = || {
        let known = publisher.known().borrow().clone();
        let mut seen = seen.lock().unwrap();
        seen.push((known.state, known.stamp(5_000).fix));
        let result = match seen.len() {
            1 | 3 => Err(io::Error::from(io::ErrorKind::PermissionDenied)),
            2 => Err(io::Error::from(io::ErrorKind::NotFound)),
            _ => Ok(()),
        };
        std::future::ready(result)
    };
    soon("the end", keep(open, &publisher, &QUICK)).await;
    let expected = [
        (State::Knows, Fix::Current),
        (State::NotAllowed, Fix::Denied),
        (State::Unreachable, Fix::None),
        (State::NotAllowed, Fix::Denied),
    ];
    assert_eq!(*seen.lock().unwrap(), expected, "who is refused remembers nothing");
}

#[test]
fn pauses_grow_to_half_a_minute() {
    let pauses: Vec<_> = (1..=8).map(|failures| pause(failures, &PACE).as_millis()).collect();
    assert_eq!(pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    assert_eq!(pause(u32::MAX, &PACE), PACE.last_pause);
}

#[tokio::test]
async fn a_gpsd_that_ends_is_found_again() {
    let (listener, positions) = gpsd(QUICK).await;
    for _ in 0..3 {
        let mut stream = client(&listener).await;
        stream.write_all(FIX).await.unwrap();
        becomes(&positions, State::Knows).await;
        drop(stream);
        let known = becomes(&positions, State::Unreachable).await;
        assert!(known.last.is_some());
    }
}

#[tokio::test]
async fn a_gpsd_without_positions_is_asked_and_one_that_does_not_answer_is_left() {
    let (listener, positions) = gpsd(QUICK).await;
    let mut stream = client(&listener).await;
    stream.write_all(FIX).await.unwrap();
    becomes(&positions, State::Knows).await;
    becomes(&positions, State::NoFix).await;
    for _ in 0..3 {
        hears(&mut stream, "?VERSION;\n").await;
        stream.write_all(b"{\"class\":\"VERSION\",\"release\":\"3.22\"}\n").await.unwrap();
    }
    hears(&mut stream, "?VERSION;\n").await;
    becomes(&positions, State::Unreachable).await;
    let _again = client(&listener).await;
}

#[tokio::test]
async fn who_says_no_fix_has_none_and_knows_again_later() {
    // Silence alone would say the same.
    let (listener, positions) = gpsd(Pace { silence: Duration::from_secs(600), ..PACE }).await;
    let mut stream = client(&listener).await;
    for (report, state) in [(FIX, State::Knows), (NO_FIX, State::NoFix), (FIX, State::Knows)] {
        stream.write_all(report).await.unwrap();
        becomes(&positions, state).await;
    }
}

#[tokio::test]
async fn nonsense_from_gpsd_is_passed_over() {
    let (listener, positions) = gpsd(PACE).await;
    let mut stream = client(&listener).await;
    let mut nonsense =
        b"\xff\xfe\0garbage\n{\"class\":\"TPV\",\"mode\":3,\"lat\":91,\"lon\":13.4}\n".to_vec();
    nonsense.resize(1_000_000, b'{');
    nonsense.push(b'\n');
    stream.write_all(&nonsense).await.unwrap();
    stream.write_all(FIX).await.unwrap();
    let known = becomes(&positions, State::Knows).await;
    assert_eq!(known.last.unwrap().place, Place::at(52.52, 13.405));
}

#[tokio::test]
async fn the_switch_closes_the_source_and_opens_it_again() {
    let (listener, positions) = gpsd(PACE).await;
    let mut stream = client(&listener).await;
    stream.write_all(FIX).await.unwrap();
    becomes(&positions, State::Knows).await;
    assert_eq!(positions.stamp().fix, Fix::Current);
    positions.allow(false);
    assert_eq!(positions.stamp(), GeoStamp::without(Fix::Denied), "at once");
    let end = soon("the end of the connection", stream.read(&mut [0; 8])).await;
    assert!(matches!(end, Ok(0) | Err(_)), "nobody listens any more");
    positions.allow(true);
    assert_eq!(positions.stamp(), GeoStamp::without(Fix::None), "what was before is forgotten");
    let mut stream = client(&listener).await;
    stream.write_all(FIX).await.unwrap();
    becomes(&positions, State::Knows).await;
}

#[tokio::test]
async fn who_is_dropped_lets_go() {
    let (listener, positions) = gpsd(PACE).await;
    let mut stream = client(&listener).await;
    drop(positions);
    let end = soon("the end of the connection", stream.read(&mut [0; 8])).await;
    assert!(matches!(end, Ok(0) | Err(_)));
}

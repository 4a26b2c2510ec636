//! A receiver on a serial line, in a pipe or in a file, read line by line.

use std::io;
use std::path::Path;

use serial2_tokio::SerialPort;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::{Instant, timeout_at};

use crate::lines::Lines;
use crate::positions::Pace;
use crate::publisher::{Heard, Publisher};
use crate::sentences::Sentences;

/// Follows a receiver until it is pulled out, or to the end of a file.
///
/// # Errors
/// If it cannot be opened, or not be read any more.
pub(crate) async fn follow(
    path: &Path,
    baud: u32,
    publisher: &Publisher,
    pace: &Pace,
) -> io::Result<()> {
    if is_file(path).await? {
        // Read once: to begin again would tell old positions as new ones.
        return listen(File::open(path).await?, publisher, pace).await;
    }
    listen(open(path, baud).await?, publisher, pace).await?;
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the receiver is gone"))
}

/// What is said there becomes known, until there is no more.
async fn listen(
    mut input: impl AsyncRead + Unpin,
    publisher: &Publisher,
    pace: &Pace,
) -> io::Result<()> {
    publisher.reaches();
    let (mut lines, mut sentences) = (Lines::default(), Sentences::default());
    let mut buffer = vec![0; 4096];
    let mut deadline = Instant::now() + pace.silence;
    loop {
        let Ok(read) = timeout_at(deadline, input.read(&mut buffer)).await else {
            publisher.hears(Heard::NoFix);
            deadline = Instant::now() + pace.silence;
            continue;
        };
        let read = match read? {
            0 => return Ok(()),
            read => read,
        };
        lines.feed(&buffer[..read], |line| {
            if sentences.read(line).is_some_and(|heard| publisher.hears(heard)) {
                deadline = Instant::now() + pace.silence;
            }
        });
    }
}

#[cfg(unix)]
async fn is_file(path: &Path) -> io::Result<bool> {
    Ok(tokio::fs::metadata(path).await?.is_file())
}

#[cfg(unix)]
async fn open(path: &Path, baud: u32) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
    use std::os::unix::fs::FileTypeExt as _;

    let kind = tokio::fs::metadata(path).await?.file_type();
    match (kind.is_char_device(), kind.is_fifo()) {
        (true, _) => Ok(Box::new(serial(path, baud)?)),
        (_, true) => Ok(Box::new(pipe(path)?)),
        _ => {
            let what = "neither a serial line nor a pipe nor a file";
            Err(io::Error::new(io::ErrorKind::InvalidInput, what))
        }
    }
}

/// With a writer of its own a pipe stays open while those at the other end come and go. Who may only read it gets
/// along without.
#[cfg(unix)]
fn pipe(path: &Path) -> io::Result<tokio::net::unix::pipe::Receiver> {
    let mut options = tokio::net::unix::pipe::OpenOptions::new();
    #[cfg(any(target_os = "linux", target_os = "android"))]
    match options.read_write(true).open_receiver(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => options.read_write(false),
        opened => return opened,
    };
    options.open_receiver(path)
}

/// Ports of Windows have a name, but no place among the files.
#[cfg(not(unix))]
async fn is_file(path: &Path) -> io::Result<bool> {
    Ok(tokio::fs::metadata(path).await.is_ok_and(|it| it.is_file()))
}

#[cfg(not(unix))]
async fn open(path: &Path, baud: u32) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
    Ok(Box::new(serial(path, baud)?))
}

fn serial(path: &Path, baud: u32) -> io::Result<SerialPort> {
    let port = SerialPort::open(path, baud)?;
    // What has waited there since nobody listened is of another time.
    port.discard_input_buffer()?;
    Ok(port)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncWriteExt as _;
    use tokio::time::timeout;

    use super::*;
    use crate::{Known, State};

    const BERLIN: &[u8] =
        b"$GPRMC,093500.00,A,5231.2000,N,01324.3000,E,20.0,000.0,301126,,,A*64\r\n";

    #[tokio::test]
    async fn a_receiver_that_falls_silent_or_talks_of_something_else_knows_nothing() {
        let ms = Duration::from_millis;
        let pace = Pace { silence: ms(50), first_pause: ms(1), last_pause: ms(1) };
        let publisher = Publisher::new(Known::default(), || 5_000);
        let (mut receiver, line) = tokio::io::duplex(256);
        let story = async {
            let mut known = publisher.known();
            for chatter in [b"".as_slice(), b"$GPGSV,1,1,00*79\r\n"] {
                receiver.write_all(BERLIN).await.unwrap();
                known.wait_for(|known| known.state == State::Knows).await.unwrap();
                let chat = async {
                    loop {
                        receiver.write_all(chatter).await.unwrap();
                        tokio::task::yield_now().await;
                    }
                };
                tokio::select! {
                    () = chat => {}
                    lost = known.wait_for(|known| known.state == State::NoFix) => drop(lost.unwrap()),
                }
            }
        };
        let all = async {
            tokio::select! {
                end = listen(line, &publisher, &pace) => panic!("it goes on: {end:?}"),
                () = story => {}
            }
        };
        timeout(Duration::from_secs(30), all).await.expect("silence is noticed");
    }

    #[tokio::test]
    async fn a_log_ends_by_itself_and_what_is_not_there_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), BERLIN).unwrap();
        let publisher = Publisher::new(Known::default(), || 5_000);
        let pace = Pace {
            silence: Duration::from_secs(15),
            first_pause: Duration::ZERO,
            last_pause: Duration::ZERO,
        };
        follow(file.path(), 9_600, &publisher, &pace).await.unwrap();
        assert_eq!(publisher.known().borrow().state, State::Knows);
        let gone = follow(&file.path().join("x"), 9_600, &publisher, &pace).await;
        assert!(gone.is_err());
    }
}

//! The bytes of one connection, with buffers that take no memory while it is idle. It knows
//! nothing of packets, nor of what carries the bytes.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf};
use tokio::time::timeout;

/// Read at a time.
const CHUNK_BYTES: usize = 8 * 1024;

/// A closing connection may take this long to take the last bytes.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// What was read and is not understood yet.
pub(crate) struct Incoming<S> {
    half: ReadHalf<S>,
    pub(crate) buffer: BytesMut,
}

/// What is written and not sent yet.
pub(crate) struct Outgoing<S> {
    half: WriteHalf<S>,
    pub(crate) buffer: BytesMut,
    unflushed: bool,
}

pub(crate) fn split<S: AsyncRead + AsyncWrite>(stream: S) -> (Incoming<S>, Outgoing<S>) {
    let (read, write) = tokio::io::split(stream);
    (
        Incoming { half: read, buffer: BytesMut::new() },
        Outgoing { half: write, buffer: BytesMut::new(), unflushed: false },
    )
}

impl<S: AsyncRead> Incoming<S> {
    /// Waits for bytes and says how many came; 0 is the end. Losing the future loses nothing.
    pub(crate) async fn read(&mut self) -> io::Result<usize> {
        poll_fn(|context| {
            // On the stack of this poll, so that waiting costs no buffer.
            let mut chunk = [MaybeUninit::uninit(); CHUNK_BYTES];
            let mut chunk = ReadBuf::uninit(&mut chunk);
            ready!(Pin::new(&mut self.half).poll_read(context, &mut chunk))?;
            self.buffer.extend_from_slice(chunk.filled());
            Poll::Ready(Ok(chunk.filled().len()))
        })
        .await
    }

    /// Gives memory back if nothing is left to understand.
    pub(crate) fn shrink(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }
}

impl<S: AsyncWrite> Outgoing<S> {
    /// Whether something waits for the client to take it.
    pub(crate) fn is_pending(&self) -> bool {
        self.unflushed || !self.buffer.is_empty()
    }

    /// Sends some of it. Losing the future loses nothing.
    pub(crate) async fn write(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            poll_fn(|context| Pin::new(&mut self.half).poll_flush(context)).await?;
            self.unflushed = false;
            return Ok(());
        }
        let sent =
            poll_fn(|context| Pin::new(&mut self.half).poll_write(context, &self.buffer)).await?;
        if sent == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.buffer.advance(sent);
        self.unflushed = true;
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
        Ok(())
    }

    /// Sends what is left, if the client takes it soon, and ends the connection.
    pub(crate) async fn close(mut self) {
        let last = async {
            while self.is_pending() {
                self.write().await?;
            }
            self.half.shutdown().await
        };
        // Who does not take it is cut off.
        let _ = timeout(CLOSE_TIMEOUT, last).await;
    }
}

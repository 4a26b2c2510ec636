//! Files and who uploads them.

use std::sync::LazyLock;

use bytes::Bytes;
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};
use tokio::time::Interval;
use waypost_protocol::{Body, File as Promised, Header, Sha256Hash};

use super::tus::{Door, Line};

/// Bytes of one PATCH.
pub(super) const PIECE: usize = 1024 * 1024;

/// What all files are made of, but for their beginning: so a hundred of them need the memory of one.
static FILLING: LazyLock<Bytes> = LazyLock::new(|| {
    let mut bytes = vec![0; PIECE];
    rand::rng().fill_bytes(&mut bytes);
    bytes.into()
});

/// A file that no other is equal to.
pub(super) struct File {
    beginning: Bytes,
    pieces: usize,
    sha256: Sha256Hash,
}

impl File {
    fn new(pieces: usize) -> Self {
        let mut beginning = FILLING.to_vec();
        rand::rng().fill_bytes(&mut beginning[..32]);
        let mut hash = Sha256::new_with_prefix(&beginning);
        (1..pieces).for_each(|_| hash.update(&*FILLING));
        Self { beginning: beginning.into(), pieces, sha256: Sha256Hash(hash.finalize().into()) }
    }

    fn size(&self) -> usize {
        self.pieces * PIECE
    }

    fn piece(&self, at: usize) -> Bytes {
        if at == 0 { self.beginning.clone() } else { FILLING.clone() }
    }

    /// Uploads as many of its pieces as this, in step with `pace` if there is one; where it goes on.
    pub(super) async fn upload(
        &self,
        line: &mut Line,
        pieces: usize,
        pace: &mut Option<Interval>,
    ) -> anyhow::Result<String> {
        let place = line.begin(self.size(), &self.sha256.to_string()).await?;
        for at in 0..pieces {
            if let Some(pace) = pace {
                pace.tick().await;
            }
            let offset = line.add(&place, at * PIECE, self.piece(at)).await?;
            anyhow::ensure!(offset == (at + 1) * PIECE, "{place} is at {offset}");
        }
        Ok(place)
    }

    /// Uploads all of it.
    pub(super) async fn upload_all(
        &self,
        line: &mut Line,
        pace: &mut Option<Interval>,
    ) -> anyhow::Result<()> {
        self.upload(line, self.pieces, pace).await.map(drop)
    }

    fn promise(&self) -> anyhow::Result<Vec<u8>> {
        let file = Promised {
            name: "proof.jpg".into(),
            media_type: "image/jpeg".into(),
            size: self.size() as u64,
            sha256: self.sha256,
            bytes: waypost_protocol::Bytes::default(),
            voice: None,
        };
        let (text, answers, header) = (String::new(), None, Header::default());
        let said = Body::File { file: file.into(), text, answers, header };
        Ok(serde_json::to_vec(&said)?)
    }
}

/// Someone who uploads.
#[derive(Clone)]
pub(super) struct Uploader {
    /// Where.
    pub(super) door: Door,
    /// Where they say before what they will bring, if that is asked for.
    pub(super) promises_at: Option<String>,
}

impl Uploader {
    pub(super) async fn connect(&self) -> anyhow::Result<Line> {
        Line::open(&self.door).await
    }

    /// Files of this size that may be uploaded.
    pub(super) async fn files(&self, count: usize, pieces: usize) -> anyhow::Result<Vec<File>> {
        let files: Vec<_> = (0..count).map(|_| File::new(pieces)).collect();
        if self.promises_at.is_some() {
            let mut line = self.connect().await?;
            for file in &files {
                self.promise(&mut line, file).await?;
            }
        }
        Ok(files)
    }

    /// One more of them, over a line that is there.
    pub(super) async fn file(&self, line: &mut Line, pieces: usize) -> anyhow::Result<File> {
        let file = File::new(pieces);
        self.promise(line, &file).await?;
        Ok(file)
    }

    async fn promise(&self, line: &mut Line, file: &File) -> anyhow::Result<()> {
        match &self.promises_at {
            Some(path) => line.say(path, file.promise()?).await,
            None => Ok(()),
        }
    }
}

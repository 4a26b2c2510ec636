//! Files beside the store: each one sealed with a key of its own, which the store has. Without the store nobody can
//! read them, and whoever deletes the key has deleted the file.
//!
//! A file is cut into segments of 64 KiB, each sealed by ChaCha20-Poly1305 (RFC 8439) under its number, so that any
//! part can be read without the rest, and none can be left out, moved or changed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use waypost_engine::FETCH_UNIT;
use waypost_protocol::Sha256Hash;

const SEGMENT: usize = FETCH_UNIT as usize;
const TAG: usize = 16;

/// The folder of files of one store.
#[derive(Clone)]
pub(crate) struct Files {
    folder: PathBuf,
}

/// A file that lies in the folder.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) sha256: Sha256Hash,
    pub(crate) size: u64,
    pub(crate) name: Uuid,
    pub(crate) key: [u8; 32],
}

impl Files {
    /// Beside the store of this path.
    pub(crate) fn beside(store: &Path) -> Self {
        let mut folder = store.as_os_str().to_owned();
        folder.push(".files");
        Self { folder: folder.into() }
    }

    /// Seals all of this; when it returns it is on the disk, and nobody knows of it yet. More than so many bytes are
    /// refused as [`io::ErrorKind::FileTooLarge`].
    pub(crate) fn keep(&self, from: &mut dyn Read, bytes_max: u64) -> io::Result<Sealed> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
        std::fs::create_dir_all(&self.folder)?;
        let name = Uuid::from_u128(crate::runtime::random());
        let kept = self.write(from, bytes_max, name, key);
        if kept.is_err() {
            self.remove(name);
        }
        kept
    }

    fn write(
        &self,
        from: &mut dyn Read,
        bytes_max: u64,
        name: Uuid,
        key: [u8; 32],
    ) -> io::Result<Sealed> {
        let sealing = opener(&key)?;
        let mut file = File::create_new(self.path(name))?;
        let (mut hash, mut size) = (Sha256::new(), 0);
        for number in 0.. {
            let mut segment = Vec::with_capacity(SEGMENT + TAG);
            Read::take(&mut *from, SEGMENT as u64).read_to_end(&mut segment)?;
            let length = segment.len();
            if length == 0 {
                break;
            }
            size += length as u64;
            if size > bytes_max {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            hash.update(&segment);
            seal(&sealing, number, &mut segment)?;
            file.write_all(&segment)?;
            if length < SEGMENT {
                break;
            }
        }
        file.sync_all()?;
        File::open(&self.folder)?.sync_all()?;
        Ok(Sealed { sha256: Sha256Hash(hash.finalize().into()), size, name, key })
    }

    /// Makes room for a file of which nothing is here yet.
    pub(crate) fn begin(&self, sha256: Sha256Hash, size: u64) -> io::Result<Sealed> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
        std::fs::create_dir_all(&self.folder)?;
        let name = Uuid::from_u128(crate::runtime::random());
        File::create_new(self.path(name))?.sync_all()?;
        File::open(&self.folder)?.sync_all()?;
        Ok(Sealed { sha256, size, name, key })
    }

    /// Adds bytes to a file that was begun, from this place on: the begin of a segment. All but the last are whole segments.
    /// When it returns they are on the disk.
    pub(crate) fn extend(&self, sealed: &Sealed, from: u64, bytes: &[u8]) -> io::Result<()> {
        let sealing = opener(&sealed.key)?;
        let mut file = File::options().write(true).open(self.path(sealed.name))?;
        let first = from / SEGMENT as u64;
        file.seek(SeekFrom::Start(first * (SEGMENT + TAG) as u64))?;
        for (number, segment) in (first..).zip(bytes.chunks(SEGMENT)) {
            let mut segment = segment.to_vec();
            seal(&sealing, number, &mut segment)?;
            file.write_all(&segment)?;
        }
        file.sync_all()
    }

    /// So many bytes from this place on; fewer at the end of the file.
    pub(crate) fn read(&self, sealed: &Sealed, from: u64, length: u64) -> io::Result<Vec<u8>> {
        let (opening, mut file) = (opener(&sealed.key)?, File::open(self.path(sealed.name))?);
        let until = from.saturating_add(length).min(sealed.size);
        let segment = SEGMENT as u64;
        let mut bytes = Vec::new();
        for number in (from / segment).. {
            let begin = number * segment;
            if begin >= until {
                break;
            }
            let holds = usize::try_from((sealed.size - begin).min(segment)).unwrap_or(SEGMENT);
            let mut shut = vec![0; holds + TAG];
            file.seek(SeekFrom::Start(number * (segment + TAG as u64)))?;
            file.read_exact(&mut shut)?;
            let open = opening
                .open_in_place(nonce(number), Aad::empty(), &mut shut)
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a file was changed"))?;
            let within =
                |at: u64| usize::try_from(at.saturating_sub(begin)).unwrap_or(0).min(holds);
            bytes.extend_from_slice(&open[within(from)..within(until)]);
        }
        Ok(bytes)
    }

    /// Removes a file, if it is there.
    pub(crate) fn remove(&self, name: Uuid) {
        if let Err(error) = std::fs::remove_file(self.path(name))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a file that is not needed any more cannot be removed");
        }
    }

    /// Removes what none of these names: it was left behind by a crash.
    pub(crate) fn sweep(&self, known: &BTreeSet<Uuid>) {
        let Ok(found) = std::fs::read_dir(&self.folder) else { return };
        for file in found.flatten() {
            let name = file.file_name().to_str().and_then(|name| name.parse().ok());
            if let Some(name) = name.filter(|name| !known.contains(name)) {
                self.remove(name);
            }
        }
    }

    fn path(&self, name: Uuid) -> PathBuf {
        self.folder.join(name.to_string())
    }
}

fn opener(key: &[u8; 32]) -> io::Result<LessSafeKey> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| io::Error::other("no key"))?;
    Ok(LessSafeKey::new(key))
}

fn seal(sealing: &LessSafeKey, number: u64, segment: &mut Vec<u8>) -> io::Result<()> {
    sealing
        .seal_in_place_append_tag(nonce(number), Aad::empty(), segment)
        .map_err(|_| io::Error::other("a segment cannot be sealed"))
}

/// Each key seals one file, and within it each number one segment.
fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|at| (at * 7 % 251) as u8).collect()
    }

    #[test]
    fn any_part_of_a_file_can_be_read_and_none_without_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::beside(&folder.path().join("store"));
        for count in [1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT] {
            let whole = bytes(count);
            let sealed = files.keep(&mut whole.as_slice(), u64::MAX).unwrap();
            assert_eq!(sealed.sha256.0, <[u8; 32]>::from(Sha256::digest(&whole)));
            assert_eq!(files.read(&sealed, 0, u64::MAX).unwrap(), whole);
            let (from, until) = (count / 3, count / 3 * 2);
            let part = files.read(&sealed, from as u64, (until - from) as u64).unwrap();
            assert_eq!(part, whole[from..until], "{count} bytes");
            let other = Sealed { key: [0; 32], ..sealed.clone() };
            assert!(files.read(&other, 0, 1).is_err());
            let shut = std::fs::read(files.path(sealed.name)).unwrap();
            assert!(count < 64 || !shut.windows(16).any(|it| it == &whole[..16]), "in the clear");
        }
    }

    #[test]
    fn a_file_that_comes_in_pieces_is_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::beside(&folder.path().join("store"));
        let whole = bytes(3 * SEGMENT + 7);
        let sealed = files.begin(Sha256Hash([1; 32]), whole.len() as u64).unwrap();
        for (from, until) in [(0, 1), (1, 3), (1, 2), (2, 3)] {
            files
                .extend(&sealed, (from * SEGMENT) as u64, &whole[from * SEGMENT..until * SEGMENT])
                .unwrap();
        }
        assert!(files.read(&sealed, 0, u64::MAX).is_err(), "the end is not here yet");
        files.extend(&sealed, 3 * SEGMENT as u64, &whole[3 * SEGMENT..]).unwrap();
        assert_eq!(files.read(&sealed, 0, u64::MAX).unwrap(), whole);
    }

    #[test]
    fn a_file_that_was_changed_or_cut_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::beside(&folder.path().join("store"));
        let sealed = files.keep(&mut bytes(2 * SEGMENT + 5).as_slice(), u64::MAX).unwrap();
        let path = files.path(sealed.name);
        let shut = std::fs::read(&path).unwrap();
        let mut changed = shut.clone();
        changed[SEGMENT + TAG + 9] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        assert!(files.read(&sealed, 0, 10).is_ok(), "the first segment is what it was");
        assert!(files.read(&sealed, 0, u64::MAX).is_err(), "changed");
        std::fs::write(&path, &shut[..SEGMENT + TAG]).unwrap();
        assert!(files.read(&sealed, 0, u64::MAX).is_err(), "cut");
    }

    #[test]
    fn what_nobody_knows_of_is_swept_and_what_is_too_large_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::beside(&folder.path().join("store"));
        let sealed = files.keep(&mut bytes(100).as_slice(), 100).unwrap();
        assert!(files.keep(&mut bytes(101).as_slice(), 100).is_err());
        files.sweep(&[sealed.name].into());
        assert!(files.read(&sealed, 0, 1).is_ok());
        files.sweep(&BTreeSet::new());
        assert_eq!(std::fs::read_dir(&files.folder).unwrap().count(), 0);
    }
}

//! Small disks: a memory file system that runs full, and an ext4 in a file that turns read-only
//! under the processes that have files open on it, as after an error of a real disk.
//!
//! Both are mounted, which needs root; without it a story fails and says so.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use waypost_world::watchdog;

/// Takes the mount away if the test was killed before it could.
const WATCHDOG: &str = r#"while kill -0 "$1"; do sleep 1; done; umount -l "$2""#;

/// What takes the room away.
const FILLER: &str = "filler";

/// A small file system of its own.
pub struct SmallDisk {
    mounted: PathBuf,
    image: Option<PathBuf>,
}

impl SmallDisk {
    /// A memory file system of so many kibibytes at this folder, which is made.
    pub fn in_memory(folder: &Path, kibibytes: u32) -> Self {
        std::fs::create_dir_all(folder).expect("a folder to mount on");
        let size = format!("size={kibibytes}k");
        run("mount", &["-t", "tmpfs", "-o", &size, "waypost-faults"].map(OsStr::new), folder);
        Self::watched(folder, None)
    }

    /// An ext4 of 32 MiB in the file `image`, at this folder, which is made.
    pub fn in_a_file(folder: &Path, image: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("a folder to mount on");
        let file = File::create(image).and_then(|file| file.set_len(32 * 1024 * 1024));
        file.expect("a file for the disk");
        run("mkfs.ext4", &["-q", "-F"].map(OsStr::new), image);
        let disk = Self::watched(folder, Some(image.to_owned()));
        disk.mount();
        disk
    }

    fn watched(folder: &Path, image: Option<PathBuf>) -> Self {
        let owner = std::process::id().to_string();
        watchdog::run("small-disk-watchdog", WATCHDOG, &[owner.as_ref(), folder.as_os_str()]);
        Self { mounted: folder.to_owned(), image }
    }

    /// Takes all the room that is left.
    ///
    /// # Panics
    /// If there is no end of it.
    pub fn fills_up(&self) {
        let mut filler = File::create(self.mounted.join(FILLER)).expect("the disk takes a file");
        for chunk in [64 * 1024, 4 * 1024, 512] {
            let chunk = vec![1; chunk];
            while filler.write_all(&chunk).is_ok() {}
        }
        let full = File::create(self.mounted.join("one-more")).and_then(|mut file| {
            let written = file.write_all(&[1; 4096]).and_then(|()| file.sync_all());
            written.and_then(|()| std::fs::remove_file(self.mounted.join("one-more")))
        });
        assert!(full.is_err(), "{} is not full", self.mounted.display());
        // The name of an empty file may have found a place.
        let _ = std::fs::remove_file(self.mounted.join("one-more"));
    }

    /// Gives the room back.
    pub fn has_room_again(&self) {
        std::fs::remove_file(self.mounted.join(FILLER)).expect("the filler can be removed");
    }

    /// What the kernel does to an ext4 after an error of its disk: whoever has files open on it
    /// goes on reading, and nobody writes any more.
    pub fn turns_read_only(&self) {
        run("mount", &["-o", "remount,abort"].map(OsStr::new), &self.mounted);
    }

    /// Checked and mounted anew by its operator; nobody may have a file open on it.
    ///
    /// # Panics
    /// If it is a disk in memory.
    pub fn is_repaired(&self) {
        let image = self.image.as_ref().expect("only a disk in a file is repaired");
        run("umount", &[], &self.mounted);
        let checked = Command::new("fsck.ext4").args(["-p", "-f"]).arg(image).output();
        // 1 says that errors were corrected.
        let well = checked.is_ok_and(|it| matches!(it.status.code(), Some(0 | 1)));
        assert!(well, "the disk cannot be repaired");
        self.mount();
    }

    fn mount(&self) {
        let Some(image) = &self.image else { return };
        let options = ["-o".as_ref(), "loop,errors=remount-ro".as_ref(), image.as_os_str()];
        run("mount", &options, &self.mounted);
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a process of the story may not have ended yet.
        let _ = Command::new("umount").arg("-l").arg(&self.mounted).status();
        // The folder of the story could not be removed around the mount.
        let _ = self.mounted.parent().map(std::fs::remove_dir_all);
    }
}

fn run(program: &str, arguments: &[&OsStr], last: &Path) {
    let output = Command::new(program).args(arguments).arg(last).output();
    let output = output.unwrap_or_else(|error| panic!("{program} is missing: {error}"));
    assert!(
        output.status.success(),
        "`{program} {arguments:?} {}` failed: {}\nThis story mounts a small disk. It needs root \
         and a kernel that lets root mount tmpfs and ext4 (loop): run the tests as root.",
        last.display(),
        String::from_utf8_lossy(&output.stderr)
    );
}

//! Libraries in C that change what a process gets from its system, built when a story needs one.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Waits before each fsync for as many milliseconds as the file that `SLOW_FSYNC` names says.
const SLOW_FSYNC: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

static void linger(void) {
    const char *path = getenv("SLOW_FSYNC");
    FILE *file = path ? fopen(path, "r") : NULL;
    long ms = 0;
    if (!file) return;
    if (fscanf(file, "%ld", &ms) != 1) ms = 0;
    fclose(file);
    poll(NULL, 0, (int) ms);
}

int fsync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    linger();
    return real(fd);
}

int fdatasync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    linger();
    return real(fd);
}
"#;

/// A disk that takes its time, for processes that are started with [`SlowDisk::environment`].
pub struct SlowDisk {
    library: PathBuf,
    dial: PathBuf,
}

impl SlowDisk {
    /// Builds it in this folder; it is as fast as the disk until told otherwise.
    ///
    /// # Panics
    /// If there is no C compiler.
    pub fn build(folder: &Path) -> Self {
        let (source, library) = (folder.join("slow.c"), folder.join("slow.so"));
        std::fs::write(&source, SLOW_FSYNC).expect("a folder for the library");
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl");
        let built = cc.status().is_ok_and(|status| status.success());
        assert!(built, "cc cannot build a library; run scripts/setup");
        let disk = Self { library, dial: folder.join("fsync-ms") };
        disk.takes(0);
        disk
    }

    /// From now on each fsync takes so much longer.
    pub fn takes(&self, milliseconds: u32) {
        let beside = self.dial.with_extension("new");
        let written = std::fs::write(&beside, milliseconds.to_string());
        written.and_then(|()| std::fs::rename(beside, &self.dial)).expect("the dial");
    }

    /// What a process on this disk is started with.
    pub fn environment(&self) -> [(String, String); 2] {
        let text = |path: &Path| path.display().to_string();
        [("LD_PRELOAD".into(), text(&self.library)), ("SLOW_FSYNC".into(), text(&self.dial))]
    }
}

//! What breaks things for tests: file systems of a test's own, stopped processes, and the tools that `docker/post-office get` unpacked.
//!
//! Mounting needs root. Where it is not to be had a test fails and says so: it never skips.

use crate::kit::PATIENCE;
use crate::post_office::wait_until;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the tools are unpacked.
fn tools() -> PathBuf {
    let packages = std::env::var_os("GATEPOST_POST_OFFICE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/post-office"),
        PathBuf::from,
    );
    packages.join("tools/root")
}

/// The path of one of the tools, below their root.
///
/// # Panics
/// When it is not there, with what to run.
pub fn tool(places: &[&str]) -> PathBuf {
    let all = places.iter().map(|place| tools().join(place));
    let found = all.into_iter().find(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!(
            "{places:?} is not in {}: run docker/post-office get (tests/run does it)",
            tools().display()
        )
    })
}

/// The folders of the libraries of the tools, as `LD_LIBRARY_PATH` has them.
pub fn libraries() -> String {
    let lib = tools().join("usr/lib");
    let named = fs::read_dir(&lib).into_iter().flatten().flatten();
    let named = named
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains("-linux-gnu"));
    let all: Vec<String> = std::iter::once(lib.clone())
        .chain(named)
        .map(|path| path.display().to_string())
        .collect();
    all.join(":")
}

/// A file system of a test's own, mounted until it is dropped.
pub struct Disk {
    at: PathBuf,
}

impl Disk {
    /// Makes an empty ext4 of so many MiB in the file `image`, and mounts it.
    pub fn image(image: &Path, at: &Path, mib: u64) -> Self {
        fs::File::create(image).unwrap().set_len(mib << 20).unwrap();
        let made = Command::new(tool(&["sbin/mke2fs", "usr/sbin/mke2fs"]))
            .env("LD_LIBRARY_PATH", libraries())
            .args(["-q", "-F", "-t", "ext4"])
            .arg(image)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "mke2fs {}: {said}", image.display());
        Self::of(image, at)
    }

    /// Mounts an image that is there.
    pub fn of(image: &Path, at: &Path) -> Self {
        let image = image.display().to_string();
        Self::mount(&["-t", "ext4", "-o", "loop", &image], at)
    }

    /// A file system in memory that is full with so many bytes.
    pub fn small(at: &Path, bytes: u64) -> Self {
        Self::mount(
            &["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"],
            at,
        )
    }

    fn mount(what: &[&str], at: &Path) -> Self {
        fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(what).arg(at).output();
        let mounted = mounted.expect("`mount` cannot be run: apt-get install mount");
        assert!(
            mounted.status.success(),
            "mount {} failed: {}This test needs root that may mount, and for images loop devices \
             (/dev/loop-control). In a container: docker run --privileged.",
            what.join(" "),
            String::from_utf8_lossy(&mounted.stderr)
        );
        let disk = Self { at: at.to_owned() };
        fs::set_permissions(at, fs::Permissions::from_mode(0o700)).unwrap();
        disk
    }

    /// Writes until nothing more fits; gives the file that is to be removed.
    pub fn fill(&self) -> PathBuf {
        let path = self.at.join("filler");
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap();
        for size in [1 << 20, 4096, 1] {
            while file.write_all(&vec![b'#'; size]).is_ok() {}
        }
        path
    }

    /// Unmounts it.
    pub fn away(self) {
        let unmounted = Command::new("umount").arg(&self.at).output().unwrap();
        let said = String::from_utf8_lossy(&unmounted.stderr);
        assert!(unmounted.status.success(), "{said}");
        std::mem::forget(self);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Whoever still has a file open keeps it as long.
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

/// Stops a process where it stands, and waits until it does.
pub fn stop(pid: u32) {
    let kill = Command::new("kill")
        .args(["-STOP", &pid.to_string()])
        .status();
    assert!(kill.unwrap().success());
    wait_until("every thread stands", PATIENCE, || {
        let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
        let stands = |thread: PathBuf| {
            let status = fs::read_to_string(thread.join("status")).unwrap_or_default();
            status.contains("\nState:\tT")
        };
        threads.flatten().all(|t| stands(t.path())).then_some(())
    });
}

/// The whole store, asked by SQLite itself.
pub fn integrity(store: &Path) -> String {
    let store = rusqlite::Connection::open(store).unwrap();
    let ask = store.query_row("PRAGMA integrity_check", [], |r| r.get(0));
    ask.unwrap_or_else(|why| why.to_string())
}

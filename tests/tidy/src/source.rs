//! The files of the checkout, and which of their lines are code of the product.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold what was built or run, not what was written.
const NOT_WRITTEN: [&str; 3] = ["target", ".git", ".run"];

/// A line of code with its number, counted from 1.
pub type Line<'a> = (usize, &'a str);

/// One text file of the checkout.
#[derive(Debug)]
pub struct Source {
    /// From the checkout's root, as in `client/src/view.rs`.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// The root of the checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("tests/tidy lies two folders deep").to_owned()
}

/// All files whose name ends so, in the order of their paths.
pub fn sources(ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root(), ending, &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a folder of the checkout").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if path.is_dir() {
            if !NOT_WRITTEN.contains(&&*name) {
                collect(&path, ending, found);
            }
        } else if name.ends_with(ending) {
            let from_root = path.strip_prefix(root()).expect("below the root");
            found.push(Source {
                path: from_root.to_string_lossy().into_owned(),
                text: fs::read_to_string(&path).expect("a text file"),
            });
        }
    }
}

impl Source {
    /// Whether it lies in that folder (given from the checkout's root).
    pub fn is_in(&self, folder: &str) -> bool {
        Path::new(&self.path).starts_with(folder)
    }

    /// Whether it belongs to that module: its own file, or one in its folder.
    pub fn is_of(&self, module: &str) -> bool {
        self.is_in(module) || self.path.strip_suffix(".rs") == Some(module)
    }

    /// Whether the whole file is there for tests.
    pub fn is_test(&self) -> bool {
        self.is_in("tests")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
    }

    /// The lines of the product: numbered from 1, without comments and without tests.
    pub fn product(&self) -> Vec<Line<'_>> {
        if self.is_test() { Vec::new() } else { self.split().0 }
    }

    /// The lines of tests: numbered from 1, without comments.
    pub fn tests(&self) -> Vec<Line<'_>> {
        let (product, tests) = self.split();
        if self.is_test() { [product, tests].concat() } else { tests }
    }

    /// A place in it, as editors open it.
    pub fn at(&self, line: usize, text: &str) -> String {
        format!("{}:{line}: {}", self.path, text.trim())
    }

    /// Code before `#[cfg(test)] mod tests {`, and code inside. A test module is the last in a file.
    fn split(&self) -> (Vec<Line<'_>>, Vec<Line<'_>>) {
        let lines: Vec<&str> = self.text.lines().collect();
        let opens = |pair: &[&str]| {
            pair[0].trim() == "#[cfg(test)]"
                && pair[1].trim_start().starts_with("mod ")
                && pair[1].contains('{')
        };
        let tests_at = lines.windows(2).position(opens).unwrap_or(lines.len());
        let numbered = lines.iter().enumerate().map(|(i, line)| (i + 1, without_comment(line)));
        numbered.filter(|(_, code)| !code.trim().is_empty()).partition(|(n, _)| *n <= tests_at)
    }
}

fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with("//") {
        return "";
    }
    line.find(" // ").map_or(line, |comment| &line[..comment])
}

//! What each crate of the workspace says it depends on.

use crate::sources;

/// One crate's `Cargo.toml`.
#[derive(Debug)]
pub struct Manifest {
    /// The crate's name, as in `waypost-engine`.
    pub name: String,
    /// Its folder from the checkout, as in `client/engine`.
    pub folder: String,
    /// What it is built from: dependencies and build dependencies, not those of its tests.
    pub dependencies: Vec<String>,
}

/// Every crate of the workspace.
pub fn manifests() -> Vec<Manifest> {
    sources("Cargo.toml")
        .iter()
        .filter_map(|source| {
            let name = source.text.lines().find_map(|line| line.strip_prefix("name = "))?;
            Some(Manifest {
                name: name.trim_matches('"').to_owned(),
                folder: source.path.trim_end_matches("/Cargo.toml").to_owned(),
                dependencies: dependencies(&source.text),
            })
        })
        .collect()
}

fn dependencies(manifest: &str) -> Vec<String> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(head) = line.strip_prefix('[') {
            section = head.trim_end_matches(']').to_owned();
            if let Some((kind, name)) = section.rsplit_once("dependencies.")
                && !kind.ends_with("dev-")
            {
                found.push(name.to_owned());
            }
        } else if section.ends_with("dependencies") && !section.ends_with("dev-dependencies") {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if !name.is_empty() && !name.starts_with('#') {
                found.push(name.to_owned());
            }
        }
    }
    found
}

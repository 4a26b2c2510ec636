//! Compiles the screens together with the library of both apps.

use std::collections::HashMap;
use std::path::PathBuf;

use slint_build::{CompilerConfiguration, EmbedResourcesKind};

fn main() -> Result<(), slint_build::CompileError> {
    let kit = PathBuf::from("../ui-kit/ui/ui-kit.slint");
    // Tests find elements by what a screen reader calls them; a release does without that.
    let debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let configuration = CompilerConfiguration::new()
        .with_debug_info(debug)
        .with_style("fluent".into())
        .with_library_paths(HashMap::from([("ui-kit".to_owned(), kit)]))
        .embed_resources(EmbedResourcesKind::EmbedFiles);
    slint_build::compile_with_config("ui/console.slint", configuration)
}

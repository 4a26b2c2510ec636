//! Writes what the fuzzers begin from: `waypost-fuzz seeds <folder>` the seeds of every target, one
//! folder each; `waypost-fuzz bases <folder>` the files that are damaged. Without an argument it
//! lists the targets.

use std::path::Path;
use std::process::ExitCode;

use waypost_fuzz::{TARGETS, make_bases};

#[allow(clippy::print_stdout)] // a script reads the list
fn main() -> std::io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => TARGETS.iter().for_each(|target| println!("{}", target.name)),
        ["seeds", folder] => write_seeds(folder.as_ref())?,
        ["bases", folder] => {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(make_bases(folder.as_ref()));
        }
        _ => return Ok(ExitCode::from(2)),
    }
    Ok(ExitCode::SUCCESS)
}

fn write_seeds(folder: &Path) -> std::io::Result<()> {
    for target in TARGETS {
        let folder = folder.join(target.name);
        std::fs::create_dir_all(&folder)?;
        for seed in (target.seeds)() {
            std::fs::write(folder.join(format!("seed-{}", seed.name)), seed.bytes)?;
        }
    }
    Ok(())
}

//! Checking a delivery certificate, anywhere and without a server.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::Subcommand;
use waypost_protocol::{Sha256Hash, StopId};
use waypost_server::Reached;
use waypost_server::certificate::{Finding, bundle_in, verify};

use super::ask::get;
use super::say::say;

#[derive(Subcommand)]
pub enum CertificateCommand {
    /// Says what a delivery certificate proves and what it does not. Exit code 0 if it holds, 1 if anything in it is wrong,
    /// 2 if nothing is, but nobody has said which server to trust.
    ///
    /// FILE is the PDF or the bundle. It needs no server, no network and no data folder.
    Verify {
        /// The PDF, or the bundle (JSON).
        file: PathBuf,
        /// The key of the server in base64, as the company has published it; `GET /v1/audit/checkpoint` tells it.
        #[arg(long)]
        key: Option<String>,
        /// A folder with the files of the evidence, if the certificate does not hold them. Their names do not matter.
        #[arg(long)]
        files: Option<PathBuf>,
    },
    /// Writes the certificate of a stop: pages if FILE ends in `.pdf`, the bundle otherwise.
    Write {
        /// The stop.
        stop: StopId,
        /// Where to; it is replaced if it is there.
        file: PathBuf,
        /// In which language the pages are, such as `pl`.
        #[arg(long, default_value = "en")]
        language: String,
    },
}

/// What has to be asked of a server.
pub async fn write(
    server: &Reached,
    stop: StopId,
    file: &Path,
    language: &str,
) -> anyhow::Result<()> {
    let is_pages = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("pdf"));
    let path = match is_pages {
        true => format!("/v1/stops/{stop}/certificate?language={language}"),
        false => format!("/v1/stops/{stop}/certificate/bundle"),
    };
    let bytes = get(server, &path).await?;
    std::fs::write(file, &bytes)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    say(format_args!("{} holds the certificate of {stop}", file.display()));
    Ok(())
}

/// Says what a certificate proves.
pub fn check(file: &Path, key: Option<String>, files: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let bytes =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let bundle = match bundle_in(&bytes) {
        Ok(bundle) => bundle,
        Err(what) => {
            say(format_args!("WRONG       {}", plain(&what)));
            return Ok(ExitCode::FAILURE);
        }
    };
    let key = key.map(|key| key_in(&key)).transpose()?;
    let knows_server = key.is_some();
    let held = files.map(|folder| held_in(&folder)).transpose()?.unwrap_or_default();
    let verified = verify(&bundle, key.as_ref(), |sha256| {
        held.iter().find(|(hash, _)| *hash == sha256).and_then(|(_, path)| std::fs::read(path).ok())
    });
    for finding in &verified.findings {
        match finding {
            Finding::Proved(what) => say(format_args!("PROVED      {}", plain(what))),
            Finding::NotProved(what) => say(format_args!("NOT PROVED  {}", plain(what))),
            Finding::Wrong(what) => say(format_args!("WRONG       {}", plain(what))),
        }
    }
    let (stop, driver) = (plain(&bundle.told.stop), plain(&bundle.told.driver));
    say(format_args!(
        "NOT PROVED  that the stop is called `{stop}` and the driver `{driver}`: the server says so"
    ));
    if bytes.starts_with(b"%PDF-") {
        say(format_args!(
            "NOT PROVED  the pages themselves: what is listed here counts, not what is printed there"
        ));
    }
    Ok(match (verified.holds(), knows_server) {
        (true, true) => {
            say(format_args!("The certificate holds."));
            ExitCode::SUCCESS
        }
        (true, false) => {
            say(format_args!(
                "Nothing is wrong with it, but whose record it is from is not proved: give --key."
            ));
            ExitCode::from(2)
        }
        (false, _) => {
            say(format_args!("The certificate does NOT hold."));
            ExitCode::FAILURE
        }
    })
}

/// What others have written, without what would make a terminal show something else.
fn plain(text: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if unseen(c) { '\u{fffd}' } else { c }).collect()
}

fn key_in(text: &str) -> anyhow::Result<[u8; 32]> {
    let key = BASE64.decode(text.trim()).ok().and_then(|key| key.try_into().ok());
    key.context("--key: a key is 32 bytes in base64")
}

/// The files of a folder by what they hash to.
fn held_in(folder: &Path) -> anyhow::Result<Vec<(Sha256Hash, PathBuf)>> {
    use sha2::{Digest as _, Sha256};
    let found = std::fs::read_dir(folder)
        .with_context(|| format!("--files: {} cannot be read", folder.display()))?;
    let mut held = Vec::new();
    for path in found.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
        let mut hash = Sha256::new();
        let mut file = std::fs::File::open(&path)?;
        std::io::copy(&mut file, &mut hash)?;
        held.push((Sha256Hash(hash.finalize().into()), path));
    }
    Ok(held)
}

//! What this machine gives to anyone: syncs, packets on the loopback interface, rows a second.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use waypost_world::postgres::PrivateCluster;

use crate::figure::{Figure, Figures, Times, What};

/// For how long each limit is tried.
const TRIED_FOR: Duration = Duration::from_secs(3);
/// What is appended and synced at a time.
const BLOCK: [u8; 4096] = [7; 4096];
/// Rows in a commit, as many as requests in a commit of Waypost.
const BATCH: usize = 256;
/// Commits that `sqlite3` is given at once.
const COMMITS: usize = 2000;

const SQLITE_SETUP: &str = include_str!("limits/sqlite.sql");
const SQLITE_ROWS: &str = include_str!("limits/sqlite-rows.sql");
const POSTGRES_SETUP: &str = include_str!("limits/postgres.sql");
const POSTGRES_ROWS: &str = include_str!("limits/postgres-rows.sql");

/// Measures all of them, with files below `folder`.
///
/// # Errors
/// If a file cannot be written or a database does not work.
pub async fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    std::fs::create_dir_all(folder)?;
    let mut figures = Figures::of("this machine");
    figures.add(What::SyncUs, sync_us(&folder.join("sync"))?);
    figures.add(What::LoopbackUs, loopback_us()?);
    let mut sqlite = Figures::of("SQLite alone");
    sqlite.add(What::RowsSingly, sqlite_rows(folder, 1)?);
    sqlite.add(What::RowsInBatches, sqlite_rows(folder, BATCH)?);
    let cluster = PrivateCluster::start().await;
    let mut postgres = Figures::of("PostgreSQL alone");
    postgres.add(What::RowsSingly, postgres_rows(folder, &cluster.url(), 1)?);
    postgres.add(What::RowsInBatches, postgres_rows(folder, &cluster.url(), BATCH)?);
    Ok([figures, sqlite, postgres].into_iter().flat_map(Figures::into_vec).collect())
}

fn sync_us(path: &Path) -> anyhow::Result<f64> {
    let mut file = File::create(path)?;
    let (mut times, began) = (Times::default(), Instant::now());
    while began.elapsed() < TRIED_FOR {
        let write = Instant::now();
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        times.add(write.elapsed().as_secs_f64() * 1e6);
    }
    Ok(times.at(50))
}

fn loopback_us() -> anyhow::Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut here = TcpStream::connect(listener.local_addr()?)?;
    let (mut there, _) = listener.accept()?;
    here.set_nodelay(true)?;
    there.set_nodelay(true)?;
    let echo = std::thread::spawn(move || -> std::io::Result<()> {
        let mut byte = [0];
        while there.read(&mut byte)? > 0 {
            there.write_all(&byte)?;
        }
        Ok(())
    });
    let (mut times, began) = (Times::default(), Instant::now());
    while began.elapsed() < TRIED_FOR {
        let sent = Instant::now();
        here.write_all(&[1])?;
        here.read_exact(&mut [0])?;
        times.add(sent.elapsed().as_secs_f64() * 1e6);
    }
    drop(here);
    echo.join().map_err(|_| anyhow::anyhow!("the echo ended by a panic"))??;
    Ok(times.at(50))
}

/// One process of `sqlite3` with everything on its standard input: no client in between.
fn sqlite_rows(folder: &Path, batch: usize) -> anyhow::Result<f64> {
    let file = folder.join(format!("rows-{batch}.db"));
    run_sqlite(&file, SQLITE_SETUP)?;
    let commit = SQLITE_ROWS.replace("BATCH", &batch.to_string());
    let (mut commits, began) = (0, Instant::now());
    while began.elapsed() < TRIED_FOR {
        let pragma = "PRAGMA synchronous = FULL;\n";
        run_sqlite(&file, &(pragma.to_owned() + &commit.repeat(COMMITS)))?;
        commits += COMMITS;
    }
    Ok((commits * batch) as f64 / began.elapsed().as_secs_f64())
}

fn run_sqlite(file: &Path, text: &str) -> anyhow::Result<()> {
    let mut sqlite = Command::new("sqlite3")
        .arg("-bail")
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .context("sqlite3 starts (scripts/setup --bench installs it)")?;
    sqlite.stdin.take().context("piped")?.write_all(text.as_bytes())?;
    let status = sqlite.wait()?;
    anyhow::ensure!(status.success(), "sqlite3: {status}");
    Ok(())
}

/// PostgreSQL's own `pgbench` with one connection, and prepared statements.
fn postgres_rows(folder: &Path, url: &str, batch: usize) -> anyhow::Result<f64> {
    let (setup, rows) = (folder.join("setup.sql"), folder.join("rows.sql"));
    std::fs::write(&setup, POSTGRES_SETUP)?;
    std::fs::write(&rows, POSTGRES_ROWS.replace("BATCH", &batch.to_string()))?;
    let made = Command::new("psql").args(["--quiet", "--file"]).arg(&setup).arg(url).output()?;
    anyhow::ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let seconds = TRIED_FOR.as_secs().to_string();
    let output = Command::new(pgbench()?)
        .args(["--no-vacuum", "--protocol=prepared", "--time", &seconds, "--file"])
        .arg(&rows)
        .arg(url)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let commits = said.lines().find_map(|line| line.strip_prefix("tps = "));
    let commits: f64 = commits
        .and_then(|rest| rest.split_whitespace().next())
        .with_context(|| format!("{said}{}", String::from_utf8_lossy(&output.stderr)))?
        .parse()?;
    Ok(commits * batch as f64)
}

/// Debian keeps it beside the server, and not on the path.
fn pgbench() -> anyhow::Result<std::path::PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").context("PostgreSQL is installed")?;
    let mut found: Vec<_> = versions.flatten().map(|it| it.path().join("bin/pgbench")).collect();
    found.retain(|path| path.is_file());
    found.sort();
    found.pop().context("pgbench is installed with PostgreSQL")
}

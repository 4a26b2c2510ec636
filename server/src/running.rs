//! Starting and stopping, in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use waypost_edge::{Edge, EdgeConfig};
use waypost_storage::{Db, StorageError};

use crate::chores::{self, for_http};
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::control;
use crate::doors;
use crate::fanout::Fanout;
use crate::files::Files;
use crate::follow;
use crate::http::{self, Limits};
use crate::identity::{self, IdentityError};
use crate::ingest::Ingest;
use crate::lock::DataLock;
use crate::metrics::Metrics;
use crate::waypost::Waypost;

/// Longest time that open HTTP requests get when the server stops.
const HTTP_GRACE: Duration = Duration::from_secs(5);

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process has the data folder.
    #[error("another Waypost server is running on the data folder {0}")]
    Locked(std::path::PathBuf),
    /// The database cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A key or certificate cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A socket or file cannot be opened.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        error: std::io::Error,
    },
}

/// The core without its doors: enough for one command on a stopped server.
pub(crate) struct Core {
    pub(crate) waypost: Waypost,
    tls: Arc<rustls::ServerConfig>,
    committer: JoinHandle<()>,
    stop_committer: CancellationToken,
    _lock: DataLock,
}

impl Core {
    pub(crate) async fn open(config: Config) -> Result<Self, StartError> {
        identity::create_folder(&config.data)?;
        let lock = DataLock::take(&config.data)
            .map_err(|error| io(format!("{}", config.data.display()), error))?
            .ok_or_else(|| StartError::Locked(config.data.clone()))?;
        let (tls, ca) = identity::load_tls(&config)?;
        let files = Files::open(&config)
            .map_err(|error| io(format!("{}", config.data.display()), error))?;
        let db = Db::open(&config.database_url()).await?;
        let fanout = Arc::new(begin_telling(&db).await?);
        let metrics = Arc::new(Metrics::default());
        let stop_committer = CancellationToken::new();
        let (ingest, committer) = Ingest::start(
            db.clone(),
            Arc::clone(&fanout),
            Arc::clone(&metrics),
            Clock::of_the_machine(),
            stop_committer.clone(),
        );
        let waypost = Waypost {
            limits: Arc::new(Limits::of(config.requests_per_minute)),
            config: Arc::new(config),
            db,
            ingest,
            fanout,
            edge: Arc::default(),
            https_addr: Arc::default(),
            metrics,
            ca: Arc::new(ca),
            safe_up_to: Arc::new(AtomicU64::new(0)),
            indexing: Arc::default(),
            files: Arc::new(files),
            waiting: Arc::default(),
        };
        Ok(Self { waypost, tls, committer, stop_committer, _lock: lock })
    }

    /// Commits what waits and closes the database.
    pub(crate) async fn close(self) {
        self.stop_committer.cancel();
        if self.committer.await.is_err() {
            tracing::error!("the committer ended by a panic");
        }
        self.waypost.db.close().await;
    }
}

/// Begins at the end of the record with the members of that very moment: where another server commits
/// in between, both are read again.
async fn begin_telling(db: &Db) -> Result<Fanout, StorageError> {
    loop {
        let position = db.head().await?.sequence();
        let (members, shifts) =
            (db.all_members().await?, db.shifts_that_matter(clock::now()).await?);
        if db.head().await?.sequence() == position {
            return Ok(Fanout::new(position, members, shifts));
        }
    }
}

/// A server that runs.
pub struct Running {
    core: Core,
    edge: Arc<Edge>,
    https: Handle<SocketAddr>,
    https_addr: SocketAddr,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

/// Opens the record, then the doors. When this returns, devices can connect.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let core = Core::open(config).await?;
    let waypost = core.waypost.clone();
    let key = identity::signing_key(&waypost.config.data)?;
    let stop = CancellationToken::new();

    let edge_config = EdgeConfig {
        listen: waypost.config.mqtt,
        connections_max: waypost.config.connections_max,
        ..EdgeConfig::default()
    };
    let edge = Edge::start(edge_config, Arc::clone(&core.tls), doors::handlers(&waypost))
        .await
        .map_err(|error| io(format!("MQTT on {}", waypost.config.mqtt), error))?;
    let edge = Arc::new(edge);
    waypost.fanout.push_through(Arc::clone(&edge));
    let _first = waypost.edge.set(Arc::clone(&edge));

    let router = http::router(waypost.clone());
    let rustls = RustlsConfig::from_config(for_http(&core.tls));
    let https = Handle::new();
    let listener = std::net::TcpListener::bind(waypost.config.https)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .map_err(|error| io(format!("HTTPS on {}", waypost.config.https), error))?;
    let https_addr = listener.local_addr().map_err(|error| io("HTTPS".into(), error))?;
    let _first = waypost.https_addr.set(https_addr);
    let server = doors::https(listener, rustls.clone(), https.clone(), router.clone())
        .map_err(|error| io("HTTPS".into(), error))?;
    let control = control::listen(&waypost.config.data, router, stop.clone())
        .map_err(|error| io("the control socket".into(), error))?;

    let follower = tokio::spawn({
        let (db, fanout, stop) = (waypost.db.clone(), Arc::clone(&waypost.fanout), stop.clone());
        async move { follow::run(db, &fanout, stop).await }
    });
    let telling = tokio::spawn(chores::tell(Arc::clone(&waypost.fanout), stop.clone()));
    let files = tokio::spawn(chores::tidy_files(waypost.clone(), stop.clone()));
    let trips = tokio::spawn(chores::plan_trips(waypost.clone(), stop.clone()));
    let chores = tokio::spawn(chores::run(waypost, key, rustls, stop.clone()));
    tracing::info!(mqtt = %edge.local_addr(), https = %https_addr, "Waypost is ready");
    Ok(Running {
        core,
        edge,
        https,
        https_addr,
        stop,
        tasks: vec![telling, chores, files, trips, follower, server, control],
    })
}

impl Running {
    /// Where MQTT over TLS listens.
    pub fn mqtt_addr(&self) -> SocketAddr {
        self.edge.local_addr()
    }

    /// Where HTTPS listens.
    pub fn https_addr(&self) -> SocketAddr {
        self.https_addr
    }

    /// What all doors lead to, for tests.
    pub fn waypost(&self) -> &Waypost {
        &self.core.waypost
    }

    /// Stops: no more reading, what was read is committed and answered, then the doors close.
    pub async fn stop(self) {
        tracing::info!("stopping");
        self.core.waypost.fanout.close();
        self.https.graceful_shutdown(Some(HTTP_GRACE));
        self.edge.stop().await;
        self.stop.cancel();
        for task in self.tasks {
            if task.await.is_err() {
                tracing::error!("a task of the server ended by a panic");
            }
        }
        self.core.close().await;
        tracing::info!("stopped");
    }
}

fn io(what: String, error: std::io::Error) -> StartError {
    StartError::Io { what, error }
}

//! Counters for `/metrics`, in the OpenMetrics text format.

use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use waypost_edge::Counters;

/// What the server counts about itself. The edge counts for itself and is asked when read.
pub struct Metrics {
    registry: Registry,
    /// Facts committed.
    pub facts: Counter,
    /// Commits that failed even for a request alone.
    pub commits_failed: Counter,
    /// Files that nothing promises, as of the last look through all of them.
    pub files_unpromised: Gauge,
    commits: Counter,
    requests: Counter,
    commit_seconds: Histogram,
    waiting: Gauge,
    size: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("waypost");
        let commit_seconds = Histogram::new(exponential_buckets(0.000_5, 2.0, 14));
        let metrics = Self {
            facts: Counter::default(),
            commits_failed: Counter::default(),
            files_unpromised: Gauge::default(),
            commits: Counter::default(),
            requests: Counter::default(),
            commit_seconds,
            waiting: Gauge::default(),
            size: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("facts", "Facts committed to the record", metrics.facts.clone());
        registry.register("commits", "Commits of the record", metrics.commits.clone());
        registry.register("requests", "Requests decided", metrics.requests.clone());
        registry.register(
            "commits_failed",
            "Requests that could not be committed",
            metrics.commits_failed.clone(),
        );
        registry.register(
            "commit_seconds",
            "Duration of a commit, decision included",
            metrics.commit_seconds.clone(),
        );
        registry.register(
            "ingest_waiting",
            "Requests that wait for a commit",
            metrics.waiting.clone(),
        );
        registry.register(
            "files_unpromised",
            "Files that nothing promises, as of the last look through all of them",
            metrics.files_unpromised.clone(),
        );
        registry.register("record_size", "Facts in the record", metrics.size.clone());
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// Notes one commit.
    pub fn committed(&self, facts: usize, requests: usize, took: Duration) {
        self.facts.inc_by(facts as u64);
        self.requests.inc_by(requests as u64);
        self.commits.inc();
        self.commit_seconds.observe(took.as_secs_f64());
    }

    /// Everything as text.
    pub fn render(&self, waiting: usize, size: u64, edge: Option<&Counters>) -> String {
        self.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        self.size.set(i64::try_from(size).unwrap_or(i64::MAX));
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            tracing::error!("the metrics could not be written");
        }
        match edge {
            Some(counters) => text.replace("# EOF\n", "") + &render_edge(counters) + "# EOF\n",
            None => text,
        }
    }
}

fn render_edge(counters: &Counters) -> String {
    let mut text = String::new();
    let mut line =
        |name: &str, value: u64| text.push_str(&format!("waypost_edge_{name} {value}\n"));
    line("connections", counters.connections);
    line("online", counters.online);
    line("accepted_total", counters.accepted);
    line("uplinks_total", counters.uplinks);
    line("uplinks_refused_total", counters.uplinks_refused);
    line("published_total", counters.published);
    line("dropped_total", counters.dropped);
    line("router_restarts_total", counters.router_restarts);
    for (reason, count) in &counters.refused {
        line(&format!("refused_total{{reason=\"{}\"}}", reason.name()), *count);
    }
    for (reason, count) in &counters.closed {
        line(&format!("closed_total{{reason=\"{}\"}}", reason.name()), *count);
    }
    text
}

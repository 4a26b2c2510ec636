//! The command line.

mod ask;
mod certificate;
mod commands;
mod say;
mod serve;
mod templates;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use waypost_protocol::{EnrolmentId, Role};
use waypost_server::config::Config;

use certificate::CertificateCommand;

const AFTER_HELP: &str = "\
First steps:
  waypost-server serve --name fleet.example       start; makes its own database, CA and certificate
  waypost-server person add ines --role admin     put someone into the directory
  waypost-server enrol ines                       print a link and a QR code for their device

The other commands work on a running server (through a socket in the data folder) and on a
stopped one alike. Settings: a file (--config or WAYPOST_CONFIG), then WAYPOST_… variables, then
flags; `waypost-server config check` prints what they come to.";

/// Fleet messaging that keeps working where the network does not: the server.
#[derive(Parser)]
#[command(version, after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// Settings that can be given as flags; see `config check` for all of them.
#[derive(Args, Serialize)]
struct Settings {
    /// A TOML file with settings.
    #[arg(long, global = true, env = "WAYPOST_CONFIG")]
    #[serde(skip)]
    config: Option<PathBuf>,
    /// The folder for database, keys and certificates.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<PathBuf>,
    /// `sqlite:<file>` or `postgres://…`.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    /// The host name or address under which devices reach this server.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Where HTTPS listens, such as `0.0.0.0:8443`.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    https: Option<SocketAddr>,
    /// Where MQTT over TLS listens, such as `0.0.0.0:8883`.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    mqtt: Option<SocketAddr>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server until SIGTERM or Ctrl+C.
    Serve,
    /// Looks at the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The directory of people.
    #[command(subcommand)]
    Person(PersonCommand),
    /// Groups of people.
    #[command(subcommand)]
    Group(GroupCommand),
    /// Templates: what drivers and dispatchers send by one tap.
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Prints a one-time link and its QR code, with which a device is enrolled for a person.
    Enrol {
        /// The person's handle.
        handle: String,
        /// Print the link alone, for scripts.
        #[arg(long)]
        link_only: bool,
    },
    /// Ends an enrolment: its credential is worth nothing any more, a live connection is cut.
    Revoke {
        /// The id of the enrolment; see `waypost-server enrolments`.
        enrolment: EnrolmentId,
    },
    /// Lists enrolments.
    Enrolments {
        /// Only those of this person.
        handle: Option<String>,
    },
    /// The audit record.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Delivery certificates.
    #[command(subcommand)]
    Certificate(CertificateCommand),
    /// Copies the whole record to a new file while the server goes on, and the files of evidence and messages
    /// beside it.
    Backup {
        /// The file, which must not exist yet.
        file: PathBuf,
        /// The folder for files, which later backups go on with: what is in it already is not copied again. The
        /// default is `files` beside the file.
        #[arg(long, value_name = "FOLDER", conflicts_with = "without_files")]
        files: Option<PathBuf>,
        /// Copies no files. Devices then keep what they have sent for as long as the settings say (`keep_days`).
        #[arg(long)]
        without_files: bool,
    },
    /// Goes on from a restored backup: devices give back what the backup lacks.
    ///
    /// Stop the server, put the backup in the place of the database, run this, start the server.
    BeginEpoch,
    /// Prints the OpenAPI document of the HTTP interface.
    Openapi,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Prints the settings that a start would use, or what is wrong with them.
    Check,
}

#[derive(Subcommand)]
enum PersonCommand {
    /// Adds a person.
    Add {
        /// Unique short name: lower-case letters, digits, `.` and `-`.
        handle: String,
        /// Name on the screen; the handle if absent.
        #[arg(long)]
        full_name: Option<String>,
        /// driver, dispatcher or admin.
        #[arg(long, default_value = "driver")]
        role: Role,
        /// The language of their screen (BCP 47).
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Lists everyone.
    List,
    /// Adds many people from a table (CSV with the columns handle, name, role, language) or from vCards
    /// (a file that ends in `.vcf`).
    Import {
        /// The file.
        file: PathBuf,
        /// Only say what would become of each line.
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Subcommand)]
enum GroupCommand {
    /// Opens a group.
    Create {
        /// Name on the screen.
        // Not called `name`: that is a setting of every command, and clap takes one for the other.
        #[arg(value_name = "NAME")]
        title: String,
        /// The handles of its members.
        members: Vec<String>,
        /// Only those who look after it write messages.
        #[arg(long)]
        announcements: bool,
        /// Members may leave by themselves.
        #[arg(long)]
        leaving: bool,
        /// Who joins later may read what was said before.
        #[arg(long)]
        history: bool,
        /// Messages go for ever so many seconds after they were recorded.
        #[arg(long = "expires-after", value_name = "SECONDS")]
        expires_after_s: Option<u32>,
    },
    /// Takes a person into a group.
    Join {
        /// The number of the group, or its id such as `group-3`.
        #[arg(value_parser = group_number)]
        group: u32,
        /// The person's handle.
        handle: String,
    },
    /// Takes a person out of a group.
    Leave {
        /// The number of the group, or its id such as `group-3`.
        #[arg(value_parser = group_number)]
        group: u32,
        /// The person's handle.
        handle: String,
    },
}

#[derive(Subcommand)]
enum TemplateCommand {
    /// Lists the newest version of each.
    List,
    /// Prints what a template is, as JSON: a beginning for the next version.
    Show {
        /// Its id, such as `running-late`.
        template: String,
    },
    /// Shows what a template would say in each language, or what is wrong with it. Nothing is published.
    Preview {
        /// Its id.
        template: String,
        /// A file with what it is, as `show` prints it.
        file: PathBuf,
    },
    /// Publishes the next version of a template, or a new one.
    Publish {
        /// Its id: lower-case letters, digits and `-`.
        template: String,
        /// A file with what it is, as `show` prints it.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Prints the key with which this server signs checkpoints: publish it for whoever checks certificates.
    Key,
    /// Recomputes the whole tree and compares it with what was signed. Exit code 1 on any fault.
    Verify,
}

fn group_number(text: &str) -> Result<u32, String> {
    let number = text.strip_prefix("group-").unwrap_or(text).parse();
    number.map_err(|_| format!("`{text}` is no group; one is called `3` or `group-3`"))
}

/// Does what the command line says.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { settings, command } = arguments;
    let command = match command {
        Command::Openapi => return serve::print_openapi(),
        Command::Certificate(CertificateCommand::Verify { file, key, files }) => {
            return certificate::check(&file, key, files);
        }
        command => command,
    };
    let config = Config::load(settings.config.as_deref(), &settings)?;
    match command {
        Command::Serve => serve::serve(config).await,
        Command::Config(ConfigCommand::Check) => serve::print_config(&config),
        command => commands::run(config, command).await,
    }
}

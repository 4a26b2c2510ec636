//! Commands on a running or a stopped server, through its own HTTP interface.
#![allow(clippy::print_stdout)] // printing is what these commands are for

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use axum::http::Method;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use waypost_protocol::GroupSettings;
use waypost_server::audit::Verdict;
use waypost_server::config::Config;
use waypost_server::http::{
    BackupDone, BackupWanted, CheckpointShown, ConversationShown, EnrolmentShown, EnrolmentsShown,
    EpochBegun, Fate, FilesCopied, GroupWanted, Imported, LinkIssued, LinkWanted, PeopleShown,
    PersonShown, PersonWanted,
};
use waypost_server::{Reached, reach};

use super::ask::{ask, ask_with, tell};
use super::certificate::CertificateCommand;
use super::say::say;
use super::{AuditCommand, Command, GroupCommand, PersonCommand};

pub async fn run(config: Config, command: Command) -> anyhow::Result<ExitCode> {
    let server = reach(config).await?;
    let outcome = run_on(&server, command).await;
    server.close().await;
    outcome
}

async fn run_on(server: &Reached, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Person(PersonCommand::Add { handle, full_name, role, language }) => {
            let name = full_name.unwrap_or_else(|| handle.clone());
            let wanted = PersonWanted { handle, name, role, language };
            let person: PersonShown = ask(server, Method::POST, "/v1/people", &wanted).await?;
            say(format_args!("{} is person {} ({})", person.handle, person.id, person.role.name()));
        }
        Command::Person(PersonCommand::List) => list_people(server).await?,
        Command::Person(PersonCommand::Import { file, dry_run }) => {
            return import_people(server, &file, dry_run).await;
        }
        Command::Group(command) => run_group(server, command).await?,
        Command::Template(command) => return super::templates::run(server, command).await,
        Command::Enrol { handle, link_only } => enrol(server, handle, link_only).await?,
        Command::Revoke { enrolment } => {
            tell(server, Method::DELETE, &format!("/v1/enrolments/{enrolment}")).await?;
            say(format_args!("{enrolment} is revoked"));
        }
        Command::Enrolments { handle } => list_enrolments(server, handle).await?,
        Command::Audit(AuditCommand::Key) => {
            let shown: CheckpointShown =
                ask(server, Method::GET, "/v1/audit/checkpoint", &()).await?;
            say(format_args!("{}", shown.public_key));
        }
        Command::Audit(AuditCommand::Verify) => return verify(server).await,
        Command::Certificate(CertificateCommand::Write { stop, file, language }) => {
            super::certificate::write(server, stop, &file, &language).await?;
        }
        Command::Backup { file, files, without_files } => {
            let files = files.unwrap_or_else(|| file.with_file_name("files"));
            back_up(server, &file, Some(files.as_path()).filter(|_| !without_files)).await?;
        }
        Command::BeginEpoch => {
            if let Reached::Running(_) = server {
                anyhow::bail!("stop the server first: devices must not see the old epoch again");
            }
            let begun: EpochBegun = ask(server, Method::POST, "/v1/epochs", &()).await?;
            say(format_args!("epoch {} begins at fact {}", begun.sequence.epoch, begun.sequence.n));
        }
        // Answered before a server is reached.
        Command::Certificate(CertificateCommand::Verify { .. })
        | Command::Serve
        | Command::Config(_)
        | Command::Openapi => {}
    }
    Ok(ExitCode::SUCCESS)
}

async fn list_people(server: &Reached) -> anyhow::Result<()> {
    let mut after = 0;
    loop {
        let path = format!("/v1/people?after={after}");
        let page: PeopleShown = ask(server, Method::GET, &path, &()).await?;
        for person in &page.people {
            let (id, role) = (person.id.0, person.role.name());
            say(format_args!("{id:>6}  {role:<10}  {:<20}  {}", person.handle, person.name));
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok(()),
        }
    }
}

async fn import_people(server: &Reached, file: &Path, dry_run: bool) -> anyhow::Result<ExitCode> {
    let table =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let path = format!("/v1/people/imports?dry_run={dry_run}");
    let is_cards = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("vcf"));
    let media_type = if is_cards { "text/vcard" } else { "text/csv" };
    let done: Imported = ask_with(server, &path, media_type, table).await?;
    for line in &done.lines {
        let fate = match line.fate {
            Fate::Added if dry_run => "would be added",
            Fate::Added => "added",
            Fate::Unchanged => "unchanged",
            Fate::Refused => "REFUSED",
        };
        let what = line.what.as_deref().unwrap_or_default();
        let (line, handle, name) = (line.line, &line.handle, &line.name);
        say(format_args!("line {line:>5}  {handle:<20}  {name:<24}  {fate:<14}  {what}"));
    }
    say(format_args!(
        "{} added, {} unchanged, {} refused",
        done.added, done.unchanged, done.refused
    ));
    Ok(if done.refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn list_enrolments(server: &Reached, handle: Option<String>) -> anyhow::Result<()> {
    let mut path = "/v1/enrolments".to_owned();
    if let Some(handle) = handle {
        path = format!("{path}?person={}", person_by_handle(server, &handle).await?.id);
    }
    let shown: EnrolmentsShown = ask(server, Method::GET, &path, &()).await?;
    for EnrolmentShown { enrolment, person, device_name, revoked_at, .. } in shown.enrolments {
        let state = if revoked_at.is_some() { "revoked" } else { "active" };
        say(format_args!("{enrolment}  person {person}  {state:<8}  {device_name}"));
    }
    Ok(())
}

async fn person_by_handle(server: &Reached, handle: &str) -> anyhow::Result<PersonShown> {
    let mut after = 0;
    loop {
        let path = format!("/v1/people?after={after}");
        let page: PeopleShown = ask(server, Method::GET, &path, &()).await?;
        if let Some(person) = page.people.into_iter().find(|person| person.handle == handle) {
            return Ok(person);
        }
        after = page.next.with_context(|| format!("nobody is called `{handle}`"))?;
    }
}

async fn run_group(server: &Reached, command: GroupCommand) -> anyhow::Result<()> {
    match command {
        GroupCommand::Create {
            title,
            members,
            announcements,
            leaving,
            history,
            expires_after_s,
        } => {
            let settings = GroupSettings { announcements, leaving, history, expires_after_s };
            create_group(server, title, members, settings).await
        }
        GroupCommand::Join { group, handle } => {
            let person = person_by_handle(server, &handle).await?.id;
            tell(server, Method::PUT, &format!("/v1/groups/{group}/members/{person}")).await?;
            say(format_args!("{handle} is in group-{group}"));
            Ok(())
        }
        GroupCommand::Leave { group, handle } => {
            let person = person_by_handle(server, &handle).await?.id;
            tell(server, Method::DELETE, &format!("/v1/groups/{group}/members/{person}")).await?;
            say(format_args!("{handle} is no longer in group-{group}"));
            Ok(())
        }
    }
}

async fn create_group(
    server: &Reached,
    name: String,
    handles: Vec<String>,
    settings: GroupSettings,
) -> anyhow::Result<()> {
    let mut members = Vec::with_capacity(handles.len());
    for handle in &handles {
        members.push(person_by_handle(server, handle).await?.id);
    }
    let wanted = GroupWanted { name, members, settings, ..GroupWanted::default() };
    let group: ConversationShown = ask(server, Method::POST, "/v1/groups", &wanted).await?;
    say(format_args!("{} has {} members", group.id, group.members.len()));
    Ok(())
}

async fn enrol(server: &Reached, handle: String, link_only: bool) -> anyhow::Result<()> {
    let wanted = LinkWanted { handle: handle.clone() };
    let issued: LinkIssued = ask(server, Method::POST, "/v1/enrolment-links", &wanted).await?;
    if !link_only {
        let code = QrCode::new(&issued.link)?;
        say(code.render::<Dense1x2>().quiet_zone(true).build());
        say(format_args!(
            "Scan this on the device of {handle}, or paste the link. It works once.\n"
        ));
    }
    say(issued.link);
    Ok(())
}

async fn back_up(server: &Reached, file: &Path, files: Option<&Path>) -> anyhow::Result<()> {
    let file = std::path::absolute(file)?;
    let files = files.map(std::path::absolute).transpose()?;
    let (shown, folder) = (file.display().to_string(), files.clone().unwrap_or_default());
    let wanted = BackupWanted { file, files };
    let done: BackupDone = ask(server, Method::POST, "/v1/backups", &wanted).await?;
    say(format_args!("{shown} holds the record up to fact {}", done.covers));
    let Some(copied) = done.files else { return Ok(()) };
    let FilesCopied { files, new, bytes, damaged, missing } = copied;
    say(format_args!(
        "{} holds {files} files, {new} of them new ({bytes} bytes)",
        folder.display()
    ));
    if damaged + missing > 0 {
        anyhow::bail!(
            "{damaged} files are damaged and were left out, {missing} that should be here are not in the copy; the \
             log of the server names them. Devices keep what they have sent until a backup is whole, and those that \
             still have one of them send it again when it is not in the store any more"
        );
    }
    Ok(())
}

async fn verify(server: &Reached) -> anyhow::Result<ExitCode> {
    let verdict: Verdict = ask(server, Method::GET, "/v1/audit/verification", &()).await?;
    for fault in &verdict.faults {
        say(format_args!("FAULT: {fault}"));
    }
    let Verdict { facts, contents, checkpoints, root, verified, .. } = verdict;
    let word = if verified { "verified" } else { "NOT verified" };
    say(format_args!(
        "{word}: {facts} facts, {contents} contents, {checkpoints} checkpoints, root {root}"
    ));
    Ok(if verified { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

//! Templates on the command line.
#![allow(clippy::print_stdout)] // printing is what these commands are for

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use axum::http::Method;
use waypost_protocol::TemplateDefinition;
use waypost_server::Reached;
use waypost_server::http::{Previews, TemplateShown, Templates};

use super::TemplateCommand;
use super::ask::ask;
use super::say::say;

pub async fn run(server: &Reached, command: TemplateCommand) -> anyhow::Result<ExitCode> {
    match command {
        TemplateCommand::List => list(server).await?,
        TemplateCommand::Show { template } => {
            let path = path_of(&template)?;
            let shown: TemplateShown = ask(server, Method::GET, &path, &()).await?;
            say(serde_json::to_string_pretty(&shown.definition)?);
        }
        TemplateCommand::Preview { template, file } => {
            return preview(server, &template, &file).await;
        }
        TemplateCommand::Publish { template, file } => {
            let definition = definition_in(&file)?;
            let path = path_of(&template)?;
            let shown: TemplateShown = ask(server, Method::PUT, &path, &definition).await?;
            say(format_args!("version {} of {template} is published", shown.version));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(server: &Reached) -> anyhow::Result<()> {
    let shown: Templates = ask(server, Method::GET, "/v1/templates", &()).await?;
    for TemplateShown { template, version, definition } in shown.templates {
        let users: Vec<_> = definition.used_by.iter().map(|role| role.name()).collect();
        let users = if users.is_empty() { "withdrawn".to_owned() } else { users.join(", ") };
        let label = definition.texts.get("en").or_else(|| definition.texts.values().next());
        let label = label.map_or("", |text| &text.label);
        say(format_args!("{template:<24}  version {version:<4}  {users:<20}  {label}"));
    }
    Ok(())
}

async fn preview(server: &Reached, template: &str, file: &Path) -> anyhow::Result<ExitCode> {
    let definition = definition_in(file)?;
    let path = format!("{}/preview", path_of(template)?);
    let shown: Previews = ask(server, Method::POST, &path, &definition).await?;
    for preview in &shown.previews {
        for line in &preview.lines {
            say(format_args!("{}  {line}", preview.language));
        }
    }
    for mistake in &shown.mistakes {
        say(format_args!("{}  MISTAKE: {}", mistake.language, mistake.what));
    }
    Ok(if shown.mistakes.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn definition_in(file: &Path) -> anyhow::Result<TemplateDefinition> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is no template; see `template show`", file.display()))
}

/// Where a template is found.
fn path_of(template: &str) -> anyhow::Result<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if template.is_empty() || !template.chars().all(plain) {
        anyhow::bail!("`{template}` is no id of a template: lower-case letters, digits and `-`");
    }
    Ok(format!("/v1/templates/{template}"))
}

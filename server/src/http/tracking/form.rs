//! Where a consignee writes to the driver: one small form for each template, and what was written so far.

use maud::{Markup, html};
use waypost_locales::{Template, Texts};
use waypost_protocol::{ArgumentType, FactId, TemplateArgument};

use super::page::Page;
use super::words::{CHARS_MAX, MINUTES_MAX, Written, input_of};
use crate::clock;

/// What was written, and what can be.
pub(super) fn of_writing(page: &Page, path: &str, texts: &Texts) -> Markup {
    let t = |key: &str| texts.message(key, &[]);
    html! {
        @if !page.written.is_empty() {
            h2 id="written" { (t("tracking-written")) }
            ul.written {
                @for written in &page.written {
                    (of_word(written, page, texts))
                }
            }
        }
        @if page.may_write {
            h2 { (t("tracking-write")) }
            @if page.has_room {
                p.label { (t("tracking-write-text")) }
                @for template in texts.catalogue().for_consignees() {
                    (of_template(template, path, texts))
                }
            } @else {
                p { (t("tracking-write-full")) }
            }
        }
    }
}

fn of_word(written: &Written, page: &Page, texts: &Texts) -> Markup {
    let said = &written.said;
    let words = texts.render_template(&said.template, said.version, &said.arguments);
    let state = match (written.read, written.delivered) {
        (true, _) => "tracking-written-read",
        (false, true) => "tracking-written-delivered",
        (false, false) => "tracking-written-sent",
    };
    html! {
        li {
            bdi { (words) }
            div.label { (texts.message(state, &[])) " · " bdi { (page.time(written.at)) } }
        }
    }
}

fn of_template(template: &Template, path: &str, texts: &Texts) -> Markup {
    let label = texts.template_label(&template.id);
    let id = FactId::mint(clock::now(), clock::random());
    let action = format!("{path}?language={}", texts.locale().tag());
    html! {
        details {
            summary { (label) }
            form method="post" action=(action) {
                input type="hidden" name="id" value=(id.to_string());
                input type="hidden" name="template" value=(template.id);
                input type="hidden" name="version" value=(template.version);
                @for asked in &template.definition.arguments {
                    label {
                        span { (name_of(asked, template, &label, texts)) }
                        (of_argument(asked, template, texts))
                    }
                }
                button type="submit" { (texts.message("tracking-send", &[])) }
            }
        }
    }
}

fn name_of(asked: &TemplateArgument, template: &Template, label: &str, texts: &Texts) -> String {
    match asked.holds {
        ArgumentType::Minutes => texts.message("tracking-minutes", &[]),
        _ if template.definition.arguments.len() == 1 => label.to_owned(),
        _ => asked.name.clone(),
    }
}

fn of_argument(asked: &TemplateArgument, template: &Template, texts: &Texts) -> Markup {
    let name = input_of(asked);
    html! {
        @match asked.holds {
            ArgumentType::Choice => {
                select name=(name) required {
                    @for option in &asked.options {
                        option value=(option) { (texts.option_label(template, option)) }
                    }
                }
            }
            ArgumentType::Minutes => {
                input type="number" name=(name) min="1" max=(MINUTES_MAX) step="1" inputmode="numeric" required;
            }
            ArgumentType::Number => {
                input type="number" name=(name) step="1" inputmode="numeric" required;
            }
            _ => input type="text" name=(name) maxlength=(CHARS_MAX) autocomplete="off" required;,
        }
    }
}

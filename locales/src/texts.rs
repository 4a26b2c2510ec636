//! The texts of one language, loaded and ready to format.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use waypost_protocol::{Argument, Arguments, ProblemCode};

use crate::{Locale, Template};

/// Every text of one language.
pub struct Texts {
    locale: Locale,
    bundle: FluentBundle<FluentResource>,
}

/// A refusal in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What happened.
    pub happened: String,
    /// What the person can do about it.
    pub remedy: String,
}

impl Texts {
    /// Loads a language.
    pub fn of(locale: Locale) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![locale.identifier()]);
        // The marks that isolate directions are only of use in a right-to-left language, and
        // would hide in what people copy.
        bundle.set_use_isolating(locale.is_right_to_left());
        for (_, source) in locale.files() {
            // What can be read of a file with a mistake is used; a test refuses the mistake.
            let resource = FluentResource::try_new(source.to_owned())
                .unwrap_or_else(|(resource, _mistakes)| resource);
            bundle.add_resource_overriding(resource);
        }
        Self { locale, bundle }
    }

    /// The language.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// The text of a key. A key that does not exist is shown as it is.
    pub fn message(&self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        self.format(key, None, arguments).unwrap_or_else(|| key.to_owned())
    }

    /// What a template says in this language.
    ///
    /// A template that this version does not know, or whose arguments are missing or of another
    /// type, is shown plainly: its name, then whatever arguments came.
    pub fn render_template(&self, id: &str, version: u16, arguments: &Arguments) -> String {
        Template::find(id)
            .filter(|known| version <= known.version && known.takes(arguments))
            .and_then(|_| self.format(&format!("template-{id}"), None, &values(arguments)))
            .unwrap_or_else(|| self.plainly(id, arguments))
    }

    /// The short name of a template, as on its button. An unknown one is called by its id.
    pub fn template_label(&self, id: &str) -> String {
        self.format(&format!("template-{id}"), Some("label"), &[]).unwrap_or_else(|| id.to_owned())
    }

    /// What a refusal means and what to do about it.
    pub fn problem(&self, code: ProblemCode) -> Problem {
        let key = format!("problem-{}", code.slug());
        let happened = self.message(&key, &[]);
        Problem { happened, remedy: self.format(&key, Some("remedy"), &[]).unwrap_or_default() }
    }

    fn plainly(&self, id: &str, arguments: &Arguments) -> String {
        let name = self.template_label(id);
        if arguments.is_empty() {
            return name;
        }
        let arguments = arguments.values().map(plain_argument).collect::<Vec<_>>().join(", ");
        self.message("template-plain", &[("name", name.into()), ("arguments", arguments.into())])
    }

    fn format(
        &self,
        key: &str,
        attribute: Option<&str>,
        arguments: &[(&str, FluentValue<'_>)],
    ) -> Option<String> {
        let message = self.bundle.get_message(key)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let arguments: FluentArgs<'_> = arguments.iter().cloned().collect();
        // Mistakes are formatted into the text as `{$name}`: visible, and nothing is lost.
        let mut mistakes = Vec::new();
        Some(self.bundle.format_pattern(pattern, Some(&arguments), &mut mistakes).into_owned())
    }
}

fn values(arguments: &Arguments) -> Vec<(&str, FluentValue<'_>)> {
    arguments
        .iter()
        .map(|(name, argument)| {
            let value = match argument {
                Argument::Text(text) => FluentValue::from(text.as_str()),
                Argument::Number(number) => FluentValue::from(*number),
                Argument::Minutes(minutes) => FluentValue::from(*minutes),
            };
            (name.as_str(), value)
        })
        .collect()
}

fn plain_argument(argument: &Argument) -> String {
    match argument {
        Argument::Text(text) => text.clone(),
        Argument::Number(number) => number.to_string(),
        Argument::Minutes(minutes) => minutes.to_string(),
    }
}

//! The texts of one language, loaded and ready to format.

use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use waypost_protocol::{Argument, Arguments, Place, ProblemCode, TemplateDefinition, TemplateText};

use crate::{Catalogue, Locale, Template};

/// Every text of one language.
pub struct Texts {
    locale: Locale,
    catalogue: Arc<Catalogue>,
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
    /// Loads a language, with the templates that every version has.
    pub fn of(locale: Locale) -> Self {
        Self::with(locale, Catalogue::built_in())
    }

    /// Loads a language, with these templates.
    pub fn with(locale: Locale, catalogue: Arc<Catalogue>) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![locale.identifier()]);
        // The marks that isolate directions are only of use in a right-to-left language, and
        // would hide in what people copy.
        bundle.set_use_isolating(locale.is_right_to_left());
        let screens = locale.screen().map(str::to_owned).into_iter();
        let templates = catalogue.versions().filter_map(|template| {
            let text = text_in(locale, &template.definition)?;
            Some(source(&key(template), &text.text))
        });
        for source in screens.chain(templates) {
            // What can be read of a file with a mistake is used; a test refuses the mistake.
            let resource =
                FluentResource::try_new(source).unwrap_or_else(|(resource, _mistakes)| resource);
            bundle.add_resource_overriding(resource);
        }
        Self { locale, catalogue, bundle }
    }

    /// The language.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// The templates.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// The text of a key. A key that does not exist is shown as it is.
    pub fn message(&self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        self.format(key, None, arguments).unwrap_or_else(|| key.to_owned())
    }

    /// What a template says in this language.
    ///
    /// A version that this device does not know, or whose arguments are missing or of another type, is
    /// shown plainly: its name, then whatever arguments came.
    pub fn render_template(&self, id: &str, version: u16, arguments: &Arguments) -> String {
        let known = self.catalogue.find(id, version).filter(|known| known.takes(arguments));
        known
            .and_then(|known| self.format(&key(known), None, &self.values(known, arguments)))
            .unwrap_or_else(|| self.plainly(id, version, arguments))
    }

    /// The short name of a template, as on its button. An unknown one is called by its id.
    pub fn template_label(&self, id: &str) -> String {
        self.label(self.catalogue.current(id)).unwrap_or_else(|| id.to_owned())
    }

    /// The name of an option of a template, as it is offered.
    pub fn option_label(&self, template: &Template, option: &str) -> String {
        let named = text_in(self.locale, &template.definition);
        let named = named.and_then(|text| text.options.get(option)).cloned();
        named.unwrap_or_else(|| option.to_owned())
    }

    /// What a refusal means and what to do about it.
    pub fn problem(&self, code: ProblemCode) -> Problem {
        let key = format!("problem-{}", code.slug());
        let happened = self.message(&key, &[]);
        Problem { happened, remedy: self.format(&key, Some("remedy"), &[]).unwrap_or_default() }
    }

    fn label(&self, template: Option<&Template>) -> Option<String> {
        Some(text_in(self.locale, &template?.definition)?.label.clone())
    }

    fn plainly(&self, id: &str, version: u16, arguments: &Arguments) -> String {
        let known = self.label(self.catalogue.find(id, version));
        let name = known.unwrap_or_else(|| self.template_label(id));
        if arguments.is_empty() {
            return name;
        }
        let arguments = arguments.values().map(plain_argument).collect::<Vec<_>>().join(", ");
        self.message("template-plain", &[("name", name.into()), ("arguments", arguments.into())])
    }

    fn values<'a>(
        &self,
        template: &Template,
        arguments: &'a Arguments,
    ) -> Vec<(&'a str, FluentValue<'a>)> {
        let value = |argument: &'a Argument| match argument {
            Argument::Number(number) => FluentValue::from(*number),
            Argument::Minutes(minutes) => FluentValue::from(*minutes),
            Argument::Choice(key) => self.option_label(template, key).into(),
            Argument::Text(_)
            | Argument::TimeOfDay(_)
            | Argument::Place(_)
            | Argument::Stop { .. } => plain_argument(argument).into(),
        };
        arguments.iter().map(|(name, argument)| (name.as_str(), value(argument))).collect()
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

/// The text for a reader of this language: their own, else English, else whichever there is.
fn text_in(locale: Locale, definition: &TemplateDefinition) -> Option<&TemplateText> {
    let texts = &definition.texts;
    let own = texts.get(locale.tag()).or_else(|| texts.get(Locale::En.tag()));
    own.or_else(|| texts.values().next())
}

fn key(template: &Template) -> String {
    format!("template-{}-{}", template.id, template.version)
}

/// A message of Fluent with this pattern, whose further lines belong to it whatever they hold.
pub(crate) fn source(key: &str, pattern: &str) -> String {
    format!("{key} = {}\n", pattern.lines().collect::<Vec<_>>().join("\n    "))
}

fn plain_argument(argument: &Argument) -> String {
    match argument {
        Argument::Text(text) => text.clone(),
        Argument::Number(number) => number.to_string(),
        Argument::Minutes(minutes) => minutes.to_string(),
        Argument::TimeOfDay(minutes) => format!("{:02}:{:02}", minutes / 60, minutes % 60),
        Argument::Place(place) => place_name(place),
        Argument::Stop { name, .. } => name.clone(),
        Argument::Choice(key) => key.clone(),
    }
}

/// What a place is called, or where it is.
pub fn place_name(place: &Place) -> String {
    let (latitude, longitude) = (place.latitude.degrees(), place.longitude.degrees());
    place.name.clone().unwrap_or_else(|| format!("{latitude:.5}, {longitude:.5}"))
}

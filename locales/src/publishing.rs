//! Whether a version of a template can be published: each of its texts can be read, says all that it
//! is told and nothing else, and reads well with every kind of argument.

use std::collections::BTreeSet;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;
use waypost_protocol::{
    Argument, ArgumentType, Arguments, Degrees, Place, TemplateArgument, TemplateDefinition,
};

use crate::{Catalogue, Locale, Template, Texts, texts};

/// What a template says in one language, with one example for each form that it can take.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preview {
    /// The language.
    pub locale: Locale,
    /// The messages, as readers would see them.
    pub lines: Vec<String>,
}

/// Why a version of a template is not published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// The language whose text is wrong, or missing.
    pub language: String,
    /// What is wrong with it and what would be right.
    pub what: String,
}

/// Reads each text of a template and fills it with examples. `spoken` are the languages that it must
/// have: those of the fleet's people, and English for whom nobody speaks.
///
/// # Errors
/// Every mistake, in the order of the languages.
pub fn preview(
    definition: &TemplateDefinition,
    spoken: &BTreeSet<&'static str>,
) -> Result<Vec<Preview>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut mistake = |language: &str, what: String| {
        mistakes.push(Mistake { language: language.to_owned(), what });
    };
    for missing in spoken.iter().filter(|tag| !definition.texts.contains_key(**tag)) {
        mistake(missing, "is missing, and someone of the fleet reads this language".into());
    }
    let mut previews = Vec::new();
    for (tag, text) in &definition.texts {
        let Some(locale) = Locale::ALL.into_iter().find(|locale| locale.tag() == tag) else {
            let tags = Locale::ALL.map(Locale::tag).join(", ");
            mistake(tag, format!("no screen speaks this language; there are {tags}"));
            continue;
        };
        match read(&text.text, definition) {
            Err(what) => mistake(tag, what),
            Ok(()) => previews.push(Preview { locale, lines: lines(definition, locale) }),
        }
    }
    match mistakes.is_empty() {
        true => Ok(previews),
        false => Err(mistakes),
    }
}

/// Reads one text: a single pattern that names every argument and nothing else.
fn read(text: &str, definition: &TemplateDefinition) -> Result<(), String> {
    let source = texts::source("template", text);
    let resource = parser::parse(source.as_str())
        .map_err(|(_, errors)| errors.first().map_or_else(String::new, ToString::to_string))?;
    let [Entry::Message(message)] = &resource.body[..] else {
        return Err("must be one pattern of Fluent, without comments or other messages".into());
    };
    if !message.attributes.is_empty() {
        return Err("a line begins with `.`; put a word before it".into());
    }
    let mut named = BTreeSet::new();
    message.value.iter().try_for_each(|pattern| name_all(pattern, &mut named))?;
    let asked: BTreeSet<_> = definition.arguments.iter().map(|it| it.name.as_str()).collect();
    if let Some(foreign) = named.difference(&asked).next() {
        return Err(format!("names `${foreign}`, for which the template does not ask"));
    }
    match asked.difference(&named).next() {
        Some(missing) => Err(format!("does not say `{{ ${missing} }}`")),
        None => Ok(()),
    }
}

/// Collects the variables of a pattern; refuses what stands for something outside of it.
fn name_all<'s>(pattern: &Pattern<&'s str>, named: &mut BTreeSet<&'s str>) -> Result<(), String> {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        name_in(expression, named)?;
    }
    Ok(())
}

fn name_in<'s>(
    expression: &Expression<&'s str>,
    named: &mut BTreeSet<&'s str>,
) -> Result<(), String> {
    let (inline, variants) = match expression {
        Expression::Inline(inline) => (inline, &[][..]),
        Expression::Select { selector, variants } => (selector, &variants[..]),
    };
    match inline {
        InlineExpression::VariableReference { id } => drop(named.insert(id.name)),
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        InlineExpression::Placeable { expression } => name_in(expression, named)?,
        InlineExpression::FunctionReference { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => {
            return Err("calls a function, a message or a term; only arguments stand in it".into());
        }
    }
    variants.iter().try_for_each(|variant| name_all(&variant.value, named))
}

/// What readers see, once for each form.
fn lines(definition: &TemplateDefinition, locale: Locale) -> Vec<String> {
    let (id, version) = ("preview".to_owned(), 1);
    let template = Template { id, version, definition: definition.clone() };
    let texts = Texts::with(locale, Catalogue::with([template]).into());
    let examples: Vec<_> = definition.arguments.iter().map(examples_of).collect();
    let rounds = examples.iter().map(Vec::len).max().unwrap_or(1);
    let mut lines = Vec::new();
    for round in 0..rounds {
        let names = definition.arguments.iter().map(|it| it.name.clone());
        let values = examples.iter().map(|of| of[round % of.len()].clone());
        let arguments: Arguments = names.zip(values).collect();
        let line = texts.render_template("preview", 1, &arguments);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// Values that bring out every form of a sentence: those of the plurals of all languages.
fn examples_of(argument: &TemplateArgument) -> Vec<Argument> {
    const NUMBERS: [u16; 8] = [0, 1, 2, 3, 5, 11, 21, 100];
    match argument.holds {
        ArgumentType::Text => vec![Argument::Text("A4".into())],
        ArgumentType::Number => NUMBERS.map(|it| Argument::Number(it.into())).to_vec(),
        ArgumentType::Minutes => NUMBERS.map(|it| Argument::Minutes(it.into())).to_vec(),
        ArgumentType::TimeOfDay => vec![Argument::TimeOfDay(14 * 60 + 30)],
        ArgumentType::Place => {
            let (latitude, longitude) = (Degrees::of(52.52), Degrees::of(13.405));
            let name = Some("Gate 4".into());
            vec![Argument::Place(Place { latitude, longitude, name, accuracy_m: None })]
        }
        ArgumentType::Stop => {
            vec![Argument::Stop { stop: "12".into(), name: "Bakery".into() }]
        }
        ArgumentType::Choice => argument.options.iter().cloned().map(Argument::Choice).collect(),
    }
}

//! Which templates say a word: a message of a template holds no words of its own, and is found by those
//! that its readers see, in whichever language.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use fluent_syntax::ast::{Entry, Expression, Pattern, PatternElement};
use fluent_syntax::parser;
use waypost_protocol::{SoughtWord, TemplateDefinition, words};

use crate::{Catalogue, texts};

/// The words of the built-in templates: they are always the same.
static BUILT_IN: LazyLock<BTreeMap<String, BTreeSet<String>>> = LazyLock::new(|| {
    let catalogue = Catalogue::built_in();
    let all = catalogue.versions().map(|it| (it.id.clone(), words_in(&it.definition)));
    all.collect()
});

impl Catalogue {
    /// The words that someone looks for, each once, with the templates that say them in any of their
    /// versions.
    pub fn sought(&self, text: &str) -> Vec<SoughtWord> {
        let looked_for: BTreeSet<_> = words(text).collect();
        let published =
            self.versions().filter(|it| it.version > 1 || !BUILT_IN.contains_key(&it.id));
        let published: Vec<_> =
            published.map(|it| (it.id.clone(), words_in(&it.definition))).collect();
        let all = || BUILT_IN.iter().chain(published.iter().map(|(id, words)| (id, words)));
        let sought = looked_for.into_iter().map(|word| {
            let say = |words: &BTreeSet<String>| words.iter().any(|it| it.starts_with(&word));
            let templates = all().filter(|(_, words)| say(words)).map(|(id, _)| id.clone());
            SoughtWord { templates: templates.collect(), word }
        });
        sought.collect()
    }
}

/// What a template says in any of its languages.
fn words_in(definition: &TemplateDefinition) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in definition.texts.values() {
        found.extend(words(&text.label));
        text.options.values().for_each(|name| found.extend(words(name)));
        let source = texts::source("template", &text.text);
        let resource = parser::parse(source.as_str()).unwrap_or_else(|(resource, _)| resource);
        for entry in &resource.body {
            if let Entry::Message(message) = entry {
                message.value.iter().for_each(|pattern| say(pattern, &mut found));
            }
        }
    }
    found
}

/// The words that a pattern says, without the names of its variables and forms.
fn say(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => found.extend(words(value)),
            PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                variants.iter().for_each(|variant| say(&variant.value, found));
            }
            PatternElement::Placeable { .. } => {}
        }
    }
}

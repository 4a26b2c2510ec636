//! The templates that there are: those that every version has, and those that the fleet has published.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use waypost_protocol::{Arguments, Role, TemplateDefinition};

use crate::built_in;

/// One version of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    /// The stable id, as it travels.
    pub id: String,
    /// Its version.
    pub version: u16,
    /// What it is.
    pub definition: TemplateDefinition,
}

impl Template {
    /// Whether all arguments are there, each of its type.
    pub fn takes(&self, arguments: &Arguments) -> bool {
        self.definition.lacks(arguments).is_none()
    }
}

/// The templates that there are, with all their versions: an old message is read as it was meant.
#[derive(PartialEq, Eq, Debug)]
pub struct Catalogue {
    /// By id and version.
    templates: BTreeMap<String, BTreeMap<u16, Template>>,
}

impl Catalogue {
    /// Those that every version of the program has.
    pub fn built_in() -> Arc<Self> {
        static BUILT_IN: LazyLock<Arc<Catalogue>> =
            LazyLock::new(|| Arc::new(Catalogue::of(built_in::templates())));
        BUILT_IN.clone()
    }

    /// Those, and what the fleet has published. A published version wins over a built-in one of the
    /// same number.
    pub fn with(published: impl IntoIterator<Item = Template>) -> Self {
        let built_in = Self::built_in();
        let all = built_in.templates.values().flat_map(BTreeMap::values);
        Self::of(all.cloned().chain(published))
    }

    fn of(all: impl IntoIterator<Item = Template>) -> Self {
        let mut templates: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for template in all {
            templates.entry(template.id.clone()).or_default().insert(template.version, template);
        }
        Self { templates }
    }

    /// This version of a template.
    pub fn find(&self, id: &str, version: u16) -> Option<&Template> {
        self.templates.get(id)?.get(&version)
    }

    /// The newest version of a template: the one that is sent.
    pub fn current(&self, id: &str) -> Option<&Template> {
        self.templates.get(id)?.values().next_back()
    }

    /// The newest version of each template, in the order of their buttons.
    pub fn all_current(&self) -> Vec<&Template> {
        let newest = self.templates.values().filter_map(|versions| versions.values().next_back());
        let mut newest: Vec<_> = newest.collect();
        newest.sort_by_key(|template| template.definition.rank);
        newest
    }

    /// The templates that someone of this role sends, in the order of their buttons.
    pub fn for_role(&self, role: Role) -> impl Iterator<Item = &Template> {
        let newest = self.all_current().into_iter();
        newest.filter(move |template| template.definition.used_by.contains(&role))
    }

    /// The templates that a consignee says to the driver, in the order of their buttons.
    pub fn for_consignees(&self) -> impl Iterator<Item = &Template> {
        self.all_current().into_iter().filter(|template| template.definition.for_consignees)
    }

    /// Every version of every template.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &Template> {
        self.templates.values().flat_map(BTreeMap::values)
    }
}

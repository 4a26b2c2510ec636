//! The languages that there are.

use unic_langid::{LanguageIdentifier, langid};

/// A language in which every text exists.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Locale {
    /// English, the language of who has no other.
    En,
    /// German.
    De,
    /// Polish.
    Pl,
    /// Romanian.
    Ro,
    /// Turkish.
    Tr,
    /// Ukrainian.
    Uk,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Arabic, written from right to left.
    Ar,
}

impl Locale {
    /// Every language, in the order in which a switch offers them.
    pub const ALL: [Locale; 9] =
        [Self::En, Self::De, Self::Pl, Self::Ro, Self::Tr, Self::Uk, Self::Es, Self::Fr, Self::Ar];

    /// The language that serves this BCP 47 tag best: `de-AT` is served by German, and what
    /// nobody speaks here by English.
    pub fn of(tag: &str) -> Self {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|locale| locale.tag().eq_ignore_ascii_case(language))
            .unwrap_or(Self::En)
    }

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Pl => "pl",
            Self::Ro => "ro",
            Self::Tr => "tr",
            Self::Uk => "uk",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::Ar => "ar",
        }
    }

    /// The language's name in itself, for who cannot read the present one.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Pl => "Polski",
            Self::Ro => "Română",
            Self::Tr => "Türkçe",
            Self::Uk => "Українська",
            Self::Es => "Español",
            Self::Fr => "Français",
            Self::Ar => "العربية",
        }
    }

    /// Whether it is written from right to left.
    pub fn is_right_to_left(self) -> bool {
        self == Self::Ar
    }

    pub(crate) fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::En => langid!("en"),
            Self::De => langid!("de"),
            Self::Pl => langid!("pl"),
            Self::Ro => langid!("ro"),
            Self::Tr => langid!("tr"),
            Self::Uk => langid!("uk"),
            Self::Es => langid!("es"),
            Self::Fr => langid!("fr"),
            Self::Ar => langid!("ar"),
        }
    }

    /// The texts of screens and pages.
    pub(crate) fn screen(self) -> [&'static str; 3] {
        let [screen, _, problems, certificate] = self.files();
        [screen, problems, certificate]
    }

    /// The texts of the built-in templates.
    pub(crate) fn templates(self) -> &'static str {
        let [_, templates, ..] = self.files();
        templates
    }

    fn files(self) -> [&'static str; 4] {
        macro_rules! files {
            ($folder:literal) => {
                [
                    include_str!(concat!("../", $folder, "/screen.ftl")),
                    include_str!(concat!("../", $folder, "/templates.ftl")),
                    include_str!(concat!("../", $folder, "/problems.ftl")),
                    include_str!(concat!("../", $folder, "/pages.ftl")),
                ]
            };
        }
        match self {
            Self::En => files!("en"),
            Self::De => files!("de"),
            Self::Pl => files!("pl"),
            Self::Ro => files!("ro"),
            Self::Tr => files!("tr"),
            Self::Uk => files!("uk"),
            Self::Es => files!("es"),
            Self::Fr => files!("fr"),
            Self::Ar => files!("ar"),
        }
    }
}

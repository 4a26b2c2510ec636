//! The document as programs in other languages read it: bounds as numbers, no names of Rust, and for each
//! kind of fact and frame a schema with a name, which generators of clients make a type of.

use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{Discriminator, OneOfBuilder, Schema};
use utoipa::openapi::{OpenApi, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};
use waypost_protocol::LIMITS;

/// What stands in Rust's words, and in those of the contract.
const WORDS: [(&str, &str); 6] = [
    ("[`PersonId::SERVER`]", "0"),
    ("[`Answer::Accepted`]", "`accepted`"),
    ("/schemas/i64\"", "/schemas/Millis\""),
    ("\"i64\":{", "\"Millis\":{"),
    ("/schemas/BTreeMap\"", "/schemas/Arguments\""),
    ("\"BTreeMap\":{", "\"Arguments\":{"),
];

/// What is of several kinds: its schema, the field that says which, and how the name of each kind ends.
const UNIONS: [(&str, &str, &str); 4] = [
    ("Body", "kind", "Body"),
    ("Uplink", "frame", "Frame"),
    ("Downlink", "frame", "Frame"),
    ("Answer", "answer", "Answer"),
];

/// What someone may send as a message; other facts have resources of their own.
pub struct MessageBody;

impl PartialSchema for MessageBody {
    fn schema() -> RefOr<Schema> {
        let kinds = ["TextBody", "TemplateBody", "FileBody", "LocationBody", "ContactBody"];
        let one_of = kinds.iter().fold(OneOfBuilder::new(), |one_of, kind| {
            one_of.item(RefOr::<Schema>::Ref(Ref::from_schema_name(*kind)))
        });
        let mapping = kinds.map(|kind| {
            let slug = kind.trim_end_matches("Body").to_lowercase();
            (slug, format!("#/components/schemas/{kind}"))
        });
        let which = Discriminator::with_mapping("kind", mapping);
        one_of.description(Some("A message.")).discriminator(Some(which)).into()
    }
}

impl ToSchema for MessageBody {}

/// The same document in the words of the contract.
pub(super) fn without_rust(document: &OpenApi) -> OpenApi {
    let mut text = document.to_json().unwrap_or_default();
    for (name, bound) in LIMITS {
        for link in [format!("[`crate::{name}`]"), format!("[`{name}`]")] {
            text = text.replace(&link, &bound.to_string());
        }
    }
    for (rust, ours) in WORDS {
        text = text.replace(rust, ours);
    }
    let named = serde_json::from_str(&text).and_then(|mut document: Value| {
        let schemas = &mut document["components"]["schemas"];
        schemas.as_object_mut().into_iter().for_each(name_kinds);
        without_examples(&mut document);
        serde_json::from_value(document)
    });
    named.unwrap_or_else(|error| unreachable!("what was written is read: {error}"))
}

/// Takes the examples in Rust out of descriptions.
fn without_examples(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(told)) = fields.get_mut("description") {
                while let Some((before, rest)) = told.split_once("\n\n```\n") {
                    let after = rest.split_once("\n```").map_or("", |(_, after)| after);
                    *told = format!("{before}{after}");
                }
            }
            fields.values_mut().for_each(without_examples);
        }
        Value::Array(items) => items.iter_mut().for_each(without_examples),
        _ => {}
    }
}

fn name_kinds(schemas: &mut Map<String, Value>) {
    UNIONS.iter().for_each(|(union, field, ending)| name_kinds_of(schemas, union, field, ending));
}

/// Takes each kind out of a union and gives it a name: `TextBody`, `PullFrame`, …
fn name_kinds_of(schemas: &mut Map<String, Value>, union: &str, field: &str, ending: &str) {
    let Some(Value::Array(kinds)) = schemas.get_mut(union).map(|it| it["oneOf"].take()) else {
        return;
    };
    let (mut refs, mut mapping) = (Vec::new(), Map::new());
    for kind in kinds {
        let Some(slug) = slug_of(&kind, field) else { continue };
        let name = format!("{}{ending}", pascal(&slug));
        let reference = format!("#/components/schemas/{name}");
        refs.push(json!({"$ref": reference}));
        mapping.insert(slug, json!(reference));
        schemas.insert(name, in_one_piece(kind));
    }
    schemas[union]["oneOf"] = Value::Array(refs);
    schemas[union]["discriminator"] = json!({"propertyName": field, "mapping": mapping});
}

/// The parts of a schema that follow each other, as the schema itself if there is one, or two.
fn parts(schema: &Value) -> impl Iterator<Item = &Value> {
    let parts = schema["allOf"].as_array().map(Vec::as_slice);
    parts.unwrap_or(std::slice::from_ref(schema)).iter()
}

fn slug_of(kind: &Value, field: &str) -> Option<String> {
    let slug = parts(kind).find_map(|part| part["properties"][field]["enum"][0].as_str());
    slug.map(str::to_owned)
}

/// What is told of the kind itself in one object, beside the header that it refers to.
fn in_one_piece(kind: Value) -> Value {
    let (mut own, mut all) =
        (json!({"type": "object", "required": [], "properties": {}}), Vec::new());
    for part in parts(&kind) {
        if let Some(reference) = part.get("$ref") {
            all.push(json!({"$ref": reference}));
            continue;
        }
        for (name, property) in part["properties"].as_object().into_iter().flatten() {
            own["properties"][name] = property.clone();
        }
        let required = part["required"].as_array().cloned().unwrap_or_default();
        own["required"].as_array_mut().into_iter().for_each(|all| all.extend(required.clone()));
    }
    let description = kind["description"].clone();
    if all.is_empty() {
        own["description"] = description;
        return own;
    }
    all.push(own);
    json!({"description": description, "allOf": all})
}

fn pascal(slug: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    slug.split('-').map(capital).collect()
}

//! The published versions of templates. What each is stands in its fact.

use std::collections::HashMap;

use sqlx::{AnyConnection, Row as _};
use waypost_domain::Wanted;
use waypost_protocol::{Body, Content, TemplateDefinition, kind};

use crate::sql::{big, unsigned};
use crate::{Db, StorageError};

/// A published version of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateRow {
    /// Its stable id.
    pub template: String,
    /// Its version.
    pub version: u16,
    /// What it is.
    pub definition: TemplateDefinition,
}

impl Db {
    /// Every published version, in the order of the record.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn published_templates(&self) -> Result<Vec<TemplateRow>, StorageError> {
        let mut on = self.readers.acquire().await?;
        let mut sql = self.sql(
            "SELECT f.content FROM template t JOIN fact f ON f.n = t.n \
             ORDER BY t.n",
        );
        let rows = sql.rows(&mut on).await?;
        let row = |row: &sqlx::any::AnyRow| {
            let bytes = row.try_get(0)?;
            let content = Content { kind: kind::TEMPLATE_PUBLISHED, bytes };
            match content.to_body() {
                Ok(Body::TemplatePublished { template, version, definition }) => {
                    Ok(TemplateRow { template, version, definition: *definition })
                }
                _ => Err(StorageError::Damaged("a published template cannot be read".into())),
            }
        };
        rows.iter().map(row).collect()
    }

    /// The newest published version of each of these.
    pub(crate) async fn known_templates(
        &self,
        on: &mut AnyConnection,
        wanted: &Wanted,
    ) -> Result<HashMap<String, u16>, StorageError> {
        let mut found = HashMap::new();
        let keys: Vec<_> = wanted.templates.iter().collect();
        for chunk in self.chunks(&keys) {
            let mut sql =
                self.sql("SELECT template, MAX(version) FROM template WHERE template IN (");
            sql.list(chunk, |key| (*key).clone()).push(") GROUP BY template");
            for row in sql.rows(on).await? {
                found.insert(row.try_get(0)?, unsigned(row.try_get(1)?) as u16);
            }
        }
        Ok(found)
    }

    pub(crate) async fn publish_template(
        &self,
        on: &mut AnyConnection,
        template: &str,
        version: u16,
        n: u64,
    ) -> Result<(), StorageError> {
        self.sql("INSERT INTO template (template, version, n) VALUES ")
            .tuples(&[()], |row, ()| {
                row.bind(template.to_owned()).bind(i64::from(version)).bind(big(n));
            })
            .execute(on)
            .await?;
        Ok(())
    }
}

//! What must be acknowledged now.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ReadModel;
use crate::store::{Reading, StoreError};
use crate::view::UrgentView;

impl ReadModel {
    /// Reads the urgent messages of others anew: there are few, and an index names them.
    pub(super) async fn read_urgent(&mut self, reading: &Reading<'_>) -> Result<(), StoreError> {
        let mut urgent = Vec::new();
        for (conversation, id) in reading.urgent().await? {
            let ids = BTreeSet::from([id]);
            let found = self.some(reading, conversation, &ids, 0).await?;
            let found = found.into_iter().map(|(_, message)| Arc::new(message));
            urgent.extend(found.map(|message| UrgentView { conversation, message }));
        }
        if *self.urgent != urgent {
            self.urgent = Arc::new(urgent);
        }
        Ok(())
    }
}

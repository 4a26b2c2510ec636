//! From columns of the portable subset back to our types.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;
use waypost_protocol::{ConversationId, EnrolmentId, FactId, PersonId, Role};

use crate::StorageError;

pub(crate) fn person_id(number: i64) -> PersonId {
    PersonId(u32::try_from(number).unwrap_or(0))
}

pub(crate) fn fact_id(row: &AnyRow, at: usize) -> Result<FactId, StorageError> {
    Ok(FactId(uuid_of(&row.try_get::<Vec<u8>, _>(at)?)?))
}

pub(crate) fn enrolment_id(row: &AnyRow, at: usize) -> Result<EnrolmentId, StorageError> {
    enrolment_from(&row.try_get::<Vec<u8>, _>(at)?)
}

pub(crate) fn enrolment_from(bytes: &[u8]) -> Result<EnrolmentId, StorageError> {
    Ok(EnrolmentId(uuid_of(bytes)?))
}

pub(crate) fn uuid_of(bytes: &[u8]) -> Result<Uuid, StorageError> {
    Uuid::from_slice(bytes).map_err(|error| StorageError::Damaged(error.to_string()))
}

pub(crate) fn conversation_id(text: String) -> Result<ConversationId, StorageError> {
    text.parse().map_err(|_| StorageError::Damaged(format!("`{text}` is no conversation")))
}

/// From a column that holds JSON.
pub(crate) fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, StorageError> {
    serde_json::from_str(json).map_err(|error| StorageError::Damaged(error.to_string()))
}

/// For a column that holds JSON.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|error| StorageError::Damaged(error.to_string()))
}

pub(crate) fn role_of(text: String) -> Result<Role, StorageError> {
    text.parse().map_err(StorageError::Damaged)
}

pub(crate) fn fixed<const N: usize>(row: &AnyRow, at: usize) -> Result<[u8; N], StorageError> {
    let bytes: Vec<u8> = row.try_get(at)?;
    bytes.try_into().map_err(|_| StorageError::Damaged(format!("column {at} has not {N} bytes")))
}

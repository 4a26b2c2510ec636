//! Who the device speaks for, and where its server is.

use sqlx::Row as _;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use uuid::Uuid;
use waypost_protocol::{DeviceId, EnrolmentId, PersonId, Role};

/// One enrolment, as it was given.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) enrolment: EnrolmentId,
    pub(crate) device: DeviceId,
    pub(crate) person: PersonId,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) language: String,
    pub(crate) host: String,
    pub(crate) https_port: u16,
    pub(crate) mqtt_port: u16,
    pub(crate) credential: String,
    pub(crate) ca_pem: String,
    /// The Ed25519 seed with which this device will sign evidence.
    pub(crate) signing_key: [u8; 32],
}

impl Identity {
    pub(super) async fn read(pool: &SqlitePool) -> Result<Option<Self>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT enrolment, device, person, name, role, language, host, https_port, mqtt_port,
                    credential, ca_pem, signing_key
             FROM enrolment",
        )
        .fetch_optional(pool)
        .await?;
        row.map(|row| Self::from_row(&row)).transpose()
    }

    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let damaged = |what: &str| sqlx::Error::Decode(format!("damaged {what}").into());
        let uuid = |at: usize| -> Result<Uuid, sqlx::Error> {
            Uuid::from_slice(row.try_get::<&[u8], _>(at)?).map_err(|_| damaged("id"))
        };
        Ok(Self {
            enrolment: EnrolmentId(uuid(0)?),
            device: DeviceId(uuid(1)?),
            person: PersonId(row.try_get(2)?),
            name: row.try_get(3)?,
            role: row.try_get::<&str, _>(4)?.parse().map_err(|_| damaged("role"))?,
            language: row.try_get(5)?,
            host: row.try_get(6)?,
            https_port: row.try_get(7)?,
            mqtt_port: row.try_get(8)?,
            credential: row.try_get(9)?,
            ca_pem: row.try_get(10)?,
            signing_key: row.try_get::<&[u8], _>(11)?.try_into().map_err(|_| damaged("key"))?,
        })
    }

    pub(super) async fn write(&self, pool: &SqlitePool) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO enrolment (one, enrolment, device, person, name, role, language, host,
                                    https_port, mqtt_port, credential, ca_pem, signing_key)
             VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(self.enrolment.as_bytes().as_slice())
        .bind(self.device.as_bytes().as_slice())
        .bind(self.person.0)
        .bind(&self.name)
        .bind(self.role.name())
        .bind(&self.language)
        .bind(&self.host)
        .bind(self.https_port)
        .bind(self.mqtt_port)
        .bind(&self.credential)
        .bind(&self.ca_pem)
        .bind(self.signing_key.as_slice())
        .execute(pool)
        .await?;
        Ok(())
    }
}

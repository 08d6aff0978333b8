//! Reading columns back into the domain's types. What cannot be read is a fault that names the column, not its value.

use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::{AggregateKind, Position, Recorded, StreamId, Version};
use portcullis_domain::ids::{ApiKeyPrefix, LockId, OrgId, OutboxId, UserId};
use portcullis_domain::text::{EmailAddress, FreeText, UserName};
use sea_orm::{QueryResult, TryGetable};
use uuid::Uuid;

use super::Fault;

/// One row of an answer.
pub(super) struct Row(QueryResult);

impl Row {
    pub(super) const fn new(result: QueryResult) -> Self {
        Self(result)
    }

    pub(super) fn get<T: TryGetable>(&self, column: &'static str) -> Result<T, Fault> {
        self.0.try_get("", column).map_err(|_| Fault::Unreadable(column))
    }

    pub(super) fn text(&self, column: &'static str) -> Result<String, Fault> {
        self.get(column)
    }

    pub(super) fn maybe_text(&self, column: &'static str) -> Result<Option<String>, Fault> {
        self.get(column)
    }

    pub(super) fn bytes(&self, column: &'static str) -> Result<Vec<u8>, Fault> {
        self.get(column)
    }

    pub(super) fn maybe_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, Fault> {
        self.get(column)
    }

    pub(super) fn digest(&self, column: &'static str) -> Result<[u8; 32], Fault> {
        self.bytes(column)?.try_into().map_err(|_| Fault::Unreadable(column))
    }

    pub(super) fn flag(&self, column: &'static str) -> Result<bool, Fault> {
        self.get(column)
    }

    /// A number that is never negative; absent counts as 0.
    pub(super) fn number(&self, column: &'static str) -> Result<u64, Fault> {
        Ok(self.maybe_number(column)?.unwrap_or_default())
    }

    pub(super) fn maybe_number(&self, column: &'static str) -> Result<Option<u64>, Fault> {
        let number: Option<i64> = self.get(column)?;
        number.map(|number| u64::try_from(number).map_err(|_| Fault::Unreadable(column))).transpose()
    }

    pub(super) fn version(&self, column: &'static str) -> Result<Version, Fault> {
        Ok(Version::new(self.number(column)?))
    }

    pub(super) fn time(&self, column: &'static str) -> Result<Timestamp, Fault> {
        Ok(Timestamp::from_unix_micros(self.get(column)?))
    }

    pub(super) fn maybe_time(&self, column: &'static str) -> Result<Option<Timestamp>, Fault> {
        let micros: Option<i64> = self.get(column)?;
        Ok(micros.map(Timestamp::from_unix_micros))
    }

    /// Text read by a function of the domain.
    pub(super) fn parsed<T, E>(
        &self,
        column: &'static str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Result<T, Fault> {
        parse(self.text(column)?).map_err(|_| Fault::Unreadable(column))
    }

    pub(super) fn maybe_parsed<T, E>(
        &self,
        column: &'static str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Result<Option<T>, Fault> {
        self.maybe_text(column)?.map(parse).transpose().map_err(|_| Fault::Unreadable(column))
    }

    /// What a join found, unless it found nothing.
    pub(super) fn joined<T>(&self, key: &'static str, read: fn(&Self) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
        self.maybe_text(key)?.map(|_| read(self)).transpose()
    }

    pub(super) fn user(&self, column: &'static str) -> Result<UserId, Fault> {
        Ok(UserId::from_uuid(self.parsed(column, |text| Uuid::try_parse(&text))?))
    }

    pub(super) fn maybe_user(&self, column: &'static str) -> Result<Option<UserId>, Fault> {
        Ok(self.maybe_parsed(column, |text| Uuid::try_parse(&text))?.map(UserId::from_uuid))
    }

    pub(super) fn outbox_id(&self, column: &'static str) -> Result<OutboxId, Fault> {
        Ok(OutboxId::from_uuid(self.parsed(column, |text| Uuid::try_parse(&text))?))
    }

    pub(super) fn org(&self, column: &'static str) -> Result<OrgId, Fault> {
        self.parsed(column, OrgId::parse)
    }

    pub(super) fn maybe_org(&self, column: &'static str) -> Result<Option<OrgId>, Fault> {
        self.maybe_parsed(column, OrgId::parse)
    }

    pub(super) fn lock(&self, column: &'static str) -> Result<LockId, Fault> {
        self.parsed(column, LockId::parse)
    }

    pub(super) fn prefix(&self, column: &'static str) -> Result<ApiKeyPrefix, Fault> {
        self.parsed(column, |text| ApiKeyPrefix::parse(&text))
    }

    pub(super) fn free_text(&self, column: &'static str) -> Result<FreeText, Fault> {
        self.parsed(column, FreeText::parse)
    }

    pub(super) fn username(&self, column: &'static str) -> Result<UserName, Fault> {
        self.parsed(column, |text| UserName::parse(&text))
    }

    pub(super) fn email(&self, column: &'static str) -> Result<EmailAddress, Fault> {
        self.parsed(column, |text| EmailAddress::parse(&text))
    }

    pub(super) fn recorded(&self) -> Result<Recorded, Fault> {
        let kind = self.parsed("aggregate_type", |text| AggregateKind::parse(&text))?;
        Ok(Recorded {
            position: Position::new(self.number("position")?),
            stream: StreamId::new(kind, self.text("aggregate_id")?),
            version: self.version("version")?,
            bytes: self.bytes("body")?,
        })
    }
}

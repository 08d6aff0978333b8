//! The key of keyed hashes: made once, sealed with whatever master key is newest.

use sea_orm::{ConnectionTrait, Statement};

use super::places::service_key_place;
use crate::seal::HashingKey;
use crate::store::{Fault, SeaStore};

const NAME: &str = "hashing";

pub(super) const FIND: &str = "SELECT sealed FROM private_service_keys WHERE name = $1";
const PUT: &str = "INSERT INTO private_service_keys (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

impl SeaStore {
    /// The key of keyed hashes, made the first time it is asked for. It begins as what releases before derived from the
    /// master key, so that their hashes stay good.
    ///
    /// Fails with [`SealError::UnknownKey`](crate::seal::SealError::UnknownKey) when the database was sealed with a
    /// master key this process does not have.
    pub async fn hashing_key(&self) -> Result<HashingKey, Fault> {
        if let Some(found) = self.find_hashing_key().await? {
            return Ok(found);
        }
        let database = self.database();
        let sealed = self.sealer().seal(service_key_place(NAME), self.sealer().first_hashing_key().expose())?;
        let transaction = database.begin_write().await?;
        let put = Statement::from_sql_and_values(database.backend, PUT, [NAME.into(), sealed.into()]);
        transaction.execute_raw(put).await?;
        transaction.commit().await?;
        // Another process may have been quicker; the one that is there counts.
        self.find_hashing_key().await?.ok_or(Fault::Unreadable("the key of hashes"))
    }

    async fn find_hashing_key(&self) -> Result<Option<HashingKey>, Fault> {
        let Some(row) = self.database().one(FIND, vec![NAME.into()]).await? else { return Ok(None) };
        let plain = self.sealer().open(service_key_place(NAME), &row.bytes("sealed")?)?;
        let bytes = <[u8; 32]>::try_from(plain).map_err(|_| Fault::Unreadable("the key of hashes"))?;
        Ok(Some(HashingKey::new(bytes)))
    }
}

//! What is known here of camera accounts.

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::{ThreeDEyeUserId, UserId};
use portcullis_domain::port::{ThreeDEyeAccounts, Unavailable};
use portcullis_domain::secret::Secret;
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{
    AccountOwner, AccountState, KnownAccount, Lease, Mapping, MappingState, RemoteAccount, WithoutAccount,
};
use serde_json::json;

use super::bound;
use super::hinted::{Hinted, hinted};
use crate::store::row::Row;
use crate::store::write::{mapping_state, threedeye_place};
use crate::store::{Fault, SeaStore};

pub(super) const FIND: &str = "SELECT m.user_id AS mapped, m.threedeye_user_id, m.email, m.password, m.state, \
    m.created_at, r.roles, l.until, (SELECT g.value FROM work_guards g WHERE g.key = 'threedeye/' || $1) AS fence \
    FROM (SELECT 1 AS one) AS x LEFT JOIN private_threedeye m ON m.user_id = $1 \
    LEFT JOIN private_recovery r ON r.user_id = $1 LEFT JOIN work_leases l ON l.user_id = $1";

macro_rules! without_account {
    ($what:literal, $hint:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM private_profiles p ",
            $hint,
            " WHERE p.email IS NOT NULL AND NOT p.has_camera AND p.camera_tried_at < $1 \
             AND (SELECT u.status FROM view_users u WHERE u.user_id = p.user_id) = 'ACTIVE'",
            $rest
        )
    };
}

macro_rules! list_without_account {
    ($hint:literal) => {
        without_account!(
            "p.user_id, nullif(p.camera_tried_at, 0) AS tried_at",
            $hint,
            " AND (p.camera_tried_at, p.user_id) > ($2, $3) ORDER BY p.camera_tried_at, p.user_id LIMIT $4"
        )
    };
}

macro_rules! count_without_account {
    ($hint:literal) => {
        without_account!("count(*) AS people", $hint, "")
    };
}

pub(super) const WITHOUT_ACCOUNT: Hinted = hinted!(list_without_account, "INDEXED BY private_profiles_without_camera");
pub(super) const COUNT_WITHOUT_ACCOUNT: Hinted =
    hinted!(count_without_account, "INDEXED BY private_profiles_without_camera");

pub(super) const MAPPINGS: &str = "SELECT m.user_id, m.threedeye_user_id, m.email, m.state, r.roles \
    FROM private_threedeye m LEFT JOIN private_recovery r ON r.user_id = m.user_id \
    WHERE m.user_id > $1 ORDER BY m.user_id LIMIT $2";

macro_rules! owners {
    ($accounts:literal) => {
        concat!(
            "SELECT (SELECT m.user_id FROM private_threedeye m WHERE m.threedeye_user_id = r.value->>0 \
             ORDER BY m.user_id LIMIT 1) AS by_id, \
             (SELECT m.user_id FROM private_threedeye m WHERE m.email = r.value->>1 \
             ORDER BY m.user_id LIMIT 1) AS by_address, \
             (SELECT p.user_id FROM private_profiles p WHERE p.email = r.value->>1 \
             ORDER BY p.user_id LIMIT 1) AS person FROM ",
            $accounts
        )
    };
}

/// In the order of the accounts, which is that of the array: nothing is joined.
pub(super) const OWNERS: Hinted =
    Hinted { sqlite: owners!("json_each($1) AS r"), postgres: owners!("json_array_elements($1::json) AS r") };

pub(super) const IS_CLAIMED: &str = "SELECT m.user_id FROM private_threedeye m WHERE m.email = $1 AND m.user_id <> $2 \
    AND m.threedeye_user_id IS NULL AND m.state <> 'stale' LIMIT 1";

fn parse_state(text: &str) -> Result<MappingState, ()> {
    let states = [MappingState::Creating, MappingState::Live, MappingState::Stale];
    states.into_iter().find(|state| mapping_state(*state) == text).ok_or(())
}

#[async_trait]
impl ThreeDEyeAccounts for SeaStore {
    async fn find(&self, user: UserId) -> Result<AccountState, Unavailable> {
        let row = self.database().one(FIND, vec![user.to_string().into()]).await?;
        let row = row.ok_or(Fault::Unreadable("an empty answer"))?;
        let mapped = row.maybe_text("mapped")?.is_some();
        Ok(AccountState {
            mapping: if mapped { Some(self.mapping(&row, user)?) } else { None },
            recovery: row.maybe_parsed("roles", |text| serde_json::from_str(&text))?,
            lease: Lease { fence: row.number("fence")?, until: row.maybe_time("until")? },
        })
    }

    async fn without_account(
        &self,
        tried_before: Timestamp,
        after: Option<WithoutAccount>,
        limit: u32,
    ) -> Result<Vec<WithoutAccount>, Unavailable> {
        let sql = WITHOUT_ACCOUNT.on(self.database().backend);
        let tried_at = after.and_then(|after| after.tried_at).map_or(0, Timestamp::unix_micros);
        // Every id comes after empty text.
        let user = after.map(|after| after.user.to_string()).unwrap_or_default();
        let values = vec![tried_before.unix_micros().into(), tried_at.into(), user.into(), bound(limit.into())];
        let rows = self.database().all(sql, values).await?;
        let waiting = |row: &Row| {
            Ok::<_, Fault>(WithoutAccount { tried_at: row.maybe_time("tried_at")?, user: row.user("user_id")? })
        };
        Ok(rows.iter().map(waiting).collect::<Result<_, _>>()?)
    }

    async fn count_without_account(&self, tried_before: Timestamp) -> Result<u64, Unavailable> {
        let sql = COUNT_WITHOUT_ACCOUNT.on(self.database().backend);
        let row = self.database().one(sql, vec![tried_before.unix_micros().into()]).await?;
        Ok(row.map_or(Ok(0), |row| row.number("people"))?)
    }

    async fn mappings(&self, after: Option<UserId>, limit: u32) -> Result<Vec<KnownAccount>, Unavailable> {
        // Every id comes after empty text.
        let after = after.map(|user| user.to_string()).unwrap_or_default();
        let rows = self.database().all(MAPPINGS, vec![after.into(), bound(limit.into())]).await?;
        Ok(rows.iter().map(known).collect::<Result<_, _>>()?)
    }

    async fn owners(&self, accounts: &[RemoteAccount]) -> Result<Vec<AccountOwner>, Unavailable> {
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let asked =
            accounts.iter().map(|account| json!([account.id, account.email.as_ref().map(EmailAddress::as_str)]));
        let asked = serde_json::Value::Array(asked.collect()).to_string();
        let rows = self.database().all(OWNERS.on(self.database().backend), vec![asked.into()]).await?;
        Ok(rows.iter().map(owner).collect::<Result<_, _>>()?)
    }

    async fn is_claimed(&self, address: &EmailAddress, leaving_out: Option<UserId>) -> Result<bool, Unavailable> {
        // Nobody's id is empty text.
        let leaving_out = leaving_out.map(|user| user.to_string()).unwrap_or_default();
        let values = vec![address.as_str().into(), leaving_out.into()];
        Ok(self.database().one(IS_CLAIMED, values).await?.is_some())
    }
}

fn known(row: &Row) -> Result<KnownAccount, Fault> {
    let recovery: Option<Vec<_>> = row.maybe_parsed("roles", |text| serde_json::from_str(&text))?;
    Ok(KnownAccount {
        user: row.user("user_id")?,
        threedeye_user: row.maybe_parsed("threedeye_user_id", ThreeDEyeUserId::parse)?,
        email: row.email("email")?,
        state: row.parsed("state", |text| parse_state(&text))?,
        recovery: recovery.unwrap_or_default(),
    })
}

fn owner(row: &Row) -> Result<AccountOwner, Fault> {
    Ok(AccountOwner {
        by_id: row.maybe_user("by_id")?,
        by_address: row.maybe_user("by_address")?,
        person: row.maybe_user("person")?,
    })
}

impl SeaStore {
    fn mapping(&self, row: &Row, user: UserId) -> Result<Mapping, Fault> {
        let password = self.sealer().open_text(threedeye_place(&user.to_string()), &row.bytes("password")?)?;
        Ok(Mapping {
            user,
            threedeye_user: row.maybe_parsed("threedeye_user_id", ThreeDEyeUserId::parse)?,
            email: row.email("email")?,
            password: Secret::new(password),
            state: row.parsed("state", |text| parse_state(&text))?,
            created_at: row.time("created_at")?,
        })
    }
}

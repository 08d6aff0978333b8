//! People.

use async_trait::async_trait;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{LoginName, PersonFilter, Unavailable, UserRepository};
use portcullis_domain::session::StoredCredentials;
use portcullis_domain::text::{EmailAddress, PhoneNumber, UserName};
use portcullis_domain::user::{Account, OtherAdministrators, PasswordHash, Person, Profile};
use sea_orm::Value;

use super::hinted::{Hinted, hinted};
use super::lock_access::status;
use super::prefix::{can_begin, end_of_prefix};
use super::{bound, roles};
use crate::store::row::Row;
use crate::store::{Fault, SeaStore};

macro_rules! person {
    ($($rest:literal),+) => {
        concat!(
            "SELECT u.user_id, u.org_id, u.status, u.created_at, \
             (SELECT max(e.version) FROM events e \
             WHERE e.aggregate_type = 'user' AND e.aggregate_id = u.user_id) AS version, \
             p.user_id AS profiled, p.email, p.email_verified, p.email_voucher, p.first_name, p.last_name, \
             p.phone_number, a.username, a.name, a.created_at AS account_created_at, v.roles ",
            $($rest),+
        )
    };
}

pub(super) const FIND: &str = person!(
    "FROM view_users u LEFT JOIN private_profiles p ON p.user_id = u.user_id \
     LEFT JOIN private_accounts a ON a.user_id = u.user_id LEFT JOIN view_accounts v ON v.user_id = u.user_id \
     WHERE u.user_id = $1"
);

pub(super) const FIND_BY_NAME: &str = person!(
    "FROM private_accounts a JOIN view_users u ON u.user_id = a.user_id \
     JOIN view_accounts v ON v.user_id = a.user_id LEFT JOIN private_profiles p ON p.user_id = a.user_id \
     WHERE a.username_folded = $1 ORDER BY a.user_id LIMIT 1"
);

pub(super) const FIND_BY_ADDRESS: &str = person!(
    "FROM private_profiles p JOIN view_users u ON u.user_id = p.user_id \
     LEFT JOIN private_accounts a ON a.user_id = p.user_id LEFT JOIN view_accounts v ON v.user_id = p.user_id \
     WHERE p.email = $1 ORDER BY p.user_id LIMIT 1"
);

pub(super) const FIND_BY_PHONE_NUMBER: &str = person!(
    "FROM private_profiles p JOIN view_users u ON u.user_id = p.user_id \
     LEFT JOIN private_accounts a ON a.user_id = p.user_id LEFT JOIN view_accounts v ON v.user_id = p.user_id \
     WHERE p.phone_number = $1 ORDER BY p.user_id LIMIT 1"
);

pub(super) const LIST: &str = person!(
    "FROM view_users u LEFT JOIN private_profiles p ON p.user_id = u.user_id \
     LEFT JOIN private_accounts a ON a.user_id = u.user_id LEFT JOIN view_accounts v ON v.user_id = u.user_id \
     WHERE u.user_id > $1 ORDER BY u.user_id LIMIT $2"
);

macro_rules! list_of_org {
    ($hint:literal) => {
        person!(
            "FROM view_users u ",
            $hint,
            " LEFT JOIN private_profiles p ON p.user_id = u.user_id \
             LEFT JOIN private_accounts a ON a.user_id = u.user_id LEFT JOIN view_accounts v ON v.user_id = u.user_id \
             WHERE u.org_id = $3 AND u.user_id > $1 ORDER BY u.user_id LIMIT $2"
        )
    };
}

pub(super) const LIST_OF_ORG: Hinted = hinted!(list_of_org, "INDEXED BY view_users_by_org");

macro_rules! list_by_prefix {
    ($hint:literal) => {
        person!(
            "FROM private_accounts a ",
            $hint,
            " JOIN view_users u ON u.user_id = a.user_id \
             JOIN view_accounts v ON v.user_id = a.user_id LEFT JOIN private_profiles p ON p.user_id = a.user_id \
             WHERE a.username_folded >= $4 AND a.username_folded < $5 AND a.user_id > $1 \
             AND ($3 = '' OR u.org_id = $3) ORDER BY a.user_id LIMIT $2"
        )
    };
}

/// Looks at all accounts whose name begins so, and at nobody else.
pub(super) const LIST_BY_PREFIX: Hinted = hinted!(list_by_prefix, "INDEXED BY private_accounts_by_name");

macro_rules! credentials {
    ($rest:literal) => {
        concat!(
            "SELECT a.user_id, u.status, a.username, a.password_hash, \
             (SELECT g.value FROM work_guards g WHERE g.key = 'epoch/' || a.user_id) AS epoch ",
            $rest
        )
    };
}

pub(super) const CREDENTIALS_BY_NAME: &str = credentials!(
    "FROM private_accounts a JOIN view_users u ON u.user_id = a.user_id JOIN view_accounts v ON v.user_id = a.user_id \
     WHERE a.username_folded = $1 AND a.password_hash IS NOT NULL ORDER BY a.user_id LIMIT 1"
);

pub(super) const CREDENTIALS_BY_ADDRESS: &str = credentials!(
    "FROM private_profiles p JOIN private_accounts a ON a.user_id = p.user_id \
     JOIN view_users u ON u.user_id = a.user_id JOIN view_accounts v ON v.user_id = a.user_id \
     WHERE p.email = $1 AND a.username IS NOT NULL AND a.password_hash IS NOT NULL ORDER BY a.user_id LIMIT 1"
);

macro_rules! administrators {
    ($hint:literal, $rest:literal) => {
        concat!(
            "SELECT EXISTS (SELECT 1 FROM view_accounts v ",
            $hint,
            " CROSS JOIN view_users u WHERE u.user_id = v.user_id AND v.is_admin AND u.status = 'ACTIVE'",
            $rest
        )
    };
}

macro_rules! has_administrator {
    ($hint:literal) => {
        administrators!($hint, ") AS found")
    };
}

/// Starts from the few administrators: a cross join keeps its order on SQLite.
pub(super) const HAS_ADMINISTRATOR: Hinted = hinted!(has_administrator, "INDEXED BY view_accounts_admins");

macro_rules! administrators_besides {
    ($hint:literal) => {
        administrators!(
            $hint,
            " AND v.user_id <> $1) AS found, \
             (SELECT g.value FROM work_guards g WHERE g.key = 'administrators') AS revision"
        )
    };
}

/// The same but for one person, with the guard of their number.
pub(super) const ADMINISTRATORS_BESIDES: Hinted = hinted!(administrators_besides, "INDEXED BY view_accounts_admins");

fn profile(row: &Row, user: UserId) -> Result<Profile, Fault> {
    if row.maybe_text("profiled")?.is_none() {
        return Ok(Profile::empty(user));
    }
    Ok(Profile {
        user,
        email: row.maybe_parsed("email", |text| EmailAddress::parse(&text))?,
        email_verified: row.flag("email_verified")?,
        email_voucher: row.parsed("email_voucher", |text| serde_json::from_str(&text))?,
        first_name: row.maybe_text("first_name")?,
        last_name: row.maybe_text("last_name")?,
        phone_number: row.maybe_parsed("phone_number", |text| PhoneNumber::parse(&text))?,
    })
}

fn person(row: &Row) -> Result<Person, Fault> {
    let id = row.user("user_id")?;
    let named = row.maybe_text("username")?.is_some() && row.maybe_text("roles")?.is_some();
    let account = || -> Result<_, Fault> {
        let account = Account {
            user: id,
            username: row.username("username")?,
            name: row.text("name")?,
            created_at: row.time("account_created_at")?,
        };
        Ok((account, roles(row)?))
    };
    Ok(Person {
        id,
        version: row.version("version")?,
        org: row.org("org_id")?,
        status: status(row)?,
        created_at: row.time("created_at")?,
        profile: profile(row, id)?,
        account: if named { Some(account()?) } else { None },
    })
}

fn credentials(row: &Row) -> Result<StoredCredentials, Fault> {
    Ok(StoredCredentials {
        user: row.user("user_id")?,
        status: status(row)?,
        username: row.username("username")?,
        password: PasswordHash::new(row.text("password_hash")?),
        epoch: row.number("epoch")?,
    })
}

impl SeaStore {
    async fn person(&self, sql: &'static str, key: String) -> Result<Option<Person>, Unavailable> {
        let row = self.database().one(sql, vec![key.into()]).await?;
        Ok(row.as_ref().map(person).transpose()?)
    }
}

#[async_trait]
impl UserRepository for SeaStore {
    async fn find(&self, id: UserId) -> Result<Option<Person>, Unavailable> {
        self.person(FIND, id.to_string()).await
    }

    async fn find_by_name(&self, name: &UserName) -> Result<Option<Person>, Unavailable> {
        self.person(FIND_BY_NAME, name.folded()).await
    }

    async fn find_by_address(&self, address: &EmailAddress) -> Result<Option<Person>, Unavailable> {
        self.person(FIND_BY_ADDRESS, address.as_str().to_owned()).await
    }

    async fn find_by_phone_number(&self, number: &PhoneNumber) -> Result<Option<Person>, Unavailable> {
        self.person(FIND_BY_PHONE_NUMBER, number.as_str().to_owned()).await
    }

    async fn credentials(&self, login: &LoginName) -> Result<Option<StoredCredentials>, Unavailable> {
        let (sql, key) = match login {
            LoginName::UserName(name) => (CREDENTIALS_BY_NAME, name.folded()),
            LoginName::Email(address) => (CREDENTIALS_BY_ADDRESS, address.as_str().to_owned()),
        };
        let row = self.database().one(sql, vec![key.into()]).await?;
        Ok(row.as_ref().map(credentials).transpose()?)
    }

    async fn list(&self, filter: &PersonFilter, after: Option<UserId>, limit: u32) -> Result<Vec<Person>, Unavailable> {
        // Every id comes after empty text, and no organisation's id is empty.
        let after = after.map(|user| user.to_string()).unwrap_or_default();
        let org = filter.org.as_ref().map(|org| org.as_str().to_owned());
        let prefix = filter.name_prefix.as_ref().map(|prefix| prefix.to_lowercase());
        if prefix.as_ref().is_some_and(|prefix| !can_begin(prefix)) {
            return Ok(Vec::new());
        }
        let mut values: Vec<Value> = vec![after.into(), bound(limit.into())];
        let sql = match (org, prefix) {
            (org, Some(prefix)) => {
                // An empty prefix still asks for accounts; their names are all below this.
                let end = end_of_prefix(&prefix).unwrap_or_else(|| char::MAX.to_string());
                values.extend([org.unwrap_or_default().into(), prefix.into(), end.into()]);
                LIST_BY_PREFIX.on(self.database().backend)
            }
            (Some(org), None) => {
                values.push(org.into());
                LIST_OF_ORG.on(self.database().backend)
            }
            (None, None) => LIST,
        };
        let rows = self.database().all(sql, values).await?;
        Ok(rows.iter().map(person).collect::<Result<_, _>>()?)
    }

    async fn has_administrator(&self) -> Result<bool, Unavailable> {
        let row = self.database().one(HAS_ADMINISTRATOR.on(self.database().backend), Vec::new()).await?;
        Ok(row.ok_or(Fault::Unreadable("an empty answer"))?.flag("found")?)
    }

    async fn administrators_besides(&self, user: UserId) -> Result<OtherAdministrators, Unavailable> {
        let sql = ADMINISTRATORS_BESIDES.on(self.database().backend);
        let row = self.database().one(sql, vec![user.to_string().into()]).await?;
        let row = row.ok_or(Fault::Unreadable("an empty answer"))?;
        Ok(OtherAdministrators { any: row.flag("found")?, revision: row.number("revision")? })
    }
}

//! What lies in the database, and what errors say.

use portcullis_domain::commit::{PrivateChange, WorkChange};
use portcullis_domain::port::{EventStore, Outbox, ThreeDEyeAccounts, TotpStore};
use portcullis_testkit::build::{NOON, a_commit, a_mapping, a_message, a_person, a_totp, an_answer, millis};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::on_each_database;
use crate::harness::Sea;

on_each_database!(
    secrets_lie_sealed,
    a_secret_moved_to_another_row_does_not_open,
    a_message_that_cannot_be_opened_holds_back_no_other,
    errors_of_the_database_repeat_no_value,
);

const SECRETS: [&str; 4] =
    ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "correct horse", r#"{"code":"secret"}"#, "once shown outcome"];

/// Every cell of every table, as bytes.
pub(super) async fn cells(sea: &Sea) -> Vec<Vec<u8>> {
    let mut cells = Vec::new();
    for table in sea.tables().await {
        let columns = match sea.backend() {
            DbBackend::Postgres => format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public'"
            ),
            _ => format!("SELECT name FROM pragma_table_info('{table}')"),
        };
        for column in sea.column(&columns).await {
            let sql = match sea.backend() {
                DbBackend::Postgres => {
                    format!("SELECT {column}::text::bytea AS cell FROM {table} WHERE {column} IS NOT NULL")
                }
                _ => format!("SELECT CAST({column} AS BLOB) AS cell FROM {table} WHERE {column} IS NOT NULL"),
            };
            let sql = match (sea.backend(), column.as_str()) {
                (
                    DbBackend::Postgres,
                    "payload" | "password" | "outcome" | "secret" | "pending" | "sealed" | "body",
                ) => {
                    format!("SELECT {column} AS cell FROM {table} WHERE {column} IS NOT NULL")
                }
                _ => sql,
            };
            let rows = sea.raw.query_all_raw(Statement::from_string(sea.backend(), sql)).await.unwrap();
            cells.extend(rows.iter().map(|row| row.try_get::<Vec<u8>>("", "cell").unwrap()));
        }
    }
    cells
}

async fn secrets_lie_sealed(sea: &Sea) {
    let user = a_person().put(&sea.store).await;
    let message = a_message("key");
    let id = message.id;
    a_commit()
        .private(PrivateChange::Totp(a_totp(user)))
        .private(PrivateChange::ThreeDEye(a_mapping(user)))
        .message(message)
        .answer(an_answer(1, 2, SECRETS[3], millis(i64::MAX)))
        .put(&sea.store)
        .await;
    let cells = cells(sea).await;
    assert!(cells.len() > 30);
    for secret in SECRETS {
        let seen = cells.iter().any(|cell| cell.windows(secret.len()).any(|window| window == secret.as_bytes()));
        assert!(!seen, "{secret}");
    }
    let second_factor = TotpStore::find(&sea.store, user).await.unwrap();
    assert_eq!(second_factor.live_secret().unwrap().expose(), SECRETS[0]);
    let account = ThreeDEyeAccounts::find(&sea.store, user).await.unwrap();
    assert_eq!(account.mapping.unwrap().password.expose(), SECRETS[1]);
    let payload = sea.store.due(NOON, 1).await.unwrap().remove(0).payload;
    assert_eq!(payload.unwrap().expose(), SECRETS[2]);
    assert_eq!(sea.store.recall(&[1; 32]).await.unwrap().unwrap().outcome.expose(), SECRETS[3]);
    a_commit().work(WorkChange::OutboxDelivered(id)).put(&sea.store).await;
    assert_eq!(sea.number("SELECT count(*) FROM work_outbox WHERE payload IS NOT NULL").await, 0);
}

async fn a_secret_moved_to_another_row_does_not_open(sea: &Sea) {
    let (ada, bob) = (a_person().put(&sea.store).await, a_person().put(&sea.store).await);
    a_commit().private(PrivateChange::Totp(a_totp(ada))).put(&sea.store).await;
    a_commit().private(PrivateChange::Totp(a_totp(bob))).put(&sea.store).await;
    sea.execute(&format!(
        "UPDATE private_totp SET secret = (SELECT secret FROM private_totp WHERE user_id = '{ada}') WHERE user_id = '{bob}'"
    ))
    .await;
    assert!(TotpStore::find(&sea.store, ada).await.is_ok());
    assert!(TotpStore::find(&sea.store, bob).await.is_err());
    sea.execute(&format!("UPDATE private_totp SET pending = secret WHERE user_id = '{ada}'")).await;
    assert!(TotpStore::find(&sea.store, ada).await.is_err(), "a column is a place, too");
}

async fn a_message_that_cannot_be_opened_holds_back_no_other(sea: &Sea) {
    let (bad, good) = (a_message("bad"), a_message("good"));
    let (bad_id, good_id) = (bad.id, good.id);
    a_commit().message(bad).message(good).put(&sea.store).await;
    sea.execute(&format!(
        "UPDATE work_outbox SET payload = (SELECT payload FROM work_outbox WHERE id = '{good_id}') WHERE id = '{bad_id}'"
    ))
    .await;
    let due = sea.store.due(NOON, 10).await.unwrap();
    let openable: Vec<_> = due.iter().map(|entry| (entry.id, entry.payload.is_some())).collect();
    assert_eq!(openable, [(bad_id, false), (good_id, true)]);
}

async fn errors_of_the_database_repeat_no_value(sea: &Sea) {
    sea.poison_profiles().await;
    let error = a_person().email("ada@example.com").commit().commit(&sea.store).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(told.contains("Statement("), "{told}");
    assert!(!told.contains("ada") && !told.contains("example"), "{told}");
}

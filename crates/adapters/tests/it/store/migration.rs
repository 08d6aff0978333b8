//! A database of an earlier release.

use std::time::Duration;

use portcullis_adapters::store::SchemaState;
use portcullis_domain::access::AccessLevel;
use portcullis_domain::event::{Position, Recorded, Version};
use portcullis_domain::lock::LockCreated;
use portcullis_domain::port::{EventStore, LockAccess, Sessions, UserRepository};
use portcullis_domain::session::{SessionKind, TokenHash};
use portcullis_domain::user::{Role, UserStatus, UserSuspended};
use portcullis_testkit::build::{
    NOON, a_commit, a_lock, a_lock_id, a_person, free, granted, org, take_away, version_of,
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::on_each_database;
use crate::harness::Sea;

on_each_database!(views_are_filled_from_the_events_there_are, sessions_of_an_earlier_release_get_an_end);

/// Takes the database back to the first release, with events alone.
pub(super) async fn first_release(sea: &Sea, events: &[Recorded]) {
    for table in sea.tables().await {
        sea.execute(&format!("DROP TABLE {table}")).await;
    }
    sea.store.migrate_to(1).await.unwrap();
    for event in events {
        let envelope = event.envelope().unwrap();
        let insert = "INSERT INTO events (position, aggregate_type, aggregate_id, version, name, at, body) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let number = |number: u64| i64::try_from(number).unwrap();
        let values = [
            number(event.position.number()).into(),
            event.stream.kind().slug().into(),
            event.stream.id().into(),
            number(event.version.number()).into(),
            envelope.name.into(),
            envelope.timestamp.unix_micros().into(),
            event.bytes.clone().into(),
        ];
        sea.raw.execute_raw(Statement::from_sql_and_values(sea.backend(), insert, values)).await.unwrap();
    }
}

async fn views_are_filled_from_the_events_there_are(sea: &Sea) {
    let ada = a_person().email("ada@example.com").account("ada", &[Role::Admin]).put(&sea.store).await;
    let door = a_lock().owner(ada).put(&sea.store).await;
    granted(ada, &door).level(AccessLevel::Owner).put(&sea.store).await;
    take_away(&sea.store, ada, &door, NOON).await;
    granted(ada, &door).put(&sea.store).await;
    let gate = a_lock_id();
    let maker = LockCreated {
        lock_id: gate.clone(),
        org_id: org("acme"),
        name: None,
        owner_id: None,
        index: Some(7),
        uuid: Some("U-1".to_owned()),
        serial_number: Some("SN-1".to_owned()),
        vendor_name: Some("Locks Ltd".to_owned()),
    };
    a_commit().on(&gate, Version::NONE).event(maker).put(&sea.store).await;
    let suspended =
        UserSuspended { user_id: ada, reason: free("lost phone"), suspended_by: free("the desk"), suspended_at: NOON };
    let expected = version_of(&sea.store, &ada.into()).await;
    a_commit().on(ada, expected).event(suspended).put(&sea.store).await;
    let live = sea.store.dump_views().await.unwrap();
    let events = sea.store.read_from(Position::START, 100).await.unwrap();

    first_release(sea, &events).await;
    assert_eq!(sea.store.schema_state().await.unwrap(), SchemaState::Older);
    let voucher = r#"{"by":"nobody"}"#;
    let verified = if sea.backend() == DbBackend::Postgres { "false" } else { "0" };
    sea.execute(&format!(
        "INSERT INTO private_profiles (user_id, email, email_verified, email_voucher) \
         VALUES ('{ada}', 'ada@example.com', {verified}, '{voucher}')"
    ))
    .await;
    sea.store.migrate().await.unwrap();

    assert_eq!(sea.store.schema_state().await.unwrap(), SchemaState::Current);
    assert_eq!(sea.store.dump_views().await.unwrap(), live);
    assert_eq!(sea.number("SELECT count(*) FROM view_status_changes").await, 2);
    assert_eq!(sea.number("SELECT count(*) FROM view_past_grants").await, 1);
    let details = sea.store.details(&gate).await.unwrap().unwrap();
    assert_eq!((details.maker.index, details.maker.serial_number.as_deref()), (Some(7), Some("SN-1")));
    // What is not made of events is left alone.
    let person = UserRepository::find(&sea.store, ada).await.unwrap().unwrap();
    assert_eq!((person.status, person.profile.email.is_some()), (UserStatus::Suspended, true));
    // And the service goes on from there.
    a_person().put(&sea.store).await;
    assert_eq!(sea.number("SELECT max(position) FROM events").await, i64::try_from(events.len()).unwrap() + 1);
}

async fn sessions_of_an_earlier_release_get_an_end(sea: &Sea) {
    let ada = a_person().email("ada@example.com").account("ada", &[]).put(&sea.store).await;
    let events = sea.store.read_from(Position::START, 100).await.unwrap();
    first_release(sea, &events).await;
    let token = TokenHash::new([0xAB; 32]);
    let (digest, began) = ("AB".repeat(32), NOON.unix_micros());
    let bytes = if sea.backend() == DbBackend::Postgres { format!("'\\x{digest}'") } else { format!("x'{digest}'") };
    sea.execute(&format!(
        "INSERT INTO work_sessions (token, user_id, started_at, kind) VALUES ({bytes}, '{ada}', {began}, 'sign-in')"
    ))
    .await;
    sea.execute(&format!(
        "INSERT INTO private_accounts (user_id, username, username_folded, name) VALUES ('{ada}', 'ada', 'ada', 'Ada')"
    ))
    .await;
    sea.store.migrate().await.unwrap();
    let found = Sessions::find(&sea.store, &token).await.unwrap().unwrap();
    assert_eq!((found.kind, found.remembered), (SessionKind::SignIn, None));
    assert_eq!(found.expires_at, Some(NOON.plus(Duration::from_hours(24 * 90))));
}

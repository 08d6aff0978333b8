//! Who has which second factor, in a database of an earlier release and in a large one.

use portcullis_domain::event::Position;
use portcullis_domain::port::{EventStore, TotpStore};
use portcullis_domain::totp::FactorFilter;
use portcullis_testkit::build::a_person;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::migration::first_release;
use super::on_each_database;
use crate::harness::Sea;

on_each_database!(states_are_filled_from_the_secrets_there_are);

const NAMES: [&str; 4] = ["ada", "bob", "eve", "kim"];

async fn states_are_filled_from_the_secrets_there_are(sea: &Sea) {
    let mut people = Vec::new();
    for name in NAMES {
        people.push(a_person().account(name, &[]).put(&sea.store).await);
    }
    let events = sea.store.read_from(Position::START, 100).await.unwrap();
    first_release(sea, &events).await;
    let secret = if sea.backend() == DbBackend::Postgres { "'\\x01'::bytea" } else { "x'01'" };
    for (user, name) in people.iter().zip(NAMES) {
        sea.execute(&format!(
            "INSERT INTO private_accounts (user_id, username, username_folded, name, created_at) \
             VALUES ('{user}', '{name}', '{name}', '{name}', 0)"
        ))
        .await;
    }
    for (user, column) in people.iter().zip(["secret", "pending"]) {
        sea.execute(&format!("INSERT INTO private_totp (user_id, {column}) VALUES ('{user}', {secret})")).await;
    }
    sea.store.migrate().await.unwrap();
    // Codes by e-mail came before their states were noted: back to the step that notes them.
    for (user, enabled) in [(people[1], false), (people[3], true)] {
        sea.execute(&format!("INSERT INTO private_email_factors (user_id, enabled) VALUES ('{user}', {enabled})"))
            .await;
    }
    for sql in [
        "DROP TABLE private_factors",
        "DROP TABLE private_service_keys",
        "DROP INDEX work_outbox_by_user",
        // What came after that step.
        "DROP TABLE view_camera_role_users",
        "DROP TABLE view_camera_roles",
        "DROP TABLE work_camera_role_makings",
        "DROP INDEX private_profiles_without_camera",
        "DROP INDEX private_threedeye_by_account",
        "DROP INDEX private_threedeye_by_email",
        "ALTER TABLE private_profiles DROP COLUMN has_camera",
        "ALTER TABLE private_profiles DROP COLUMN camera_tried_at",
        "DELETE FROM schema_versions WHERE version > 10",
    ] {
        sea.execute(sql).await;
    }
    sea.store.migrate().await.unwrap();
    let of = async |filter| sea.store.page(Some(filter), None, 9).await.unwrap();
    let filters = [FactorFilter::Totp, FactorFilter::Pending, FactorFilter::None, FactorFilter::Email];
    for (filter, user) in filters.into_iter().zip(people) {
        let page = of(filter).await;
        assert_eq!(page.iter().map(|summary| summary.user).collect::<Vec<_>>(), [user], "{filter:?}");
        assert_eq!((page[0].totp_since, page[0].email_since), (None, None), "nobody noted it");
        assert_eq!(page[0].states().collect::<Vec<_>>(), [filter]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_few_among_very_many_are_found_at_once() {
    let sea = Sea::sqlite().await;
    sea.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
         INSERT INTO private_factors (user_id, totp, email) \
         SELECT printf('0190163d-8694-739b-aea5-%012x', i), CASE WHEN i % 9999 = 1 THEN 'pending' ELSE 'totp' END, \
         i % 9998 = 1 FROM n",
    )
    .await;
    sea.execute("INSERT INTO view_accounts (user_id, roles, is_admin) SELECT user_id, 'user', 0 FROM private_factors")
        .await;
    sea.execute(
        "INSERT INTO private_accounts (user_id, username, username_folded, name, created_at) \
         SELECT user_id, 'u' || substr(user_id, 25), 'u' || substr(user_id, 25), 'U', 0 FROM private_factors",
    )
    .await;
    let few = sea.store.page(Some(FactorFilter::Pending), None, 100).await.unwrap();
    assert_eq!(few.len(), 3);
    assert_eq!(sea.store.page(Some(FactorFilter::Email), None, 100).await.unwrap().len(), 3);
    assert!(sea.store.page(Some(FactorFilter::None), None, 100).await.unwrap().is_empty());
    let plans = sea.store.statements();
    for name in ["factors.with_none", "factors.pending", "factors.with_totp", "factors.with_email"] {
        let (_, sql) = plans.iter().find(|(known, _)| known == name).unwrap();
        let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
        let plan = sea.raw.query_all_raw(explain).await.unwrap();
        let first: String = plan[0].try_get("", "detail").unwrap();
        assert!(first.starts_with("SEARCH f USING") && first.contains("private_factors_"), "{name}: {first}");
    }
}

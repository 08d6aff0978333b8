//! What is not copied, and that the target is left as it was then.

use std::sync::OnceLock;
use std::time::Duration;

use portcullis_adapters::store::{CopyFault, DatabaseOptions, Fault, copy};
use portcullis_testkit::build::{a_commit, a_lock, a_message, a_person};
use sea_orm::{ConnectionTrait, DbBackend};
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use tokio::time::sleep;

use super::copied;
use super::ground::{assert_same, bare, dump};
use crate::harness::{Sea, sealer};

/// A test for each case on each database, with a source and an empty target that has the schema.
macro_rules! from_and_to {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(&super::filled(super::Sea::sqlite().await).await, &super::Sea::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(&super::filled(super::Sea::postgres().await).await, &super::Sea::postgres().await).await;
            })+
        }
    };
}

from_and_to!(
    a_target_with_something_in_it,
    a_target_of_another_release,
    a_target_with_a_table_of_that_name,
    a_source_of_another_release,
    a_source_changed_by_hand,
    views_that_are_not_what_events_make,
    events_with_a_gap,
    a_key_that_is_missing,
    a_table_that_cannot_be_written,
    the_same_database,
    a_writer_that_does_not_end,
);

async fn filled(sea: Sea) -> Sea {
    a_person().email("ada@example.com").account("ada", &[]).put(&sea.store).await;
    a_lock().put(&sea.store).await;
    a_commit().message(a_message("key")).put(&sea.store).await;
    sea
}

/// Refused, with both ends as they were.
async fn refused(from: &Sea, to: &Sea) -> CopyFault {
    let (source, target) = (dump(from).await, dump(to).await);
    let fault = copied(from, to).await.unwrap_err();
    assert_same(&dump(from).await, &source);
    assert_same(&dump(to).await, &target);
    let told = format!("{fault} {fault:?}");
    assert!(!told.contains("ada") && !told.contains("example.com"), "{told}");
    fault
}

async fn a_target_with_something_in_it(from: &Sea, to: &Sea) {
    // Whatever table it is in.
    let rows = [
        ("work_guards", "INSERT INTO work_guards (key, value) VALUES ('a', 1)"),
        ("private_service_keys", "INSERT INTO private_service_keys (name, sealed) VALUES ('hashing', ''::bytea)"),
        ("view_tenants", "INSERT INTO view_tenants (org_id, name, created_at) VALUES ('acme', 'Acme', 0)"),
    ];
    for (table, sql) in rows {
        let sql = if to.backend() == DbBackend::Postgres { sql.to_owned() } else { sql.replace("''::bytea", "x''") };
        to.execute(&sql).await;
        assert_eq!(refused(from, to).await, CopyFault::TargetRows(table.to_owned()));
        to.execute(&format!("DELETE FROM {table}")).await;
    }
    // With these gone it is as good as any.
    copied(from, to).await.unwrap();
    assert_same(&dump(to).await, &dump(from).await);
    // And a second copy finds it full.
    assert!(matches!(refused(from, to).await, CopyFault::TargetRows(_)));
}

async fn a_target_of_another_release(from: &Sea, to: &Sea) {
    to.execute("UPDATE schema_versions SET version = 9999 WHERE version = 1").await;
    assert_eq!(refused(from, to).await, CopyFault::TargetSchema);
    bare(to).await;
    to.store.migrate_to(1).await.unwrap();
    assert_eq!(refused(from, to).await, CopyFault::TargetSchema);
}

async fn a_target_with_a_table_of_that_name(from: &Sea, to: &Sea) {
    bare(to).await;
    to.execute("CREATE TABLE events (what TEXT)").await;
    to.execute("CREATE TABLE another_of_theirs (what TEXT)").await;
    assert_eq!(refused(from, to).await, CopyFault::TargetTable("events".to_owned()));
    // Other tables are nobody's business.
    to.execute("DROP TABLE events").await;
    copied(from, to).await.unwrap();
    to.execute("DROP TABLE another_of_theirs").await;
    assert_same(&dump(to).await, &dump(from).await);
}

async fn a_source_of_another_release(from: &Sea, to: &Sea) {
    bare(to).await;
    from.execute("UPDATE schema_versions SET version = 9999 WHERE version = 1").await;
    assert_eq!(refused(from, to).await, CopyFault::SourceNewer);
    from.execute("DELETE FROM schema_versions WHERE version > 5").await;
    assert_eq!(refused(from, to).await, CopyFault::SourceOlder);
    bare(from).await;
    assert_eq!(refused(from, to).await, CopyFault::SourceEmpty);
}

async fn a_source_changed_by_hand(from: &Sea, to: &Sea) {
    from.execute("ALTER TABLE work_guards ADD COLUMN note TEXT").await;
    assert_eq!(refused(from, to).await, CopyFault::SourceTable("work_guards".to_owned()));
    from.execute("ALTER TABLE work_guards DROP COLUMN note").await;
    from.execute("CREATE TABLE somebody_elses (what TEXT)").await;
    copied(from, to).await.unwrap();
    from.execute("DROP TABLE somebody_elses").await;
    assert_same(&dump(to).await, &dump(from).await);
}

async fn views_that_are_not_what_events_make(from: &Sea, to: &Sea) {
    bare(to).await;
    from.execute("DELETE FROM view_locks").await;
    assert_eq!(refused(from, to).await, CopyFault::StaleView("view_locks".to_owned()));
    assert!(to.tables().await.is_empty(), "not even the schema is left");
    let store = from.another().await;
    store.rebuild_views().await.unwrap();
    store.close().await;
    copied(from, to).await.unwrap();
}

async fn events_with_a_gap(from: &Sea, to: &Sea) {
    from.execute("DELETE FROM events WHERE position = 1").await;
    // Seen before a row is written, as here none could be.
    to.poison_profiles().await;
    assert_eq!(refused(from, to).await, CopyFault::Gaps);
    bare(to).await;
    from.execute("UPDATE events SET position = position - 1, version = version + 1").await;
    assert_eq!(refused(from, to).await, CopyFault::Gaps);
}

async fn a_key_that_is_missing(from: &Sea, to: &Sea) {
    let other = from.with_keys(&[9, 7]).await;
    a_commit().message(a_message("another")).put(&other).await;
    let [newest, _] = other.key_ids()[..] else { panic!("two keys were given") };
    other.close().await;
    assert_eq!(refused(from, to).await, CopyFault::UnknownKeys(newest.to_string()));
    // That takes a while to find out. Whether the target is full does not, and is told first.
    to.execute("INSERT INTO work_guards (key, value) VALUES ('a', 1)").await;
    assert_eq!(refused(from, to).await, CopyFault::TargetRows("work_guards".to_owned()));
}

/// A failure in the middle leaves nothing, and the next copy goes through.
async fn a_table_that_cannot_be_written(from: &Sea, to: &Sea) {
    to.poison_profiles().await;
    let fault = refused(from, to).await;
    assert!(matches!(&fault, CopyFault::Rows(table, Fault::Statement(_)) if table == "private_profiles"), "{fault:?}");
    assert!(!fault.is_refusal());
    to.execute(match to.backend() {
        DbBackend::Postgres => "ALTER TABLE private_profiles DROP CONSTRAINT poison",
        _ => "DROP TRIGGER poison_profiles",
    })
    .await;
    copied(from, to).await.unwrap();
    assert_same(&dump(to).await, &dump(from).await);
}

async fn the_same_database(from: &Sea, _: &Sea) {
    assert_eq!(refused(from, from).await, CopyFault::SameDatabase);
}

/// Who is in the middle of writing to the source is waited for, and no longer than a writer waits.
async fn a_writer_that_does_not_end(from: &Sea, to: &Sea) {
    let writer = from.single().await;
    let (begin, end) = match from.backend() {
        DbBackend::Postgres => ("SELECT pg_advisory_lock(8101820098873224300)", "SELECT pg_advisory_unlock_all()"),
        _ => ("BEGIN IMMEDIATE", "ROLLBACK"),
    };
    writer.execute_unprepared(begin).await.unwrap();
    let fault = refused(from, to).await;
    assert!(matches!(fault, CopyFault::Source(Fault::NotServing(_) | Fault::Slow)), "{fault:?}");
    writer.execute_unprepared(end).await.unwrap();
    copied(from, to).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_not_there_is_not_made() {
    let (folder, to) = (tempfile::tempdir().unwrap(), Sea::sqlite().await);
    let path = folder.path().join("missing.db");
    let from = DatabaseOptions::new(format!("sqlite://{}", path.display()));
    let fault = copy(&from, &to.options(), sealer(), to.clock.clone(), &|_, _| {}).await.unwrap_err();
    assert!(matches!(fault, CopyFault::Source(Fault::NotServing(_))), "{fault:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Who serves an embedded database holds a lock beside it; on a server connections are seen.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_in_use_on_postgres() {
    let (from, to) = (filled(Sea::postgres().await).await, Sea::sqlite().await);
    let fault = copy(&from.options(), &to.options(), sealer(), to.clock.clone(), &|_, _| {}).await.unwrap_err();
    assert!(matches!(fault, CopyFault::InUse(connections) if connections > 0), "{fault:?}");
    assert_eq!(to.number("SELECT count(*) FROM events").await, 0);
    copied(&from, &to).await.unwrap();
}

/// Who connects in the middle waits for the turn, and would go on to write to what nobody serves any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_comes_into_use_on_postgres() {
    let (from, to) = (filled(Sea::postgres().await).await, Sea::sqlite().await);
    from.store.close().await;
    let comer = OnceLock::new();
    let watch = |_, _| {
        comer.get_or_init(|| block_in_place(|| Handle::current().block_on(from.another())));
    };
    let fault = copy(&from.options(), &to.options(), sealer(), to.clock.clone(), &watch).await.unwrap_err();
    assert!(matches!(fault, CopyFault::InUse(connections) if connections > 0), "{fault:?}");
    assert_eq!(to.number("SELECT count(*) FROM events").await, 0);
    comer.into_inner().unwrap().close().await;
    copied(&from, &to).await.unwrap();
}

/// A process that ends may be seen for a moment yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_goes_out_of_use_on_postgres() {
    const LOOKED: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND application_name = 'portcullis copy' AND query LIKE '%application_name = %'";
    let (from, to) = (filled(Sea::postgres().await).await, Sea::sqlite().await);
    let (options, target) = (from.options(), to.options());
    let copying = copy(&options, &target, sealer(), to.clock.clone(), &|_, _| {});
    let leaving = async {
        while from.number(LOOKED).await == 0 {
            sleep(Duration::from_millis(10)).await;
        }
        from.store.close().await;
        Ok(())
    };
    tokio::try_join!(copying, leaving).unwrap();
    assert_same(&dump(&to).await, &dump(&from).await);
}

//! Copying everything to another database.

mod ground;
mod refusals;

use std::sync::Mutex;

use portcullis_adapters::store::{Copied, CopyFault, SchemaState, copy};
use portcullis_testkit::build::{a_commit, a_message, a_person};

use self::ground::{assert_same, bare, dump, fill};
use crate::harness::{Sea, sealer};

/// Copies as the command does, with nobody using the source any more.
async fn copied(from: &Sea, to: &Sea) -> Result<Copied, CopyFault> {
    from.store.close().await;
    copy(&from.options(), &to.options(), sealer(), from.clock.clone(), &|_, _| {}).await
}

/// Everything arrives, is counted rightly, and the service goes on from there; and it all comes back again.
async fn there_and_back(from: &Sea, to: &Sea, back: &Sea) {
    fill(from).await;
    let before = dump(from).await;
    for (table, rows) in &before {
        assert!(!rows.is_empty(), "{table} is empty, so nothing shows that it is copied: put something into it");
    }
    bare(to).await;
    from.store.close().await;
    let steps = Mutex::new(Vec::new());
    let watch = |done, due| steps.lock().unwrap().push((done, due));
    let told = copy(&from.options(), &to.options(), sealer(), from.clock.clone(), &watch).await.unwrap();

    assert_same(&dump(to).await, &before);
    assert_same(&dump(from).await, &before);
    let counted: Vec<_> = told.tables.iter().map(|table| (table.name.clone(), table.rows)).collect();
    let there: Vec<_> = before.iter().map(|(name, rows)| (name.clone(), rows.len() as u64)).collect();
    assert_eq!(counted, there);
    assert_eq!(told.events, before["events"].len() as u64);
    let streams =
        to.number("SELECT count(*) FROM (SELECT DISTINCT aggregate_type, aggregate_id FROM events) AS s").await;
    assert_eq!(told.streams, u64::try_from(streams).unwrap());
    assert!(told.sealed >= 2 && told.damaged > 500, "{told:?}");
    let steps = steps.into_inner().unwrap();
    assert!(steps.len() > 50 && steps.is_sorted(), "{steps:?}");
    assert!(steps.iter().all(|(done, due)| done <= due && *due == 2 * told.rows()), "{steps:?}");
    assert_eq!(steps.last(), Some(&(2 * told.rows(), 2 * told.rows())));

    // Into a database with the schema and nothing in it, this time.
    assert_eq!(back.store.schema_state().await.unwrap(), SchemaState::Current);
    to.store.close().await;
    copied(to, back).await.unwrap();
    assert_same(&dump(back).await, &before);

    let store = back.another().await;
    let last = back.number("SELECT max(position) FROM events").await;
    let message = back.number("SELECT max(seq) FROM work_outbox").await;
    a_person().put(&store).await;
    a_commit().message(a_message("the next")).put(&store).await;
    assert_eq!(back.number("SELECT max(position) FROM events").await, last + 1);
    assert_eq!(back.number("SELECT max(seq) FROM work_outbox").await, message + 1);
    assert_eq!(store.seal_census().await.unwrap().under_newest(), told.sealed + 1);
    store.close().await;
}

mod sqlite {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn there_and_back() {
        super::there_and_back(&Sea::sqlite().await, &Sea::sqlite().await, &Sea::sqlite().await).await;
    }
}

mod postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn from_an_embedded_one_and_back() {
        super::there_and_back(&Sea::sqlite().await, &Sea::postgres().await, &Sea::sqlite().await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn to_an_embedded_one_and_back() {
        super::there_and_back(&Sea::postgres().await, &Sea::sqlite().await, &Sea::postgres().await).await;
    }

    /// Behind a pooler nothing is prepared.
    #[tokio::test(flavor = "multi_thread")]
    async fn from_one_server_to_another() {
        let unprepared = Sea::postgres_with(|options| options.prepared(false)).await;
        super::there_and_back(&Sea::postgres().await, &unprepared, &Sea::postgres().await).await;
    }
}

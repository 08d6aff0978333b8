//! Copying everything from one database to another, of whichever engines.
//!
//! What there is to copy is not written down here: the migrations make a database in memory, and its catalogue is the
//! list of tables, columns and keys. So a table that a later migration brings is copied without a thought.
//!
//! Rows travel in pages by primary key, so memory does not grow with the database. On the target everything is one
//! transaction, the schema included: it is committed when the whole was compared, and whatever happens before leaves
//! nothing. Views do not travel. They are made anew from the events that arrived, and must then be those of the source.
//!
//! The writers' turn of the source is held from the first row to the end, so that nothing is written there meanwhile.

mod end;
mod fault;
mod history;
mod shape;
mod table;

use std::sync::Arc;

use portcullis_domain::clock::Clock;

use self::end::End;
pub use self::fault::CopyFault;
use self::history::History;
use self::shape::Shape;
use super::connect::{Database, DatabaseOptions};
use super::{SchemaState, SeaStore};
use crate::seal::{KeyId, Sealer};

/// What was copied, and found equal on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Every table with its rows, by name.
    pub tables: Vec<CopiedTable>,
    /// Events among them.
    pub events: u64,
    /// Streams of these, each of the same version on both sides.
    pub streams: u64,
    /// Sealed values, opened with the master keys given.
    pub sealed: u64,
    /// Sealed values that are of a known key and yet cannot be opened. They were copied as they are.
    pub damaged: u64,
}

impl Copied {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// One table of those that were copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
}

/// Copies everything from one database to another and compares both. The target must be empty, and no process may use
/// the source. `watch` hears now and then how many steps are done, and how many there are.
///
/// Unless this succeeds the target is as it was.
pub async fn copy(
    from: &DatabaseOptions,
    to: &DatabaseOptions,
    sealer: Arc<Sealer>,
    clock: Arc<dyn Clock>,
    watch: &(dyn Fn(u64, u64) + Sync),
) -> Result<Copied, CopyFault> {
    let from = from.clone().for_copying().existing();
    let source = SeaStore::open(&from, sealer, Arc::clone(&clock)).await.map_err(CopyFault::Source)?;
    let copied = copy_from(&source, &to.clone().for_copying(), clock.as_ref(), watch).await;
    source.close().await;
    copied
}

async fn copy_from(
    source: &SeaStore,
    to: &DatabaseOptions,
    clock: &dyn Clock,
    watch: &(dyn Fn(u64, u64) + Sync),
) -> Result<Copied, CopyFault> {
    match source.schema_state().await.map_err(CopyFault::Source)? {
        SchemaState::Current => {}
        SchemaState::Empty => return Err(CopyFault::SourceEmpty),
        SchemaState::Older => return Err(CopyFault::SourceOlder),
        SchemaState::Newer => return Err(CopyFault::SourceNewer),
    }
    let target = Database::connect(to).await.map_err(CopyFault::Target)?;
    let copied = copy_between(source, &target, clock, watch).await;
    target.close().await;
    copied
}

async fn copy_between(
    source: &SeaStore,
    target: &Database,
    clock: &dyn Clock,
    watch: &(dyn Fn(u64, u64) + Sync),
) -> Result<Copied, CopyFault> {
    if end::identity(source.database()).await.map_err(CopyFault::Source)?
        == end::identity(target).await.map_err(CopyFault::Target)?
    {
        return Err(CopyFault::SameDatabase);
    }
    let shape = Shape::of_release().await.map_err(CopyFault::Shape)?;
    let from = End::hold(source.database()).await.map_err(CopyFault::Source)?;
    from.must_be_idle().await?;
    from.must_have(&shape).await?;
    let to = End::hold(target).await.map_err(CopyFault::Target)?;
    to.prepare(&shape, clock.now()).await?;
    // What follows takes a while on a big source, and with its turn taken nobody fills the target meanwhile.
    let history = History::whole(&from).await?;
    let (sealed, damaged) = opened(source).await?;

    let mut steps = Steps { watch, done: 0, due: 0 };
    for table in &shape.tables {
        // Each row is compared, and before that it is copied, or made anew from the events.
        let rows = from.count(table).await.map_err(|fault| CopyFault::Rows(table.name.clone(), fault))?;
        steps.due += 2 * rows;
    }
    for table in shape.tables.iter().filter(|table| !table.is_view()) {
        table::copy(table, &from, &to, &mut steps).await?;
    }
    history.must_have_arrived(&to).await?;
    target.refill_views(to.transaction()).await.map_err(CopyFault::Views)?;
    let mut tables = Vec::with_capacity(shape.tables.len());
    for table in &shape.tables {
        let rows = table::compare(table, &from, &to, &mut steps).await?;
        if table.is_view() {
            steps.add(rows);
        }
        tables.push(CopiedTable { name: table.name.clone(), rows });
    }
    // Who came meanwhile waits for its turn and would write to the source after it.
    from.must_be_idle().await?;
    to.commit().await?;
    Ok(Copied { tables, events: history.events, streams: history.streams, sealed, damaged })
}

/// How many sealed values the master keys open, and how many are damaged; with a key missing nothing is copied.
async fn opened(source: &SeaStore) -> Result<(u64, u64), CopyFault> {
    let census = source.seal_census().await.map_err(CopyFault::Source)?;
    let known = |id: &KeyId| *id == census.newest || census.older.contains(id);
    let unknown: Vec<_> = census.values.keys().filter(|id| !known(id)).map(KeyId::to_string).collect();
    if !unknown.is_empty() {
        return Err(CopyFault::UnknownKeys(unknown.join(", ")));
    }
    Ok((census.under_newest() + census.under_older(), census.damaged))
}

/// How far it is.
struct Steps<'a> {
    watch: &'a (dyn Fn(u64, u64) + Sync),
    done: u64,
    due: u64,
}

impl Steps<'_> {
    fn add(&mut self, steps: u64) {
        self.done += steps;
        (self.watch)(self.done, self.due);
    }
}

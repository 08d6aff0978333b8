//! Reading what a batch is judged by: all of it in one statement, each thing by its key.

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{ClaimNamespace, Facts, GuardKey, Needs, Recalled};
use portcullis_domain::event::{AggregateKind, Position, StreamId};
use portcullis_domain::ids::CommitId;
use portcullis_domain::secret::Secret;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::step::hex;
use super::work::outcome_place;
use crate::seal::Sealer;
use crate::store::Fault;
use crate::store::row::Row;

/// Scalar subqueries make sure that each key is looked up by its index, however the planner sees the tables.
pub(super) fn facts_sql(backend: DbBackend) -> String {
    let (rows, blob, scope) = match backend {
        DbBackend::Postgres => ("json_array_elements($@::json)", "bytea", "decode(r.value->>0, 'hex')"),
        _ => ("json_each($@)", "blob", "unhex(r.value->>0)"),
    };
    let from = |n: u8| format!("{} AS r", rows.replace('@', &n.to_string()));
    let none = format!("CAST(NULL AS {blob})");
    [
        format!(
            "SELECT 'position' AS fact, CAST(NULL AS text) AS a, CAST(NULL AS text) AS b, \
             (SELECT max(position) FROM events) AS n, {none} AS x, {none} AS y"
        ),
        format!(
            "SELECT 'commit', (SELECT c.id FROM work_commits c WHERE c.id = r.value->>0), NULL, NULL, NULL, NULL \
             FROM {}",
            from(1)
        ),
        format!(
            "SELECT 'version', r.value->>0, r.value->>1, (SELECT max(e.version) FROM events e \
             WHERE e.aggregate_type = r.value->>0 AND e.aggregate_id = r.value->>1), NULL, NULL FROM {}",
            from(2)
        ),
        format!(
            "SELECT 'claim', r.value->>0, (SELECT c.user_id FROM private_claims c \
             WHERE c.namespace = r.value->>1 AND c.value = r.value->>2), NULL, NULL, NULL FROM {}",
            from(3)
        ),
        format!(
            "SELECT 'guard', r.value->>0, NULL, (SELECT g.value FROM work_guards g WHERE g.key = r.value->>1), \
             NULL, NULL FROM {}",
            from(4)
        ),
        format!(
            "SELECT 'answer', r.value->>0, NULL, NULL, i.body, i.outcome FROM {} CROSS JOIN work_idempotency i \
             WHERE i.scope = {scope} AND i.expires_at > $6",
            from(5)
        ),
    ]
    .join(" UNION ALL ")
}

fn values(needs: &Needs, claims: &[&(ClaimNamespace, String)], guards: &[GuardKey], now: Timestamp) -> Vec<Value> {
    let array = |rows: Vec<Json>| Value::from(Json::Array(rows).to_string());
    vec![
        array(needs.commits.iter().map(|id| json!([id])).collect()),
        array(needs.streams.iter().map(|stream| json!([stream.kind().slug(), stream.id()])).collect()),
        // Answers name claims and guards by their place in the question.
        array(
            claims.iter().enumerate().map(|(n, (space, name))| json!([n.to_string(), space.as_str(), name])).collect(),
        ),
        array(guards.iter().enumerate().map(|(n, key)| json!([n.to_string(), key.to_text()])).collect()),
        array(needs.scopes.iter().map(|scope| json!([hex(scope)])).collect()),
        now.unix_micros().into(),
    ]
}

/// Reads what a batch needs, within the transaction that will write it.
pub(super) async fn read(
    transaction: &DatabaseTransaction,
    needs: &Needs,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<Facts, Fault> {
    let backend = transaction.get_database_backend();
    let claims: Vec<_> = needs.claims.iter().collect();
    let guards: Vec<_> = needs.guards.iter().copied().collect();
    let values = values(needs, &claims, &guards, now);
    let rows = transaction.query_all_raw(Statement::from_sql_and_values(backend, facts_sql(backend), values)).await?;
    let mut facts = Facts::default();
    for row in rows.into_iter().map(Row::new) {
        match row.text("fact")?.as_str() {
            "position" => facts.position = Position::new(row.number("n")?),
            "commit" => {
                let id = row.maybe_parsed("a", |text| Uuid::try_parse(&text))?;
                facts.written.extend(id.map(CommitId::from_uuid));
            }
            "version" => {
                let kind = row.parsed("a", |text| AggregateKind::parse(&text))?;
                facts.versions.insert(StreamId::new(kind, row.text("b")?), row.version("n")?);
            }
            "claim" => {
                if let (Some(owner), Some(claim)) = (row.maybe_user("b")?, claims.get(asked(&row)?)) {
                    facts.claims.insert((*claim).clone(), owner);
                }
            }
            "guard" => {
                if let (Some(value), Some(key)) = (row.maybe_number("n")?, guards.get(asked(&row)?)) {
                    facts.guards.insert(*key, value);
                }
            }
            _ => {
                let scope = row.text("a")?;
                let outcome = sealer.open_text(outcome_place(&scope), &row.bytes("y")?)?;
                let answer = Recalled { body: row.digest("x")?, outcome: Secret::new(outcome) };
                let asked = needs.scopes.iter().find(|asked| hex(*asked) == scope);
                facts.answers.extend(asked.map(|scope| (*scope, answer)));
            }
        }
    }
    Ok(facts)
}

fn asked(row: &Row) -> Result<usize, Fault> {
    row.parsed("a", |text| text.parse())
}

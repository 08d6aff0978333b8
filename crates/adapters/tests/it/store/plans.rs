//! No statement of the store looks at more rows than it has to.

use portcullis_testkit::build::a_person;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::harness::Sea;

/// Reads that walk an index in its order, or count it, by their nature: all that wait, or a page of everybody.
const WALKS: [(&str, &str); 4] = [
    ("outbox.due", "work_outbox_waiting"),
    ("outbox.waiting", "work_outbox_waiting"),
    ("users.has_administrator", "view_accounts_admins"),
    ("users.administrators_besides", "view_accounts_admins"),
];

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_scans_no_table() {
    let sea = Sea::sqlite().await;
    let statements = sea.store.statements();
    assert!(statements.len() > 60, "{}", statements.len());
    for (name, sql) in statements {
        let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
        for row in sea.raw.query_all_raw(explain).await.unwrap() {
            let line: String = row.try_get("", "detail").unwrap();
            let walks = WALKS.iter().any(|(walker, index)| *walker == name && line.contains(index));
            let harmless = line.starts_with("SCAN r VIRTUAL TABLE") || line == "SCAN CONSTANT ROW" || line == "SCAN x";
            let newest = name == "facts" && line.starts_with("SEARCH events");
            assert!(!line.starts_with("SCAN") || walks || harmless || newest, "{name}: {line}\n{sql}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_scans_no_table() {
    let sea = Sea::postgres().await;
    a_person().put(&sea.store).await;
    for (number, (name, sql)) in sea.store.statements().into_iter().enumerate() {
        let parameters = (1..=9).rev().find(|n| sql.contains(&format!("${n}"))).unwrap_or(0);
        let nulls = vec!["NULL"; parameters].join(", ");
        let arguments = if nulls.is_empty() { nulls } else { format!("({nulls})") };
        let transaction = [
            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan"
                .to_owned(),
            format!("PREPARE s{number} AS {sql}"),
        ];
        let one = sea.single().await;
        for sql in transaction {
            one.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let explain = Statement::from_string(DbBackend::Postgres, format!("EXPLAIN EXECUTE s{number}{arguments}"));
        for row in one.query_all_raw(explain).await.unwrap() {
            let line: String = row.try_get_by_index(0).unwrap();
            assert!(!line.contains("Seq Scan"), "{name}: {line}\n{sql}");
        }
        one.close().await.unwrap();
    }
}

//! No statement of the store looks at more rows than it has to.

use std::time::Duration;

use portcullis_domain::user::Role;
use portcullis_testkit::build::{
    NOON, a_camera_role, a_key, a_lock, a_person, a_user_id, assign, granted, org, take_away,
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::harness::Sea;

/// Reads that walk an index in its order, or count it, by their nature: all that wait, or a page of everybody.
const WALKS: [(&str, &str); 5] = [
    ("outbox.due", "work_outbox_waiting"),
    ("outbox.backlog", "work_outbox_waiting"),
    ("outbox.backlog", "work_outbox_buried"),
    ("users.has_administrator", "view_accounts_admins"),
    ("users.administrators_besides", "view_accounts_admins"),
];

/// Reads whose pages or numbers are a stretch of an order, with nothing else to begin with.
const STRETCHES: [(&str, &str); 39] = [
    ("api_keys.keys", "view_api_keys_by_age"),
    ("api_keys.tenants", "SEARCH t USING PRIMARY KEY"),
    ("events.read_from", "SEARCH events USING INTEGER PRIMARY KEY"),
    ("factors.everybody", "SEARCH v USING PRIMARY KEY"),
    ("factors.with_none", "private_factors_none"),
    ("lock_access.expired", "view_grants_by_end"),
    ("reseal.page", "PRIMARY KEY"),
    ("reseal.page", "sqlite_autoindex_work_outbox_1"),
    ("registry.users", "SEARCH v USING PRIMARY KEY"),
    ("registry.locks", "SEARCH v USING PRIMARY KEY"),
    ("registry.tenants", "SEARCH v USING PRIMARY KEY"),
    ("registry.user_count", "PRIMARY KEY"),
    ("registry.lock_count", "PRIMARY KEY"),
    ("registry.tenant_count", "PRIMARY KEY"),
    ("registry.permission_tables", "SEARCH v USING PRIMARY KEY"),
    ("registry.permission_table_count", "PRIMARY KEY"),
    ("registry.camera_roles", "SEARCH v USING PRIMARY KEY"),
    ("registry.camera_role_count", "PRIMARY KEY"),
    ("permissions.table", "SEARCH p USING PRIMARY KEY"),
    ("sessions.find", "SEARCH p USING PRIMARY KEY"),
    ("threedeye.mappings", "SEARCH m USING PRIMARY KEY"),
    ("threedeye.without_account", "private_profiles_without_camera"),
    ("threedeye.count_without_account", "private_profiles_without_camera"),
    ("users.accounts", "private_accounts_by_name"),
    ("users.account_count", "private_accounts_by_name"),
    ("users.list", "SEARCH u USING PRIMARY KEY"),
    ("users.list_by_prefix", "private_accounts_by_name"),
    ("prune.answers", "work_idempotency_by_expiry"),
    ("prune.commits", "work_commits_by_age"),
    ("prune.delivered_guards", "work_outbox_delivered"),
    ("prune.delivered", "work_outbox_delivered"),
    ("prune.sessions", "work_sessions_by_end"),
    ("prune.sign_in_failures", "work_sign_in_failures_by_end"),
    ("prune.buried_guards", "work_outbox_buried_by_age"),
    ("prune.buried", "work_outbox_buried_by_age"),
    ("outbox.list", "SEARCH o USING INTEGER PRIMARY KEY"),
    ("outbox.list_waiting", "work_outbox_waiting"),
    ("outbox.list_buried", "work_outbox_buried"),
    ("outbox.list_delivered", "work_outbox_delivered_by_place"),
];

/// What `SQLite` does for each statement, by name.
async fn sqlite_plans(sea: &Sea) -> Vec<(String, Vec<String>)> {
    let raw = sea.single().await;
    let mut plans = Vec::new();
    for (name, sql) in sea.store.statements() {
        let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = raw.query_all_raw(explain).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        plans.push((name, rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect()));
    }
    raw.close().await.unwrap();
    plans
}

/// A few rows in the tables where statistics may mislead: for the planner then everything is all the same, or nothing is.
async fn nearly_empty(sea: &Sea) {
    let door = a_lock().put(&sea.store).await;
    for number in 0..3 {
        let name = format!("ada{number}");
        let ada = a_person().email(&format!("{name}@example.com")).account(&name, &[Role::Admin]).put(&sea.store).await;
        granted(ada, &door).put(&sea.store).await;
        take_away(&sea.store, ada, &door, NOON).await;
        granted(ada, &door).until(NOON.plus(Duration::from_hours(1))).put(&sea.store).await;
    }
    let role = a_camera_role().put(&sea.store).await;
    assign(&sea.store, &role, a_user_id()).await;
    let acme = org("acme");
    a_key(&acme).put(&sea.store).await;
    sea.execute("ANALYZE").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_looks_at_what_is_asked_for_whatever_it_knows_of_the_tables() {
    let sea = Sea::sqlite().await;
    assert!(sea.store.statements().len() > 60);
    let mut wrong = Vec::new();
    for known in ["nothing", "a few rows"] {
        if known != "nothing" {
            nearly_empty(&sea).await;
        }
        for (name, plan) in sqlite_plans(&sea).await {
            // Statements that write over rows of a batch are named without a dot.
            let of_writes = !name.contains('.');
            for line in plan.into_iter().filter(|_| known == "nothing" || !of_writes) {
                let named = |list: &[(&str, &str)]| list.iter().any(|(of, part)| *of == name && line.contains(part));
                let derived = ["SCAN CONSTANT ROW", "SCAN x", "SCAN gone", "SCAN page"].contains(&line.as_str())
                    || line.starts_with("SCAN r VIRTUAL TABLE")
                    || line.starts_with("SCAN (subquery");
                let scans = line.starts_with("SCAN") && !derived;
                // The columns found by come in brackets, equalities first.
                let by = line.split_once(" (").map_or("", |(_, by)| by);
                let stretch = by.find(['<', '>']).is_some_and(|range| by.find('=').is_none_or(|equal| range < equal));
                if (scans || stretch) && !named(&WALKS) && !(stretch && named(&STRETCHES)) {
                    wrong.push(format!("{name}, {known} known: {line}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_finds_who_held_a_lock_by_the_lock() {
    let sea = Sea::sqlite().await;
    for known in ["nothing", "a few rows"] {
        if known != "nothing" {
            nearly_empty(&sea).await;
        }
        let plans = sqlite_plans(&sea).await;
        let (_, plan) = plans.iter().find(|(name, _)| name == "lock_access.holders_at").unwrap();
        for half in [
            "SEARCH g USING INDEX view_grants_by_lock (lock_id=? AND user_id>?)",
            "SEARCH g USING PRIMARY KEY (lock_id=? AND removed_at>?)",
        ] {
            assert!(plan.iter().any(|line| line == half), "{known} known: {plan:#?}");
        }
        assert!(!plan.iter().any(|line| line.contains("(user_id>?")), "{known} known: {plan:#?}");
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

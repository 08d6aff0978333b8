//! The contract of the store's ports, on each database.

mod sqlite {
    use portcullis_testkit::store_contract;

    use crate::harness::Sea;

    async fn store() -> Sea {
        Sea::sqlite().await
    }

    store_contract!(store);
}

mod postgres {
    use portcullis_testkit::store_contract;

    use crate::harness::Sea;

    async fn store() -> Sea {
        Sea::postgres().await
    }

    store_contract!(store);
}

/// Behind a pooler nothing is prepared and every read is a transaction.
mod postgres_unprepared {
    use portcullis_testkit::store_contract;

    use crate::harness::Sea;

    async fn store() -> Sea {
        Sea::postgres_with(|options| options.prepared(false)).await
    }

    store_contract!(store);
}

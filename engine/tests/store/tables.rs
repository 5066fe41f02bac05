//! Bringing tables up to date, for the engine and for a program with tables of its own.

use countersign_engine::store::{Sqlite, StoreError};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::prelude::{DynIden, IntoIden, MigrationName, SchemaManager};
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

use crate::files::{begins, create, folder};

/// Makes a table of that name, and fails after that if the name says so.
struct Make(&'static str);

impl MigrationName for Make {
    fn name(&self) -> &str {
        self.0
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Make {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(&format!("CREATE TABLE {} (name TEXT)", self.0)).await?;
        if self.0 == "broken" { Err(DbErr::Custom("it is broken".to_owned())) } else { Ok(()) }
    }
}

macro_rules! list {
    ($name:ident, [$($table:literal),*]) => {
        struct $name;

        impl MigratorTrait for $name {
            fn migrations() -> Vec<Box<dyn MigrationTrait>> {
                vec![$(Box::new(Make($table))),*]
            }

            fn migration_table_name() -> DynIden {
                "portal_migrations".into_iden()
            }
        }
    };
}

list!(Older, ["first"]);
list!(Newer, ["first", "second"]);
list!(Broken, ["first", "broken"]);

async fn has_table(store: &Sqlite, name: &str) -> bool {
    store.read().execute_unprepared(&format!("SELECT name FROM {name}")).await.is_ok()
}

#[tokio::test]
async fn a_program_keeps_its_own_list_beside_the_engines() {
    let folder = folder();
    let store = Sqlite::open(folder.path()).await.expect("the folder is free");
    store.migrate::<Older>().await.expect("the list is good");
    store.migrate::<Newer>().await.expect("the list is good");
    store.migrate::<Newer>().await.expect("nothing is left to do");
    assert!(has_table(&store, "first").await && has_table(&store, "second").await);
    create(&store, &begins("order-1", 10)).await.expect("the engine's tables are untouched");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_no_trace() {
    let folder = folder();
    let store = Sqlite::open(folder.path()).await.expect("the folder is free");
    let refused = store.migrate::<Broken>().await.expect_err("it is broken");
    assert!(refused.to_string().contains("it is broken"), "{refused}");
    assert!(has_table(&store, "first").await && !has_table(&store, "broken").await);
    store.migrate::<Newer>().await.expect("a good list goes on where the broken one stopped");
}

#[tokio::test]
async fn a_command_does_not_change_the_tables_of_a_running_server() {
    let folder = folder();
    let server = Sqlite::open(folder.path()).await.expect("the folder is free");
    server.migrate::<Older>().await.expect("the list is good");
    let command = Sqlite::open_shared(folder.path()).await.expect("the engine's tables are the same");
    command.migrate::<Older>().await.expect("nothing is left to do");
    let refused = command.migrate::<Newer>().await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    drop(server);
    command.migrate::<Newer>().await.expect("no server runs any more");
}

#[tokio::test]
async fn tables_of_a_newer_version_are_refused() {
    let folder = folder();
    let store = Sqlite::open(folder.path()).await.expect("the folder is free");
    store.migrate::<Newer>().await.expect("the list is good");
    assert!(matches!(store.migrate::<Older>().await, Err(StoreError::Database(_))));
}

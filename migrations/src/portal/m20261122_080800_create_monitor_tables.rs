//! Monitors, what their checks found, and the incident that a mail is about.

use sea_orm_migration::prelude::*;

use super::{maybe_number, maybe_text, number, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_080800_create_monitor_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(monitors()).await?;
        manager.create_table(checks()).await?;
        manager.create_table(counts()).await?;
        manager.create_table(incidents()).await?;
        let mut mails = Table::alter();
        mails.table("mails").add_column(maybe_text("monitor"));
        manager.alter_table(mails).await
    }
}

fn monitors() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("monitors")
        .col(text("id").primary_key())
        .col(text("owner_id"))
        .col(text("name"))
        .col(text("url"))
        .col(text("statuses"))
        .col(maybe_text("contains"))
        .col(maybe_number("max_latency_ms"))
        .col(maybe_number("certificate_days"))
        .col(number("interval_seconds"))
        .col(number("timeout_seconds"))
        .col(number("retries"))
        .col(text("alert_to"))
        .col(maybe_number("remind_every_seconds"))
        .col(maybe_text("escalate_to"))
        .col(maybe_number("escalate_after_seconds"))
        .col(number("revision"))
        .col(number("created_at"))
        .col(maybe_number("paused_at"))
        .col(number("checks"))
        .col(number("failures"))
        .col(maybe_number("failing_since"))
        .col(number("next_check_at"))
        .col(maybe_number("last_at"))
        .col(maybe_number("last_latency_us"))
        .col(maybe_text("last_problem"))
        .col(maybe_number("certificate_expires_at"))
        .col(maybe_number("incident"))
        .col(number("incidents"))
        .col(text("recent"));
    table
}

fn checks() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("monitor_checks")
        .col(text("monitor_id"))
        .col(number("number"))
        .col(number("at"))
        .col(maybe_number("latency_us"))
        .col(maybe_number("status"))
        .col(maybe_text("problem"))
        .primary_key(Index::create().col("monitor_id").col("number"));
    table
}

fn counts() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("monitor_counts")
        .col(text("monitor_id"))
        .col(text("bucket"))
        .col(number("begins_at"))
        .col(number("checks"))
        .col(number("failed"))
        .primary_key(Index::create().col("monitor_id").col("bucket").col("begins_at"));
    table
}

fn incidents() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("monitor_incidents")
        .col(text("monitor_id"))
        .col(number("number"))
        .col(number("began_at"))
        .col(number("alerted_at"))
        .col(maybe_number("ended_at"))
        .col(text("problem"))
        .col(number("reminders"))
        .col(maybe_number("escalated_at"))
        .primary_key(Index::create().col("monitor_id").col("number"));
    table
}

//! The chain of the audit log: whatever is done to a row behind the portal's back is found, and the row is named.

use std::sync::Arc;

use countersign::portal::audit::{AuditFilter, Checkpoint, Verification, Verified};
use countersign::portal::{Actor, PortalError};
use sea_orm::ConnectionTrait;
use tokio::task::JoinSet;

use super::stand::{MINUTE, Stand};

/// A portal whose log has five rows or more, and how many it has.
async fn written() -> (Stand, Actor, i64) {
    let stand = Stand::new().await;
    let admin = stand.admin().await;
    write(&stand, &admin, 4).await;
    let Verified { rows, .. } = verify(&stand, None).await.expect("nothing is wrong");
    assert!(rows >= 5, "only {rows} rows");
    (stand, admin, rows)
}

/// Does so many things that are a row each.
async fn write(stand: &Stand, admin: &Actor, times: u32) {
    for _ in 0..times {
        stand.portal.send_test_mail(admin).await.expect("queued");
    }
}

async fn verify(stand: &Stand, exported: Option<Checkpoint>) -> Verification {
    stand.portal.verify_audit(&Actor::Cli, exported).await.expect("readable rows")
}

/// Does what somebody can do who may write the database.
async fn tamper(stand: &Stand, statements: &[String]) {
    let statements = statements.to_vec();
    let done: Result<(), PortalError> = stand
        .client
        .transaction("tamper", move |tx| {
            Box::pin(async move {
                for sql in statements {
                    tx.connection().execute_unprepared(&sql).await?;
                }
                Ok(())
            })
        })
        .await;
    done.expect("the statements are sound");
}

/// Takes away what comes after `last`, and the traces of it that the chain itself has.
fn cut_after(last: i64) -> Vec<String> {
    vec![
        format!("DELETE FROM audit WHERE seq > {last}"),
        format!("UPDATE audit_head SET seq = {last}, hash = (SELECT hash FROM audit WHERE seq = {last})"),
    ]
}

#[tokio::test]
async fn a_changed_column_names_its_row() {
    let changes = [
        "at = at + 1",
        "actor_kind = actor_kind || 'x'",
        "actor = actor || 'x'",
        "action = action || 'x'",
        "object = object || 'x'",
        "detail = detail || 'x'",
        "detail = object, object = detail",
        "hash = '00'",
        "hash = NULL",
        "hash = (SELECT other.hash FROM audit AS other WHERE other.seq = 2)",
        "seq = 1000000",
        "seq = 0 - seq",
        "seq = NULL",
    ];
    for change in changes {
        let (stand, ..) = written().await;
        tamper(&stand, &[format!("UPDATE audit SET {change} WHERE seq = 3")]).await;
        let fault = verify(&stand, None).await.expect_err(change);
        let expected = if change.starts_with("seq = 0") { -3 } else { 3 };
        assert_eq!(fault.seq, expected, "{change}: {fault}");
    }
}

#[tokio::test]
async fn rows_that_were_moved_removed_or_slipped_in_are_named() {
    let swap = ["= -1 WHERE seq = 2", "= 2 WHERE seq = 3", "= 3 WHERE seq = -1"];
    let slip = "INSERT INTO audit (at, actor_kind, actor, action, object, detail) VALUES (1, 'cli', '', 'x', '', '')";
    let (.., rows) = written().await;
    let cases = [
        (swap.map(|part| format!("UPDATE audit SET seq {part}")).to_vec(), 2),
        (vec!["DELETE FROM audit WHERE seq = 3".to_owned()], 3),
        (vec!["DELETE FROM audit WHERE seq < 3".to_owned()], 1),
        (vec![format!("DELETE FROM audit WHERE seq = {rows}")], rows),
        (vec!["DELETE FROM audit".to_owned()], 1),
        (vec!["UPDATE audit_head SET seq = seq + 1".to_owned()], rows + 1),
        (vec![slip.to_owned()], rows),
    ];
    for (statements, expected) in cases {
        let (stand, ..) = written().await;
        tamper(&stand, &statements).await;
        let fault = verify(&stand, None).await.expect_err("found");
        assert_eq!(fault.seq, expected, "{statements:?}: {fault}");
    }
}

#[tokio::test]
async fn newest_rows_that_are_gone_are_missed_by_an_exported_checkpoint() {
    let (stand, admin, rows) = written().await;
    let checkpoint = stand.portal.audit_checkpoint(&Actor::Cli).await.expect("signed");
    assert_eq!(checkpoint.seq, rows);
    let whole = verify(&stand, Some(checkpoint.clone())).await.expect("nothing is wrong");
    assert_eq!(whole, Verified { rows, checkpoints: 1 });

    tamper(&stand, &cut_after(3)).await;
    assert_eq!(verify(&stand, None).await.expect("the chain itself is sound").rows, 3);
    let fault = verify(&stand, Some(checkpoint.clone())).await.expect_err("found");
    assert_eq!(fault.seq, 4, "{fault}");

    write(&stand, &admin, 10).await;
    verify(&stand, None).await.expect("the chain goes on where it was cut");
    let fault = verify(&stand, Some(checkpoint)).await.expect_err("found");
    assert_eq!(fault.seq, rows, "{fault}");
}

#[tokio::test]
async fn a_checkpoint_that_no_key_signed_proves_nothing() {
    let (stand, ..) = written().await;
    let signed = stand.portal.audit_checkpoint(&Actor::Cli).await.expect("signed");
    let fault = verify(&stand, Some(Checkpoint { seq: 2, ..signed })).await.expect_err("found");
    assert!(fault.seq == 2 && fault.what.contains("no key"), "{fault}");
}

#[tokio::test]
async fn each_day_with_new_rows_keeps_one_checkpoint() {
    let (stand, admin, rows) = written().await;
    let days = [(0, 1), (0, 1), (1, 2), (1, 2)];
    for (day, (later, kept)) in days.into_iter().enumerate() {
        stand.pass(MINUTE * 60 * 24 * later);
        if day < 3 {
            write(&stand, &admin, 1).await;
        }
        stand.portal.sweep_audit().await.expect("swept");
        assert_eq!(verify(&stand, None).await.expect("nothing is wrong").checkpoints, kept, "sweep {day}");
    }
    tamper(&stand, &cut_after(rows)).await;
    let fault = verify(&stand, None).await.expect_err("the kept checkpoints miss them");
    assert_eq!(fault.seq, rows + 1, "{fault}");
}

#[tokio::test]
async fn rows_of_a_version_without_the_chain_get_their_place_at_the_next_start() {
    let (stand, admin, rows) = written().await;
    let empty = format!("UPDATE audit_head SET seq = 0, hash = '{}'", "0".repeat(64));
    tamper(&stand, &["UPDATE audit SET seq = NULL, hash = NULL".to_owned(), empty]).await;
    stand.portal.chain_old_audit().await.expect("chained");
    assert_eq!(verify(&stand, None).await.expect("nothing is wrong").rows, rows);
    write(&stand, &admin, 1).await;
    stand.portal.chain_old_audit().await.expect("nothing to do");
    assert_eq!(verify(&stand, None).await.expect("nothing is wrong").rows, rows + 1);
}

#[tokio::test]
async fn units_that_write_at_the_same_time_share_one_chain() {
    let (stand, admin, rows) = written().await;
    let (portal, admin) = (stand.portal.clone(), Arc::new(admin));
    let mut writers = JoinSet::new();
    for _ in 0..20 {
        let (portal, admin) = (portal.clone(), admin.clone());
        writers.spawn(async move { portal.send_test_mail(&admin).await });
    }
    while let Some(written) = writers.join_next().await {
        written.expect("no panic").expect("queued");
    }
    assert_eq!(verify(&stand, None).await.expect("nothing is wrong").rows, rows + 20);
}

#[tokio::test]
async fn the_log_is_read_by_who_what_and_on_what_in_pages() {
    let (stand, admin, rows) = written().await;
    let ask = async |filter: AuditFilter, before| {
        let log = stand.portal.audit_log(&admin, &filter, before).await.expect("an admin reads it");
        log.page.rows.into_iter().map(|line| line.row).collect::<Vec<_>>()
    };
    let all = ask(AuditFilter::default(), None).await;
    assert_eq!(all.iter().map(|row| row.seq).collect::<Vec<_>>(), (1..=rows).rev().collect::<Vec<_>>());
    assert_eq!(ask(AuditFilter::default(), Some(3)).await, all[all.len() - 2..]);

    let newest = all[0].clone();
    let object = AuditFilter { object: newest.entry.object.clone(), ..AuditFilter::default() };
    assert!(ask(object, None).await.iter().all(|row| row.entry.object == newest.entry.object));
    let whole = AuditFilter { action: newest.entry.action.clone(), ..AuditFilter::default() };
    let (area, _) = newest.entry.action.split_once('.').expect("an area and a verb");
    let by_area = AuditFilter { action: area.to_owned(), ..AuditFilter::default() };
    assert_eq!(ask(whole, None).await.len(), 4);
    assert!(ask(by_area, None).await.len() >= 4);
    let of_ada = AuditFilter { actor: "ada@example.org".into(), ..AuditFilter::default() };
    let of_cli = AuditFilter { actor: "cli".into(), ..AuditFilter::default() };
    assert_eq!(ask(of_ada, None).await.len() + ask(of_cli, None).await.len(), all.len());
    let of_nobody = AuditFilter { actor: "eve@example.org".into(), ..AuditFilter::default() };
    assert!(ask(of_nobody, None).await.is_empty());
}

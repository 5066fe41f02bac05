//! The audit log.

use countersign::pages;
use countersign::view::{AuditFilter, AuditLog, AuditRow};

use crate::support::html::{assert_sound, attribute, keep, tags};
use crate::support::views::{HOUR, admin, at, id, member};

fn row(seq: i64, who: &str, which: &str, action: &str) -> AuditRow {
    AuditRow {
        seq,
        at: at(-HOUR * (20 - seq)),
        who: who.into(),
        which: which.into(),
        actor: if which.is_empty() { "cli".into() } else { id(7).to_string() },
        action: action.into(),
        object: id(1).to_string(),
        detail: if seq == 9 { "approved <by> Ben".into() } else { String::new() },
        hash: "4f".repeat(32),
    }
}

fn log() -> AuditLog {
    AuditLog {
        filter: AuditFilter { action: "decision".into(), ..AuditFilter::default() },
        rows: vec![
            row(9, "Ben Okafor", "ben.okafor@example.org", "decision.recorded"),
            row(8, "Rule", "final rule", "decision.recorded"),
            row(7, "Command line", "", "user.made_admin"),
        ],
        paged: true,
        next: Some("7".into()),
        checkpoint: Some((6, at(-HOUR))),
    }
}

#[test]
fn the_audit_log_says_who_did_what_and_leads_to_more_of_it() {
    let html = keep("audit", &pages::audit(admin(), log()));
    assert_sound("audit", &html);
    assert!(html.contains("approved &lt;by") && !html.contains("<by>"), "text is text");
    assert!(html.contains("Signed up to row "));
    let links: Vec<_> =
        tags(&html, "a").into_iter().filter_map(|tag| attribute(tag, "href").map(str::to_owned)).collect();
    let leads_to = |address: String| assert!(links.contains(&address), "{address}: {links:?}");
    leads_to("/audit?action=decision".into());
    leads_to("/audit?action=decision&amp;before=7".into());
    leads_to("/audit?actor=cli".into());
    leads_to(format!("/audit?object={}", id(1)));
}

#[test]
fn an_audit_log_in_which_nothing_matches_says_so() {
    let html =
        keep("audit-empty", &pages::audit(admin(), AuditLog { rows: vec![], next: None, checkpoint: None, ..log() }));
    assert_sound("audit-empty", &html);
    assert!(html.contains("No row matches") && html.contains("Not signed yet"));
}

#[test]
fn only_admins_find_the_audit_log_in_their_menu() {
    let audit = |html: &str| html.contains("href=\"/audit\"");
    let nothing = AuditLog { filter: AuditFilter::default(), paged: false, ..log() };
    assert!(audit(pages::audit(admin(), nothing.clone()).html()));
    assert!(!audit(pages::audit(member(), nothing).html()));
}

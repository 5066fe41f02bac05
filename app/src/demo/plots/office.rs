//! Policies, absences, services, runs and views.

use crate::demo::chores::{Away, Chore, Day};
use crate::demo::clock::on;
use crate::demo::policies::{CONTRACTS, LEAVE, PAYMENTS, PRESS, PURCHASES};
use crate::demo::scene::{Scene, chore};
use crate::portal::reads::InboxTab;
use crate::portal::workflows::WorkflowVerb;

const DOCUMENT: &str = r#"{"document": "Travel rules", "approver": "gita@example.org", "timeout_seconds": 259200,
    "on_timeout": "escalate", "escalate_to": "bea@example.org"}"#;
const OPEN_DOCUMENT: &str = r#"{"document": "Desk booking rules", "approver": "gita@example.org",
    "timeout_seconds": 1728000, "on_timeout": "reject"}"#;
const LATE_DOCUMENT: &str = r#"{"document": "Parking rules", "approver": "kim@example.org",
    "timeout_seconds": 86400, "on_timeout": "escalate", "escalate_to": "milo@example.org"}"#;
const SERVICE: &str = r#"{"url": "https://shop.example.org/health", "interval_seconds": 10800,
    "alert": "emil@example.org"}"#;

/// What happens.
pub(super) const SCENES: &[Scene] = &[
    chore(on(22, 10, 0), "Ada", Chore::Policy(PRESS)),
    chore(on(22, 10, 20), "Ada", Chore::Policy(CONTRACTS)),
    chore(on(22, 10, 40), "Ada", Chore::Policy(PURCHASES)),
    chore(on(22, 11, 5), "Ada", Chore::Policy(LEAVE)),
    chore(on(22, 11, 30), "Ada", Chore::Policy(PAYMENTS)),
    chore(on(20, 16, 0), "Ada", Chore::Archive("Press releases")),
    chore(on(12, 16, 30), "Ada", Chore::ChangePurchases),
    chore(on(22, 13, 0), "Ada", Chore::Watch("Shop", "https://shop.example.org/health", "7200")),
    chore(on(22, 13, 10), "Emil", Chore::Watch("Website", "https://www.example.org/", "10800")),
    chore(on(21, 9, 0), "Ada", Chore::Webhook("https://hooks.example.org/office-chat")),
    chore(on(1, 17, 40), "Ada", Chore::PauseMonitors),
    chore(on(1, 17, 45), "Ada", Chore::DisableWebhooks),
    chore(on(16, 12, 0), "Dana", Chore::Backup("Carl")),
    chore(
        on(10, 11, 0),
        "Hugo",
        Chore::Absence(Away { from: Day::Working(9), until: 6, substitute: "Dana", note: "parental leave" }),
    ),
    chore(
        on(4, 12, 30),
        "Dana",
        Chore::Absence(Away { from: Day::Ahead(12), until: 19, substitute: "", note: "holidays" }),
    ),
    chore(on(5, 15, 0), "Ada", Chore::Disable("Kim")),
    chore(on(18, 8, 50), "Gita", Chore::View("Due today", InboxTab::Waiting, "due=day")),
    chore(on(18, 8, 55), "Ada", Chore::View("Escalated", InboxTab::All, "state=escalated")),
    chore(on(18, 8, 58), "Ada", Chore::View("On hold", InboxTab::All, "state=on-hold")),
    chore(on(11, 9, 30), "Finn", Chore::View("What was rejected", InboxTab::Done, "state=rejected")),
    chore(on(19, 11, 0), "Emil", Chore::Start("Greet", "greet-the-team", r#""Countersign""#)),
    chore(
        on(19, 11, 10),
        "Emil",
        Chore::Start("OrderProcessing", "order-1041", r#"{"item": "Lamp", "quantity": 2, "card": "4242"}"#),
    ),
    chore(
        on(18, 14, 0),
        "Ines",
        Chore::Start("OrderProcessing", "order-1042", r#"{"item": "Chair", "quantity": 40, "card": "4242"}"#),
    ),
    chore(on(17, 10, 0), "Emil", Chore::Start("OrderProcessing", "order-1043", r#"{"item": 7}"#)),
    chore(on(15, 9, 15), "Ines", Chore::Start("FunctionChaining", "order-a-17", r#"{"id": "A-17", "amount": 12.5}"#)),
    chore(
        on(13, 10, 0),
        "Emil",
        Chore::Start(
            "FanOutFanIn",
            "nightly-exports",
            r#"{"tasks": ["Customers", "Orders", "Invoices", "fail Stock"], "max_parallel": 2}"#,
        ),
    ),
    chore(on(13, 10, 30), "Gita", Chore::Start("MonitorService", "watch-the-shop", SERVICE)),
    chore(
        on(11, 10, 0),
        "Gita",
        Chore::Steer("watch-the-shop", WorkflowVerb::Terminate, "The portal's own monitor does it now."),
    ),
    chore(on(12, 9, 30), "Emil", Chore::Start("HumanInteraction", "rules-for-travel", DOCUMENT)),
    chore(
        on(12, 15, 45),
        "Emil",
        Chore::Raise("rules-for-travel", "ApprovalEvent", r#"{"approved": true, "by": "Gita"}"#),
    ),
    chore(on(9, 9, 30), "Emil", Chore::Start("HumanInteraction", "rules-for-parking", LATE_DOCUMENT)),
    chore(on(2, 9, 30), "Emil", Chore::Start("HumanInteraction", "rules-for-desks", OPEN_DOCUMENT)),
    chore(on(4, 8, 30), "Ines", Chore::Start("AsyncHttp", "stocktaking", r#"{"seconds": 2500000}"#)),
    chore(on(3, 8, 30), "Ines", Chore::Start("AsyncHttp", "archive-1998", r#"{"seconds": 3000000}"#)),
    chore(on(2, 8, 30), "Ines", Chore::Steer("archive-1998", WorkflowVerb::Suspend, "The scanner is being repaired.")),
    chore(on(14, 9, 0), "Ines", Chore::Count("visitors", 12)),
    chore(on(9, 9, 0), "Ines", Chore::Count("visitors", 31)),
    chore(on(3, 9, 0), "Ines", Chore::Count("visitors", 8)),
];

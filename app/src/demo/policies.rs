//! The policies of the demo, as the files that an administrator would import.

/// Contracts: the lawyers, then the money; in the office's working hours.
pub(super) const CONTRACTS: &str = r#"
name = "Contracts"
description = "Whatever binds us for more than a year. Legal reads it first, finance second."
title = "Contract: "
text = """
**Counterparty:**

**Term and notice:**

**Value per year:**

Submitted by {{requester}} on {{date}}."""
on_revision = "if_changed"
reconsider_within = "1 hour"
observers = ["ada@example.org"]

[[stage]]
name = "Legal"
groups = ["Legal"]
rule = "all"
due_in = "3 days"

[stage.hours]
zone = "Europe/Berlin"
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
from = "09:00"
to = "17:30"

[[stage.ladder]]
at = "1 day before"
do = "remind"

[[stage.ladder]]
at = "due"
do = "escalate"
to = "managers of approvers"

[[stage.ladder]]
at = "8 days after"
do = "reject"

[[stage]]
name = "Finance"
addresses = ["bea@example.org"]
due_in = "2 days"

[stage.hours]
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
from = "09:00"
to = "17:30"

[[stage.ladder]]
at = "1 day before"
do = "remind"

[[stage.ladder]]
at = "5 days after"
do = "expire"
"#;

/// Purchases: two of four. A revision leaves approvals as they are.
pub(super) const PURCHASES: &str = r#"
name = "Purchases"
description = "Equipment and services up to 10,000 a year. Two of procurement and finance must agree."
title = "Purchase of "
on_revision = "keep"
reconsider_within = "2 hours"

[[stage]]
name = "Procurement"
groups = ["Procurement"]
addresses = ["bea@example.org"]
rule = 2
due_in = "10 days"

[[stage.ladder]]
at = "2 days before"
do = "remind"

[[stage.ladder]]
at = "due"
do = "escalate"
to = "ada@example.org"

[[stage.ladder]]
at = "3 days after"
do = "expire"
"#;

/// The same with one more reminder: what the second version says.
pub(super) const PURCHASES_WITH_TWO_REMINDERS: (&str, &str) = (
    "[[stage.ladder]]\nat = \"2 days before\"",
    "[[stage.ladder]]\nat = \"5 days before\"\ndo = \"remind\"\n\n[[stage.ladder]]\nat = \"2 days before\"",
);

/// Leave: the manager.
pub(super) const LEAVE: &str = r#"
name = "Leave"
description = "Holidays and other time off. Your manager decides."
title = "Leave of {{requester}}"
text = """
**From:**

**To (last day):**

**Who looks after what is left:** """
on_revision = "all_again"

[[stage]]
name = "Manager"
manager = true
due_in = "5 days"

[[stage.ladder]]
at = "1 day before"
do = "remind"

[[stage.ladder]]
at = "4 days after"
do = "expire"
"#;

/// Payments: two people, and a code besides the link.
pub(super) const PAYMENTS: &str = r#"
name = "Payments"
description = "Transfers over 10,000. Two people, each proven by a code."
title = "Payment to "
on_revision = "all_again"
assurance = "code"
max_link_life = "3 days"

[[stage]]
name = "Four eyes"
addresses = ["bea@example.org", "ada@example.org"]
rule = "all"
due_in = "7 days"

[[stage.ladder]]
at = "2 days before"
do = "remind"

[[stage.ladder]]
at = "5 days after"
do = "reject"
"#;

/// What nobody uses any more.
pub(super) const PRESS: &str = r#"
name = "Press releases"
description = "Replaced: marketing asks whom it needs."

[[stage]]
addresses = ["ada@example.org"]
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::policies::{Named, of_text};
    use crate::portal::{Group, GroupId, Time};

    #[test]
    fn every_policy_can_be_imported_and_the_second_version_differs() {
        let groups = ["Legal", "Procurement"].map(|name| Group {
            id: GroupId(uuid::Uuid::nil()),
            name: name.to_owned(),
            members: Vec::new(),
            created_at: Time(0),
        });
        let (old, new) = PURCHASES_WITH_TWO_REMINDERS;
        let second = PURCHASES.replace(old, new);
        for text in [CONTRACTS, PURCHASES, &second, LEAVE, PAYMENTS, PRESS] {
            let draft = of_text(text, Named::Names(&groups));
            assert!(draft.is_ok(), "{draft:?}");
        }
        assert_ne!(second, PURCHASES);
    }
}

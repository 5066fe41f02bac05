//! Policies as text, and texts that are none.

use std::time::Duration;

use jiff::civil::date;
use uuid::Uuid;

use super::{Named, as_text, of_kept_text, of_text};
use crate::portal::clock::Time;
use crate::portal::groups::Group;
use crate::portal::ids::GroupId;
use crate::portal::policies::{
    Approvers, EscalateTo, HoursDraft, HoursZone, PolicyDraft, RungDoes, RungDraft, StageDraft,
};
use crate::portal::policy::{Assurance, FinalRule, Rule, StaleRule};
use crate::portal::user::Email;

const WHOLE: &str = r#"
name = "Purchases"
title = "Purchase for {{requester}}"
on_revision = "all_again"
reconsider_within = "1 hour"
assurance = "code"
max_link_life = "3 days"
observers = ["audit@x.org"]
offered_to = ["finance"]

[[stage]]
name = "Lead"
manager = true
due_in = "2 days"

[stage.hours]
zone = "Europe/Berlin"
days = ["monday", "friday"]
from = "09:00"
to = "17:30"
days_off = ["2026-12-25"]

[[stage.ladder]]
at = "1 day before"
do = "remind"

[[stage.ladder]]
at = "due"
do = "escalate"
to = "managers of approvers"

[[stage.ladder]]
at = "1 day after"
do = "approve"

[[stage]]
addresses = ["ana@x.org", "ben@x.org"]
groups = ["Finance"]
rule = 2
"#;

fn finance() -> Vec<Group> {
    let id = GroupId(Uuid::from_u128(7));
    vec![Group { id, name: "Finance".into(), members: Vec::new(), created_at: Time(0) }]
}

fn errors(text: &str) -> Vec<String> {
    let groups = finance();
    let errors = of_text(text, Named::Names(&groups)).expect_err("not right");
    errors.into_iter().map(|error| error.message).collect()
}

#[test]
fn a_policy_is_read_from_text() {
    let groups = finance();
    let draft = of_text(WHOLE, Named::Names(&groups)).expect("right");
    assert_eq!((draft.stages.len(), draft.offered_to.as_slice()), (2, [groups[0].id].as_slice()));
    assert_eq!(draft.stages[1].rule, Rule::AtLeast(2));
    let hours = draft.stages[0].hours.as_ref().expect("hours");
    assert_eq!((hours.from_minute, hours.to_minute), (540, 1_050));
    assert_eq!(draft.stages[0].ladder[1].does, RungDoes::Escalate(EscalateTo::ManagersOfApprovers));
    assert_eq!(draft.assurance, Assurance::Code);
}

#[test]
fn a_key_that_there_is_none_of_is_said_with_its_place_and_the_nearest_one() {
    let wrong = errors(&WHOLE.replace("due_in", "duein"));
    assert!(wrong[0].starts_with("Line 14, column 1: there is no key “duein” here."), "{wrong:?}");
    assert!(wrong[0].ends_with("Did you mean “due_in”?"), "{wrong:?}");
    let wrong = errors(&WHOLE.replace("\"friday\"", "\"fryday\""));
    assert_eq!(wrong, ["Line 18, column 19: this is no day of the week. Did you mean “friday”?"]);
}

#[test]
fn what_is_hostile_or_nonsense_is_refused_with_its_place() {
    let nested = format!("name = {}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let hostile = [
        ("name = \"x", "Line 1, "),
        ("name = 7", "Line 1, column 8: “name” is a text in quotes."),
        ("name = \"x\"\nname = \"y\"", "Line 2, "),
        ("name = \"x\"\nstage = 3", "Line 2, column 9: “stage” is written in double brackets"),
        ("name = \"x\"\n[[stage]]\nrule = -1", "Line 3, column 8: “rule”"),
        ("name = \"x\"\n[[stage]]\ndue_in = \"1e9 days\"", "Line 3, column 10: “due_in”"),
        ("name = \"x\"\n[[stage]]\nmanager = \"yes\"", "Line 3, column 11: “manager”"),
        ("name = \"x\"\n[[stage]]\ngroups = [\"Board\"]", "Line 3, column 11: there is no group"),
        ("name = \"x\"\n[[stage]]\naddresses = [\"a@b\\r\\nBcc: c@d\"]", "Line 3, column 14: this is not a mail"),
        ("name = \"x\"\n[[stage]]", "Line 2, column 1: stage 1, approvers: Say who is asked"),
        ("", "Line 1, column 1: name: Enter a name."),
        (nested.as_str(), "Line 1, "),
    ];
    for (text, expected) in hostile {
        let wrong = errors(text);
        let shown: String = text.chars().take(80).collect();
        assert!(wrong[0].starts_with(expected), "{shown}: {wrong:?}");
    }
    assert_eq!(errors(&"x".repeat(200_001)).len(), 1);
    let many: String = (0..100).map(|number| format!("key{number} = 1\n")).collect();
    assert_eq!(errors(&many).len(), 20, "and the rest is left unsaid");
}

/// The same numbers in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn often(&mut self) -> bool {
        self.below(3) > 0
    }

    fn one_of<T: Clone>(&mut self, of: &[T]) -> T {
        let place = usize::try_from(self.below(of.len() as u64)).expect("small");
        of[place].clone()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.often().then(|| make(self))
    }

    /// Text that may be hard to write down.
    fn text(&mut self, most: u64) -> String {
        const PARTS: &str = "a \"'\\#=[]{\u{fc}\u{1f600}%\u{202e}";
        let parts: Vec<char> = PARTS.chars().collect();
        (0..self.below(most)).map(|_| self.one_of(&parts)).collect()
    }

    fn lines(&mut self) -> String {
        let lines: Vec<_> = (0..self.below(4)).map(|_| self.text(6)).collect();
        lines.join("\n\t")
    }

    fn emails(&mut self) -> Vec<Email> {
        (0..self.below(4)).map(|n| Email::parse(&format!("p{n}@x.org")).expect("an address")).collect()
    }

    fn groups(&mut self, groups: &[Group]) -> Vec<GroupId> {
        groups.iter().map(|group| group.id).filter(|_| self.often()).collect()
    }

    fn policy(&mut self, groups: &[Group]) -> PolicyDraft {
        PolicyDraft {
            name: format!("P{}", self.text(8)),
            description: self.lines(),
            title: self.text(8),
            text: self.lines(),
            stages: (0..=self.below(4)).map(|_| self.stage(groups)).collect(),
            on_revision: self.one_of(&[StaleRule::Keep, StaleRule::IfChanged, StaleRule::AllAgain]),
            self_approval: self.often(),
            reconsider_within: self.maybe(|dice| Duration::from_secs(dice.below(100_000) + 1)),
            assurance: self.one_of(&[Assurance::Link, Assurance::Code]),
            max_link_life: self.maybe(|dice| Duration::from_secs(dice.below(1_000_000) + 300)),
            observers: self.emails(),
            offered_to: self.groups(groups),
        }
    }

    fn stage(&mut self, groups: &[Group]) -> StageDraft {
        let due_in = self.maybe(|dice| Duration::from_secs(dice.below(10_000_000) + 1));
        let approvers = Approvers { manager: true, addresses: self.emails(), groups: self.groups(groups) };
        StageDraft {
            name: self.text(5),
            rule: self.one_of(&[Rule::Any, Rule::All, Rule::AtLeast(1)]),
            ladder: due_in.map(|due_in| self.ladder(due_in)).unwrap_or_default(),
            hours: self.maybe(Self::hours),
            approvers,
            due_in,
        }
    }

    fn ladder(&mut self, due_in: Duration) -> Vec<RungDraft> {
        let due_in = i64::try_from(due_in.as_secs()).expect("not that long");
        let mut ladder = Vec::new();
        if self.often() {
            let before = i64::try_from(self.below(1_000_000)).expect("small").min(due_in - 1);
            ladder.push(RungDraft { offset: -before, does: RungDoes::Remind });
        }
        let boss = Email::parse("boss@x.org").expect("an address");
        if self.often() {
            let to = self.one_of(&[EscalateTo::Address(boss), EscalateTo::ManagersOfApprovers]);
            let after = i64::try_from(self.below(1_000_000)).expect("small");
            ladder.push(RungDraft { offset: after, does: RungDoes::Escalate(to) });
        }
        if self.often() {
            let rule = self.one_of(&[FinalRule::Reject, FinalRule::Approve, FinalRule::Expire]);
            ladder.push(RungDraft { offset: 1_000_000, does: RungDoes::Finish(rule) });
        }
        ladder
    }

    fn hours(&mut self) -> HoursDraft {
        let mut days = [false; 7].map(|_| self.often());
        days[3] = true;
        let from_minute = u16::try_from(self.below(1_000)).expect("small");
        let days_off = [date(2026, 12, 25), date(2027, 1, 1)];
        HoursDraft {
            zone: self.one_of(&[HoursZone::OfApprovers, HoursZone::Fixed("Europe/Berlin".into())]),
            days,
            from_minute,
            to_minute: from_minute + 1 + u16::try_from(self.below(400)).expect("small"),
            days_off: days_off.into_iter().filter(|_| self.often()).collect(),
        }
    }
}

#[test]
fn whatever_can_be_kept_is_read_back_as_it_was_written() {
    let mut groups = finance();
    groups.push(Group { id: GroupId(Uuid::from_u128(8)), name: "B\"o'a\\rd".into(), ..groups[0].clone() });
    let mut dice = Dice(2026);
    for number in 0..2_000 {
        let draft = dice.policy(&groups).checked().expect("nothing is wrong with it");
        let exported = as_text(&draft, Named::Names(&groups)).expect("a text");
        assert_eq!(of_text(&exported, Named::Names(&groups)).as_ref(), Ok(&draft), "number {number}:\n{exported}");
        let kept = as_text(&draft, Named::Ids).expect("a text");
        assert_eq!(of_kept_text(&kept), Ok(draft), "number {number}:\n{kept}");
    }
}

#[test]
fn what_was_kept_once_is_read_when_it_could_not_be_kept_any_more() {
    let mut draft = of_text(WHOLE, Named::Names(&finance())).expect("right");
    draft.name = "n".repeat(500);
    draft.text = "{{once_known}} ".repeat(20_000);
    draft.max_link_life = Some(Duration::from_secs(60 * 86_400));
    draft.stages = draft.stages.iter().cycle().take(30).cloned().collect();
    draft.stages[1].rule = Rule::AtLeast(0);
    assert!(draft.clone().checked().expect_err("too much").len() >= 5);
    let kept = as_text(&draft, Named::Ids).expect("a text");
    assert!(of_text(&kept, Named::Ids).is_err());
    assert_eq!(of_kept_text(&kept), Ok(draft));
}

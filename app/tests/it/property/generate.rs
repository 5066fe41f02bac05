//! Random policies, absences and sequences of steps, each from a seed. Times are whole minutes since 1970.

use countersign::portal::policy::{FinalRule, Rule, StaleRule, Verdict};

/// Somebody, by number.
pub(super) type Who = usize;
/// Who submits every request.
pub(super) const REQUESTER: Who = 0;
/// Who is an admin in every case.
pub(super) const ADMIN: Who = 7;
/// How many people there are.
pub(super) const PEOPLE: usize = 8;
/// Minutes of a day.
pub(super) const DAY: i64 = 1_440;
/// The most days that a sequence takes, and fewer than lie between the beginnings of two of them.
pub(super) const MOST_DAYS: i64 = 45;

/// A seeded generator: `SplitMix64`.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end).expect("small")).expect("small")
    }

    /// From `first` to `last`.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        first + i64::try_from(self.below(usize::try_from(last - first + 1).expect("some"))).expect("small")
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// So many of them, none twice.
    fn some(&mut self, mut of: Vec<Who>, count: usize) -> Vec<Who> {
        let mut taken = Vec::new();
        while taken.len() < count && !of.is_empty() {
            taken.push(of.remove(self.below(of.len())));
        }
        taken
    }
}

/// A policy.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) stages: Vec<StagePlan>,
    pub(super) on_revision: StaleRule,
    pub(super) self_approval: bool,
    /// Whether the requester is an admin, too.
    pub(super) by_an_admin: bool,
    pub(super) reconsider: Option<i64>,
    pub(super) link_life: Option<i64>,
}

/// A stage of it.
#[derive(Clone, Debug)]
pub(super) struct StagePlan {
    /// Whom it names; the requester may be among them, and is asked only where the policy allows it.
    pub(super) names: Vec<Who>,
    pub(super) rule: Rule,
    pub(super) due: Option<i64>,
    pub(super) ladder: Vec<(i64, Rung)>,
    pub(super) hours: Option<Hours>,
}

/// What happens at a time from the due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rung {
    Remind,
    Escalate(Who),
    Finish(FinalRule),
}

/// Working hours, in minutes after midnight; days off are counted from 1970.
#[derive(Clone, Debug)]
pub(super) struct Hours {
    pub(super) zones: Vec<&'static str>,
    pub(super) days: [bool; 7],
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) off: Vec<i64>,
}

/// Somebody is away from the beginning of one day to the end of another.
#[derive(Clone, Debug)]
pub(super) struct Away {
    pub(super) who: Who,
    pub(super) first_day: i64,
    pub(super) last_day: i64,
    pub(super) substitute: Who,
    /// Who plans it, as an admin or for themself.
    pub(super) by: Who,
}

/// How time passes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pass {
    Minutes(i64),
    /// To the moment at which something is due next, or so many minutes after it; negative before it.
    ToNext(i64),
}

/// What somebody does. A `roll` picks among those who are asked, and now and then anybody.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Nothing,
    Decide { roll: usize, verdict: Verdict, slip: Slip },
    PassOn { roll: usize, to: Who, by_admin: bool },
    Add { by: Who, whom: Who },
    Revise { changed: bool },
    Hold,
    Resume,
    Withdraw { by: Who },
    Overrule { by: Who, verdict: Verdict },
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slip {
    Nothing,
    NoVerdict,
    OldPage,
}

/// Time passes, the instance wakes up in time or not, and somebody does something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) pass: Pass,
    pub(super) woken: bool,
    pub(super) act: Act,
}

/// Everything that follows from a seed.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) seed: u64,
    pub(super) start: i64,
    pub(super) plan: Plan,
    pub(super) away: Vec<Away>,
    pub(super) steps: Vec<Step>,
}

impl Case {
    /// The case of a seed, which begins on that day.
    pub(super) fn of(seed: u64, first_day: i64) -> Self {
        let mut dice = Dice::of(seed);
        let start = first_day * DAY + dice.between(0, DAY - 1);
        let plan = Plan { by_an_admin: seed % 4 == 3, ..plan(&mut dice, first_day) };
        let away = away(&mut dice, first_day, plan.by_an_admin);
        let count = 9 + dice.below(9);
        let steps = (0..count).map(|_| step(&mut dice)).collect();
        Self { seed, start, plan, away, steps }
    }
}

fn plan(dice: &mut Dice, first_day: i64) -> Plan {
    let self_approval = dice.chance(20);
    let count = dice.pick(&[1, 1, 2, 2, 3]);
    Plan {
        stages: (0..count).map(|_| stage(dice, self_approval, first_day)).collect(),
        on_revision: dice.pick(&[StaleRule::Keep, StaleRule::IfChanged, StaleRule::AllAgain]),
        self_approval,
        by_an_admin: false,
        reconsider: dice.pick(&[None, None, Some(30), Some(600), Some(3 * DAY)]),
        link_life: dice.pick(&[None, None, None, Some(60), Some(DAY)]),
    }
}

fn stage(dice: &mut Dice, self_approval: bool, first_day: i64) -> StagePlan {
    let count = 1 + dice.below(4);
    let mut names = dice.some((0..PEOPLE).collect(), count);
    if names == [REQUESTER] {
        names.push(1);
    }
    let asked = names.iter().filter(|who| self_approval || **who != REQUESTER).count();
    let most = 1 + dice.below(asked);
    let rule = dice.pick(&[Rule::Any, Rule::All, Rule::All, Rule::AtLeast(u32::try_from(most).expect("few"))]);
    let hours = if dice.chance(25) { Some(hours(dice, 1, first_day)) } else { None };
    let spans = if hours.is_some() { [60, 240, DAY, DAY + 120, 2 * DAY] } else { [30, 60, 600, DAY, 3 * DAY + 90] };
    let due = if dice.chance(75) { Some(dice.pick(&spans)) } else { None };
    let ladder = due.map_or_else(Vec::new, |due| ladder(dice, due, &names, self_approval));
    StagePlan { names, rule, due, ladder, hours }
}

fn ladder(dice: &mut Dice, due: i64, names: &[Who], self_approval: bool) -> Vec<(i64, Rung)> {
    let mut ladder = Vec::new();
    for percent in [50, 25] {
        if dice.chance(percent) {
            ladder.push((-dice.between(1, due - 1), Rung::Remind));
        }
    }
    let others = (0..PEOPLE).filter(|who| !names.contains(who) && (self_approval || *who != REQUESTER)).collect();
    let (mut last, count) = (0, dice.pick(&[0, 0, 1, 1, 2]));
    for to in dice.some(others, count) {
        last += dice.pick(&[0, 15, 60]);
        ladder.push((last, Rung::Escalate(to)));
    }
    if dice.chance(20) {
        last += 5;
        ladder.push((last, Rung::Remind));
    }
    if dice.chance(75) {
        let rule = dice.pick(&[FinalRule::Reject, FinalRule::Approve, FinalRule::Approve, FinalRule::Expire]);
        ladder.push((last + dice.pick(&[10, 60, 600]), Rung::Finish(rule)));
    }
    ladder.sort_by_key(|(offset, rung)| (*offset, matches!(rung, Rung::Finish(_))));
    ladder
}

/// Working hours in so many zones at most.
pub(super) fn hours(dice: &mut Dice, zones: usize, first_day: i64) -> Hours {
    let count = 1 + dice.below(zones);
    let zones = (0..count).map(|_| dice.pick(&["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]));
    let zones = zones.collect();
    let week = [true, true, true, true, true, false, false];
    let days = dice.pick(&[week, week, [true; 7], [false, true, false, true, false, true, false]]);
    let (from, to) = (dice.pick(&[0, 480, 540]), dice.pick(&[1_020, 1_080, DAY]));
    let off = (0..dice.below(4)).map(|_| first_day + dice.between(0, 12)).collect();
    Hours { zones, days, from, to, off }
}

/// In the order in which they begin. A requester who is an admin plans every other one.
fn away(dice: &mut Dice, first_day: i64, by_an_admin: bool) -> Vec<Away> {
    let count = dice.pick(&[0, 1, 2, 3]);
    let people = dice.some((0..PEOPLE).collect(), count);
    let away = |who| {
        let first = first_day + dice.between(0, 8);
        let last_day = first + dice.between(0, 10);
        // Never oneself: somebody else by some steps around the table.
        let substitute = (who + 1 + dice.below(PEOPLE - 1)) % PEOPLE;
        Away { who, first_day: first, last_day, substitute, by: ADMIN }
    };
    let mut all: Vec<Away> = people.into_iter().map(away).collect();
    all.sort_by_key(|away| away.first_day);
    for away in all.iter_mut().step_by(2).filter(|_| by_an_admin) {
        away.by = REQUESTER;
    }
    all
}

fn step(dice: &mut Dice) -> Step {
    let pass = match dice.below(10) {
        0..=3 => Pass::Minutes(dice.between(0, 45)),
        4 | 5 => Pass::Minutes(dice.between(60, 2 * DAY)),
        6 | 7 => Pass::ToNext(0),
        8 => Pass::ToNext(-1),
        _ => Pass::ToNext(dice.between(1, 120)),
    };
    Step { pass, woken: dice.chance(75), act: act(dice) }
}

fn act(dice: &mut Dice) -> Act {
    use Verdict::{Approve, Reject, RequestChanges};
    let roll = dice.below(1_000);
    let anybody = dice.below(PEOPLE);
    match dice.below(100) {
        0..=51 => {
            let verdict = dice.pick(&[Approve, Approve, Approve, Approve, Approve, Reject, Reject, RequestChanges]);
            let slip = if dice.chance(90) { Slip::Nothing } else { dice.pick(&[Slip::NoVerdict, Slip::OldPage]) };
            Act::Decide { roll, verdict, slip }
        }
        52..=65 => Act::PassOn { roll, to: anybody, by_admin: dice.chance(40) },
        66..=71 => Act::Add { by: dice.pick(&[REQUESTER, ADMIN]), whom: anybody },
        72..=81 => Act::Revise { changed: dice.chance(70) },
        82..=85 => Act::Hold,
        86..=90 => Act::Resume,
        91 => Act::Withdraw { by: dice.pick(&[REQUESTER, ADMIN]) },
        92 | 93 => Act::Overrule { by: dice.pick(&[REQUESTER, ADMIN]), verdict: dice.pick(&[Approve, Reject]) },
        _ => Act::Nothing,
    }
}

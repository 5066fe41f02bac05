//! Who will be asked instead of somebody who is away, and why the one who should be is not: in words.

use super::absence::{Known, day};
use crate::portal::absence::{Absence, Backup, Barred, Detour, Kept, Leg, Outlook, Waiting, day_of, last_day_of};
use crate::portal::clock::Time;
use crate::portal::ids::UserId;
use crate::portal::user::User;
use crate::portal::zone::Zone;
use crate::view;
use crate::view::absence::ToAsk;

/// Why another one is asked, about whoever is away.
pub(crate) const WHO_IS_ABSENT: &str = "who is absent";
/// How many requests are called by their titles in one sentence.
const TITLES: usize = 3;

/// An absence, and whose it is: planned, or taken for granted.
#[derive(Clone, Copy)]
pub(super) struct Planned<'a> {
    /// Who is away.
    pub(super) user: &'a User,
    /// How sentences call them.
    pub(super) whom: &'a str,
    /// When, and who stands in.
    pub(super) absence: &'a Absence,
    /// Who stands in where it names nobody.
    pub(super) backup: Option<Backup>,
}

impl Known<'_> {
    /// The rules, on what is known.
    pub(super) fn outlook(&self) -> Outlook<'_> {
        Outlook { absences: self.absences, people: self.people }
    }

    /// Whoever will be asked in truth when all these people are asked together at `at`. Nobody of `asked` stands in for one of
    /// them: who is asked by then, and in whose place somebody is. These people join them, and whoever stands in.
    pub(crate) fn asked_in_truth(
        &self,
        people: Vec<(Option<UserId>, view::Person)>,
        at: Time,
        requester: Option<UserId>,
        asked: &mut Vec<UserId>,
    ) -> Vec<ToAsk> {
        let known: Vec<UserId> = people.iter().filter_map(|(user, _)| *user).collect();
        let detours = self.outlook().detours(&known, at, Barred { requester, asked: asked.as_slice() });
        asked.extend(known);
        asked.extend(detours.iter().flatten().filter_map(|detour| detour.to.ok()));
        let mut detours = detours.into_iter();
        let asked = people.into_iter().map(|(user, person)| match user {
            Some(user) => self.by_detour(user, person, detours.next().flatten()),
            None => person.into(),
        });
        asked.collect()
    }

    /// Whoever will be asked in truth, when the question for somebody takes this way.
    pub(crate) fn by_detour(&self, user: UserId, person: view::Person, detour: Option<Detour>) -> ToAsk {
        let Some(detour) = detour else { return person.into() };
        let zone = self.user(user).map(User::time_zone).unwrap_or_default();
        let from = Some(detour.from).filter(|from| *from > self.seen.now);
        let days = days(from, detour.until, zone).map(|days| format!(" {days}")).unwrap_or_default();
        match detour.to {
            Ok(substitute) => {
                let absence = format!("for {}, {WHO_IS_ABSENT}{days}", person.label());
                let person = self.user(substitute).map_or(person, |user| user.person().into());
                ToAsk { person, absence: Some(absence) }
            }
            Err(kept) => {
                let absence = format!("absent{days}, and asked all the same: {}", self.why(kept));
                ToAsk { person, absence: Some(absence) }
            }
        }
    }

    /// Where questions do not go to whoever is named to stand in, and why, as sentences.
    pub(super) fn conflicts(&self, planned: Planned<'_>, waiting: &[Waiting]) -> Vec<String> {
        let Planned { user, absence, backup, .. } = planned;
        let legs = self.outlook().legs(user.id, absence, backup, self.seen.now);
        // Where there is one leg it is the absence itself, which says when it is.
        let parts = Some(user.time_zone()).filter(|_| legs.len() > 1);
        let when = |leg: &Leg| parts.and_then(|zone| days(Some(leg.from), leg.until, zone));
        let told = legs.iter().filter(|leg| !leg.absent.is_empty() || leg.to.is_err_and(|kept| kept != Kept::Nobody));
        let mut conflicts: Vec<String> = told.map(|leg| self.leg(leg, when(leg), planned.whom)).collect();
        conflicts.extend(self.staying(planned, waiting));
        conflicts
    }

    /// Why somebody who is absent is asked all the same: the end of a sentence.
    pub(super) fn why(&self, kept: Kept) -> String {
        match kept {
            Kept::Nobody => "nobody stands in".to_owned(),
            Kept::Ring => "the substitutes lead back to somebody who is absent".to_owned(),
            Kept::TooLong => "too many substitutes in a row are absent".to_owned(),
            Kept::Requester => "the substitutes lead to whoever submits the request".to_owned(),
            Kept::Arranged => "whoever submits the request arranged who stands in".to_owned(),
            Kept::Asked(user) => format!("{} is asked already", self.name(user)),
            // Not why: whose accounts there are, or were, is nothing to whoever names a substitute.
            Kept::Disabled(user) => format!("{} cannot stand in", self.name(user)),
        }
    }

    fn leg(&self, leg: &Leg, when: Option<String>, whom: &str) -> String {
        let when = when.map(|days| format!("{days} ")).unwrap_or_default();
        let absent = listed(leg.absent.iter().map(|user| self.name(*user)).collect());
        let too = format!("{absent} {} absent too", if leg.absent.len() == 1 { "is" } else { "are" });
        sentence(&match leg.to {
            Ok(end) if leg.absent.last() == Some(&end) => {
                let end = self.name(end);
                format!("{when}questions wait for {end} although {too}, because nobody stands in for {end}.")
            }
            Ok(end) => format!("{when}questions go to {}, because {too}.", self.name(end)),
            Err(kept) if leg.absent.is_empty() || kept == Kept::TooLong => {
                format!("{when}questions go to {whom} as always, because {}.", self.why(kept))
            }
            Err(kept) => format!("{when}questions go to {whom} as always, because {too} and {}.", self.why(kept)),
        })
    }

    /// The open questions that nobody else may answer, by the reason.
    fn staying(&self, planned: Planned<'_>, waiting: &[Waiting]) -> Vec<String> {
        let Planned { user, whom, absence, backup } = planned;
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for question in waiting {
            let kept = self.outlook().stays(user.id, absence, backup, question.barred(), self.seen.now);
            let reason = match (kept, question.requester) {
                (None, _) => continue,
                (Some(Kept::Requester), Some(requester)) => format!("{} is the requester", self.name(requester)),
                (Some(Kept::Arranged), Some(requester)) => {
                    format!("{} is the requester and arranged who stands in", self.name(requester))
                }
                (Some(kept), _) => self.why(kept),
            };
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, titles)) => titles.push(question.title.as_str()),
                None => reasons.push((reason, vec![question.title.as_str()])),
            }
        }
        let in_words = |(reason, titles): (String, Vec<&str>)| {
            let verb = if titles.len() == 1 { "stays" } else { "stay" };
            format!("{} {verb} with {whom}, because {reason}.", quoted(&titles))
        };
        reasons.into_iter().map(in_words).collect()
    }

    pub(super) fn name(&self, user: UserId) -> String {
        self.user(user).map_or_else(|| "somebody".to_owned(), |user| user.person().label().to_owned())
    }
}

/// From when until when, as calendars of `zone` have it: `from 1 May 2027 until 3 May 2027`. Without a beginning it is under way.
fn days(from: Option<Time>, until: Option<Time>, zone: Zone) -> Option<String> {
    let first = from.and_then(|from| day_of(from, zone)).map(day);
    let last = until.and_then(|until| last_day_of(until, zone)).map(day);
    Some(match (first, last) {
        (None, None) => return None,
        (None, Some(last)) => format!("until {last}"),
        (Some(first), None) => format!("from {first} on"),
        (Some(first), Some(last)) if first == last => format!("on {first}"),
        (Some(first), Some(last)) => format!("from {first} until {last}"),
    })
}

/// `“Laptop”, “Desk” and 3 more`.
fn quoted(titles: &[&str]) -> String {
    let mut items: Vec<String> = titles.iter().take(TITLES).map(|title| format!("“{title}”")).collect();
    let more = titles.len() - items.len();
    if more > 0 {
        items.push(format!("{more} more"));
    }
    listed(items)
}

/// `Ana, Ben and Cleo`.
fn listed(mut items: Vec<String>) -> String {
    match items.pop() {
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
        None => String::new(),
    }
}

/// The same with a capital at its beginning.
fn sentence(words: &str) -> String {
    let mut sentence = words.to_owned();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

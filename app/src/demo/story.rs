//! The story is told: scene after scene, in the order of time, and the engine works in between.

use std::collections::HashMap;

use super::cast::Cast;
use super::clock::Calendar;
use super::error::DemoError;
use super::plots;
use super::scene::{Act, Scene};
use super::works::Works;
use crate::portal::{Actor, PolicyId, Portal, PortalError, RequestId, Time};

/// What the story is told on.
pub struct Stage<'s> {
    /// The portal, on the clock of `works`.
    pub portal: &'s Portal,
    /// Its engine.
    pub works: &'s Works,
    /// The days.
    pub calendar: &'s Calendar,
    /// The password of everybody.
    pub password: &'s str,
}

/// How far the story is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many scenes have been played.
    pub done: usize,
    /// How many there are.
    pub of: usize,
    /// The day of the story, such as `2026-11-20`.
    pub day: String,
    /// What happens now.
    pub what: String,
}

/// The story while it is told.
pub(super) struct Story<'s> {
    pub(super) portal: &'s Portal,
    pub(super) calendar: &'s Calendar,
    pub(super) cast: Cast,
    /// Policies by their names.
    pub(super) policies: HashMap<String, PolicyId>,
    /// Requests with their titles, by their keys.
    requests: HashMap<&'static str, (RequestId, &'static str)>,
}

/// Fills an empty portal, up to the moment that `present` gives when everything else is done. `report` hears before each
/// scene how far the story is. [`DemoError::NotEmpty`], and nothing is changed, when there are people.
///
/// What fails half-way leaves a portal half-full, whose database is of no further use.
pub async fn tell(
    stage: Stage<'_>,
    present: impl Fn() -> Time,
    mut report: impl FnMut(Progress),
) -> Result<(), DemoError> {
    if !stage.portal.people(&Actor::Cli).await?.is_empty() {
        return Err(DemoError::NotEmpty);
    }
    let scenes = in_order(stage.calendar)?;
    let of = scenes.len();
    let day = stage.calendar.working_day(22)?.to_string();
    report(Progress { done: 0, of, day, what: "Everybody is invited".to_owned() });
    let mut story = Story {
        portal: stage.portal,
        calendar: stage.calendar,
        cast: Cast::gather(stage.portal, stage.works, stage.password).await?,
        policies: HashMap::new(),
        requests: HashMap::new(),
    };
    for (done, (moment, scene)) in scenes.into_iter().enumerate() {
        let (what, day) = (story.in_words(&scene), stage.calendar.working_day(scene.when.day)?.to_string());
        report(Progress { done, of, day, what: what.clone() });
        stage.works.run_until(moment).await?;
        // Nobody acts on the full minute.
        stage.works.clock().spend(1_000..=50_000);
        stage.portal.sweep_audit().await?;
        story.play(&scene).await.map_err(|error| DemoError::refused(what, error))?;
        stage.works.settle().await?;
    }
    stage.works.run_until(present()).await?;
    stage.portal.sweep_audit().await?;
    Ok(stage.works.stop().await?)
}

/// Every scene with its moment, the earliest first; those of one moment in the order in which they are written.
fn in_order(calendar: &Calendar) -> Result<Vec<(Time, Scene)>, DemoError> {
    let scenes = plots::ALL.iter().flat_map(|plot| plot.iter().copied());
    let mut scenes: Vec<_> =
        scenes.map(|scene| Ok::<_, DemoError>((calendar.moment(scene.when)?, scene))).collect::<Result<_, _>>()?;
    scenes.sort_by_key(|(moment, _)| *moment);
    Ok(scenes)
}

impl Story<'_> {
    async fn play(&mut self, scene: &Scene) -> Result<(), PortalError> {
        match scene.act {
            Act::Chore(chore) => self.do_chore(scene.who, chore).await,
            Act::Submit(submission) => {
                let id = self.submit(scene.who, submission).await?;
                self.requests.insert(scene.about, (id, submission.title));
                Ok(())
            }
            _ => {
                let (id, _) = self.requests.get(scene.about).copied().ok_or(PortalError::NotFound)?;
                self.act_on(scene.who, id, &scene.act).await
            }
        }
    }

    /// The policy of that name.
    pub(super) fn policy(&self, name: &str) -> Result<PolicyId, PortalError> {
        let unknown = || PortalError::Internal(format!("there is no policy {name}"));
        self.policies.get(name).copied().ok_or_else(unknown)
    }

    fn in_words(&self, scene: &Scene) -> String {
        let title = match scene.act {
            Act::Submit(submission) => submission.title,
            _ => self.requests.get(scene.about).map_or("", |(_, title)| *title),
        };
        format!("{} {}", scene.who, scene.act.in_words(title))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_scene_is_about_a_request_that_was_submitted_before() {
        let calendar = Calendar::of(Time(1_795_417_200_000_000)).expect("a calendar");
        let scenes = in_order(&calendar).expect("days");
        let mut submitted = HashSet::new();
        for (moment, scene) in &scenes {
            assert!(*moment > calendar.beginning().expect("a beginning"), "{scene:?}");
            match scene.act {
                Act::Chore(_) => assert_eq!(scene.about, ""),
                Act::Submit(_) => assert!(submitted.insert(scene.about), "{} is submitted twice", scene.about),
                _ => assert!(submitted.contains(scene.about), "{scene:?}"),
            }
        }
        assert!(scenes.len() > 80 && submitted.len() > 20);
    }
}

//! Which cases are played, and where.

use std::ops::Range;

use countersign::portal::Actor;

use super::drive::play;
use super::generate::Case;
use super::ground::Ground;

/// How many cases are played unless the environment says otherwise.
const USUAL_SEEDS: u64 = 40;
/// So many cases in a row are played on one portal, each at its own time of a calendar that begins with 2026.
const ON_ONE_GROUND: u64 = 10;
/// The day on which a portal begins, counted from 1970.
const FIRST_DAY: i64 = 20_454;
/// The days between the beginnings of two cases.
const APART: i64 = 60;
/// In how many tests the cases are played, side by side.
const SHARES: u64 = 4;

/// The seeds that the environment asks for.
fn seeds() -> Range<u64> {
    let Ok(wanted) = std::env::var("COUNTERSIGN_PROPERTY_SEEDS") else { return 0..USUAL_SEEDS };
    let number = |text: &str| text.trim().parse::<u64>().expect("COUNTERSIGN_PROPERTY_SEEDS is 40 or 17..18");
    match wanted.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => 0..number(&wanted),
    }
}

/// The case of a seed, at the same time whichever others are played.
fn case(seed: u64) -> Case {
    let place = i64::try_from(seed % ON_ONE_GROUND).expect("small");
    Case::of(seed, FIRST_DAY + 1 + place * APART)
}

async fn play_on_one_ground(seeds: Range<u64>, runs: bool) {
    let mut cases: Vec<Case> = seeds.map(case).collect();
    if runs {
        // Of an absence and a rung at the same minute either may come first when instances run by themselves.
        for case in &mut cases {
            case.away.clear();
        }
    }
    let ground = Ground::new(runs).await;
    let absences = ground.plan_absences(&cases).await;
    for (case, absences) in cases.iter().zip(&absences) {
        play(&ground, case, absences).await;
    }
    let verified = ground.portal().verify_audit(&Actor::Cli, None).await.expect("readable rows");
    assert!(verified.is_ok(), "{verified:?}");
}

/// Plays one share of the cases.
async fn play_share(share: u64) {
    let all = seeds();
    let grounds = all.start / ON_ONE_GROUND..all.end.div_ceil(ON_ONE_GROUND);
    for ground in grounds.filter(|ground| ground % SHARES == share) {
        let first = ground * ON_ONE_GROUND;
        play_on_one_ground(first.max(all.start)..(first + ON_ONE_GROUND).min(all.end), false).await;
    }
}

#[tokio::test]
async fn random_requests_follow_the_rules_whichever_way_they_are_decided_in_the_first_share() {
    play_share(0).await;
}

#[tokio::test]
async fn random_requests_follow_the_rules_whichever_way_they_are_decided_in_the_second_share() {
    play_share(1).await;
}

#[tokio::test]
async fn random_requests_follow_the_rules_whichever_way_they_are_decided_in_the_third_share() {
    play_share(2).await;
}

#[tokio::test]
async fn random_requests_follow_the_rules_whichever_way_they_are_decided_in_the_fourth_share() {
    play_share(3).await;
}

#[tokio::test]
async fn random_requests_follow_the_rules_while_their_instances_run() {
    let first = seeds().start / ON_ONE_GROUND * ON_ONE_GROUND;
    play_on_one_ground(first..first + 3, true).await;
}

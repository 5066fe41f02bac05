//! `countersign keys list` and `countersign keys rotate`.

use std::collections::BTreeMap;

use clap::Args;

use super::Failure;
use super::assemble::Assembled;
use crate::auth::{RingKey, Rotation, SystemClock};
use crate::config::Config;
use crate::portal::key_uses::KeyUses;
use crate::portal::link::KeyId;
use crate::portal::{Actor, Clock, Portal, Time};

/// What to do beside making a key.
#[derive(Args, Debug)]
pub(super) struct Rotate {
    /// Remove the keys that nothing needs any more, and say what needs the others.
    #[arg(long)]
    prune: bool,
}

/// Prints the keys by number, never the keys themselves, with what needs each of them.
pub(super) async fn list(config: &Config) -> Result<(), Failure> {
    let assembled = Assembled::with_its_keys(config).await?;
    let uses = uses_of(&assembled.portal).await;
    assembled.database.close().await;
    let (mut uses, now) = (uses?, assembled.portal.now());
    for key in assembled.keys.list() {
        let of_key = uses.remove(&key.id);
        println!("key {}{}: {}", key.id.0, made(&key), state(&key, of_key.as_ref(), now));
    }
    for (id, of_key) in uses {
        println!("key {}: not in the file, but needed by {}", id.0, of_key.in_words().join(", "));
    }
    Ok(())
}

/// Makes a key that signs what is new, and removes what is to be removed.
pub(super) async fn rotate(config: &Config, rotate: Rotate) -> Result<(), Failure> {
    let rotation = Rotation::begin(&config.secret_key_file, SystemClock.now())?;
    let assembled = Assembled::with_its_keys(config).await?;
    let finished = finish(&assembled.portal, rotation, rotate).await;
    assembled.database.close().await;
    finished
}

async fn finish(portal: &Portal, rotation: Rotation, Rotate { prune }: Rotate) -> Result<(), Failure> {
    let (uses, new_key, now) = (uses_of(portal).await?, rotation.new_key(), portal.now());
    let older = rotation.list().into_iter().filter(|key| !key.is_active);
    let (idle, needed): (Vec<_>, Vec<_>) =
        older.map(|key| (key.id, needs(&key, uses.get(&key.id), now))).partition(|(_, needs)| needs.is_empty());
    let removed: Vec<KeyId> = idle.into_iter().filter(|_| prune).map(|(id, _)| id).collect();
    rotation.finish(&removed)?;
    println!("Key {} signs what is new. A running server takes it up at once.", new_key.0);
    for id in &removed {
        println!("Key {} is removed: nothing needs it.", id.0);
    }
    for (id, needs) in needed.into_iter().filter(|_| prune) {
        println!("Key {} stays for {}.", id.0, needs.join(", "));
    }
    let noted = portal.note_rotated_keys(&Actor::Cli, new_key, &removed).await;
    noted.map_err(|error| format!("the keys are rotated, but the audit log could not be told: {error}").into())
}

async fn uses_of(portal: &Portal) -> Result<BTreeMap<KeyId, KeyUses>, Failure> {
    portal.key_uses(&Actor::Cli).await?.ok_or_else(|| {
        "this database was never used, so it does not say which keys are needed: name that of the server by --data or \
         COUNTERSIGN_DATABASE_URL"
            .into()
    })
}

/// Why an older key stays; empty when nothing needs it.
fn needs(key: &RingKey, uses: Option<&KeyUses>, now: Time) -> Vec<String> {
    let mut needs = uses.map(KeyUses::in_words).unwrap_or_default();
    if key.may_be_in_open_forms(now) {
        needs.push(String::from("forms that may be open"));
    }
    needs
}

fn state(key: &RingKey, uses: Option<&KeyUses>, now: Time) -> String {
    if key.is_active {
        return String::from("signs what is new");
    }
    match needs(key, uses, now).as_slice() {
        [] => String::from("nothing needs it, and the next rotation with --prune removes it"),
        needs => format!("stays for {}", needs.join(", ")),
    }
}

fn made(key: &RingKey) -> String {
    let at = key.made_at.and_then(|at| jiff::Timestamp::from_microsecond(at.micros()).ok());
    at.map(|at| format!(", made {at}")).unwrap_or_default()
}

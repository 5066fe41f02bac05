//! `countersign audit verify` and `countersign audit checkpoint`.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Failure;
use super::assemble::Assembled;
use crate::config::Config;
use crate::portal::audit::Checkpoint;
use crate::portal::link::KeyId;
use crate::portal::{Actor, Time};

/// A checkpoint as a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exported {
    /// The number of the newest row.
    seq: i64,
    /// Its hash in hexadecimal digits.
    hash: String,
    /// Microseconds since 1970 UTC.
    at: i64,
    /// The number of the master key.
    key: u32,
    /// The signature in hexadecimal digits.
    signature: String,
}

impl From<&Checkpoint> for Exported {
    fn from(checkpoint: &Checkpoint) -> Self {
        Self {
            seq: checkpoint.seq,
            hash: checkpoint.hash.to_string(),
            at: checkpoint.at.micros(),
            key: checkpoint.key.0,
            signature: checkpoint.signature.to_string(),
        }
    }
}

/// Reads the whole audit log and says how many rows it has; fails with the first one that is wrong.
pub(super) async fn verify(config: &Config, exported: Option<&Path>) -> Result<(), Failure> {
    let exported = exported.map(read).transpose()?;
    let assembled = Assembled::with_its_keys(config).await?;
    let verified = assembled.portal.verify_audit(&Actor::Cli, exported).await;
    assembled.database.close().await;
    let verified = verified?.map_err(|fault| fault.to_string())?;
    println!("{} rows and {} checkpoints, nothing wrong.", verified.rows, verified.checkpoints);
    Ok(())
}

/// Prints what the log is now, signed, on one line.
pub(super) async fn checkpoint(config: &Config) -> Result<(), Failure> {
    let assembled = Assembled::with_its_keys(config).await?;
    let checkpoint = assembled.portal.audit_checkpoint(&Actor::Cli).await;
    assembled.database.close().await;
    println!("{}", serde_json::to_string(&Exported::from(&checkpoint?))?);
    Ok(())
}

fn read(file: &Path) -> Result<Checkpoint, Failure> {
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    parse(&text).map_err(|problem| format!("{} is no checkpoint: {problem}", file.display()).into())
}

fn parse(text: &str) -> Result<Checkpoint, Failure> {
    let exported: Exported = serde_json::from_str(text)?;
    Ok(Checkpoint {
        seq: exported.seq,
        hash: exported.hash.parse()?,
        at: Time(exported.at),
        key: KeyId(exported.key),
        signature: exported.signature.parse()?,
    })
}

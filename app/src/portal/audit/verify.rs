//! Reading the whole chain again.

use std::collections::VecDeque;
use std::fmt;

use super::chain::{ChainHead, ChainedEntry};
use super::checkpoint::Checkpoint;
use crate::portal::actor::Actor;
use crate::portal::error::Result;
use crate::portal::service::Portal;

/// How many rows are read at a time.
const STEP: u64 = 1_000;

/// The first row that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its number.
    pub seq: i64,
    /// What is wrong with it, as the rest of a sentence.
    pub what: String,
}

impl Fault {
    fn new(seq: i64, what: impl Into<String>) -> Self {
        Self { seq, what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} of the audit log {}", self.seq, self.what)
    }
}

/// A chain in which nothing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many rows it has.
    pub rows: i64,
    /// How many checkpoints agree with it.
    pub checkpoints: usize,
}

/// What a check of the whole chain finds: nothing, or the first row that is wrong.
pub type Verification = std::result::Result<Verified, Fault>;

/// Follows a chain row by row, and compares it with checkpoints on its way.
#[derive(Debug)]
pub struct Verifier {
    head: ChainHead,
    checkpoints: VecDeque<Checkpoint>,
    passed: usize,
}

impl Verifier {
    /// At the beginning of the chain. The signatures of the checkpoints have been checked.
    pub fn new(mut checkpoints: Vec<Checkpoint>) -> Self {
        checkpoints.sort_by_key(|checkpoint| checkpoint.seq);
        Self { head: ChainHead::EMPTY, checkpoints: checkpoints.into(), passed: 0 }
    }

    /// The next row by number.
    pub fn row(&mut self, row: &ChainedEntry) -> std::result::Result<(), Fault> {
        self.pass_checkpoints()?;
        let next = self.head.followed_by(&row.entry);
        if row.seq > next.seq {
            return Err(Fault::new(next.seq, format!("is missing: row {} follows row {}", row.seq, self.head.seq)));
        }
        if row.seq < next.seq {
            return Err(Fault::new(row.seq, "has a number that no row can have"));
        }
        if row.hash != next.hash.to_string() {
            let what = "does not have the hash of its content after the row before it: it was changed or moved";
            return Err(Fault::new(row.seq, what));
        }
        self.head = next;
        Ok(())
    }

    /// After the newest row, which must be the one that `head` names and no older than any checkpoint.
    pub fn end(mut self, head: ChainHead) -> Verification {
        self.pass_checkpoints()?;
        let after = self.head.seq.saturating_add(1);
        if let Some(checkpoint) = self.checkpoints.front() {
            let what = format!("is missing: a checkpoint was signed when row {} was the newest", checkpoint.seq);
            return Err(Fault::new(after, what));
        }
        if head.seq > self.head.seq {
            return Err(Fault::new(after, format!("is missing: the newest row is number {}", head.seq)));
        }
        if head != self.head {
            return Err(Fault::new(self.head.seq, "is not the one with which the chain is said to end"));
        }
        Ok(Verified { rows: self.head.seq, checkpoints: self.passed })
    }

    fn pass_checkpoints(&mut self) -> std::result::Result<(), Fault> {
        while let Some(checkpoint) = self.checkpoints.pop_front_if(|checkpoint| checkpoint.seq <= self.head.seq) {
            if checkpoint.hash != self.head.hash || checkpoint.seq != self.head.seq {
                let what = "has another hash than when a checkpoint of it was signed: the log was written anew";
                return Err(Fault::new(checkpoint.seq, what));
            }
            self.passed += 1;
        }
        Ok(())
    }
}

impl Portal {
    /// Reads the whole log and says what is wrong with it first, if anything is: against itself, the checkpoints that the
    /// database keeps, and one that was `exported`. Other units may write meanwhile. For admins and the command line.
    pub async fn verify_audit(&self, actor: &Actor, exported: Option<Checkpoint>) -> Result<Verification> {
        actor.require_admin_in_person()?;
        let reads = self.reads();
        // Read in the order in which they can only fall behind each other: what is written meanwhile is beyond the head.
        let mut checkpoints = reads.list_checkpoints().await?;
        checkpoints.extend(exported);
        if let Some(forged) = checkpoints.iter().find(|checkpoint| !self.parts.keys.has_signed(checkpoint)) {
            return Ok(Err(Fault::new(forged.seq, "has a checkpoint that no key of this portal signed")));
        }
        let newest = reads.newest_chained().await?;
        let head = reads.chain_head().await?;
        let verified = match self.follow(Verifier::new(checkpoints), head).await? {
            Ok(verified) => verified,
            Err(fault) => return Ok(Err(fault)),
        };
        if newest > head.seq {
            return Ok(Err(Fault::new(newest, format!("is beyond the end of the chain, which is row {}", head.seq))));
        }
        if let Some(id) = reads.find_unchained().await? {
            let what = format!("is followed by a row outside the chain, which the table knows by the id {id}");
            return Ok(Err(Fault::new(head.seq, what)));
        }
        Ok(Ok(verified))
    }

    async fn follow(&self, mut verifier: Verifier, head: ChainHead) -> Result<Verification> {
        let mut after = i64::MIN;
        loop {
            let rows = self.reads().list_chained(after, head.seq, STEP).await?;
            let Some(last) = rows.last() else { return Ok(verifier.end(head)) };
            after = last.seq;
            for row in &rows {
                if let Err(fault) = verifier.row(row) {
                    return Ok(Err(fault));
                }
            }
        }
    }
}

//! `countersign doctor`.

use countersign_engine::client::Checkup;

use super::Failure;
use super::assemble::Assembled;
use crate::config::Config;

/// Prints what the engine's instances suffer from, and what to do; fails when it is anything. The server may run meanwhile.
pub(super) async fn examine(config: &Config) -> Result<(), Failure> {
    let assembled = Assembled::beside_a_server(config).await?;
    let diagnosis = assembled.client.doctor(&Checkup::default()).await;
    assembled.database.close().await;
    let diagnosis = diagnosis?;
    for finding in &diagnosis.findings {
        println!("{finding}");
    }
    match diagnosis.findings.len() {
        0 => {
            println!("{} open instances, nothing wrong.", diagnosis.inspected);
            Ok(())
        }
        findings => Err(format!("{findings} findings in {} open instances", diagnosis.inspected).into()),
    }
}

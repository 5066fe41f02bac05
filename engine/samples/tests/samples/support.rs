//! A store of its own, the samples with faked activities, and a ledger of what these did to the world.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_engine::registry::{ActivityContext, RegistryError};
use countersign_engine::store::Store;
use countersign_engine::testing::{ManualClock, ScratchStore, Stepper};
use countersign_engine::{Client, InstanceId, InstanceRecord, Payload, Registry};
use countersign_samples::fan_out_fan_in::{RUN_TASK, run_task};
use countersign_samples::function_chaining::{CHARGE_PAYMENT, Order as ChainedOrder, PROCESS_ORDER, ProcessedOrder};
use countersign_samples::greet::{SAY_HELLO, greeting};
use countersign_samples::human_interaction::{
    ARCHIVE_DOCUMENT, FINALIZE_DOCUMENT, GENERATE_DOCUMENT, NOTIFY_STAKEHOLDERS, Notice, Question, REQUEST_APPROVAL,
};
use countersign_samples::monitor_service::{Alert, CHECK_SERVICE, Check, SEND_ALERT};
use countersign_samples::order_processing::{CHECK_INVENTORY, Order, PROCESS_PAYMENT, VALIDATE_ORDER};
use countersign_samples::receipt::{Receipt, SEND_CONFIRMATION_EMAIL};

/// A database that outlives its nodes, and a world that remembers what was done to it.
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: ManualClock,
    pub(crate) ledger: Ledger,
    _scratch: ScratchStore,
}

impl World {
    /// On the store that the environment names.
    pub(crate) async fn new() -> Self {
        let scratch = ScratchStore::create().await;
        let store = Arc::clone(&scratch.store);
        Self { store, clock: ManualClock::default(), ledger: Ledger::default(), _scratch: scratch }
    }

    /// A node that has just started.
    pub(crate) async fn node(&self) -> Stepper {
        let registry = registry(&self.ledger).expect("the names differ");
        Stepper::start(Arc::clone(&self.store), registry, self.clock.clone()).await.expect("the node starts")
    }
}

/// Effects as a service keeps them that takes idempotency keys: however often a call is repeated, it has one effect.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Vec<(String, String)>>>);

impl Ledger {
    fn entries(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records `effect`, once for each call; gives the place of the call among those of its kind (the effect's first word).
    pub(crate) fn record(&self, ctx: &ActivityContext, effect: String) -> usize {
        let mut entries = self.entries();
        let kind = effect.split(' ').next().unwrap_or_default().to_owned();
        if !entries.iter().any(|(key, _)| key == ctx.idempotency_key()) {
            entries.push((ctx.idempotency_key().to_owned(), effect));
        }
        let same = entries.iter().filter(|(_, effect)| effect.split(' ').next() == Some(&kind));
        same.map(|(key, _)| key).position(|key| key == ctx.idempotency_key()).expect("it was recorded")
    }

    /// The effects in the order in which they came, those of one kind only.
    pub(crate) fn of(&self, kind: &str) -> Vec<String> {
        let entries = self.entries();
        entries.iter().map(|(_, effect)| effect).filter(|effect| effect.starts_with(kind)).cloned().collect()
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.of("")
    }
}

/// Every sample, with activities that write into the ledger what they would do.
pub(crate) fn registry(ledger: &Ledger) -> Result<Registry, RegistryError> {
    let registry = countersign_samples::register(Registry::new())?;
    people(services(orders(registry, ledger)?, ledger)?, ledger)
}

fn orders(registry: Registry, ledger: &Ledger) -> Result<Registry, RegistryError> {
    let [payments, charges, mails] = [ledger.clone(), ledger.clone(), ledger.clone()];
    registry
        .activity(SAY_HELLO, |_, name: String| async move { Ok(greeting(&name)) })?
        .activity(VALIDATE_ORDER, |_, order: Order| async move { Ok(order.is_valid()) })?
        .activity(CHECK_INVENTORY, |_, order: Order| async move { Ok(order.is_in_stock()) })?
        .activity(PROCESS_PAYMENT, move |ctx, order: Order| {
            payments.record(&ctx, format!("pay {}", order.card));
            async move { Ok(order.is_paid()) }
        })?
        .activity(PROCESS_ORDER, |_, order: ChainedOrder| async move { Ok(order.process()) })?
        .activity(CHARGE_PAYMENT, move |ctx, order: ProcessedOrder| {
            charges.record(&ctx, format!("charge {:.2}", order.amount_due));
            async move { Ok(order.charge()) }
        })?
        .activity(SEND_CONFIRMATION_EMAIL, move |ctx, receipt: Receipt| {
            mails.record(&ctx, format!("mail {}", receipt.text));
            async move { Ok(receipt.confirmation()) }
        })
}

/// The service that is watched fails its third to fifth check.
fn services(registry: Registry, ledger: &Ledger) -> Result<Registry, RegistryError> {
    let [tasks, checks, alerts] = [ledger.clone(), ledger.clone(), ledger.clone()];
    registry
        .activity(RUN_TASK, move |ctx, name: String| {
            tasks.record(&ctx, format!("run {name}"));
            async move { run_task(&name) }
        })?
        .activity(CHECK_SERVICE, move |ctx, url: String| {
            let healthy = !(2..5).contains(&checks.record(&ctx, format!("check {url}")));
            async move { Ok(Check { healthy, latency_ms: 7, detail: "faked".to_owned() }) }
        })?
        .activity(SEND_ALERT, move |ctx, alert: Alert| {
            alerts.record(&ctx, format!("alert {} {:?}", alert.to, alert.kind));
            async { Ok(()) }
        })
}

fn people(registry: Registry, ledger: &Ledger) -> Result<Registry, RegistryError> {
    let [asked, finalized, told, archived] = [ledger.clone(), ledger.clone(), ledger.clone(), ledger.clone()];
    registry
        .activity(GENERATE_DOCUMENT, |_, title: String| async move { Ok(format!("text of {title}")) })?
        .activity(REQUEST_APPROVAL, move |ctx, question: Question| {
            asked.record(&ctx, format!("ask {}", question.to));
            async { Ok(()) }
        })?
        .activity(FINALIZE_DOCUMENT, move |ctx, title: String| {
            finalized.record(&ctx, format!("finalize {title}"));
            async { Ok(()) }
        })?
        .activity(NOTIFY_STAKEHOLDERS, move |ctx, notice: Notice| {
            told.record(&ctx, format!("tell {:?}", notice.outcome.verdict));
            async { Ok(()) }
        })?
        .activity(ARCHIVE_DOCUMENT, move |ctx, title: String| {
            archived.record(&ctx, format!("archive {title}"));
            async { Ok(()) }
        })
}

/// The instance that each of these tests runs.
pub(crate) fn id() -> InstanceId {
    InstanceId::parse("sample").expect("a valid id")
}

pub(crate) async fn record(client: &Client) -> InstanceRecord {
    client.status(&id()).await.expect("the store answers").expect("the instance exists")
}

/// JSON text as a stored value.
pub(crate) fn json(text: &str) -> Payload {
    Payload::from_json(text.to_owned()).expect("it is JSON")
}

//! Answering what a planner asks: the only place where planning meets the network.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use infra_values::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::events::{Event, Events};
use crate::plan::{Answer, Planner, Request, RequestId, RequestKind, StepOutcome};
use crate::provider::{Call, Silent, ephemeral};

/// Works until the planner is finished; at most `parallelism` requests are under way at once.
pub async fn drive(planner: &mut Planner<'_>, parallelism: usize, events: &dyn Events) {
    let slots = Arc::new(Semaphore::new(parallelism.max(1)));
    let mut running = FuturesUnordered::new();
    loop {
        match planner.step() {
            StepOutcome::Finished if running.is_empty() => return,
            StepOutcome::Finished => {}
            StepOutcome::Requests(requests) => {
                for request in requests {
                    let slots = Arc::clone(&slots);
                    running.push(async move {
                        let _slot = slots.acquire_owned().await;
                        respond(request, events).await
                    });
                }
            }
        }
        match running.next().await {
            Some((id, answer)) => planner.answer(id, answer),
            // Nothing is under way and nothing was asked: the planner is as far as it gets.
            None => return,
        }
    }
}

async fn respond(request: Request, events: &dyn Events) -> (RequestId, Answer) {
    let answer = match request.kind {
        RequestKind::Configure { provider, config, .. } => Answer::Configured(provider.configure(&config).await),
        RequestKind::Refresh { key, provider, configured, object } => {
            let id = id_of(&object.value);
            events.event(Event::ReadStarted { address: key.address.clone(), id: id.clone() });
            let started = Instant::now();
            let call = Call { configured: configured.as_ref(), reporter: &Silent, idempotency_token: "" };
            let result = match provider.managed_type(&key.address.resource.type_name).found() {
                Some(managed) => managed.read(&call, &object).await,
                None => Err(gone_type(&key.address.resource.type_name)),
            };
            events.event(Event::ReadFinished { address: key.address, id, elapsed: started.elapsed() });
            Answer::Refreshed(result)
        }
        RequestKind::ReadData { address, provider, configured, config } => {
            events.event(Event::ReadStarted { address: address.clone(), id: None });
            let started = Instant::now();
            let call = Call { configured: configured.as_ref(), reporter: &Silent, idempotency_token: "" };
            let result = match provider.data_type(&address.resource.type_name).found() {
                Some(data) => data.read(&call, &config).await,
                None => Err(gone_type(&address.resource.type_name)),
            };
            let id = result.as_ref().ok().and_then(id_of);
            events.event(Event::ReadFinished { address, id, elapsed: started.elapsed() });
            Answer::DataRead(result)
        }
        RequestKind::Open { address, provider, configured, config } => {
            events.event(Event::ReadStarted { address: address.clone(), id: None });
            let started = Instant::now();
            let result = ephemeral::open(provider, configured, &address.resource.type_name, &config).await;
            events.event(Event::ReadFinished { address, id: None, elapsed: started.elapsed() });
            Answer::Opened(result)
        }
        RequestKind::Close { open, .. } => Answer::Closed(open.close().await),
    };
    (request.id, answer)
}

/// The `id` of an object, for people.
pub(crate) fn id_of(value: &Value) -> Option<String> {
    value.get("id").and_then(Value::as_str).map(str::to_owned)
}

fn gone_type(type_name: &str) -> Diagnostics {
    Diagnostic::error("Type not available", format!("The provider does not know the type {type_name} any more.")).into()
}

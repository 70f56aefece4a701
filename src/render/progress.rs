//! p
use std::sync::Arc;
use infra_engine::events::{Event, Events};
use crate::printer::Printer;
/// p
pub struct Progress {}
impl Progress {
    /// p
    pub fn start(_printer: &Printer) -> Arc<Self> { Arc::new(Self {}) }
    /// p
    pub fn finish(&self) {}
}
impl Events for Progress {
    fn event(&self, _event: Event) {}
}

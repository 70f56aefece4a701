//! p
use infra_engine::plan::Plan;
use infra_engine::world::Providers;
use super::diagnostic::Style;
/// p
pub fn draw(plan: &Plan, _providers: &Providers, _style: Style) -> String { format!("{:?}", plan.counts()) }

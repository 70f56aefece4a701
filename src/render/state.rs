//! s
use infra_engine::world::Providers;
use infra_state::State;
use super::diagnostic::Style;
/// s
pub fn draw(state: &State, _providers: &Providers, _style: Style) -> String { super::outputs::draw(&state.outputs) }

//! Whether something of a kind is behind a value, however far.

use std::collections::{HashMap, HashSet};

use crate::world::{UseId, Uses};

/// Answers to one question about what is behind values, each found once. What is asked about must be settled already,
/// so that an answer stays true.
#[derive(Debug, Default)]
pub(crate) struct Behind(HashMap<UseId, bool>);

impl Behind {
    /// Whether a value is, or used, something of which `is_one` is true.
    pub(crate) fn any(&mut self, uses: &Uses, wanted: UseId, is_one: impl Fn(UseId) -> bool) -> bool {
        // Depth first without recursion: a chain of locals may be as long as the file.
        let mut stack = vec![wanted];
        let mut opened = HashSet::new();
        while let Some(top) = stack.last().copied() {
            if self.0.contains_key(&top) {
                stack.pop();
                continue;
            }
            let needs = uses.needs(top);
            if opened.insert(top) {
                stack.extend(needs.iter().copied().filter(|need| !opened.contains(need)));
                continue;
            }
            stack.pop();
            let below = needs.iter().any(|need| self.0.get(need).copied().unwrap_or(false));
            self.0.insert(top, below || is_one(top));
        }
        self.0.get(&wanted).copied().unwrap_or(false)
    }
}

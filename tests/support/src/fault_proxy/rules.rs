//! Which calls a fault is for ([`Matcher`]), and the decision for each call as it arrives ([`Rules`]).
//!
//! Decisions are a function of the seed and of what was asked, not of which connection was faster: a random
//! draw depends on the rule, the operation, the path, and how often that pair has been seen. Two runs that
//! make the same calls in another order meet the same faults.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Request;
use super::effect::{Effect, Hold};
use crate::pattern;

type Condition = Arc<dyn Fn(&Request) -> bool + Send + Sync>;

/// Picks calls: by service, operation and condition, then which of those.
///
/// Service and operation may hold `*` for anything.
///
/// ```
/// use infra_test_support::fault_proxy::Matcher;
///
/// let second_upload = Matcher::operation("s3", "PutObject").nth(2);
/// let one_write_in_ten = Matcher::operation("*", "Put*").probability(0.1);
/// let state_file = Matcher::operation("s3", "*Object").when(|call| call.path().ends_with(".tfstate"));
/// # let _ = (second_upload, one_write_in_ten, state_file);
/// ```
#[derive(Clone)]
pub struct Matcher {
    service: String,
    operation: String,
    condition: Option<Condition>,
    which: Which,
    probability: f64,
}

#[derive(Debug, Clone, Copy)]
enum Which {
    All,
    Nth(u64),
    First(u64),
    After(u64),
}

impl Matcher {
    /// Every call.
    pub fn any() -> Self {
        Self::operation("*", "*")
    }

    /// Every call of one service.
    pub fn service(service: &str) -> Self {
        Self::operation(service, "*")
    }

    /// Every call of one operation.
    pub fn operation(service: &str, operation: &str) -> Self {
        Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            condition: None,
            which: Which::All,
            probability: 1.0,
        }
    }

    /// Only calls for which the condition holds: on the path, a header, the body.
    #[must_use]
    pub fn when(mut self, condition: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        self.condition = Some(Arc::new(condition));
        self
    }

    /// Only the `number`th of them, counted from 1.
    #[must_use]
    pub fn nth(mut self, number: u64) -> Self {
        self.which = Which::Nth(number);
        self
    }

    /// Only the first `count` of them.
    #[must_use]
    pub fn first(mut self, count: u64) -> Self {
        self.which = Which::First(count);
        self
    }

    /// All but the first `count` of them.
    #[must_use]
    pub fn after(mut self, count: u64) -> Self {
        self.which = Which::After(count);
        self
    }

    /// Each of them with that probability, from 0 to 1, drawn from the proxy's seed.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }

    fn is_about(&self, request: &Request) -> bool {
        pattern::matches(&self.service, request.service())
            && pattern::matches(&self.operation, request.operation())
            && self.condition.as_ref().is_none_or(|condition| condition(request))
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Matcher")
            .field("service", &self.service)
            .field("operation", &self.operation)
            .field("has_condition", &self.condition.is_some())
            .field("which", &self.which)
            .field("probability", &self.probability)
            .finish()
    }
}

/// Names a rule after it was injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleId(u64);

/// What the rules together do to one call.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) delay: Duration,
    pub(super) holds_before: Vec<Hold>,
    pub(super) holds_after: Vec<Hold>,
    /// The first effect that changes what happens, if any.
    pub(super) change: Option<Effect>,
    /// Names of everything above, for the record.
    pub(super) labels: Vec<&'static str>,
}

/// The injected rules with their counters.
#[derive(Debug)]
pub(super) struct Rules {
    seed: u64,
    next_id: u64,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    id: RuleId,
    matcher: Matcher,
    effect: Effect,
    matched_count: u64,
    fired_count: u64,
    /// How often each operation and path was seen: what draws depend on.
    occurrences: HashMap<(String, String), u64>,
}

impl Rules {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, next_id: 0, rules: Vec::new() }
    }

    pub(super) fn add(&mut self, matcher: Matcher, effect: Effect) -> RuleId {
        let id = RuleId(self.next_id);
        self.next_id += 1;
        self.rules.push(Rule { id, matcher, effect, matched_count: 0, fired_count: 0, occurrences: HashMap::new() });
        id
    }

    pub(super) fn remove(&mut self, id: RuleId) {
        self.rules.retain(|rule| rule.id != id);
    }

    pub(super) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(super) fn fired_count(&self, id: RuleId) -> u64 {
        self.rules.iter().find(|rule| rule.id == id).map_or(0, |rule| rule.fired_count)
    }

    /// Whether replies to reads have to be remembered.
    pub(super) fn need_previous_replies(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule.effect, Effect::StaleRead(_)))
    }

    /// Decides what happens to a call, and counts it.
    pub(super) fn decide(&mut self, request: &Request) -> Faults {
        let mut faults = Faults::default();
        let seed = self.seed;
        for rule in &mut self.rules {
            if let Some(draws) = rule.fire(seed, request) {
                faults.add(&rule.effect, draws);
            }
        }
        faults
    }
}

impl Rule {
    /// Counts the call; if the rule picks it, returns the source of further draws.
    fn fire(&mut self, seed: u64, request: &Request) -> Option<fastrand::Rng> {
        if !self.matcher.is_about(request) {
            return None;
        }
        self.matched_count += 1;
        let key = (request.operation().to_owned(), request.path().to_owned());
        let occurrence = self.occurrences.entry(key).or_default();
        *occurrence += 1;
        let mut draws = draws_for(seed, self.id, request, *occurrence);
        let is_chosen = match self.matcher.which {
            Which::All => true,
            Which::Nth(number) => self.matched_count == number,
            Which::First(count) => self.matched_count <= count,
            Which::After(count) => self.matched_count > count,
        };
        let is_drawn = draws.f64() < self.matcher.probability;
        if !(is_chosen && is_drawn) {
            return None;
        }
        self.fired_count += 1;
        Some(draws)
    }
}

impl Faults {
    fn add(&mut self, effect: &Effect, mut draws: fastrand::Rng) {
        match effect {
            Effect::Delay(duration) => self.delay += *duration,
            Effect::DelayBetween(shortest, longest) => {
                let spread = longest.saturating_sub(*shortest);
                self.delay += *shortest + spread.mul_f64(draws.f64());
            }
            Effect::HoldBeforeForward(hold) => self.holds_before.push(hold.clone()),
            Effect::HoldAfterForward(hold) => self.holds_after.push(hold.clone()),
            _ if self.change.is_some() => return,
            change => self.change = Some(change.clone()),
        }
        self.labels.push(effect.label());
    }
}

/// Everything a draw may depend on, as the seed of a generator of its own.
fn draws_for(seed: u64, id: RuleId, request: &Request, occurrence: u64) -> fastrand::Rng {
    let numbers = [seed, id.0, occurrence].map(u64::to_le_bytes);
    let texts = [request.service(), request.operation(), request.path()];
    let bytes =
        numbers.iter().flatten().copied().chain(texts.iter().flat_map(|text| text.bytes().chain(std::iter::once(0))));
    fastrand::Rng::with_seed(crate::hash::fnv1a(bytes))
}

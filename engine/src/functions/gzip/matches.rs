//! Finding repetitions: a hash of four bytes leads to earlier places, and a match is held back for one byte in case
//! the next place has a longer one.

use super::blocks::{BlockWriter, Token};

/// The shortest repetition that is looked for.
const MATCH_LENGTH_MIN: usize = 4;
/// The longest that the format can express.
const MATCH_LENGTH_MAX: usize = 258;
/// How far back a match may lie.
const DISTANCE_MAX: usize = 1 << 15;
/// A match of the least length must not lie further back than this to be worth its bits.
const SHORT_MATCH_DISTANCE_MAX: usize = 4096;
/// The input is looked at through a buffer of this size, which then moves on by [`DISTANCE_MAX`].
const BUFFER_BYTES: usize = 2 * DISTANCE_MAX;
/// How much of the buffer must lie ahead before a place is looked at, unless the input ends.
const AHEAD_BYTES_MIN: usize = MATCH_LENGTH_MIN + MATCH_LENGTH_MAX;
/// A match of this length is not improved upon.
const LAZY_LENGTH_MAX: usize = 16;
/// A match of this length ends the search.
const NICE_LENGTH: usize = 128;
/// How many earlier places are tried.
const TRIES_MAX: usize = 128;
/// A block is written when it has so many tokens.
const BLOCK_TOKENS_MAX: usize = 1 << 14;

const HASH_BITS: u32 = 17;
const HASH_MULTIPLIER: u32 = 0x1e35_a7bd;
/// Stands for no earlier place.
const NOWHERE: usize = usize::MAX;

/// Compresses the whole input into blocks, none of which is marked as the last.
pub fn compress(input: &[u8], writer: &mut BlockWriter) {
    let mut search = Search {
        input,
        writer,
        tokens: Vec::with_capacity(BLOCK_TOKENS_MAX),
        latest: vec![NOWHERE; 1 << HASH_BITS],
        earlier: vec![NOWHERE; DISTANCE_MAX],
        buffer_start: 0,
        filled_to: 0,
        position: 0,
        block_start: Some(0),
        held: Match { length: MATCH_LENGTH_MIN - 1, distance: 0 },
        has_held_byte: false,
    };
    while search.filled_to < input.len() {
        search.advance(false);
        search.fill();
    }
    search.advance(true);
}

#[derive(Clone, Copy)]
struct Match {
    length: usize,
    distance: usize,
}

struct Search<'i> {
    input: &'i [u8],
    writer: &'i mut BlockWriter,
    tokens: Vec<Token>,
    /// The latest place of each hash.
    latest: Vec<usize>,
    /// The place before with the same hash, by the place's low bits.
    earlier: Vec<usize>,
    /// Where the buffer begins in the input; nothing before it is looked at.
    buffer_start: usize,
    /// Where the buffer ends.
    filled_to: usize,
    position: usize,
    /// Where the current block begins; `None` when the buffer has moved beyond it.
    block_start: Option<usize>,
    /// The match at the place before.
    held: Match,
    /// Whether the byte before has not been written yet.
    has_held_byte: bool,
}

impl Search<'_> {
    /// Moves the buffer on if it is used up, and fills it.
    fn fill(&mut self) {
        if self.position - self.buffer_start >= BUFFER_BYTES - AHEAD_BYTES_MIN {
            self.buffer_start += DISTANCE_MAX;
            self.block_start = self.block_start.filter(|start| *start >= self.buffer_start);
        }
        self.filled_to = self.input.len().min(self.buffer_start + BUFFER_BYTES);
    }

    /// Goes through the buffer; to its very end only when the input `ends` there.
    fn advance(&mut self, ends: bool) {
        loop {
            let ahead = self.filled_to - self.position;
            if ahead < AHEAD_BYTES_MIN && !ends {
                return;
            }
            if ahead == 0 {
                break;
            }
            let candidate = if self.is_hashed(self.position) { self.remember(self.position) } else { NOWHERE };
            let previous = self.held;
            self.held = Match { length: MATCH_LENGTH_MIN - 1, distance: 0 };
            let worthwhile = ahead > previous.length && previous.length < LAZY_LENGTH_MAX;
            if worthwhile && let Some(found) = self.longest_match(candidate, ahead) {
                self.held = found;
            }
            if previous.length >= MATCH_LENGTH_MIN && self.held.length <= previous.length {
                self.take(previous);
            } else {
                self.hold_byte();
            }
        }
        if self.has_held_byte {
            self.tokens.push(Token::literal(self.input[self.position - 1]));
            self.has_held_byte = false;
        }
        if !self.tokens.is_empty() {
            self.write_block(self.position);
        }
    }

    /// The match of the place before is the better one: writes it and goes on behind it.
    fn take(&mut self, found: Match) {
        self.tokens.push(Token::repetition(found.length, found.distance));
        let behind = self.position + found.length - 1;
        for place in self.position + 1..behind {
            if self.is_hashed(place) {
                self.remember(place);
            }
        }
        self.position = behind;
        self.has_held_byte = false;
        self.held = Match { length: MATCH_LENGTH_MIN - 1, distance: 0 };
        if self.tokens.len() == BLOCK_TOKENS_MAX {
            self.write_block(self.position);
        }
    }

    /// This place may have a better match than the one before, whose byte is written.
    fn hold_byte(&mut self) {
        if self.has_held_byte {
            self.tokens.push(Token::literal(self.input[self.position - 1]));
            if self.tokens.len() == BLOCK_TOKENS_MAX {
                self.write_block(self.position);
            }
        }
        self.position += 1;
        self.has_held_byte = true;
    }

    fn write_block(&mut self, end: usize) {
        let input = self.input;
        let stored = self.block_start.filter(|start| *start <= end).map(|start| &input[start..end]);
        self.block_start = Some(end);
        self.writer.block(&self.tokens, stored);
        self.tokens.clear();
    }

    /// Whether enough of the buffer follows a place.
    fn is_hashed(&self, place: usize) -> bool {
        place + MATCH_LENGTH_MIN <= self.filled_to
    }

    /// Enters a place, and gives the one before with the same hash.
    fn remember(&mut self, place: usize) -> usize {
        let bytes = &self.input[place..place + MATCH_LENGTH_MIN];
        let word = bytes.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        let hash = (word.wrapping_mul(HASH_MULTIPLIER) >> (u32::BITS - HASH_BITS)) as usize;
        let before = std::mem::replace(&mut self.latest[hash], place);
        self.earlier[place % DISTANCE_MAX] = before;
        before
    }

    fn longest_match(&self, candidate: usize, ahead: usize) -> Option<Match> {
        let place = self.position;
        let oldest = place.saturating_sub(DISTANCE_MAX).max(self.buffer_start);
        let longest = ahead.min(MATCH_LENGTH_MAX);
        let nice = longest.min(NICE_LENGTH);
        let mut best = Match { length: MATCH_LENGTH_MIN - 1, distance: 0 };
        let mut earlier = candidate;
        for _ in 0..TRIES_MAX {
            if earlier == NOWHERE || earlier < oldest {
                break;
            }
            if self.input[earlier + best.length] == self.input[place + best.length] {
                let length = self.common_length(earlier, place, longest);
                let distance = place - earlier;
                let is_worth_it = length > MATCH_LENGTH_MIN || distance <= SHORT_MATCH_DISTANCE_MAX;
                if length > best.length && is_worth_it {
                    best = Match { length, distance };
                    if length >= nice {
                        break;
                    }
                }
            }
            // The place before the oldest one has been overwritten.
            if place - earlier == DISTANCE_MAX {
                break;
            }
            earlier = self.earlier[earlier % DISTANCE_MAX];
        }
        (best.distance > 0).then_some(best)
    }

    fn common_length(&self, earlier: usize, place: usize, longest: usize) -> usize {
        let (old, new) = (&self.input[earlier..earlier + longest], &self.input[place..place + longest]);
        old.iter().zip(new).take_while(|(old, new)| old == new).count()
    }
}

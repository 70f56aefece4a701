//! Writing blocks: as they are, with the fixed codes or with codes of their own, whichever takes the fewest bits.

use super::codes::{self, Code};

/// Ends a block.
const END_OF_BLOCK: usize = 256;
const FIRST_LENGTH_SYMBOL: usize = 257;
const LITERAL_SYMBOLS: usize = 286;
const DISTANCE_SYMBOLS: usize = 30;
const CODE_LENGTH_MAX: usize = 15;
/// Codes for the lengths of codes are shorter.
const HEADER_CODE_LENGTH_MAX: usize = 7;
/// The most bytes that one stored block can hold.
const STORED_BYTES_MAX: usize = 65535;

/// The shortest length of each length symbol, and how many further bits tell it exactly.
const LENGTHS: [(usize, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// The same for distances.
const DISTANCES: [(usize, u8); DISTANCE_SYMBOLS] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

/// The order in which the lengths of header codes are written.
const HEADER_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// A byte, or a repetition of earlier ones.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// The byte, where the distance is 0.
    length: u16,
    distance: u16,
}

impl Token {
    /// A byte.
    pub fn literal(byte: u8) -> Self {
        Self { length: u16::from(byte), distance: 0 }
    }

    /// So many bytes that stand so far back.
    pub fn repetition(length: usize, distance: usize) -> Self {
        Self { length: length as u16, distance: distance as u16 }
    }
}

/// The last entry that begins at or before a number.
fn symbol_of(number: u16, table: &[(usize, u8)]) -> usize {
    table.partition_point(|(first, _)| *first <= usize::from(number)) - 1
}

/// Writes blocks behind what is there.
pub struct BlockWriter {
    bytes: Vec<u8>,
    pending: u64,
    pending_bits: u32,
}

/// How often the symbols of a block occur, and the codes for them.
struct Alphabet {
    frequencies: Vec<u32>,
    codes: Vec<Code>,
}

impl Alphabet {
    /// How many symbols there are up to the last that occurs.
    fn used(&self) -> usize {
        self.frequencies.iter().rposition(|frequency| *frequency > 0).map_or(0, |last| last + 1)
    }

    fn bits_with(&self, codes: &[Code]) -> usize {
        self.frequencies.iter().zip(codes).map(|(count, code)| *count as usize * usize::from(code.length)).sum()
    }

    fn own_bits(&self) -> usize {
        self.bits_with(&self.codes)
    }
}

/// The description of the codes of a block.
struct Header {
    /// Symbols with their further bits and how many those are.
    items: Vec<(usize, u64, u32)>,
    alphabet: Alphabet,
    literals: usize,
    distances: usize,
}

impl Header {
    fn new(literals: &Alphabet, distances: &Alphabet) -> Self {
        let lengths = |alphabet: &Alphabet| -> Vec<u8> {
            alphabet.codes[..alphabet.used()].iter().map(|code| code.length).collect()
        };
        let (literal_lengths, distance_lengths) = (lengths(literals), lengths(distances));
        let items = run_lengths(&[literal_lengths.as_slice(), &distance_lengths].concat());
        let mut frequencies = vec![0; HEADER_ORDER.len()];
        for (symbol, _, _) in &items {
            frequencies[*symbol] += 1;
        }
        let codes = codes::optimal(&frequencies, HEADER_CODE_LENGTH_MAX);
        let alphabet = Alphabet { frequencies, codes };
        Self { items, alphabet, literals: literal_lengths.len(), distances: distance_lengths.len() }
    }

    /// How many lengths of header codes are written: at least four.
    fn codes_written(&self) -> usize {
        let last = HEADER_ORDER.iter().rposition(|symbol| self.alphabet.frequencies[*symbol] > 0);
        last.map_or(0, |last| last + 1).max(4)
    }

    fn bits(&self) -> usize {
        let further: usize = self.items.iter().map(|(_, _, bits)| *bits as usize).sum();
        3 + 5 + 5 + 4 + 3 * self.codes_written() + self.alphabet.own_bits() + further
    }
}

/// Lengths of codes with their repetitions: 16 repeats the one before 3 to 6 times, 17 and 18 stand for 3 to 10 and 11
/// to 138 zeros.
fn run_lengths(lengths: &[u8]) -> Vec<(usize, u64, u32)> {
    let mut items = Vec::new();
    let mut rest = lengths;
    while let Some(&length) = rest.first() {
        let mut count = rest.iter().take_while(|other| **other == length).count();
        rest = &rest[count..];
        if length == 0 {
            while count >= 11 {
                let taken = count.min(138);
                items.push((18, taken as u64 - 11, 7));
                count -= taken;
            }
            if count >= 3 {
                items.push((17, count as u64 - 3, 3));
                count = 0;
            }
        } else {
            items.push((usize::from(length), 0, 0));
            count -= 1;
            while count >= 3 {
                let taken = count.min(6);
                items.push((16, taken as u64 - 3, 2));
                count -= taken;
            }
        }
        items.extend(std::iter::repeat_n((usize::from(length), 0, 0), count));
    }
    items
}

impl BlockWriter {
    /// Writes behind these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, pending: 0, pending_bits: 0 }
    }

    /// Everything written. A block of [`BlockWriter::empty_stored_block`] must have been the last.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// A block without contents, behind which a new byte begins.
    pub fn empty_stored_block(&mut self, is_last: bool) {
        self.stored_block(&[], is_last);
    }

    /// A block that is not the last. `input` is what the tokens stand for, where it is still at hand.
    pub fn block(&mut self, tokens: &[Token], input: Option<&[u8]>) {
        let (literals, distances) = alphabets(tokens);
        let further_bits = further_bits(&literals, LITERAL_SYMBOLS, FIRST_LENGTH_SYMBOL, &LENGTHS)
            + further_bits(&distances, DISTANCE_SYMBOLS, 0, &DISTANCES);
        let input = input.filter(|input| input.len() <= STORED_BYTES_MAX);
        // These bits are the same with both kinds of codes.
        let further_bits = if input.is_some() { further_bits } else { 0 };
        let (fixed_literals, fixed_distances) = (codes::fixed_literals(), codes::fixed_distances());
        let fixed_bits = 3 + literals.bits_with(&fixed_literals) + distances.bits_with(&fixed_distances) + further_bits;
        let header = Header::new(&literals, &distances);
        let own_bits = header.bits() + literals.own_bits() + distances.own_bits() + further_bits;
        if let Some(input) = input.filter(|input| (input.len() + 5) * 8 < fixed_bits.min(own_bits)) {
            self.stored_block(input, false);
        } else if own_bits < fixed_bits {
            self.put(0b100, 3);
            self.header(&header);
            self.tokens(tokens, &literals.codes, &distances.codes);
        } else {
            self.put(0b010, 3);
            self.tokens(tokens, &fixed_literals, &fixed_distances);
        }
    }

    fn stored_block(&mut self, input: &[u8], is_last: bool) {
        self.put(u64::from(is_last), 3);
        while self.pending_bits > 0 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.pending_bits = self.pending_bits.saturating_sub(8);
        }
        let length = input.len() as u16;
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend((!length).to_le_bytes());
        self.bytes.extend(input);
    }

    fn header(&mut self, header: &Header) {
        self.put(header.literals as u64 - 257, 5);
        self.put(header.distances as u64 - 1, 5);
        let written = header.codes_written();
        self.put(written as u64 - 4, 4);
        for symbol in &HEADER_ORDER[..written] {
            self.put(u64::from(header.alphabet.codes[*symbol].length), 3);
        }
        for (symbol, further, further_bits) in &header.items {
            self.code(header.alphabet.codes[*symbol]);
            self.put(*further, *further_bits);
        }
    }

    fn tokens(&mut self, tokens: &[Token], literals: &[Code], distances: &[Code]) {
        for token in tokens {
            if token.distance == 0 {
                self.code(literals[usize::from(token.length)]);
                continue;
            }
            for (number, table, codes, offset) in [
                (token.length, LENGTHS.as_slice(), literals, FIRST_LENGTH_SYMBOL),
                (token.distance, DISTANCES.as_slice(), distances, 0),
            ] {
                let symbol = symbol_of(number, table);
                let (first, further_bits) = table[symbol];
                self.code(codes[symbol + offset]);
                self.put(u64::from(number) - first as u64, u32::from(further_bits));
            }
        }
        self.code(literals[END_OF_BLOCK]);
    }

    fn code(&mut self, code: Code) {
        self.put(u64::from(code.bits), u32::from(code.length));
    }

    fn put(&mut self, bits: u64, count: u32) {
        self.pending |= bits << self.pending_bits;
        self.pending_bits += count;
        while self.pending_bits >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.pending_bits -= 8;
        }
    }
}

/// The codes of literals and lengths, and those of distances, of which there is always one.
fn alphabets(tokens: &[Token]) -> (Alphabet, Alphabet) {
    let (mut literals, mut distances) = (vec![0; LITERAL_SYMBOLS], vec![0; DISTANCE_SYMBOLS]);
    for token in tokens {
        if token.distance == 0 {
            literals[usize::from(token.length)] += 1;
        } else {
            literals[FIRST_LENGTH_SYMBOL + symbol_of(token.length, &LENGTHS)] += 1;
            distances[symbol_of(token.distance, &DISTANCES)] += 1;
        }
    }
    literals[END_OF_BLOCK] += 1;
    if distances.iter().all(|count| *count == 0) {
        distances[0] = 1;
    }
    let alphabet =
        |frequencies: Vec<u32>| Alphabet { codes: codes::optimal(&frequencies, CODE_LENGTH_MAX), frequencies };
    (alphabet(literals), alphabet(distances))
}

fn further_bits(alphabet: &Alphabet, symbols: usize, offset: usize, table: &[(usize, u8)]) -> usize {
    (offset..symbols).map(|symbol| alphabet.frequencies[symbol] as usize * usize::from(table[symbol - offset].1)).sum()
}

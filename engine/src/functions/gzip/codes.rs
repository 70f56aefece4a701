//! Huffman codes of limited length: how long the code of each symbol is, and what it is.

/// The code of a symbol; a length of 0 for one that does not occur.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// Its bits, the first one lowest, as they are written.
    pub bits: u16,
    /// How many they are.
    pub length: u8,
}

/// The best codes for symbols that occur so often, none longer than `length_max`.
pub fn optimal(frequencies: &[u32], length_max: usize) -> Vec<Code> {
    let mut symbols: Vec<usize> = (0..frequencies.len()).filter(|symbol| frequencies[*symbol] > 0).collect();
    let mut codes = vec![Code::default(); frequencies.len()];
    if symbols.len() <= 2 {
        for (bits, symbol) in symbols.into_iter().enumerate() {
            codes[symbol] = Code { bits: bits as u16, length: 1 };
        }
        return codes;
    }
    // The rarest first; of equally frequent ones the later symbol gets the shorter code.
    symbols.sort_by_key(|symbol| (frequencies[*symbol], *symbol));
    let sorted: Vec<u64> = symbols.iter().map(|symbol| u64::from(frequencies[*symbol])).collect();
    let counts = counts_by_length(&sorted, length_max);
    let mut next = 0_u16;
    for (length, count) in counts.into_iter().enumerate().skip(1) {
        next <<= 1;
        let mut chunk = symbols.split_off(symbols.len() - count);
        chunk.sort_unstable();
        for symbol in chunk {
            codes[symbol] = Code { bits: reversed(next, length), length: length as u8 };
            next += 1;
        }
    }
    codes
}

/// The fixed codes of the format for literals, lengths and the end of a block.
pub fn fixed_literals() -> Vec<Code> {
    (0..286_u16)
        .map(|symbol| {
            let (bits, length) = match symbol {
                0..144 => (symbol + 48, 8),
                144..256 => (symbol + 400 - 144, 9),
                256..280 => (symbol - 256, 7),
                _ => (symbol + 192 - 280, 8),
            };
            Code { bits: reversed(bits, length), length: length as u8 }
        })
        .collect()
}

/// The fixed codes of the format for distances.
pub fn fixed_distances() -> Vec<Code> {
    (0..30).map(|symbol| Code { bits: reversed(symbol, 5), length: 5 }).collect()
}

fn reversed(bits: u16, length: usize) -> u16 {
    bits.reverse_bits() >> (16 - length)
}

/// How many symbols get codes of each length, by merging packages. `frequencies` are ascending, and more than two.
///
/// Level by level, from the longest codes to the shortest, the items of a level are the symbols themselves and pairs
/// of the level below, sorted; where both are as frequent, pairs come first.
fn counts_by_length(frequencies: &[u64], length_max: usize) -> Vec<usize> {
    let length_max = length_max.min(frequencies.len() - 1);
    // For each level: whether the items, in order, are symbols.
    let mut levels: Vec<Vec<bool>> = Vec::with_capacity(length_max);
    let mut below: Vec<u64> = Vec::new();
    for _ in 0..length_max {
        let pairs: Vec<u64> = below.chunks_exact(2).map(|pair| pair[0] + pair[1]).collect();
        let (mut weights, mut is_symbol) = (Vec::new(), Vec::new());
        let (mut symbols, mut packages) = (frequencies.iter().peekable(), pairs.iter().peekable());
        loop {
            let takes_symbol = match (symbols.peek(), packages.peek()) {
                (Some(symbol), Some(package)) => symbol < package,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => break,
            };
            weights.extend(if takes_symbol { symbols.next() } else { packages.next() });
            is_symbol.push(takes_symbol);
        }
        levels.push(is_symbol);
        below = weights;
    }
    // From the top: which items of a level are used follows from how many pairs the level above uses.
    let mut counts = vec![0; length_max + 1];
    let mut used = 2 * frequencies.len() - 2;
    let mut previous = 0;
    let mut reached = Vec::with_capacity(length_max);
    for is_symbol in levels.iter().rev() {
        let symbols = is_symbol.iter().take(used).filter(|is_symbol| **is_symbol).count();
        reached.push(symbols);
        used = 2 * (used - symbols);
    }
    // A symbol's code is as long as the number of levels that use it.
    for (level, symbols) in reached.into_iter().enumerate().rev() {
        counts[level + 1] = symbols - previous;
        previous = symbols;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_limited_and_every_code_is_used() {
        for (frequencies, length_max, expected) in [
            (vec![1, 1, 2, 4], 15, vec![3, 3, 2, 1]),
            (vec![1, 1, 2, 4], 2, vec![2, 2, 2, 2]),
            (vec![5, 0, 0, 9], 15, vec![1, 0, 0, 1]),
            (vec![1, 1, 1], 15, vec![2, 2, 1]),
            (vec![1, 1, 1, 1, 2], 15, vec![3, 3, 3, 3, 1]),
            (vec![1, 2, 4, 8, 16, 32, 64, 128, 256], 7, vec![7, 7, 7, 7, 5, 4, 3, 2, 1]),
        ] {
            let codes = optimal(&frequencies, length_max);
            let lengths: Vec<u8> = codes.iter().map(|code| code.length).collect();
            assert_eq!(lengths, expected, "{frequencies:?}");
        }
        let sum = |codes: &[Code]| codes.iter().map(|code| 1.0 / f64::from(1 << code.length)).sum::<f64>();
        assert!((sum(&optimal(&(1..=200).collect::<Vec<_>>(), 15)) - 1.0).abs() < 1e-12);
    }
}

//! Random numbers from the operating system, without bias.

use infra_engine::diagnostics::{Diagnostic, Diagnostics};

/// Random bytes.
pub(super) fn bytes(count: usize) -> Result<Vec<u8>, Diagnostics> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes).map_err(|error| {
        let detail = format!("The operating system gave no random bytes: {error}. Try again.");
        Diagnostics::from(Diagnostic::error("No random bytes", detail))
    })?;
    Ok(bytes)
}

/// A number from 0 to below `limit`, each as likely as any other. `limit` is at least 1.
pub(super) fn below(limit: u64) -> Result<u64, Diagnostics> {
    // What lies behind the last whole multiple would make small numbers likelier.
    let usable = u64::MAX - u64::MAX % limit.max(1);
    loop {
        let mut number = [0; 8];
        number.copy_from_slice(&bytes(8)?);
        let number = u64::from_le_bytes(number);
        if number < usable {
            return Ok(number % limit.max(1));
        }
    }
}

/// Puts items in a random order.
pub(super) fn shuffle<T>(items: &mut [T]) -> Result<(), Diagnostics> {
    for last in (1..items.len()).rev() {
        let other = usize::try_from(below(last as u64 + 1)?).unwrap_or(last);
        items.swap(last, other);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_their_limit_and_reach_it() {
        let mut seen = [false; 5];
        for _ in 0..500 {
            seen[usize::try_from(below(5).unwrap()).unwrap()] = true;
        }
        assert_eq!(seen, [true; 5]);
        assert_eq!(below(1).unwrap(), 0);
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<u32> = (0..50).collect();
        shuffle(&mut items).unwrap();
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}

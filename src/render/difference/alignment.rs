//! Which element of one sequence becomes which of another.

use std::collections::{HashMap, HashSet};

use infra_values::{Value, json};

/// An element before and the element after that it becomes; `None` where it comes or goes.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// Above this many comparisons, elements are compared only at equal positions.
const COMPARISONS_MAX: usize = 4_000_000;

/// Aligns the elements of lists.
///
/// Lists of equal length whose elements are not merely rearranged are compared position by position, because then
/// most often elements were edited. Otherwise the longest common part stays, and objects between its pieces are taken
/// for edited.
pub(super) fn of_lists(before: &[Value], after: &[Value]) -> Vec<Pair> {
    let (old, new) = identities(before, after);
    let is_edited = old.len() == new.len() && old.iter().collect::<HashSet<_>>() != new.iter().collect::<HashSet<_>>();
    if is_edited || old.len().saturating_mul(new.len()) > COMPARISONS_MAX {
        return by_position(old.len(), new.len());
    }
    let may_be_edited = |at: usize, to: usize| before[at].as_entries().is_some() && after[to].as_entries().is_some();
    along_common_part(&old, &new, may_be_edited)
}

/// Aligns the elements of sets: equal ones with each other, everything else comes or goes.
pub(super) fn of_sets(before: &[Value], after: &[Value]) -> Vec<Pair> {
    let (old, new) = identities(before, after);
    let positions: HashMap<usize, usize> = new.iter().enumerate().map(|(position, id)| (*id, position)).collect();
    let kept: HashSet<usize> = old.iter().copied().filter(|id| positions.contains_key(id)).collect();
    let from_before = old.iter().enumerate().map(|(position, id)| (Some(position), positions.get(id).copied()));
    let added = new.iter().enumerate().filter(|(_, id)| !kept.contains(id)).map(|(position, _)| (None, Some(position)));
    from_before.chain(added).collect()
}

/// Aligns lines of text.
pub(super) fn of_lines(before: &[&str], after: &[&str]) -> Vec<Pair> {
    if before.len().saturating_mul(after.len()) > COMPARISONS_MAX {
        let (kept_start, kept_end) = common_ends(before, after);
        return with_common_ends(before.len(), after.len(), kept_start, kept_end);
    }
    along_common_part(before, after, |_, _| false)
}

/// Elements at the same position, then those that the longer sequence has more.
pub(super) fn by_position(before: usize, after: usize) -> Vec<Pair> {
    (0..before.max(after)).map(|at| ((at < before).then_some(at), (at < after).then_some(at))).collect()
}

/// Numbers that are equal where elements look equal. One that is not wholly known equals no other.
fn identities(before: &[Value], after: &[Value]) -> (Vec<usize>, Vec<usize>) {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut count = 0;
    let mut identify = |value: &Value| {
        count += 1;
        match value.is_wholly_known() {
            true => *known.entry(json::to_json_plain(value).to_string()).or_insert(count),
            false => count,
        }
    };
    let old = before.iter().map(&mut identify).collect();
    let new = after.iter().map(&mut identify).collect();
    (old, new)
}

/// Walks along the longest common part: what lies between its pieces goes, then comes.
fn along_common_part<T: PartialEq>(
    before: &[T],
    after: &[T],
    may_be_edited: impl Fn(usize, usize) -> bool,
) -> Vec<Pair> {
    let common = common_part(before, after);
    let mut pairs = Vec::with_capacity(before.len().max(after.len()));
    let (mut at, mut to) = (0, 0);
    for (next_at, next_to) in common.into_iter().chain([(before.len(), after.len())]) {
        while at < next_at && to < next_to && may_be_edited(at, to) {
            pairs.push((Some(at), Some(to)));
            at += 1;
            to += 1;
        }
        pairs.extend((at..next_at).map(|at| (Some(at), None)));
        pairs.extend((to..next_to).map(|to| (None, Some(to))));
        if next_at < before.len() {
            pairs.push((Some(next_at), Some(next_to)));
        }
        at = next_at + 1;
        to = next_to + 1;
    }
    pairs
}

/// The longest common subsequence, as pairs of positions. Of several, the one whose pieces come late in `before`.
fn common_part<T: PartialEq>(before: &[T], after: &[T]) -> Vec<(usize, usize)> {
    let width = after.len() + 1;
    let mut lengths = vec![0_u32; (before.len() + 1) * width];
    for at in 1..=before.len() {
        for to in 1..=after.len() {
            lengths[at * width + to] = match before[at - 1] == after[to - 1] {
                true => lengths[(at - 1) * width + to - 1] + 1,
                false => lengths[(at - 1) * width + to].max(lengths[at * width + to - 1]),
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut at, mut to) = (before.len(), after.len());
    while at > 0 && to > 0 {
        if before[at - 1] == after[to - 1] {
            pairs.push((at - 1, to - 1));
            at -= 1;
            to -= 1;
        } else if lengths[(at - 1) * width + to] > lengths[at * width + to - 1] {
            at -= 1;
        } else {
            to -= 1;
        }
    }
    pairs.reverse();
    pairs
}

/// How many elements are equal at the start and, behind those, at the end.
fn common_ends<T: PartialEq>(before: &[T], after: &[T]) -> (usize, usize) {
    let start = before.iter().zip(after).take_while(|(old, new)| old == new).count();
    let rest = before[start..].iter().rev().zip(after[start..].iter().rev());
    (start, rest.take_while(|(old, new)| old == new).count())
}

fn with_common_ends(before: usize, after: usize, start: usize, end: usize) -> Vec<Pair> {
    let first = (0..start).map(|at| (Some(at), Some(at)));
    let gone = (start..before - end).map(|at| (Some(at), None));
    let come = (start..after - end).map(|to| (None, Some(to)));
    let last = (0..end).map(|at| (Some(before - end + at), Some(after - end + at)));
    first.chain(gone).chain(come).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `-a` goes, `+a` comes, `a` stays, `a>b` becomes.
    fn shown(pairs: &[Pair], before: &[char], after: &[char]) -> String {
        let shown = pairs.iter().map(|pair| match pair {
            (Some(at), Some(to)) if before[*at] == after[*to] => before[*at].to_string(),
            (Some(at), Some(to)) => format!("{}>{}", before[*at], after[*to]),
            (Some(at), None) => format!("-{}", before[*at]),
            (None, Some(to)) => format!("+{}", after[*to]),
            (None, None) => "nothing".to_owned(),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn elements_find_their_partners() {
        // before, after, as list, as set
        let table = [
            ("abcde", "bcde", "-a b c d e", "-a b c d e"),
            ("abc", "axbc", "a +x b c", "a b c +x"),
            ("abc", "de", "-a -b -c +d +e", "-a -b -c +d +e"),
            ("abcde", "bcdef", "a>b b>c c>d d>e e>f", "-a b c d e +f"),
            ("abc", "cba", "-a -b c +b +a", "a b c"),
            ("abcdef", "bacdfe", "-a b +a c d -e f +e", "a b c d e f"),
            ("abc", "acb", "a -b c +b", "a b c"),
            ("", "ab", "+a +b", "+a +b"),
            ("ab", "", "-a -b", "-a -b"),
        ];
        for (before, after, list, set) in table {
            let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
            let values = |chars: &[char]| chars.iter().map(|text| Value::string(text.to_string())).collect::<Vec<_>>();
            assert_eq!(shown(&of_lists(&values(&old), &values(&new)), &old, &new), list);
            assert_eq!(shown(&of_sets(&values(&old), &values(&new)), &old, &new), set);
        }
    }

    #[test]
    fn very_long_texts_keep_their_ends() {
        let before: Vec<String> = (0..3000).map(|number| number.to_string()).collect();
        let mut after = before.clone();
        after[1500] = "new".to_owned();
        let pairs = of_lines(
            &before.iter().map(String::as_str).collect::<Vec<_>>(),
            &after.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        assert_eq!(pairs.len(), 3001);
        assert_eq!(
            &pairs[1499..1503],
            [(Some(1499), Some(1499)), (Some(1500), None), (None, Some(1500)), (Some(1501), Some(1501))]
        );
    }
}

//! The Mann–Whitney test: does one set of rounds tend to larger values than another?

use std::cmp::Ordering;

use statrs::function::erf::erfc;

use super::real;

/// The most values for which every order is counted, where none are equal; above, the normal distribution is near enough.
const MOST_EXACT: usize = 25;

/// What the test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannWhitney {
    /// In how many pairs the first set's value is the larger one; equal ones count a half.
    pub u: f64,
    /// The share of such pairs: 0.5 where neither tends to be larger.
    pub superiority: f64,
    /// The chance of a difference at least so large between sets that do not differ; two-sided.
    pub p: f64,
}

/// Tests two sets of independent values (one per round, never single requests). `None` where one is empty.
#[must_use]
pub fn mann_whitney(first: &[f64], second: &[f64]) -> Option<MannWhitney> {
    if first.is_empty() || second.is_empty() {
        return None;
    }
    let pairs = real(first.len() as u64) * real(second.len() as u64);
    let u = first.iter().flat_map(|a| second.iter().map(move |b| larger(*a, *b))).sum::<f64>();
    let ties = ties(first, second);
    let p = if ties.is_empty() && first.len() <= MOST_EXACT && second.len() <= MOST_EXACT {
        exact(u.min(pairs - u), first.len(), second.len())
    } else {
        normal(u, first.len(), second.len(), &ties)
    };
    Some(MannWhitney { u, superiority: u / pairs, p })
}

fn larger(a: f64, b: f64) -> f64 {
    match a.total_cmp(&b) {
        Ordering::Greater => 1.0,
        Ordering::Equal => 0.5,
        Ordering::Less => 0.0,
    }
}

/// The sizes of groups of equal values, those of one left out.
fn ties(first: &[f64], second: &[f64]) -> Vec<f64> {
    let mut all: Vec<f64> = first.iter().chain(second).copied().collect();
    all.sort_by(f64::total_cmp);
    let groups = all.chunk_by(|a, b| a.total_cmp(b) == Ordering::Equal);
    groups.map(|group| real(group.len() as u64)).filter(|size| *size > 1.5).collect()
}

/// Two-sided p where all orders are equally likely: the share of orders whose statistic is at most `u`, doubled.
fn exact(u: f64, m: usize, n: usize) -> f64 {
    // ways[j][v]: of the orders of the values taken so far, j of them from the first set, how many have the statistic v.
    let most = m * n;
    let mut ways = vec![vec![0.0; most + 1]; m + 1];
    ways[0][0] = 1.0;
    for taken in 1..=(m + n) {
        for of_first in (1..=m.min(taken)).rev() {
            // The last one taken is of the first set, and larger than all of the second set taken before it.
            let of_second = taken - of_first;
            if of_second > n {
                continue;
            }
            for value in (of_second..=most).rev() {
                let before = ways[of_first - 1][value - of_second];
                ways[of_first][value] += before;
            }
        }
    }
    let total: f64 = ways[m].iter().sum();
    let below: f64 = ways[m].iter().enumerate().filter(|(value, _)| real(*value as u64) <= u).map(|(_, ways)| ways).sum();
    (2.0 * below / total).min(1.0)
}

/// Two-sided p of the normal distribution that the statistic tends to, corrected for ties and for being whole.
fn normal(u: f64, m: usize, n: usize, ties: &[f64]) -> f64 {
    let (m, n) = (real(m as u64), real(n as u64));
    let all = m + n;
    let equal: f64 = ties.iter().map(|size| size * size * size - size).sum();
    let variance = m * n / 12.0 * ((all + 1.0) - equal / (all * (all - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    let off = ((u - m * n / 2.0).abs() - 0.5).max(0.0);
    erfc(off / variance.sqrt() / std::f64::consts::SQRT_2).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    fn p(first: &[f64], second: &[f64]) -> f64 {
        mann_whitney(first, second).unwrap().p
    }

    /// Two sets of `m` and `n` different values with the statistic `u`: all of the second below the first, but for one of the first set
    /// at a time moved down.
    fn sets(u: usize, m: usize, n: usize) -> (Vec<f64>, Vec<f64>) {
        let second: Vec<f64> = (0..n).map(|i| real(i as u64)).collect();
        let (full, rest) = (u / n, u % n);
        let place = |i: usize| match i.cmp(&full) {
            Ordering::Less => n,
            Ordering::Equal => rest,
            Ordering::Greater => 0,
        };
        let first = (0..m).map(|i| real(place(i) as u64) - 0.5 - real(i as u64) / 100.0).collect();
        (first, second)
    }

    #[test]
    fn critical_values_are_those_of_the_tables() {
        // The largest U with a two-sided p of at most 0.05, from the published tables.
        for (m, n, critical) in
            [(4, 4, 0), (5, 5, 2), (6, 6, 5), (7, 7, 8), (8, 8, 13), (10, 10, 23), (5, 8, 6), (8, 10, 17), (20, 20, 127)]
        {
            for (u, significant) in [(critical, true), (critical + 1, false)] {
                let (first, second) = sets(u, m, n);
                let found = mann_whitney(&first, &second).unwrap();
                assert!((found.u - real(u as u64)).abs() < 1e-9, "{m} {n} {u}: {found:?}");
                assert_eq!(found.p <= 0.05, significant, "{m} {n} {u}: {found:?}");
            }
        }
        // Three against three can't show anything at 5%: the smallest p is 2/20.
        assert!((p(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]) - 0.1).abs() < 1e-12);
    }

    #[test]
    fn ties_use_the_normal_distribution_with_their_correction() {
        // By hand: u = 0.5 + 0.5 + 0 …; m = n = 4, groups of 2 and 3 among 1 2 2 3 | 3 3 4 5.
        let found = mann_whitney(&[1.0, 2.0, 2.0, 3.0], &[3.0, 3.0, 4.0, 5.0]).unwrap();
        let variance: f64 = 16.0 / 12.0 * (9.0 - (6.0 + 24.0) / 56.0);
        let due = erfc((8.0_f64 - 1.0 - 0.5) / variance.sqrt() / std::f64::consts::SQRT_2);
        assert!((found.u - 1.0).abs() < 1e-12 && (found.p - due).abs() < 1e-12, "{found:?} {due}");
        assert!((p(&[1.0; 5], &[1.0; 5]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_exact_and_the_normal_way_agree_where_both_hold() {
        let (first, second) = sets(200, 20, 25);
        let exact = p(&first, &second);
        assert!((exact - normal(200.0, 20, 25, &[])).abs() < 0.005, "{exact}");
    }

    #[test]
    fn sets_of_one_distribution_differ_as_often_as_the_level_says() {
        let mut draws = Seed::new(1).draws();
        let mut found = 0;
        for _ in 0..2000 {
            let mut set = || (0..8).map(|_| draws.exponential()).collect::<Vec<_>>();
            found += u32::from(p(&set(), &set()) <= 0.05);
        }
        assert!((60..=120).contains(&found), "{found} of 2000");
    }

    #[test]
    fn nothing_is_tested_where_a_set_is_empty_and_order_does_not_matter() {
        assert_eq!(mann_whitney(&[], &[1.0]), None);
        let (a, b) = ([3.0, 9.0, 4.0, 7.5], [1.0, 8.0, 2.0, 6.0, 5.0]);
        assert!((p(&a, &b) - p(&b, &a)).abs() < 1e-12);
        assert!((mann_whitney(&a, &b).unwrap().superiority - 0.65).abs() < 1e-12);
    }
}

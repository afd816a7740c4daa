//! In which order, how often and on which machine the chosen cases run: repeat, shuffle, shard.

use std::cmp::Reverse;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{fingerprint, title};
use crate::collection::{Outline, Round};
use crate::outcome;

/// How the chosen cases are put in order.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// How often each case runs, if not once.
    pub repeat: Option<usize>,
    /// Puts the cases in an order that the number alone decides.
    pub shuffle: Option<u64>,
    /// The part of the plan that runs here; none for the whole.
    pub shard: Option<Shard>,
}

/// One of several parts of a plan, each for a machine of its own.
#[derive(Debug, Clone)]
pub struct Shard {
    /// Which, from 1.
    pub index: usize,
    /// Of how many.
    pub total: usize,
    /// How the cases are dealt out.
    pub by: Dealing,
}

/// How cases are dealt out to shards.
#[derive(Debug, Clone, Default)]
pub enum Dealing {
    /// In turn, in the plan's order.
    #[default]
    Slice,
    /// By a hash of file and name: a case stays where it is when others come and go.
    Hash,
    /// So that each takes about as long, by the times of earlier runs.
    Times(Vec<CaseTime>),
}

/// How long a case took in an earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseTime {
    /// The case.
    pub case: outcome::CaseId,
    /// In microseconds.
    pub duration: u64,
}

/// A case that was chosen, before it has its place in the plan.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) collection: Arc<Outline>,
    pub(super) case: usize,
    /// Which of the case's rounds, where it is repeated over data.
    pub(super) round: Option<Arc<Round>>,
    pub(super) steps: Vec<usize>,
    /// Which of how many repeats, from 1, where there is more than one.
    pub(super) repeat: Option<(usize, usize)>,
}

/// What stays together: a case, or the cases of a collection that has an end of its own, with the end as the last.
pub(super) type Unit = Vec<Chosen>;

impl Chosen {
    pub(super) fn closes(&self) -> bool {
        self.collection.cases[self.case].closes
    }

    /// The name of the case, with its round.
    pub(super) fn name(&self) -> String {
        title(&self.collection.cases[self.case].name, self.round.as_deref())
    }

    /// The same whatever else is chosen, on every machine.
    fn hash(&self, salt: &str) -> u64 {
        let (repeat, _) = self.repeat.unwrap_or_default();
        hash(&[
            salt,
            &file(&self.collection.file),
            &self.name(),
            &repeat.to_string(),
        ])
    }
}

/// A path as it is on every system.
pub(super) fn file(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

/// A number that the texts decide alone.
fn hash(texts: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    let bytes = hash.finalize();
    bytes[..8]
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Puts every case in as often as wanted, the end of a collection once.
pub(super) fn repeat(units: Vec<Unit>, times: usize) -> Vec<Unit> {
    let round = |chosen: &Chosen, number: usize| Chosen {
        repeat: Some((number, times)),
        ..chosen.clone()
    };
    let mut repeated = Vec::new();
    for unit in units {
        let (ends, cases): (Vec<Chosen>, Vec<Chosen>) = unit.into_iter().partition(Chosen::closes);
        let rounds = (1..=times).map(|number| cases.iter().map(move |case| round(case, number)));
        if ends.is_empty() {
            repeated.extend(rounds.flatten().map(|case| vec![case]));
        } else {
            repeated.push(rounds.flatten().chain(ends).collect());
        }
    }
    repeated
}

/// Puts the units in the order of a seed, and the cases within each; the end of a collection stays its last.
pub(super) fn shuffle(units: &mut [Unit], seed: u64) {
    let salt = seed.to_string();
    for unit in &mut *units {
        unit.sort_by_cached_key(|chosen| (chosen.closes(), chosen.hash(&salt)));
    }
    units.sort_by_cached_key(|unit| unit.first().map(|chosen| chosen.hash(&salt)));
}

/// Keeps what is this shard's; tells which part of which whole that is.
pub(super) fn shard(units: Vec<Unit>, shard: &Shard) -> (Vec<Unit>, outcome::Shard) {
    let homes = deal(&units, shard);
    let mut position = 0;
    let mut mine = Vec::new();
    let mut positions = Vec::new();
    let plan = fingerprint::of(&units, &homes, shard.total);
    for (unit, home) in units.into_iter().zip(homes) {
        let here = position..position + unit.len();
        position = here.end;
        if home + 1 == shard.index {
            positions.extend(here);
            mine.push(unit);
        }
    }
    let told = outcome::Shard {
        index: shard.index,
        total: shard.total,
        plan,
        cases: position,
        positions,
    };
    (mine, told)
}

/// The shard of each unit, from 0.
fn deal(units: &[Unit], shard: &Shard) -> Vec<usize> {
    match &shard.by {
        Dealing::Slice => (0..units.len()).map(|index| index % shard.total).collect(),
        Dealing::Hash => units
            .iter()
            .map(|unit| match unit.as_slice() {
                [one] => one.hash("shard"),
                several => hash(&[
                    "shard",
                    &several
                        .first()
                        .map_or_else(String::new, |it| file(&it.collection.file)),
                ]),
            })
            .map(|hash| usize::try_from(hash % shard.total as u64).unwrap_or_default())
            .collect(),
        Dealing::Times(times) => balance(units, times, shard.total),
    }
}

/// The longest first, each to the shard that has the least so far. A case that nobody knows counts as the average.
fn balance(units: &[Unit], times: &[CaseTime], total: usize) -> Vec<usize> {
    let known: Vec<Vec<Option<u64>>> = units
        .iter()
        .map(|unit| unit.iter().map(|chosen| time_of(chosen, times)).collect())
        .collect();
    let found: Vec<u64> = known.iter().flatten().flatten().copied().collect();
    let average = found
        .iter()
        .fold(0, |sum: u64, time| sum.saturating_add(*time))
        .checked_div(found.len() as u64)
        .unwrap_or(1);
    let durations: Vec<u64> = known
        .iter()
        .map(|unit| {
            let times = unit.iter().map(|time| time.unwrap_or(average));
            times.fold(0, u64::saturating_add)
        })
        .collect();
    let mut longest_first: Vec<usize> = (0..units.len()).collect();
    longest_first.sort_by_key(|index| Reverse(durations[*index]));
    let mut loads = vec![0_u64; total];
    let mut homes = vec![0; units.len()];
    for index in longest_first {
        let least = (0..total).min_by_key(|shard| loads[*shard]).unwrap_or_default();
        // A case of no time is still one more to start.
        loads[least] = loads[least].saturating_add(durations[index].max(1));
        homes[index] = least;
    }
    homes
}

/// What this very round took, or else any round of the case.
fn time_of(chosen: &Chosen, times: &[CaseTime]) -> Option<u64> {
    let Outline {
        file, name, cases, ..
    } = chosen.collection.as_ref();
    let titles = [&chosen.name(), &cases[chosen.case].name];
    let found = titles
        .into_iter()
        .find_map(|title| times.iter().find(|time| time.case.is(file, name, title)));
    found.map(|time| time.duration)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{file, hash};

    #[test]
    fn hashes_are_the_same_for_ever() {
        // Shards of different machines and versions have to agree: a change of this number moves every case.
        assert_eq!(
            hash(&["shard", "collections/a.yaml", "read", "0"]),
            18_102_796_201_337_908_300
        );
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    }

    #[test]
    fn a_path_is_told_alike_everywhere() {
        let path = Path::new("collections").join("a b.yaml");
        assert_eq!(file(&path), "collections/a b.yaml");
    }
}

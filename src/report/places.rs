//! Where each step of a plan stands, rounds in the place of the steps that unfolded.

/// The places of a plan's steps, by their numbers. A plan may be very long, so a number takes four bytes.
#[derive(Default)]
pub(super) struct Places {
    /// Of each step: its case, and where in the case. A step that unfolded has none: its rounds have.
    steps: Vec<Option<(u32, u32)>>,
    /// The numbers of each case's steps, in order.
    cases: Vec<Vec<u32>>,
    /// How many steps stand before each case.
    before: Vec<usize>,
    /// How many steps unfolded.
    unfolded: usize,
}

impl Places {
    /// Learns how many steps each case has; they are numbered in order.
    pub(super) fn start(&mut self, lengths: impl Iterator<Item = usize>) {
        let mut next = 0;
        for (case, length) in lengths.enumerate() {
            self.steps
                .extend((0..length).map(|index| Some((small(case), small(index)))));
            self.cases.push((next..next + length).map(small).collect());
            next += length;
        }
        self.steps.shrink_to_fit();
        self.count();
    }

    fn count(&mut self) {
        let mut before = 0;
        self.before.clear();
        self.before.extend(self.cases.iter().map(|steps| {
            before += steps.len();
            before - steps.len()
        }));
    }

    /// Puts so many rounds in the place of a step, numbered from the plan's end on; tells its case, and where in the case
    /// it was. None for a step that is not in the plan or unfolded already.
    pub(super) fn unfold(&mut self, step: usize, rounds: usize) -> Option<(usize, usize)> {
        let (case, index) = self.steps.get_mut(step)?.take()?;
        self.unfolded += 1;
        let place = (case as usize, index as usize);
        let first = self.steps.len();
        self.steps.resize(first + rounds, None);
        let planned = &mut self.cases[place.0];
        planned.splice(place.1..=place.1, (first..first + rounds).map(small));
        // The numbers of what stands behind stay the same, their places do not.
        for (index, number) in planned.iter().enumerate().skip(place.1) {
            self.steps[*number as usize] = Some((case, small(index)));
        }
        self.count();
        Some(place)
    }

    /// The case of a step, and where in the case it stands; none for a number that is not in the plan.
    pub(super) fn of(&self, number: usize) -> Option<(usize, usize)> {
        let (case, index) = (*self.steps.get(number)?)?;
        Some((case as usize, index as usize))
    }

    /// How many steps stand before one; none for a number that is not in the plan.
    pub(super) fn position(&self, number: usize) -> Option<usize> {
        let (case, index) = self.of(number)?;
        Some(self.before.get(case)? + index)
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> usize {
        self.steps.len() - self.unfolded
    }
}

/// A number of a plan, which has far fewer steps.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn rounds_stand_where_their_step_stood() {
        let mut places = Places::default();
        places.start([2, 3].into_iter());
        assert_eq!((places.len(), places.position(3)), (5, Some(3)));
        assert_eq!(places.unfold(3, 2), Some((1, 1)));
        let positions: Vec<_> = (0..8).map(|number| places.position(number)).collect();
        assert_eq!(
            positions,
            [Some(0), Some(1), Some(2), None, Some(5), Some(3), Some(4), None]
        );
        assert_eq!((places.len(), places.of(6)), (6, Some((1, 2))));
        assert_eq!((places.unfold(3, 1), places.unfold(9, 1)), (None, None));
    }
}

//! Reports on a thread of their own, beside the run's.
//!
//! A run and what it sends to leave processors idle; the reports are made there. They hear of events a few milliseconds
//! late and of many at once, so that the run is not stopped for waking them each time.

use std::io;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::outcome::{Event, Tally};
use crate::report::Report;

/// How long what happens is gathered before the reports hear of it, once they heard of something.
const GATHERING: Duration = Duration::from_millis(5);

/// How much may wait for the reports before the run waits for them.
const MOST: usize = 4096;

/// A report that hears of everything on a thread of its own, and is finished by the caller.
pub(super) struct Beside {
    shared: Arc<Shared>,
    /// None where there can be no more threads: the caller's does it all then.
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    report: Mutex<Told>,
    queue: Mutex<Queue>,
    /// Something is waiting in a queue that was empty, or too much of it, or nothing more comes.
    filled: Condvar,
    /// There is room in the queue again.
    emptied: Condvar,
}

/// A report, and whether it can still be written.
struct Told {
    report: Box<dyn Report>,
    written: io::Result<()>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<News>,
    /// Whether the thread waits for the first of them.
    is_idle: bool,
    is_closed: bool,
}

enum News {
    Event(Event),
    Time(u64),
}

impl Beside {
    pub(super) fn new(report: Box<dyn Report>) -> Beside {
        let shared = Arc::new(Shared {
            report: Mutex::new(Told {
                report,
                written: Ok(()),
            }),
            queue: Mutex::default(),
            filled: Condvar::new(),
            emptied: Condvar::new(),
        });
        let there = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("reports".to_owned())
            .spawn(move || there.follow())
            .ok();
        Beside { shared, thread }
    }

    fn tell(&self, news: News) {
        if self.thread.is_none() {
            return self.shared.told().hear(&news);
        }
        let mut queue = lock(&self.shared.queue);
        while queue.waiting.len() >= MOST && self.is_there() {
            // Should the thread be gone, nobody will say that there is room.
            queue = wait(&self.shared.emptied, queue, GATHERING);
        }
        queue.waiting.push(news);
        if queue.is_idle || queue.waiting.len() >= MOST {
            self.shared.filled.notify_one();
        }
    }

    fn is_there(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Waits until everything that was told is heard.
    fn close(&mut self) -> thread::Result<()> {
        lock(&self.shared.queue).is_closed = true;
        self.shared.filled.notify_one();
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl Report for Beside {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.tell(News::Event(event.clone()));
        Ok(())
    }

    fn settle(&mut self) -> io::Result<()> {
        match self.thread {
            Some(_) => Ok(()),
            None => {
                self.shared.told().settle();
                Ok(())
            }
        }
    }

    fn tick(&mut self, now: u64) -> io::Result<()> {
        self.tell(News::Time(now));
        Ok(())
    }

    fn finish(&mut self, tally: &Tally) -> io::Result<()> {
        if let Err(panic) = self.close() {
            std::panic::resume_unwind(panic);
        }
        let mut told = self.shared.told();
        mem::replace(&mut told.written, Ok(()))?;
        told.report.finish(tally)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // What went wrong there was said there.
        let _ = self.close();
    }
}

impl Shared {
    fn told(&self) -> MutexGuard<'_, Told> {
        lock(&self.report)
    }

    /// Tells the report what comes in, until nothing more does.
    fn follow(&self) {
        while let Some(news) = self.next() {
            let mut told = self.told();
            news.iter().for_each(|news| told.hear(news));
            told.settle();
        }
    }

    /// What came in since, once something did; none once nothing more comes.
    fn next(&self) -> Option<Vec<News>> {
        let mut queue = lock(&self.queue);
        if !queue.is_closed && queue.waiting.len() < MOST {
            queue = wait(&self.filled, queue, GATHERING);
        }
        queue.is_idle = true;
        while queue.waiting.is_empty() && !queue.is_closed {
            queue = self.filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        queue.is_idle = false;
        let news = mem::take(&mut queue.waiting);
        self.emptied.notify_one();
        (!news.is_empty()).then_some(news)
    }
}

impl Told {
    fn hear(&mut self, news: &News) {
        if self.written.is_ok() {
            self.written = match news {
                News::Event(event) => self.report.event(event),
                News::Time(now) => self.report.tick(*now),
            };
        }
    }

    fn settle(&mut self) {
        if self.written.is_ok() {
            self.written = self.report.settle();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait<'a, T>(condition: &Condvar, guard: MutexGuard<'a, T>, most: Duration) -> MutexGuard<'a, T> {
    match condition.wait_timeout(guard, most) {
        Ok((guard, _)) => guard,
        Err(poisoned) => poisoned.into_inner().0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes what it hears, and is slow to.
    struct Noting(Arc<Mutex<Vec<u64>>>);

    impl Report for Noting {
        fn event(&mut self, event: &Event) -> io::Result<()> {
            lock(&self.0).push(event.at());
            Ok(())
        }

        fn tick(&mut self, now: u64) -> io::Result<()> {
            lock(&self.0).push(now);
            match now {
                7 => Err(io::Error::other("no space left")),
                13 => panic!("a bug"),
                _ => Ok(()),
            }
        }

        fn finish(&mut self, _: &Tally) -> io::Result<()> {
            lock(&self.0).push(0);
            Ok(())
        }
    }

    fn noting() -> (Arc<Mutex<Vec<u64>>>, Beside) {
        let noted = Arc::default();
        (Arc::clone(&noted), Beside::new(Box::new(Noting(noted))))
    }

    #[test]
    fn everything_is_heard_in_order_before_the_end() {
        let (noted, mut report) = noting();
        let many = 3 * u64::try_from(MOST).unwrap();
        for at in 100..many {
            report.event(&Event::CaseStarted { at, case: 0 }).unwrap();
        }
        report.tick(many).unwrap();
        report.finish(&Tally::default()).unwrap();
        let expected: Vec<u64> = (100..=many).chain([0]).collect();
        assert_eq!(*lock(&noted), expected);
    }

    #[test]
    fn what_cannot_be_written_is_told_at_the_end() {
        let (noted, mut report) = noting();
        for now in [6, 7, 8] {
            report.tick(now).unwrap();
        }
        let error = report.finish(&Tally::default()).unwrap_err();
        assert_eq!(error.to_string(), "no space left");
        assert_eq!(*lock(&noted), [6, 7]);
    }

    #[test]
    fn a_bug_there_is_one_here() {
        let (_, mut report) = noting();
        for _ in 0..3 * MOST {
            report.tick(13).unwrap();
        }
        let finished = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            report.finish(&Tally::default())
        }));
        assert!(finished.is_err());
    }
}

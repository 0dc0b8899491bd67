//! How long a statement may keep SQLite at work, whatever it counts as a step.
//!
//! Steps bound a statement by the same measure everywhere, but one step may go over a value of many megabytes. So a second
//! thread counts while SQLite works, and interrupts it in the end. It reads no clock: what it decides is only that there
//! is no answer, never which. The time that whoever reads the rows takes is not counted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rusqlite::InterruptHandle;

/// How often it is looked.
const TICK: Duration = Duration::from_millis(100);

/// How many of them are a second.
const TICKS: u64 = 10;

/// What the two threads know of each other.
#[derive(Default)]
pub(super) struct Patience {
    is_at_work: AtomicBool,
    has_ended: AtomicBool,
}

impl Patience {
    /// Does `work`, which says when SQLite is at work; interrupts it by `handle` after that many `seconds` of it.
    pub(super) fn over<T>(seconds: u64, handle: &InterruptHandle, work: impl FnOnce(&Self) -> T) -> T {
        let patience = Self::default();
        let (done, waiting) = channel::<()>();
        std::thread::scope(|scope| {
            let patience = &patience;
            scope.spawn(move || patience.count(seconds.saturating_mul(TICKS), handle, &waiting));
            let outcome = work(patience);
            drop(done);
            outcome
        })
    }

    /// Does `step`, in which SQLite works.
    #[inline]
    pub(super) fn at_work<T>(&self, step: impl FnOnce() -> T) -> T {
        self.is_at_work.store(true, Ordering::Relaxed);
        let outcome = step();
        self.is_at_work.store(false, Ordering::Relaxed);
        outcome
    }

    /// Whether SQLite was interrupted.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed)
    }

    fn count(&self, mut left: u64, handle: &InterruptHandle, done: &Receiver<()>) {
        while let Err(RecvTimeoutError::Timeout) = done.recv_timeout(TICK) {
            left = left.saturating_sub(u64::from(self.is_at_work.load(Ordering::Relaxed)));
            if left == 0 {
                self.has_ended.store(true, Ordering::Relaxed);
                handle.interrupt();
                return;
            }
        }
    }
}

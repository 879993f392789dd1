//! Figures: requests per second, percentiles, memory.

use std::fmt;
use std::time::Duration;

use crate::bare::Failure;

/// How long requests of one kind took.
#[derive(Debug)]
pub struct Measure {
    label: String,
    whole: Duration,
    /// In increasing order.
    durations: Vec<Duration>,
}

impl Measure {
    /// The line above the figures.
    pub const HEADER: &str =
        "transaction                             requests      per s     p50 ms     p95 ms     p99 ms     max ms";

    pub(super) fn new(label: &str, whole: Duration, mut durations: Vec<Duration>) -> Self {
        durations.sort();
        Self { label: label.to_owned(), whole, durations }
    }

    /// Milliseconds within which that part of the requests ended, in hundredths.
    fn percentile(&self, hundredths: usize) -> f64 {
        let last = self.durations.len().saturating_sub(1);
        let place = (self.durations.len() * hundredths / 100).min(last);
        self.durations.get(place).map_or(0.0, |duration| duration.as_secs_f64() * 1000.0)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.durations.len() as f64 / self.whole.as_secs_f64();
        write!(f, "{:<38}{:>10}{:>11.0}", self.label, self.durations.len(), rate)?;
        [50, 95, 99, 100].iter().try_for_each(|part| write!(f, "{:>11.1}", self.percentile(*part)))
    }
}

/// Peak resident memory of this process; where `/proc` tells it.
///
/// # Errors
/// A `/proc` that cannot be read.
pub fn memory() -> Result<String, Failure> {
    let status = match std::fs::read_to_string("/proc/self/status") {
        Ok(status) => status,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok("not told by this system".to_owned()),
        Err(error) => return Err(error.into()),
    };
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
    let kib: u64 = peak.ok_or("no peak memory in /proc")?;
    Ok(format!("{} MiB", kib >> 10))
}

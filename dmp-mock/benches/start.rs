//! How long a mock takes to start: own PKI, seeded world, two ports. The target is under 100 ms.
//!
//! `cargo bench -p dmp-mock --bench start`

use std::time::{Duration, Instant};

use dmp_mock::MockDmp;

const ROUNDS: usize = 20;
const TARGET: Duration = Duration::from_millis(100);

#[expect(clippy::print_stdout, reason = "the figures are what the program is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    // cargo test runs every target once, with this argument: then one start is enough.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { ROUNDS } else { 1 };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let started = Instant::now();
        drop(MockDmp::start().await?);
        let first = started.elapsed();
        let mut times = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            let started = Instant::now();
            let mock = MockDmp::start().await?;
            times.push(started.elapsed());
            drop(mock);
        }
        times.sort();
        let median = times.get(times.len() / 2).copied().unwrap_or(first);
        let slowest = times.last().copied().unwrap_or(first);
        println!("first start of the process  {first:>9.1?}");
        println!("median of {rounds:>2} more          {median:>9.1?}");
        println!("slowest of them             {slowest:>9.1?}");
        println!("target                      {TARGET:>9.1?}  {}", if first < TARGET { "held" } else { "missed" });
        Ok(())
    })
}

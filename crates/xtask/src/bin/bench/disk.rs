//! What a durable write costs on this disk.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use xtask::numbers::median;

const WRITES: usize = 200;

/// The median of appending a page and waiting for the disk to have it: what a commit waits for.
pub(crate) fn sync_median(folder: &Path) -> Result<Duration> {
    let mut file = File::create(folder.join("sync"))?;
    let mut seconds = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        file.write_all(&[7; 4096])?;
        let start = Instant::now();
        file.sync_data()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok(Duration::from_secs_f64(median(&seconds)))
}

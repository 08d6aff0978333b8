//! Installing Debian's Postgres.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::{machine, step};

/// Only the binaries are wanted, but Debian's package also makes and starts a cluster of its own. It asks
/// `createcluster.conf` first, so the answer there is "no" while the server is installed, and the file is put back after.
const SCRIPT: &str = r#"
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends postgresql-common
settings=/etc/postgresql-common/createcluster.conf
kept=$(mktemp)
cp -p "$settings" "$kept"
trap 'mv "$kept" "$settings"' EXIT
echo 'create_main_cluster = false' >> "$settings"
apt-get install -y --no-install-recommends postgresql
"#;

pub(super) fn install() -> Result<()> {
    if !Path::new("/etc/debian_version").exists() {
        bail!("this is no Debian");
    }
    let mut words = machine::root_prefix()?.to_vec();
    words.extend(["sh", "-c", SCRIPT]);
    step::announce("Postgres is missing: installing Debian's package postgresql");
    let status = Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).status()?;
    if !status.success() {
        bail!("`apt-get install postgresql` ended with {status}");
    }
    Ok(())
}

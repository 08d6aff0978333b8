//! Installing Debian's Postgres.

use anyhow::Result;

use crate::{debian, step};

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
    step::announce("Postgres is missing: installing Debian's package postgresql");
    debian::run(SCRIPT, &[])
}

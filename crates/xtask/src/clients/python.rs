//! Python, and the packages of `PyPI`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::Folder;
use crate::{debian, step};

const LIST: &str = "requirements.txt";
/// All that is wanted can be imported.
const PROBE: &str = "import aiosmtpd, mypy, openapi_python_client, openapi_spec_validator, pyotp, requests, rocketchat_API, schemathesis";
/// How an interpreter says what it is; one that is too old ends with an error.
const ABOUT: &str = "import sys; assert sys.version_info >= (3, 10), sys.version; print(sys.executable, sys.version)";
/// The second one is Debian's own, where another comes first on the path.
const PROGRAMS: [&str; 2] = ["python3", "/usr/bin/python3"];

/// An interpreter of its own in `folder`, which finds the packages without being told where they are.
pub(super) fn provide(folder: &Folder) -> Result<PathBuf> {
    let program = folder.path().join("bin/python");
    let complete = || step::succeeds(Command::new(&program).args(["-c", PROBE]));
    let wanted = folder.wanted(&[LIST], "")?;
    if folder.holds(&wanted) && complete() {
        return Ok(program);
    }
    step::announce("installing packages of PyPI");
    make(folder)?;
    let mut pip = Command::new(&program);
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet", "--requirement"]);
    step::output(pip.arg(folder.pinned(LIST)))
        .context("the tests need packages of PyPI, and they cannot be installed")?;
    step::output(Command::new(&program).args(["-c", PROBE])).context("packages of PyPI were installed, yet")?;
    folder.mark(&wanted)?;
    Ok(program)
}

/// Makes the interpreter. Debian keeps what this needs in a package of its own, hence trying is the only way to know.
fn make(folder: &Folder) -> Result<()> {
    let Err(missing) = try_to_make(folder) else { return Ok(()) };
    step::announce(format!("{missing:#}: installing Debian's packages python3 and python3-venv"));
    debian::install(&["python3", "python3-venv"]).with_context(|| {
        format!(
            "the tests drive programs of PyPI and need Python 3.10 or newer with venv and pip, but {missing:#}. Install \
             them (Debian, Ubuntu: `sudo apt-get install python3 python3-venv`; Fedora: `sudo dnf install python3`; \
             macOS: `brew install python`). They were not installed for you because"
        )
    })?;
    try_to_make(folder).context("python3 and python3-venv were installed, yet")
}

fn try_to_make(folder: &Folder) -> Result<()> {
    let mut last = None;
    for program in PROGRAMS {
        folder.clear()?;
        let about = step::output(Command::new(program).args(["-c", ABOUT]));
        let made = about.and_then(|_| step::output(Command::new(program).args(["-m", "venv"]).arg(folder.path())));
        match made {
            Ok(_) => return Ok(()),
            Err(error) => last = last.or(Some(error)),
        }
    }
    last.map_or(Ok(()), Err).context("Python cannot make a virtual environment")
}

//! `portcullis completions`

use clap::Args;
use clap_complete::{Shell, generate};

use super::{Failure, command, say};

const EXAMPLES: &str = "\
Examples:
  portcullis completions bash > ~/.local/share/bash-completion/completions/portcullis
  portcullis completions zsh > ~/.zfunc/_portcullis      # with fpath+=~/.zfunc before compinit
  portcullis completions fish > ~/.config/fish/completions/portcullis.fish
A new shell knows them. They are of this release: write them anew after an update.";

/// Print what a shell needs to complete commands and options of portcullis when Tab is pressed.
///
/// Write it once to where the shell looks for it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// The shell.
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(options.shell, &mut command(), "portcullis", &mut script);
    Ok(say(format_args!("{}", String::from_utf8_lossy(&script).trim_end()))?)
}

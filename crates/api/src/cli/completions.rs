//! `portcullis completions`

use clap::Args;
use clap_complete::{Shell, generate};

use super::{Failure, command, say};

const EXAMPLES: &str = "\
Examples:
  source <(portcullis completions bash)       # as a line of ~/.bashrc
  source <(portcullis completions zsh)        # as a line of ~/.zshrc, after compinit
  portcullis completions fish | source        # as a line of ~/.config/fish/config.fish
A new shell knows them then, and those of a new release after an update.";

/// Print what a shell needs to complete commands and options of portcullis when Tab is pressed.
///
/// For whoever types commands by hand; a line in the start-up file of the shell is all it takes.
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

//! `portcullis man`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command, ValueHint};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::next::after_file;
use super::{Failure, command, say};

const EXAMPLES: &str = "\
Examples:
  portcullis man | man -l -
  portcullis man --out ~/.local/share/man/man1      # then `man portcullis` and `man portcullis-api-key-create`
They are of this release: write them anew after an update.";

/// Print the manual page, or write a page for every command into a folder.
///
/// For machines on which people look things up with `man`: they tell what --help tells.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Write a page for every command into this folder, which is made if need be, instead of printing the main one.
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let mut whole = command().disable_help_subcommand(true);
    whole.build();
    let Some(folder) = &options.out else {
        return Ok(say(format_args!("{}", String::from_utf8_lossy(&page(&whole)?).trim_end()))?);
    };
    let failed = |path: &Path, error: io::Error| {
        let next = after_file(path, &error);
        Failure::misuse(anyhow::Error::from(error).context(format!("{} cannot be written", path.display())), next)
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let mut pages = Vec::new();
    collect(&whole, &mut pages);
    for command in &pages {
        let path = folder.join(Man::new((*command).clone()).get_filename());
        fs::write(&path, page(command)?).map_err(|error| failed(&path, error))?;
    }
    say(format_args!("{} pages are in {}", pages.len(), folder.display()))?;
    Ok(())
}

fn collect<'a>(command: &'a Command, pages: &mut Vec<&'a Command>) {
    pages.push(command);
    command.get_subcommands().for_each(|below| collect(below, pages));
}

/// A page in which examples keep their lines, and have a heading of their own.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let man =
        Man::new(command.clone()).manual("Portcullis").source(format!("portcullis {}", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut end = Roff::new();
    for line in after.lines() {
        match line.strip_suffix(':').filter(|_| !line.starts_with(' ')) {
            Some(heading) => end.control("SH", [heading.to_uppercase().as_str()]).control("nf", []),
            None => end.text([roman(line)]),
        };
    }
    end.to_writer(&mut text)?;
    Ok(text)
}

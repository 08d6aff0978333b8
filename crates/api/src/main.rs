//! `portcullis`: the service and its command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    portcullis_api::cli::main()
}

//! Packs the script of the reference, so that neither the binary nor a start has to do with five megabytes of text.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let script = scalar_api_reference::get_asset("scalar.js").ok_or("scalar_api_reference comes without its script")?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&script)?;
    let folder = env::var_os("OUT_DIR").ok_or("Cargo names no folder for what is built")?;
    fs::write(PathBuf::from(folder).join("scalar.js.gz"), packed.finish()?)?;
    Ok(())
}

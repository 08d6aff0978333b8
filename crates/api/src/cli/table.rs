//! Lists for people: columns in line.

use clap::builder::styling::Style;

use super::say;

/// What heads something.
const HEAD: Style = Style::new().bold();

/// Prints a table whose columns are as wide as their widest cell; an empty cell is a dash.
pub(super) fn print<const N: usize>(heads: [&str; N], rows: &[[String; N]]) -> anyhow::Result<()> {
    let heads = heads.map(str::to_owned);
    let all = || std::iter::once(&heads).chain(rows);
    let widths: [usize; N] =
        std::array::from_fn(|column| all().map(|row| row[column].chars().count()).max().unwrap_or_default());
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| {
            let cell = if cell.is_empty() { "-" } else { cell };
            format!("{cell:<width$}")
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    heading(&line(&heads))?;
    rows.iter().try_for_each(|row| say(format_args!("{}", line(row))))
}

/// Prints what heads something.
pub(super) fn heading(text: &str) -> anyhow::Result<()> {
    say(format_args!("{HEAD}{text}{HEAD:#}"))
}

/// Prints what things are called and what they are, below a heading.
pub(super) fn pairs(rows: &[(&str, String)]) -> anyhow::Result<()> {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    rows.iter().try_for_each(|(name, what)| say(format_args!("  {name:<width$}  {what}")))
}

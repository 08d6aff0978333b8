//! What the document cannot say.

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source<'a> {
    /// An environment variable of whoever runs the sample.
    Variable(&'a str),
    /// It stands in the sample.
    Literal(&'a str),
}

/// A set of credentials that are shown together: names of security schemes, and where the value of each comes from.
pub type Way<'a> = &'a [(&'a str, Source<'a>)];

/// What the document cannot say.
#[derive(Debug, Clone, Copy)]
pub struct Conventions<'a> {
    /// The environment variable with the base URL.
    pub base: &'a str,
    /// For an operation, by its id, the ways in, best first: the first one the operation takes is shown. Where it takes
    /// none of them, its own first one is, with variables called as the schemes are.
    pub ways: fn(&str) -> &'static [Way<'static>],
    /// Optional parameters that are shown all the same.
    pub shown: &'a [&'a str],
    /// A header by which the server tells requests from one another: no two operations must show the same.
    pub own_value: &'a str,
}

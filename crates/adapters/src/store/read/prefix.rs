//! Texts that begin so, as a range an index can walk.

/// Can a stored text begin so? None has the character U+0000 in it, and Postgres takes no value that has.
pub(super) fn can_begin(prefix: &str) -> bool {
    !prefix.contains('\0')
}

/// The first text after all that begin so; none when there is no such text.
pub(super) fn end_of_prefix(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
}

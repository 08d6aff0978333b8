//! Phone numbers in international form (E.164).

/// Checks a number: `+` or `00`, then 7 to 15 digits that do not begin with 0; spaces are ignored.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    let digits: String = text.chars().filter(|c| *c != ' ').collect();
    let number = digits.strip_prefix('+').or_else(|| digits.strip_prefix("00"));
    let fits = number.is_some_and(|number| {
        (7..=15).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0')
    });
    if fits { Ok(()) } else { Err("must be a phone number in international form, such as +48 600 100 200") }
}

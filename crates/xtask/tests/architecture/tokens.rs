//! A source file as the compiler's words: no comments, nothing inside strings.

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

/// Words and signs in order, groups opened up.
pub(crate) fn of(source: &str) -> Vec<String> {
    let stream = TokenStream::from_str(source).expect("the source can be read");
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    tokens
}

fn flatten(stream: TokenStream, into: &mut Vec<String>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                into.push("(".into());
                flatten(group.stream(), into);
                into.push(")".into());
            }
            TokenTree::Literal(_) => into.push("\"".into()),
            TokenTree::Ident(word) => into.push(word.to_string()),
            TokenTree::Punct(sign) => into.push(sign.to_string()),
        }
    }
}

#[test]
fn comments_and_strings_are_no_words() {
    let tokens = of("// mod a\n/* mod b */ fn f() { g(\"mod c\") }");
    assert_eq!(tokens, ["fn", "f", "(", ")", "(", "g", "(", "\"", ")", ")"]);
}

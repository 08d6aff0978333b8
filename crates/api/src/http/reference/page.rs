//! The page around the reference, and what it may do.

use maud::{DOCTYPE, Markup, html};
use reqwest::Url;

/// A gate, drawn in so few words that it can stand in the page.
const ICON: &str = "data:image/svg+xml,\
    %3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
    %3Cpath fill='none' stroke='%23357' stroke-width='2' d='M2 15V7a6 6 0 0 1 12 0v8M6 15V2M10 15V2M2 9h12'/%3E\
    %3C/svg%3E";

/// What the page loads.
pub(super) struct Parts {
    pub(super) scalar: String,
    pub(super) start: String,
    pub(super) style: String,
}

/// The page. It has no script in it, so that none that somebody smuggled in would run.
pub(super) fn render(parts: &Parts, public_url: Option<&str>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Portcullis: API reference" }
                link rel="icon" href=(ICON);
                link rel="stylesheet" href=(parts.style);
                script defer src=(parts.scalar) {}
                script defer src=(parts.start) {}
            }
            body {
                div id="reference" data-public-url=[public_url] {}
                noscript {
                    p { "The reference needs JavaScript. What it shows is in " a href="openapi.json" { "openapi.json" } "." }
                }
            }
        }
    }
}

/// What a browser lets the page do: scripts, fonts and calls from and to here, and to where clients reach the service.
pub(super) fn policy(public_url: Option<&str>) -> String {
    let public = public_url.and_then(|url| Url::parse(url).ok()).map(|url| url.origin().ascii_serialization());
    let calls = public.map(|origin| format!(" {origin}")).unwrap_or_default();
    // Scalar makes styles as it goes, of its own and for elements.
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         font-src 'self' data:; connect-src 'self'{calls}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}

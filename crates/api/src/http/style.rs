//! Which wire style a path belongs to.

use axum::response::Response;
use portcullis_domain::ids::RequestId;

use super::{rocketchat, smartphonekey};

/// A wire style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    SmartphoneKey,
    RocketChat,
}

impl Style {
    /// The style of a path, whether there is a route for it or not.
    pub(crate) fn of(path: &str) -> Self {
        match path.strip_prefix("/api/v1") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Self::RocketChat,
            _ => Self::SmartphoneKey,
        }
    }

    /// Gives an answer the body of its style, if it is a failure that has none yet.
    pub(crate) fn tell(self, path: &str, request: &RequestId, answer: Response) -> Response {
        match self {
            Self::SmartphoneKey => smartphonekey::tell(path, request, answer),
            Self::RocketChat => rocketchat::tell(answer),
        }
    }
}

//! Answers that are the same for everybody, and so may be kept by whoever got them and sent packed.

use std::io::{self, Read, Write};
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

/// How long it may be kept.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kept {
    /// It is asked for every time whether there is another one.
    WhileUnchanged,
    /// Its name has a hash of it, so there never is another one of that name.
    Forever,
}

/// What the bytes at hand are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Gzip,
}

/// One such answer, in the form it was made in. The other form is made when somebody first wants it.
#[derive(Debug)]
pub(super) struct Fixed {
    kind: &'static str,
    kept: Kept,
    hash: String,
    form: Form,
    bytes: Bytes,
    other: OnceCell<Bytes>,
}

impl Fixed {
    pub(super) fn new(kind: &'static str, kept: Kept, form: Form, bytes: Bytes) -> Arc<Self> {
        let digest = Sha256::digest(&bytes);
        let hash = digest.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        let hash = format!("{hash:016x}");
        Arc::new(Self { kind, kept, hash, form, bytes, other: OnceCell::new() })
    }

    /// What tells it from any other.
    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    /// Answers a request with these headers.
    pub(super) async fn answer(&self, asked: &HeaderMap) -> Response {
        let kept = match self.kept {
            Kept::WhileUnchanged => "no-cache",
            Kept::Forever => "public, max-age=31536000, immutable",
        };
        // Weak, as it is the same for both forms.
        let etag = format!("W/\"{}\"", self.hash);
        let headers = [
            (ETAG, etag.as_str()),
            (CACHE_CONTROL, kept),
            (VARY, ACCEPT_ENCODING.as_str()),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        if self.is_known(asked) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let form = if takes_gzip(asked) { Form::Gzip } else { Form::Plain };
        let Ok(bytes) = self.bytes(form).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut answer = (headers, [(CONTENT_TYPE, self.kind)], bytes).into_response();
        if form == Form::Gzip {
            answer.headers_mut().insert(CONTENT_ENCODING, axum::http::HeaderValue::from_static("gzip"));
        }
        answer
    }

    async fn bytes(&self, form: Form) -> io::Result<Bytes> {
        if form == self.form {
            return Ok(self.bytes.clone());
        }
        let bytes = self.bytes.clone();
        // Too long for the threads that answer requests.
        let make = async || match form {
            Form::Gzip => spawn_blocking(move || pack(&bytes)).await?,
            Form::Plain => spawn_blocking(move || unpack(&bytes)).await?,
        };
        self.other.get_or_try_init(make).await.cloned()
    }

    fn is_known(&self, asked: &HeaderMap) -> bool {
        let own = |tag: &str| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == self.hash;
        items(asked, IF_NONE_MATCH).any(own)
    }
}

fn pack(bytes: &[u8]) -> io::Result<Bytes> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes)?;
    Ok(packed.finish()?.into())
}

fn unpack(bytes: &[u8]) -> io::Result<Bytes> {
    let mut plain = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut plain)?;
    Ok(plain.into())
}

/// Does who asks with these headers take gzip? What is named itself counts before `*`.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let weight = |wanted: &str| {
        items(asked, ACCEPT_ENCODING).find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix(['q', 'Q'])?.strip_prefix('='));
            name.eq_ignore_ascii_case(wanted).then(|| weight.map_or(Ok(1.0), str::parse::<f32>))
        })
    };
    matches!(weight("gzip").or_else(|| weight("*")), Some(Ok(weight)) if weight > 0.0)
}

/// The items of a header that is a list.
fn items(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

//! `portcullis token`

use std::time::Duration;

use clap::Args;
use portcullis_adapters::clock::SystemClock;
use portcullis_domain::clock::Clock;
use portcullis_domain::ids::UserId;
use portcullis_domain::text::EmailAddress;
use secrecy::ExposeSecret;
use serde::Serialize;

use super::output::Output;
use super::{Failure, say};
use crate::config::Config;
use crate::http::auth::{MintError, mint};

const EXAMPLES: &str = "\
Examples:
  portcullis token --sub 0190163d-8694-739b-aea5-5966c26f8ad2 --email ada@example.com
  portcullis token --sub 0190163d-8694-739b-aea5-5966c26f8ad2 --email ada@example.com --ttl 12h --json
It needs auth.jwt.hs256_secret, at least 32 bytes.";

/// Make a token this service accepts, signed with the configured secret.
///
/// For trying things out as a person or as staff, where no identity provider makes tokens.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// The person the token is for.
    #[arg(long, value_name = "UUID", value_parser = |text: &str| UserId::parse(text))]
    sub: UserId,
    /// The address in the token, marked as verified.
    #[arg(long, value_name = "ADDRESS", value_parser = EmailAddress::parse)]
    email: EmailAddress,
    /// How long it is good: seconds, or a number with s, m, h or d.
    #[arg(long, default_value = "1h", value_parser = duration)]
    ttl: Duration,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    token: &'a str,
    token_type: &'static str,
    user_id: String,
    email: &'a str,
    expires_at: String,
}

pub(super) fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let Some(jwt) = &config.auth.jwt else {
        let error = anyhow::anyhow!("auth.jwt.hs256_secret is not set: tokens are switched off");
        return Err(Failure::misuse(error, "set it, or PORTCULLIS__AUTH__JWT__HS256_SECRET, to 32 bytes or more"));
    };
    let now = SystemClock.now();
    let token = mint(jwt, options.sub, &options.email, now, options.ttl).map_err(|error| match error {
        MintError::NoSecret => Failure::misuse(error, "get the token from the issuer whose keys are configured"),
        error @ MintError::Sign(_) => anyhow::Error::from(error).into(),
    })?;
    let token = token.expose_secret();
    let told = Told {
        token,
        token_type: "Bearer",
        user_id: options.sub.to_string(),
        email: options.email.as_str(),
        expires_at: now.plus(options.ttl).to_string(),
    };
    options.output.tell(&told, || say(format_args!("{token}")))
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds: Option<u64> = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        "d" => Some(86_400),
        _ => None,
    };
    let number: Option<u64> = number.parse().ok();
    let seconds = number.zip(seconds).and_then(|(number, unit)| number.checked_mul(unit));
    let seconds = seconds.filter(|seconds| (1..=315_360_000).contains(seconds));
    seconds.map(Duration::from_secs).ok_or("a time such as 90s, 15m, 12h or 30d, at most ten years")
}

//! The texts of notices.

use portcullis_domain::clock::Timestamp;
use portcullis_domain::port::{Notice, NotifyError};
use serde::Deserialize;

/// A notice ready to be sent.
pub(super) struct Text {
    pub(super) subject: &'static str,
    pub(super) body: String,
}

/// What the `totp-reset` template is filled with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TotpReset {
    by: By,
    at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum By {
    Yourself,
    Administrator,
    CommandLine,
}

/// Fills the template a notice names. An unknown one can never be delivered.
pub(super) fn render(notice: &Notice, name: &str) -> Result<Text, NotifyError> {
    match notice.template.as_str() {
        "totp-reset" => {
            let payload = serde_json::from_str(notice.payload.expose())
                .map_err(|_| NotifyError::Permanent("the notice's payload cannot be read".to_owned()))?;
            Ok(totp_reset(&payload, name))
        }
        _ => Err(NotifyError::Permanent("unknown template".to_owned())),
    }
}

fn totp_reset(payload: &TotpReset, name: &str) -> Text {
    let by = match payload.by {
        By::Yourself => "you, or somebody signed in as you,",
        By::Administrator => "an administrator",
        By::CommandLine => "somebody with access to the server",
    };
    let greeting = if name.is_empty() { "Hello,".to_owned() } else { format!("Hello {name},") };
    Text {
        subject: "Your two-factor authentication was reset",
        body: format!(
            "{greeting}\n\n\
             on {} {by} removed the authenticator app and the backup codes from your account.\n\
             All your sessions were ended; please sign in again and set up two-factor authentication anew.\n\n\
             If you did not expect this, contact your administrator at once.\n",
            payload.at
        ),
    }
}

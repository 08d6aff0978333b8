//! Notices by e-mail: over SMTP, or into a folder of `.eml` files.

mod folder;
mod server;
mod template;
mod transport;

use std::sync::Arc;

use async_trait::async_trait;
/// Somebody's name and address, as in `Portcullis <portcullis@example.com>`.
pub use lettre::message::Mailbox;
use lettre::message::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use portcullis_domain::port::{Notice, Notifier, NotifyError, UserRepository};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::totp::EMAIL_CODE;
use portcullis_domain::user::Person;
use serde::Deserialize;

pub use folder::MailFolder;
pub use server::{MailServer, MailServerFault};
pub use template::{DEFAULT_LANGUAGE, MalformedTemplate, NoSuchLanguage, Templates, Text, languages, nearest};
pub use transport::{MailTransport, MailTransportError};

/// Tells people by e-mail.
pub struct MailNotifier {
    users: Arc<dyn UserRepository>,
    templates: Templates,
    transport: MailTransport,
    from: Mailbox,
}

impl MailNotifier {
    /// Sends from the given mailbox.
    pub fn new(users: Arc<dyn UserRepository>, templates: Templates, transport: MailTransport, from: Mailbox) -> Self {
        Self { users, templates, transport, from }
    }

    fn compose(&self, notice: &Notice, to: &EmailAddress, text: Text) -> Result<Message, NotifyError> {
        let unusable = || NotifyError::Permanent("the address cannot be written to".to_owned());
        let address = to.as_str().parse().map_err(|_| unusable())?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            // One id a notice, so that a mailbox that gets it twice can tell.
            .message_id(Some(format!("<{}@{}>", notice.id, self.from.email.domain())))
            .subject(text.subject)
            // Nobody's holiday answers, please (RFC 3834).
            .raw_header(raw("Auto-Submitted", "auto-generated"))
            .raw_header(raw("Content-Language", text.language))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(text.body)
            .map_err(|_| unusable())
    }
}

/// What of a payload says where it goes.
#[derive(Deserialize)]
struct Addressed {
    to: Option<String>,
}

/// Where a notice goes.
fn recipient(notice: &Notice, person: &Person) -> Result<EmailAddress, NotifyError> {
    let permanent = |why: &str| NotifyError::Permanent(why.to_owned());
    let payload = serde_json::from_str::<Addressed>(notice.payload.expose());
    let queued_for = payload.map_err(|_| permanent("the notice's payload cannot be read"))?.to;
    let queued_for = queued_for.as_deref().map(EmailAddress::parse).transpose();
    let queued_for = queued_for.map_err(|_| permanent("the notice's address cannot be read"))?;
    let present = person.profile.email.clone().filter(|_| person.profile.email_verified);
    match (queued_for, present) {
        (None, None) => Err(permanent("no verified address")),
        (Some(to), present) if notice.template == EMAIL_CODE && present.as_ref() != Some(&to) => {
            Err(permanent("the address changed"))
        }
        (Some(to), _) | (None, Some(to)) => Ok(to),
    }
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[async_trait]
impl Notifier for MailNotifier {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        let person = self.users.find(notice.user).await.map_err(|error| NotifyError::Transient(error.into()))?;
        let person = person.ok_or_else(|| NotifyError::Permanent("there is no such person".to_owned()))?;
        let address = recipient(notice, &person)?;
        let name = person.account.as_ref().map_or("", |(account, _)| account.name.as_str());
        let text = self.templates.render(notice, person.language.as_ref(), name)?;
        let message = self.compose(notice, &address, text)?;
        self.transport.send(&message, &format!("{}-{}", notice.id, notice.template)).await
    }
}

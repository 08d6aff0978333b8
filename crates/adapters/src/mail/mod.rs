//! Notices by e-mail: over SMTP, or into a folder of `.eml` files.

mod template;
mod transport;

use std::sync::Arc;

use async_trait::async_trait;
/// Somebody's name and address, as in `Portcullis <portcullis@example.com>`.
pub use lettre::message::Mailbox;
use lettre::message::Message;
use lettre::message::header::ContentType;
use portcullis_domain::port::{Notice, Notifier, NotifyError, UserRepository};
use portcullis_domain::text::EmailAddress;

pub use transport::{MailTransport, MailTransportError};

/// Tells people by e-mail.
pub struct MailNotifier {
    users: Arc<dyn UserRepository>,
    transport: MailTransport,
    from: Mailbox,
}

impl MailNotifier {
    /// Sends from the given mailbox.
    pub fn new(users: Arc<dyn UserRepository>, transport: MailTransport, from: Mailbox) -> Self {
        Self { users, transport, from }
    }

    fn compose(&self, notice: &Notice, to: &EmailAddress, name: &str) -> Result<Message, NotifyError> {
        let text = template::render(notice, name)?;
        let unusable = || NotifyError::Permanent("the address cannot be written to".to_owned());
        let address = to.as_str().parse().map_err(|_| unusable())?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            // One id a notice, so that a mailbox that gets it twice can tell.
            .message_id(Some(format!("<{}@portcullis>", notice.id)))
            .subject(text.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text.body)
            .map_err(|_| unusable())
    }
}

#[async_trait]
impl Notifier for MailNotifier {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        let person = self.users.find(notice.user).await.map_err(|error| NotifyError::Transient(error.into()))?;
        let Some(person) = person else { return Ok(()) };
        let Some(address) = person.profile.email.as_ref().filter(|_| person.profile.email_verified) else {
            return Ok(());
        };
        let name = person.account.as_ref().map_or("", |(account, _)| account.name.as_str());
        let message = self.compose(notice, address, name)?;
        self.transport.send(message).await
    }
}

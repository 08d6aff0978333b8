//! The rules of the settings of mail.

use std::path::PathBuf;
use std::time::Duration;

use portcullis_adapters::mail::{MailServer, Mailbox, nearest};
use portcullis_domain::text::Language;
use secrecy::ExposeSecret;

use super::{DatabaseKind, Effective, MailConfig, MailTarget};

/// Name of the folder mail goes into while no server is configured.
const MAIL_FOLDER: &str = "mail";
/// What begins the address of a folder; the rest is an absolute path.
const FOLDER_SCHEME: &str = "file://";

impl Effective {
    pub(super) fn mail(&mut self, database: Option<&DatabaseKind>) -> Option<MailConfig> {
        let to = self.mail_target(database);
        let from = self.parsed("smtp.from", |text| match text.parse::<Mailbox>() {
            Ok(_) => Ok(text.to_owned()),
            Err(_) => Err("must be a mailbox, such as Portcullis <portcullis@example.com>"),
        });
        let language = self.parsed("mail.language", |text| {
            let language = Language::parse(text).map_err(|invalid| invalid.to_string())?;
            nearest(&language).map_err(|unknown| unknown.to_string())
        });
        Some(MailConfig { to: to?, from: from?, language: language? })
    }

    /// Without a mail server, mail goes into a folder beside an embedded database, else in the working directory, so that
    /// nothing is lost and everything can be read.
    fn mail_target(&mut self, database: Option<&DatabaseKind>) -> Option<MailTarget> {
        const URL: &str = "smtp.url";
        let ca_file = self.path("smtp.ca_file");
        let timeout = self.value::<u64>("smtp.timeout", "a number of seconds");
        if timeout.is_some_and(|seconds| !(1..=90).contains(&seconds)) {
            self.fault("smtp.timeout", "must be 1 to 90 seconds: a message is held for 120");
        }
        let given = self.is_given(URL);
        let url = self.secret(URL);
        let folder = match url.as_ref().map(|url| url.expose_secret().trim()) {
            Some(url) => url.strip_prefix(FOLDER_SCHEME).map(str::to_owned).map(PathBuf::from),
            None if given => return None,
            None => Some(database.and_then(|kind| kind.beside(MAIL_FOLDER)).unwrap_or_else(|| MAIL_FOLDER.into())),
        };
        if let Some(folder) = folder {
            if ca_file.is_some() {
                self.fault("smtp.ca_file", "needs a mail server in smtp.url");
            }
            if given && !folder.is_absolute() {
                self.fault(URL, "must be an absolute path, such as file:///var/lib/portcullis/mail");
            }
            if given {
                self.show_instead(URL, &format!("{FOLDER_SCHEME}{}", folder.display()));
            }
            return Some(MailTarget::Folder(folder));
        }
        let server = MailServer::parse(url?.expose_secret()).map_err(|fault| self.fault(URL, fault)).ok()?;
        self.show_instead(URL, &server.to_string());
        // Later changes of the file are another matter; at the start it has to be right.
        let checked = server.check(ca_file.as_deref());
        let key = if ca_file.is_some() { "smtp.ca_file" } else { URL };
        checked.map_err(|fault| self.fault(key, fault)).ok()?;
        Some(MailTarget::Server { server, ca_file, timeout: Duration::from_secs(timeout?) })
    }
}

//! Where mail goes.

use std::path::Path;

use super::{faults, from};

#[test]
fn mail_goes_into_a_folder_or_to_a_server() {
    use portcullis_api::config::MailTarget;
    let config = from(None, &[]).unwrap();
    assert_eq!(config.mail.language, "en");
    assert!(matches!(&config.mail.to, MailTarget::Folder(folder) if folder == Path::new("mail")));
    let config = from(None, &[("PORTCULLIS__SMTP__URL", "file:///var/mail/portcullis")]).unwrap();
    assert!(matches!(&config.mail.to, MailTarget::Folder(folder) if folder == Path::new("/var/mail/portcullis")));
    let config = from(
        None,
        &[
            ("PORTCULLIS__SMTP__URL", "smtps://door:hush@mail.example"),
            ("PORTCULLIS__SMTP__TIMEOUT", "5"),
            ("PORTCULLIS__MAIL__LANGUAGE", "de-AT"),
        ],
    );
    let config = config.unwrap();
    assert_eq!(config.mail.language, "de");
    let MailTarget::Server { server, ca_file: None, timeout } = &config.mail.to else { panic!("a server") };
    assert_eq!((server.to_string().as_str(), timeout.as_secs()), ("mail.example:465, TLS", 5));
    assert_eq!(config.shown["smtp.url"], "mail.example:465, TLS");
    assert!(!format!("{config:?}").contains("hush"));
}

#[test]
fn faults_of_mail_are_told_without_the_password() {
    for (variables, key, word) in [
        (&[("SMTP__URL", "imap://door:hush@mail.example")][..], "smtp.url", "smtps://"),
        (&[("SMTP__URL", "smtp://door:hush@mail.example?tls=none")], "smtp.url", "TLS"),
        (&[("SMTP__URL", "smtp://door:hush@mail.example?tls=perhaps")], "smtp.url", "tls=required"),
        (&[("SMTP__URL", "smtps://hush@mail.example")], "smtp.url", "password"),
        (&[("SMTP__URL", "file://hush/mail")], "smtp.url", "absolute"),
        (&[("SMTP__URL", "smtps://mail.example"), ("SMTP__CA_FILE", "/nowhere/ca.pem")], "smtp.ca_file", "PEM"),
        (&[("SMTP__CA_FILE", "/nowhere/ca.pem")], "smtp.ca_file", "smtp.url"),
        (&[("SMTP__TIMEOUT", "0")], "smtp.timeout", "1 to 90"),
        (&[("SMTP__TIMEOUT", "soon")], "smtp.timeout", "seconds"),
        (&[("SMTP__FROM", "hush")], "smtp.from", "mailbox"),
        (&[("MAIL__LANGUAGE", "tlh")], "mail.language", "de, en"),
        (&[("MAIL__LANGUAGE", "d e")], "mail.language", "tag"),
    ] {
        let named: Vec<_> = variables.iter().map(|(key, value)| (format!("PORTCULLIS__{key}"), *value)).collect();
        let given: Vec<_> = named.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let told = faults(&given);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(&format!("{key}: ")) && told[0].contains(word), "{told:?}");
        assert!(!told[0].contains("hush"), "{told:?}");
    }
}

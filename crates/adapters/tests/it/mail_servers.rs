//! How mail servers are written down in the settings.

use portcullis_adapters::mail::{MailServer, MailServerFault};

#[test]
fn addresses_of_mail_servers() {
    for (url, shown) in [
        ("smtps://mail.example", "mail.example:465, TLS"),
        ("smtps://user:p%40ss@mail.example:2465/me.example", "mail.example:2465, TLS"),
        ("smtp://mail.example", "mail.example:587, STARTTLS"),
        ("smtp://user:pass@mail.example?tls=required", "mail.example:587, STARTTLS"),
        ("smtp://mail.example?tls=opportunistic", "mail.example:587, STARTTLS where it is offered"),
        ("smtp://mail.example?tls=none", "mail.example:25, no encryption"),
        ("smtp://user:pass@localhost:1025?tls=none", "localhost:1025, no encryption"),
        ("smtp://127.0.0.1:1025?tls=none", "127.0.0.1:1025, no encryption"),
    ] {
        let server = MailServer::parse(url).unwrap();
        assert_eq!(server.to_string(), shown, "{url}");
        assert!(!format!("{server:?}").contains("pass"), "{server:?}");
        server.check(None).unwrap();
    }
    for (url, fault) in [
        ("http://mail.example", MailServerFault::Scheme),
        ("mail.example", MailServerFault::Malformed),
        ("smtp://", MailServerFault::Malformed),
        ("smtp:mail.example", MailServerFault::Malformed),
        ("smtp://mail.example#tls=none", MailServerFault::Malformed),
        ("smtp://mail.example:99999", MailServerFault::Malformed),
        ("smtp://mail.example?tls=maybe", MailServerFault::Parameter),
        ("smtp://mail.example?TLS=none", MailServerFault::Parameter),
        ("smtp://mail.example?tls=none&tls=required", MailServerFault::Parameter),
        ("smtps://mail.example?tls=none", MailServerFault::Parameter),
        ("smtps://user@mail.example", MailServerFault::Credentials),
        ("smtps://:pass@mail.example", MailServerFault::Credentials),
        ("smtp://user:pass@mail.example?tls=none", MailServerFault::PasswordInTheClear),
        ("smtp://user:pass@mail.example?tls=opportunistic", MailServerFault::PasswordInTheClear),
        ("smtps://user:p%FFss@mail.example", MailServerFault::Malformed),
    ] {
        let found = MailServer::parse(url).map(|server| server.to_string());
        assert_eq!(found, Err(fault), "{url}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let server = MailServer::parse("smtps://mail.example").unwrap();
    for text in [None, Some(""), Some("no certificate"), Some("-----BEGIN CERTIFICATE-----\nx\n")] {
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        assert!(matches!(server.check(Some(&file)), Err(MailServerFault::Certificates(_))), "{text:?}");
    }
}

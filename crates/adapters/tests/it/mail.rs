//! How notices are worded and where they go.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use portcullis_adapters::mail::{MailNotifier, MailServer, MailTransport, Templates, Text, languages, nearest};
use portcullis_domain::commit::PrivateChange;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{Notice, Notifier, NotifyError};
use portcullis_domain::secret::Secret;
use portcullis_domain::text::Language;
use portcullis_domain::user::{Account, Profile, Role};
use portcullis_testkit::build::{NOON, a_commit, a_person, an_outbox_id, email, user_name};
use portcullis_testkit::fake::TestClock;
use portcullis_testkit::memory::MemoryStore;
use tokio::net::TcpListener;

/// What the domain queues, and words each text of it must hold.
const SAMPLES: [(&str, &str, &[&str]); 4] = [
    (
        "totp-reset",
        r#"{"by":"yourself","at":"2026-11-21T10:15:42.123Z","to":"ada@example.com"}"#,
        &["2026-11-21 10:15 UTC", "Ada"],
    ),
    (
        "totp-reset",
        r#"{"by":"administrator","at":"2026-11-21T10:15:42.123Z","to":"ada@example.com"}"#,
        &["2026-11-21 10:15 UTC", "Ada"],
    ),
    (
        "totp-reset",
        r#"{"by":"command-line","at":"2026-11-21T10:15:42.123Z","to":"ada@example.com"}"#,
        &["2026-11-21 10:15 UTC", "Ada"],
    ),
    (
        "email-code",
        r#"{"code":"012345","expiresAt":"2026-11-21T11:15:00.000Z","to":"ada@example.com"}"#,
        &["012-345", "2026-11-21 11:15 UTC"],
    ),
];

fn notice(user: UserId, template: &str, payload: &str) -> Notice {
    Notice { id: an_outbox_id(), template: template.to_owned(), user, payload: Secret::new(payload.to_owned()) }
}

fn tag(text: &str) -> Language {
    Language::parse(text).unwrap()
}

fn render(template: &str, payload: &str, language: Option<&str>, name: &str) -> Result<Text, NotifyError> {
    let language = language.map(tag);
    Templates::new("en").unwrap().render(&notice(UserId::NOBODY, template, payload), language.as_ref(), name)
}

/// The templates in the folder of each language.
fn folders() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mail/templates");
    let names = |path: &Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        entries.collect()
    };
    names(&root).into_iter().map(|language| (language.clone(), names(&root.join(language)))).collect()
}

#[test]
fn every_language_words_every_template() {
    let folders = folders();
    assert!(languages().eq(folders.keys()), "each folder is listed");
    let templates: BTreeSet<_> = SAMPLES.iter().map(|(template, ..)| format!("{template}.txt")).collect();
    for (language, files) in &folders {
        assert_eq!(*files, templates, "{language}");
        for (template, payload, words) in SAMPLES {
            for name in ["Ada", ""] {
                let text = render(template, payload, Some(language), name).unwrap();
                assert_eq!(text.language, language);
                assert!(!text.subject.is_empty() && !text.body.contains("{{") && !text.body.contains("Subject"));
                for word in words.iter().filter(|word| **word != "Ada" || !name.is_empty()) {
                    assert!(text.body.contains(word), "{language} {template}: {word}\n{}", text.body);
                }
                assert!(text.body.lines().all(|line| line.chars().count() <= 80), "{language} {template}");
            }
        }
    }
}

#[test]
fn languages_say_different_things_and_who_did_it() {
    let mut seen = BTreeSet::new();
    for language in languages() {
        for (template, payload, _) in SAMPLES {
            assert!(
                seen.insert(render(template, payload, Some(language), "Ada").unwrap().body),
                "{language} {payload}"
            );
        }
    }
}

#[test]
fn a_payload_that_does_not_fill_the_template_is_told_without_its_values() {
    for (template, payload) in [
        ("totp-reset", "{}"),
        ("totp-reset", r#"{"by":"yourself"}"#),
        ("totp-reset", r#"{"by":"yourself","at":"4711 o'clock"}"#),
        ("email-code", r#"{"expiresAt":"2026-11-21T11:15:00.000Z"}"#),
        ("email-code", r#"{"code":"4711","expiresAt":"2026-11-21T11:15:00.000Z"}"#),
        ("email-code", r#"["4711"]"#),
        ("email-code", "4711"),
        ("4711", "{}"),
        ("../en/totp-reset", "{}"),
    ] {
        match render(template, payload, None, "Ada") {
            Err(NotifyError::Permanent(why)) => assert!(!why.contains("4711"), "{why}"),
            other => panic!("{template} {payload}: {other:?}"),
        }
    }
}

#[test]
fn the_nearest_language_is_taken_and_else_the_services() {
    for (wanted, got) in [("de", "de"), ("DE", "de"), ("de-AT", "de"), ("de_CH_1901", "de"), ("en-GB", "en")] {
        assert_eq!(nearest(&tag(wanted)), Ok(got));
    }
    assert!(nearest(&tag("deu")).is_err());
    let (template, payload, _) = SAMPLES[0];
    let german = Templates::new("de").unwrap();
    let ask = notice(UserId::NOBODY, template, payload);
    assert_eq!(german.render(&ask, Some(&tag("tlh")), "Ada").unwrap().language, "de");
    assert_eq!(german.render(&ask, None, "Ada").unwrap().language, "de");
    assert_eq!(german.render(&ask, Some(&tag("en")), "Ada").unwrap().language, "en");
}

#[test]
fn a_name_makes_no_lines_of_its_own() {
    let (template, payload, _) = SAMPLES[0];
    let name = format!("Ada\r\nBcc: eve@example.com\n\nVisit {{{{ at }}}}\u{85}now {}", "x".repeat(500));
    let text = render(template, payload, None, &name).unwrap();
    let greeting = text.body.lines().next().unwrap();
    assert!(greeting.starts_with("Hello Ada Bcc: eve@example.com Visit {{ at }} now xxx"), "{greeting}");
    assert!(greeting.chars().count() < 100);
}

/// A person with a confirmed address, and a store that knows it.
async fn ada(language: Option<&str>) -> (Arc<MemoryStore>, UserId) {
    let store = Arc::new(MemoryStore::new(Arc::new(TestClock::default())));
    let user = a_person().email("ada@example.com").account("ada", &[Role::User]).put(store.as_ref()).await;
    let name = "Ada\r\nBcc: eve@example.com".to_owned();
    let account = Account { user, username: user_name("ada"), name, created_at: NOON };
    let language = language.map(tag);
    let changes = a_commit().private(PrivateChange::Account(account));
    changes.private(PrivateChange::Language { user, language }).put(store.as_ref()).await;
    (store, user)
}

fn notifier(store: Arc<MemoryStore>, transport: MailTransport) -> MailNotifier {
    MailNotifier::new(store, Templates::new("en").unwrap(), transport, "Portcullis <door@example.org>".parse().unwrap())
}

fn mails(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let read = |entry: std::fs::DirEntry| {
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(read).collect()
}

#[tokio::test]
async fn a_mail_is_a_file_of_its_own_and_a_repeat_replaces_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/mail");
    let (store, user) = ada(None).await;
    let notifier = notifier(store, MailTransport::folder(&path).unwrap());
    let (template, payload, _) = SAMPLES[3];
    let notice = notice(user, template, payload);
    notifier.notify(&notice).await.unwrap();
    notifier.notify(&notice).await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    let mails = mails(&path);
    assert_eq!(mails.len(), 1, "{mails:?}");
    let (name, text) = &mails[0];
    assert_eq!(*name, format!("{}-email-code.eml", notice.id));
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let headers: BTreeMap<_, _> = head.lines().map(|line| line.split_once(": ").unwrap()).collect();
    let known = [
        "Auto-Submitted",
        "Content-Language",
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "From",
        "Message-ID",
        "MIME-Version",
        "Subject",
        "To",
    ];
    let found: BTreeSet<_> = headers.keys().map(|name| name.to_lowercase()).collect();
    assert_eq!(found, known.iter().map(|name| name.to_lowercase()).collect(), "nothing else is a header: {head}");
    assert_eq!(headers["Message-ID"], format!("<{}@example.org>", notice.id));
    assert_eq!(headers["Auto-Submitted"], "auto-generated");
    assert_eq!(headers["Content-Language"], "en");
    assert_eq!(headers["To"], "ada@example.com");
    assert!(headers["Content-Type"].contains("utf-8"));
    assert!(body.contains("    012-345\r\n") && body.contains("Hello Ada Bcc: eve@example.com,"), "{body}");
}

#[tokio::test]
async fn the_person_is_written_to_in_the_own_language() {
    let folder = tempfile::tempdir().unwrap();
    let (store, user) = ada(Some("de-AT")).await;
    let notifier = notifier(store, MailTransport::folder(folder.path()).unwrap());
    let (template, payload, _) = SAMPLES[1];
    notifier.notify(&notice(user, template, payload)).await.unwrap();
    let (_, text) = &mails(folder.path())[0];
    assert!(text.contains("Content-Language: de\r\n") && text.contains("hat ein Administrator"), "{text}");
    assert!(text.is_ascii(), "readable by every server on the way");
}

/// To whom a notice went, or why it never will.
async fn goes_to(store: &Arc<MemoryStore>, notice: &Notice) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    match notifier(store.clone(), MailTransport::folder(folder.path()).unwrap()).notify(notice).await {
        Ok(()) => {
            let (_, text) = mails(folder.path()).pop().unwrap();
            Ok(text.lines().find_map(|line| line.strip_prefix("To: ")).unwrap().to_owned())
        }
        Err(NotifyError::Permanent(why)) => {
            assert!(mails(folder.path()).is_empty());
            Err(why)
        }
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_notice_goes_where_it_was_queued_for_and_a_code_only_while_it_counts() {
    let (store, user) = ada(None).await;
    let [reset, code] = [SAMPLES[1], SAMPLES[3]].map(|(template, payload, _)| notice(user, template, payload));
    // As the release before queued them.
    let [bare_reset, bare_code] = [&reset, &code].map(|queued| {
        let payload = queued.payload.expose().replace(r#","to":"ada@example.com""#, "");
        Notice { payload: Secret::new(payload), ..queued.clone() }
    });
    let told = |address: &str| Ok::<_, String>(address.to_owned());
    let buried = |why: &str| Err::<String, _>(why.to_owned());
    for queued in [&reset, &code, &bare_reset, &bare_code] {
        assert_eq!(goes_to(&store, queued).await, told("ada@example.com"));
    }
    // Somebody sets another address at once, confirmed or not.
    for (verified, bare) in [(true, told("eve@example.com")), (false, buried("no verified address"))] {
        let address = Some(email("eve@example.com"));
        let profile = Profile { email: address, email_verified: verified, ..Profile::empty(user) };
        a_commit().private(PrivateChange::Profile(profile)).put(store.as_ref()).await;
        assert_eq!(goes_to(&store, &reset).await, told("ada@example.com"));
        assert_eq!(goes_to(&store, &code).await, buried("the address changed"));
        assert_eq!(goes_to(&store, &bare_reset).await, bare);
    }
    let nobody = Notice { user: UserId::NOBODY, ..reset.clone() };
    assert_eq!(goes_to(&store, &nobody).await, buried("there is no such person"));
    let broken = Notice { payload: Secret::new(reset.payload.expose().replace('@', " ")), ..reset };
    assert_eq!(goes_to(&store, &broken).await, buried("the notice's address cannot be read"));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mail");
    let (store, user) = ada(None).await;
    let notifier = notifier(store, MailTransport::folder(&path).unwrap());
    std::fs::remove_dir(&path).unwrap();
    let (template, payload, _) = SAMPLES[0];
    let notice = notice(user, template, payload);
    assert!(matches!(notifier.notify(&notice).await, Err(NotifyError::Transient(_))));
    std::fs::create_dir(&path).unwrap();
    notifier.notify(&notice).await.unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    assert!(MailTransport::folder(&folder.path().join("file")).is_err());
}

async fn sends_to(address: &str, deadline: Duration) -> (NotifyError, Duration) {
    let (store, user) = ada(None).await;
    let server = MailServer::parse(&format!("smtp://{address}?tls=none")).unwrap();
    let notifier = notifier(store, MailTransport::server(&server, None, deadline).unwrap());
    let (template, payload, _) = SAMPLES[0];
    let begun = Instant::now();
    let failed = notifier.notify(&notice(user, template, payload)).await.unwrap_err();
    (failed, begun.elapsed())
}

#[tokio::test]
async fn a_server_that_says_nothing_or_is_not_there_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (failed, after) = sends_to(&address, Duration::from_millis(300)).await;
    assert!(matches!(failed, NotifyError::Transient(_)), "{failed:?}");
    assert!(failed.to_string().contains("took too long"), "{failed}");
    assert!(after < Duration::from_secs(5), "{after:?}");
    drop(listener);
    let (failed, _) = sends_to(&address, Duration::from_secs(5)).await;
    assert!(matches!(failed, NotifyError::Transient(_)), "{failed:?}");
    assert!(failed.to_string().contains("cannot be reached"), "{failed}");
}

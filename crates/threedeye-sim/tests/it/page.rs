//! The page for people.

use reqwest::{Method, StatusCode, header};
use threedeye_sim::{Fault, Misbehaviour, NewUser, Operation, RunningSim, SimConfig};

use crate::peer::{new_user, start, start_with};

struct Browser {
    http: reqwest::Client,
    url: String,
}

impl Browser {
    fn new(sim: &RunningSim) -> Self {
        let follow = reqwest::redirect::Policy::limited(1);
        let http = reqwest::Client::builder().no_proxy().redirect(follow).build().expect("a client");
        Self { http, url: sim.base_url() }
    }

    async fn page(&self) -> String {
        self.http.get(&self.url).send().await.expect("an answer").text().await.expect("a body")
    }

    /// What is shown in the end.
    async fn post(&self, form: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let call = self.http.post(format!("{}/_sim/page/{form}", self.url)).form(fields);
        let answer = call.header("sec-fetch-site", "same-origin").send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("a body"))
    }
}

/// The start tags of this name, without their brackets.
fn tags<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!("<{name}");
    let found = page.match_indices(&start).map(|(at, _)| &page[at + start.len()..]);
    found
        .filter(|rest| rest.starts_with([' ', '>']))
        .map(|rest| &rest[..rest.find('>').expect("a whole tag")])
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

#[tokio::test]
async fn everything_has_a_label_and_comes_from_the_stand_in() {
    let (sim, peer) = start().await;
    let state = sim.state();
    let role = state.add_role("Guards <night>").expect("a free name");
    let ann = NewUser { role_ids: vec![role], ..NewUser::new("ann@example.com", "a long password") };
    state.add_user(ann).expect("a free address");
    state.add_foreign_user("bob@example.com").expect("a free address");
    state.inject(Fault::before(Operation::GetUser, Misbehaviour::HangUp).skip(2)).expect("a sound fault");
    peer.post("/v3/users", new_user("carol@example.com")).await;

    for path in ["/", "/_sim/", "/?still=1", "/?done=user-added"] {
        let answer = reqwest::get(format!("{}{path}", sim.base_url())).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let page = answer.text().await.expect("a body");

        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{page}");
        assert_eq!(tags(&page, "h1").len(), 1);
        for text in
            ["ann@example.com", "bob@example.com", "carol@example.com", "Guards &lt;night&gt;", "foreign", "201"]
        {
            assert!(page.contains(text), "{text} is missing");
        }
        for kind in ["input", "select"] {
            for tag in tags(&page, kind).into_iter().filter(|tag| attribute(tag, "type") != Some("hidden")) {
                let id = attribute(tag, "id").unwrap_or_else(|| panic!("<{kind}{tag}> has no id"));
                assert_eq!(page.matches(&format!("<label for=\"{id}\">")).count(), 1, "{id} has no label");
                assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id} is there twice");
            }
        }
        assert!(
            tags(&page, "th").len() > 10 && tags(&page, "th").iter().all(|tag| attribute(tag, "scope") == Some("col"))
        );
        for name in ["href", "src", "action"] {
            for tag in page.split('<') {
                let Some(target) = attribute(tag, name) else { continue };
                let own = (target.starts_with('/') && !target.starts_with("//")) || target == "data:,";
                assert!(own, "{name} leads to {target}");
            }
        }
        assert!(!page.contains(" style=") && !page.contains(" onclick=") && !page.contains("<style"), "inline");
        assert_eq!(tags(&page, "script").len(), usize::from(!path.contains("still")));
        let credentials = sim.credentials();
        for secret in ["a long password", &credentials.password, &credentials.api_key, &peer.token] {
            assert!(!page.contains(secret), "{secret}");
        }
    }
    for (path, kind) in [("style.css", "text/css"), ("refresh.js", "text/javascript")] {
        let answer = reqwest::get(format!("{}/_sim/page/{path}", sim.base_url())).await.expect("an answer");
        assert!(answer.headers()[header::CONTENT_TYPE].to_str().expect("text").starts_with(kind));
        let text = answer.text().await.expect("a body");
        assert!(!text.contains("http") && !text.contains("@import"), "{path}");
    }
}

#[tokio::test]
async fn faults_are_switched_by_forms() {
    let (sim, peer) = start().await;
    let (state, browser) = (sim.state(), Browser::new(&sim));

    let (status, page) = browser
        .post(
            "faults",
            &[
                ("operation", "listUsers"),
                ("when", "before"),
                ("what", "status"),
                ("amount", "429"),
                ("retry_after", "7"),
                ("times", "2"),
                ("skip", ""),
                ("about", ""),
            ],
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("status 429, Retry-After 7 s, and no work is done") && page.contains("role=\"status\""));
    let expected = Fault::before(Operation::ListUsers, Misbehaviour::status_retry_after(429, 7)).times(2);
    assert_eq!(state.faults(), [expected]);
    let response = peer.send(Method::GET, "/v3/users", None).await.expect("an answer");
    assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (429, &"7".parse().expect("a value")));

    let page = browser.page().await;
    let remove = page.split("action=\"/_sim/page/faults/remove\"").nth(1).expect("a button");
    let number = attribute(tags(remove, "input")[0], "value").expect("a number");
    browser.post("faults/remove", &[("number", number)]).await;
    assert!(state.faults().is_empty());
    assert_eq!(peer.get("/v3/users").await.0, StatusCode::OK);

    for (button, count) in [("hang-creates", 1), ("503-everything", 11), ("lose-answer", 12)] {
        let (status, _) = browser.post("faults/common", &[("fault", button)]).await;
        assert_eq!((status, state.faults().len()), (StatusCode::OK, count), "{button}");
    }
    browser.post("faults/clear", &[]).await;
    assert!(state.faults().is_empty());

    for (what, amount, expected) in [
        ("delay", "1500", Misbehaviour::Delay { millis: 1500 }),
        ("hangUp", "", Misbehaviour::HangUp),
        ("reset", "", Misbehaviour::Reset),
        ("malformedJson", "", Misbehaviour::MalformedJson),
        ("wrongTypes", "", Misbehaviour::WrongTypes),
        ("withoutId", "", Misbehaviour::WithoutId),
        ("hugeBody", "1000", Misbehaviour::HugeBody { bytes: 1000 }),
        ("slowDrip", "10", Misbehaviour::SlowDrip { millis_per_byte: 10 }),
    ] {
        let fields = [
            ("operation", "getUser"),
            ("when", "after"),
            ("what", what),
            ("amount", amount),
            ("times", ""),
            ("skip", "1"),
            ("about", " x "),
        ];
        assert_eq!(browser.post("faults", &fields).await.0, StatusCode::OK, "{what}");
        assert_eq!(state.faults().pop(), Some(Fault::after(Operation::GetUser, expected).skip(1).about("x")));
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_used_is_shown_again_with_the_reason() {
    let (sim, _) = start().await;
    let (state, browser) = (sim.state(), Browser::new(&sim));
    for (fields, why) in [
        (vec![("what", "status"), ("amount", "200")], "A status is 400 to 599."),
        (vec![("what", "status"), ("amount", "")], "Amount is missing."),
        (vec![("what", "status"), ("amount", "x")], "Amount must be a whole number."),
        (vec![("operation", "fly")], "There is no such call."),
        (vec![("what", "fly")], "There is no such fault."),
        (vec![("when", "never")], "before the work or after it"),
        (vec![("times", "-1")], "Times must be a whole number."),
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("about", "\"ann\" <ann@example.com>")]).collect();
        let (status, page) = browser.post("faults", &fields).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{fields:?}");
        assert!(page.contains(why) && page.contains("role=\"alert\""), "{fields:?}: {page}");
        assert!(page.contains("value=\"&quot;ann&quot; &lt;ann@example.com&gt;\""), "what was filled in is lost");
        assert!(tags(&page, "script").is_empty(), "shown anew it would be posted again");
    }
    assert!(state.faults().is_empty());
    for (form, fields, status) in [
        ("faults/common", vec![("fault", "none")], 400),
        ("faults/remove", vec![("number", "x")], 422),
        ("users/delete", vec![("id", "00000000-0000-4000-8000-000000000000")], 404),
        ("users", vec![("email", "x")], 400),
        ("users", vec![("email", "x@example.com"), ("role", "x")], 400),
        ("roles", vec![("name", " ")], 400),
    ] {
        assert_eq!(browser.post(form, &fields).await.0.as_u16(), status, "{form} {fields:?}");
    }
}

#[tokio::test]
async fn people_and_roles_are_added_by_forms() {
    let (sim, _) = start().await;
    let (state, browser) = (sim.state(), Browser::new(&sim));
    let (_, page) = browser.post("roles", &[("name", "Guards"), ("description", "At night")]).await;
    assert!(page.contains("At night"));
    let role = state.roles()[0].id;
    let (status, page) = browser
        .post(
            "users",
            &[
                ("email", "ann@example.com"),
                ("first_name", "Ann"),
                ("last_name", ""),
                ("password", "a long password"),
                ("whose", "ours"),
                ("role", &role.to_string()),
            ],
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("ann@example.com") && !page.contains("a long password"));
    let ann = state.user("ann@example.com").expect("the user");
    assert_eq!((ann.first_name.as_str(), ann.last_name.as_str(), ann.role_ids.len()), ("Ann", "User", 1));
    assert!(state.password_matches("ann@example.com", "a long password"));

    let again = [("email", "Ann@example.com"), ("first_name", "Twice"), ("password", "a long password")];
    let (status, page) = browser.post("users", &again).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("already exists") && page.contains("value=\"Twice\"") && !page.contains("a long password"));

    browser.post("users", &[("email", "bob@example.com"), ("whose", "foreign")]).await;
    assert!(state.user("bob@example.com").is_none());
    assert_eq!(browser.page().await.matches("<td>foreign</td>").count(), 1);
    browser.post("users/delete", &[("id", &ann.id.to_string())]).await;
    assert!(state.users().is_empty());
}

#[tokio::test]
async fn a_page_elsewhere_cannot_post_forms() {
    let (sim, _) = start().await;
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "http://evil.example")] {
        let call = http.post(format!("{}/_sim/page/faults/common", sim.base_url())).form(&[("fault", "hang-creates")]);
        let answer = call.header(name, value).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
    assert!(sim.state().faults().is_empty());
}

#[tokio::test]
async fn many_people_are_not_all_shown_and_latency_is() {
    let latency = std::time::Duration::from_millis(20);
    let (sim, peer) = start_with(SimConfig { latency, ..SimConfig::default() }).await;
    let people = (0..250).map(|number| NewUser::new(format!("u{number}@example.com"), "a long password"));
    sim.state().add_users(people).expect("free addresses");
    let page = Browser::new(&sim).page().await;
    assert!(page.contains("Users (250)") && page.contains("And 50 more.") && page.contains("20 ms"));
    let started = std::time::Instant::now();
    peer.get("/v3/roles").await;
    assert!(started.elapsed() >= latency);
}

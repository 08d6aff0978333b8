//! What has to be so before an operation can do something, and what is so after it.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::{Api, Credentials, totp};
use portcullis_tests::demo::Demo;
use serde_json::{Value, json};
use tokio::time::sleep;

/// As in the document's examples.
const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";
const CODE: &str = "148750";
const PREFIX: &str = "aB3dE5gH";

/// What an operation is run with.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) variables: BTreeMap<String, String>,
    /// What stands in the sample, and what has to stand there now.
    pub(crate) edits: Vec<(&'static str, String)>,
}

/// Somebody signed in.
#[derive(Debug, Clone)]
struct Session {
    user: String,
    token: String,
}

/// The demonstration, and what the test does there itself.
pub(crate) struct Ground {
    demo: Demo,
    base: String,
    staff: Api,
    operator: Api,
    /// Codes of the administrator not used yet.
    codes: Vec<String>,
    ada: Option<Session>,
    /// What Ada's authenticator was set up with.
    secret: String,
}

impl Ground {
    pub(crate) async fn new() -> Result<Self> {
        let demo = Demo::start().await?;
        let told = |name: &str| demo.variables.get(name).cloned().with_context(|| format!("the demo tells no {name}"));
        let base = told("PORTCULLIS")?;
        let staff = Credentials::Staff { key: told("ADMIN_KEY")?, token: told("STAFF_TOKEN")? };
        let operator = Credentials::Session { user: told("ADMIN_ID")?, token: told("ADMIN_TOKEN")? };
        let more = demo.told.lines().find_map(|line| line.trim().strip_prefix("more codes"));
        let more = more.context("the demo tells more codes")?.split_whitespace().map(str::to_owned);
        let codes = more.chain([told("BACKUP_CODE")?]).collect();
        ensure!(told("PERSON")? == ADA, "the demonstration is about somebody else");
        Ok(Self {
            staff: Api::new(&base, staff)?,
            operator: Api::new(&base, operator)?,
            base,
            demo,
            codes,
            ada: None,
            secret: String::new(),
        })
    }

    /// Makes the ground ready for an operation.
    pub(crate) async fn prepare(&mut self, operation: &str) -> Result<Turn> {
        let mut turn = Turn { variables: self.demo.variables.clone(), edits: Vec::new() };
        match operation {
            // These prove a second factor, and a code is good once.
            "updateAccount"
            | "generatePersonalAccessToken"
            | "regeneratePersonalAccessToken"
            | "removePersonalAccessToken"
            | "resetE2eKeys"
            | "disableEmailFactor" => self.prove(&mut turn)?,
            "enableEmailFactor" => self.confirm_the_operators_address().await?,
            "enableTotp" | "callMethod" => self.as_ada(&mut turn).await?,
            "confirmTotp" => {
                self.as_ada(&mut turn).await?;
                self.begin_enrolment().await?;
                turn.edits.push((CODE, self.next_code()?));
            }
            "regenerateBackupCodes" | "disableTotp" => {
                self.enrol_anew().await?;
                self.as_ada(&mut turn).await?;
                turn.edits.push((CODE, self.next_code()?));
            }
            "resetTotp" => {
                self.enrol_anew().await?;
                self.prove(&mut turn)?;
            }
            "resetTotpAsStaff" => self.enrol_anew().await?,
            "logOut" | "logOutByGet" => {
                self.ada = None;
                self.as_ada(&mut turn).await?;
            }
            "logOutUser" => {
                self.ada = None;
                self.ada().await?;
            }
            "rotateApiKey" | "revokeApiKey" => turn.edits.push((PREFIX, self.key_in_use().await?)),
            "deleteAccount" => {
                let path = format!("/admin/threedeye/users/{ADA}/reset");
                let all = json!({"clearMapping": true, "deleteRemote": true, "reprovision": false});
                self.staff.post(&path, all).await?.expect(200)?;
            }
            _ => {}
        }
        Ok(turn)
    }

    /// What an operation has to have done, where its answer alone says little.
    pub(crate) async fn check(&mut self, operation: &str) -> Result<()> {
        match operation {
            "addAccessibleLock" | "removeAccessibleLock" => {
                let locks = self.staff.get(&format!("/users/{ADA}/accessible-locks")).await?.expect(200)?.to_string();
                ensure!(locks.contains("garage") == (operation == "addAccessibleLock"), "{locks}");
            }
            "confirmTotp" => ensure!(self.has_totp().await?, "she has no second factor"),
            "disableTotp" | "resetTotp" | "resetTotpAsStaff" => {
                ensure!(!self.has_totp().await?, "she still has a second factor");
            }
            "logOut" | "logOutByGet" | "logOutUser" => {
                let session = self.ada.take().context("she was signed in")?;
                self.api(&session).get("/api/v1/me").await?.expect(401)?;
            }
            "setAccountStatus" => {
                let record = self.account().await?;
                ensure!(record["active"] == false, "{record}");
                let on = json!({"userId": ADA, "activeStatus": true});
                self.operator.post("/api/v1/users.setActiveStatus", on).await?.expect(200)?;
            }
            "revokeApiKey" => ensure!(self.key_in_use().await.is_err(), "a key is still in use"),
            _ => {}
        }
        Ok(())
    }

    fn api(&self, session: &Session) -> Api {
        let Session { user, token } = session.clone();
        self.operator.with(Credentials::Session { user, token })
    }

    fn prove(&mut self, turn: &mut Turn) -> Result<()> {
        let code = self.codes.pop().context("the administrator has a code left")?;
        turn.variables.insert("BACKUP_CODE".to_owned(), code);
        Ok(())
    }

    /// Ada's session, which begins if there is none.
    async fn ada(&mut self) -> Result<Session> {
        if let Some(session) = &self.ada {
            return Ok(session.clone());
        }
        let login = json!({"user": "ada", "password": "correct horse battery staple"});
        let nobody = Api::new(&self.base, Credentials::None)?;
        let signed_in = loop {
            let answer = nobody.post("/api/v1/login", login.clone()).await?;
            if answer.status != 429 {
                break answer.expect(200)?;
            }
            // The demonstration limits calls, as a service does; who signs in this often waits as told.
            let told = answer.headers.get("retry-after").context("how long to wait")?.to_str()?.parse()?;
            sleep(Duration::from_secs(told)).await;
        };
        let text = |field: &str| signed_in["data"][field].as_str().map(str::to_owned).context("a session");
        Ok(self.ada.insert(Session { user: text("userId")?, token: text("authToken")? }).clone())
    }

    /// The sample is run by Ada in place of the administrator.
    async fn as_ada(&mut self, turn: &mut Turn) -> Result<()> {
        let Session { user, token } = self.ada().await?;
        turn.variables.extend([("ADMIN_ID".to_owned(), user), ("ADMIN_TOKEN".to_owned(), token)]);
        Ok(())
    }

    async fn begin_enrolment(&mut self) -> Result<()> {
        let session = self.ada().await?;
        let begun = self.api(&session).post("/api/v1/users.totp.enable", json!({})).await?.expect(200)?;
        begun["secret"].as_str().context("a secret")?.clone_into(&mut self.secret);
        Ok(())
    }

    /// What her authenticator shows next: good for a minute at the least, in which an edited sample may have to be
    /// compiled.
    fn next_code(&self) -> Result<String> {
        totp(&self.secret, 1)
    }

    /// Ada has a new authenticator, of which one code is used.
    async fn enrol_anew(&mut self) -> Result<()> {
        let reset = json!({"reason": "a new phone"});
        self.staff.post(&format!("/admin/users/{ADA}/reset-totp"), reset).await?.expect(200)?;
        self.ada = None;
        self.begin_enrolment().await?;
        let session = self.ada().await?;
        let code = json!({"code": totp(&self.secret, 0)?});
        self.api(&session).post("/api/v1/users.totp.validate", code).await?.expect(200)?;
        Ok(())
    }

    async fn confirm_the_operators_address(&mut self) -> Result<()> {
        let code = self.codes.pop().context("the administrator has a code left")?;
        let change = json!({"userId": self.demo.variables["ADMIN_ID"], "data": {"verified": true}});
        let proof = [("x-2fa-method", "totp"), ("x-2fa-code", code.as_str())];
        self.operator.post_with("/api/v1/users.update", change, &proof).await?.expect(200)?;
        Ok(())
    }

    async fn account(&self) -> Result<Value> {
        let path = format!("/api/v1/users.info?userId={ADA}");
        Ok(self.operator.get(&path).await?.expect(200)?["user"].take())
    }

    async fn has_totp(&self) -> Result<bool> {
        let listed = self.staff.get("/admin/second-factors?state=totp").await?.expect(200)?;
        Ok(listed.to_string().contains(ADA))
    }

    /// What the organisation's key is called by.
    async fn key_in_use(&self) -> Result<String> {
        let keys = self.staff.get("/api-keys?orgId=acme").await?.expect(200)?;
        let mut listed = keys["apiKeys"].as_array().into_iter().flatten();
        let key = listed.find(|key| key["revokedAt"].is_null());
        let prefix = key.and_then(|key| key["apiKeyPrefix"].as_str());
        prefix.map(str::to_owned).with_context(|| format!("a key in {keys}"))
    }
}

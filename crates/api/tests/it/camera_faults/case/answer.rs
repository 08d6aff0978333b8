//! What was answered.

use serde_json::Value;

use super::{Case, EMAIL, Holds, PASSWORD, STRANGER};
use crate::camera_faults::flow::Ask;
use crate::camera_faults::rules::Answered;
use crate::support::Answer;

impl Case {
    /// What an answer counts as, if it has the right shape and tells no secret.
    pub(in crate::camera_faults) fn reads(&self, answer: &Answer) -> Result<Answered, String> {
        let body = &answer.body;
        let status = answer.status.as_u16();
        if status == 200 || status == 201 {
            return self.reads_success(body);
        }
        let admin = matches!(self.flow.ask, Ask::Backfill | Ask::Reset(_) | Ask::Repair(_));
        let mut keys = vec!["code", "error", "message", "requestId"];
        keys.extend(admin.then_some("success"));
        has_keys(body, &keys)?;
        self.is_clean(&body.to_string())?;
        match status {
            400 | 404 => Ok(Answered::DoneBefore),
            409 => Ok(Answered::Conflict),
            502 => Ok(Answered::BadGateway),
            503 => Ok(Answered::NotCalled),
            other => Err(format!("status {other}: {body}")),
        }
    }

    fn reads_success(&self, body: &Value) -> Result<Answered, String> {
        match self.flow.ask {
            Ask::Fetch => has_keys(body, &["email", "password", "threeDeyeUserId", "userId"]).map(|()| Answered::Done),
            Ask::Backfill => {
                has_keys(body, &["created", "errors", "failed", "success", "total"])?;
                self.is_clean(&body["errors"].to_string())?;
                let all_well = body["failed"] == 0 && body["success"] == true;
                hold!(all_well == body["errors"].as_array().is_some_and(Vec::is_empty), "why? {body}");
                Ok(if all_well { Answered::Done } else { Answered::DoneWithError })
            }
            Ask::Reset(_) => {
                let keys = ["clearedMapping", "clearedRecovery", "email", "remote", "reprovision", "userId"];
                has_keys(body, &keys)?;
                has_keys(&body["remote"], &["attemptedDelete", "deletedThreedeyeUserId", "notVisible"])?;
                has_keys(&body["reprovision"], &["attempted", "error", "threedeyeUserId"])?;
                self.is_clean(&body["reprovision"]["error"].to_string())?;
                let error = !body["reprovision"]["error"].is_null();
                Ok(if error { Answered::DoneWithError } else { Answered::Done })
            }
            Ask::Role(_) => {
                has_keys(body, &["aggregateId", "event", "success", "version"])?;
                self.is_clean(&body.to_string())?;
                Ok(Answered::Done)
            }
            Ask::Repair(_) => {
                let keys = [
                    "action",
                    "changed",
                    "dryRun",
                    "kind",
                    "reason",
                    "roleIds",
                    "success",
                    "threedeyeUserId",
                    "userId",
                ];
                has_keys(body, &keys)?;
                self.is_clean(&body.to_string())?;
                hold!(body["changed"] == body["reason"].is_null(), "why? {body}");
                Ok(if body["changed"] == true { Answered::Done } else { Answered::Unchanged })
            }
        }
    }

    /// No secret and no address.
    pub(super) fn is_clean(&self, text: &str) -> Holds {
        let known = self.sim.credentials();
        let secrets =
            [EMAIL, STRANGER, PASSWORD, known.password.as_str(), known.api_key.as_str(), known.username.as_str()];
        let text = text.to_lowercase();
        for secret in secrets {
            hold!(!text.contains(&secret.to_lowercase()), "told to everybody: {text}");
        }
        Ok(())
    }
}

fn has_keys(body: &Value, keys: &[&str]) -> Holds {
    let Some(object) = body.as_object() else { return Err(format!("no object: {body}")) };
    let mut found: Vec<_> = object.keys().map(String::as_str).collect();
    found.sort_unstable();
    hold!(found == keys, "the keys are {found:?}");
    Ok(())
}

//! `portcullis threedeye drift`

use anyhow::{Context, anyhow};
use clap::Args;
use portcullis_domain::policy::Caller;
use portcullis_domain::threedeye::{DriftFinding, RepairRefusal};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::{RepairOrder, RepairTarget};
use serde::Serialize;

use super::Interrupted;
use crate::app::App;
use crate::cli::progress::Progress;
use crate::cli::{Failure, own_request, say, table, with_app};
use crate::config::Config;
use crate::http::{ToldDrift, ToldRepair};

/// Mappings and accounts compared at a time.
const PAGE: u32 = 200;

#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// Set right what is found.
    #[arg(long)]
    repair: bool,
    /// Only say what a repair would do.
    #[arg(long, requires = "repair")]
    dry_run: bool,
    /// Print JSON: `complete` says whether everything was compared.
    #[arg(long)]
    json: bool,
}

/// A finding, and what became of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    finding: ToldDrift,
    #[serde(skip_serializing_if = "Option::is_none")]
    repair: Option<ToldRepair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip)]
    is_right: bool,
}

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Compared<'a> {
    /// Was everything compared?
    complete: bool,
    findings: &'a [Told],
}

pub(super) async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let (told, ended) = with_app(config, async |app| Ok(compare(app, options).await)).await?;
    // First what was found and done, however it ended.
    show(&told, ended.is_ok(), options.json)?;
    ended.context("ended early")?;
    match told.iter().filter(|told| !told.is_right).count() {
        0 => Ok(()),
        wrong => Err(anyhow!("{wrong} findings are not set right").into()),
    }
}

/// What was found, and why not everything was compared.
async fn compare(app: &App, options: &Options) -> (Vec<Told>, anyhow::Result<()>) {
    let interrupted = Interrupted::listen();
    let progress = Progress::new("comparing with 3dEye");
    let (mut told, mut next) = (Vec::new(), None);
    loop {
        let page = match app.cases.threedeye.compare.execute(&Caller::system("cli"), next, PAGE).await {
            Ok(page) => page,
            Err(UseCaseError::Refused { refusal, .. }) => return (told, Err(refusal.into())),
            Err(error) => return (told, Err(error.into())),
        };
        for finding in page.findings {
            progress.say(format!("comparing with 3dEye: {} findings seen to", told.len()));
            let repairs = options.repair && !interrupted.is_set();
            told.push(if repairs { see_to(app, options, finding).await } else { Told::only(finding) });
        }
        next = page.next;
        if next.is_none() {
            return (told, Ok(()));
        }
        if interrupted.is_set() {
            return (told, Err(anyhow!("it was told to end")));
        }
    }
}

impl Told {
    /// Nothing is done about it.
    fn only(finding: DriftFinding) -> Self {
        Self { finding: finding.into(), repair: None, error: None, is_right: false }
    }
}

async fn see_to(app: &App, options: &Options, finding: DriftFinding) -> Told {
    let target = match (finding.kind.is_of_account(), finding.user, finding.threedeye_user.clone()) {
        (true, _, Some(account)) => Some(RepairTarget::Orphan(account)),
        (false, Some(user), _) => Some(RepairTarget::OfPerson { kind: finding.kind, user }),
        _ => None,
    };
    let mut told = Told::only(finding);
    let Some(target) = target else { return told };
    let order = RepairOrder { target, dry_run: options.dry_run, delete_remote: false };
    match app.cases.threedeye.repair.execute(&own_request(app), order).await {
        Ok(outcome) => {
            // What is right by itself meanwhile has no remedy.
            let done = outcome.value;
            told.is_right = done.remedy.is_none() || (done.changed && done.reason.is_none());
            told.repair = Some(done.into());
        }
        Err(error) => told.error = Some(why(&error)),
    }
    told
}

fn why(error: &UseCaseError<RepairRefusal>) -> String {
    match error {
        UseCaseError::Refused { refusal: RepairRefusal::Gateway(error), .. } => error.to_string(),
        error => error.to_string(),
    }
}

fn show(told: &[Told], complete: bool, json: bool) -> Result<(), Failure> {
    if json {
        let told = Compared { complete, findings: told };
        return Ok(say(format_args!("{}", serde_json::to_string_pretty(&told)?))?);
    }
    let row = |told: &Told| {
        let finding = &told.finding;
        let outcome = match (&told.error, &told.repair) {
            (Some(error), _) => error.clone(),
            (None, Some(_)) if told.is_right => "done".to_owned(),
            (None, Some(repair)) => repair.reason.clone().unwrap_or_default(),
            (None, None) => String::new(),
        };
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        [
            finding.kind.to_owned(),
            text(&finding.user_id),
            text(&finding.threedeye_user_id),
            text(&finding.email),
            finding.suggestion.to_owned(),
            outcome,
        ]
    };
    let rows: Vec<_> = told.iter().map(row).collect();
    for line in table::lines(["FINDING", "USER", "ACCOUNT", "ADDRESS", "REMEDY", "OUTCOME"], &rows) {
        say(format_args!("{line}"))?;
    }
    Ok(())
}

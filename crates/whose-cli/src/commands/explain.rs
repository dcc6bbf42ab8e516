//! `whose explain`: one finding whole.

use super::stored;
use crate::args::{ExplainArgs, Global};
use crate::config::Config;
use crate::exit::{Exit, Failure, Outcome};
use anyhow::anyhow;
use whose_model::Finding;
use whose_reports::{RuleWords, explain};

/// Runs the command.
pub(crate) async fn run(global: &Global, args: ExplainArgs) -> Outcome {
    let config = Config::load(global.config.as_deref())?;
    let store = stored::open(global, &config).await?;
    let report = stored::load(store.as_ref(), args.scan.as_deref()).await?;
    let wanted = args.finding.to_lowercase();
    let found: Vec<&Finding> =
        report.findings.iter().filter(|finding| finding.id.as_str().starts_with(&wanted)).collect();
    match found[..] {
        [finding] => {
            let rule = whose_rules::rule(&finding.rule).map(|rule| rule.info());
            let words = rule.map(|info| RuleWords { matters: info.matters, blind_spots: info.blind_spots });
            explain(finding, words, &mut std::io::stdout().lock())?;
            Ok(Exit::Complete)
        }
        [] => Err(Failure::request(anyhow!(
            "scan {} has no finding of this id; its report shows the ids",
            report.scan.id
        ))),
        _ => Err(Failure::request(anyhow!("{} findings begin so; give more of the id", found.len()))),
    }
}

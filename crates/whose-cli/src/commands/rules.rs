//! `whose rules`: the catalogue, or one rule's page.

use crate::args::RulesArgs;
use crate::exit::{Exit, Failure, Outcome};
use anyhow::anyhow;
use std::io::Write;
use whose_rules::CATALOGUE;

/// Runs the command.
pub(crate) fn run(args: &RulesArgs) -> Outcome {
    let mut out = std::io::stdout().lock();
    match &args.slug {
        Some(slug) => {
            let rule = whose_rules::rule(slug)
                .ok_or_else(|| Failure::request(anyhow!("there is no rule `{slug}`; `whose rules` lists them")))?;
            writeln!(out, "{}", whose_rules::page(rule.info()).trim_end())?;
        }
        None => {
            for rule in CATALOGUE {
                let info = rule.info();
                writeln!(out, "{:<36} {:<9} {}", info.slug, info.base.word(), info.title)?;
            }
        }
    }
    Ok(Exit::Complete)
}

//! The policy with its defaults, as a file that can be copied.

use anyhow::{Context, Result};
use whose_rules::Policy;

pub(super) fn page() -> Result<String> {
    let defaults = toml::to_string(&Policy::default()).context("writing the default policy")?;
    // In whose.toml the policy is the table `policy`, so its own tables lie below that.
    let nested: Vec<String> = defaults
        .lines()
        .map(|line| line.strip_prefix('[').map_or_else(|| line.to_owned(), |table| format!("[policy.{table}")))
        .collect();
    Ok(format!(
        "# Policy\n\nThe numbers that rules judge by, in days, and the business context. These are the defaults; state in \
         `whose.toml` what differs. A setting that does not exist is an error.\n\n```toml\n[policy]\n{}\n```\n",
        nested.join("\n").trim_end()
    ))
}

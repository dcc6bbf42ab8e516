//! Progress on stderr: one line a source on a terminal, nothing elsewhere.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::HashMap;
use std::io::IsTerminal;
use std::time::Duration;
use whose_connect::Event;
use whose_model::{CoverageState, Source};

/// The display of one scan.
pub(crate) struct Progress {
    bars: Option<MultiProgress>,
    sources: HashMap<Source, ProgressBar>,
    seen: HashMap<Source, u64>,
}

impl Progress {
    /// A display; silent when stderr is not a terminal or when the user wants quiet.
    pub(crate) fn new(quiet: bool) -> Self {
        let show = !quiet && std::io::stderr().is_terminal();
        Self { bars: show.then(MultiProgress::new), sources: HashMap::new(), seen: HashMap::new() }
    }

    /// Shows one event.
    pub(crate) fn watch(&mut self, event: &Event) {
        let Some(bars) = &self.bars else { return };
        match event {
            Event::Seen { source, .. } => {
                let seen = self.seen.entry(source.clone()).or_default();
                *seen += 1;
                if seen.is_multiple_of(64) || *seen == 1 {
                    let message = format!("{seen} seen");
                    bar(bars, &mut self.sources, source).set_message(message);
                }
            }
            Event::Progress { source, message, .. } => {
                bar(bars, &mut self.sources, source).set_message(message.clone())
            }
            Event::Coverage(coverage) => {
                let line = match coverage.state {
                    CoverageState::Complete => format!("{} seen", coverage.seen),
                    CoverageState::NotEnabled => "not offered here, or left out".to_string(),
                    CoverageState::Partial | CoverageState::Denied | CoverageState::Failed => {
                        format!("{} seen, with gaps", coverage.seen)
                    }
                };
                bar(bars, &mut self.sources, &coverage.source).finish_with_message(line);
            }
        }
    }

    /// Clears the display before the report is printed.
    pub(crate) fn finish(self) {
        if let Some(bars) = self.bars {
            let _ = bars.clear();
        }
    }
}

fn bar<'a>(bars: &MultiProgress, sources: &'a mut HashMap<Source, ProgressBar>, source: &Source) -> &'a ProgressBar {
    sources.entry(source.clone()).or_insert_with(|| {
        let bar = bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix:<32} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(format!("{} {}", source.connector, source.collector));
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    })
}

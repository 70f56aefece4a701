//! Lines at the bottom of the terminal that are drawn over themselves.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Lines shown at once; what is beyond is counted.
const LINES_MAX: usize = 12;

/// The live part of the terminal.
pub(super) struct Live {
    bars: MultiProgress,
    style: ProgressStyle,
    shown: Vec<ProgressBar>,
}

impl Live {
    /// At the bottom of the terminal that standard error is.
    pub(super) fn on_stderr() -> Self {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let style =
            ProgressStyle::with_template("{spinner} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        Self { bars, style, shown: Vec::new() }
    }

    /// A line that stays, above the live part.
    pub(super) fn println(&self, line: &str) {
        // The terminal is gone when it cannot be written to: nobody is left to tell.
        let _ = self.bars.println(line);
    }

    /// Shows these lines instead of the present ones.
    pub(super) fn show(&mut self, lines: &[String]) {
        let mut lines: Vec<String> = lines.to_vec();
        if lines.len() > LINES_MAX {
            let beyond = lines.len() - LINES_MAX;
            lines.truncate(LINES_MAX);
            lines.push(format!("... and {beyond} more"));
        }
        while self.shown.len() > lines.len() {
            if let Some(bar) = self.shown.pop() {
                bar.finish_and_clear();
                self.bars.remove(&bar);
            }
        }
        while self.shown.len() < lines.len() {
            self.shown.push(self.bars.add(ProgressBar::new_spinner().with_style(self.style.clone())));
        }
        for (bar, line) in self.shown.iter().zip(lines) {
            bar.set_message(line);
            bar.tick();
        }
    }

    /// Takes the live part away.
    pub(super) fn clear(&mut self) {
        self.show(&[]);
        let _ = self.bars.clear();
    }
}

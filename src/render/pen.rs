//! Colours and symbols of plans and states. The symbols say everything; colours only repeat it.

use anstyle::{AnsiColor, Style};
use infra_engine::plan::Action;

use super::difference::Effect;

/// For what needs the eye: changes that replace, warnings.
pub const ALERT: Style = AnsiColor::Red.on_default();
/// For remarks about what is left out.
pub const REMARK: Style = AnsiColor::BrightBlack.on_default();
/// For headings.
pub const BOLD: Style = Style::new().bold();

const ADD: Style = AnsiColor::Green.on_default();
const CHANGE: Style = AnsiColor::Yellow.on_default();
const REMOVE: Style = AnsiColor::Red.on_default();
const READ: Style = AnsiColor::Cyan.on_default();

/// Draws in colour or without.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    /// Whether ANSI escape sequences may be used.
    pub is_coloured: bool,
}

impl Pen {
    /// Text in a style.
    pub fn paint(self, style: Style, text: &str) -> String {
        if self.is_coloured { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// What stands in front of a line, four columns wide.
    pub fn effect(self, effect: Effect) -> String {
        match effect {
            Effect::Same => "    ".to_owned(),
            Effect::Add => self.paint(ADD, "  + "),
            Effect::Remove => self.paint(REMOVE, "  - "),
            Effect::Change => self.paint(CHANGE, "  ~ "),
        }
    }

    /// What stands in front of an object, three columns wide.
    pub fn action(self, action: Action) -> String {
        match action {
            Action::NoOp => "   ".to_owned(),
            Action::Create => self.paint(ADD, "  +"),
            Action::Read => self.paint(READ, " <="),
            Action::Update => self.paint(CHANGE, "  ~"),
            Action::Delete => self.paint(REMOVE, "  -"),
            Action::DeleteThenCreate => format!("{}/{}", self.paint(REMOVE, "-"), self.paint(ADD, "+")),
            Action::CreateThenDelete => format!("{}/{}", self.paint(ADD, "+"), self.paint(REMOVE, "-")),
            Action::Forget => self.paint(REMOVE, "  ."),
        }
    }

    /// The arrow between before and after.
    pub fn arrow(self) -> String {
        self.paint(CHANGE, "->")
    }
}

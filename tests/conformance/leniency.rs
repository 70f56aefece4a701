//! Where an answer may differ from the recorded one and still say the same: in how much is said about a mistake.
//!
//! - Where terraform gives no place, ours may.
//! - What only follows from another mistake need not be said: that an argument is missing whose value could not be read.

/// Headlines of mistakes that another mistake brings about.
const CONSEQUENCES: &[&str] = &[
    "Missing required argument",
    "No value for required variable",
    // Each assertion is there, and wrong.
    "Zero assert blocks",
    // What the rest of a broken heredoc or text looks like.
    "Argument or block definition required",
    "Invalid multi-line string",
    "Invalid resource name",
    "Incorrect JSON value type",
    // Of a value that could not be read.
    "Unsuitable value type",
    "Invalid import address",
    // Of a version beside a source that has none.
    "Invalid version constraint",
    "Invalid registry module source address",
    "- Reference to undeclared local value",
    "- Reference to undeclared input variable",
    "- Invalid \"path\" attribute",
    // Of a cloud block beside a backend.
    "Invalid or missing required argument",
    "- failed to create backend alias to target \"\". The hostname is not in the correct format.",
];

/// The recorded answer as it would be if terraform said as much, and as little, as ours.
pub fn adjusted(recorded: &str, ours: &str) -> String {
    let (theirs, ours) = (commands(recorded), commands(ours));
    let mut text = String::new();
    for (index, theirs) in theirs.iter().enumerate() {
        let nothing = Vec::new();
        let ours = ours.get(index).unwrap_or(&nothing);
        let mut lines: Vec<String> = theirs.iter().filter(|line| !is_left_out(line, theirs, ours)).cloned().collect();
        for line in &mut lines {
            if let Some(placed) = ours.iter().find(|other| is_placed(line, other) && !theirs.contains(other)) {
                line.clone_from(placed);
            }
        }
        // A mistake with a place stands elsewhere in the order.
        sort_mistakes(&mut lines, ours);
        text.extend(lines.iter().map(|line| format!("{line}\n")));
    }
    text
}

/// The facts of each command, with the command.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut commands: Vec<Vec<String>> = vec![Vec::new()];
    for line in text.trim_end().lines() {
        if line.starts_with("$ ") {
            commands.push(Vec::new());
        }
        commands.last_mut().unwrap().push(line.to_owned());
    }
    commands
}

/// Whether `theirs` is a mistake without a place, and `ours` the same one with a place.
fn is_placed(theirs: &str, ours: &str) -> bool {
    ["error", "warning"].iter().any(|severity| {
        let summary = theirs.strip_prefix(severity).and_then(|rest| rest.strip_prefix(" - "));
        let other = ours.strip_prefix(severity);
        summary.zip(other).is_some_and(|(summary, other)| other.ends_with(&format!(" {summary}")))
    })
}

/// Whether a mistake of theirs follows from another one, which ours names too, and ours is silent about it.
fn is_left_out(line: &str, theirs: &[String], ours: &[String]) -> bool {
    let is_consequence = |line: &str| CONSEQUENCES.iter().any(|summary| line.ends_with(&format!(" {summary}")));
    let is_error = |line: &&String| line.starts_with("error ");
    line.starts_with("error ")
        && is_consequence(line)
        && !ours.iter().any(|other| other == line)
        && theirs.iter().filter(is_error).any(|other| ours.contains(other))
}

/// Puts mistakes in the order in which ours has them, as far as it has them.
fn sort_mistakes(lines: &mut [String], ours: &[String]) {
    let is_mistake = |line: &String| line.starts_with("error ") || line.starts_with("warning ");
    let Some(first) = lines.iter().position(is_mistake) else { return };
    let count = lines[first..].iter().take_while(|line| is_mistake(line)).count();
    let position = |line: &String| ours.iter().position(|other| other == line).unwrap_or(usize::MAX);
    lines[first..first + count].sort_by_key(position);
}

#[test]
fn more_and_less_may_be_said_about_the_same_mistake() {
    let recorded = "$ plan\nexit 1\nerror - Cycle\nerror a.tf:1:1 Missing required argument\nerror a.tf:2:3 Bad\n";
    let ours = "$ plan\nexit 1\nerror a.tf:2:3 Bad\nerror b.tf:7:1 Cycle\n";
    assert_eq!(adjusted(recorded, ours), ours);
    let silent = "$ plan\nexit 1\nerror b.tf:7:1 Cycle\n";
    assert_ne!(adjusted(recorded, silent), silent, "a consequence needs its cause");
    assert_ne!(
        adjusted("$ plan\nexit 1\nerror a.tf:1:1 X\n", "$ plan\nexit 1\nerror - X\n"),
        "$ plan\nexit 1\nerror - X\n"
    );
}

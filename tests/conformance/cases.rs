//! Cases, as they are written down.
//!
//! ```text
//! What the line of the checklist says, in our words.
//!
//! === name_of_a_case
//! variable "a" {}                 what stands here is main.tf
//! -- m/main.tf --                 what follows is that file
//! output "o" { value = 1 }
//! $ TF_VAR_a=1 plan -target=x     a command, with the environment that it needs
//! > 1 + 1                         what it reads from standard input
//! resource "a" "b" {}             a further main.tf, for the commands that follow
//! $ apply
//! ```
//!
//! A case without commands is planned. `cat`, `rm` and `mkdir` are done by the harness itself. `apply`, `destroy` and
//! `refresh` are confirmed, unless they are `--asking`; with `--in-order` the order in which they did things counts too.

use std::fmt;

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// The line of the checklist: `meta/count`.
    pub line: String,
    /// What the case is about, unique to its line.
    pub name: String,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// Its text, to notice that it was changed after it was recorded.
    pub text: String,
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.line, self.name)
    }
}

/// One thing that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Writes a file.
    Write(String, String),
    /// Runs a command.
    Run(Invocation),
}

/// A command with all that it is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// As it was written, to head its answer.
    pub text: String,
    /// `NAME=value` before it.
    pub environment: Vec<(String, String)>,
    /// What stands before the command's name: `-chdir=DIR`.
    pub global_flags: Vec<String>,
    /// The command: `plan`.
    pub command: String,
    /// What stands behind it.
    pub arguments: Vec<String>,
    /// What it can read.
    pub stdin: String,
}

/// The cases of one file.
///
/// # Panics
///
/// If a name is there twice.
pub fn parse(line: &str, text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for part in text.split("\n=== ").skip(1) {
        let (name, body) = part.split_once('\n').unwrap_or((part, ""));
        assert!(cases.iter().all(|case| case.name != name), "{line}: the case {name} is there twice");
        cases.push(Case { line: line.to_owned(), name: name.to_owned(), steps: steps(body), text: part.to_owned() });
    }
    cases
}

fn steps(body: &str) -> Vec<Step> {
    let mut steps = sections(body);
    if !steps.iter().any(|step| matches!(step, Step::Run(_))) {
        steps.push(Step::Run(invocation("plan")));
    }
    steps
}

/// The files and commands of a text.
pub fn sections(body: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut file = ("main.tf".to_owned(), String::new());
    let finish = |file: &mut (String, String), steps: &mut Vec<Step>| {
        let (path, text) = std::mem::replace(file, ("main.tf".to_owned(), String::new()));
        if !text.trim().is_empty() || path != "main.tf" {
            steps.push(Step::Write(path, text));
        }
    };
    for line in body.split_inclusive('\n') {
        let bare = line.trim_end();
        if let Some(path) = bare.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
            finish(&mut file, &mut steps);
            file.0 = path.to_owned();
        } else if let Some(command) = bare.strip_prefix("$ ") {
            finish(&mut file, &mut steps);
            steps.push(Step::Run(invocation(command)));
        } else if let (Some(input), Some(Step::Run(last)), true) =
            (line.strip_prefix("> "), steps.last_mut(), file.1.is_empty())
        {
            last.stdin.push_str(input);
        } else if !(file.1.is_empty() && bare.is_empty()) {
            file.1.push_str(line);
        }
    }
    // The empty line before the next case.
    file.1.truncate(file.1.trim_end().len());
    if !file.1.is_empty() {
        file.1.push('\n');
    }
    finish(&mut file, &mut steps);
    steps
}

/// A command line as a shell would split it; only quotes and backslashes outside of them are special.
fn invocation(text: &str) -> Invocation {
    let mut words = split_words(text).into_iter().peekable();
    let mut invocation = Invocation { text: text.to_owned(), ..Invocation::default() };
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        if name.starts_with('-') {
            break;
        }
        invocation.environment.push((name.to_owned(), value.to_owned()));
        words.next();
    }
    while let Some(flag) = words.next_if(|word| word.starts_with('-')) {
        invocation.global_flags.push(flag);
    }
    invocation.command = words.next().unwrap_or_default();
    invocation.arguments = words.collect();
    invocation
}

fn split_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut quote, mut in_word) = (None, false);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match quote {
            None if character.is_whitespace() => {
                in_word = false;
                continue;
            }
            _ if !in_word => {
                in_word = true;
                words.push(String::new());
            }
            _ => {}
        }
        let word = words.last_mut().unwrap();
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '\\') => word.extend(characters.next()),
            _ => word.push(character),
        }
    }
    words
}

#[test]
fn a_case_is_read_with_its_files_and_commands() {
    let text = "about\n\n=== one\na = 1\n-- m/x.tf --\n\nb\n$ A=1 B='x y' -chdir=m plan -var 'a=\"q\"'\n> 1\n> 2\nc\n\n\n=== two\nx\n";
    let cases = parse("files/names", text);
    assert_eq!(cases.iter().map(ToString::to_string).collect::<Vec<_>>(), ["files/names/one", "files/names/two"]);
    let write = |path: &str, text: &str| Step::Write(path.to_owned(), text.to_owned());
    let run = Invocation {
        text: "A=1 B='x y' -chdir=m plan -var 'a=\"q\"'".to_owned(),
        environment: vec![("A".to_owned(), "1".to_owned()), ("B".to_owned(), "x y".to_owned())],
        global_flags: vec!["-chdir=m".to_owned()],
        command: "plan".to_owned(),
        arguments: vec!["-var".to_owned(), "a=\"q\"".to_owned()],
        stdin: "1\n2\n".to_owned(),
    };
    let expected = [write("main.tf", "a = 1\n"), write("m/x.tf", "b\n"), Step::Run(run), write("main.tf", "c\n")];
    assert_eq!(cases[0].steps, expected);
    assert_eq!(cases[1].steps.last(), Some(&Step::Run(invocation("plan"))));
}

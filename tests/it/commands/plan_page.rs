//! `-html`: the plan as a page, and what a browser makes of it.

use std::path::PathBuf;
use std::time::Duration;

use crate::world::World;

const MAIN: &str = r#"
variable "password" {
  default   = "do-not-show-me"
  sensitive = true
}

resource "terraform_data" "first" {
  input = { secret = var.password, open = "</script><b>bold</b>" }
}

resource "terraform_data" "second" {
  count            = 2
  input            = terraform_data.first.id
  triggers_replace = "one"
}

output "secret" {
  value     = var.password
  sensitive = true
}

output "first" {
  value = terraform_data.first.id
}
"#;

fn browser() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let found = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let found = found.into_iter().find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: there is no Chromium on PATH");
    }
    found
}

#[test]
fn a_page_withholds_secrets_and_needs_nothing_else() {
    let world = World::new(MAIN);
    let output = world.succeed(&["plan", "-html=plan.html", "-out=saved.plan"]);
    assert!(output.stderr.contains("Wrote the plan as a page to: plan.html"), "{output}");
    let page = world.read("plan.html");
    assert!(page.contains("(sensitive value)") && !page.contains("do-not-show-me"), "a secret is in the page");
    assert!(!page.contains("/*DATA*/") && !page.contains("/*SCRIPT*/") && !page.contains("/*STYLE*/"));
    assert!(!page.contains("<b>bold</b>"), "data ends the element it stands in");
    assert!(!page.contains("src=\"") && !page.contains("href=\"http"), "the page loads something");
    let _ = world.succeed(&["show", "-html=again.html", "saved.plan"]);
    assert_eq!(world.read("again.html"), page);
}

#[test]
fn a_page_that_cannot_be_written_is_told() {
    let world = World::new(MAIN);
    let output = world.run(&["plan", "-html=no/such/folder/plan.html", "-out=saved.plan"]);
    assert_eq!(output.exit_code, Some(1), "{output}");
    assert!(output.stderr.contains("Page not written"), "{output}");
    assert!(world.exists("saved.plan"), "the plan is saved all the same");
    let output = world.run(&["show", "-html=state.html"]);
    assert_eq!(output.exit_code, Some(1), "{output}");
    assert!(output.stderr.contains("-html shows saved plans"), "{output}");
}

#[test]
fn a_browser_draws_every_change_and_the_graph() {
    let Some(browser) = browser() else { return };
    let world = World::new(MAIN);
    let _ = world.succeed(&["apply", "-auto-approve"]);
    world.edit("main.tf", "triggers_replace = \"one\"", "triggers_replace = \"two\"");
    world.edit("main.tf", "count            = 2", "count            = 3");
    let _ = world.succeed(&["plan", "-html=plan.html"]);
    let page = format!("file://{}", world.path().join("plan.html").display());
    let profile = format!("--user-data-dir={}", world.path().join("profile").display());
    let flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--enable-logging=stderr",
        "--virtual-time-budget=5000",
        "--dump-dom",
    ];
    let command = world.directory().command(&browser).args(flags).arg(&profile).arg(&page);
    let output = command.timeout(Duration::from_secs(120)).run().assert_exit_code(0);
    assert!(!output.stderr.contains("Uncaught"), "{}", output.stderr);
    // What is drawn, without the data and the script that stand in the page as well.
    let drawn = output.stdout.split("<script type=\"application/json\"").next().unwrap_or_default();
    for expected in ["second[0]", "second[1]", "second[2]", "forces replacement", "main.tf:", "<svg"] {
        assert!(drawn.contains(expected), "{expected} is not drawn:\n{drawn}");
    }
    assert!(!output.stdout.contains("do-not-show-me"));
}

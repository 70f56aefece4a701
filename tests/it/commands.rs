//! The commands with Terraform's flags: what they do, what they exit with, what they print.

mod console;
mod flags;
mod formatting;
mod graph;
mod output_formats;
mod plan_text;
mod plan_text_aws;
mod provisioners;
mod refactoring;
mod state_files;
mod variables;

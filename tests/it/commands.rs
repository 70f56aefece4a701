//! The commands with Terraform's flags: what they do, what they exit with, what they print.

mod backend;
mod conditions;
mod console;
mod environment;
mod ephemeral;
mod flags;
mod formatting;
mod generated_config;
mod graph;
mod importing;
mod json_stream;
mod narrowed_plans;
mod no_files;
mod output_formats;
mod plan_page;
mod plan_text;
mod plan_text_aws;
mod prompts;
mod provisioners;
mod refactoring;
mod setup;
mod state_editing;
mod state_files;
mod validation;
mod variables;
mod workspaces;

//! What a user sees when something is wrong: exit code, standard output and standard error as a whole.
//!
//! By where the mistake is: in the files, on the command line, in the state or a plan file, or out there in AWS.

mod aws;
mod command_line;
mod configuration;
mod locks;
mod plan_file;
mod secrets;
mod state;

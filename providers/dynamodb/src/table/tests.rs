//! Tables against what the AWS provider was recorded to plan and to write: without a server ([`plans`]) and with one
//! ([`lifecycle`]).

mod lifecycle;
mod plans;
mod recorded;

//! What is fetched from AWS Systems Manager when a run needs it, and kept nowhere.

pub mod parameter;

//! What is fetched from AWS Lambda when a run needs it, and kept nowhere.

pub mod invocation;

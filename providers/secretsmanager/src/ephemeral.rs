//! What is fetched from AWS Secrets Manager when a run needs it, and kept nowhere.

pub mod random_password;
pub mod secret_version;

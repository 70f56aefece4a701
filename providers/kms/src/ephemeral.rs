//! What is fetched from AWS Key Management Service when a run needs it, and kept nowhere.

pub mod secrets;

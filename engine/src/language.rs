//! Which language the files are in: Terraform's with what `infra` adds to it, or Terraform's alone.
//!
//! The command line chooses once (`-strict`, `INFRA_STRICT`). It reaches what loads files as
//! [`crate::config::Config::language`], and what evaluates as [`crate::functions::Context::language`]. Whatever goes
//! beyond Terraform asks here and nowhere else. What that is, is listed in `docs/differences.md`.

/// The language of a configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Terraform's, with our extensions and with errors where Terraform goes on with nonsense.
    #[default]
    Extended,
    /// Terraform's alone: what Terraform refuses is refused, and a value is what it is there.
    Strict,
}

impl Language {
    /// Whether extensions are off.
    pub fn is_strict(self) -> bool {
        self == Self::Strict
    }
}

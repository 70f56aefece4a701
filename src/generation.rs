//! Which generation of the AWS provider a directory speaks: 5.x or 6.x. They differ in attributes and in the versions
//! under which objects are stored.

use std::path::Path;

use infra_engine::config::Config;
use infra_engine::diagnostics::Diagnostic;
use infra_engine::syntax::{SourceMap, Span, parse_bytes};
use infra_schema::Generation;
use infra_values::Str;
use infra_values::address::ProviderAddress;
use infra_values::version::{Version, VersionConstraint};

/// File in which Terraform notes the provider versions it chose.
pub const LOCK_FILE: &str = ".terraform.lock.hcl";

/// Highest minor version that is tried when looking for one that meets a constraint; 5.x ended at 100.
const MINOR_MAX: u64 = 200;
/// Highest patch version that is tried.
const PATCH_MAX: u64 = 9;

/// The generation: what the lock file says, else the highest that `required_providers` allows, else 6.
pub fn of_directory(directory: &Path, config: &Config) -> Result<Generation, Diagnostic> {
    let aws = ProviderAddress::default_for("aws");
    if let Some(version) = locked_version(directory, &aws) {
        return of_version(&version).ok_or_else(|| {
            Diagnostic::error(
                "Provider version not supported",
                format!(
                    "{LOCK_FILE} selects version {version} of {aws}, and infra knows the generations 5 and 6. Upgrade \
                     the selection with `terraform init -upgrade`, or delete the file."
                ),
            )
        });
    }
    let mut constraints = Vec::new();
    let required = config.modules.iter().flat_map(|module| module.required_providers.values());
    for required in required.filter(|required| required.address == aws) {
        let Some(text) = &required.version else { continue };
        let constraint = VersionConstraint::parse(text)
            .map_err(|error| Diagnostic::error("Invalid version constraint", format!("{error}.")).at(required.span))?;
        constraints.push((constraint, text.clone(), required.span));
    }
    highest(&constraints)
}

fn highest(constraints: &[(VersionConstraint, Str, Span)]) -> Result<Generation, Diagnostic> {
    let mut candidates: Vec<Version> = constraints
        .iter()
        .flat_map(|(constraint, ..)| constraint.named_versions().cloned())
        .filter(|version| (5..=6).contains(&version.major()))
        .collect();
    for major in 5..=6 {
        for minor in 0..=MINOR_MAX {
            candidates.extend((0..=PATCH_MAX).map(|patch| Version::new(major, minor, patch)));
        }
    }
    let best = candidates
        .into_iter()
        .filter(|version| constraints.iter().all(|(constraint, ..)| constraint.allows(version)))
        .max();
    match (best.as_ref().and_then(of_version), constraints.last()) {
        (Some(generation), _) => Ok(generation),
        (None, last) => {
            let texts: Vec<String> = constraints.iter().map(|(_, text, _)| format!("\"{text}\"")).collect();
            let diagnostic = Diagnostic::error(
                "Provider version not supported",
                format!(
                    "No version of the AWS provider in the generations 5 and 6, which infra speaks, meets {}. Loosen the \
                     version constraints of this configuration.",
                    texts.join(" and ")
                ),
            );
            Err(match last {
                Some((_, _, span)) => diagnostic.at(*span),
                None => diagnostic,
            })
        }
    }
}

fn of_version(version: &Version) -> Option<Generation> {
    match version.major() {
        5 => Some(Generation::V5),
        6 => Some(Generation::V6),
        _ => None,
    }
}

/// The version that the lock file selects. A file that cannot be read selects nothing, as it would for Terraform
/// before `init`.
fn locked_version(directory: &Path, address: &ProviderAddress) -> Option<Version> {
    let bytes = std::fs::read(directory.join(LOCK_FILE)).ok()?;
    let (_, body, _) = parse_bytes(&SourceMap::new(), LOCK_FILE, &bytes);
    let wanted = address.to_string();
    let block =
        body.blocks_of("provider").find(|block| block.labels.first().is_some_and(|label| label.text == *wanted))?;
    let version = infra_engine::evaluate::constant(&block.body.attribute("version")?.expression, None).ok()?;
    version.as_str()?.parse().ok()
}

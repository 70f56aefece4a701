//! The reference page `docs/functions.md`, made from the table. `INFRA_UPDATE=1` makes the test write it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use infra_values::Type;

use super::{Availability, Function, Parameter, Returns, table};
use crate::provider::Provider as _;
use crate::provider::builtin::Builtin;

const HEAD: &str = "\
# Functions

This page is made from the code; `INFRA_UPDATE=1 cargo test --release -p infra-engine reference` writes it.

Every function can also be called as `core::NAME`. `?` stands behind what may be null, `…` behind what may be given any
number of times. What Terraform does not have is marked, and turned off by `-strict`.

| function | what it does |
|---|---|
";

const OF_PROVIDERS: &str = "
## Of the provider `terraform`

They are called as `provider::terraform::NAME`, in modules whose `required_providers` have
`terraform = { source = \"terraform.io/builtin/terraform\" }`.

| function | what it does |
|---|---|
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for function in table().iter().filter(|function| function.availability != Availability::Withdrawn) {
        row(&mut page, function);
    }
    page.push_str(OF_PROVIDERS);
    for function in Builtin::new(Arc::default()).functions() {
        row(&mut page, function);
    }
    page
}

fn row(page: &mut String, function: &Function) {
    let given = function.parameters.iter().map(parameter);
    let further = function.variadic.iter().map(|further| format!("{}…", parameter(further)));
    let result = match &function.returns {
        _ if function.shown_type.is_some() => function.shown_type.map_or(Type::Any, |ty| ty()),
        Returns::Fixed(ty) => ty(),
        Returns::Computed(_) => Type::Any,
    };
    let marker = if function.availability == Availability::Extended { " *Not in Terraform.*" } else { "" };
    let parameters = given.chain(further).collect::<Vec<_>>().join(", ");
    writeln!(
        page,
        "| `{}({parameters})` → `{result}` | {}{marker} |",
        function.name,
        function.docs.replace('|', "\\|")
    )
    .unwrap();
}

fn parameter(parameter: &Parameter) -> String {
    format!("{}: {}{}", parameter.name, (parameter.ty)(), if parameter.allows_null { "?" } else { "" })
}

#[test]
fn reference_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/functions.md");
    if std::env::var_os("INFRA_UPDATE").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page(), "docs/functions.md is stale; run this test with INFRA_UPDATE=1");
}

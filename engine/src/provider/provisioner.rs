//! What runs beside a provider when an object is made or destroyed: `provisioner` blocks.
//!
//! The engine knows which kinds there are and what their blocks hold; it knows no processes. Who carries out a plan
//! gives it something that runs them ([`Provisioner`]). Deliberately elsewhere: reading the blocks
//! ([`crate::config::ProvisionerConfig`]) and when they run (`crate::apply`).

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use infra_values::{Str, Type, Value};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::schema::{Attribute, Block, Schema};

/// Runs one kind of provisioner.
#[async_trait]
pub trait Provisioner: Send + Sync {
    /// Runs it to its end. `config` is a value of [`schema`], wholly known and without marks. Dropping the future must
    /// end whatever it has started.
    async fn run(&self, config: &Value, report: &dyn Report) -> Result<(), Diagnostics>;
}

/// Where a provisioner tells what it does.
pub trait Report: Send + Sync {
    /// One line of output, without its end.
    fn line(&self, line: &str);
}

/// What runs each kind, by its name.
pub type Provisioners = BTreeMap<String, Arc<dyn Provisioner>>;

/// The kinds there are.
pub const KINDS: &[&str] = &["file", "local-exec", "remote-exec"];

/// Kinds that there were before Terraform 1.0.
pub const REMOVED_KINDS: &[&str] = &["chef", "habitat", "puppet", "salt-masterless"];

/// What the block of a kind holds.
pub fn schema(kind: &str) -> Option<&'static Schema> {
    match kind {
        "local-exec" => Some(&LOCAL_EXEC),
        "file" => Some(&FILE),
        "remote-exec" => Some(&REMOTE_EXEC),
        _ => None,
    }
}

/// What is wrong with a value of [`schema`] beyond its types: which arguments go together.
pub fn check(kind: &str, config: &Value) -> Diagnostics {
    let is_given = |name: &&&str| {
        config.as_entries().and_then(|entries| entries.get(**name)).is_some_and(|value| !value.is_null())
    };
    let (choices, none, many): (&[&str], _, _) = match kind {
        "file" => (
            &["source", "content"],
            "Must provide one of 'source' or 'content'",
            "Cannot set both 'source' and 'content'",
        ),
        "remote-exec" => {
            let summary = "Invalid remote-exec provisioner configuration";
            (&["inline", "script", "scripts"], summary, summary)
        }
        _ => return Diagnostics::new(),
    };
    let given: Vec<&str> = choices.iter().filter(is_given).copied().collect();
    let advice = format!("Exactly one of {} says what to do", choices.join(", "));
    match given.as_slice() {
        [_] => Diagnostics::new(),
        [] => Diagnostic::error(none, format!("{advice}; none of them is set.")).into(),
        _ => Diagnostic::error(many, format!("{advice}; set are {}.", given.join(", "))).into(),
    }
}

/// What a `connection` block holds.
pub fn connection_schema() -> &'static Schema {
    &CONNECTION
}

static LOCAL_EXEC: LazyLock<Schema> = LazyLock::new(|| {
    of(
        [("command", Type::String)],
        [
            ("interpreter", Type::list(Type::String)),
            ("working_dir", Type::String),
            ("environment", Type::map(Type::String)),
            ("quiet", Type::Bool),
        ],
    )
});

static FILE: LazyLock<Schema> =
    LazyLock::new(|| of([("destination", Type::String)], [("source", Type::String), ("content", Type::String)]));

static REMOTE_EXEC: LazyLock<Schema> = LazyLock::new(|| {
    of([], [("inline", Type::list(Type::String)), ("script", Type::String), ("scripts", Type::list(Type::String))])
});

static CONNECTION: LazyLock<Schema> = LazyLock::new(|| {
    let texts = [
        "type",
        "user",
        "password",
        "timeout",
        "script_path",
        "target_platform",
        "private_key",
        "certificate",
        "host_key",
        "agent_identity",
        "proxy_scheme",
        "proxy_host",
        "proxy_user_name",
        "proxy_user_password",
        "bastion_host",
        "bastion_host_key",
        "bastion_user",
        "bastion_password",
        "bastion_private_key",
        "bastion_certificate",
        "cacert",
    ];
    let numbers = ["port", "proxy_port", "bastion_port"].map(|name| (name, Type::Number));
    let switches = ["agent", "https", "insecure", "use_ntlm"].map(|name| (name, Type::Bool));
    let optional = texts.map(|name| (name, Type::String)).into_iter().chain(numbers).chain(switches);
    of([("host", Type::String)], optional)
});

fn of(
    required: impl IntoIterator<Item = (&'static str, Type)>,
    optional: impl IntoIterator<Item = (&'static str, Type)>,
) -> Schema {
    let required = required
        .into_iter()
        .map(|(name, ty)| (name, Attribute { required: true, may_be_null: true, ..Attribute::of(ty) }));
    let optional = optional.into_iter().map(|(name, ty)| (name, Attribute { optional: true, ..Attribute::of(ty) }));
    let attributes = required.chain(optional).map(|(name, attribute)| (Str::from(name), attribute)).collect();
    Schema { block: Block { attributes, ..Block::default() }, ..Schema::default() }
}

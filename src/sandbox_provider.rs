//! The AWS provider in the sandbox: the same provider, with whatever its block says about accounts set aside.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use infra_engine::diagnostics::Diagnostics;
use infra_engine::functions::Function;
use infra_engine::provider::{Configured, DataType, EphemeralType, ManagedType, Provider, TypeLookup};
use infra_engine::schema::Schema;
use infra_values::address::ProviderAddress;
use infra_values::{Kind, Str, Type, Value};

/// What a provider block may still say in the sandbox: nothing here leads to an account.
const KEPT: &[&str] = &["region", "default_tags", "ignore_tags", "max_retries", "retry_mode"];

/// See the module's documentation.
pub struct SandboxProvider<P>(pub P);

#[async_trait]
impl<P: Provider> Provider for SandboxProvider<P> {
    fn address(&self) -> ProviderAddress {
        self.0.address()
    }

    fn config_schema(&self) -> &Schema {
        self.0.config_schema()
    }

    fn managed_type(&self, name: &str) -> TypeLookup<'_, dyn ManagedType> {
        self.0.managed_type(name)
    }

    fn data_type(&self, name: &str) -> TypeLookup<'_, dyn DataType> {
        self.0.data_type(name)
    }

    fn ephemeral_type(&self, name: &str) -> TypeLookup<'_, dyn EphemeralType> {
        self.0.ephemeral_type(name)
    }

    fn ephemeral_type_names(&self) -> Vec<&str> {
        self.0.ephemeral_type_names()
    }

    fn managed_type_names(&self) -> Vec<&str> {
        self.0.managed_type_names()
    }

    fn data_type_names(&self) -> Vec<&str> {
        self.0.data_type_names()
    }

    fn functions(&self) -> &'static [Function] {
        self.0.functions()
    }

    fn validate_config(&self, config: &Value) -> Diagnostics {
        self.0.validate_config(config)
    }

    async fn configure(&self, config: &Value) -> Result<Arc<dyn Configured>, Diagnostics> {
        self.0.configure(&without_account(config)).await
    }
}

/// The configuration without profile, roles, endpoints, account checks and the like.
fn without_account(config: &Value) -> Value {
    let Some(entries) = config.as_entries() else { return config.clone() };
    let kept: BTreeMap<Str, Value> = entries
        .iter()
        .map(|(name, value)| {
            let value = match name.as_str() {
                // Bucket names are not host names on this machine.
                "s3_use_path_style" => Value::bool(true),
                name if KEPT.contains(&name) => value.clone(),
                _ => nothing(value),
            };
            (name.clone(), value)
        })
        .collect();
    Value::object(kept)
}

/// What a value of the same type is when nothing was written.
fn nothing(value: &Value) -> Value {
    match value.kind() {
        Kind::List(element, _) => Value::list(element.clone(), Vec::new()),
        Kind::Set(element, _) => Value::set(element.clone(), Vec::new()),
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::List(element) => Value::list(Type::clone(element), Vec::new()),
            Type::Set(element) => Value::set(Type::clone(element), Vec::new()),
            other => Value::null(other.clone()),
        },
        _ => Value::null(value.ty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_leads_to_no_account_is_kept() {
        let endpoints = Value::list(Type::map(Type::String), vec![Value::map(Type::String, BTreeMap::new())]);
        let config = Value::object_from([
            ("region", Value::string("eu-west-1")),
            ("profile", Value::string("production")),
            ("allowed_account_ids", Value::set(Type::String, [Value::string("1")])),
            ("endpoints", endpoints),
            ("s3_use_path_style", Value::null(Type::Bool)),
        ]);
        let expected = Value::object_from([
            ("region", Value::string("eu-west-1")),
            ("profile", Value::null(Type::String)),
            ("allowed_account_ids", Value::set(Type::String, [])),
            ("endpoints", Value::list(Type::map(Type::String), vec![])),
            ("s3_use_path_style", Value::bool(true)),
        ]);
        assert_eq!(without_account(&config), expected);
    }
}

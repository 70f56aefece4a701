//! A plan in the making, for types that change what the facts alone would plan.

use infra_aws::Aws;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_schema::Generation;
use infra_values::{Path, PathStep, Value};

/// The plan of one object as made from facts, to be changed by [`AwsResource::plan`](crate::AwsResource::plan).
pub struct Draft<'d> {
    pub(crate) prior: Option<&'d Value>,
    pub(crate) config: &'d Value,
    pub(crate) planned: Value,
    pub(crate) requires_replace: Vec<Path>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) aws: Option<&'d Aws>,
    pub(crate) generation: Generation,
}

impl Draft<'_> {
    /// Whether a new object is planned.
    pub fn is_create(&self) -> bool {
        self.prior.is_none()
    }

    /// The attribute of the object as it is; `None` for a new object.
    pub fn prior(&self, name: &str) -> Option<&Value> {
        self.prior?.get(name)
    }

    /// The attribute as configured, if it is: not null. May be unknown.
    pub fn configured(&self, name: &str) -> Option<&Value> {
        self.config.get(name).filter(|value| !value.is_null())
    }

    /// The attribute as planned so far.
    pub fn planned(&self, name: &str) -> Option<&Value> {
        self.planned.get(name)
    }

    /// The whole object as planned so far.
    pub fn planned_object(&self) -> &Value {
        &self.planned
    }

    /// Whether an existing object's attribute is to change (being unknown counts). False for a new object.
    pub fn changes(&self, name: &str) -> bool {
        self.prior.is_some() && self.prior(name) != self.planned(name)
    }

    /// Plans another value; one of the attribute's type. Does nothing for attributes the schema lacks, so that
    /// generations may differ.
    pub fn set(&mut self, name: &str, value: Value) {
        if self.planned.get(name).is_some() {
            self.planned = self.planned.with_child(&PathStep::Attribute(name.into()), value);
        }
    }

    /// Plans that only the change itself will tell.
    pub fn set_unknown(&mut self, name: &str) {
        if let Some(ty) = self.planned.get(name).map(Value::ty) {
            self.set(name, Value::unknown(ty));
        }
    }

    /// Plans that the attribute stays as it is.
    pub fn keep(&mut self, name: &str) {
        if let Some(prior) = self.prior(name).cloned() {
            self.set(name, prior);
        }
    }

    /// Plans that the object is replaced because of this attribute.
    pub fn replace(&mut self, name: &str) {
        self.replace_at(Path::root().attribute(name));
    }

    /// Plans that the object is replaced because of a part.
    pub fn replace_at(&mut self, path: Path) {
        if self.prior.is_some() && !self.requires_replace.contains(&path) {
            self.requires_replace.push(path);
        }
    }

    /// Takes back that the object is replaced because of this attribute or a part of it.
    pub fn replace_not(&mut self, name: &str) {
        let attribute = Path::root().attribute(name);
        self.requires_replace.retain(|path| !path.starts_with(&attribute));
    }

    /// Adds an error or a warning.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The connection; `None` while the provider's configuration is not known. For region, account and tags: a plan
    /// makes no calls.
    pub fn aws(&self) -> Option<&Aws> {
        self.aws
    }

    /// Which generation of the AWS provider the configuration is written for.
    pub fn generation(&self) -> Generation {
        self.generation
    }
}

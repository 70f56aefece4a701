//! From an [`AwsResource`] to the engine's [`ManagedType`].

use std::sync::{Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use infra_aws::Aws;
use infra_aws::connect::is_region;
use infra_aws::tags::{TagChanges, Tags};
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::provider::{Call, Failure, Found, Lookup, ManagedType, Object, PlanRequest, PlanResponse};
use infra_engine::schema::plan::{PlanHooks, plan_with_hooks};
use infra_engine::schema::{Conventions, Schema};
use infra_schema::{Generation, TypeKind};
use infra_values::Value;
use infra_values::serde_value::to_value;
use serde_json::{Map, Value as Json};
use tokio::time::Instant;

use crate::form::{self, Form, with, without_unknown};
use crate::nulls::{Before, keep_forms};
use crate::provider::{AwsConfigured, configured_aws, read_schema};
use crate::resource::{AwsResource, Sighting};
use crate::timeouts::{self, Timeouts};
use crate::{Context, Draft, Error, import, private, tagging};

/// A resource type of one generation.
pub(crate) struct ResourceAdapter<R> {
    resource: R,
    generation: Generation,
    schema: OnceLock<Schema>,
}

impl<R: AwsResource> ResourceAdapter<R> {
    pub(crate) fn new(resource: R, generation: Generation) -> Self {
        Self { resource, generation, schema: OnceLock::new() }
    }

    fn attributes(value: &Value) -> Result<R::Attributes, Diagnostic> {
        form::attributes(R::TYPE, value)
    }

    /// Whether `region` is the argument that generation 6 gave to all regional types.
    fn has_region_argument(&self) -> bool {
        let region = self.schema().block.attributes.get("region");
        self.generation >= Generation::V6 && region.is_some_and(|region| region.optional)
    }

    /// The region of an object: its own, else the provider's.
    fn region(&self, aws: &Aws, object: &Value) -> String {
        let own = object.get("region").and_then(Value::as_str);
        match own.filter(|own| self.has_region_argument() && !own.is_empty()) {
            Some(own) => own.to_owned(),
            None => aws.region().to_owned(),
        }
    }

    /// The context of a call on an object whose planned or stored form is `base`.
    fn context<'c>(&'c self, call: &'c Call<'c>, base: Value, before: &[u8]) -> Result<Context<'c>, Diagnostic> {
        let aws = configured_aws(call.configured)?;
        let region = self.region(aws, &base);
        let timeouts = Timeouts::new(self.schema(), &base);
        let base = match self.has_region_argument() {
            true => with(&base, "region", Value::string(&region)),
            false => base,
        };
        Ok(Context {
            aws,
            region,
            generation: self.generation,
            tags: Tags::new(),
            form: Form {
                type_name: R::TYPE,
                kind: TypeKind::Resource,
                schema: self.schema(),
                private: private::after_change(self.schema(), &timeouts, before),
                base,
            },
            timeouts,
            started: Instant::now(),
            reporter: call.reporter,
            idempotency_token: call.idempotency_token,
            config: None,
            identified: Mutex::new(None),
        })
    }

    /// The result of a change in the forms of its plan, with the tags that were set.
    fn changed(&self, cx: &Context<'_>, attributes: &R::Attributes, planned: &Value) -> Result<Object, Diagnostic> {
        let mut object = cx.form.object(attributes)?;
        if tagging::has_tags(self.schema()) {
            object.value = tagging::applied(&object.value, planned.get("tags"), &cx.tags);
        }
        if self.schema().conventions == Conventions::Sdk {
            object.value = keep_forms(planned, &object.value, Before::Planned);
        }
        Ok(object)
    }

    /// `creating S3 bucket (logs)`
    fn attempt(&self, verb: &str, object: &Value) -> String {
        let schema = self.schema();
        let id = import::attributes_of(object, &["id"]);
        let named = id.or_else(|| import::naming_attributes(schema, object));
        let names: Vec<String> = named
            .into_iter()
            .flat_map(|named| named.into_iter().map(|(_, name)| name))
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        match names.as_slice() {
            [] => format!("{verb} {}", R::NOUN),
            names => format!("{verb} {} ({})", R::NOUN, names.join(", ")),
        }
    }

    fn failure(&self, cx: &Context<'_>, error: Error, attempt: &str) -> Failure {
        let identified = cx.identified.lock().unwrap_or_else(PoisonError::into_inner).take();
        Failure { diagnostics: error.into_diagnostics(attempt), partial: identified }
    }

    async fn try_update(&self, cx: &Context<'_>, prior: &Object, planned: &Value) -> Result<Object, Error> {
        let prior_attributes = Self::attributes(&prior.value)?;
        if tagging::has_tags(self.schema()) {
            let before = tagging::tags_of(prior.value.get("tags_all"));
            let changes = TagChanges::between(&before, &cx.tags, cx.aws.ignore_tags());
            if !changes.is_empty() {
                self.resource.change_tags(cx, &prior_attributes, &changes).await?;
            }
        }
        let attributes = if differs_beyond_bookkeeping(&prior.value, planned) {
            self.resource.update(cx, prior_attributes, Self::attributes(planned)?).await?
        } else {
            Self::attributes(&cx.form.base)?
        };
        Ok(self.changed(cx, &attributes, planned)?)
    }

    async fn try_read(&self, cx: &Context<'_>, known: R::Attributes) -> Result<Option<Value>, Error> {
        let Some(attributes) = self.resource.read(cx, known).await? else {
            return Ok(None);
        };
        self.observed(cx, &attributes).await.map(Some)
    }

    /// The value of an object just read, with its tags.
    async fn observed(&self, cx: &Context<'_>, attributes: &R::Attributes) -> Result<Value, Error> {
        let mut value = cx.form.value(attributes)?;
        if tagging::has_tags(self.schema()) {
            let tags = self.resource.list_tags(cx, attributes).await?;
            value = tagging::observed(cx.aws, &value, &tags);
        }
        if self.schema().conventions == Conventions::Sdk {
            value = keep_forms(&cx.form.base, &value, Before::Stored);
        }
        Ok(value)
    }

    /// The region that a plan works with stands in the configuration, so that a change of the provider's region
    /// replaces an object as one of its own does.
    fn config_with_region(&self, config: &Value, aws: Option<&Aws>) -> Value {
        let left_out = config.get("region").is_some_and(Value::is_null);
        match aws {
            Some(aws) if left_out && self.has_region_argument() => with(config, "region", Value::string(aws.region())),
            _ => config.clone(),
        }
    }
}

#[async_trait]
impl<R: AwsResource> ManagedType for ResourceAdapter<R> {
    fn name(&self) -> &str {
        R::TYPE
    }

    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| read_schema(R::TYPE, TypeKind::Resource, self.generation))
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diagnostics = timeouts::validate(config);
        diagnostics.extend(self.resource.validate(config));
        diagnostics
    }

    fn plan(&self, request: &PlanRequest<'_>) -> PlanResponse {
        let aws = request
            .configured
            .and_then(|configured| configured.as_any().downcast_ref::<AwsConfigured>())
            .map(|configured| &configured.aws);
        let prior = request.prior.filter(|prior| !prior.is_null());
        let config = self.config_with_region(request.config, aws);
        let resource = &self.resource;
        let hooks = PlanHooks {
            suppress: &|path, code, prior, config| resource.says_the_same(path, code, prior, config),
            normalize: &|path, code, config| resource.normalized(path, code, config),
            default: &|path, around| resource.default_for(path, around),
            same_element: &|path, prior, config| resource.is_same_element(path, prior, config),
            force_new: &|path, code, prior, planned| resource.replaces(path, code, prior, planned),
            unknown_on_change: &|name, prior, planned| resource.turns_unknown(name, prior, planned),
        };
        let request = PlanRequest { prior, config: &config, ..*request };
        let mut response = plan_with_hooks(self.schema(), &request, &hooks);
        if tagging::has_tags(self.schema()) {
            response.planned = tagging::plan(aws, prior, &response.planned);
        }
        let mut draft = Draft {
            prior,
            config: &config,
            planned: response.planned,
            requires_replace: response.requires_replace,
            diagnostics: response.diagnostics,
            aws,
            generation: self.generation,
        };
        self.resource.plan(&mut draft);
        let timeouts = Timeouts::new(self.schema(), &draft.planned);
        PlanResponse {
            private: private::after_change(self.schema(), &timeouts, request.private),
            planned: draft.planned,
            requires_replace: draft.requires_replace,
            diagnostics: draft.diagnostics,
        }
    }

    fn upgrade_state(&self, version: u64, attributes: Json) -> Result<Json, Diagnostic> {
        if version == self.schema().version {
            return Ok(attributes);
        }
        self.resource.upgrade_state(version, attributes).ok_or_else(|| {
            Diagnostic::error(
                "Stored object of an unknown version",
                format!(
                    "The state holds a {} in version {version} of its form; this program reads version {}. Apply the \
                     configuration once with the version of the AWS provider that wrote it, then upgrade step by \
                     step.",
                    R::NOUN,
                    self.schema().version
                ),
            )
        })
    }

    fn parse_import_id(&self, id: &str) -> Result<Value, Diagnostic> {
        let (id, region) = match id.rsplit_once('@') {
            Some((id, region)) if self.has_region_argument() && is_region(region) => (id, Some(region)),
            _ => (id, None),
        };
        let mut attributes = match self.resource.import(id) {
            None => import::from_template(R::TYPE, self.schema(), id)?,
            Some(Ok(attributes)) => attributes,
            Some(Err(problem)) => return Err(Diagnostic::error("Invalid import id", problem)),
        };
        if let Some(region) = region {
            attributes.insert("region".to_owned(), Json::String(region.to_owned()));
        }
        object_of(self.schema(), &attributes)
    }

    fn lookup(&self, planned: &Value) -> Lookup {
        let named = match self.resource.naming_attributes(planned) {
            Some(names) => import::attributes_of(planned, names),
            None => import::naming_attributes(self.schema(), planned),
        };
        let mut attributes = named.unwrap_or_default();
        if !attributes.is_empty()
            && self.has_region_argument()
            && let Some(region) = import::attributes_of(planned, &["region"])
        {
            attributes.extend(region);
        }
        Lookup { attributes, by_token: self.resource.remembers_token() }
    }

    async fn read(&self, call: &Call<'_>, current: &Object) -> Result<Option<Object>, Diagnostics> {
        let cx = self.context(call, current.value.clone(), &current.private)?;
        let known = Self::attributes(&current.value)?;
        match self.try_read(&cx, known).await {
            Ok(None) => Ok(None),
            Ok(Some(value)) => {
                let private = private::after_read(self.schema(), &cx.timeouts, &current.private);
                Ok(Some(Object { value, private }))
            }
            Err(error) => Err(error.into_diagnostics(&self.attempt("reading", &current.value))),
        }
    }

    async fn create(&self, call: &Call<'_>, planned: &Value, config: &Value) -> Result<Object, Failure> {
        let mut cx = self.context(call, planned.clone(), b"")?;
        cx.config = Some(config);
        if tagging::has_tags(self.schema()) {
            cx.tags = tagging::desired(cx.aws, planned);
            cx.form.base = with(&cx.form.base, "tags_all", tagging::to_value(&cx.tags));
        }
        let created = self.resource.create(&cx, Self::attributes(&cx.form.base)?).await;
        created
            .and_then(|created| Ok(self.changed(&cx, &created, planned)?))
            .map_err(|error| self.failure(&cx, error, &self.attempt("creating", planned)))
    }

    async fn update(
        &self,
        call: &Call<'_>,
        prior: &Object,
        planned: &Value,
        config: &Value,
    ) -> Result<Object, Failure> {
        let base = prior_where_unknown(&prior.value, planned);
        let mut cx = self.context(call, base, &prior.private)?;
        cx.config = Some(config);
        if tagging::has_tags(self.schema()) {
            cx.tags = tagging::desired(cx.aws, planned);
        }
        self.try_update(&cx, prior, planned)
            .await
            .map_err(|error| self.failure(&cx, error, &self.attempt("updating", &prior.value)))
    }

    async fn delete(&self, call: &Call<'_>, prior: &Object) -> Result<(), Failure> {
        let cx = self.context(call, prior.value.clone(), &prior.private)?;
        let failed = |error| Err(self.failure(&cx, error, &self.attempt("deleting", &prior.value)));
        match self.resource.delete(&cx, Self::attributes(&prior.value)?).await {
            Ok(()) => Ok(()),
            // Something on the way was not there: that may be the object or only a part of it.
            Err(error) if error.is_not_found() => {
                match self.resource.read(&cx, Self::attributes(&prior.value)?).await {
                    Ok(None) => Ok(()),
                    Ok(Some(_)) => failed(error),
                    Err(gone) if gone.is_not_found() => Ok(()),
                    Err(other) => failed(other),
                }
            }
            Err(error) => failed(error),
        }
    }

    async fn find(&self, call: &Call<'_>, lookup: &Lookup) -> Result<Found, Diagnostics> {
        if lookup.attributes.is_empty() && !lookup.by_token {
            let seen = format!("nothing that is known names the {}", R::NOUN);
            return Ok(Found::Ambiguous(seen));
        }
        let known = object_of(self.schema(), &lookup.attributes)?;
        let cx = self.context(call, known.clone(), b"")?;
        let sighting = self.resource.find(&cx, Self::attributes(&known)?).await;
        let found = match sighting {
            Ok(Sighting::Ours(attributes)) => self
                .observed(&cx, &attributes)
                .await
                .map(|value| Found::Adopted(Object { value, private: cx.form.private.clone() })),
            Ok(Sighting::NeverHappened) => Ok(Found::NeverHappened),
            Ok(Sighting::Ambiguous(seen)) => Ok(Found::Ambiguous(seen)),
            Err(error) => Err(error),
        };
        found.map_err(|error| error.into_diagnostics(&self.attempt("looking for", &known)))
    }
}

/// Whether a change needs [`AwsResource::update`]: tags have their own call, deadlines and regions none.
fn differs_beyond_bookkeeping(prior: &Value, planned: &Value) -> bool {
    const BOOKKEEPING: [&str; 3] = ["tags", "tags_all", "timeouts"];
    planned
        .as_entries()
        .into_iter()
        .flatten()
        .any(|(name, value)| !BOOKKEEPING.contains(&&**name) && prior.get(name) != Some(value))
}

/// The planned object with prior values where the plan does not know.
fn prior_where_unknown(prior: &Value, planned: &Value) -> Value {
    let Some(entries) = planned.as_entries() else { return planned.clone() };
    let filled = entries.iter().map(|(name, value)| {
        let before = prior.get(name).filter(|_| !value.is_known());
        (name.clone(), before.unwrap_or(value).clone())
    });
    without_unknown(&Value::object(filled.collect()))
}

/// An object of the schema's type that holds only these attributes.
fn object_of(schema: &Schema, attributes: &Map<String, Json>) -> Result<Value, Diagnostic> {
    to_value(attributes, schema.implied_type())
        .map_err(|error| Diagnostic::error("Attributes do not name an object", format!("{error}. Check the id.")))
}

#[cfg(test)]
mod tests;

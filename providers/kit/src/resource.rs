//! What a managed resource type says about itself.

use async_trait::async_trait;
use infra_aws::tags::{TagChanges, Tags};
use infra_engine::diagnostics::Diagnostics;
use infra_engine::schema::plan::differs_beyond_tags;
use infra_values::{Path, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::{Context, Draft, Error};

/// A managed resource type, in one file: what is peculiar to it.
///
/// # Attributes
///
/// [`AwsResource::Attributes`] is a plain struct of the attributes the type touches, named as in the schema:
///
/// ```text
/// #[derive(Default, Serialize, Deserialize)]
/// #[serde(default)]
/// pub struct Attributes {
///     bucket: Option<String>,
///     force_destroy: bool,
///     versioning: Vec<Versioning>,   // a list or set of blocks
/// }
/// ```
///
/// - Null and not yet known arrive as absent: `Option` or `#[serde(default)]`, also in nested structs.
/// - `None` is stored as null, `String::new()` as `""`. Which of the two AWS's own provider stores is to be looked up
///   per attribute. Between null and an empty collection the adapter decides as the older SDK does.
/// - An attribute that is not in the struct keeps its planned or prior value. The struct is whole per attribute: what
///   it leaves out inside a block is null.
/// - An attribute that only one generation has may be in the struct for both; it is left out where there is none.
///
/// `tags`, `tags_all`, `region` (where it is the argument of generation 6) and `timeouts` never are in the struct.
///
/// # Order of calls
///
/// An update of tags goes to [`AwsResource::change_tags`]; [`AwsResource::update`] is called when anything else differs
/// as well, after it. Creating uses [`Context::tags`] itself, where the service takes tags on creation, and otherwise
/// calls `change_tags` with [`Context::new_tags`].
#[async_trait]
pub trait AwsResource: Send + Sync + 'static {
    /// `aws_s3_bucket`
    const TYPE: &'static str;
    /// For messages: `S3 bucket`.
    const NOUN: &'static str;
    /// The attributes it touches.
    type Attributes: Serialize + DeserializeOwned + Send + Sync;

    /// Checks a configuration beyond what its facts say; it may hold unknown values.
    fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Changes a plan made from facts: what the configuration alone does not tell.
    fn plan(&self, draft: &mut Draft<'_>) {
        let _ = draft;
    }

    /// Whether a configured value says the same as the prior one. Asked for the `suppress` codes of the facts that
    /// need to know the type. `infra_engine::schema::plan::PlanHooks` says more about this one and the next five.
    fn says_the_same(&self, path: &Path, code: &str, prior: &Value, configured: &Value) -> bool {
        let _ = (path, code, prior, configured);
        false
    }

    /// How a configured value is rewritten before it is stored. Asked for the `normalize` codes that need to know the
    /// type; `None` leaves it.
    fn normalized(&self, path: &Path, code: &str, configured: &Value) -> Option<Value> {
        let _ = (path, code, configured);
        None
    }

    /// What stands for an attribute that is left out and has no static default; `around` is the configured block
    /// around it.
    fn default_for(&self, path: &Path, around: &Value) -> Option<Value> {
        let _ = (path, around);
        None
    }

    /// Whether a configured element of a set is a prior one although they differ.
    fn is_same_element(&self, path: &Path, prior: &Value, configured: &Value) -> bool {
        let _ = (path, prior, configured);
        false
    }

    /// Whether a change replaces the object. Asked for the `force_new_if` codes that need to know the type.
    fn replaces(&self, path: &Path, code: &str, prior: &Value, planned: &Value) -> bool {
        let _ = (path, code, prior, planned);
        false
    }

    /// Whether an attribute that may turn unknown on change does.
    fn turns_unknown(&self, name: &str, prior: &Value, planned: &Value) -> bool {
        let _ = name;
        differs_beyond_tags(prior, planned)
    }

    /// Brings stored attributes of an older schema version to the current one; `None`: that version is not known,
    /// which is an error.
    fn upgrade_state(&self, version: u64, attributes: Json) -> Option<Json> {
        let _ = (version, attributes);
        None
    }

    /// The attributes that an import id gives. `None`: as the facts' template says; `Some(Err)`: what is wrong with
    /// the id, as a sentence that ends with the expected form.
    fn import(&self, id: &str) -> Option<Result<serde_json::Map<String, Json>, String>> {
        let _ = id;
        None
    }

    /// Attributes chosen by the user that name the object; by default those of the facts' import template, if all of
    /// them are known before creation.
    fn naming_attributes(&self, planned: &Value) -> Option<&'static [&'static str]> {
        let _ = planned;
        None
    }

    /// Whether the service remembers [`Context::idempotency_token`], so that creating again with it finds the object.
    fn remembers_token(&self) -> bool {
        false
    }

    /// Makes the object. Calls [`Context::identity`] as soon as AWS has answered, before any waiting.
    async fn create(&self, cx: &Context<'_>, planned: Self::Attributes) -> Result<Self::Attributes, Error>;

    /// The object as it is; `None` when it is gone. `known` is what was stored, or what an import id gave. What AWS
    /// does not tell is kept: `Attributes { …, ..known }`.
    async fn read(&self, cx: &Context<'_>, known: Self::Attributes) -> Result<Option<Self::Attributes>, Error>;

    /// Changes the object in place. What the plan does not know is absent from `planned`; `prior` still has it.
    async fn update(
        &self,
        cx: &Context<'_>,
        prior: Self::Attributes,
        planned: Self::Attributes,
    ) -> Result<Self::Attributes, Error> {
        let _ = (cx, prior, planned);
        Err(Error::told(format!(
            "Objects of type {} cannot be changed in place, and the plan said so. Replace it: \
             `-replace=ADDRESS`.",
            Self::TYPE
        )))
    }

    /// Removes the object. An error that means "not found" counts as success.
    async fn delete(&self, cx: &Context<'_>, prior: Self::Attributes) -> Result<(), Error>;

    /// The object's tags, all of them. Only asked of types with `tags_all`.
    async fn list_tags(&self, cx: &Context<'_>, known: &Self::Attributes) -> Result<Tags, Error> {
        let _ = (cx, known);
        Ok(Tags::new())
    }

    /// Changes the object's tags. Only asked of types with `tags_all`.
    async fn change_tags(&self, cx: &Context<'_>, known: &Self::Attributes, changes: &TagChanges) -> Result<(), Error> {
        let _ = (cx, known, changes);
        Ok(())
    }

    /// Looks for an object whose creation may or may not have happened; `known` holds its naming attributes. By default
    /// whatever [`AwsResource::read`] finds by name is the object: a type whose names others use too says otherwise.
    async fn find(&self, cx: &Context<'_>, known: Self::Attributes) -> Result<Sighting<Self::Attributes>, Error> {
        Ok(match self.read(cx, known).await? {
            Some(found) => Sighting::Ours(found),
            None => Sighting::NeverHappened,
        })
    }
}

/// What became of a creation whose answer was lost.
#[derive(Debug)]
pub enum Sighting<A> {
    /// It happened.
    Ours(A),
    /// It did not.
    NeverHappened,
    /// There is something, and nothing tells whether it is ours; the sentence says what was seen.
    Ambiguous(String),
}

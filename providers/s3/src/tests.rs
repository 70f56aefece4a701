//! All types of this crate against what the AWS provider wrote for the same configurations, and against an emulator.
//!
//! Recordings are in `tests/goldens`: `state` has what is stored after creation and after a refresh, `edits` what is
//! planned for a change. Here each configuration is planned, created, read, changed and deleted through the engine's
//! trait, and every attribute compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use infra_engine::diagnostics::Diagnostics;
use infra_engine::evaluate::{EvaluatedStep, Evaluator, NoFunctions, Scope};
use infra_engine::functions;
use infra_engine::provider::{
    Call, Configured, Found, ManagedType, Object, PlanRequest, PlanResponse, Provider, Silent,
};
use infra_engine::schema::decode::decode_body;
use infra_engine::syntax::{Block, Body, Name, SourceMap, parse_bytes};
use infra_provider_kit::aws::environment::Environment;
use infra_provider_kit::{AwsProvider, AwsResource, Generation, listing};
use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::goldens;
use infra_values::json::{from_json_lenient, to_json};
use infra_values::serde_value::{from_value, to_value};
use infra_values::{Str, Value};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::types;

mod faults;

const GOLDENS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/goldens");
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const DEFAULT_PROVIDER: &str = "provider \"aws\" {\n s3_use_path_style = true\n skip_metadata_api_check = true\n}\n";

#[derive(Deserialize)]
struct Golden {
    config: String,
    emulator: String,
    attributes: Json,
    attributes_after_refresh: Option<Json>,
    private_base64: Option<String>,
    #[serde(default)]
    second_plan_actions: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Edit {
    name: String,
    emulator: String,
    before: String,
    after: String,
    actions: Vec<String>,
    #[serde(default)]
    second_plan_actions: Option<Vec<String>>,
}

fn goldens_of(type_name: &str) -> BTreeMap<String, Golden> {
    let directory = fs::read_dir(format!("{GOLDENS}/state/{type_name}")).unwrap();
    let golden = |entry: Result<fs::DirEntry, _>| {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap())
    };
    directory.map(golden).collect()
}

/// A configuration, and what the names in it stand for.
struct Configuration {
    body: Body,
    names: BTreeMap<Str, Value>,
}

impl Configuration {
    fn new(text: &str) -> Self {
        let text =
            if text.contains("provider \"aws\"") { text.to_owned() } else { format!("{DEFAULT_PROVIDER}{text}") };
        let (_, body, diagnostics) = parse_bytes(&SourceMap::new(), "test.tf", text.as_bytes());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        Self { body, names: BTreeMap::new() }
    }

    fn blocks(&self, labels: &[&str]) -> Vec<&Block> {
        let fits = |block: &&Block| {
            let words = std::iter::once(&block.kind.text).chain(block.labels.iter().map(|label| &label.text));
            words.zip(labels).all(|(word, label)| **word == **label)
        };
        self.body.blocks.iter().filter(fits).collect()
    }

    fn decode(&self, block: &Block, schema: &infra_engine::schema::Schema) -> Value {
        let mut names = Names(&self.names);
        let reserved = ["alias", "depends_on", "lifecycle", "provider"];
        let (value, diagnostics) = decode_body(&block.body, &schema.block, &mut Evaluator::new(&mut names), &reserved);
        assert!(!diagnostics.has_errors(), "{diagnostics:?}");
        value
    }
}

struct Names<'n>(&'n BTreeMap<Str, Value>);

impl Scope for Names<'_> {
    fn resolve(&mut self, root: &Name, _: &[EvaluatedStep<'_>]) -> Result<(Value, usize), Diagnostics> {
        Ok((self.0[&root.text].clone(), 0))
    }

    fn function_context(&self) -> &dyn functions::Context {
        &NoFunctions
    }
}

/// The provider on an emulator.
struct World {
    provider: AwsProvider,
    scenery: BTreeSet<String>,
}

impl World {
    fn on(emulator: &str) -> Self {
        let kind = if emulator == Kind::Moto.name() { Kind::Moto } else { Kind::Ministack };
        Self::at(Emulator::shared(kind).unwrap().endpoint(), Generation::V5)
    }

    fn at(endpoint: &str, generation: Generation) -> Self {
        let environment = Environment::from_iter([
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
        ]);
        Self { provider: AwsProvider::new(generation, vec![types()], environment), scenery: BTreeSet::new() }
    }

    fn managed(&self, type_name: &str) -> &dyn ManagedType {
        self.provider.managed_type(type_name).found().unwrap()
    }

    async fn configure(&self, configuration: &Configuration) -> Arc<dyn Configured> {
        let block = configuration.blocks(&["provider", "aws"])[0];
        self.provider.configure(&configuration.decode(block, self.provider.config_schema())).await.unwrap()
    }

    /// Reads a configuration, creates the buckets that its subject needs, and gives the subject's type, configured
    /// value and provider.
    async fn enter(&mut self, text: &str, type_name: &str, key_arn: &str) -> (Value, Arc<dyn Configured>) {
        let mut configuration = Configuration::new(text);
        let configured = self.configure(&configuration).await;
        let mut buckets = BTreeMap::new();
        let mut made = BTreeSet::new();
        let bucket_type = self.managed("aws_s3_bucket");
        for block in configuration.blocks(&["resource", "aws_s3_bucket"]) {
            if *block.labels[1].text != *"this" {
                let config = configuration.decode(block, bucket_type.schema());
                let name = config.get("bucket").unwrap().as_str().unwrap().to_owned();
                if !self.scenery.contains(&name) {
                    create(bucket_type, &*configured, &config).await;
                }
                let label = block.labels[1].text.clone();
                let arn = Value::string(format!("arn:aws:s3:::{name}"));
                buckets.insert(label, Value::object_from([("id", Value::string(&name)), ("arn", arn)]));
                made.insert(name);
            }
        }
        self.scenery.extend(made);
        let key = Value::object_from([("scenery", Value::object_from([("arn", Value::string(key_arn))]))]);
        configuration.names =
            BTreeMap::from([("aws_s3_bucket".into(), Value::object(buckets)), ("aws_kms_key".into(), key)]);
        let block = configuration.blocks(&["resource", type_name, "this"])[0];
        (configuration.decode(block, self.managed(type_name).schema()), configured)
    }
}

fn call(configured: &dyn Configured) -> Call<'_> {
    Call { configured, reporter: &Silent, idempotency_token: TOKEN }
}

fn plan(
    managed: &dyn ManagedType,
    configured: &dyn Configured,
    prior: Option<&Object>,
    config: &Value,
) -> PlanResponse {
    let response = managed.plan(&PlanRequest {
        prior: prior.map(|prior| &prior.value),
        config,
        proposed: config,
        configured: Some(configured),
        private: prior.map_or(b"", |prior| &prior.private),
    });
    assert!(!response.diagnostics.has_errors(), "{:?}", response.diagnostics);
    response
}

async fn create(managed: &dyn ManagedType, configured: &dyn Configured, config: &Value) -> Object {
    let response = plan(managed, configured, None, config);
    let created = managed.create(&call(configured), &response.planned, config).await;
    created.unwrap_or_else(|failure| panic!("{:?}", failure.diagnostics))
}

async fn read(managed: &dyn ManagedType, configured: &dyn Configured, current: &Object) -> Option<Object> {
    managed.read(&call(configured), current).await.unwrap()
}

fn json(managed: &dyn ManagedType, object: &Object) -> Json {
    to_json(&object.value, managed.schema().implied_type())
}

fn key_arn(attributes: &Json) -> String {
    let text = attributes.to_string();
    text.split('"').find(|text| text.starts_with("arn:aws:kms:")).unwrap_or("arn:aws:kms:us-east-1:1:key/x").to_owned()
}

/// What depends on a name that is made up.
const MADE_UP: &[&str] = &["arn", "bucket", "bucket_domain_name", "bucket_regional_domain_name", "id"];

/// Creates each recorded configuration and compares what is stored, after creation and after a refresh; then deletes it.
async fn check_states(type_name: &str, skipped: &[&str]) {
    let goldens = goldens_of(type_name);
    assert!(skipped.iter().all(|name| goldens.contains_key(*name)));
    let mut worlds = BTreeMap::new();
    for (name, golden) in goldens.iter().filter(|(name, _)| !skipped.contains(&name.as_str())) {
        let world = worlds.entry(&golden.emulator).or_insert_with(|| World::on(&golden.emulator));
        check_state(world, type_name, name, golden).await;
    }
}

async fn check_state(world: &mut World, type_name: &str, name: &str, golden: &Golden) {
    let what = format!("{type_name} {name}");
    let (config, configured) = world.enter(&golden.config, type_name, &key_arn(&golden.attributes)).await;
    let (managed, configured) = (world.managed(type_name), &*configured);
    let ignored = if ["no_name", "prefix"].contains(&name) { MADE_UP } else { &[] };

    let created = create(managed, configured, &config).await;
    goldens::assert_same(&what, &golden.attributes, &json(managed, &created), ignored);
    let private = golden.private_base64.as_ref().map(|text| BASE64.decode(text).unwrap()).unwrap_or_default();
    assert_eq!(String::from_utf8_lossy(&created.private), String::from_utf8_lossy(&private), "{what}: private");

    let refreshed = read(managed, configured, &created).await.unwrap();
    let recorded = golden.attributes_after_refresh.as_ref().unwrap_or(&golden.attributes);
    goldens::assert_same(&format!("{what}, refreshed"), recorded, &json(managed, &refreshed), ignored);
    if golden.second_plan_actions.is_none() {
        let again = plan(managed, configured, Some(&refreshed), &config);
        assert_eq!(to_json(&again.planned, managed.schema().implied_type()), json(managed, &refreshed), "{what}");
    }
    check_found(managed, configured, &created, &what).await;

    managed.delete(&call(configured), &refreshed).await.unwrap();
    managed.delete(&call(configured), &refreshed).await.unwrap();
    let leaves_something =
        ["aws_s3_bucket_versioning", "aws_s3_bucket_server_side_encryption_configuration"].contains(&type_name);
    assert!(leaves_something || read(managed, configured, &refreshed).await.is_none(), "{what} is still there");
}

/// The object is found again by what names it, and by an import id.
async fn check_found(managed: &dyn ManagedType, configured: &dyn Configured, created: &Object, what: &str) {
    let found = managed.find(&call(configured), &managed.lookup(&created.value)).await.unwrap();
    let is_default = json(managed, created).pointer("/versioning_configuration/0/status") == Some(&"Disabled".into());
    assert_eq!(matches!(found, Found::Adopted(_)), !is_default, "{what}: {found:?}");

    let id = created.value.get("id").and_then(Value::as_str).unwrap();
    let imported = Object::new(managed.parse_import_id(id).unwrap());
    let imported = read(managed, configured, &imported).await.unwrap_or_else(|| panic!("{what}: import"));
    for name in ["bucket", "expected_bucket_owner", "id"] {
        assert_eq!(imported.value.get(name), created.value.get(name), "{what}: {name} after import");
    }
}

/// Makes each recorded change on an object, and checks the action and that nothing is left to do.
async fn check_edits(type_name: &str, skipped: &[&str]) {
    let text = fs::read_to_string(format!("{GOLDENS}/edits/{type_name}.json")).unwrap();
    let edits: Vec<Edit> = serde_json::from_str(&text).unwrap();
    let mut worlds = BTreeMap::new();
    assert!(skipped.iter().all(|name| edits.iter().any(|edit| edit.name == *name)));
    for edit in edits.iter().filter(|edit| !skipped.contains(&edit.name.as_str())) {
        let world = worlds.entry(&edit.emulator).or_insert_with(|| World::on(&edit.emulator));
        let what = format!("{type_name} {}", edit.name);
        let key = "arn:aws:kms:us-east-1:123456789012:key/x";
        let (config, configured) = world.enter(&edit.before, type_name, key).await;
        let created = create(world.managed(type_name), &*configured, &config).await;

        let (config, configured) = world.enter(&edit.after, type_name, key).await;
        let (managed, configured) = (world.managed(type_name), &*configured);
        let prior = read(managed, configured, &created).await.unwrap();
        let response = plan(managed, configured, Some(&prior), &config);
        let (changed, action) = if !response.requires_replace.is_empty() {
            managed.delete(&call(configured), &prior).await.unwrap();
            (create(managed, configured, &config).await, "delete create")
        } else if response.planned == prior.value {
            (prior, "no-op")
        } else {
            (managed.update(&call(configured), &prior, &response.planned, &config).await.unwrap(), "update")
        };
        assert_eq!(action, edit.actions.join(" "), "{what}");
        let changed = read(managed, configured, &changed).await.unwrap_or_else(|| panic!("{what} is gone"));
        if edit.second_plan_actions.is_none() {
            let again = plan(managed, configured, Some(&changed), &config);
            assert_eq!(to_json(&again.planned, managed.schema().implied_type()), json(managed, &changed), "{what}");
        }
        managed.delete(&call(configured), &changed).await.unwrap();
    }
}

/// A struct holds everything that is recorded of the attributes it has.
fn check_struct<R: AwsResource>() {
    let provider = AwsProvider::new(Generation::V5, vec![types()], Environment::empty());
    let schema = provider.managed_type(R::TYPE).found().unwrap().schema();
    for (name, golden) in goldens_of(R::TYPE) {
        let recorded = from_json_lenient(&golden.attributes, schema.implied_type()).unwrap();
        let attributes: R::Attributes = from_value(&recorded).unwrap();
        let Json::Object(written) = serde_json::to_value(&attributes).unwrap() else { panic!("a struct") };
        for (attribute, json) in written {
            let Some(ty) = schema.implied_type().attribute(&attribute) else { continue };
            let back = to_value(&json, ty).unwrap();
            // A zero that stands for null comes back as zero; the adapter keeps the null.
            let is_kept = Some(&back) == recorded.get(&attribute) || has_null(recorded.get(&attribute).unwrap());
            assert!(is_kept, "{} {name} {attribute}: {back:?}", R::TYPE);
        }
    }
}

fn has_null(value: &Value) -> bool {
    let mut found = false;
    value.transform(&mut |_, part| {
        found |= part.is_null();
        part
    });
    found
}

#[test]
fn the_list_is_complete() {
    assert_eq!(listing::check(&types(), concat!(env!("CARGO_MANIFEST_DIR"), "/src")), Vec::<String>::new());
}

#[test]
fn structs_hold_what_is_recorded() {
    check_struct::<crate::bucket::Bucket>();
    check_struct::<crate::bucket_lifecycle_configuration::BucketLifecycleConfiguration>();
    check_struct::<crate::bucket_policy::BucketPolicy>();
    check_struct::<crate::bucket_public_access_block::BucketPublicAccessBlock>();
    check_struct::<crate::bucket_server_side_encryption_configuration::BucketServerSideEncryptionConfiguration>();
    check_struct::<crate::bucket_versioning::BucketVersioning>();
}

#[tokio::test]
async fn buckets() {
    check_states("aws_s3_bucket", &[]).await;
}

#[tokio::test]
async fn edits_of_buckets() {
    check_edits("aws_s3_bucket", &[]).await;
}

/// Blocks that types of their own have replaced.
#[tokio::test]
async fn buckets_with_everything_in_them() {
    for (name, text) in [
        ("inline_blocks", include_str!("tests/inline_blocks.json")),
        ("inline_blocks_of_first_version", include_str!("tests/inline_blocks_of_first_version.json")),
    ] {
        let golden: Golden = serde_json::from_str(text).unwrap();
        check_state(&mut World::on(&golden.emulator), "aws_s3_bucket", name, &golden).await;
    }
}

#[tokio::test]
async fn lifecycle_configurations() {
    check_states("aws_s3_bucket_lifecycle_configuration", &[]).await;
}

#[tokio::test]
async fn edits_of_lifecycle_configurations() {
    // The emulator does not keep the size, so that it is waited for in vain.
    check_edits("aws_s3_bucket_lifecycle_configuration", &["minimum_size_varies"]).await;
}

#[tokio::test]
async fn policies() {
    // The document comes from a data source of another crate.
    check_states("aws_s3_bucket_policy", &["from_document"]).await;
    check_edits("aws_s3_bucket_policy", &[]).await;
}

#[tokio::test]
async fn public_access_blocks() {
    check_states("aws_s3_bucket_public_access_block", &[]).await;
    check_edits("aws_s3_bucket_public_access_block", &[]).await;
}

#[tokio::test]
async fn server_side_encryption_configurations() {
    check_states("aws_s3_bucket_server_side_encryption_configuration", &[]).await;
    check_edits("aws_s3_bucket_server_side_encryption_configuration", &[]).await;
}

#[tokio::test]
async fn versioning() {
    check_states("aws_s3_bucket_versioning", &[]).await;
    check_edits("aws_s3_bucket_versioning", &[]).await;
}

#[test]
fn prefixes_leave_room_for_what_is_made_up() {
    let provider = AwsProvider::new(Generation::V5, vec![types()], Environment::empty());
    let managed = provider.managed_type("aws_s3_bucket").found().unwrap();
    let errors = |len: usize| {
        let config = Value::object_from([("bucket_prefix", Value::string("x".repeat(len)))]);
        managed.validate(&config).iter().map(|error| error.detail.clone()).collect::<Vec<_>>()
    };
    assert_eq!(errors(37), Vec::<String>::new());
    assert!(errors(38)[0].contains("has 38 characters. Write at most 37"), "{:?}", errors(38));
}

#[derive(Deserialize)]
struct Imports {
    config: String,
    imported: BTreeMap<String, Imported>,
}

#[derive(Deserialize)]
struct Imported {
    name: String,
    attributes: Json,
    private_base64: Option<String>,
}

#[tokio::test]
async fn imported_objects() {
    let imports: Imports = serde_json::from_str(include_str!("tests/import.json")).unwrap();
    let world = World::on(Kind::Ministack.name());
    let configuration = Configuration::new(&imports.config);
    let configured = &*world.configure(&configuration).await;
    for (type_name, imported) in &imports.imported {
        let managed = world.managed(type_name);
        let block = configuration.blocks(&["resource", type_name, &imported.name])[0];
        create(managed, configured, &configuration.decode(block, managed.schema())).await;
    }
    for (type_name, recorded) in &imports.imported {
        let managed = world.managed(type_name);
        let id = Object::new(managed.parse_import_id("s3-bucket-import").unwrap());
        let imported = read(managed, configured, &id).await.unwrap();
        goldens::assert_same(type_name, &recorded.attributes, &json(managed, &imported), &[]);
        let private = recorded.private_base64.as_ref().map(|text| BASE64.decode(text).unwrap()).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&imported.private), String::from_utf8_lossy(&private), "{type_name}");
    }
}

#[tokio::test]
async fn objects_of_the_newer_generation() {
    let mut world = World::at(Emulator::shared(Kind::Ministack).unwrap().endpoint(), Generation::V6);
    for type_name in types().resource_names() {
        let golden = &goldens_of(type_name)["minimal"];
        let text = golden.config.replace("-minimal\"", "-minimal-v6\"");
        let (config, configured) = world.enter(&text, type_name, "").await;
        let (managed, configured) = (world.managed(type_name), &*configured);
        let created = create(managed, configured, &config).await;
        let refreshed = read(managed, configured, &created).await.unwrap();
        let again = plan(managed, configured, Some(&refreshed), &config);
        let ty = managed.schema().implied_type();
        assert_eq!(to_json(&again.planned, ty), json(managed, &refreshed), "{type_name}");
        assert_eq!(refreshed.value.get("region"), Some(&Value::string("us-east-1")), "{type_name}");
        if type_name == "aws_s3_bucket" {
            assert_eq!(refreshed.value.get("bucket_region"), Some(&Value::string("us-east-1")));
            assert_eq!(refreshed.value.get("bucket_namespace"), Some(&Value::string("global")));
        }
        managed.delete(&call(configured), &refreshed).await.unwrap();
    }
}

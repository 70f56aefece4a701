//! Tables on a server, through the engine's trait: what is written equals the recordings, and a second plan is empty.

use std::sync::Mutex;

use async_trait::async_trait;
use infra_engine::diagnostics::Diagnostic;
use infra_engine::provider::{Call, CallReporter, Configured, Found, Object};
use infra_provider_kit::Generation;
use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::goldens;
use infra_values::{PathStep, Value};
use serde_json::Value as Json;

use super::recorded::{World, edits, recorded_key, states, text};

/// Times and what holds them.
const VARYING: &[&str] = &["stream_arn", "stream_label"];

/// Remembers what was reported.
#[derive(Default)]
struct Listener(Mutex<Vec<Object>>);

#[async_trait]
impl CallReporter for Listener {
    async fn identity(&self, object: &Object) -> Result<(), Diagnostic> {
        self.0.lock().unwrap().push(object.clone());
        Ok(())
    }

    fn waiting_for(&self, _what: &str) {}
}

struct Session<'s> {
    world: &'s World,
    configured: &'s dyn Configured,
    listener: Listener,
}

impl Session<'_> {
    fn call(&self) -> Call<'_> {
        Call { configured: self.configured, reporter: &self.listener, idempotency_token: "0a1b" }
    }

    async fn create(&self, config: &Value) -> Object {
        let plan = self.world.plan(self.configured, None, config);
        self.world.managed().create(&self.call(), &plan.planned, config).await.unwrap()
    }

    async fn read(&self, object: &Object) -> Object {
        self.world.managed().read(&self.call(), object).await.unwrap().unwrap()
    }

    async fn update(&self, prior: &Object, config: &Value) -> Result<Object, infra_engine::provider::Failure> {
        let plan = self.world.plan(self.configured, Some(&prior.value), config);
        assert!(plan.requires_replace.is_empty());
        self.world.managed().update(&self.call(), prior, &plan.planned, config).await
    }

    #[track_caller]
    fn assert_settled(&self, what: &str, object: &Object, config: &Value) {
        let plan = self.world.plan(self.configured, Some(&object.value), config);
        let (before, after) = (self.world.attributes(&object.value), self.world.attributes(&plan.planned));
        goldens::assert_same(&format!("{what}, planned again,"), &before, &after, &[]);
        assert!(plan.planned.is_wholly_known(), "{what}");
    }

    /// Also where the table is protected.
    async fn delete(&self, object: Object, config: &Value) {
        let mut object = object;
        if object.value.get("deletion_protection_enabled").and_then(Value::as_bool) == Some(true) {
            let refused = self.world.managed().delete(&self.call(), &object).await.unwrap_err();
            let hints = &refused.diagnostics.0[0].hints;
            assert!(hints.iter().any(|hint| hint.contains("deletion_protection_enabled = false")), "{refused:?}");
            let off = PathStep::Attribute("deletion_protection_enabled".into());
            object = self.update(&object, &config.with_child(&off, Value::bool(false))).await.unwrap();
        }
        self.world.managed().delete(&self.call(), &object).await.unwrap();
        assert_eq!(self.world.managed().read(&self.call(), &object).await.unwrap(), None);
        // Once more is no failure.
        self.world.managed().delete(&self.call(), &object).await.unwrap();
    }
}

fn server() -> &'static Emulator {
    Emulator::shared(Kind::Ministack).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_are_written_as_recorded() {
    let world = World::new(Generation::V5, Some(server().endpoint()));
    for (name, state) in states() {
        let config_text = text(&state, "config");
        let configured = world.configured(config_text, true).await;
        let session = Session { world: &world, configured: &*configured, listener: Listener::default() };
        let config = world.config(config_text, &recorded_key(&state["attributes"]));
        let created = session.create(&config).await;
        let attributes = world.attributes(&created.value);
        goldens::assert_same(&name, &state["attributes"], &attributes, VARYING);
        let private: Json = serde_json::from_slice(&created.private).unwrap();
        assert_eq!(private, state["private"], "{name}");
        assert_reported_in_time(&session, &created);
        let read = session.read(&created).await;
        let expected = state.get("attributes_after_refresh").unwrap_or(&state["attributes"]);
        goldens::assert_same(&format!("{name}, read again,"), expected, &world.attributes(&read.value), VARYING);
        session.assert_settled(&name, &read, &config);
        assert_found(&session, &config, &created).await;
        session.delete(read, &config).await;
    }
}

/// The identity that was reported is enough to find the table again.
fn assert_reported_in_time(session: &Session<'_>, created: &Object) {
    let reported = session.listener.0.lock().unwrap();
    let identity = &reported.first().unwrap().value;
    for name in ["id", "name", "arn"] {
        assert_eq!(identity.get(name), created.value.get(name));
    }
}

/// Whoever lost the answer finds it by name, and so does an import.
async fn assert_found(session: &Session<'_>, config: &Value, created: &Object) {
    let managed = session.world.managed();
    let lookup = managed.lookup(config);
    assert_eq!(Json::Object(lookup.attributes.clone()), serde_json::json!({"name": lookup.attributes["name"]}));
    match managed.find(&session.call(), &lookup).await.unwrap() {
        Found::Adopted(found) => assert_eq!(found.value.get("arn"), created.value.get("arn")),
        other => panic!("{other:?}"),
    }
    let name = text(&Json::Object(lookup.attributes), "name").to_owned();
    let imported = session.read(&Object::new(managed.parse_import_id(&name).unwrap())).await;
    for attribute in ["attribute", "hash_key", "range_key", "global_secondary_index", "local_secondary_index", "arn"] {
        assert_eq!(imported.value.get(attribute), created.value.get(attribute), "{name}: {attribute}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_are_applied_and_settle() {
    for generation in [Generation::V5, Generation::V6] {
        let world = World::new(generation, Some(server().endpoint()));
        for edit in edits() {
            if edit["actions"] == serde_json::json!(["update"]) {
                assert_edit_settles(&world, &edit, &format!("edit-{generation:?}")).await;
            }
        }
    }
}

async fn assert_edit_settles(world: &World, edit: &Json, suffix: &str) {
    let name = text(edit, "name");
    let key = recorded_key(&edit["planned"]);
    let before = world.configured(text(edit, "before"), true).await;
    let session = Session { world, configured: &*before, listener: Listener::default() };
    let config = rename(&world.config(text(edit, "before"), &key), suffix);
    let prior = session.create(&config).await;
    let after = world.configured(text(edit, "after"), true).await;
    let session = Session { world, configured: &*after, listener: Listener::default() };
    let config = rename(&world.config(text(edit, "after"), &key), suffix);
    let prior = session.read(&prior).await;
    let updated = session.update(&prior, &config).await;
    let updated = updated.unwrap_or_else(|failure| panic!("{name}: {:?}", failure.diagnostics));
    let read = session.read(&updated).await;
    // Some the server cannot do; that was recorded too.
    if edit.get("second_plan_actions").is_none() {
        session.assert_settled(name, &read, &config);
    }
    session.delete(read, &config).await;
}

/// The newer generation has blocks that the older one lacks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newer_generation_settles() {
    let world = World::new(Generation::V6, Some(server().endpoint()));
    for (name, state) in states() {
        let config_text = text(&state, "config");
        let configured = world.configured(config_text, true).await;
        let session = Session { world: &world, configured: &*configured, listener: Listener::default() };
        let config = rename(&world.config(config_text, &recorded_key(&state["attributes"])), "newer");
        let created = session.create(&config).await;
        assert_eq!(created.value.get("region").and_then(Value::as_str), Some("us-east-1"), "{name}");
        let read = session.read(&created).await;
        session.assert_settled(&name, &read, &config);
        session.delete(read, &config).await;
    }
}

const HEAD: &str = r#"
resource "aws_dynamodb_table" "this" {
  name             = "NAME"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }
"#;

/// A configuration of the usual table with more in it.
fn config(world: &World, name: &str, more: &str) -> Value {
    let text = format!("{}{more}\n}}\n", HEAD.replace("NAME", name));
    world.config(&text, &Value::unknown(infra_values::Type::String))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_come_change_and_go() {
    for generation in [Generation::V5, Generation::V6] {
        let world = World::new(generation, Some(server().endpoint()));
        let configured = world.configured("", true).await;
        let session = Session { world: &world, configured: &*configured, listener: Listener::default() };
        let tags = "tags = {\n  Team = \"one\"\n}\n";
        let replica =
            |region: &str, more: &str| format!("replica {{\n  region_name = \"{region}\"\n{more}\n}}\n{tags}");
        let versions = [
            replica("us-west-2", "propagate_tags = true"),
            replica("us-west-2", "propagate_tags = true\npoint_in_time_recovery = true"),
            replica("eu-west-1", "propagate_tags = true").replace("one", "two"),
            tags.to_owned(),
        ];
        let mut object: Option<Object> = None;
        for version in &versions {
            let config = config(&world, &format!("replicated-{generation:?}"), version);
            let changed = match &object {
                None => session.create(&config).await,
                Some(prior) => session.update(prior, &config).await.unwrap(),
            };
            let read = session.read(&changed).await;
            session.assert_settled(version, &read, &config);
            let replicas = read.value.get("replica").and_then(Value::as_items).unwrap();
            assert_eq!(replicas.len(), usize::from(version.contains("replica")), "{version}");
            for replica in replicas {
                let region = replica.get("region_name").and_then(Value::as_str).unwrap();
                let arn = replica.get("arn").and_then(Value::as_str).unwrap();
                assert!(arn.contains(region), "{arn}");
            }
            object = Some(read);
        }
        let last = config(&world, &format!("replicated-{generation:?}"), tags);
        session.delete(object.unwrap(), &last).await;
    }
}

/// A restored table has what the request could carry, and the rest is added afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restored_tables_get_the_rest() {
    let world = World::new(Generation::V5, Some(server().endpoint()));
    let configured = world.configured("", true).await;
    let session = Session { world: &world, configured: &*configured, listener: Listener::default() };
    let source_config = config(&world, "restore-source", "point_in_time_recovery {\n  enabled = true\n}\n");
    let source = session.create(&source_config).await;
    let target_config = config(
        &world,
        "restore-target",
        "restore_source_name = \"restore-source\"\nrestore_to_latest_time = true\ntable_class = \
         \"STANDARD_INFREQUENT_ACCESS\"\nttl {\n  enabled = true\n  attribute_name = \"expires\"\n}\ntags = {\n  A = \
         \"b\"\n}\n",
    );
    let target = session.create(&target_config).await;
    let read = session.read(&target).await;
    session.assert_settled("restored", &read, &target_config);
    let attributes = world.attributes(&read.value);
    assert_eq!(attributes["tags"], serde_json::json!({"A": "b"}));
    assert_eq!(attributes["stream_view_type"], "NEW_AND_OLD_IMAGES");
    assert_eq!(attributes["table_class"], "STANDARD_INFREQUENT_ACCESS");
    session.delete(read, &target_config).await;
    session.delete(source, &source_config).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_is_taken() {
    let world = World::new(Generation::V5, Some(server().endpoint()));
    let configured = world.configured("", true).await;
    let session = Session { world: &world, configured: &*configured, listener: Listener::default() };
    let config = config(&world, "taken", "");
    let table = session.create(&config).await;
    let plan = world.plan(&*configured, None, &config);
    let refused = world.managed().create(&session.call(), &plan.planned, &config).await.unwrap_err();
    assert!(refused.partial.is_none(), "nothing of ours");
    let diagnostic = &refused.diagnostics.0[0];
    assert_eq!(diagnostic.summary, "creating DynamoDB table (taken)");
    assert!(diagnostic.hints[0].contains("another name"), "{diagnostic:?}");
    session.delete(table, &config).await;
}

fn rename(config: &Value, suffix: &str) -> Value {
    let name = format!("{}-{suffix}", config.get("name").and_then(Value::as_str).unwrap());
    config.with_child(&PathStep::Attribute("name".into()), Value::string(name))
}

use std::sync::Arc;
use std::time::Duration;

use infra_aws::errors::AwsError;
use infra_engine::provider::{CallReporter, Silent};
use infra_values::PathStep;
use infra_values::json::to_json;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;
use crate::timeouts::Operation;

/// A table that is kept in memory, with the name and the schema of a real type.
#[derive(Clone, Default)]
struct Table {
    log: Arc<Mutex<Vec<String>>>,
    /// Fails so after the object exists, or when it is deleted.
    fails_with: Option<&'static str>,
    gone: bool,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Attributes {
    arn: Option<String>,
    hash_key: Option<String>,
    id: Option<String>,
    name: String,
    range_key: Option<String>,
    stream_enabled: bool,
}

impl Table {
    fn note(&self, text: impl Into<String>) {
        self.log.lock().unwrap().push(text.into());
    }

    fn notes(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().unwrap())
    }

    fn failure(&self) -> Result<(), Error> {
        match self.fails_with {
            Some(code) => Err(AwsError::new("dynamodb", "Whatever", Some(code), "no").into()),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl AwsResource for Table {
    const TYPE: &'static str = "aws_dynamodb_table";
    const NOUN: &'static str = "DynamoDB table";
    type Attributes = Attributes;

    async fn create(&self, cx: &Context<'_>, planned: Attributes) -> Result<Attributes, Error> {
        let minutes = cx.timeouts.of(Operation::Create).as_secs() / 60;
        self.note(format!("create in {} within {minutes} min with {:?}", cx.region(), cx.tags()));
        let id = Some(planned.name.clone());
        let created = Attributes { id, arn: Some(cx.arn("dynamodb", "table/t")), ..planned };
        cx.identity(&created).await?;
        self.failure()?;
        Ok(created)
    }

    async fn read(&self, cx: &Context<'_>, known: Attributes) -> Result<Option<Attributes>, Error> {
        self.note(format!("read in {}", cx.region()));
        let id = Some(known.name.clone());
        Ok((!self.gone).then_some(Attributes { id, range_key: None, ..known }))
    }

    async fn update(&self, _: &Context<'_>, _: Attributes, planned: Attributes) -> Result<Attributes, Error> {
        self.note("update");
        self.failure()?;
        Ok(planned)
    }

    async fn delete(&self, _: &Context<'_>, prior: Attributes) -> Result<(), Error> {
        self.note(format!("delete {}", prior.name));
        self.failure()
    }

    async fn list_tags(&self, _: &Context<'_>, _: &Attributes) -> Result<Tags, Error> {
        Ok([("Team", "one"), ("aws:x", "y")].map(|(key, value)| (key.into(), value.into())).into())
    }

    async fn change_tags(&self, _: &Context<'_>, _: &Attributes, changes: &TagChanges) -> Result<(), Error> {
        self.note(format!("set {:?} remove {:?}", changes.set, changes.remove));
        Ok(())
    }
}

/// Everything a call needs, with a region and default tags.
struct Rig {
    table: Table,
    adapter: ResourceAdapter<Table>,
    configured: AwsConfigured,
}

impl Rig {
    async fn new(table: Table, generation: Generation) -> Self {
        let defaults = [("Stage".to_owned(), "dev".to_owned())].into();
        let aws = crate::testing::connected(&defaults, "eu-central-1").await;
        let adapter = ResourceAdapter::new(table.clone(), generation);
        Self { table, adapter, configured: AwsConfigured { aws } }
    }

    fn call(&self) -> Call<'_> {
        Call { configured: &self.configured, reporter: &Silent, idempotency_token: "token" }
    }

    /// A value of the type with these attributes; the others null, blocks empty.
    fn value(&self, attributes: Json) -> Value {
        let Json::Object(attributes) = attributes else { panic!("attributes are an object") };
        let object = object_of(self.adapter.schema(), &attributes).unwrap();
        Form {
            type_name: Table::TYPE,
            kind: TypeKind::Resource,
            schema: self.adapter.schema(),
            base: object,
            private: Vec::new(),
        }
        .value(&json!({}))
        .unwrap()
    }

    fn plan(&self, prior: Option<&Value>, config: &Value) -> PlanResponse {
        self.adapter.plan(&PlanRequest {
            prior,
            config,
            proposed: config,
            configured: Some(&self.configured),
            private: b"",
        })
    }

    fn show(&self, value: &Value, names: &[&str]) -> Json {
        let ty = self.adapter.schema().implied_type();
        let part = |name: &&str| {
            let part = value.get(name).unwrap();
            let json = if part.is_known() { to_json(part, ty.attribute(name).unwrap()) } else { json!("?") };
            ((*name).to_owned(), json)
        };
        Json::Object(names.iter().map(part).collect())
    }
}

const TIMEOUTS: &str = "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0";

#[tokio::test]
async fn a_new_object_has_what_was_planned_and_what_was_answered() {
    let rig = Rig::new(Table::default(), Generation::V6).await;
    let config = rig.value(json!({
        "name": "t", "hash_key": "id", "tags": {"Team": "one"},
        "timeouts": {"create": "90m", "update": null, "delete": null},
    }));
    let plan = rig.plan(None, &config);
    assert!(plan.diagnostics.is_empty());
    assert_eq!(
        rig.show(&plan.planned, &["arn", "id", "region", "tags", "tags_all"]),
        json!({
            "arn": "?", "id": "?", "region": "eu-central-1", "tags": {"Team": "one"},
            "tags_all": {"Stage": "dev", "Team": "one"},
        })
    );
    let created = rig.adapter.create(&rig.call(), &plan.planned, &config).await.unwrap();
    assert_eq!(rig.table.notes(), [r#"create in eu-central-1 within 90 min with {"Stage": "dev", "Team": "one"}"#]);
    assert_eq!(
        rig.show(&created.value, &["arn", "id", "name", "region", "tags_all", "billing_mode", "stream_arn", "replica"]),
        json!({
            "arn": "arn:aws:dynamodb:eu-central-1::table/t", "id": "t", "name": "t", "region": "eu-central-1",
            "tags_all": {"Stage": "dev", "Team": "one"}, "billing_mode": "PROVISIONED", "stream_arn": null,
            "replica": [],
        })
    );
    assert!(created.value.is_wholly_known());
    let private: Json = serde_json::from_slice(&created.private).unwrap();
    let nanoseconds = |time: Duration| json!(u64::try_from(time.as_nanos()).unwrap());
    assert_eq!(private[TIMEOUTS]["create"], nanoseconds(Duration::from_secs(90 * 60)));
    assert_eq!(private["schema_version"], json!("1"));
    assert_eq!(created.private, plan.private);
}

#[tokio::test]
async fn generation_5_knows_no_region() {
    let rig = Rig::new(Table::default(), Generation::V5).await;
    let config = rig.value(json!({"name": "t", "hash_key": "id"}));
    let planned = rig.plan(None, &config).planned;
    assert_eq!(planned.get("region"), None);
    assert!(rig.adapter.create(&rig.call(), &planned, &config).await.is_ok());
}

#[tokio::test]
async fn what_is_left_of_a_creation_that_failed() {
    let failing = || Table { fails_with: Some("LimitExceededException"), ..Table::default() };
    let rig = Rig::new(failing(), Generation::V6).await;
    let config = rig.value(json!({"name": "t", "hash_key": "id"}));
    let planned = rig.plan(None, &config).planned;
    let failure = rig.adapter.create(&rig.call(), &planned, &config).await.unwrap_err();
    let diagnostic = &failure.diagnostics.0[0];
    assert_eq!(diagnostic.summary, "creating DynamoDB table (t)");
    assert_eq!(diagnostic.detail, "operation dynamodb:Whatever: LimitExceededException: no");
    let partial = failure.partial.unwrap();
    assert_eq!(rig.show(&partial.value, &["id", "region"]), json!({"id": "t", "region": "eu-central-1"}));
    assert!(partial.value.is_wholly_known());
}

/// An identity that cannot be recorded stops the operation.
struct Deaf;

#[async_trait]
impl CallReporter for Deaf {
    async fn identity(&self, _: &Object) -> Result<(), Diagnostic> {
        Err(Diagnostic::error("Journal cannot be written", "The disk is full."))
    }

    fn waiting_for(&self, _: &str) {}
}

#[tokio::test]
async fn an_identity_that_is_not_recorded_ends_it() {
    let rig = Rig::new(Table::default(), Generation::V6).await;
    let config = rig.value(json!({"name": "t", "hash_key": "id"}));
    let planned = rig.plan(None, &config).planned;
    let call = Call { reporter: &Deaf, ..rig.call() };
    let failure = rig.adapter.create(&call, &planned, &config).await.unwrap_err();
    assert_eq!(failure.diagnostics.0[0].summary, "Journal cannot be written");
    assert!(failure.partial.is_some());
}

#[tokio::test]
async fn which_calls_an_update_makes() {
    let stored = json!({
        "name": "t", "id": "t", "hash_key": "id", "region": "eu-central-1", "billing_mode": "PROVISIONED",
        "tags": {"Team": "one"}, "tags_all": {"Stage": "dev", "Team": "one"}, "stream_enabled": false,
    });
    let cases: [(&str, Json, &[&str]); 4] = [
        ("tags", json!({"Team": "two"}), &[r#"set {"Team": "two"} remove {}"#]),
        ("tags", json!({}), &[r#"set {} remove {"Team"}"#]),
        ("stream_enabled", json!(true), &["update"]),
        ("timeouts", json!({"create": "1m", "update": null, "delete": null}), &[]),
    ];
    for (name, changed, calls) in cases {
        let rig = Rig::new(Table::default(), Generation::V6).await;
        let prior = Object::new(rig.value(stored.clone()));
        let mut planned = stored.clone();
        planned[name] = changed.clone();
        if name == "tags" {
            planned["tags_all"] = json!(null);
        }
        let planned = rig.value(planned);
        let updated = rig.adapter.update(&rig.call(), &prior, &planned, &planned).await.unwrap();
        assert_eq!(rig.table.notes(), calls, "{name}");
        assert_eq!(rig.show(&updated.value, &[name]), json!({ name: changed }));
        if name == "tags" {
            let mut all = changed;
            all["Stage"] = json!("dev");
            assert_eq!(rig.show(&updated.value, &["tags_all"]), json!({"tags_all": all}));
        }
    }
}

#[tokio::test]
async fn what_a_read_stores() {
    let rig = Rig::new(Table::default(), Generation::V6).await;
    let stored = rig.value(json!({"name": "t", "range_key": "", "table_class": "STANDARD"}));
    let current = Object { value: stored, private: b"kept".to_vec() };
    let read = rig.adapter.read(&rig.call(), &current).await.unwrap().unwrap();
    assert_eq!(read.private, b"kept");
    assert_eq!(
        rig.show(&read.value, &["id", "range_key", "region", "table_class", "tags", "tags_all"]),
        json!({
            "id": "t", "range_key": "", "region": "eu-central-1", "table_class": "STANDARD",
            "tags": {"Team": "one"}, "tags_all": {"Team": "one"},
        })
    );
    let rig = Rig::new(Table { gone: true, ..Table::default() }, Generation::V6).await;
    assert_eq!(rig.adapter.read(&rig.call(), &current).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_gone_is_deleted() {
    // What was not found may be a part of the object: only an object that cannot be read any more is gone.
    let cases = [
        ("ResourceNotFoundException", true, true),
        ("ResourceNotFoundException", false, false),
        ("ResourceInUseException", false, false),
    ];
    for (code, gone, succeeds) in cases {
        let rig = Rig::new(Table { fails_with: Some(code), gone, ..Table::default() }, Generation::V6).await;
        let prior = Object::new(rig.value(json!({"name": "t", "id": "t"})));
        let result = rig.adapter.delete(&rig.call(), &prior).await;
        assert_eq!(result.is_ok(), succeeds, "{code}");
        assert_eq!(rig.table.notes()[0], "delete t");
    }
}

#[tokio::test]
async fn ids_and_names() {
    let rig = Rig::new(Table::default(), Generation::V6).await;
    let ids = |id: &str| {
        let value = rig.adapter.parse_import_id(id).unwrap();
        rig.show(&value, &["id", "name", "region"])
    };
    assert_eq!(ids("t"), json!({"id": "t", "name": "t", "region": null}));
    assert_eq!(ids("t@eu-north-1"), json!({"id": "t", "name": "t", "region": "eu-north-1"}));
    assert_eq!(ids("t@home"), json!({"id": "t@home", "name": "t@home", "region": null}));

    let config = rig.value(json!({"name": "t", "hash_key": "id", "region": "eu-north-1"}));
    let lookup = rig.adapter.lookup(&rig.plan(None, &config).planned);
    assert_eq!(Json::Object(lookup.attributes.clone()), json!({"name": "t", "region": "eu-north-1"}));
    let Found::Adopted(found) = rig.adapter.find(&rig.call(), &lookup).await.unwrap() else { panic!("it is there") };
    assert_eq!(rig.show(&found.value, &["id", "region"]), json!({"id": "t", "region": "eu-north-1"}));
    assert_eq!(rig.table.notes(), ["read in eu-north-1"]);
    let nameless = rig.adapter.find(&rig.call(), &Lookup::default()).await.unwrap();
    assert!(matches!(nameless, Found::Ambiguous(_)));
}

#[tokio::test]
async fn another_region_replaces() {
    let rig = Rig::new(Table::default(), Generation::V6).await;
    let config = rig.value(json!({"name": "t", "hash_key": "id"}));
    let stored = rig.plan(None, &config).planned;
    let stored = without_unknown(&stored);
    let moved = stored.with_child(&PathStep::Attribute("region".into()), Value::string("eu-north-1"));
    for (prior, replaced) in [(&stored, vec![]), (&moved, vec![".region".to_owned()])] {
        let plan = rig.plan(Some(prior), &config);
        let paths: Vec<String> = plan.requires_replace.iter().map(ToString::to_string).collect();
        assert_eq!(paths, replaced);
    }
}

#[tokio::test]
async fn versions_of_stored_objects() {
    let rig = Rig::new(Table::default(), Generation::V6).await;
    assert_eq!(rig.adapter.upgrade_state(1, json!({"a": 1})).unwrap(), json!({"a": 1}));
    assert!(rig.adapter.upgrade_state(0, json!({})).is_err());
}

#[tokio::test]
async fn timeouts_that_are_none() {
    let rig = Rig::new(Table::default(), Generation::V6).await;
    let config = rig.value(json!({"timeouts": {"create": "soon", "update": "1h", "delete": null}}));
    let diagnostics = rig.adapter.validate(&config);
    assert_eq!(diagnostics.0.len(), 1);
    assert_eq!(diagnostics.0[0].attribute.as_ref().unwrap().to_string(), ".timeouts.create");
}

//! `aws_iam_policy_document`: a policy as JSON, from blocks and from other documents. Makes no calls.
//!
//! This file turns blocks into a document; reading, merging and writing documents is in `document`. The text is
//! what the AWS provider writes, to the byte: people compare it, and services store it as it is.

use async_trait::async_trait;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_provider_kit::{AwsDataSource, Context, Error};
use infra_values::{Path, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

mod document;

use document::{Condition, Document, Identifiers, Principal};

/// `aws_iam_policy_document`
pub struct PolicyDocument;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of the schema")]
pub struct Attributes {
    pub id: Option<String>,
    pub json: Option<String>,
    pub minified_json: Option<String>,
    pub override_policy_documents: Option<Vec<Option<String>>>,
    pub policy_id: Option<String>,
    pub source_policy_documents: Option<Vec<Option<String>>>,
    pub statement: Option<Vec<Statement>>,
    pub version: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of the schema")]
pub struct Statement {
    pub actions: Vec<String>,
    pub condition: Vec<ConditionBlock>,
    pub effect: Option<String>,
    pub not_actions: Vec<String>,
    pub not_principals: Vec<PrincipalBlock>,
    pub not_resources: Vec<String>,
    pub principals: Vec<PrincipalBlock>,
    pub resources: Vec<String>,
    pub sid: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the schema")]
pub struct ConditionBlock {
    pub test: String,
    #[serde(default)]
    pub values: Vec<String>,
    pub variable: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the schema")]
pub struct PrincipalBlock {
    #[serde(default)]
    pub identifiers: Vec<String>,
    pub r#type: String,
}

#[async_trait]
impl AwsDataSource for PolicyDocument {
    const TYPE: &'static str = "aws_iam_policy_document";
    const NOUN: &'static str = "IAM policy document";
    type Attributes = Attributes;

    fn validate(&self, config: &Value) -> Diagnostics {
        let no_longer = |name: &&str| {
            let given = config.get(name).is_some_and(|value| value.as_str().is_some_and(|text| !text.is_empty()));
            given.then(|| {
                let plural = name.replace("json", "policy_documents");
                Diagnostic::error(
                    "Argument no longer supported",
                    format!("The argument {name} has no effect any more. Use {plural}, a list, instead."),
                )
                .on(Path::root().attribute(*name))
            })
        };
        ["source_json", "override_json"].iter().filter_map(no_longer).collect::<Vec<_>>().into()
    }

    async fn read(&self, _cx: &Context<'_>, config: Attributes) -> Result<Attributes, Error> {
        Ok(build(config)?)
    }
}

const VERSION: &str = "2012-10-17";
/// The one version in which `&{…}` stands for nothing else.
const VERSION_WITHOUT_VARIABLES: &str = "2008-10-17";

/// The attributes with what they make.
pub fn build(mut attributes: Attributes) -> Result<Attributes, Diagnostics> {
    let version = attributes.version.take().filter(|version| !version.is_empty());
    let version = version.unwrap_or_else(|| VERSION.to_owned());
    let mut document = Document::default();
    let sources = attributes.source_policy_documents.as_deref().unwrap_or_default();
    for (position, text) in given(sources) {
        let source = Document::parse(text).map_err(|problem| unusable("source", position, &problem))?;
        if let Some(sid) = document.first_shared_sid(&source) {
            return Err(duplicate(&sid, "source_policy_documents"));
        }
        document.merge(source);
    }
    let mut own = Document {
        version: version.clone(),
        id: attributes.policy_id.clone().unwrap_or_default(),
        statements: Vec::new(),
    };
    for statement in attributes.statement.iter_mut().flatten() {
        statement.effect.get_or_insert_with(|| "Allow".to_owned());
        own.statements.push(own_statement(statement, &version)?);
    }
    if let Some(sid) = own.first_repeated_sid() {
        return Err(duplicate(&sid, "statement"));
    }
    document.merge(own);
    let overrides = attributes.override_policy_documents.as_deref().unwrap_or_default();
    for (position, text) in given(overrides) {
        document.merge(Document::parse(text).map_err(|problem| unusable("override", position, &problem))?);
    }
    let json = document.to_json();
    attributes.id = Some(crc32fast::hash(json.pretty.as_bytes()).to_string());
    attributes.json = Some(json.pretty);
    attributes.minified_json = Some(json.compact);
    attributes.version = Some(version);
    attributes.statement = attributes.statement.filter(|statements| !statements.is_empty());
    Ok(attributes)
}

/// Documents with their position; empty ones are skipped.
fn given(documents: &[Option<String>]) -> impl Iterator<Item = (usize, &str)> {
    let texts = documents.iter().enumerate().map(|(position, text)| (position, text.as_deref()));
    texts.filter_map(|(position, text)| Some((position, text.filter(|text| !text.is_empty())?)))
}

fn unusable(which: &str, position: usize, problem: &str) -> Diagnostics {
    let attribute = format!("{which}_policy_documents");
    let path = Path::root().attribute(attribute.as_str());
    Diagnostic::error(
        "Invalid policy document",
        format!("Element {position} of {attribute} cannot be used: {problem}."),
    )
    .on(path.child(infra_values::PathStep::Position(position)))
    .into()
}

fn duplicate(sid: &str, attribute: &str) -> Diagnostics {
    Diagnostic::error(
        "Duplicate statement id",
        format!(
            "More than one statement of {attribute} has the Sid {sid:?}. Remove the Sid or make it unique; to replace \
             a statement, put the document into override_policy_documents."
        ),
    )
    .on(Path::root().attribute(attribute))
    .into()
}

fn own_statement(block: &Statement, version: &str) -> Result<document::Statement, Diagnostics> {
    let variables = |texts: &[String]| with_variables(texts, version);
    let principals = |blocks: &[PrincipalBlock]| -> Result<Vec<Principal>, Diagnostics> {
        let mut principals = Vec::new();
        for block in in_set_order(blocks, PrincipalBlock::hash_text) {
            principals.push(Principal {
                kind: block.r#type.clone(),
                identifiers: match descending(variables(&block.identifiers)?).as_slice() {
                    [one] => Identifiers::One(one.clone()),
                    several => Identifiers::Several(several.to_vec()),
                },
            });
        }
        Ok(principals)
    };
    let mut conditions = Vec::new();
    for block in in_set_order(&block.condition, ConditionBlock::hash_text) {
        conditions.push(Condition {
            test: block.test.clone(),
            variable: block.variable.clone(),
            values: variables(&block.values)?,
        });
    }
    Ok(document::Statement {
        sid: block.sid.clone(),
        effect: block.effect.clone().unwrap_or_default(),
        actions: one_or_several(block.actions.clone()),
        not_actions: one_or_several(block.not_actions.clone()),
        resources: one_or_several(variables(&block.resources)?),
        not_resources: one_or_several(variables(&block.not_resources)?),
        principals: principals(&block.principals)?,
        not_principals: principals(&block.not_principals)?,
        conditions,
    })
}

/// `&{aws:username}` is how a configuration writes `${aws:username}`, which would be a template there.
fn with_variables(texts: &[String], version: &str) -> Result<Vec<String>, Diagnostics> {
    let replace = |text: &String| {
        if version == VERSION_WITHOUT_VARIABLES && text.contains("&{") {
            return Err(Diagnostic::error(
                "Policy variable in a document without variables",
                format!("{text:?} holds a variable, which version {version} does not know. Use version {VERSION}."),
            )
            .on(Path::root().attribute("statement"))
            .into());
        }
        Ok(text.replace("&{", "${"))
    };
    texts.iter().map(replace).collect()
}

fn descending(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable_by(|left, right| right.cmp(left));
    texts.dedup();
    texts
}

/// The JSON of a set: one alone is a text, several are a list in descending order, none are left out.
fn one_or_several(texts: Vec<String>) -> Option<Json> {
    match descending(texts).as_slice() {
        [] => None,
        [one] => Some(Json::from(one.as_str())),
        several => Some(Json::from(several)),
    }
}

/// Blocks in the order in which the AWS provider goes through a set, which shows where the values of several blocks end
/// up in one list: by the decimal digits of a checksum of each block's notation.
fn in_set_order<B>(blocks: &[B], notation: impl Fn(&B) -> String) -> Vec<&B> {
    let mut ordered: Vec<(String, &B)> = blocks.iter().map(|block| (checksum(&notation(block)), block)).collect();
    ordered.sort_by(|left, right| left.0.cmp(&right.0));
    ordered.into_iter().map(|(_, block)| block).collect()
}

fn checksum(text: &str) -> String {
    crc32fast::hash(text.as_bytes()).to_string()
}

impl ConditionBlock {
    fn hash_text(&self) -> String {
        let values: String = self.values.iter().map(|value| format!("{value};")).collect();
        format!("test:{};values:({values});variable:{};", self.test, self.variable)
    }
}

impl PrincipalBlock {
    fn hash_text(&self) -> String {
        let mut identifiers: Vec<&String> = self.identifiers.iter().collect();
        identifiers.sort_by_cached_key(|identifier| checksum(identifier));
        let identifiers: String = identifiers.iter().map(|identifier| format!("{identifier};")).collect();
        format!("identifiers:{{{identifiers}}};type:{};", self.r#type)
    }
}

#[cfg(test)]
mod tests;

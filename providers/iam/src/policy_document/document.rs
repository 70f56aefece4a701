//! A policy document as such: read from JSON, merged with others, written as the AWS provider writes it.
//!
//! Reading takes member names in any case and forgets members that no statement has. What stands in `Action` and
//! `Resource` is kept as it is; principals and conditions are taken apart.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

/// A document.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Document {
    pub(super) version: String,
    /// Empty: none.
    pub(super) id: String,
    pub(super) statements: Vec<Statement>,
}

/// A statement; what is empty or `None` is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Statement {
    pub(super) sid: String,
    pub(super) effect: String,
    pub(super) actions: Option<Json>,
    pub(super) not_actions: Option<Json>,
    pub(super) resources: Option<Json>,
    pub(super) not_resources: Option<Json>,
    pub(super) principals: Vec<Principal>,
    pub(super) not_principals: Vec<Principal>,
    pub(super) conditions: Vec<Condition>,
}

/// Who, by kind: `Service`, `AWS`, `*`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Principal {
    pub(super) kind: String,
    pub(super) identifiers: Identifiers,
}

/// A list of one stays a list when it came as one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Identifiers {
    One(String),
    Several(Vec<String>),
}

/// `"StringLike": {"s3:prefix": ["home/"]}`
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    pub(super) test: String,
    pub(super) variable: String,
    pub(super) values: Vec<String>,
}

/// A document as text.
pub(super) struct Text {
    /// Indented by two spaces.
    pub(super) pretty: String,
    /// Without any space.
    pub(super) compact: String,
}

impl Document {
    /// Reads a document; the error says what is wrong, as a part of a sentence.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let json: Json = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let Json::Object(members) = json else {
            return Err("it is no JSON object".to_owned());
        };
        let statements = match member(&members, "Statement") {
            None => Vec::new(),
            Some(Json::Array(statements)) => statements
                .iter()
                .map(|statement| match statement {
                    Json::Object(members) => Statement::parse(members),
                    _ => Err("a Statement is no JSON object".to_owned()),
                })
                .collect::<Result<_, _>>()?,
            Some(_) => return Err("its Statement is no list; write [ ] around a single one".to_owned()),
        };
        Ok(Self { version: text_member(&members, "Version")?, id: text_member(&members, "Id")?, statements })
    }

    /// Puts another document over this one: statements with the same Sid are replaced, others follow.
    pub(super) fn merge(&mut self, over: Self) {
        if !over.version.is_empty() {
            self.version = over.version;
        }
        if !over.id.is_empty() {
            self.id = over.id;
        }
        for statement in over.statements {
            let same = |existing: &&mut Statement| !statement.sid.is_empty() && existing.sid == statement.sid;
            match self.statements.iter_mut().find(same) {
                Some(existing) => *existing = statement,
                None => self.statements.push(statement),
            }
        }
    }

    /// A Sid that stands in both documents, or twice in the other one.
    pub(super) fn first_shared_sid(&self, other: &Self) -> Option<String> {
        let shared = other.sids().find(|sid| self.sids().any(|own| own == *sid));
        shared.map(str::to_owned).or_else(|| other.first_repeated_sid())
    }

    /// A Sid that stands twice.
    pub(super) fn first_repeated_sid(&self) -> Option<String> {
        let sids: Vec<&str> = self.sids().collect();
        let repeated = sids.iter().enumerate().find(|(position, sid)| sids[..*position].contains(sid));
        repeated.map(|(_, sid)| (*sid).to_owned())
    }

    fn sids(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().map(|statement| statement.sid.as_str()).filter(|sid| !sid.is_empty())
    }

    /// The document as text.
    pub(super) fn to_json(&self) -> Text {
        let mut members = Map::new();
        put_text(&mut members, "Version", &self.version);
        put_text(&mut members, "Id", &self.id);
        if !self.statements.is_empty() {
            let statements: Vec<Json> = self.statements.iter().map(Statement::to_json).collect();
            members.insert("Statement".to_owned(), Json::Array(statements));
        }
        let json = Json::Object(members);
        Text { pretty: escaped(&format!("{json:#}")), compact: escaped(&json.to_string()) }
    }
}

/// Characters that JSON within HTML cannot have are written by number. They only stand inside texts.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

impl Statement {
    fn parse(members: &Map<String, Json>) -> Result<Self, String> {
        let whole = |name| member(members, name).cloned();
        Ok(Self {
            sid: text_member(members, "Sid")?,
            effect: text_member(members, "Effect")?,
            actions: whole("Action"),
            not_actions: whole("NotAction"),
            resources: whole("Resource"),
            not_resources: whole("NotResource"),
            principals: parse_principals(members, "Principal")?,
            not_principals: parse_principals(members, "NotPrincipal")?,
            conditions: parse_conditions(members)?,
        })
    }

    fn to_json(&self) -> Json {
        let mut members = Map::new();
        put_text(&mut members, "Sid", &self.sid);
        put_text(&mut members, "Effect", &self.effect);
        for (name, json) in [
            ("Action", &self.actions),
            ("NotAction", &self.not_actions),
            ("Resource", &self.resources),
            ("NotResource", &self.not_resources),
        ] {
            if let Some(json) = json {
                members.insert(name.to_owned(), json.clone());
            }
        }
        for (name, principals) in [("Principal", &self.principals), ("NotPrincipal", &self.not_principals)] {
            if !principals.is_empty() {
                members.insert(name.to_owned(), principals_json(principals));
            }
        }
        if !self.conditions.is_empty() {
            members.insert("Condition".to_owned(), conditions_json(&self.conditions));
        }
        Json::Object(members)
    }
}

fn put_text(members: &mut Map<String, Json>, name: &str, text: &str) {
    if !text.is_empty() {
        members.insert(name.to_owned(), Json::from(text));
    }
}

/// A member that is not null, by its name in any case; an exact name wins.
fn member<'m>(members: &'m Map<String, Json>, name: &str) -> Option<&'m Json> {
    let inexact = || members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, json)| json);
    members.get(name).or_else(inexact).filter(|json| !json.is_null())
}

fn text_member(members: &Map<String, Json>, name: &str) -> Result<String, String> {
    match member(members, name) {
        None => Ok(String::new()),
        Some(Json::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("its {name} is no text")),
    }
}

fn parse_principals(members: &Map<String, Json>, name: &str) -> Result<Vec<Principal>, String> {
    let everyone = || Principal { kind: "*".to_owned(), identifiers: Identifiers::One("*".to_owned()) };
    let kinds = match member(members, name) {
        None => return Ok(Vec::new()),
        Some(Json::String(text)) if text == "*" => return Ok(vec![everyone()]),
        Some(Json::Object(kinds)) => kinds,
        Some(_) => return Err(format!("its {name} is neither \"*\" nor an object")),
    };
    let parse = |(kind, identifiers): (&String, &Json)| {
        let identifiers = match identifiers {
            Json::String(one) => Identifiers::One(one.clone()),
            Json::Array(several) => {
                let mut several =
                    texts(several).ok_or_else(|| format!("{name} {kind:?} holds something else than texts"))?;
                several.sort_unstable_by(|left, right| right.cmp(left));
                Identifiers::Several(several)
            }
            _ => return Err(format!("{name} {kind:?} is neither a text nor a list")),
        };
        Ok(Principal { kind: kind.clone(), identifiers })
    };
    kinds.iter().map(parse).collect()
}

fn parse_conditions(members: &Map<String, Json>) -> Result<Vec<Condition>, String> {
    let tests = match member(members, "Condition") {
        None => return Ok(Vec::new()),
        Some(Json::Object(tests)) => tests,
        Some(_) => return Err("its Condition is no object".to_owned()),
    };
    let mut conditions = Vec::new();
    for (test, variables) in tests {
        let Json::Object(variables) = variables else {
            return Err(format!("Condition {test:?} is no object"));
        };
        for (variable, values) in variables {
            let values = match values {
                Json::String(one) => Some(vec![one.clone()]),
                Json::Bool(one) => Some(vec![one.to_string()]),
                Json::Array(several) => texts(several),
                _ => None,
            };
            let values = values
                .ok_or_else(|| format!("Condition {test:?} of {variable:?} is neither a text nor a list of texts"))?;
            conditions.push(Condition { test: test.clone(), variable: variable.clone(), values });
        }
    }
    Ok(conditions)
}

fn texts(items: &[Json]) -> Option<Vec<String>> {
    items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

/// By kind, in their order; several of one kind become one list. `"*"` where that is all.
fn principals_json(principals: &[Principal]) -> Json {
    if let [principal] = principals
        && principal.kind == "*"
        && principal.identifiers.as_slice() == ["*"]
    {
        return Json::from("*");
    }
    let mut kinds: BTreeMap<&str, Json> = BTreeMap::new();
    for principal in principals {
        let more = match &principal.identifiers {
            Identifiers::One(one) => Json::from(one.as_str()),
            Identifiers::Several(several) => Json::from(several.as_slice()),
        };
        let joined = match kinds.remove(principal.kind.as_str()) {
            None => more,
            Some(Json::Array(mut all)) => {
                all.extend(items(more));
                Json::Array(all)
            }
            Some(one) => Json::Array(std::iter::once(one).chain(items(more)).collect()),
        };
        kinds.insert(&principal.kind, joined);
    }
    object(kinds)
}

impl Identifiers {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

fn items(json: Json) -> Vec<Json> {
    match json {
        Json::Array(items) => items,
        one => vec![one],
    }
}

/// By test, then by variable, in their order; one value alone is a text.
fn conditions_json(conditions: &[Condition]) -> Json {
    let mut tests: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for condition in conditions {
        let values = tests.entry(&condition.test).or_default().entry(&condition.variable).or_default();
        values.extend(condition.values.iter().map(String::as_str));
    }
    let values_json = |values: Vec<&str>| match values.as_slice() {
        [one] => Json::from(*one),
        several => Json::from(several),
    };
    object(tests.into_iter().map(|(test, variables)| {
        let variables = variables.into_iter().map(|(variable, values)| (variable, values_json(values)));
        (test, object(variables))
    }))
}

fn object<'n>(members: impl IntoIterator<Item = (&'n str, Json)>) -> Json {
    Json::Object(members.into_iter().map(|(name, json)| (name.to_owned(), json)).collect())
}

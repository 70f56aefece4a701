//! Output values, each with its type.

use infra_values::json;
use serde::{Deserialize, Serialize};

use crate::model::OutputValue;

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object that is an output")]
pub(super) struct OutputJson {
    #[serde(default)]
    value: serde_json::Value,
    #[serde(default)]
    r#type: serde_json::Value,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    sensitive: bool,
}

pub(super) fn from_json(output: &OutputJson) -> Result<OutputValue, String> {
    let ty = json::type_from_json(&output.r#type).map_err(|error| format!("its type: {error}"))?;
    let value = json::from_json(&output.value, &ty).map_err(|error| format!("its value: {error}"))?;
    Ok(OutputValue { value, sensitive: output.sensitive })
}

pub(super) fn to_json(output: &OutputValue) -> Result<OutputJson, String> {
    if !output.value.is_wholly_known() {
        return Err("its value is not known; only known values can be stored".to_owned());
    }
    let ty = output.value.ty();
    Ok(OutputJson {
        value: json::to_json(&output.value, &ty),
        r#type: json::type_to_json(&ty),
        sensitive: output.sensitive,
    })
}

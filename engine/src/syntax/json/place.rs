//! Where in a JSON file a place lies, for messages.

use super::super::{SourceMap, Span};
use super::{JsonKind, JsonValue, parse_json};

/// The names and positions that lead to a place: `resource.aws_vpc.main.tags`. Empty outside of everything.
///
/// The file is parsed for it again, so this is for messages and not for work.
pub fn json_path_to(sources: &SourceMap, place: Span) -> String {
    let (value, _) = parse_json(sources, place.file);
    let mut path = String::new();
    let mut inside = value.as_ref();
    while let Some(value) = inside {
        inside = step(value, place, &mut path);
    }
    path
}

fn step<'v>(value: &'v JsonValue, place: Span, path: &mut String) -> Option<&'v JsonValue> {
    let contains = |span: Span| span.start <= place.start && place.start < span.end;
    match &value.kind {
        JsonKind::Object(properties) => {
            let property = properties.iter().find(|property| contains(property.span()))?;
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(&property.name.text);
            Some(&property.value)
        }
        JsonKind::Array(items) => {
            let (position, item) = items.iter().enumerate().find(|(_, item)| contains(item.span))?;
            path.push_str(&format!("[{position}]"));
            Some(item)
        }
        _ => None,
    }
}

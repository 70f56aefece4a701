//! Which block a place lies in, for messages.

use super::{Block, SourceMap, Span, json_path_to, parse_file};

/// The head of the top-level block around a place, as `resource "aws_s3_bucket" "b"`, or the way to it in a JSON file,
/// as `resource.aws_s3_bucket.b`; `None` outside of all blocks.
///
/// The file is parsed for it again, so this is for messages and not for work.
pub fn block_header_around(sources: &SourceMap, place: Span) -> Option<String> {
    if sources.path(place.file).ends_with(".json") {
        return Some(json_path_to(sources, place)).filter(|path| !path.is_empty());
    }
    let (body, _) = parse_file(sources, place.file);
    let contains = |block: &&Block| block.span.start <= place.start && place.start < block.span.end;
    let block = body.blocks.iter().find(contains)?;
    let labels: String = block.labels.iter().map(|label| format!(" {:?}", label.text)).collect();
    Some(format!("{}{labels}", block.kind.text))
}

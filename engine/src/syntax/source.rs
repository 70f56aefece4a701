//! The texts of all files, and where in them a byte stands.

use std::sync::{Arc, PoisonError, RwLock};

use unicode_segmentation::UnicodeSegmentation;

use super::{FileId, Span};

/// Every text that was read, in the order of reading. It only grows, so a [`Span`] stays valid for the whole run.
///
/// It is shared by reference: template files are added while expressions are evaluated.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: RwLock<Vec<Arc<Source>>>,
}

#[derive(Debug, Default)]
struct Source {
    path: Arc<str>,
    text: Arc<str>,
    /// Where each line begins; the first is 0.
    line_starts: Vec<u32>,
}

impl SourceMap {
    /// Without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under the path that messages show.
    pub fn add(&self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let (path, text) = (path.into(), text.into());
        let line_ends = text.bytes().zip(1..).filter_map(|(byte, next)| (byte == b'\n').then_some(next));
        let line_starts = std::iter::once(0).chain(line_ends).collect();
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        files.push(Arc::new(Source { path, text, line_starts }));
        FileId(u32::try_from(files.len() - 1).unwrap_or(u32::MAX))
    }

    /// The path that messages show; empty for a file that was never added.
    pub fn path(&self, file: FileId) -> Arc<str> {
        self.source(file).path.clone()
    }

    /// The whole text; empty for a file that was never added.
    pub fn text(&self, file: FileId) -> Arc<str> {
        self.source(file).text.clone()
    }

    /// The text of a span; empty if it does not lie in its file.
    pub fn slice(&self, span: Span) -> String {
        self.source(span.file).text.get(span.start as usize..span.end as usize).unwrap_or_default().to_owned()
    }

    /// Line and column of a byte, both from 1. A column is a grapheme cluster: what a reader takes for one character.
    /// A byte behind the end counts as the end.
    pub fn line_column(&self, file: FileId, byte: u32) -> (usize, usize) {
        let source = self.source(file);
        let line = source.line_of(byte);
        let before = source.text.get(source.line_start(line)..source.boundary(byte)).unwrap_or_default();
        (line, before.graphemes(true).count() + 1)
    }

    /// The text of a line, from 1, without its line ending; empty behind the last line.
    pub fn line_text(&self, file: FileId, line: usize) -> String {
        let source = self.source(file);
        let end = source.line_starts.get(line).map_or(source.text.len(), |end| *end as usize);
        let text = source.text.get(source.line_start(line)..end).unwrap_or_default();
        text.trim_end_matches(['\n', '\r']).to_owned()
    }

    /// The byte at which a line, from 1, begins.
    pub fn line_start(&self, file: FileId, line: usize) -> u32 {
        u32::try_from(self.source(file).line_start(line)).unwrap_or(u32::MAX)
    }

    fn source(&self, file: FileId) -> Arc<Source> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.get(file.0 as usize).cloned().unwrap_or_default()
    }
}

impl Source {
    /// The line, from 1, in which a byte lies.
    fn line_of(&self, byte: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= byte).max(1)
    }

    fn line_start(&self, line: usize) -> usize {
        line.checked_sub(1).and_then(|line| self.line_starts.get(line)).map_or(self.text.len(), |start| *start as usize)
    }

    /// The nearest place at or before a byte at which a character begins.
    fn boundary(&self, byte: u32) -> usize {
        let byte = (byte as usize).min(self.text.len());
        (0..=byte).rev().find(|byte| self.text.is_char_boundary(*byte)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_what_a_reader_sees() {
        let sources = SourceMap::new();
        let other = sources.add("other.tf", "");
        let file = sources.add("main.tf", "a\r\nä👨\u{200d}👩\u{200d}👧e\u{301}x\n\nend");
        let places = ["a", "\r", "ä", "👨", "e\u{301}", "x", "\n\n", "end"];
        let text = sources.text(file);
        let found: Vec<_> = places
            .iter()
            .map(|place| sources.line_column(file, u32::try_from(text.find(place).unwrap()).unwrap()))
            .collect();
        assert_eq!(found, [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (4, 1)]);
        assert_eq!(sources.line_column(file, 10_000), (4, 4));
        // In the middle of a character: its beginning.
        assert_eq!(sources.line_column(file, 4), (2, 1));
        assert_eq!(sources.line_column(other, 0), (1, 1));
        assert_eq!(
            (1..6).map(|line| sources.line_text(file, line)).collect::<Vec<_>>(),
            ["a", "ä👨\u{200d}👩\u{200d}👧e\u{301}x", "", "end", ""]
        );
        assert_eq!(sources.slice(Span { file, start: 3, end: 5 }), "ä");
        assert_eq!(&*sources.path(file), "main.tf");
    }
}

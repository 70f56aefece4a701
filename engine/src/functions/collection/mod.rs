//! Functions on collections. [`lists`] build lists, [`sequences`] take parts of lists and tuples, [`maps`] and [`sets`]
//! are about those, [`summaries`] make one value of a whole collection.

pub(super) mod lists;
pub(super) mod maps;
pub(super) mod sequences;
pub(super) mod sets;
pub(super) mod summaries;

//! Compression as Go's standard library does it at its default level, byte for byte.
//!
//! The compressed bytes of `base64gzip` end up in `user_data` and the like, so that any other compressor would be a
//! change of every such attribute. The format leaves open which matches are taken, where blocks end and how codes are
//! built; [`matches`], [`blocks`] and [`codes`] decide all of it as observed there. `tests/gzip.txt` holds recorded
//! outputs.
//!
//! Decompression, which has one right answer, is the business of a library.

mod blocks;
mod codes;
mod matches;

use blocks::BlockWriter;

/// Identification, method, no flags, no time, no extra flags, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// A gzip stream that is flushed before it is closed, as Terraform's is: it ends with two empty stored blocks.
pub fn compress(input: &[u8]) -> Vec<u8> {
    let mut writer = BlockWriter::new(HEADER.to_vec());
    matches::compress(input, &mut writer);
    writer.empty_stored_block(false);
    writer.empty_stored_block(true);
    let mut output = writer.finish();
    output.extend(crc32fast::hash(input).to_le_bytes());
    // The format keeps the length modulo 2^32.
    output.extend((input.len() as u32).to_le_bytes());
    output
}

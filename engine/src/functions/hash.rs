//! Hash functions, of strings and of files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use infra_values::Value;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::arguments::{Outcome, string, text};
use super::filesystem::read_bytes;
use super::{Context, Function, FunctionError, Parameter, Returns};

const STR: &[Parameter] = &[Parameter::new("str", string)];
const PATH: &[Parameter] = &[Parameter::new("path", string)];

/// A function from a string to a digest of its UTF-8 form.
const fn of_string(
    name: &'static str,
    docs: &'static str,
    implementation: fn(&dyn Context, &[Value]) -> Outcome,
) -> Function {
    Function::new(name, docs, STR, Returns::Fixed(string), implementation)
}

/// A function from a path to a digest of the file there.
const fn of_file(
    name: &'static str,
    docs: &'static str,
    implementation: fn(&dyn Context, &[Value]) -> Outcome,
) -> Function {
    Function::new(name, docs, PATH, Returns::Fixed(string), implementation)
}

pub(super) const BASE64SHA256: Function =
    of_string("base64sha256", "Computes the SHA-256 digest of a string, in Base64.", |_, arguments| {
        base64_of::<Sha256>(text(&arguments[0]))
    });

pub(super) const BASE64SHA512: Function =
    of_string("base64sha512", "Computes the SHA-512 digest of a string, in Base64.", |_, arguments| {
        base64_of::<Sha512>(text(&arguments[0]))
    });

pub(super) const FILEBASE64SHA256: Function =
    of_file("filebase64sha256", "Computes the SHA-256 digest of a file, in Base64.", |context, arguments| {
        base64_of::<Sha256>(digested(context, text(&arguments[0]))?)
    });

pub(super) const FILEBASE64SHA512: Function =
    of_file("filebase64sha512", "Computes the SHA-512 digest of a file, in Base64.", |context, arguments| {
        base64_of::<Sha512>(digested(context, text(&arguments[0]))?)
    });

pub(super) const FILEMD5: Function =
    of_file("filemd5", "Computes the MD5 digest of a file, in hexadecimal.", |context, arguments| {
        hexadecimal_of::<Md5>(digested(context, text(&arguments[0]))?)
    });

pub(super) const FILESHA1: Function =
    of_file("filesha1", "Computes the SHA-1 digest of a file, in hexadecimal.", |context, arguments| {
        hexadecimal_of::<Sha1>(digested(context, text(&arguments[0]))?)
    });

pub(super) const FILESHA256: Function =
    of_file("filesha256", "Computes the SHA-256 digest of a file, in hexadecimal.", |context, arguments| {
        hexadecimal_of::<Sha256>(digested(context, text(&arguments[0]))?)
    });

pub(super) const FILESHA512: Function =
    of_file("filesha512", "Computes the SHA-512 digest of a file, in hexadecimal.", |context, arguments| {
        hexadecimal_of::<Sha512>(digested(context, text(&arguments[0]))?)
    });

pub(super) const MD5: Function = of_string(
    "md5",
    "Computes the MD5 digest of a string, in hexadecimal. Not for secrets: it is broken.",
    |_, arguments| hexadecimal_of::<Md5>(text(&arguments[0])),
);

pub(super) const SHA1: Function = of_string(
    "sha1",
    "Computes the SHA-1 digest of a string, in hexadecimal. Not for secrets: it is broken.",
    |_, arguments| hexadecimal_of::<Sha1>(text(&arguments[0])),
);

pub(super) const SHA256: Function =
    of_string("sha256", "Computes the SHA-256 digest of a string, in hexadecimal.", |_, arguments| {
        hexadecimal_of::<Sha256>(text(&arguments[0]))
    });

pub(super) const SHA512: Function =
    of_string("sha512", "Computes the SHA-512 digest of a string, in hexadecimal.", |_, arguments| {
        hexadecimal_of::<Sha512>(text(&arguments[0]))
    });

/// The bytes of the file to digest.
fn digested(context: &dyn Context, path: &str) -> Result<Vec<u8>, FunctionError> {
    read_bytes(context, path).map_err(FunctionError::of_call)
}

fn hexadecimal_of<D: Digest>(content: impl AsRef<[u8]>) -> Outcome {
    let digest = D::digest(content);
    Ok(Value::string(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

fn base64_of<D: Digest>(content: impl AsRef<[u8]>) -> Outcome {
    Ok(Value::string(STANDARD.encode(D::digest(content))))
}

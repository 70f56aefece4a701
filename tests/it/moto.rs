//! moto in a form that the AWS SDK for Rust can read.
//!
//! moto names the document with a bucket's versioning `GetBucketVersioningResponse`, S3 names it
//! `VersioningConfiguration`. Other SDKs do not look at the name; that for Rust refuses the answer. So moto stands
//! behind a proxy that puts the right name into it.

use std::io::{Read, Write};
use std::net::TcpStream;

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::fault_proxy::{FaultProxy, Request, Response};

const WRONG_NAME: &str = "GetBucketVersioningResponse";
const RIGHT_NAME: &str = "VersioningConfiguration";

/// The proxy that the emulator needs to be readable, if it needs one; use its endpoint then.
pub fn proxy_for(emulator: &Emulator) -> Option<FaultProxy> {
    (emulator.kind() == Kind::Moto).then(|| {
        let proxy = FaultProxy::start(emulator.endpoint(), 1).unwrap();
        let address = emulator.endpoint().trim_start_matches("http://").to_owned();
        proxy.answer(move |request| {
            (request.operation() == "GetBucketVersioning").then(|| ask(&address, request)).flatten()
        });
        proxy
    })
}

/// Where to send calls: to the proxy if there is one.
pub fn endpoint_of(emulator: &Emulator, proxy: Option<&FaultProxy>) -> String {
    proxy.map_or_else(|| emulator.endpoint().to_owned(), FaultProxy::endpoint)
}

/// Asks moto and renames the document. `None` for anything but success, which the proxy then asks for itself.
fn ask(address: &str, request: &Request) -> Option<Response> {
    let mut stream = TcpStream::connect(address).ok()?;
    // HTTP/1.0, so that the reply ends with the connection; the signature tells moto which service is meant.
    let line = format!("GET {}?{} HTTP/1.0\r\nHost: {address}\r\n", request.path(), request.query());
    let signature = format!("Authorization: {}\r\n\r\n", request.header("authorization")?);
    stream.write_all((line + &signature).as_bytes()).ok()?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).ok()?;
    let (head, body) = reply.split_once("\r\n\r\n")?;
    let is_success = head.split(' ').nth(1) == Some("200");
    is_success.then(|| Response::new(200, "application/xml", body.replace(WRONG_NAME, RIGHT_NAME)))
}

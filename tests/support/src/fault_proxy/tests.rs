//! The proxy between a plain client and a plain server, byte by byte.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod faults;
mod forwarding;
mod origin;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::FaultProxy;
use origin::Origin;

/// Long enough to be sure that nothing more will come, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

fn proxy_before(origin: &Origin) -> FaultProxy {
    FaultProxy::start(&origin.endpoint(), 1).unwrap()
}

/// A signed request without a body.
fn signed(line: &str, service: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\nHost: upstream.test\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential=test/20250101/us-east-1/{service}/aws4_request, SignedHeaders=host\r\n\r\n"
    )
}

/// A JSON protocol request.
fn json_call(target: &str, body: &str) -> String {
    let service = target.split('_').next().unwrap().to_lowercase();
    signed("POST /", &service).replace(
        "\r\n\r\n",
        &format!(
            "\r\nX-Amz-Target: {target}\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

/// A reply, or how the connection ended without one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Reply {
        status: u16,
        head: String,
        body: Vec<u8>,
    },
    /// The connection was closed in the middle; what had arrived of the body.
    CutOff(usize),
    Reset,
}

impl Seen {
    fn status(&self) -> u16 {
        match self {
            Self::Reply { status, .. } => *status,
            other => panic!("no reply but {other:?}"),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Reply { body, .. } => String::from_utf8_lossy(body).into_owned(),
            other => panic!("no reply but {other:?}"),
        }
    }
}

/// A client connection that stays open between calls.
struct Client {
    stream: TcpStream,
}

impl Client {
    fn new(proxy: &FaultProxy) -> Self {
        let stream = TcpStream::connect(proxy.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { stream }
    }

    fn call(&mut self, request: &str) -> Seen {
        self.send(request.as_bytes());
        self.receive(request.starts_with("HEAD "))
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Reads one reply with a `Content-Length` or chunks.
    fn receive(&mut self, is_head: bool) -> Seen {
        let mut bytes = Vec::new();
        let head_end = loop {
            if let Some(at) = find(&bytes, b"\r\n\r\n") {
                break at + 4;
            }
            if let Some(end) = self.read_more(&mut bytes) {
                return end;
            }
        };
        let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut body = bytes.split_off(head_end);
        let field =
            |name: &str| head.lines().find_map(|line| line.to_lowercase().strip_prefix(name).map(str::to_owned));
        if let (Some(length), false) = (field("content-length: "), is_head) {
            let length: usize = length.parse().unwrap();
            while body.len() < length {
                if let Some(end) = self.read_more(&mut body) {
                    return end;
                }
            }
            assert_eq!(body.len(), length, "bytes after the body");
        } else if field("transfer-encoding: ").is_some() {
            while find(&body, b"\r\n0\r\n").is_none() || !body.ends_with(b"\r\n\r\n") {
                if let Some(end) = self.read_more(&mut body) {
                    return end;
                }
            }
        }
        Seen::Reply { status, head, body }
    }

    /// Reads once; if the connection is over, how it ended.
    fn read_more(&mut self, bytes: &mut Vec<u8>) -> Option<Seen> {
        let mut buffer = vec![0; 1 << 16];
        match self.stream.read(&mut buffer) {
            Ok(0) => Some(Seen::CutOff(bytes.len())),
            Ok(length) => {
                bytes.extend_from_slice(&buffer[..length]);
                None
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Some(Seen::Reset),
            Err(error) => panic!("{error}"),
        }
    }
}

/// One call on a connection of its own.
fn call(proxy: &FaultProxy, request: &str) -> Seen {
    Client::new(proxy).call(request)
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

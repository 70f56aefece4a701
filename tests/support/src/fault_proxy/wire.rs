//! HTTP/1.1 messages on a TCP connection, read whole and written whole.
//!
//! Both sides of the proxy use the same [`Connection`]: requests are read from and responses written to the
//! client, the other way round upstream. Bodies are held in memory, because a fault may need them twice.
//! Framing is kept as the sender chose it: a chunked message stays chunked, trailers included.
//!
//! Why not a server library: faults are things a correct server never does (a reset in the middle of a
//! reply, a head without its body), and they need the socket itself. TLS, HTTP/2 and upgrades are
//! deliberately absent; emulators on the loopback interface speak none of them.

use std::fmt;
use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Largest head (first line and headers) accepted, in bytes. AWS itself stops at 8 KiB of user headers.
const HEAD_SIZE_MAX: usize = 128 * 1024;
/// Most headers accepted in one message.
const HEADER_COUNT_MAX: usize = 200;
/// Largest body accepted, in bytes: far above "tens of megabytes", far below what would hurt the machine.
const BODY_SIZE_MAX: usize = 1024 * 1024 * 1024;
/// How much is read from the socket at once, in bytes.
const READ_SIZE: usize = 64 * 1024;

/// Header fields in the order they were sent, with names as they were written.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, Vec<u8>)>);

impl Headers {
    /// The first field of that name (any case), if it is UTF-8.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    /// Replaces every field of that name by one.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.0.push((name.to_owned(), value.as_bytes().to_vec()));
    }

    /// Removes every field of that name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_slice()))
    }

    /// Whether the comma-separated field `name` holds `token`, in any case.
    fn has_token(&self, name: &str, token: &str) -> bool {
        self.iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .filter_map(|(_, value)| std::str::from_utf8(value).ok())
            .flat_map(|value| value.split(','))
            .any(|part| part.trim().eq_ignore_ascii_case(token))
    }

    fn is_chunked(&self) -> bool {
        self.has_token("transfer-encoding", "chunked")
    }

    fn content_length(&self) -> io::Result<Option<usize>> {
        let Some(text) = self.get("content-length") else {
            return Ok(None);
        };
        let length: usize =
            text.trim().parse().map_err(|_| invalid(format!("Content-Length is not a number: {text:?}")))?;
        if length > BODY_SIZE_MAX {
            return Err(invalid(format!(
                "Content-Length {length} is above the proxy's limit of {BODY_SIZE_MAX} bytes"
            )));
        }
        Ok(Some(length))
    }

    fn from_parsed(parsed: &[httparse::Header<'_>]) -> Self {
        let fields = parsed.iter().map(|header| (header.name.to_owned(), header.value.to_vec()));
        Self(fields.collect())
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.iter().map(|(name, value)| (name, String::from_utf8_lossy(value)));
        formatter.debug_map().entries(fields).finish()
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Headers {
    fn from(fields: [(&str, &str); N]) -> Self {
        let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value.as_bytes().to_vec()));
        Self(fields.collect())
    }
}

/// A body as it was received, and the trailers of a chunked one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Body {
    bytes: Vec<u8>,
    trailers: Headers,
}

/// A request as read from a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestMessage {
    pub(super) method: String,
    /// Path and query as sent, percent-encoding untouched.
    pub(super) target: String,
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
    trailers: Headers,
    /// Whether the client wants to use the connection again.
    pub(super) keep_alive: bool,
}

/// A response, from upstream or made up by a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// Header fields; `Content-Length` is filled in when the response is written.
    pub headers: Headers,
    /// The body, without any transfer encoding.
    pub body: Vec<u8>,
    reason: String,
    trailers: Headers,
    /// A response to `HEAD` announces the length of a body it does not have.
    bodiless: bool,
}

impl Response {
    /// A response with that status, `Content-Type` and body.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Headers::from([("Content-Type", content_type)]),
            body: body.into(),
            reason: reason_phrase(status).to_owned(),
            trailers: Headers::default(),
            bodiless: false,
        }
    }

    /// The same response with one more header field.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.set(name, value);
        self
    }

    /// Leaves out the body, keeping the length announced: what `HEAD` asks for.
    #[must_use]
    pub(super) fn without_body(mut self) -> Self {
        if !self.bodiless {
            let length = self.body.len().to_string();
            self.headers.set("Content-Length", &length);
            self.body.clear();
            self.bodiless = true;
        }
        self
    }

    /// The bytes on the wire.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = format!("HTTP/1.1 {} {}\r\n", self.status, self.reason).into_bytes();
        if self.bodiless {
            encode_headers(&self.headers, &mut out);
        } else {
            encode_body(&self.headers, &self.body, &self.trailers, &mut out);
        }
        out
    }
}

impl RequestMessage {
    #[cfg(test)]
    pub(super) fn for_test(method: &str, target: &str, headers: Headers, body: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: body.as_bytes().to_vec(),
            trailers: Headers::default(),
            keep_alive: true,
        }
    }

    /// The bytes on the wire, for upstream.
    fn encode(&self) -> Vec<u8> {
        let mut out = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        if self.headers.get("content-length").is_none() && !self.headers.is_chunked() {
            encode_headers(&self.headers, &mut out);
        } else {
            encode_body(&self.headers, &self.body, &self.trailers, &mut out);
        }
        out
    }
}

/// One TCP connection and what was read from it beyond the last message.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        // Small writes must not wait for acknowledgements: latency is one of the things tests measure.
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Reads the next request; `None` when the client closed the connection between two.
    pub(super) async fn read_request(&mut self) -> io::Result<Option<RequestMessage>> {
        let Some((mut request, length)) = self.read_head(parse_request).await? else {
            return Ok(None);
        };
        self.consume(length);
        let framing = match (request.headers.is_chunked(), request.headers.content_length()?) {
            (true, _) => Framing::Chunked,
            (false, length) => Framing::Length(length.unwrap_or(0)),
        };
        if request.headers.has_token("expect", "100-continue") {
            // The proxy takes the body itself, so upstream must not be asked again.
            request.headers.remove("expect");
            if self.buffer.is_empty() {
                self.write(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            }
        }
        let body = self.read_body(framing).await?;
        request.body = body.bytes;
        request.trailers = body.trailers;
        Ok(Some(request))
    }

    /// Sends a request and reads the response. The flag says whether the connection may be used again.
    pub(super) async fn exchange(&mut self, request: &RequestMessage) -> io::Result<(Response, bool)> {
        self.write(&request.encode()).await?;
        let (mut response, mut keep_alive) = loop {
            let Some(((response, keep_alive), length)) = self.read_head(parse_response).await? else {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the connection was closed before a response arrived",
                ));
            };
            self.consume(length);
            let interim = (100..200).contains(&response.status);
            if !interim {
                break (response, keep_alive);
            }
        };
        let framing = if request.method == "HEAD" || matches!(response.status, 204 | 304) {
            response.bodiless = true;
            Framing::Length(0)
        } else if response.headers.is_chunked() {
            Framing::Chunked
        } else if let Some(length) = response.headers.content_length()? {
            Framing::Length(length)
        } else {
            keep_alive = false;
            Framing::UntilClose
        };
        let body = self.read_body(framing).await?;
        response.body = body.bytes;
        response.trailers = body.trailers;
        // These describe the upstream connection, not the one to the client.
        for hop_by_hop in ["connection", "keep-alive"] {
            response.headers.remove(hop_by_hop);
        }
        Ok((response, keep_alive))
    }

    /// Writes all bytes.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Closes so that the peer sees "connection reset" instead of an orderly end.
    pub(super) fn reset(self) -> io::Result<()> {
        self.stream.set_zero_linger()
    }

    /// Whether nothing is waiting to be read and the peer has not closed: a connection fit for reuse.
    pub(super) fn is_quiet(&self) -> bool {
        let mut probe = [0_u8; 1];
        let read = self.stream.try_read(&mut probe);
        self.buffer.is_empty() && matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Reads until `parse` finds a whole head. `None` if the peer closed before its first byte.
    async fn read_head<T>(&mut self, parse: fn(&[u8]) -> Parsed<T>) -> Parsed<T> {
        loop {
            if let Some(found) = parse(&self.buffer)? {
                return Ok(Some(found));
            }
            if self.buffer.len() > HEAD_SIZE_MAX {
                return Err(invalid(format!("the message head exceeds {HEAD_SIZE_MAX} bytes")));
            }
            if self.fill().await? == 0 {
                if self.buffer.is_empty() {
                    return Ok(None);
                }
                return Err(closed_early());
            }
        }
    }

    async fn read_body(&mut self, framing: Framing) -> io::Result<Body> {
        match framing {
            Framing::Length(length) => Ok(Body { bytes: self.take(length).await?, trailers: Headers::default() }),
            Framing::Chunked => self.read_chunks().await,
            Framing::UntilClose => {
                while self.fill().await? > 0 {
                    check_body_size(self.buffer.len())?;
                }
                Ok(Body { bytes: std::mem::take(&mut self.buffer), trailers: Headers::default() })
            }
        }
    }

    async fn read_chunks(&mut self) -> io::Result<Body> {
        let mut bytes = Vec::new();
        loop {
            let (line_length, size) = self.read_chunk_size().await?;
            self.consume(line_length);
            if size == 0 {
                break;
            }
            check_body_size(bytes.len().saturating_add(size))?;
            bytes.extend_from_slice(&self.take(size).await?);
            self.take(2).await?; // the line end after each chunk
        }
        let Some((trailers, length)) = self.read_head(parse_trailers).await? else {
            return Err(closed_early());
        };
        self.consume(length);
        Ok(Body { bytes, trailers })
    }

    async fn read_chunk_size(&mut self) -> io::Result<(usize, usize)> {
        loop {
            match httparse::parse_chunk_size(&self.buffer) {
                Ok(httparse::Status::Complete((line_length, size))) => {
                    let size = usize::try_from(size).map_err(|_| invalid("a chunk is too large".to_owned()))?;
                    check_body_size(size)?;
                    return Ok((line_length, size));
                }
                Ok(httparse::Status::Partial) => {
                    if self.fill().await? == 0 {
                        return Err(closed_early());
                    }
                }
                Err(_) => return Err(invalid("a chunk does not start with its size".to_owned())),
            }
        }
    }

    /// Takes exactly `length` bytes, reading as needed.
    async fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            if self.fill().await? == 0 {
                return Err(closed_early());
            }
        }
        let rest = self.buffer.split_off(length);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    fn consume(&mut self, length: usize) {
        self.buffer.drain(..length);
    }

    /// Reads once; returns how many bytes arrived, 0 at the end of the stream.
    async fn fill(&mut self) -> io::Result<usize> {
        self.buffer.reserve(READ_SIZE);
        self.stream.read_buf(&mut self.buffer).await
    }
}

/// What a parser found at the start of the buffer, and how many bytes of it that was; `None` for "not all here".
type Parsed<T> = io::Result<Option<(T, usize)>>;

/// How the end of a body is found.
enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

fn parse_request(bytes: &[u8]) -> Parsed<RequestMessage> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_COUNT_MAX];
    let mut parsed = httparse::Request::new(&mut headers);
    let status = parsed.parse(bytes).map_err(|error| invalid(format!("not an HTTP request: {error}")))?;
    let httparse::Status::Complete(length) = status else {
        return Ok(None);
    };
    let headers = Headers::from_parsed(parsed.headers);
    let request = RequestMessage {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        keep_alive: keeps_alive(parsed.version, &headers),
        headers,
        body: Vec::new(),
        trailers: Headers::default(),
    };
    Ok(Some((request, length)))
}

fn parse_response(bytes: &[u8]) -> Parsed<(Response, bool)> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_COUNT_MAX];
    let mut parsed = httparse::Response::new(&mut headers);
    let status = parsed.parse(bytes).map_err(|error| invalid(format!("not an HTTP response: {error}")))?;
    let httparse::Status::Complete(length) = status else {
        return Ok(None);
    };
    let headers = Headers::from_parsed(parsed.headers);
    let keep_alive = keeps_alive(parsed.version, &headers);
    let response = Response {
        status: parsed.code.unwrap_or_default(),
        reason: parsed.reason.unwrap_or_default().to_owned(),
        headers,
        body: Vec::new(),
        trailers: Headers::default(),
        bodiless: false,
    };
    Ok(Some(((response, keep_alive), length)))
}

fn parse_trailers(bytes: &[u8]) -> Parsed<Headers> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_COUNT_MAX];
    match httparse::parse_headers(bytes, &mut headers) {
        Ok(httparse::Status::Complete((length, parsed))) => Ok(Some((Headers::from_parsed(parsed), length))),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(error) => Err(invalid(format!("the trailers of a chunked body are malformed: {error}"))),
    }
}

/// HTTP/1.1 keeps connections unless told otherwise, HTTP/1.0 closes them.
fn keeps_alive(version: Option<u8>, headers: &Headers) -> bool {
    version == Some(1) && !headers.has_token("connection", "close")
}

fn encode_headers(headers: &Headers, out: &mut Vec<u8>) {
    for (name, value) in headers.iter() {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

/// Headers and body, framed as the headers say: chunked, or with a `Content-Length` that is right.
fn encode_body(headers: &Headers, body: &[u8], trailers: &Headers, out: &mut Vec<u8>) {
    if !headers.is_chunked() {
        let mut headers = headers.clone();
        if headers.get("content-length") != Some(body.len().to_string().as_str()) {
            headers.set("Content-Length", &body.len().to_string());
        }
        encode_headers(&headers, out);
        out.extend_from_slice(body);
        return;
    }
    let mut headers = headers.clone();
    headers.remove("content-length");
    encode_headers(&headers, out);
    for chunk in body.chunks(READ_SIZE) {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n");
    encode_headers(trailers, out);
}

fn check_body_size(size: usize) -> io::Result<()> {
    if size > BODY_SIZE_MAX {
        return Err(invalid(format!("a body exceeds {BODY_SIZE_MAX} bytes")));
    }
    Ok(())
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

fn closed_early() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the connection was closed in the middle of a message")
}

/// The usual words after the status code; clients ignore them, people reading a capture do not.
fn reason_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        412 => "Precondition Failed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unspecified",
    }
}

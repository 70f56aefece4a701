//! A web server on a loopback port whose answers a test makes up, and that remembers what it was asked.
//!
//! ```
//! use infra_test_support::web::{Answer, WebServer};
//!
//! let server = WebServer::start(|request| match request.path.as_str() {
//!     "/hello" => Answer::ok("hello").with("x-greeting", "yes"),
//!     _ => Answer::status(404),
//! });
//! assert!(server.url("/hello").starts_with("http://127.0.0.1:"));
//! assert!(server.requests().is_empty());
//! ```

#![expect(clippy::panic, reason = "a server that cannot be started fails the test")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`
    pub method: String,
    /// Path and arguments.
    pub path: String,
    /// Headers, with names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// Status 200 with a body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.into() }
    }

    /// A status without a body.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// With a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A running server; it ends with the test process.
#[derive(Debug)]
pub struct WebServer {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl WebServer {
    /// Starts a server on a free port. Every request has a thread of its own, so that `answer` may wait.
    ///
    /// # Panics
    ///
    /// If no port can be had.
    pub fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("no free port: {error}"));
        let port = listener.local_addr().map_or(0, |address| address.port());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answer, noted) = (Arc::new(answer), requests.clone());
        thread::spawn(move || {
            for connection in listener.incoming().filter_map(Result::ok) {
                let (answer, noted) = (answer.clone(), noted.clone());
                thread::spawn(move || serve(connection, &*answer, &noted));
            }
        });
        Self { port, requests }
    }

    /// A URL of this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The paths that were asked for, sorted, and forgets them.
    pub fn take_paths(&self) -> Vec<String> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let mut paths: Vec<String> = requests.drain(..).map(|request| request.path).collect();
        paths.sort();
        paths
    }
}

/// Answers one request and hangs up. Whoever hung up first is not told.
fn serve(connection: TcpStream, answer: &dyn Fn(&Request) -> Answer, noted: &Mutex<Vec<Request>>) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let request = Request { method, path, headers };
    noted.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
    let Answer { status, headers, body } = answer(&request);
    let mut head = format!("HTTP/1.1 {status} Answer\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut writer = connection;
    writer.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    writer.write_all(&body).ok()?;
    writer.flush().ok()
}

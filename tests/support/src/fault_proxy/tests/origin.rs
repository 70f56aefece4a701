//! A tiny HTTP server that remembers what it was sent. Written apart from the proxy's own reader, so that a
//! mistake there does not cancel out.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Received {
    /// First line and headers.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    /// Which connection it came on, counted from 1.
    pub(super) connection: usize,
}

pub(super) struct Origin {
    port: u16,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Origin {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&received);
        std::thread::spawn(move || {
            for (index, stream) in listener.incoming().enumerate() {
                let received = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream.unwrap(), index + 1, &received));
            }
        });
        Self { port, received }
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub(super) fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }
}

/// The last element of the path decides the reply; by default its body is the number of the request.
fn serve(stream: TcpStream, connection: usize, received: &Mutex<Vec<Received>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    while let Some(head) = read_head(&mut reader) {
        if head.to_lowercase().contains("expect:") {
            writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        }
        let body = read_body(&mut reader, &head);
        let number = {
            let mut received = received.lock().unwrap();
            received.push(Received { head: head.clone(), body: body.clone(), connection });
            received.len()
        };
        let target = head.split(' ').nth(1).unwrap();
        let (reply, is_over): (Vec<u8>, bool) = match target.rsplit('/').next().unwrap() {
            "echo" => (with_length("200 OK", &body), false),
            "chunked" => (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n"
                    .to_vec(),
                false,
            ),
            "until-close" => (b"HTTP/1.1 200 OK\r\n\r\nuntil the end".to_vec(), true),
            "head" => (
                b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n".to_vec(),
                false,
            ),
            "nothing" => (b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(), false),
            "interim" => (
                [
                    b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".to_vec(),
                    with_length("200 OK", b"final"),
                ]
                .concat(),
                false,
            ),
            "missing" => (with_length("404 Not Found", b"none"), false),
            "no-body" => (with_length("200 OK", b""), false),
            _ => (with_length("200 OK", format!("#{number}").as_bytes()), false),
        };
        if writer.write_all(&reply).is_err() || is_over {
            return;
        }
    }
}

fn with_length(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn read_head(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut head = String::new();
    loop {
        let length = reader.read_line(&mut head).ok()?;
        if length == 0 {
            return None;
        }
        if head.ends_with("\r\n\r\n") {
            return Some(head);
        }
    }
}

fn read_body(reader: &mut BufReader<TcpStream>, head: &str) -> Vec<u8> {
    let head = head.to_lowercase();
    let mut body = Vec::new();
    if let Some((_, rest)) = head.split_once("content-length: ") {
        let length: u64 = rest.lines().next().unwrap().parse().unwrap();
        reader.take(length).read_to_end(&mut body).unwrap();
    } else if head.contains("transfer-encoding: chunked") {
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let size = u64::from_str_radix(line.trim(), 16).unwrap();
            if size == 0 {
                read_trailers(reader, &mut body);
                return body;
            }
            reader.take(size).read_to_end(&mut body).unwrap();
            reader.read_line(&mut line).unwrap();
        }
    }
    body
}

/// Appends trailers to the body, to be looked at there.
fn read_trailers(reader: &mut BufReader<TcpStream>, body: &mut Vec<u8>) {
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line == "\r\n" {
            return;
        }
        body.extend_from_slice(line.as_bytes());
    }
}

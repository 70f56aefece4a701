//! One HTTP request to an emulator about itself. HTTP/1.0, so that the reply ends with the connection.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// Emptying an emulator takes milliseconds; a machine under load takes a little longer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Sends JSON; any status but success is described in the error.
pub(super) fn post(port: u16, path: &str, json: &str) -> Result<(), String> {
    let headers = [("Content-Type", "application/json")];
    let (status, body) = request(port, "POST", path, &headers, json).map_err(|error| error.to_string())?;
    if (200..300).contains(&status) {
        Ok(())
    } else {
        Err(format!("it answered {status}: {}", crate::process::tail(&body)))
    }
}

/// Sends a request and returns status and body.
pub(super) fn request(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let mut message =
        format!("{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        message.push_str(&format!("{name}: {value}\r\n"));
    }
    message.push_str("\r\n");
    message.push_str(body);
    stream.write_all(message.as_bytes())?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply)?;
    let reply = String::from_utf8_lossy(&reply);
    let status = reply
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| std::io::Error::other(format!("not an HTTP reply: {reply:?}")))?;
    let body = reply.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned();
    Ok((status, body))
}

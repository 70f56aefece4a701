//! Asking a server whether it is ready.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Ready means that this path answers 200; the reply's body lists the services.
const REQUEST_PATH: &str = "/_ministack/health";
/// Far above the reply's size, so that a stranger on the port cannot keep us reading.
const REPLY_BYTES_MAX: u64 = 1 << 20;

/// Succeeds if the server on this loopback port is ready. `timeout` applies to connecting and to each read.
pub(crate) fn check(port: u16, timeout: Duration) -> io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, timeout)?;
    stream.set_read_timeout(Some(timeout))?;
    stream.set_write_timeout(Some(timeout))?;
    let request = format!("GET {REQUEST_PATH} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut reply = Vec::new();
    stream.take(REPLY_BYTES_MAX).read_to_end(&mut reply)?;
    let status_line = String::from_utf8_lossy(&reply).lines().next().unwrap_or_default().to_owned();
    if status_line.starts_with("HTTP/") && status_line.split(' ').nth(1) == Some("200") {
        return Ok(());
    }
    Err(io::Error::other(format!("GET {REQUEST_PATH} was answered with `{status_line}`")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot set up its world may panic")]

    use super::*;
    use std::net::TcpListener;

    #[test]
    fn only_status_200_is_healthy() {
        for (reply, healthy) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", true),
            ("HTTP/1.0 200\r\n\r\n", true),
            ("HTTP/1.1 503 Service Unavailable\r\n\r\n200", false),
            ("SSH-2.0-OpenSSH 200\r\n", false),
            ("", false),
        ] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 1024];
                let length = stream.read(&mut request).unwrap();
                stream.write_all(reply.as_bytes()).unwrap();
                String::from_utf8_lossy(&request[..length]).into_owned()
            });
            assert_eq!(check(port, Duration::from_secs(5)).is_ok(), healthy, "{reply:?}");
            assert!(server.join().unwrap().starts_with("GET /_ministack/health HTTP/1.1\r\n"));
        }
    }

    #[test]
    fn nobody_listening_is_an_error() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        assert_eq!(check(port, Duration::from_secs(5)).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}

//! `?checksum=`: what a downloaded file must be.

use std::io::{self, Read};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::tree::hex;

/// What a file's hash must be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    algorithm: Algorithm,
    expected: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

/// Why a file is not what it should be. Messages are clauses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChecksumError {
    #[error("\"{0}\" is no checksum; one is written sha256:HEX, sha512:HEX, sha1:HEX or md5:HEX")]
    Malformed(String),
    #[error("checksums kept in a file are not supported (\"{0}\"); write the checksum itself: sha256:HEX")]
    InFile(String),
    #[error("its checksum is {found}, and {expected} was expected: it is not the file that was meant")]
    Different { found: String, expected: String },
    #[error("it could not be read: {0}")]
    Read(#[from] io::Error),
}

impl Checksum {
    /// Reads `sha256:…`, or the hash alone, whose length tells the algorithm.
    pub fn parse(text: &str) -> Result<Self, ChecksumError> {
        let malformed = || ChecksumError::Malformed(text.to_owned());
        let (algorithm, hash) = match text.split_once(':') {
            Some(("file", _)) => return Err(ChecksumError::InFile(text.to_owned())),
            Some(("md5", hash)) => (Algorithm::Md5, hash),
            Some(("sha1", hash)) => (Algorithm::Sha1, hash),
            Some(("sha256", hash)) => (Algorithm::Sha256, hash),
            Some(("sha512", hash)) => (Algorithm::Sha512, hash),
            Some(_) => return Err(malformed()),
            None => match text.len() {
                32 => (Algorithm::Md5, text),
                40 => (Algorithm::Sha1, text),
                64 => (Algorithm::Sha256, text),
                128 => (Algorithm::Sha512, text),
                _ => return Err(malformed()),
            },
        };
        if hash.len() % 2 != 0 || !hash.chars().all(|character| character.is_ascii_hexdigit()) {
            return Err(malformed());
        }
        Ok(Self { algorithm, expected: hash.to_lowercase() })
    }

    /// Compares a file with what it should be.
    pub fn check(&self, file: &mut dyn Read) -> Result<(), ChecksumError> {
        let found = match self.algorithm {
            Algorithm::Md5 => hash::<Md5>(file)?,
            Algorithm::Sha1 => hash::<Sha1>(file)?,
            Algorithm::Sha256 => hash::<Sha256>(file)?,
            Algorithm::Sha512 => hash::<Sha512>(file)?,
        };
        if found == self.expected {
            return Ok(());
        }
        Err(ChecksumError::Different { found, expected: self.expected.clone() })
    }
}

fn hash<D: Digest>(file: &mut dyn Read) -> io::Result<String> {
    let mut hash = D::new();
    let mut piece = [0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(&hash.finalize())),
            length => hash.update(&piece[..length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_known_by_name_or_by_length() {
        let of_hello = [
            "md5:5d41402abc4b2a76b9719d911017c592",
            "5d41402abc4b2a76b9719d911017c592",
            "sha1:AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D",
            "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        ];
        for text in of_hello {
            let checksum = Checksum::parse(text).unwrap();
            assert!(checksum.check(&mut &b"hello"[..]).is_ok(), "{text}");
            assert!(matches!(checksum.check(&mut &b"hullo"[..]), Err(ChecksumError::Different { .. })), "{text}");
        }
        for text in ["", "abc", "md5:abc", "md5:xy", "crc:00", "file:./x"] {
            assert!(Checksum::parse(text).is_err(), "{text}");
        }
    }
}

//! Secrets in an emulator's account, put there with the AWS SDK and none of our code.

use std::io::{Cursor, Read as _, Write as _};
use std::net::TcpStream;

use aws_sdk_kms::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_ssm::types::ParameterType;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What the functions of tests do: answer with a secret, or fail with one.
const FUNCTION: &str = r#"def handler(event, context):
    if event.get("fail"):
        raise ValueError("hunter2-raised")
    return {"answer": "hunter2-answered", "asked": event}
"#;

/// Clients of an account in one region.
pub struct Vault {
    endpoint: String,
    runtime: tokio::runtime::Runtime,
    secrets: aws_sdk_secretsmanager::Client,
    parameters: aws_sdk_ssm::Client,
    keys: aws_sdk_kms::Client,
    functions: aws_sdk_lambda::Client,
}

/// A client of one service.
macro_rules! client {
    ($sdk:ident, $endpoint:expr, $region:expr) => {
        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new($region.to_owned()))
                .credentials_provider(Credentials::new("test", "test", None, None, "test"))
                .endpoint_url($endpoint)
                .build(),
        )
    };
}

impl Vault {
    /// In the region that tests use.
    pub fn at(endpoint: &str) -> Self {
        Self::in_region(endpoint, "us-east-1")
    }

    /// In another region.
    pub fn in_region(endpoint: &str, region: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            secrets: client!(aws_sdk_secretsmanager, endpoint, region),
            parameters: client!(aws_sdk_ssm, endpoint, region),
            keys: client!(aws_sdk_kms, endpoint, region),
            functions: client!(aws_sdk_lambda, endpoint, region),
        }
    }

    /// What the stories ask for; gives the payload for KMS.
    pub fn fill(&self, name: &str) -> String {
        self.secret(&format!("{name}-text"), "hunter2-previous");
        let id = format!("{name}-text");
        let current = r#"{"password":"hunter2-current"}"#;
        self.wait(self.secrets.put_secret_value().secret_id(&id).secret_string(current).send()).unwrap();
        self.binary_secret(&format!("{name}-bytes"), b"hunter2-bytes");
        self.parameter(&format!("/{name}/plain"), "hunter2-plain", false);
        self.parameter(&format!("/{name}/sealed"), "hunter2-sealed", true);
        self.encrypted("hunter2-opened")
    }

    /// A secret with one version.
    pub fn secret(&self, name: &str, text: &str) {
        self.wait(self.secrets.create_secret().name(name).secret_string(text).send()).unwrap();
    }

    /// A secret that is no text.
    pub fn binary_secret(&self, name: &str, bytes: &[u8]) {
        self.wait(self.secrets.create_secret().name(name).secret_binary(Blob::new(bytes)).send()).unwrap();
    }

    /// A parameter, sealed by KMS or not.
    pub fn parameter(&self, name: &str, value: &str, is_sealed: bool) {
        let ty = if is_sealed { ParameterType::SecureString } else { ParameterType::String };
        self.wait(self.parameters.put_parameter().name(name).value(value).r#type(ty).send()).unwrap();
    }

    /// A text as KMS encrypts it with the context `purpose = test`, in base64.
    pub fn encrypted(&self, text: &str) -> String {
        let key = self.wait(self.keys.create_key().send()).unwrap().key_metadata.unwrap().key_id;
        let call = self.keys.encrypt().key_id(key).plaintext(Blob::new(text)).encryption_context("purpose", "test");
        BASE64.encode(self.wait(call.send()).unwrap().ciphertext_blob.unwrap())
    }

    /// A function that answers, or fails if it is told to.
    pub fn function(&self, name: &str) {
        self.role(name);
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("main.py", SimpleFileOptions::default()).unwrap();
        archive.write_all(FUNCTION.as_bytes()).unwrap();
        let code = FunctionCode::builder().zip_file(Blob::new(archive.finish().unwrap().into_inner())).build();
        let call = self
            .functions
            .create_function()
            .function_name(name)
            .runtime(Runtime::from("python3.12"))
            .role(format!("arn:aws:iam::123456789012:role/{name}"))
            .handler("main.handler")
            .code(code);
        self.wait(call.send()).unwrap();
    }

    /// A role that functions may have. One call is no reason for one more SDK crate; emulators check no signatures.
    fn role(&self, name: &str) {
        let host = self.endpoint.trim_start_matches("http://");
        let form = format!("Action=CreateRole&Version=2010-05-08&RoleName={name}&AssumeRolePolicyDocument=%7B%7D");
        let credential = "Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0";
        let mut connection = TcpStream::connect(host).unwrap();
        write!(
            connection,
            "POST / HTTP/1.1\r\nHost: {host}\r\nAuthorization: AWS4-HMAC-SHA256 {credential}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
            form.len()
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }
}

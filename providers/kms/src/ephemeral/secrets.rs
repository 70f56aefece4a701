//! `aws_kms_secrets`: texts that were encrypted with KMS, decrypted.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::EncryptionAlgorithmSpec;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use infra_provider_kit::{AwsEphemeral, AwsError, Context, Error, client, text_of};
use serde::{Deserialize, Serialize};

/// `aws_kms_secrets`
pub struct Secrets;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    /// What was decrypted, by name.
    pub plaintext: BTreeMap<String, String>,
    #[serde(skip_serializing)]
    pub secret: Vec<Secret>,
}

/// One `secret` block.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Secret {
    /// Must be the same as when it was encrypted.
    pub context: Option<BTreeMap<String, String>>,
    pub encryption_algorithm: Option<String>,
    pub grant_tokens: Option<Vec<String>>,
    /// Needed for asymmetric keys only.
    pub key_id: Option<String>,
    pub name: String,
    /// In base64.
    pub payload: String,
}

#[async_trait]
impl AwsEphemeral for Secrets {
    const TYPE: &'static str = "aws_kms_secrets";
    const NOUN: &'static str = "KMS secrets";
    type Attributes = Attributes;

    async fn open(&self, cx: &Context<'_>, config: Attributes) -> Result<Attributes, Error> {
        let client = client!(cx, aws_sdk_kms, "kms");
        let (mut plaintext, mut errors) = (BTreeMap::new(), Vec::new());
        for secret in &config.secret {
            match decrypted(&client, secret).await {
                Ok(text) => {
                    plaintext.insert(secret.name.clone(), text);
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Attributes { plaintext, ..config }) } else { Err(Error::all(errors)) }
    }
}

async fn decrypted(client: &Client, secret: &Secret) -> Result<String, Error> {
    let name = &secret.name;
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let call = client
        .decrypt()
        .ciphertext_blob(Blob::new(ciphertext(secret)?))
        .set_encryption_algorithm(given(&secret.encryption_algorithm).as_deref().map(EncryptionAlgorithmSpec::from))
        .set_encryption_context(secret.context.clone().map(|context| context.into_iter().collect()))
        .set_grant_tokens(secret.grant_tokens.clone())
        .set_key_id(given(&secret.key_id));
    let answer = call.send().await.map_err(|error| explained(&error.into(), name))?;
    let Some(plaintext) = answer.plaintext else {
        return Err(AwsError::new("kms", "Decrypt", None, "the answer holds no plaintext").into());
    };
    text_of(plaintext.into_inner(), &format!("The secret {name:?}"))
}

/// The payload's bytes. Line breaks in it are what other tools put there.
fn ciphertext(secret: &Secret) -> Result<Vec<u8>, Error> {
    let payload: String = secret.payload.chars().filter(|character| !['\r', '\n'].contains(character)).collect();
    BASE64.decode(payload).map_err(|error| {
        let (name, problem) = (&secret.name, problem_of(error));
        Error::told(format!(
            "The payload of the secret {name:?} is not base64: {problem}. Write what `aws kms encrypt --query \
             CiphertextBlob --output text` prints."
        ))
    })
}

/// What is wrong with a text that is not base64, without any of it.
fn problem_of(error: base64::DecodeError) -> String {
    match error {
        base64::DecodeError::InvalidByte(position, _) => {
            format!("the character at position {} does not belong there", position + 1)
        }
        _ => "it is cut off, or its padding is missing".to_owned(),
    }
}

/// Which secret it is about, and what to do where AWS only says that it cannot be decrypted.
fn explained(error: &AwsError, name: &str) -> Error {
    let hint = match error.code() {
        Some("InvalidCiphertextException") => Some(
            "Check that payload is whole, and that context has the same entries as when the secret was encrypted.".to_owned(),
        ),
        Some("IncorrectKeyException") => {
            Some("The secret was encrypted with another key: correct key_id, or leave it out.".to_owned())
        }
        Some("InvalidKeyUsageException") => Some(
            "The key does not decrypt with this encryption_algorithm: write the one that the secret was encrypted with."
                .to_owned(),
        ),
        _ => error.advice(),
    };
    let told = Error::told(format!("The secret {name:?} was not decrypted: {error}."));
    hint.into_iter().fold(told, Error::hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_and_what_is_wrong_with_them() {
        let bytes = |payload: &str| ciphertext(&Secret { payload: payload.to_owned(), ..Secret::default() });
        assert_eq!(bytes("b3Bl\r\nbmVk\n").ok().as_deref(), Some(&b"opened"[..]));
        let problem = |payload: &str| match bytes(payload) {
            Err(Error::Told(diagnostics)) => diagnostics.0[0].detail.clone(),
            other => panic!("{:?}", other.map_err(|error| format!("{error:?}"))),
        };
        assert!(problem("b3B!").contains("not base64: the character at position 4 does not belong there"));
        assert!(problem("b3Blb").contains("not base64: it is cut off"));
    }
}
